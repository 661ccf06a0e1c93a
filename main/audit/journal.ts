/**
 * The append-only file that everything goes through. One writer, one sync at a time: whatever queues up while a sync
 * runs shares the next one (group commit). The first write or sync error ends this journal for good: a failed fdatasync
 * may have thrown the pages away, so a retry could report success for bytes that are gone. (I2, I6)
 */
import { join } from 'node:path';
import { concat } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import { codeOf } from '../disk.ts';
import type { LogFile, LogFiles } from './files.ts';
import { encodeFrames, type Frame, HEADER_BYTES, type Place } from './segment.ts';

export const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Longest time that frames nobody waits for stay without a sync. */
const LAZY_MS = 40;

interface Batch {
  readonly bytes: Uint8Array;
  /** Of the frames' bodies, in order. */
  readonly lengths: readonly number[];
  urgent: boolean;
  readonly resolve: (places: Place[]) => void;
  readonly reject: (fault: Fault) => void;
  places: Place[];
}

export const segmentPath = (dir: string, segment: number): string =>
  join(dir, `segment-${String(segment).padStart(8, '0')}.log`);

export interface JournalOptions {
  readonly dir: string;
  readonly files: LogFiles;
  /** Number of the first segment that this journal makes. */
  readonly first: number;
  readonly segmentBytes?: number;
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #bytes: number;
  #file: LogFile;
  #segment: number;
  #size: number;
  #end = 0;
  /** Up to here the current segment is known to be durable. */
  #durable = 0;
  #queue: Batch[] = [];
  #written: Batch[] = [];
  #pumping = false;
  #syncing = false;
  #lazy: ReturnType<typeof setTimeout> | null = null;
  #spare: Promise<LogFile> | null = null;
  #fault: Fault | null = null;

  private constructor(options: JournalOptions, file: LogFile, bytes: number) {
    this.#options = options;
    this.#bytes = bytes;
    this.#file = file;
    this.#segment = options.first;
    this.#size = bytes;
  }

  /** Makes the first segment. Throws a Fault when the folder cannot be written or the disk is full. */
  static async open(options: JournalOptions): Promise<Journal> {
    const bytes = options.segmentBytes ?? SEGMENT_BYTES;
    try {
      return new Journal(options, await options.files.create(segmentPath(options.dir, options.first), bytes), bytes);
    } catch (cause) {
      throw writeFault(cause, 'cannot be opened', 'Nothing has been sent.');
    }
  }

  get fault(): Fault | null {
    return this.#fault;
  }
  get segment(): number {
    return this.#segment;
  }
  /** End of what is known to be durable, for the mark that a later journal writes after a failure. */
  get durableEnd(): { segment: number; at: number } {
    return { segment: this.#segment, at: this.#durable };
  }

  /**
   * Queues frames, in order, to be written together. Resolves when they are durable. `urgent` syncs as soon as the
   * running sync is done; otherwise they wait for the next one, at most {@link LAZY_MS}.
   */
  append(frames: readonly Frame[], urgent: boolean): Promise<Place[]> {
    if (this.#fault !== null) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      const lengths = frames.map(({ body }) => body.length);
      this.#queue.push({ bytes: encodeFrames(frames), lengths, urgent, resolve, reject, places: [] });
      this.#wake();
    });
  }

