/**
 * Brings entries to the collector: in order, in contiguous batches, again and again until a verified receipt proves that
 * they are in the ledger; then the disclosures beside them. Survives restarts because the collector says where to go on.
 * A receipt that does not hold ends all uploads, and the contradicting pair is kept. (I4, I5)
 */
import * as crypto from 'node:crypto';
import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES } from '../../shared/api.ts';
import { leafHash } from '../../shared/audit/envelope.ts';
import { fromUtf8, utf8 } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { nodePrimitives } from '../../shared/primitives.ts';
import { type NoteKey, parseVkey } from '../../shared/tlog/note.ts';
import type { Clock } from '../clock.ts';
import type { Delivery } from './delivery.ts';
import type { DeviceLog, Verified } from './log.ts';
import { verifyReceipt } from './receipt.ts';
import { conflictFile } from './recover.ts';
import type { Place } from './segment.ts';
import type { AuditLog, CollectorUploads, SealedItem, Uploader } from './types.ts';

export interface UploaderOptions {
  readonly log: AuditLog;
  readonly uploads: CollectorUploads;
  /** C2SP verifier key of the ledger. */
  readonly ledgerVkey: string;
  readonly clock: Clock;
  /** 0 up to 1; for the jitter. */
  readonly random?: () => number;
  /** Shortest and longest pause after a failure, ms. */
  readonly pause?: { readonly least: number; readonly most: number };
}

const PAUSE = { least: 250, most: 30_000 };
/** Time in which further entries may join a batch, ms: after a quiet time, and between two rounds that nobody waits for. */
const GATHER_MS = 10;
const CALM_MS = 40;
const MAX_DISCLOSURE_BYTES = 1024 * 1024;
const p = nodePrimitives(crypto);

/** Throws a Fault when `ledgerVkey` is not a verifier key. */
export function startUploader(options: UploaderOptions): Uploader {
  // The uploader needs what only this room's own log has; anything else is a defect of the composition.
  const { log } = options;
  if (!isDeviceLog(log)) throw new TypeError('startUploader wants the log that openAuditLog opened');
  return new Courier(log, parseVkey(options.ledgerVkey, p), options);
}

const isDeviceLog = (log: AuditLog): log is DeviceLog => 'deliveries' in log && 'adopt' in log;

class Courier implements Uploader {
  readonly #log: DeviceLog;
  readonly #key: NoteKey;
  readonly #uploads: CollectorUploads;
  readonly #random: () => number;
  readonly #pause: { readonly least: number; readonly most: number };
  /** Sessions that the collector refuses, and when to try them again. */
  readonly #refused = new Map<string, { until: number; pause: number; why: string }>();
  readonly #clock: Clock;
  readonly #running: Promise<void>;
  #stopping = false;
  #wake: () => void = () => {};
  #failures = 0;

  constructor(log: DeviceLog, key: NoteKey, { uploads, clock, random, pause }: UploaderOptions) {
    this.#log = log;
    this.#key = key;
    this.#uploads = uploads;
    this.#clock = clock;
    this.#random = random ?? Math.random;
    this.#pause = pause ?? PAUSE;
    this.#running = this.#run();
  }

