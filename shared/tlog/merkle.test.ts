import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../encoding.ts';
import { nodePrimitives } from '../primitives.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesNeeded,
  readerOfLeaves,
  rootBefore,
  rootOf,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import {
  decodeEntries,
  encodeEntries,
  entriesPath,
  parseTilePath,
  readerOfTiles,
  TILE_WIDTH,
  tileOf,
  tilePath,
  tileWidth,
} from './tile.ts';

const p = nodePrimitives(crypto);
const leaves = Array.from({ length: 700 }, (_, i) => leafHash(utf8(`leaf ${i}`), p));
const read = readerOfLeaves(leaves, p);
const leafAt = (index: number): Uint8Array => leaves[index] ?? new Uint8Array();
/** The tree hash exactly as section 2.1 of RFC 6962 writes it, to compare with. */
const definition = (d: readonly Uint8Array[]): Uint8Array => {
  if (d.length === 1) return d[0] ?? new Uint8Array();
  let k = 1;
  while (k * 2 < d.length) k *= 2;
  return nodeHash(definition(d.slice(0, k)), definition(d.slice(k)), p);
};
const sizes = fc.integer({ min: 1, max: leaves.length });

describe('the Merkle tree', () => {
  it('has the root that RFC 6962 defines at every size', () => {
    for (let size = 1; size <= 130; size++) {
      expect(toHex(rootOf(size, read, p))).toBe(toHex(definition(leaves.slice(0, size))));
    }
  });
  it('proves inclusion of every leaf of every small tree, and of none elsewhere (I4)', () => {
    for (let size = 1; size <= 40; size++) {
      const root = rootOf(size, read, p);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, read, p);
        for (let at = 0; at < size; at++) {
          expect(verifyInclusion(at, size, leafAt(index), proof, root, p)).toBe(at === index);
        }
      }
    }
  });
  it('proves consistency between every two small trees (I4)', () => {
    for (let to = 1; to <= 40; to++) {
      for (let from = 1; from <= to; from++) {
        const proof = consistencyProof(from, to, read, p);
        expect(verifyConsistency(from, to, rootOf(from, read, p), rootOf(to, read, p), proof, p)).toBe(true);
      }
    }
  });
  it('proves inclusion for any leaf of any tree and refuses it after any change (I4)', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, pick, where, bit) => {
        const index = pick % size;
        const root = rootOf(size, read, p);
        const proof = inclusionProof(index, size, read, p);
        expect(verifyInclusion(index, size, leafAt(index), proof, root, p)).toBe(true);
        const changed = proof.map((hash) => Uint8Array.from(hash));
        const hash = changed[where % Math.max(1, proof.length)];
        if (hash !== undefined) {
          hash[bit % 32] = (hash[bit % 32] ?? 0) ^ (1 << (bit % 8));
          expect(verifyInclusion(index, size, leafAt(index), changed, root, p)).toBe(false);
        }
        expect(verifyInclusion(index, size, leafAt(index), [...proof, root], root, p)).toBe(false);
      }),
    );
  });
  it('proves consistency for any two sizes and refuses a tree whose past was changed (I5)', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (to, pickFrom, pickLeaf) => {
        const from = 1 + (pickFrom % to);
        const proof = consistencyProof(from, to, read, p);
        const fromRoot = rootOf(from, read, p);
        expect(verifyConsistency(from, to, fromRoot, rootOf(to, read, p), proof, p)).toBe(true);
        const rewritten = leaves.slice(0, to);
        rewritten[pickLeaf % from] = leafHash(utf8('another past'), p);
        const other = readerOfLeaves(rewritten, p);
        const lie = consistencyProof(from, to, other, p);
        expect(verifyConsistency(from, to, fromRoot, rootOf(to, other, p), lie, p)).toBe(false);
      }),
    );
  });
  it('reads the old root out of a consistency proof, except where the proof leaves it out (I4)', () => {
    for (let to = 2; to <= 70; to++) {
      for (let from = 1; from < to; from++) {
        const found = rootBefore(from, to, rootOf(to, read, p), consistencyProof(from, to, read, p), p);
        const power = Number.isInteger(Math.log2(from));
        expect(found === null ? null : toHex(found)).toBe(power ? null : toHex(rootOf(from, read, p)));
      }
    }
  });
  it('says beforehand which stored nodes a proof reads', () => {
    const nodes = nodesNeeded((reader) => inclusionProof(5, 700, reader, p));
    const asked = new Set(nodes.map(({ level, index }) => `${level}/${index}`));
    inclusionProof(
      5,
      700,
      (level, index) => {
        expect(asked.has(`${level}/${index}`)).toBe(true);
        return read(level, index);
      },
      p,
    );
    for (const { level, index } of nodes) expect((index + 1) * 2 ** level).toBeLessThanOrEqual(700);
  });
  it('refuses sizes and indexes that are not safe integers', () => {
    const root = rootOfLeaves(leaves.slice(0, 8), p);
    for (const index of [-1, 0.5, Number.NaN, 2 ** 53, 8]) {
      expect(verifyInclusion(index, 8, leafAt(0), inclusionProof(0, 8, read, p), root, p)).toBe(false);
    }
    expect(() => inclusionProof(8, 8, read, p)).toThrow(RangeError);
    expect(() => consistencyProof(0, 8, read, p)).toThrow(RangeError);
  });
});

