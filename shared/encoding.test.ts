import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromBase64url, hashBytes, toBase64, toBase64url } from './encoding.ts';

describe('base64', () => {
  it('agrees with the platform, in both alphabets, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      }),
    );
  });
  it('has one spelling per value: every other text is refused (I4)', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABCwxyz019+/-_= \n'), maxLength: 12 }), (text) => {
        try {
          expect(toBase64(fromBase64(text))).toBe(text);
        } catch (cause) {
          expect(cause).toBeInstanceOf(SyntaxError);
        }
        try {
          expect(toBase64url(fromBase64url(text))).toBe(text);
        } catch (cause) {
          expect(cause).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 3000 },
    );
  });
  it('answers with no bytes for a hash that is none', () => {
    expect(hashBytes('é').length).toBe(0);
    expect(hashBytes(`${'A'.repeat(42)}B`).length).toBe(0);
    expect(hashBytes('A'.repeat(43)).length).toBe(32);
  });
});
