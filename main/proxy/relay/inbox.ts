/** The client's messages, cut out of its byte stream and waiting for their turn. */

import type { CopyType } from '../upstream.ts';
import { describeType, FrameReader, type FrameSink, type Treatment, WireError } from '../wire/frames.ts';
import { front } from '../wire/messages.ts';

export type Item =
  | { readonly kind: 'message'; readonly type: number; readonly body: Buffer }
  /** A message that was too long to hold; its bytes are gone. */
  | { readonly kind: 'oversized'; readonly type: number; readonly length: number }
  | { readonly kind: 'copy'; readonly type: CopyType; readonly length: number }
  | { readonly kind: 'copy-bytes'; readonly bytes: Buffer }
  /** The byte stream broke the protocol here; nothing behind it can be read. */
  | { readonly kind: 'broken'; readonly error: Error };

/** Longest text or parameter list that is held, recorded and sent. */
export const MAX_STATEMENT = 64 * 1024 * 1024;
const MAX_SMALL = 64 * 1024;
/** Above this many waiting bytes the client is not read further. */
const HIGH = 1024 * 1024;

const long: ReadonlySet<number> = new Set([front.query, front.parse, front.bind, front.functionCall]);
const small: ReadonlySet<number> = new Set([
  front.execute,
  front.describe,
  front.close,
  front.sync,
  front.flush,
  front.terminate,
]);

export class Inbox implements FrameSink {
  readonly #reader = new FrameReader(this);
  readonly #items: Item[] = [];
  #next = 0;
  #bytes = 0;
  #broken = false;

  push(chunk: Buffer): void {
    if (this.#broken) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#broken = true;
      this.#items.push({ kind: 'broken', error });
    }
  }

  get full(): boolean {
    return this.#bytes > HIGH;
  }
  get length(): number {
    return this.#items.length - this.#next;
  }
  at(index: number): Item | undefined {
    return this.#items[this.#next + index];
  }
  take(): Item | undefined {
    const item = this.#items[this.#next];
    if (item === undefined) return undefined;
    this.#next++;
    this.#bytes -= sizeOf(item);
    if (this.#next > 256 && this.#next * 2 > this.#items.length) {
      this.#items.splice(0, this.#next);
      this.#next = 0;
    }
    return item;
  }

  /** Puts what was taken last back in its place. */
  giveBack(items: readonly Item[]): void {
    this.#items.splice(this.#next, 0, ...items);
    for (const item of items) this.#bytes += sizeOf(item);
  }

  treat(type: number, length: number): Treatment {
    if (type === front.copyData || type === front.copyDone || type === front.copyFail) {
      this.#items.push({ kind: 'copy', type: copyType(type), length });
      return { take: 'body' };
    }
    const limit = long.has(type) ? MAX_STATEMENT : small.has(type) ? MAX_SMALL : -1;
    if (limit < 0) throw new WireError(`unknown message ${describeType(type)}`);
    const empty = type === front.sync || type === front.flush || type === front.terminate;
    if (empty && length > 0) throw new WireError(`message ${describeType(type)} has a body`);
    return length > limit ? { take: 'drop' } : { take: 'whole', limit };
  }
  passed(bytes: Buffer): void {
    this.#items.push({ kind: 'copy-bytes', bytes });
    this.#bytes += bytes.length;
  }
  ended(type: number, length: number, body: Buffer | null): void {
    if (type === front.copyData || type === front.copyDone || type === front.copyFail) return;
    const item: Item = body === null ? { kind: 'oversized', type, length } : { kind: 'message', type, body };
    this.#items.push(item);
    this.#bytes += sizeOf(item);
  }
}

const sizeOf = (item: Item): number =>
  item.kind === 'message' ? item.body.length + 64 : item.kind === 'copy-bytes' ? item.bytes.length : 0;

const copyType = (type: number): CopyType =>
  type === front.copyData ? front.copyData : type === front.copyDone ? front.copyDone : front.copyFail;