describe('tiles', () => {
  const tiles = new Map<string, Uint8Array>();
  for (let level = 0; tileWidth(level, 0, leaves.length) > 0; level++) {
    for (let index = 0; ; index++) {
      const width = tileWidth(level, index, leaves.length);
      if (width === 0) break;
      const hashes = Array.from({ length: width }, (_, i) => read(level * 8, index * TILE_WIDTH + i));
      tiles.set(`${level}/${index}`, Buffer.concat(hashes));
    }
  }
  const fromTiles = readerOfTiles((level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array(), p);

  it('yield the same roots and proofs as the leaves', () => {
    for (const size of [1, 255, 256, 257, 511, 512, 700]) {
      expect(toHex(rootOf(size, fromTiles, p))).toBe(toHex(rootOf(size, read, p)));
      const proof = inclusionProof(size - 1, 700, fromTiles, p).map(toHex);
      expect(proof).toEqual(inclusionProof(size - 1, 700, read, p).map(toHex));
    }
  });
  it('have the widths of the specification: 70,000 leaves', () => {
    expect(
      [0, 1, 2].map((level) => [level, [272, 273, 274, 1].map((index) => tileWidth(level, index, 70_000))]),
    ).toEqual([
      [0, [256, 112, 0, 256]],
      [1, [0, 0, 0, 17]],
      [2, [0, 0, 0, 0]],
    ]);
    expect(tileWidth(2, 0, 70_000)).toBe(1);
    expect(tileOf(9, 3, 70_000)).toEqual({ level: 1, index: 0, width: 256 });
  });
  it('are named as the specification names them, and read back only when spelled so', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
    expect(entriesPath(1000, 3)).toBe('tile/entries/x001/000.p/3');
    expect(parseTilePath('0/x001/x234/067')).toEqual({ level: 0, index: 1234067, width: 256 });
    expect(parseTilePath('entries/x001/000.p/3')).toEqual({ level: 'entries', index: 1000, width: 3 });
    for (const wrong of [
      '00/000',
      '0/0',
      '0/x000/001',
      '0/000.p/0',
      '0/000.p/256',
      '0/000.p/01',
      '64/000',
      '0/001/002',
    ]) {
      expect(parseTilePath(wrong), wrong).toBeNull();
    }
  });
  it('carry entries with their lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 400 })), (lines) => {
        expect(decodeEntries(encodeEntries(lines))).toEqual(lines);
      }),
    );
    expect(() => decodeEntries(Uint8Array.of(0, 9, 65))).toThrow(/ends inside/);
  });
});
