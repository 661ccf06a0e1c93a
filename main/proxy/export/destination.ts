/**
 * A file that is written beside its final name (`name.part`, for its owner alone) and gets that name only when all of it
 * is on the disk. Whatever goes wrong, the partial file is removed. Nothing is written before `announce` has resolved,
 * and whoever reads the rows is told to wait while the disk is behind.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../disk.ts';

/** Bytes that stay in memory until it is known whether there will be more: a small export is written in one go. */
const HOLD = 1024 * 1024;
/** Bytes that may wait for the disk. */
const WAITING = 4 * 1024 * 1024;

/** What is needed of the file system; tests put a failing disk here. */
export interface Disk {
  create(path: string): Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>;
  rename(from: string, to: string): Promise<void>;
}
/** Never follows a link and never opens what is there: `wx`. */
const realDisk: Disk = { create: (path) => open(path, 'wx', 0o600), rename };

export class Destination {
  readonly #path: string;
  readonly #part: string;
  readonly #file: Pick<FileHandle, 'write' | 'sync' | 'close'>;
  readonly #disk: Disk;
  readonly #announce: () => Promise<void>;
  #queue: Buffer[] = [];
  #queued = 0;
  #pumping: Promise<void> | null = null;
  #drain = Promise.withResolvers<void>();
  #announced = false;
  #closed = false;
  /** The first thing that went wrong; nothing is written after it. */
  failure: unknown = null;

  private constructor(
    paths: { path: string; part: string },
    file: Pick<FileHandle, 'write' | 'sync' | 'close'>,
    disk: Disk,
    announce: () => Promise<void>,
  ) {
    this.#path = paths.path;
    this.#part = paths.part;
    this.#file = file;
    this.#disk = disk;
    this.#announce = announce;
  }

  /** Makes the partial file, empty. Rejects with the system's error. */
  static async open(path: string, announce: () => Promise<void>, disk: Disk = realDisk): Promise<Destination> {
    for (let n = 0; ; n++) {
      // A partial file that a crash left behind is not ours to touch.
      const part = n === 0 ? `${path}.part` : `${path}.${n}.part`;
      try {
        return new Destination({ path, part }, await disk.create(part), disk, announce);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST' || n >= 9) throw error;
      }
    }
  }

  write(bytes: Buffer): void {
    if (this.#closed || this.failure !== null || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (this.#queued > HOLD || this.#announced) this.#pump();
  }

  get full(): boolean {
    return this.#queued > WAITING && this.failure === null && !this.#closed;
  }
  drained(): Promise<void> {
    return this.full ? this.#drain.promise : Promise.resolve();
  }

  /** Nothing has gone to the disk yet: it is all here, and small. */
  get untouched(): boolean {
    return !this.#announced && this.#pumping === null;
  }
  /** The record of what is to be written is durable: no announcement is needed any more. */
  recorded(): void {
    this.#announced = true;
  }

  /** Everything is on the disk, under the partial name, when it resolves. */
  async finish(): Promise<void> {
    while (this.#queue.length > 0 && this.failure === null) {
      this.#pump();
      await this.#pumping;
    }
    await this.#pumping;
    if (this.failure !== null) throw this.failure;
    await this.#file.sync();
  }

  /** Gives the file its name, in place of whatever had it. */
  async publish(): Promise<void> {
    await this.#close();
    await this.#disk.rename(this.#part, this.#path);
    // The file is there; that the folder's own entry survives a power cut cannot be promised on every system.
    await syncFolder(dirname(this.#path)).catch(() => undefined);
  }

  /** Removes the partial file. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await rm(this.#part, { force: true });
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#drain.resolve();
    await this.#pumping;
    await this.#file.close();
  }

  #pump(): void {
    this.#pumping ??= this.#writeAll().finally(() => {
      this.#pumping = null;
      // Something may have come between the last look at the queue and this.
      if (this.#queue.length > 0) this.#pump();
    });
  }

  async #writeAll(): Promise<void> {
    try {
      if (!this.#announced) await this.#announce();
      this.#announced = true;
      for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
        for (let done = 0; done < bytes.length; ) done += (await this.#file.write(bytes, done)).bytesWritten;
        this.#queued -= bytes.length;
        this.#tellDrained();
      }
    } catch (error) {
      this.failure ??= error;
      this.#queue = [];
      this.#queued = 0;
      this.#tellDrained();
    }
  }

  #tellDrained(): void {
    if (this.full) return;
    this.#drain.resolve();
    this.#drain = Promise.withResolvers();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
