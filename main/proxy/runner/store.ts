/**
 * Rows of one result, encrypted with a key that exists only in memory, in chunks: the first ones in memory, the rest in
 * a temporary file. Wiping the key is wiping the rows. Writing never stops the process: chunks wait in memory until the
 * disk has them, and whoever reads the wire is told to wait while too many do. (I8)
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { type Place, Room } from './room.ts';
import { RowFile } from './row-file.ts';
import type { Field } from './wire-client.ts';

/** Where the rows of a statement go as they come off the wire: bodies of DataRow messages. */
export interface RowSink {
  /** Told before the first row. */
  describe?(fields: readonly Field[]): void;
  readonly rows: number;
  readonly bytes: number;
  /** Too much waits to be written: read no more until {@link RowSink.drained}. */
  readonly full: boolean;
  drained(): Promise<void>;
  /** Keeps a copy of the bytes. False: this row is not kept, and none after it. */
  add(row: Buffer): boolean;
}

/** Plain bytes of one chunk. */
const CHUNK = 256 * 1024;
/** Encrypted bytes that one result keeps in memory before it goes to a file. */
const IN_MEMORY = 16 * 1024 * 1024;
/** Longest time that reading holds the process, ms. */
const SLICE_MS = 8;
/** Encrypted bytes that may wait for the disk. */
const WAITING = 4 * 1024 * 1024;

interface Chunk {
  readonly number: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly length: number;
  readonly tag: Buffer;
  /** Place in the file. */
  readonly at: number;
  /** Null once the file has it. */
  body: Buffer | null;
}

export interface StoreOptions {
  readonly inMemory?: number;
  readonly openFile?: () => RowFile;
}

export class RowStore implements RowSink {
  readonly #key = randomBytes(32);
  readonly #room: Room;
  readonly #options: Required<StoreOptions>;
  readonly #chunks: Chunk[] = [];
  readonly #taken: Record<Place, number> = { memory: 0, disk: 0 };
  #open: Buffer = Buffer.allocUnsafe(CHUNK);
  #openBytes = 0;
  #openRows = 0;
  #file: RowFile | null = null;
  #fileBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #drain = Promise.withResolvers<void>();
  #wiped = false;
  /** The chunk that was read last, in the clear: neighbouring windows share it. */
  #last: { readonly chunk: Chunk; readonly plain: Buffer; readonly rows: Buffer[] } | null = null;
  rows = 0;
  bytes = 0;
  /** Why it takes no more rows: there is no room for more, or the disk refuses them. What was kept stays. */
  stopped: 'room' | 'disk' | null = null;

  constructor(room = new Room(), options: StoreOptions = {}) {
    this.#room = room;
    this.#options = { inMemory: IN_MEMORY, openFile: () => new RowFile(), ...options };
  }

