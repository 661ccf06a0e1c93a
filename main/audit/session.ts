/**
 * The log of one connection to a target, and the write-ahead rule: `permit` stands between every statement and the
 * socket, and answers only when the signed intent is durable and the limits on undelivered records allow it. (I2, I6)
 */
import { commit, type TextPrimitives } from '../../shared/audit/commitment.ts';
import type { SessionClose } from '../../shared/audit/records.ts';
import { Fault } from '../../shared/errors.ts';
import { randomId } from '../random.ts';
import { type ChainOptions, clip, hashOf, type RecordBody, Tally } from './chain.ts';
import type { Deliveries } from './delivery.ts';
import type { Journal } from './journal.ts';
import { bare, type Item, Scribe, type Written } from './scribe.ts';
import type { Sealer } from './seal.ts';
import type { Place } from './segment.ts';
import type { IntentFacts, NoticeFacts, OutcomeFacts, Permit, SessionFacts, SessionLog } from './types.ts';

export interface SessionOptions extends ChainOptions {
  readonly journal: Journal;
  readonly sealer: Sealer;
  readonly deliveries: Deliveries;
  readonly app: { readonly version: string; readonly build: string };
  readonly devn: number;
  /** Faults of earlier runs that have no session of their own to stand in. */
  readonly inherited: readonly Extract<RecordBody, { typ: 'fault' }>[];
  /** Takes note of an entry that has become durable. */
  readonly place: (sid: string, place: Place, intent: string | null) => void;
  /** Tells that statements wait for receipts; null when no longer. */
  readonly onWaiting: (why: string | null) => void;
  readonly heartbeatMs?: number;
}

const HEARTBEAT_MS = 30_000;
/** Wall and monotonic clock may drift apart by this much before a `clock_jump` is recorded. */
const CLOCK_JUMP_MS = 5000;
const platform: TextPrimitives = {
  base64urlOf: (text) => Buffer.from(text).toString('base64url'),
  digestOf: hashOf,
};

/** `used` tells `unknown` from `not_sent` when the session ends without an outcome. */
interface Pending {
  used: boolean;
}

export class Session implements SessionLog {
  readonly sid: string;
  readonly #options: SessionOptions;
  readonly #facts: SessionFacts;
  readonly #opened: number;
  readonly #head: Tally;
  readonly #scribe: Scribe;
  /** Where the chain goes on after a failure. */
  readonly durable: Tally;
  readonly #permits = new Map<string, Pending>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #drift: number;
  #lastUse: number;
  #ended: Fault | null = null;
  #closing: Promise<void> | null = null;

