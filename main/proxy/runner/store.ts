/**
 * Rows of one result, encrypted with a key that exists only in memory, in chunks: the first ones in memory, the rest in
 * a temporary file that has no name where the system allows it. Wiping the key is wiping the rows. (I8)
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Plain bytes of one chunk. */
const CHUNK = 256 * 1024;
/** Encrypted bytes that a result keeps in memory before it goes to a file. */
const IN_MEMORY = 16 * 1024 * 1024;
const TAG = 16;

interface Chunk {
  readonly firstRow: number;
  readonly rows: number;
  readonly memory: Buffer | null;
  /** Place in the file. */
  readonly at: number;
  readonly length: number;
}

export class RowStore {
  readonly #key = randomBytes(32);
  readonly #chunks: Chunk[] = [];
  readonly #inMemory: number;
  #open: Buffer = Buffer.allocUnsafe(CHUNK);
  #openBytes = 0;
  #openRows = 0;
  #memory = 0;
  #file: { readonly fd: number; readonly dir: string } | null = null;
  #fileBytes = 0;
  #wiped = false;
  /** The chunk that was read last, in the clear: neighbouring windows share it. */
  #last: { readonly chunk: Chunk; readonly rows: Buffer[] } | null = null;
  rows = 0;
  bytes = 0;

  constructor(inMemory = IN_MEMORY) {
    this.#inMemory = inMemory;
  }

  /** Keeps a copy of the bytes. */
  add(row: Buffer): void {
    if (this.#wiped) return;
    const size = row.length + 4;
    if (this.#openBytes + size > this.#open.length) {
      this.#seal();
      if (size > this.#open.length) this.#open = Buffer.allocUnsafe(size);
    }
    this.#open.writeUInt32BE(row.length, this.#openBytes);
    row.copy(this.#open, this.#openBytes + 4);
    this.#openBytes += size;
    this.#openRows++;
    this.rows++;
    this.bytes += row.length;
  }

  /** At most `count` rows from `offset`; fewer at the end, none after `wipe`. */
  read(offset: number, count: number): Buffer[] {
    const found: Buffer[] = [];
    if (this.#wiped) return found;
    const until = Math.min(this.rows, offset + count);
    let at = offset;
    while (at < until) {
      const chunk = this.#chunkOf(at);
      const first = chunk?.firstRow ?? this.rows - this.#openRows;
      const rows = chunk === null ? cut(this.#open.subarray(0, this.#openBytes)) : this.#plain(chunk);
      for (const row of rows.slice(at - first, until - first)) found.push(row);
      at = first + rows.length;
    }
    return found;
  }

  wipe(): void {
    this.#wiped = true;
    this.#key.fill(0);
    this.#open.fill(0);
    this.#chunks.length = 0;
    this.#last = null;
    this.rows = 0;
    if (this.#file === null) return;
    closeSync(this.#file.fd);
    rmSync(this.#file.dir, { recursive: true, force: true });
    this.#file = null;
  }

  #seal(): void {
    if (this.#openRows === 0) return;
    const number = this.#chunks.length;
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(number));
    const body = Buffer.concat([
      cipher.update(this.#open.subarray(0, this.#openBytes)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const inMemory = this.#memory + body.length <= this.#inMemory;
    this.#chunks.push({
      firstRow: this.rows - this.#openRows,
      rows: this.#openRows,
      memory: inMemory ? body : null,
      at: this.#fileBytes,
      length: body.length,
    });
    if (inMemory) this.#memory += body.length;
    else {
      this.#file ??= unnamedFile();
      writeSync(this.#file.fd, body, 0, body.length, this.#fileBytes);
      this.#fileBytes += body.length;
    }
    this.#open = this.#open.length > CHUNK ? Buffer.allocUnsafe(CHUNK) : this.#open;
    this.#openBytes = 0;
    this.#openRows = 0;
  }

  #chunkOf(row: number): Chunk | null {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk === undefined) return null;
      if (row < chunk.firstRow) high = middle - 1;
      else if (row >= chunk.firstRow + chunk.rows) low = middle + 1;
      else return chunk;
    }
    return null;
  }

  #plain(chunk: Chunk): Buffer[] {
    if (this.#last?.chunk === chunk) return this.#last.rows;
    const body = chunk.memory ?? this.#fromFile(chunk);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce(this.#chunks.indexOf(chunk)));
    decipher.setAuthTag(body.subarray(body.length - TAG));
    const rows = cut(Buffer.concat([decipher.update(body.subarray(0, body.length - TAG)), decipher.final()]));
    this.#last = { chunk, rows };
    return rows;
  }

  #fromFile(chunk: Chunk): Buffer {
    const body = Buffer.allocUnsafe(chunk.length);
    if (this.#file === null || readSync(this.#file.fd, body, 0, chunk.length, chunk.at) !== chunk.length)
      throw new Error('the result store lost a part of its file');
    return body;
  }
}

/** The key is used for one result only, so the number of the chunk is enough. */
function nonce(chunk: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(chunk, 8);
  return bytes;
}

function cut(plain: Buffer): Buffer[] {
  const rows: Buffer[] = [];
  for (let at = 0; at + 4 <= plain.length; ) {
    const length = plain.readUInt32BE(at);
    rows.push(plain.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return rows;
}

/** Windows keeps a name until the file is closed; elsewhere it is gone at once, so a crash leaves nothing behind. */
function unnamedFile(): { fd: number; dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-rows-'));
  const fd = openSync(join(dir, 'rows'), 'w+', 0o600);
  if (process.platform !== 'win32') rmSync(dir, { recursive: true, force: true });
  return { fd, dir };
}
