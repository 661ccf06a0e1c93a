/**
 * The device's log as a whole: one journal that all sessions share, recovery at the start, and what is handed to the
 * uploader. After a write error the sessions of that moment are over for good; the next `openSession` starts a new
 * journal and, where the disk lets it, ends their chains properly. (I2, I5, I6)
 */
import { createHash } from 'node:crypto';
import { fromUtf8, toBase64url, utf8 } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { type Checkpoint, parseCheckpoint } from '../../shared/tlog/checkpoint.ts';
import type { Clock } from '../clock.ts';
import { isMissing } from '../disk.ts';
import { type Ack, type ChainOptions, clip, type RecordBody, sealNext, type Tally } from './chain.ts';
import { Deliveries, type Delivery } from './delivery.ts';
import { diskFiles, type LogFiles } from './files.ts';
import { Journal, segmentPath } from './journal.ts';
import { checkpointFile, type Found, type FoundSession, type Mark, markFrame, recover, stateFile } from './recover.ts';
import { openSealer, type Sealer } from './seal.ts';
import { type Place, type Run, runsOf } from './segment.ts';
import { closing, Session } from './session.ts';
import type { AuditLog, DeviceSigner, LogState, SealedItem, SessionFacts, SessionLog } from './types.ts';

export interface AuditLogOptions {
  /** Made (0700) when it does not exist. One process at a time. */
  readonly dir: string;
  readonly signer: DeviceSigner;
  readonly clock: Clock;
  readonly app: { readonly version: string; readonly build: string };
  /** Secret of this device, from which the key for waiting disclosures is derived. */
  readonly sealKey?: Uint8Array;
  /** Another disk, for tests of faults. */
  readonly files?: LogFiles;
  readonly segmentBytes?: number;
  readonly heartbeatMs?: number;
}

type Inherited = Extract<RecordBody, { typ: 'fault' }>;

/**
 * Opens the log of this device. Throws a Fault when the folder cannot be written (`log_not_writable`) or holds what is
 * not a log (`log_damaged`); nothing can be sent then.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<DeviceLog> {
  const files = options.files ?? diskFiles;
  const sealer = openSealer(options.sealKey ?? null);
  let found: Found;
  let checkpoint: Uint8Array | null;
  let devices: ReadonlyMap<string, number>;
  try {
    await files.makeDir(options.dir);
    found = await recover(options.dir, files, sealer);
    checkpoint = await files.read(checkpointFile(options.dir));
    devices = readDevices(await files.read(stateFile(options.dir)));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault(
      'log_not_writable',
      `The audit log in ${options.dir} cannot be opened: ${why}. Nothing can be sent without it.`,
      'Check the disk and the permissions of that folder, then start Vitrine again.',
      { cause },
    );
  }
  const { dir, segmentBytes } = options;
  const sized = segmentBytes === undefined ? {} : { segmentBytes };
  const openJournal = (first: number): Promise<Journal> => Journal.open({ dir, files, first, ...sized });
  const journal = await openJournal(found.next);
  const log = new DeviceLog({ ...options, files, sealer, journal, openJournal, found, devices, checkpoint });
  await log.recoverSessions(found);
  return log;
}

interface Parts extends AuditLogOptions {
  readonly files: LogFiles;
  readonly sealer: Sealer;
  readonly journal: Journal;
  readonly openJournal: (first: number) => Promise<Journal>;
  readonly found: Found;
  readonly devices: ReadonlyMap<string, number>;
  readonly checkpoint: Uint8Array | null;
}

/** Newest checkpoint that this device has verified. */
export interface Verified extends Checkpoint {
  readonly note: string;
}

