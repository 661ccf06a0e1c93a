/** The few file operations of the log, as a parameter: tests hand in disks that are full or broken. (I6) */
import { constants, fdatasync, fstatSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../disk.ts';

export interface LogFile {
  /** Writes all of `data` at `position`; synchronous, because it only reaches the page cache. */
  write(data: Uint8Array, position: number): void;
  /** `fdatasync`. */
  datasync(): Promise<void>;
  /** Exactly `length` bytes, or fewer at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  /** Whether it has no name any more: what is written to it is on no disk once it is closed. */
  removed(): boolean;
  close(): Promise<void>;
}

export interface LogFiles {
  /** Makes the folder (0700) and its parents. */
  makeDir(dir: string): Promise<void>;
  list(dir: string): Promise<string[]>;
  /** A new file (0600) of `size` zero bytes on disk, synced together with its folder. Fails when the name exists. */
  create(path: string, size: number): Promise<LogFile>;
  open(path: string): Promise<LogFile>;
  remove(path: string): Promise<void>;
  /** The whole file; null when there is none. */
  read(path: string): Promise<Uint8Array | null>;
  /** Replaces the file by one with these bytes, atomically and durably (0600). */
  replace(path: string, data: Uint8Array): Promise<void>;
}

export const diskFiles: LogFiles = {
  async makeDir(dir) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  },
  list: (dir) => readdir(dir),
  async create(path, size) {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      // Written, not merely reserved: a later fdatasync then has no metadata to write, and a full disk shows here.
      const zeros = new Uint8Array(Math.min(size, 1024 * 1024));
      for (let at = 0; at < size; at += zeros.length) {
        await handle.write(zeros, 0, Math.min(zeros.length, size - at), at);
      }
      await handle.sync();
      await syncFolder(dirname(path));
      return logFile(handle);
    } catch (cause) {
      await handle.close();
      await rm(path, { force: true });
      throw cause;
    }
  },
  open: async (path) => logFile(await open(path, 'r+')),
  async remove(path) {
    await rm(path, { force: true });
    await syncFolder(dirname(path)).catch((cause: unknown) => {
      // The folder went first, and the file with it.
      if (!isMissing(cause)) throw cause;
    });
  },
  async read(path) {
    try {
      return await readFile(path);
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  },
  async replace(path, data) {
    const beside = `${path}.new`;
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
  },
};

function logFile(handle: FileHandle): LogFile {
  return {
    write(data, position) {
      for (let done = 0; done < data.length; ) {
        done += writeSync(handle.fd, data, done, data.length - done, position + done);
      }
    },
    // The call with a callback costs half of what the handle's own does, and every statement waits for it.
    datasync: () =>
      new Promise((resolve, reject) => {
        fdatasync(handle.fd, (error) => (error === null ? resolve() : reject(error)));
      }),
    async read(position, length) {
      const buffer = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return buffer.subarray(0, done);
    },
    truncate: (length) => handle.truncate(length),
    size: async () => (await handle.stat()).size,
    removed: () => handle.fd >= 0 && fstatSync(handle.fd).nlink === 0,
    close: () => handle.close(),
  };
}

async function syncFolder(dir: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal names by themselves.
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
