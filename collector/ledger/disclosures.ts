/** Sealed full texts from devices: each must match the commitment of its intent before it is encrypted and kept. (I4, I8) */

import type { KeyObject } from 'node:crypto';
import { sealed } from '../../shared/api.ts';
import { openCommitment } from '../../shared/audit/commitment.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { intent } from '../../shared/audit/records.ts';
import { Fault } from '../../shared/errors.ts';
import { primitives } from '../keys.ts';
import { problem } from '../server/problem.ts';
import { validate } from '../server/validate.ts';
import type { Store } from '../store/index.ts';
import { splitLines } from './batch.ts';
import { seal } from './seals.ts';

/** Stores an NDJSON body of `sealed`; sending one again changes nothing. */
export async function storeDisclosures(
  { store, key, now }: { store: Store; key: KeyObject; now(): Date },
  sid: string,
  body: string,
  sub: string,
): Promise<void> {
  const items = splitLines(body, 'disclosures').map((line, i) =>
    validate(sealed, parseLine(line, i + 1), `line ${i + 1}`),
  );
  const session = await store.selectFrom('sessions').select('sub').where('sid', '=', sid).executeTakeFirst();
  if (session !== undefined && session.sub !== sub) {
    throw problem(403, 'foreign_session', 'This session belongs to another person', { field: 'sid' });
  }
  const rows = await store
    .selectFrom('ledger_entries')
    .select(['intent', 'line'])
    .where('sid', '=', sid)
    .where('typ', '=', 'intent')
    .where(
      'intent',
      'in',
      items.map((item) => item.i),
    )
    .execute();
  const intents = new Map(rows.map((row) => [row.intent, intent.parse(openEnvelope(row.line).record)]));
  const values = items.map((item, i) => {
    const record = intents.get(item.i);
    if (record === undefined) {
      throw problem(409, 'unknown_intent', `Line ${i + 1}: no such intent is in the ledger for this session`, {
        field: `line ${i + 1}: i`,
        hint: 'Upload the entries first.',
      });
    }
    check('sql', record.sql, item.sql, i + 1);
    check('par', record.par, item.par, i + 1);
    return { intent: item.i, sid, sealed: seal(key, item.i, { sql: item.sql, par: item.par }), received_at: now() };
  });
  await store
    .insertInto('disclosures')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function check(field: 'sql' | 'par', digest: string | null, disclosure: string | null, line: number): void {
  if (digest === null && disclosure === null) return;
  const refuse = (detail: string) =>
    problem(422, 'commitment_mismatch', `Line ${line}: ${field} does not match the commitment of its intent`, {
      field: `line ${line}: ${field}`,
      detail,
    });
  if (digest === null || disclosure === null) throw refuse('One of the two is missing. Nothing was stored.');
  try {
    openCommitment(field, digest, disclosure, primitives);
  } catch (error) {
    if (error instanceof Fault) throw refuse(`${error.message} Nothing was stored.`);
    throw error;
  }
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw problem(400, 'invalid_input', `Line ${number} is not JSON`, { field: `line ${number}` });
  }
}