export class DeviceLog implements AuditLog {
  /** For the uploader of this room only. */
  readonly deliveries: Deliveries;
  readonly #parts: Parts;
  readonly #chain: ChainOptions;
  readonly #devices: Map<string, number>;
  readonly #segments = new Map<number, Set<string>>();
  readonly #listeners = new Set<(state: LogState) => void>();
  #journal: Journal;
  /** Earlier ones whose file was removed: what the ledger does not have yet is nowhere else. */
  #removed: Journal[] = [];
  #live: Session[] = [];
  #inherited: Inherited[] = [];
  #opening: Promise<unknown> = Promise.resolve();
  #checkpoint: Verified | null;
  #ack: Ack;
  #waiting: { session: string | null; upload: string | null } = { session: null, upload: null };
  #stopped: Fault | null = null;
  #devicesSaved = true;
  #saving: Promise<void> = Promise.resolve();
  #nextSegment = 0;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#journal = parts.journal;
    this.#devices = new Map(parts.devices);
    for (const [dev, highest] of parts.found.devn) {
      if (highest < (this.#devices.get(dev) ?? 0)) continue;
      this.#devices.set(dev, highest + 1);
      this.#devicesSaved = false;
    }
    this.#checkpoint = parts.checkpoint === null ? null : readCheckpoint(fromUtf8(parts.checkpoint));
    this.#ack = ackOf(this.#checkpoint);
    this.#chain = { signer: parts.signer, clock: parts.clock, ack: () => this.#ack };
    this.deliveries = new Deliveries(parts.clock, () => this.#changed());
    for (const [segment, sids] of parts.found.segments) this.#segments.set(segment, new Set(sids));
  }

  openSession(facts: SessionFacts): Promise<SessionLog> {
    // One after the other: session ordinals have no gaps, so the next waits until this one is durable.
    const session = this.#opening.then(() => this.#open(facts));
    this.#opening = session.catch(() => {});
    return session;
  }

  state(): LogState {
    const { recorded, receipted, index } = this.deliveries;
    const waiting =
      this.#stopped?.message ?? this.#journal.fault?.message ?? this.#waiting.session ?? this.#waiting.upload;
    return { recorded, in_ledger: receipted, index, waiting: this.#closed ? null : waiting };
  }

  fault(): Fault | null {
    return this.#journal.fault;
  }

  onState(listener: (state: LogState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ack(): Ack {
    return this.#ack;
  }

  indexOf(intentId: string): number | null {
    return this.deliveries.indexOf(intentId);
  }

  async drained(): Promise<void> {
    for (const session of this.#live) session.handOver();
    // Its failure is its state.
    await this.#journal.sync().catch(() => {});
    await this.#mend();
    while (!this.deliveries.drained) {
      if (this.#stopped !== null) throw this.#stopped;
      if (this.#closed) throw closedFault();
      await this.deliveries.receipts();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#opening;
    for (const session of this.#live) session.abandon(closedFault());
    const failed = this.#journal.fault;
    try {
      await this.#journal.close();
    } finally {
      this.#closed = true;
      this.deliveries.notify();
      for (const journal of this.#removed) await journal.close().catch(() => {});
    }
    if (failed === null) await this.#removeSegments();
  }

  // ---- what the uploader uses ----

  get checkpoint(): Verified | null {
    return this.#checkpoint;
  }
  get dir(): string {
    return this.#parts.dir;
  }
  get files(): LogFiles {
    return this.#parts.files;
  }

  /** Makes a verified checkpoint durable; from then on every record acknowledges it. */
  async adopt(checkpoint: Verified): Promise<void> {
    await this.#replace(checkpointFile(this.dir), checkpoint.note);
    this.#checkpoint = checkpoint;
    this.#ack = ackOf(checkpoint);
  }

  async readEntries(places: readonly Place[]): Promise<string[]> {
    return (await this.#read(places)).map(fromUtf8);
  }

  /** Null for each that was sealed under another secret. */
  async readSealed(places: readonly Place[]): Promise<(SealedItem | null)[]> {
    return (await this.#read(places)).map((body) => this.#parts.sealer.open(body)?.item ?? null);
  }

  /** Remembers progress across restarts; lost progress is only sent again. */
  mark(mark: Mark): void {
    this.#journal.append([markFrame(mark)], false).catch(() => {
      // The journal's failure is already visible in the state and to every session.
    });
  }

  /** Whether a session has nothing more to come. */
  ended({ sid, closed, foreign }: Delivery): boolean {
    return closed || (foreign && !this.#inherited.some(({ other }) => other === sid));
  }

  /** A session is delivered whole: forget it, and remove the segments that only it still held. */
  async finish(delivery: Delivery): Promise<void> {
    this.mark({ done: delivery.sid });
    this.deliveries.finish(delivery);
    for (const sids of this.#segments.values()) sids.delete(delivery.sid);
    await this.#removeSegments();
  }

  waiting(upload: string | null): void {
    if (this.#waiting.upload === upload) return;
    this.#waiting.upload = upload;
    this.#changed();
  }

  /** Uploads stop for good; everything stays on disk. */
  stop(fault: Fault): void {
    this.#stopped = fault;
    this.deliveries.notify();
  }

  // ---- recovery ----

  /** Brings the sessions of earlier runs to their end, as far as this device may sign for them. */
  async recoverSessions(found: Found): Promise<void> {
    const cut = [...found.torn];
    for (const session of found.sessions) {
      const own = session.dev === this.#parts.signer.thumbprint && !session.damaged;
      this.#adoptSession(session, own);
      if (session.tally.closed) continue;
      if (own) {
        const lost = cut.splice(0).map(tornFault);
        await this.#end(
          session.tally,
          [...lost, ...closing(session.tally, 'recovered', null, () => 'unknown')],
          session.opened,
        );
      } else if (!session.abandoned) {
        const detail = session.damaged
          ? 'entries of this session are missing on disk'
          : 'signed by an earlier device key';
        this.#inherited.push({ typ: 'fault', kind: 'abandoned', other: session.tally.sid, detail });
      }
    }
    this.#inherited.push(...cut.map(tornFault));
    if (found.unreadable > 0) {
      this.#waiting.upload = `${found.unreadable} sealed statement texts were written under another device secret and cannot be sent.`;
    }
    await this.#removeSegments();
  }

  #adoptSession(session: FoundSession, own: boolean): void {
    const delivery = this.deliveries.session(session.tally.sid, !own);
    for (const { place, intent } of session.entries) this.deliveries.add(delivery.sid, place, intent);
    for (const place of session.sealed) delivery.sealed.push(place);
    delivery.disclosed = session.sealed.filter(({ seq }) => seq <= session.disclosed).length;
    delivery.closed = session.tally.closed;
  }

  /** Appends the last records of a chain that no live session object writes any more. `tally` moves only on success. */
  async #end(tally: Tally, bodies: readonly RecordBody[], openedAt: number): Promise<void> {
    const mono = Math.max(tally.mono, this.#parts.clock.wall() - openedAt);
    const ahead = tally.copy();
    const sealed = bodies.map((body) => sealNext(ahead, body, mono, this.#chain));
    const frames = sealed.map(({ line }) => ({ kind: 'entry' as const, body: utf8(line) }));
    const places = await this.#journal.append(frames, true);
    for (const { record, leaf } of sealed) tally.apply(record, leaf);
    for (const place of places) this.#place(tally.sid, place, null);
    this.deliveries.session(tally.sid).closed = true;
    this.deliveries.notify();
  }

  async #open(facts: SessionFacts): Promise<SessionLog> {
    if (this.#closed) throw closedFault();
    if (this.#journal.fault !== null) await this.#heal();
    const { signer, clock, app, sealer, heartbeatMs } = this.#parts;
    const devn = this.#devices.get(signer.thumbprint) ?? 0;
    const inherited = this.#inherited;
    const session = await Session.open(
      {
        ...this.#chain,
        clock,
        app,
        devn,
        sealer,
        inherited,
        journal: this.#journal,
        deliveries: this.deliveries,
        place: (sid, place, intent) => this.#place(sid, place, intent),
        onWaiting: (why) => {
          this.#waiting.session = why;
          this.#changed();
        },
        ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
      },
      facts,
    );
    // Nobody else can have told the collector of it: there is nothing to ask before its first batch.
    this.deliveries.session(session.sid).resume = 0;
    this.#live = [...this.#live.filter(({ durable }) => !durable.closed), session];
    this.#inherited = [];
    for (const { other } of inherited) if (other !== null) this.mark({ abandoned: other });
    this.#devices.set(signer.thumbprint, devn + 1);
    // The segment that holds its opening remembers the ordinal; the file has to know before that segment is removed.
    this.#devicesSaved = false;
    return session;
  }

  /** Heals the log where the disk lets it, so that what was cut off is ended before it is waited for. */
  async #mend(): Promise<void> {
    const mended = this.#opening.then(async () => {
      if (!this.#closed && this.#journal.fault !== null) await this.#heal();
    });
    // Whoever opens a session next tries again, and hears why not.
    this.#opening = mended.catch(() => {});
    await this.#opening;
  }

  /** After a write error: a new journal, and a proper end for the chains that the old one left open. */
  async #heal(): Promise<void> {
    const old = this.#journal;
    const fault = old.fault;
    await this.files.makeDir(this.dir).catch(() => {
      // Opening the journal says what is wrong.
    });
    // The number after the old one may be taken by a segment made ahead, the one after that by an earlier attempt.
    this.#nextSegment = Math.max(this.#nextSegment + 1, old.segment + 2);
    const journal = await this.#parts.openJournal(this.#nextSegment);
    try {
      // First of all: whatever the failed sync may have left behind does not count.
      await journal.append([markFrame({ cut: old.durableEnd })], true);
    } catch (cause) {
      await journal.close();
      throw cause;
    }
    this.#journal = journal;
    // Its handles are of no more use, and closing a file on a bad disk may itself fail.
    if (old.removed) this.#removed.push(old);
    else await old.close().catch(() => {});
    const lost = this.#live.filter(({ durable }) => durable.seq > 0 && !durable.closed);
    for (const session of lost) {
      const detail = clip(fault?.message ?? 'write error', 256);
      const bodies: RecordBody[] = [
        { typ: 'fault', kind: 'sync_failed', other: null, detail },
        ...closing(session.durable, 'failed', null, (intent) => session.outcomeOf(intent)),
      ];
      await this.#end(session.durable, bodies, this.#parts.clock.wall() - session.elapsed());
    }
    this.#live = [];
  }

  #place(sid: string, place: Place, intent: string | null): void {
    const sids = this.#segments.get(place.segment) ?? new Set();
    sids.add(sid);
    this.#segments.set(place.segment, sids);
    this.deliveries.add(sid, place, intent);
  }

  /** Makes the folder again where somebody has removed it: what can be delivered still is. */
  async #replace(path: string, text: string): Promise<void> {
    try {
      await this.files.replace(path, utf8(text));
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      await this.files.makeDir(this.dir);
      await this.files.replace(path, utf8(text));
    }
  }

  /** One after the other; what changes meanwhile is for the next. */
  #saveDevices(): Promise<void> {
    const before = this.#saving;
    this.#saving = (async () => {
      await before.catch(() => {});
      if (this.#devicesSaved) return;
      this.#devicesSaved = true;
      try {
        await this.#replace(stateFile(this.dir), JSON.stringify(Object.fromEntries(this.#devices)));
      } catch (cause) {
        this.#devicesSaved = false;
        throw cause;
      }
    })();
    return this.#saving;
  }

  /** Oldest first and without holes, so that a mark never goes before what it marks. */
  async #removeSegments(): Promise<void> {
    if (this.#segments.size === 0) return;
    for (const [segment, sids] of [...this.#segments].sort(([a], [b]) => a - b)) {
      if (sids.size > 0 || segment >= this.#journal.segment) return;
      do await this.#saveDevices();
      while (!this.#devicesSaved);
      this.#segments.delete(segment);
      await this.files.remove(segmentPath(this.dir, segment));
    }
  }

  /**
   * What lies close together is read at once: a batch is two hundred places within a few hundred kB. No segment stays open
   * for the next batch: a session that lives long holds all segments since its beginning, and there may be hundreds.
   */
  async #read(places: readonly Place[]): Promise<Uint8Array[]> {
    const bodies: Uint8Array[] = [];
    for (const run of runsOf(places)) {
      const bytes = await this.#readRun(run);
      for (const { at, length } of run.places) bodies.push(bytes.subarray(at - run.from, at - run.from + length));
    }
    return bodies;
  }

  async #readRun({ segment, from, to }: Run): Promise<Uint8Array> {
    // Where its file was removed, what is open is all there is.
    for (const journal of [this.#journal, ...this.#removed]) {
      const open = journal.removed ? journal.read(segment, from, to - from) : null;
      if (open !== null) return open;
    }
    const file = await this.files.open(segmentPath(this.dir, segment));
    try {
      const bytes = await file.read(from, to - from);
      if (bytes.length === to - from) return bytes;
      throw new Fault('log_damaged', `Segment ${segment} is shorter than it was.`);
    } finally {
      await file.close();
    }
  }

  #changed(): void {
    if (this.#listeners.size === 0) return;
    const state = this.state();
    for (const listener of this.#listeners) listener(state);
  }
}

const closedFault = (): Fault => new Fault('log_closed', 'The audit log is closed.', 'Start Vitrine again.');

const tornFault = ({ segment, bytes }: { segment: number; bytes: number }): Inherited => ({
  typ: 'fault',
  kind: 'torn_tail',
  other: null,
  detail: `${bytes} bytes at the end of segment ${segment} were not written whole and were cut`,
});

const EMPTY_ROOT = toBase64url(createHash('sha256').digest());
const ackOf = (checkpoint: Verified | null): Ack =>
  checkpoint === null ? { size: 0, root: EMPTY_ROOT } : { size: checkpoint.size, root: toBase64url(checkpoint.root) };

/** The note was verified before it was stored. */
const readCheckpoint = (note: string): Verified => ({
  ...parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1)),
  note,
});

/** Next session ordinal per device thumbprint. */
function readDevices(bytes: Uint8Array | null): ReadonlyMap<string, number> {
  if (bytes === null) return new Map();
  const value: unknown = JSON.parse(fromUtf8(bytes));
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])));
}
