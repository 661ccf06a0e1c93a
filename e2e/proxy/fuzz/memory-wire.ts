/** TCP in memory, so that a hundred thousand connections cost no port and no time; and the frames on it. */
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';

export interface MemoryWire {
  /** The end that the relay dials. */
  readonly near: Socket;
  readonly far: Duplex;
}

/** `written` hears of every byte in the very moment in which it is written to the near end. */
export function memoryWire(written: (bytes: Buffer) => void): MemoryWire {
  const [near, far] = duplexPair();
  const write = near.write.bind(near);
  const end = near.end.bind(near);
  Object.assign(near, {
    localPort: 1,
    write(bytes: Buffer): boolean {
      written(bytes);
      return write(bytes);
    },
    end(bytes?: Buffer): Duplex {
      if (bytes !== undefined) written(bytes);
      return bytes === undefined ? end() : end(bytes);
    },
  });
  near.on('error', () => {});
  far.on('error', () => {});
  // A socket ends its own side when the other has.
  near.once('end', () => near.end());
  // Nobody reads what the other side says after one has closed: on TCP it gets a reset.
  near.once('close', () => setImmediate(() => far.destroy()));
  far.once('close', () => setImmediate(() => near.destroy()));
  queueMicrotask(() => near.emit('connect'));
  // Only what a Duplex has is used of it, beside the port given above.
  return { near: near as Socket, far };
}

export interface Frame {
  /** Its letter. */
  readonly type: string;
  readonly body: Buffer;
}

/** Cuts a stream into messages. Written again here, so that a mistake of the relay's own reader is not shared. */
export class Cutter {
  #held: Buffer = Buffer.alloc(0);
  /** Set for good where a length cannot be. */
  broken = false;

  get midMessage(): boolean {
    return this.#held.length > 0;
  }
  push(chunk: Buffer): Frame[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (!this.broken && this.#held.length - at >= 5) {
      const length = this.#held.readUInt32BE(at + 1);
      this.broken = length < 4;
      if (this.broken || this.#held.length - at < length + 1) break;
      frames.push({
        type: String.fromCharCode(this.#held[at] ?? 0),
        body: this.#held.subarray(at + 5, at + 1 + length),
      });
      at += length + 1;
    }
    if (at > 0) this.#held = this.#held.subarray(at);
    return frames;
  }
}

export function encode(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.alloc(5, type.slice(0, 1), 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xffff);
  return bytes;
}
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Takes turns of the event loop until nothing has happened for a few. */
export async function quiet(progress: () => number, turns = 6): Promise<void> {
  let last = progress();
  for (let still = 0; still < turns; still++) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = progress();
    if (now !== last) still = 0;
    last = now;
  }
}
