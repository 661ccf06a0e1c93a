/**
 * Cuts a byte stream into PostgreSQL protocol 3 messages (one type byte, a length that counts itself, a body) without
 * ever allocating by a length that the peer announced. The caller says per message whether it wants the body whole or as
 * it passes. PostgreSQL manual, "Message Formats".
 */
export class WireError extends Error {}

export type Treatment =
  /** Hand over the body when it is complete. `limit`: most bytes to hold; more is a WireError. */
  | { readonly take: 'whole'; readonly limit: number }
  /** Hand over header and body as they arrive. */
  | { readonly take: 'pass' }
  /** As `pass`, and the body once more when it is complete. */
  | { readonly take: 'peek'; readonly limit: number }
  /** Hand over only the body as it arrives; the header was told by `treat`. */
  | { readonly take: 'body' }
  /** Throw the body away. */
  | { readonly take: 'drop' };

export interface FrameSink {
  /** `length`: bytes of the body. Called as soon as the header is there. */
  treat(type: number, length: number): Treatment;
  /** Bytes of passing messages, in order; may hold several messages or part of one. */
  passed(bytes: Buffer): void;
  /** A message is complete. `body` is null unless it was taken whole or peeked at; it may be a view into the chunk. */
  ended(type: number, length: number, body: Buffer | null): void;
}

export const HEADER = 5;
const MAX_LENGTH = 0x3fffffff;

export class FrameReader {
  readonly #sink: FrameSink;
  /** Bytes of an incomplete header. */
  readonly #header = Buffer.alloc(HEADER);
  #headerBytes = 0;
  #type = 0;
  #length = 0;
  #left = 0;
  #inBody = false;
  #treatment: Treatment = { take: 'pass' };
  #passes = false;
  #holds = false;
  #held: Buffer[] = [];

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** True between two messages: nothing of one has been seen. */
  get atBoundary(): boolean {
    return !this.#inBody && this.#headerBytes === 0;
  }

  /** True where part of a passing message has already been handed over. */
  get midPass(): boolean {
    return this.#inBody && this.#passes;
  }

  /** Throws a WireError on a length that cannot be; the stream cannot be read further then. */
  push(chunk: Buffer): void {
    let at = 0;
    // Start of the run of passing bytes that was not handed over yet.
    let run = -1;
    while (at < chunk.length) {
      if (!this.#inBody) {
        const headerAt = at;
        if (this.#headerBytes === 0 && chunk.length - at >= HEADER) {
          this.#begin(chunk[at] ?? 0, chunk.readUInt32BE(at + 1));
          at += HEADER;
          if (!this.#passes) run = this.#handOver(chunk, run, headerAt);
          else if (run < 0) run = headerAt;
        } else {
          run = this.#handOver(chunk, run, headerAt);
          const count = Math.min(HEADER - this.#headerBytes, chunk.length - at);
          chunk.copy(this.#header, this.#headerBytes, at, at + count);
          this.#headerBytes += count;
          at += count;
          if (this.#headerBytes < HEADER) break;
          this.#headerBytes = 0;
          this.#begin(this.#header[0] ?? 0, this.#header.readUInt32BE(1));
          if (this.#passes) this.#sink.passed(Buffer.from(this.#header));
        }
      }
      const count = Math.min(this.#left, chunk.length - at);
      if (this.#passes) {
        if (run < 0) run = at;
      } else if (this.#treatment.take === 'body' && count > 0) this.#sink.passed(chunk.subarray(at, at + count));
      const held = this.#holds ? chunk.subarray(at, at + count) : null;
      at += count;
      this.#left -= count;
      if (this.#left > 0) {
        if (held !== null && count > 0) this.#held.push(held);
        break;
      }
      this.#inBody = false;
      // What passes must be handed over before its end is told.
      if (this.#passes && this.#notable(this.#type)) run = this.#handOver(chunk, run, at);
      this.#end(held);
    }
    this.#handOver(chunk, run, at);
    // A view would keep the whole chunk alive while the rest of a message is on its way.
    const last = this.#held.at(-1);
    if (last !== undefined && last.length < last.buffer.byteLength / 2) this.#held.splice(-1, 1, Buffer.from(last));
  }

  /** Answers that no run of passing bytes is open any more. */
  #handOver(chunk: Buffer, run: number, end: number): -1 {
    if (run >= 0 && end > run) this.#sink.passed(chunk.subarray(run, end));
    return -1;
  }

  /** DataRow and CopyData come by the million: their bytes are handed over in long runs, their ends told at once. */
  #notable(type: number): boolean {
    return type !== 0x44 && type !== 0x64;
  }

  #begin(type: number, length: number): void {
    if (length < 4 || length > MAX_LENGTH) throw new WireError(`message of impossible length ${length}`);
    this.#type = type;
    this.#length = length - 4;
    this.#left = this.#length;
    this.#inBody = true;
    const treatment = this.#sink.treat(type, this.#length);
    this.#treatment = treatment;
    this.#passes = treatment.take === 'pass' || treatment.take === 'peek';
    this.#holds = treatment.take === 'whole' || treatment.take === 'peek';
    if ((treatment.take === 'whole' || treatment.take === 'peek') && this.#length > treatment.limit)
      throw new WireError(`message ${describeType(type)} of ${this.#length} bytes is too long`);
  }

  /** `last`: the end of a body that is held, most often all of it. */
  #end(last: Buffer | null): void {
    let body = last;
    if (last !== null && this.#held.length > 0) {
      body = Buffer.concat([...this.#held, last]);
      this.#held = [];
    }
    this.#sink.ended(this.#type, this.#length, body);
  }
}

export const describeType = (type: number): string =>
  type >= 0x20 && type < 0x7f ? `'${String.fromCharCode(type)}'` : `0x${type.toString(16).padStart(2, '0')}`;
