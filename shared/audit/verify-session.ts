/**
 * One session of a device as a verifier follows it: `seq`, `prev`, fixed fields, intents and outcomes, time. Keeps what
 * is still open, never what is done, so memory stays small however long the session is. (I4, I5)
 */

import type { Findings } from './findings.ts';
import type { CollectorRecord, DeviceRecord, SessionOpen } from './records.ts';

/** Clocks may differ by this much (docs/record-format.md, 10). */
export const TOLERANCE_MS = 120_000;

export class SessionCheck {
  readonly open: SessionOpen;
  readonly #findings: Findings;
  readonly #name: string;
  #seq = 0;
  #prev: string | null = null;
  #mono = 0;
  #ack = 0;
  #closed = false;
  #intents = 0;
  #rows = 0;
  #bytes = 0;
  /** Intents without an outcome. */
  readonly #pending = new Set<string>();
  /** Parse intents, which an execute may name as long as the session lives. */
  readonly #parses = new Set<string>();
  /** Latest `t` of records that no receipt covers yet. */
  #latest: number | null = null;

  constructor(open: SessionOpen, findings: Findings) {
    this.open = open;
    this.#findings = findings;
    this.#name = `session ${open.sid.slice(0, 8)}…`;
  }

  get statements(): number {
    return this.#intents;
  }
  get rows(): number {
    return this.#rows;
  }

  /** `name` of a record for messages. */
  where(record: DeviceRecord): string {
    return `Record ${record.seq} of ${this.#name}`;
  }

  /** `leaf` of this record; `known` the latest collector time that its `ack` proves it has seen; `deadline` in ms. */
  record(record: DeviceRecord, leaf: string, known: number | null, deadline: number): void {
    const { open } = this;
    const where = this.where(record);
    const check = this.#findings.check.bind(this.#findings);
    check('chain', record.seq === this.#seq, () => `${where} stands where record ${this.#seq} was expected.`);
    check('chain', record.prev === this.#prev, () => `${where} does not name the record before it.`);
    check('chain', (record.typ === 'session.open') === (record.seq === 0), () => `${where} is a ${record.typ}.`);
    check('chain', !this.#closed, () => `${where} stands behind the close of its session.`);
    const fixed = record.devn === open.devn && record.gid === open.gid && record.dev === open.dev;
    check('chain', fixed, () => `${where} changes its device, grant or ordinal.`);
    check('ack', record.ack.size >= this.#ack, () => `${where} acknowledges a smaller tree than the one before it.`);
    check('time', record.mono >= this.#mono, () => `${where} goes back on the monotonic clock.`);
    this.#seq = record.seq + 1;
    this.#prev = leaf;
    this.#mono = Math.max(this.#mono, record.mono);
    this.#ack = Math.max(this.#ack, record.ack.size);
    const t = Date.parse(record.t);
    const early = known !== null && t < known - TOLERANCE_MS;
    check('time', !early, () => `${where} claims ${record.t}, but acknowledges what happened later.`);
    this.#latest = Math.max(this.#latest ?? t, t);
    this.#content(record, where, t, deadline);
  }

  /** A receipt record of the collector for this session. */
  receipt(receipt: Extract<CollectorRecord, { typ: 'receipt' }>): void {
    const { from, to, head, t } = receipt;
    const fits = to === this.#seq - 1 && from <= to && head === this.#prev;
    this.#findings.check(
      'chain',
      fits,
      () => `A receipt for records ${from} to ${to} of ${this.#name} does not fit them.`,
    );
    const late = this.#latest !== null && this.#latest > Date.parse(t) + TOLERANCE_MS;
    this.#findings.check(
      'time',
      !late,
      () => `A record of ${this.#name} claims to be from after it was received at ${t}.`,
    );
    this.#latest = null;
  }

  end(): void {
    this.#findings.check('outcome', this.#closed, () => `The ${this.#name} is not closed.`);
    if (!this.#closed) this.#unresolved();
    this.#findings.check('time', this.#latest === null, () => `The last records of ${this.#name} have no receipt.`);
  }

  #content(record: DeviceRecord, where: string, t: number, deadline: number): void {
    const check = this.#findings.check.bind(this.#findings);
    if (record.typ === 'intent') {
      const fresh = !this.#pending.has(record.i) && !this.#parses.has(record.i);
      check('outcome', fresh, () => `${where} uses intent id ${record.i} again.`);
      const parsed = record.op === 'execute' ? record.of !== null && this.#parses.has(record.of) : record.of === null;
      check('outcome', parsed, () => `${where} executes a statement that was never parsed in this session.`);
      check(
        'time',
        t <= deadline + TOLERANCE_MS,
        () => `${where} permits a statement after the deadline of the grant.`,
      );
      this.#intents++;
      this.#pending.add(record.i);
      if (record.op === 'parse') this.#parses.add(record.i);
    } else if (record.typ === 'outcome') {
      check(
        'outcome',
        this.#pending.delete(record.of),
        () => `${where} is a second outcome, or of an intent that is not there.`,
      );
      const { start, end, mono } = record;
      const ordered = (start === null || end === null || start <= end) && (end ?? start ?? 0) <= mono;
      check('time', ordered, () => `${where} finished before it started, or after it was recorded.`);
      this.#rows += record.rows;
      this.#bytes += record.bytes;
    } else if (record.typ === 'session.close') {
      const { intents, rows, bytes } = record;
      const counted = intents === this.#intents && rows === this.#rows && bytes === this.#bytes;
      check(
        'outcome',
        counted,
        () => `${where} counts ${intents} statements and ${rows} rows, the records before it say otherwise.`,
      );
      this.#unresolved();
      this.#closed = true;
    }
  }

  #unresolved(): void {
    for (const intent of this.#pending) {
      this.#findings.check('outcome', false, () => `Intent ${intent} of ${this.#name} has no outcome.`);
    }
    this.#pending.clear();
  }
}
