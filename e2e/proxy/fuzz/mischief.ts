/** What a hostile or broken server does to its own words, once it has let the relay in. */
import { encode, uint16, uint32 } from './memory-wire.ts';
import type { Random } from './random.ts';

export interface Mouth {
  readonly say: (bytes: Buffer) => void;
  /** Ends the connection: politely, or with a reset. */
  readonly close: (reset: boolean) => void;
}

const error = (severity: string, code: string): Buffer =>
  encode('E', `S${severity}\0V${severity}\0C${code}\0Mbecause\0\0`);
const early: readonly ((random: Random) => Buffer)[] = [
  (random) => encode('Z', random.pick(['I', 'T', 'E', '?', ''])),
  () => encode('Z', 'I', 'more'),
  () => error('ERROR', '22012'),
  () => error('FATAL', '57P01'),
  () => error('PANIC', 'XX000'),
  () => encode('E', 'no fields that anybody could read'),
  () => encode('E', 'SERROR'),
  () => encode('E', ''),
  () => encode('N', 'SNOTICE\0C'),
  () => encode('C', 'SELECT 1\0'),
  () => encode('C', 'SELECT 99999999999999999999\0'),
  () => encode('C', ''),
  () => encode('C', 'x'.repeat(5000)),
  () => encode('D', uint16(1), uint32(4), 'stray'),
  () => encode('D', uint16(65535)),
  () => encode('T', uint16(65535)),
  () => encode('G', '\0', uint16(0)),
  () => encode('H', '\0', uint16(0)),
  () => encode('W', '\0', uint16(0)),
  () => encode('c'),
  () => encode('d', 'stray'),
  () => encode('1'),
  () => encode('2'),
  () => encode('3'),
  () => encode('n'),
  () => encode('s'),
  () => encode('I'),
  () => encode('t', uint16(0)),
  () => encode('V', uint32(0xffffffff)),
  () => encode('v', uint32(0), uint32(0)),
  () => encode('R', uint32(0)),
  () => encode('R', uint32(3)),
  () => encode('K', uint32(1), 'newkey'),
  () => encode('S', 'client_encoding\0SJIS\0'),
  () => encode('S', 'standard_conforming_strings\0off\0'),
  () => encode('S', 'no end'),
  () => encode('S', `application_name\0${'x'.repeat(100_000)}\0`),
  (random) => encode(String.fromCharCode(random.below(256)), random.bytes(random.below(20))),
  (random) =>
    Buffer.concat(
      Array.from({ length: 300 }, () =>
        encode('N', `SNOTICE\0VNOTICE\0C00000\0M${'wait '.repeat(random.below(20))}\0\0`),
      ),
    ),
  () => Buffer.concat(Array.from({ length: 300 }, (_, i) => encode('A', uint32(i), 'channel\0payload\0'))),
  (random) => Buffer.from([random.pick([0x44, 0x45, 0x5a, 0x54, 0x64, 0x4e]), 0x3f, 0xff, 0xff, 0xff]),
  (random) => Buffer.from([random.pick([0x44, 0x45, 0x5a, 0x43]), 0xff, 0xff, 0xff, 0xff]),
  (random) => Buffer.from([random.pick([0x44, 0x45, 0x5a, 0x43]), 0, 0, 0, random.below(4)]),
  () => encode('D', Buffer.alloc(200_000, 'x')),
];

/** Bends what a server says: answers with what takes the honest words, message by message. */
export function bend(random: Random, mouth: Mouth): (frame: Buffer) => void {
  // Where it begins to misbehave, and how often.
  let left = random.weighted([
    [3, random.below(4)],
    [2, random.below(20)],
  ]);
  const again = random.chance(0.3);
  let silent = false;
  let kept: Buffer | null = null;
  return (frame) => {
    if (silent) return;
    if (left > 0) {
      left--;
      mouth.say(frame);
      return;
    }
    left = again ? random.below(6) : Infinity;
    switch (random.below(10)) {
      case 0:
        silent = true;
        return;
      case 1:
        mouth.say(frame.subarray(0, random.below(frame.length)));
        mouth.close(random.chance(0.5));
        silent = true;
        return;
      case 2:
        mouth.say(frame);
        mouth.say(frame);
        return;
      case 3:
        // Behind the next one; lost where there is none.
        kept = frame;
        return;
      case 4: {
        const flipped = Buffer.from(frame);
        const at = random.below(flipped.length);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
        mouth.say(flipped);
        return;
      }
      case 5:
        return;
      default:
        mouth.say(random.pick(early)(random));
        mouth.say(frame);
        if (kept !== null) mouth.say(kept);
        kept = null;
    }
  };
}

/** Hands bytes over in pieces of a stream's choosing: at once, byte by byte, anything between; not more than a few hundred. */
export function pieces(random: Random, bytes: Buffer): Buffer[] {
  const wanted = random.weighted([
    [6, bytes.length],
    [1, 1],
    [1, 1 + random.below(16)],
    [1, 1 + random.below(Math.max(1, bytes.length))],
  ]);
  const size = Math.max(wanted, Math.ceil(bytes.length / 400), 1);
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size));
  return cut;
}