  add(row: Buffer): boolean {
    if (this.#wiped || this.stopped !== null) return false;
    const size = row.length + 4;
    if (this.#openBytes + size > this.#open.length) {
      this.#seal();
      if (this.stopped !== null) return false;
      if (size > this.#open.length) this.#open = Buffer.allocUnsafe(size);
    }
    this.#open.writeUInt32BE(row.length, this.#openBytes);
    row.copy(this.#open, this.#openBytes + 4);
    this.#openBytes += size;
    this.#openRows++;
    this.rows++;
    this.bytes += row.length;
    return true;
  }

  /** Encrypted bytes in its file, or on the way there. */
  get onDisk(): number {
    return this.#taken.disk;
  }

  get full(): boolean {
    return this.#waiting > WAITING;
  }
  drained(): Promise<void> {
    return this.full ? this.#drain.promise : Promise.resolve();
  }

  /** At most `count` rows from `offset`; fewer at the end, none after `wipe`. */
  async read(offset: number, count: number): Promise<Buffer[]> {
    const found: Buffer[] = [];
    const until = Math.min(this.rows, offset + count);
    let at = offset;
    while (at < until && !this.#wiped) {
      const chunk = this.#chunkOf(at);
      const first = chunk?.firstRow ?? this.rows - this.#openRows;
      const rows = chunk === null ? this.#openPart() : await this.#neighbours(chunk);
      for (const row of rows.slice(at - first, until - first)) found.push(row);
      at = first + rows.length;
    }
    return this.#wiped ? [] : found;
  }

  /**
   * Copies of rows from anywhere, in the order of `numbers`; each chunk is opened once. Others have their turn in between. An
   * empty list after `wipe`.
   */
  async pick(numbers: readonly number[]): Promise<Buffer[]> {
    const picked: Buffer[] = [];
    const byRow = numbers.map((row, place) => ({ row, place })).sort((a, b) => a.row - b.row);
    let since = performance.now();
    for (let n = 0; n < byRow.length && !this.#wiped; ) {
      const chunk = this.#chunkOf(byRow[n]?.row ?? 0);
      const first = chunk?.firstRow ?? this.rows - this.#openRows;
      const plain = chunk === null ? this.#open.subarray(0, this.#openBytes) : await this.#plain(chunk);
      if (this.#wiped) return [];
      const until = first + (chunk?.rows ?? this.#openRows);
      let at = 0;
      let row = first;
      for (let one = byRow[n]; one !== undefined && one.row < until; one = byRow[++n]) {
        for (; row < one.row; row++) at += 4 + plain.readUInt32BE(at);
        picked[one.place] = Buffer.from(plain.subarray(at + 4, at + 4 + plain.readUInt32BE(at)));
      }
      if (chunk === null) break;
      if (performance.now() - since < SLICE_MS) continue;
      await turn();
      since = performance.now();
    }
    return this.#wiped ? [] : picked;
  }

  /** Every row that is kept by now, in order, a chunk at a time. Ends early when it is wiped meanwhile. */
  async *all(): AsyncGenerator<readonly Buffer[]> {
    const until = this.rows;
    for (let at = 0; at < until && !this.#wiped; ) {
      const chunk = this.#chunkOf(at);
      const rows = chunk === null ? this.#openPart() : cut(await this.#plain(chunk));
      if (this.#wiped) return;
      yield rows.slice(0, until - at);
      at += rows.length;
    }
  }

  wipe(): void {
    if (this.#wiped) return;
    this.#wiped = true;
    this.#key.fill(0);
    this.#open.fill(0);
    this.#last?.plain.fill(0);
    this.#last = null;
    this.#chunks.length = 0;
    this.rows = 0;
    this.#room.give('memory', this.#taken.memory);
    this.#room.give('disk', this.#taken.disk);
    this.#taken.memory = this.#taken.disk = 0;
    this.#drain.resolve();
    // Without the key the bytes mean nothing; that they are still there for a moment, or for good, is no failure.
    this.#file?.close().catch(() => undefined);
  }

  #seal(): void {
    if (this.#openRows === 0) return;
    const number = this.#chunks.length;
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(number));
    const body = cipher.update(this.#open.subarray(0, this.#openBytes));
    cipher.final();
    const { length } = body;
    const place = this.#room.take(length, this.#taken.memory + length <= this.#options.inMemory);
    const chunk: Chunk = {
      number,
      firstRow: this.rows - this.#openRows,
      rows: this.#openRows,
      length,
      tag: cipher.getAuthTag(),
      at: this.#fileBytes,
      body,
    };
    this.#chunks.push(chunk);
    this.#open = this.#open.length > CHUNK ? Buffer.allocUnsafe(CHUNK) : this.#open;
    this.#openBytes = 0;
    this.#openRows = 0;
    // These rows were promised to be kept: they stay in memory, and they are the last ones.
    if (place === null) this.stopped = 'room';
    else this.#taken[place] += length;
    if (place === 'disk') this.#write(chunk, body);
  }

  /** One write after the other; a chunk that the disk refuses stays in memory, and nothing is taken after it. */
  #write(chunk: Chunk, body: Buffer): void {
    this.#file ??= this.#options.openFile();
    const file = this.#file;
    this.#fileBytes += body.length;
    this.#waiting += body.length;
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#wiped || this.stopped === 'disk') return;
        await file.write(body, chunk.at);
        chunk.body = null;
      } catch {
        this.stopped = 'disk';
      } finally {
        const was = this.full;
        this.#waiting -= body.length;
        if (was && !this.full) {
          this.#drain.resolve();
          this.#drain = Promise.withResolvers();
        }
      }
    });
  }

  /** A copy: the buffer goes on being filled. */
  #openPart(): Buffer[] {
    return cut(Buffer.from(this.#open.subarray(0, this.#openBytes)));
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

  async #neighbours(chunk: Chunk): Promise<Buffer[]> {
    if (this.#last?.chunk === chunk) return this.#last.rows;
    const plain = await this.#plain(chunk);
    const rows = cut(plain);
    if (!this.#wiped) this.#last = { chunk, plain, rows };
    return rows;
  }

  async #plain(chunk: Chunk): Promise<Buffer> {
    const body = chunk.body ?? (await this.#fromFile(chunk));
    if (body === null || this.#wiped) return Buffer.alloc(0);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce(chunk.number));
    decipher.setAuthTag(chunk.tag);
    const plain = decipher.update(body);
    decipher.final();
    return plain;
  }

  /** Null where wiping closed the file meanwhile. */
  async #fromFile(chunk: Chunk): Promise<Buffer | null> {
    try {
      return (await this.#file?.read(chunk.at, chunk.length)) ?? null;
    } catch (error) {
      if (this.#wiped) return null;
      throw error;
    }
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
