/**
 * One session's chain: where it stands ({@link Tally}) and how the next record is built, signed and linked. Pure but for
 * the clock and the signer. A session keeps two tallies, one of what was appended and one of what is durable, because
 * after a failed sync the chain goes on from the durable one. (I4, I5)
 */
import { hash } from 'node:crypto';
import { type Encoders, prepareEnvelope, type Unsigned } from '../../shared/audit/envelope.ts';
import type { DeviceRecord } from '../../shared/audit/records.ts';
import { Fault } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { DeviceSigner } from './types.ts';

export interface Ack {
  readonly size: number;
  /** base64url */
  readonly root: string;
}

type Common = 'v' | 'dev' | 'devn' | 'sid' | 'seq' | 'prev' | 't' | 'mono' | 'gid' | 'ack';
/** What a caller fills in of a record; the chain fills in the rest. */
export type RecordBody = {
  [T in DeviceRecord['typ']]: Omit<Extract<DeviceRecord, { typ: T }>, Common>;
}[DeviceRecord['typ']];

/** Where a session stands after its records so far. */
export class Tally {
  readonly sid: string;
  readonly gid: string;
  readonly devn: number;
  /** Next `seq`. */
  seq = 0;
  prev: string | null = null;
  /** Of the last record. */
  mono = 0;
  /** Intents without an outcome, in order. */
  readonly pending = new Set<string>();
  intents = 0;
  rows = 0;
  bytes = 0;
  closed = false;

  constructor(sid: string, gid: string, devn: number) {
    this.sid = sid;
    this.gid = gid;
    this.devn = devn;
  }

  copy(): Tally {
    const copy = new Tally(this.sid, this.gid, this.devn);
    for (const intent of this.pending) copy.pending.add(intent);
    const { seq, prev, mono, intents, rows, bytes, closed } = this;
    return Object.assign(copy, { seq, prev, mono, intents, rows, bytes, closed });
  }

  apply(record: DeviceRecord, leaf: string): void {
    this.seq = record.seq + 1;
    this.prev = leaf;
    this.mono = record.mono;
    if (record.typ === 'intent') {
      this.intents++;
      this.pending.add(record.i);
    } else if (record.typ === 'outcome') {
      this.pending.delete(record.of);
      this.rows += record.rows;
      this.bytes += record.bytes;
    } else if (record.typ === 'session.close') {
      this.closed = true;
    }
  }
}

export interface Sealed {
  readonly record: DeviceRecord;
  readonly line: string;
  /** Leaf hash, base64url. */
  readonly leaf: string;
}

export interface ChainOptions {
  readonly signer: DeviceSigner;
  readonly clock: Clock;
  /** Newest checkpoint verified on this device. */
  readonly ack: () => Ack;
}

/** Builds and signs the record that follows `tally`, and advances it. `mono` in ms; it never goes back. */
export function sealNext(tally: Tally, body: RecordBody, mono: number, { signer, clock, ack }: ChainOptions): Sealed {
  const { size, root } = ack();
  // Cast: `body` is one member of the union without its common fields, which are added here.
  const record = {
    ...body,
    v: 1,
    dev: signer.thumbprint,
    devn: tally.devn,
    sid: tally.sid,
    seq: tally.seq,
    prev: tally.prev,
    t: new Date(clock.wall()).toISOString(),
    mono: Math.max(tally.mono, Math.floor(mono)),
    gid: tally.gid,
    ack: { root, size },
  } as DeviceRecord;
  const unsigned = fitting(inOrder(record), signer.thumbprint);
  const line = unsigned.line(signer.sign(unsigned.data));
  const leaf = leafOf(line);
  tally.apply(record, leaf);
  return { record, line, leaf };
}

/** The two records of every statement with their keys as the canonical form has them, which then is JSON's own. */
function inOrder(record: DeviceRecord): DeviceRecord {
  if (record.typ === 'intent') {
    const { ack, dev, devn, fp, gid, i, kind, mono, n, norm, of, op, origin, par, prev, seq, sid, size, sql } = record;
    const { t, tx, typ, v } = record;
    // biome-ignore format: one line per letter says more than one per key.
    return {
      ack, dev, devn, fp, gid, i, kind, mono, n, norm, of, op, origin, par, prev, seq, sid, size, sql, t, tx, typ, v,
    };
  }
  if (record.typ === 'outcome') {
    const { ack, bytes, dev, devn, end, gid, mono, of, prev, result, rows, seq, sid, sqlstate, start, t, tag } = record;
    const { typ, v } = record;
    // biome-ignore format: as above.
    return {
      ack, bytes, dev, devn, end, gid, mono, of, prev, result, rows, seq, sid, sqlstate, start, t, tag, typ, v,
    };
  }
  return record;
}

/** `SHA-256(0x00 ‖ line)`, base64url. */
export const leafOf = (line: string): string => hash('sha256', `\0${line}`, 'base64url');

/** Node's own: several times as fast, and from a pool instead of an allocation for each. */
const encoders: Encoders = {
  utf8: (text) => Buffer.from(text),
  base64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
};

function fitting(record: DeviceRecord, keyid: string): Unsigned {
  try {
    return prepareEnvelope(record, keyid, encoders);
  } catch (cause) {
    // A long normalised text in many-byte characters can be over the limit; the commitment still covers the full text.
    const tooLarge = cause instanceof Fault && cause.code === 'record_too_large';
    if (!tooLarge || !('norm' in record) || record.norm === null) throw cause;
    return prepareEnvelope({ ...record, norm: null }, keyid, encoders);
  }
}

/** A record's text field cut to its longest length, never inside a character. */
export const clip = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).toWellFormed().replace(/�$/, '');

/** Hash of an ASCII text such as a JWS, base64url. */
export const hashOf = (text: string): string => hash('sha256', text, 'base64url');