  poke(): void {
    this.#failures = 0;
    this.#refused.clear();
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      const conflict = await this.#log.files.read(conflictFile(this.#log.dir));
      if (conflict !== null) throw keptConflict(conflict);
      while (!this.#stopping) {
        const round = this.#round();
        if (round.length === 0) await this.#idle();
        for (const work of round) if (this.#stopping || !(await this.#attempt(work))) break;
        // An exchange costs this thread as much as dozens of statements, however few entries it carries.
        if (round.length > 0 && !this.#behind()) await this.#gather(CALM_MS);
      }
    } catch (cause) {
      const fault =
        cause instanceof Fault
          ? cause
          : new Fault('upload_defect', `Uploads have stopped: ${String(cause)}. Every record is kept.`, null, {
              cause,
            });
      this.#log.stop(fault);
    }
  }

  /**
   * What there is to do now: a batch of each session that has entries, in the order the sessions were opened, then their
   * disclosures. One batch each, so that a busy session does not hold up the others.
   */
  #round(): (() => Promise<void>)[] {
    const ready = [...this.#log.deliveries.sessions.values()].filter((delivery) => !delivery.done);
    // Asked again when its turn comes: it may have been refused in this very round.
    const each = (has: (delivery: Delivery) => boolean, work: (delivery: Delivery) => Promise<void>) =>
      ready
        .filter((delivery) => !this.#isRefused(delivery) && has(delivery))
        .map((delivery) => () => (this.#isRefused(delivery) ? Promise.resolve() : work(delivery)));
    return [
      // Needs no collector, so whatever fails behind it does not keep files and memory.
      ...each(
        (delivery) => this.#isDelivered(delivery),
        (delivery) => this.#log.finish(delivery),
      ),
      ...each(
        ({ receipted, entries }) => receipted < entries.length,
        (delivery) => this.#entries(delivery),
      ),
      ...each(
        ({ disclosed, sealed }) => disclosed < sealed.length,
        (delivery) => this.#disclosures(delivery),
      ),
    ];
  }

  #isRefused({ sid }: Delivery): boolean {
    return (this.#refused.get(sid)?.until ?? 0) > this.#clock.mono();
  }

  /** A whole batch is ready to go. */
  #behind(): boolean {
    return [...this.#log.deliveries.sessions.values()].some(
      ({ sid, done, entries, receipted }) =>
        !done && !this.#refused.has(sid) && entries.length - receipted >= MAX_BATCH_ENTRIES,
    );
  }

  #isDelivered(delivery: Delivery): boolean {
    const { entries, receipted, sealed, disclosed } = delivery;
    const whole = receipted === entries.length && disclosed === sealed.length;
    return entries.length > 0 && whole && this.#log.ended(delivery);
  }

  /** False where the collector or the disk failed, after a pause; a session that is refused concerns no other. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#failures = 0;
      this.#log.waiting(this.#refusals());
      return true;
    } catch (cause) {
      const fault = faultOf(cause);
      if (fault === null || fault.code === 'lying_receipt' || fault.code === 'log_damaged') throw cause;
      if (cause instanceof Refused) {
        const pause = Math.min(this.#pause.most, 2 * (this.#refused.get(cause.sid)?.pause ?? this.#pause.least));
        this.#refused.set(cause.sid, { until: this.#clock.mono() + pause, pause, why: cause.message });
        this.#log.waiting(this.#refusals());
        return true;
      }
      this.#failures++;
      this.#log.waiting(fault.message);
      const ceiling = Math.min(this.#pause.most, this.#pause.least * 2 ** Math.min(20, this.#failures - 1));
      await this.#sleep(ceiling * (0.5 + this.#random() / 2));
      return false;
    }
  }

  #refusals(): string | null {
    return [...this.#refused.values()].at(-1)?.why ?? null;
  }

  async #entries(delivery: Delivery): Promise<void> {
    if (delivery.resume === null) await this.#findResume(delivery);
    const from = Math.max(delivery.receipted, delivery.resume ?? 0);
    const places = [];
    let bytes = 0;
    // A batch whose answer was lost is sent again as it was: the collector gave its entries contiguous indexes.
    const most = delivery.inflight ?? MAX_BATCH_ENTRIES;
    for (const place of delivery.entries.slice(from, from + most)) {
      bytes += place.length + 1;
      if (places.length > 0 && bytes > MAX_BATCH_BYTES) break;
      places.push(place);
    }
    const lines = await this.#log.readEntries(places);
    const last = lines.at(-1);
    if (last === undefined) throw new Error('a batch has at least one entry');
    const held = this.#held();
    delivery.inflight = lines.length;
    const receipt = await this.#call(delivery, () => this.#uploads.entries(delivery.sid, lines, held?.size ?? 0));
    const seq = from + lines.length - 1;
    let checkpoint: Verified;
    try {
      checkpoint = verifyReceipt(receipt, { seq, leaf: leafHash(last, p) }, held, this.#key, p);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      await this.#keepConflict({ why, sid: delivery.sid, from, to: seq, held: held?.note ?? null, receipt });
      throw cause;
    }
    await this.#log.adopt(checkpoint);
    delivery.inflight = null;
    delivery.resume = seq + 1;
    this.#refused.delete(delivery.sid);
    this.#log.deliveries.receipt(delivery, seq, receipt.index, lines.length);
  }

  /**
   * Once per run: where the collector wants to go on. Never past our last entry, which is then sent again so that its
   * receipt can be verified.
   */
  async #findResume(delivery: Delivery): Promise<void> {
    const { next_seq } = await this.#call(delivery, () => this.#uploads.head(delivery.sid));
    delivery.resume = Math.max(0, Math.min(next_seq, delivery.entries.length - 1));
  }

  /** What comes next: nothing whose intent the ledger does not have yet, for the collector refuses that with all beside it. */
  #disclosable({ sealed, disclosed, receipted }: Delivery): readonly (Place & { readonly seq: number })[] {
    const next = sealed.slice(disclosed, disclosed + MAX_BATCH_ENTRIES);
    const unknown = next.findIndex(({ seq }) => seq >= receipted);
    return unknown < 0 ? next : next.slice(0, unknown);
  }

