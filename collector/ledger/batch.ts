/**
 * An uploaded batch before it meets the ledger: every check that needs no lock. Size, canonical form, schema, signature,
 * contiguous `seq`, and `prev` inside the batch. A refusal names the line and the field. (I4, I6)
 */

import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES } from '../../shared/api.ts';
import { leafHash, type OpenedEnvelope, openEnvelope } from '../../shared/audit/envelope.ts';
import { type DeviceRecord, deviceRecord, type SessionOpen } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { primitives } from '../keys.ts';
import { type ProblemError, problem } from '../server/problem.ts';
import { firstIssue } from '../server/validate.ts';
import { firstUnsigned, type VerifyKey } from './signatures.ts';

export interface DeviceEntry {
  readonly line: string;
  readonly leaf: Uint8Array;
  /** `leaf` in base64url, as `prev` names it. */
  readonly name: string;
  readonly record: DeviceRecord;
  readonly opened: OpenedEnvelope;
}

const bad = (line: number, field: string, title: string): ProblemError =>
  problem(400, 'bad_entry', `Line ${line}: ${title}`, {
    field: `line ${line}${field === '' ? '' : `: ${field}`}`,
    detail: 'Nothing of this batch was stored.',
  });

/** Lines of an NDJSON body; at least one, at most 256. */
export function splitLines(body: string, what: string): string[] {
  if (Buffer.byteLength(body) > MAX_BATCH_BYTES && what === 'entries') {
    throw problem(413, 'batch_too_large', `A batch has at most ${MAX_BATCH_BYTES} bytes`, { field: 'body' });
  }
  const lines = (body.endsWith('\n') ? body.slice(0, -1) : body).split('\n');
  if (lines.length > MAX_BATCH_ENTRIES) {
    throw problem(
      413,
      'batch_too_large',
      `A batch has at most ${MAX_BATCH_ENTRIES} ${what}, this one has ${lines.length}`,
      {
        field: 'body',
        hint: 'Send it in parts.',
      },
    );
  }
  if (lines.length === 1 && lines[0] === '') throw problem(400, 'empty_batch', 'The batch is empty', { field: 'body' });
  return lines;
}

/** Parses every line of a batch for session `sid`. Signatures are not checked yet. */
export function parseBatch(lines: readonly string[], sid: string): DeviceEntry[] {
  const entries: DeviceEntry[] = [];
  for (const [i, line] of lines.entries()) {
    const entry = parseEntry(line, i + 1);
    const { record } = entry;
    if (record.sid !== sid) throw bad(i + 1, 'sid', 'it belongs to another session than the address');
    if ((record.typ === 'session.open') !== (record.seq === 0)) {
      throw bad(i + 1, 'seq', 'session.open stands at seq 0 and nowhere else');
    }
    if ((record.prev === null) !== (record.seq === 0)) {
      throw bad(i + 1, 'prev', 'prev is null at seq 0 and nowhere else');
    }
    const before = entries.at(-1);
    if (before !== undefined) {
      if (record.seq !== before.record.seq + 1) {
        throw bad(i + 1, 'seq', `want ${before.record.seq + 1}, got ${record.seq}: a batch is contiguous`);
      }
      if (record.prev !== before.name) throw bad(i + 1, 'prev', 'it does not name the entry before it');
      for (const field of ['dev', 'gid', 'devn'] as const) {
        if (record[field] !== before.record[field]) throw bad(i + 1, field, 'it changes inside a session');
      }
    }
    entries.push(entry);
  }
  return entries;
}

function parseEntry(line: string, number: number): DeviceEntry {
  let opened: OpenedEnvelope;
  try {
    opened = openEnvelope(line);
  } catch (error) {
    if (error instanceof Fault) throw bad(number, '', error.message);
    throw error;
  }
  const parsed = deviceRecord.safeParse(opened.record);
  if (!parsed.success) {
    const { path, message } = firstIssue(parsed.error);
    throw bad(number, path.map(String).join('.'), message);
  }
  const record = parsed.data;
  if (record.dev !== opened.keyid) throw bad(number, 'dev', 'it is not the key that signed');
  const leaf = leafHash(line, primitives);
  return { line, leaf, name: toBase64url(leaf), record, opened };
}

/** Checks every signature with the session's key. Throws the first that fails, by line. */
export async function verifyBatch(entries: readonly DeviceEntry[], key: VerifyKey): Promise<void> {
  const wrong = await firstUnsigned(
    entries.map((entry) => entry.opened),
    key,
  );
  if (wrong !== null) throw bad(wrong + 1, 'signatures', 'the signature is not by the key of this session');
}

/** The batch's `session.open`, when it begins the session. */
export const openingOf = (entries: readonly DeviceEntry[]): SessionOpen | null => {
  const first = entries[0]?.record;
  return first?.typ === 'session.open' ? first : null;
};