  /** Resolves when everything appended so far is durable. */
  async sync(): Promise<void> {
    if (this.#fault !== null) throw this.#fault;
    if (this.#queue.length === 0 && this.#written.length === 0 && !this.#syncing) return;
    // An empty batch: its place in the queue is after everything so far.
    await this.append([], true);
  }

  /** A part of the segment that is being written, whether or not it still has a name; null for another segment. */
  read(segment: number, from: number, length: number): Promise<Uint8Array> | null {
    return segment === this.#segment ? this.#file.read(from, length) : null;
  }
  /** Whether somebody has removed the file that is being written. */
  get removed(): boolean {
    return this.#file.removed();
  }

  async close(): Promise<void> {
    if (this.#fault === null) await this.sync();
    if (this.#lazy !== null) clearTimeout(this.#lazy);
    this.#fault ??= new Fault('log_closed', 'The log is closed.', 'Start Vitrine again.');
    await this.#file.close();
    const spare = await this.#spare?.catch(() => null);
    if (spare) {
      await spare.close();
      await this.#options.files.remove(segmentPath(this.#options.dir, this.#segment + 1));
    }
  }

  #wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    // When this turn of the event loop is over: what every connection asked for in it shares the write and the sync.
    setImmediate(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      // What nobody waits for stays for one more turn: the next statement is often there by then, and takes it along.
      if (!this.#queue.some((batch) => batch.urgent)) await endOfTurn();
      while (this.#queue.length > 0 || this.#written.some((batch) => batch.urgent)) {
        await this.#write();
        if (this.#written.some((batch) => batch.urgent)) await this.#datasync();
        if (this.#queue.length > 0) await endOfTurn();
      }
      if (this.#written.length > 0) this.#lazy ??= setTimeout(() => this.#late(), LAZY_MS);
    } catch (cause) {
      this.#fail(cause);
    }
    // In the same turn as the last look at the queue: an append after this starts the next pump.
    this.#pumping = false;
  }

  #late(): void {
    this.#lazy = null;
    for (const batch of this.#written) batch.urgent = true;
    if (this.#written.length > 0) this.#wake();
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      const taken: Batch[] = [];
      let bytes = 0;
      for (const batch of this.#queue) {
        if (taken.length > 0 && this.#end + bytes + batch.bytes.length > this.#size) break;
        taken.push(batch);
        bytes += batch.bytes.length;
      }
      if (this.#end + bytes > this.#size) await this.#rotate(bytes);
      let at = this.#end;
      for (const batch of taken) {
        batch.places = batch.lengths.map((length) => {
          const place = { segment: this.#segment, at: at + HEADER_BYTES, length };
          at += HEADER_BYTES + length;
          return place;
        });
      }
      const [only] = taken;
      const data = taken.length === 1 && only ? only.bytes : concat(...taken.map((batch) => batch.bytes));
      if (data.length > 0) this.#file.write(data, this.#end);
      this.#end = at;
      this.#queue = this.#queue.slice(taken.length);
      this.#written.push(...taken);
    }
  }

  async #datasync(): Promise<void> {
    const end = this.#end;
    const covered = this.#written;
    this.#written = [];
    this.#syncing = true;
    try {
      await this.#file.datasync();
      // A sync of a file without a name succeeds, and keeps nothing.
      if (this.#file.removed()) throw Object.assign(new Error('the log file was removed'), { code: REMOVED });
    } catch (cause) {
      this.#written = [...covered, ...this.#written];
      throw cause;
    } finally {
      this.#syncing = false;
    }
    this.#durable = end;
    for (const batch of covered) batch.resolve(batch.places);
    // The next segment is made while there is still room, so that no statement waits for it.
    if (this.#spare === null && this.#end > this.#size / 2) {
      this.#spare = this.#options.files.create(segmentPath(this.#options.dir, this.#segment + 1), this.#bytes);
      // Its error matters when it is needed.
      this.#spare.catch(() => {});
    }
  }

  async #rotate(bytes: number): Promise<void> {
    if (this.#written.length > 0) await this.#datasync();
    const path = segmentPath(this.#options.dir, this.#segment + 1);
    // A spare that failed is tried again: the disk may have room by now.
    let next = (await this.#spare?.catch(() => null)) ?? null;
    this.#spare = null;
    if (next !== null && bytes > this.#bytes) {
      await next.close();
      await this.#options.files.remove(path);
      next = null;
    }
    const size = Math.max(this.#bytes, bytes);
    next ??= await this.#options.files.create(path, size);
    await this.#file.close();
    this.#file = next;
    this.#segment++;
    this.#size = size;
    this.#end = 0;
    this.#durable = 0;
  }

  #fail(cause: unknown): void {
    const fault = writeFault(
      cause,
      'could not be written',
      'The statement was not sent. Everything recorded before it is kept.',
    );
    this.#fault = fault;
    const waiting = [...this.#written, ...this.#queue];
    this.#written = [];
    this.#queue = [];
    for (const batch of waiting) batch.reject(fault);
  }
}

const REMOVED = 'REMOVED';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function writeFault(cause: unknown, what: string, kept: string): Fault {
  const code = codeOf(cause);
  const why: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EIO: 'the disk reported an error',
    EACCES: 'this account may not write there',
    EPERM: 'this account may not write there',
    EROFS: 'the disk is read-only',
    ENOTDIR: 'its folder is not a folder',
    ENOENT: 'its folder was removed',
    [REMOVED]: 'its file was removed',
  };
  const next =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'Free some space, then connect again.'
      : 'Check the disk and the permissions of the log folder, then connect again.';
  return new Fault('log_not_writable', `The audit log ${what}: ${why[code] ?? code}. ${kept}`, next, { cause });
}
