import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../shared/encoding.ts';
import { openSealer } from './seal.ts';
import { crc32c, encodeFrames, type Frame, scanSegment } from './segment.ts';

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom('entry' as const, 'sealed' as const, 'mark' as const),
    body: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  { minLength: 1, maxLength: 8 },
);
const plain = (list: readonly Frame[]) => list.map(({ kind, body }) => ({ kind, body: [...body] }));

describe('segments', () => {
  it('use CRC-32C: the check value of RFC 3720 and the catalogue', () => {
    expect(crc32c(utf8('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(utf8('1234'), utf8('56789'))).toBe(0xe3069283);
  });
  it('use CRC-32C: as its definition says, bit by bit, for any bytes in any parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 70 }), (a, b) => {
        let crc = 0xffff_ffff;
        for (const byte of [...a, ...b]) {
          crc ^= byte;
          for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
        }
        expect(crc32c(a, b)).toBe((crc ^ 0xffff_ffff) >>> 0);
      }),
    );
  });
  it('read back every frame in order, from a preallocated file (I5)', () => {
    fc.assert(
      fc.property(frames, fc.nat(500), (list, spare) => {
        const bytes = encodeFrames(list);
        const scan = scanSegment(concat(bytes, new Uint8Array(spare)));
        expect(plain(scan.frames)).toEqual(plain(list));
        expect([scan.end, scan.torn]).toEqual([bytes.length, 0]);
      }),
    );
  });
  it('end at the last whole frame, wherever the write was cut (I5)', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (list, pick) => {
        const encoded = list.map((frame) => encodeFrames([frame]));
        const bytes = concat(...encoded);
        const cut = pick % (bytes.length + 1);
        const torn = concat(bytes.subarray(0, cut), new Uint8Array(bytes.length - cut + 64));
        const scan = scanSegment(torn);
        let whole = 0;
        let end = 0;
        while (whole < encoded.length && end + (encoded[whole]?.length ?? 0) <= cut)
          end += encoded[whole++]?.length ?? 0;
        // Zeros at the end of a frame may be the very bytes that were cut.
        expect(scan.frames.length).toBeGreaterThanOrEqual(whole);
        expect(plain(scan.frames)).toEqual(plain(list.slice(0, scan.frames.length)));
        expect(scan.end + scan.torn).toBeLessThanOrEqual(Math.max(cut, scan.end));
      }),
    );
  });
  it('do not take a changed frame for a whole one (I5)', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(7), (list, pick, bit) => {
        const bytes = encodeFrames(list);
        const at = pick % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const scan = scanSegment(bytes);
        expect(scan.frames.length).toBeLessThan(list.length);
        expect(scan.end).toBeLessThanOrEqual(at);
        expect(plain(scan.frames)).toEqual(plain(list.slice(0, scan.frames.length)));
      }),
    );
  });
});

describe('waiting disclosures', () => {
  const waiting = { sid: 's', seq: 3, item: { i: 'i', sql: 'c2VjcmV0', par: null } };
  it('open with the same secret only (I8)', () => {
    const sealed = openSealer(new Uint8Array(32).fill(1)).seal(waiting);
    expect(openSealer(new Uint8Array(32).fill(1)).open(sealed)).toEqual(waiting);
    expect(openSealer(new Uint8Array(32).fill(2)).open(sealed)).toBeNull();
    expect(openSealer(null).open(sealed)).toBeNull();
    expect(Buffer.from(sealed).includes('c2VjcmV0')).toBe(false);
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(openSealer(new Uint8Array(32).fill(1)).open(sealed)).toBeNull();
  });
  it('are readable by this account without a secret', () => {
    expect(openSealer(null).open(openSealer(null).seal(waiting))).toEqual(waiting);
  });
});
