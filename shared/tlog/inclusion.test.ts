import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../encoding.ts';
import { nodePrimitives } from '../primitives.ts';
import { InclusionChecker } from './inclusion.ts';
import { inclusionProof, leafHash, readerOfLeaves, rootOf, verifyInclusion } from './merkle.ts';

const p = nodePrimitives(crypto);
const leaves = Array.from({ length: 300 }, (_, i) => leafHash(utf8(`leaf ${i}`), p));
const read = readerOfLeaves(leaves, p);
const leafAt = (index: number): Uint8Array => leaves[index] ?? new Uint8Array();

describe('inclusion of many leaves', () => {
  it('accepts every ascending choice of leaves of any tree, hashing fewer nodes (I4)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.uniqueArray(fc.nat(299)), (size, picks) => {
        const checker = new InclusionChecker(size, rootOf(size, read, p), p);
        for (const index of picks.filter((pick) => pick < size).sort((a, b) => a - b)) {
          expect(checker.check(index, leafAt(index), inclusionProof(index, size, read, p))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    let hashes = 0;
    const counting = {
      sha256: (data: Uint8Array) => {
        hashes++;
        return p.sha256(data);
      },
    };
    const checker = new InclusionChecker(300, rootOf(300, read, p), counting);
    for (let index = 0; index < 300; index++) {
      expect(checker.check(index, leafAt(index), inclusionProof(index, 300, read, p))).toBe(true);
    }
    expect(hashes).toBeLessThan(1000);
  });
  it('refuses every changed hash of every proof, wherever the paths meet (I5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.array(fc.nat(299), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        fc.nat(255),
        (size, picks, which, bit) => {
          const root = rootOf(size, read, p);
          const checker = new InclusionChecker(size, root, p);
          const ascending = [...new Set(picks.map((pick) => pick % size))].sort((a, b) => a - b);
          const last = ascending.pop() ?? 0;
          for (const index of ascending) checker.check(index, leafAt(index), inclusionProof(index, size, read, p));
          const proof = inclusionProof(last, size, read, p).map((hash) => Uint8Array.from(hash));
          const hash = proof[which % proof.length];
          if (hash !== undefined) hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(checker.check(last, leafAt(last), proof)).toBe(false);
          expect(checker.check(last, leafHash(utf8('other'), p), inclusionProof(last, size, read, p))).toBe(false);
          const good = inclusionProof(last, size, read, p);
          expect(checker.check(last, leafAt(last), good.slice(1))).toBe(false);
          expect(checker.check(last, leafAt(last), [...good, root])).toBe(false);
          for (let at = 0; at < size; at += 7) {
            expect(checker.check(at, leafAt(last), good)).toBe(verifyInclusion(at, size, leafAt(last), good, root, p));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