  private constructor(options: SessionOptions, facts: SessionFacts) {
    const { clock } = options;
    this.#options = options;
    this.#facts = facts;
    this.sid = randomId();
    this.#head = new Tally(this.sid, facts.gid, options.devn);
    this.durable = new Tally(this.sid, facts.gid, options.devn);
    this.#opened = clock.mono();
    this.#scribe = new Scribe({
      ...options,
      head: this.#head,
      opened: this.#opened,
      durable: (written, places) => this.#durable(written, places),
      failed: (cause) => this.#poison(cause),
    });
    this.#lastUse = this.#opened;
    this.#drift = clock.wall() - clock.mono();
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs ?? HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Resolves when `session.open` is durable. */
  static async open(options: SessionOptions, facts: SessionFacts): Promise<Session> {
    const session = new Session(options, facts);
    const open: RecordBody = {
      typ: 'session.open',
      pub: options.signer.publicJwk,
      grant: hashOf(facts.grant),
      idt: typeof facts.idToken === 'string' ? hashOf(facts.idToken) : facts.idToken.idt,
      app: options.app,
      target: facts.target,
      limits: facts.limits,
    };
    try {
      await session.#append([open, ...options.inherited].map(bare));
    } catch (cause) {
      clearInterval(session.#heartbeat);
      throw cause;
    }
    return session;
  }

  elapsed(): number {
    return this.#options.clock.mono() - this.#opened;
  }

  async permit(facts: IntentFacts): Promise<Permit> {
    const [permit] = await this.permitAll([facts]);
    if (permit === undefined) throw new Error('permitAll answers with one permit for one intent');
    return permit;
  }

  async permitAll(facts: readonly IntentFacts[]): Promise<Permit[]> {
    this.#assertLive();
    this.#lastUse = this.#options.clock.mono();
    const intents = facts.map((fact) => this.#intent(fact));
    for (const { id } of intents) this.#permits.set(id, { used: false });
    await this.#append(intents);
    if (this.#blocked() !== null) await this.#receipts();
    return intents.map(({ id }) => ({ intent: id, use: () => this.#use(id) }));
  }

  outcome(facts: OutcomeFacts): void {
    this.#assertLive();
    this.#lastUse = this.#options.clock.mono();
    const start = floor(facts.start);
    const end = floor(facts.end);
    // Whatever the outcome says: from here on the statement counts as sent, even if this record is lost to a bad disk.
    if (facts.result !== 'not_sent') this.#permits.set(facts.of, { used: true });
    this.#record({
      typ: 'outcome',
      of: facts.of,
      result: facts.result,
      sqlstate: facts.sqlstate,
      tag: facts.tag === null ? null : clip(facts.tag, 256),
      rows: facts.rows,
      bytes: facts.bytes,
      start,
      end: end === null || start === null ? end : Math.max(start, end),
    });
  }

  notice(facts: NoticeFacts): void {
    this.#assertLive();
    const { kind, of, code, fp, norm, rows, bytes } = facts;
    this.#record({ typ: 'notice', kind, of, code, fp, norm: fitting(norm), rows, bytes });
  }

  async settle(): Promise<void> {
    this.#assertLive();
    await this.#scribe.settle();
    this.#assertLive();
    if (this.#blocked() !== null) await this.#receipts();
  }

  close(facts: { readonly reason: SessionClose['reason']; readonly delay: number | null }): Promise<void> {
    this.#closing ??= this.#close(facts.reason, facts.delay);
    return this.#closing;
  }

  /** What can be said of an intent that has no outcome. */
  outcomeOf(intent: string): 'unknown' | 'not_sent' {
    return this.#permits.get(intent)?.used === true ? 'unknown' : 'not_sent';
  }

  /** What was left for later goes to the journal now. */
  handOver(): void {
    this.#scribe.flush();
  }

  /** Ends this object without a record: the log is closing, or the chain goes on elsewhere after a failure. */
  abandon(fault: Fault): void {
    if (this.#ended === null) this.#scribe.flush();
    this.#ended ??= fault;
    clearInterval(this.#heartbeat);
  }

  async #close(reason: SessionClose['reason'], delay: number | null): Promise<void> {
    this.#assertLive();
    clearInterval(this.#heartbeat);
    this.#scribe.flush();
    const bodies = closing(this.#head, reason, delay, (id) => this.outcomeOf(id));
    const done = this.#append(bodies.map(bare));
    // From here on nothing may follow `session.close`; permits that still wait for a receipt are refused.
    this.#ended ??= new Fault('session_closed', 'This connection is closed.', 'Connect again while the grant is live.');
    this.#options.deliveries.notify();
    await done;
  }

  #use(id: string): void {
    this.#assertLive();
    const pending = this.#permits.get(id);
    if (pending === undefined || pending.used) {
      throw new Fault('permit_used', 'A permit to send is good for one statement, and this one has been used.');
    }
    pending.used = true;
  }

  #intent({ text, parameters, norm, id = randomId(), ...facts }: IntentFacts): Item & { readonly id: string } {
    // A message without a text of its own (an Execute) that has parameters commits to the empty text beside them.
    const full = text ?? (parameters === null ? null : '');
    const sql = full === null ? null : commit('sql', randomId(), full, platform);
    const par = parameters === null ? null : commit('par', randomId(), parameters, platform);
    const size = text === null ? 0 : bucket(Buffer.byteLength(text));
    return {
      id,
      disclose: sql === null ? null : { i: id, sql: sql.disclosure, par: par?.disclosure ?? null },
      body: {
        typ: 'intent',
        i: id,
        op: facts.op,
        of: facts.of,
        kind: facts.kind,
        n: facts.n,
        fp: facts.fp,
        norm: fitting(norm),
        sql: sql?.digest ?? null,
        par: par?.digest ?? null,
        size,
        tx: facts.tx,
        origin: facts.origin,
      },
    };
  }

  /** A record that nobody waits for. Its write error ends the session, and the next call says so. */
  #record(body: RecordBody): void {
    this.#noteClockJump();
    this.#scribe.later(body);
  }

  #append(items: readonly Item[]): Promise<void> {
    this.#noteClockJump();
    return this.#scribe.write(items);
  }

  #durable(written: readonly Written[], places: readonly Place[]): void {
    const { deliveries } = this.#options;
    const delivery = deliveries.session(this.sid);
    let at = 0;
    for (const { record, leaf, disclosed } of written) {
      const beside = disclosed ? places[at++] : undefined;
      const place = places[at++];
      if (place === undefined) throw new Error('the journal answers with one place for each frame');
      if (beside !== undefined) delivery.sealed.push(sealedAt(beside, record.seq));
      this.durable.apply(record, leaf);
      if (record.typ === 'outcome') this.#permits.delete(record.of);
      if (record.typ === 'session.close') delivery.closed = true;
      this.#options.place(this.sid, place, record.typ === 'intent' ? record.i : null);
    }
    deliveries.notify();
  }

  /** Waits while the limits on records without a receipt say so. */
  async #receipts(): Promise<void> {
    const { deliveries, onWaiting } = this.#options;
    const delivery = deliveries.session(this.sid);
    const until = delivery.entries.length;
    let waited = false;
    for (let why = this.#blocked(until); why !== null && !delivery.done; why = this.#blocked(until)) {
      waited = true;
      onWaiting(why);
      await deliveries.receipts();
      this.#assertLive();
    }
    if (waited) onWaiting(null);
  }

  /** Why a statement has to wait while the records below `until` lack receipts; null when it may go. */
  #blocked(until = this.#options.deliveries.session(this.sid).entries.length): string | null {
    const { deliveries, clock } = this.#options;
    const { strict, max_unacked, max_age_s } = this.#facts.limits;
    const delivery = deliveries.session(this.sid);
    if (strict)
      return delivery.receipted < until ? 'This grant is strict: what was recorded last waits for its receipt.' : null;
    if (until - delivery.receipted > max_unacked) return `More than ${max_unacked} records are without a receipt.`;
    const oldest = delivery.entries.at(delivery.receipted);
    const late = oldest !== undefined && clock.mono() - oldest.since > max_age_s * 1000;
    return late ? `A record has been without a receipt for more than ${max_age_s} s.` : null;
  }

  #noteClockJump(): void {
    const { clock } = this.#options;
    const drift = clock.wall() - clock.mono();
    const jump = Math.round(drift - this.#drift);
    if (Math.abs(jump) < CLOCK_JUMP_MS || this.#head.seq === 0) return;
    this.#drift = drift;
    this.#scribe.later({
      typ: 'fault',
      kind: 'clock_jump',
      other: null,
      detail: `wall clock moved ${jump} ms against the monotonic`,
    });
  }

  #beat(): void {
    if (this.#ended !== null) return;
    const { deliveries, clock } = this.#options;
    const { entries, receipted } = deliveries.session(this.sid);
    const idle = Math.floor(clock.mono() - this.#lastUse);
    this.#record({ typ: 'heartbeat', unacked: entries.length - receipted, idle });
  }

  #poison(cause: unknown): void {
    const fault = cause instanceof Fault ? cause : new Fault('log_defect', 'The log has failed.', null, { cause });
    this.abandon(fault);
    this.#options.deliveries.notify();
  }

  #assertLive(): void {
    if (this.#ended !== null) throw this.#ended;
  }
}

/** The records that end a session: an outcome for every intent that has none, then `session.close`. */
export function closing(
  tally: Tally,
  reason: SessionClose['reason'],
  delay: number | null,
  outcomeOf: (intent: string) => 'unknown' | 'not_sent',
): RecordBody[] {
  const outcomes = [...tally.pending].map(
    (of): RecordBody => ({
      typ: 'outcome',
      of,
      result: outcomeOf(of),
      sqlstate: null,
      tag: null,
      rows: 0,
      bytes: 0,
      start: null,
      end: null,
    }),
  );
  const { intents, rows, bytes } = tally;
  const delayed = delay === null ? null : Math.round(delay);
  return [...outcomes, { typ: 'session.close', reason, intents, rows, bytes, delay: delayed }];
}

const floor = (ms: number | null): number | null => (ms === null ? null : Math.max(0, Math.floor(ms)));
const sealedAt = ({ segment, at, length }: Place, seq: number) => ({ segment, at, length, seq });
/** Bytes rounded up to a power of two. */
const bucket = (bytes: number): number => (bytes <= 1 ? bytes : 2 ** Math.ceil(Math.log2(bytes)));
const fitting = (norm: string | null): string | null => (norm === null || norm.length > 8192 ? null : norm);