  async #disclosures(delivery: Delivery): Promise<void> {
    const items: SealedItem[] = [];
    let bytes = 0;
    const places = [];
    const next = this.#disclosable(delivery);
    if (next.length === 0) return;
    for (const place of next) {
      bytes += place.length;
      if (places.length > 0 && bytes > MAX_DISCLOSURE_BYTES) break;
      places.push(place);
    }
    for (const item of await this.#log.readSealed(places)) {
      // One that this device can no longer open stays where it is; the state has named it at the start.
      if (item !== null) items.push(item);
    }
    if (items.length > 0) await this.#call(delivery, () => this.#uploads.disclosures(delivery.sid, items));
    this.#refused.delete(delivery.sid);
    delivery.disclosed += places.length;
    const last = places.at(-1);
    delivery.sealed.forget(delivery.disclosed);
    if (last !== undefined) this.#log.mark({ disclosed: { sid: delivery.sid, seq: last.seq } });
    this.#log.deliveries.notify();
  }

  /** Tells what is wrong with one session from what is wrong with the connection. */
  async #call<T>(delivery: Delivery, exchange: () => Promise<T>): Promise<T> {
    try {
      return await exchange();
    } catch (cause) {
      if (!(cause instanceof Fault)) {
        throw new Fault('upload_failed', `Sending records failed: ${String(cause)}. They are kept.`, null, { cause });
      }
      if (cause.code === 'gap') {
        delivery.resume = null;
        delivery.inflight = null;
        throw cause;
      }
      if (cause.code === 'ledger_behind') {
        await this.#keepConflict({
          why: cause.message,
          sid: delivery.sid,
          held: this.#held()?.note ?? null,
          receipt: null,
        });
        throw new Fault(
          'lying_receipt',
          `The ledger is behind what this device has verified. Uploads have stopped; every record is kept on this device.`,
          'Tell security; what this device holds is kept beside the log as evidence.',
          { cause },
        );
      }
      const status = 'status' in cause && typeof cause.status === 'number' ? cause.status : 0;
      // 401 and 429 are about us and about now, like 5xx and no answer at all: they hold up everything alike.
      if (status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429) {
        throw new Refused(delivery.sid, cause);
      }
      throw cause;
    }
  }

  /** The newest verified checkpoint of this log; one of another log (another origin) does not bind it. */
  #held(): Verified | null {
    const { checkpoint } = this.#log;
    return checkpoint?.origin === this.#key.name ? checkpoint : null;
  }

  async #keepConflict(conflict: object): Promise<void> {
    const text = `${JSON.stringify({ at: new Date(this.#clock.wall()).toISOString(), ...conflict })}\n`;
    await this.#log.files.replace(conflictFile(this.#log.dir), utf8(text));
  }

  /** Until something changes; a short while longer, so that what belongs together travels together. */
  async #idle(): Promise<void> {
    const retry = Math.min(...[...this.#refused.values()].map(({ until }) => until - this.#clock.mono()));
    const waits: Promise<void>[] = [this.#log.deliveries.change()];
    await Promise.race([...waits, this.#sleep(Number.isFinite(retry) ? Math.max(1, retry) : 60_000)]);
    await this.#gather(GATHER_MS);
  }

  /** Lets entries come together, for so long at most; not longer than a moment while somebody waits for a receipt. */
  async #gather(ms: number): Promise<void> {
    const { deliveries } = this.#log;
    const calm = this.#sleep(deliveries.awaited ? Math.min(ms, GATHER_MS) : ms);
    deliveries.onAwaited = () => this.#wake();
    await calm;
    deliveries.onAwaited = () => {};
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A Fault, or an error of the disk, which may pass; null for a defect. */
function faultOf(cause: unknown): Fault | null {
  if (cause instanceof Fault) return cause;
  if (!(cause instanceof Error && 'syscall' in cause)) return null;
  return new Fault('upload_disk', `Delivery is waiting for the disk: ${cause.message}. Records are kept.`, null, {
    cause,
  });
}

/** The collector refuses one session; the others go on. */
class Refused extends Fault {
  readonly sid: string;
  constructor(sid: string, cause: Fault) {
    super(
      cause.code,
      `The collector refuses the records of one connection: ${cause.message} They are kept.`,
      cause.hint,
      {
        cause,
      },
    );
    this.sid = sid;
  }
}

function keptConflict(bytes: Uint8Array): Fault {
  const value: unknown = JSON.parse(fromUtf8(bytes));
  const why =
    typeof value === 'object' && value !== null && 'why' in value ? String(value.why) : 'a receipt did not hold.';
  return new Fault(
    'lying_receipt',
    why,
    'Uploads stay stopped until security has looked at conflict.json in the log folder.',
  );
}
