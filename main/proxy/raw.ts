import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { serialize } from 'pg-protocol';
import type { Rig } from './testing.ts';
import { FrameReader, type Treatment } from './wire/frames.ts';
import { readFields } from './wire/messages.ts';

/** For tests only: a client that speaks frames. An answer is its letter; errors add their code, ReadyForQuery its status. */
export class Raw {
  readonly answers: string[] = [];
  readonly bodies: { type: string; body: Buffer }[] = [];
  readonly stream: Duplex;
  constructor(stream: Duplex) {
    this.stream = stream;
    const reader = new FrameReader({
      treat: (): Treatment => ({ take: 'whole', limit: 2 ** 26 }),
      passed: () => {},
      ended: (type, _length, body) => {
        const letter = String.fromCharCode(type);
        const bytes = body ?? Buffer.alloc(0);
        this.bodies.push({ type: letter, body: bytes });
        if (letter === 'E') this.answers.push(`E${readFields(bytes).get('C')}`);
        else if (letter === 'Z') this.answers.push(`Z${bytes.toString()}`);
        else if (letter === 'C') this.answers.push(`C:${bytes.subarray(0, -1).toString()}`);
        else this.answers.push(letter);
      },
    });
    stream.on('data', (chunk: Buffer) => reader.push(chunk));
    stream.on('error', () => {});
  }
  static async open(r: Rig): Promise<Raw> {
    const raw = new Raw(r.relay.connect('driver'));
    raw.stream.write(serialize.startup({ user: 'x' }));
    await raw.ready(1);
    raw.take();
    return raw;
  }
  send(...messages: readonly Uint8Array[]): void {
    this.stream.write(Buffer.concat(messages));
  }
  take(): string[] {
    this.bodies.length = 0;
    return this.answers.splice(0);
  }
  /** Waits for so many ReadyForQuery since the last `take`. */
  async ready(count: number): Promise<string[]> {
    await this.until(() => this.answers.filter((answer) => answer.startsWith('Z')).length >= count);
    return this.answers;
  }
  async until(condition: () => boolean): Promise<void> {
    const late = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > late) throw new Error(`waited too long; so far: ${this.answers.join(' ')}`);
      await sleep(2);
    }
  }
}
