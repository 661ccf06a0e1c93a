/** A target in memory: it takes what the relay dials, finds the backend that a cancel request means, and is watched. */
import type { Duplex } from 'node:stream';
import type { Dial } from '../../../main/proxy/connect.ts';
import { Handshake, type Manner } from './handshake.ts';
import type { Ledger } from './ledger.ts';
import { type MemoryWire, memoryWire } from './memory-wire.ts';
import { bend, pieces } from './mischief.ts';
import { Model } from './model.ts';
import type { Random } from './random.ts';
import { Tap } from './tap.ts';

const CANCEL = 80877102;
export const password = 'pw';

export interface TargetOptions {
  readonly random: Random;
  readonly ledger: Ledger;
  readonly manner: Manner;
  /** Whether what it says after the start is bent. */
  readonly bent: boolean;
  readonly gateOpen: () => boolean;
}

export interface Backend {
  readonly model: Model;
  readonly tap: Tap;
}

export class Target {
  readonly backends: Backend[] = [];
  readonly wires: MemoryWire[] = [];
  readonly #options: TargetOptions;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  /** What the relay is given in place of TCP. */
  readonly dial: Dial = () => {
    const tap = new Tap(this.#options.ledger, this.#options.gateOpen);
    let cancels = false;
    const wire = memoryWire((bytes) => {
      if (tap.bytes === 0 && bytes.length >= 16 && bytes.readUInt32BE(4) === CANCEL) cancels = true;
      if (!cancels) tap.written(bytes);
    });
    this.wires.push(wire);
    wire.far.once('data', (first: Buffer) => {
      if (cancels) this.#cancel(wire.far, first);
      else this.#backend(wire.far, first, tap);
    });
    return wire.near;
  };

  get progress(): number {
    return this.backends.reduce((sum, { tap, model }) => sum + tap.bytes + model.heard, this.wires.length);
  }
  /** Every wire is closed on the relay's side. */
  get gone(): boolean {
    return this.wires.every(({ near }) => near.destroyed);
  }

  #cancel(stream: Duplex, request: Buffer): void {
    const number = request.readUInt32BE(8) - 1;
    if (request.subarray(12, 16).equals(keyOf(number))) this.backends[number]?.model.cancel();
    stream.on('end', () => stream.destroy());
    stream.resume();
    stream.end();
  }

  #backend(stream: Duplex, first: Buffer, tap: Tap): void {
    const { random, manner, bent } = this.#options;
    const number = this.backends.length;
    const speak = (bytes: Buffer): void => {
      if (!stream.writable) return;
      if (!bent) stream.write(bytes);
      else for (const piece of pieces(random, bytes)) stream.write(piece);
    };
    const close = (reset: boolean): void => {
      if (reset) stream.destroy();
      else stream.end();
    };
    const say = bent ? bend(random, { say: speak, close }) : speak;
    const model = new Model({
      stream,
      handshake: new Handshake({
        manner,
        password,
        pid: number + 1,
        key: keyOf(number),
        say: (bytes) => void (stream.writable && stream.write(bytes)),
        close: () => close(false),
      }),
      say,
      ready: () => tap.admitted(),
    });
    this.backends.push({ model, tap });
    // Nobody answers on TCP while its peer still writes.
    const hear = (chunk: Buffer): void => queueMicrotask(() => model.hear(chunk));
    hear(first);
    stream.on('data', hear);
    stream.on('end', () => stream.destroy());
  }
}

const keyOf = (number: number): Buffer => Buffer.from([1, 2, 3, number]);
