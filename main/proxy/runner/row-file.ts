/**
 * A temporary file for encrypted rows. It has no name where the system allows it, so a crash leaves nothing behind; on
 * Windows a name stays until it is closed. Nothing here waits on the disk with the process stopped. (I8)
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Opened {
  readonly file: FileHandle;
  /** Where it still has a name. */
  readonly path: string | null;
}

export class RowFile {
  readonly #opened: Promise<Opened>;
  #closed = false;

  constructor(folder = tmpdir()) {
    this.#opened = openUnnamed(folder);
    // Whoever writes or reads is told; closing a file that never opened is no failure.
    this.#opened.catch(() => undefined);
  }

  /** Rejects with the system's error when the bytes are not all there, for example on a full disk. */
  async write(bytes: Buffer, at: number): Promise<void> {
    const { file } = await this.#opened;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }

  async read(at: number, length: number): Promise<Buffer> {
    const { file } = await this.#opened;
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await file.read(bytes, 0, length, at);
    if (bytesRead !== length) throw new Error('the result store lost a part of its file');
    return bytes;
  }

  /** Waits for what is being written; the bytes are gone from the disk when it resolves. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const opened = await this.#opened.catch(() => null);
    if (opened === null) return;
    await opened.file.close();
    if (opened.path !== null) await rm(opened.path, { force: true });
  }
}

async function openUnnamed(folder: string): Promise<Opened> {
  const path = join(folder, `vitrine-rows-${randomBytes(12).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  if (process.platform === 'win32') return { file, path };
  await rm(path);
  return { file, path: null };
}
