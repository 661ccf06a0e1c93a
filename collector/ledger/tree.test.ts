import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../shared/encoding.ts';
import { readerOfLeaves, rootOf, rootOfLeaves } from '../../shared/tlog/merkle.ts';
import { primitives } from '../keys.ts';
import { EMPTY, grow, rootOfTree } from './tree.ts';

describe('the tree of tiles', () => {
  it('has the root of RFC 6962 at every size around the borders of tiles, however it grew (I4)', () => {
    const leaves = Array.from({ length: 66_100 }, () => new Uint8Array(randomBytes(32)));
    const borders = [0, 1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 65_792, 66_100];
    // One reader for all sizes: it keeps the inner nodes, which are the same in every later tree.
    const read = readerOfLeaves(leaves, primitives);
    let tree = EMPTY;
    for (const size of borders) {
      tree = grow(tree, leaves.slice(tree.size, size)).tree;
      expect(tree.size).toBe(size);
      const want = rootOf(size, read, primitives);
      expect(toBase64url(rootOfTree(tree)), `at ${size}`).toBe(toBase64url(want));
    }
  });

  it('tells each complete tile once, with its place and its root (I5)', () => {
    const leaves = Array.from({ length: 65_536 + 256 }, () => new Uint8Array(randomBytes(32)));
    const { tiles } = grow(EMPTY, leaves);
    expect(tiles.filter((tile) => tile.level === 0).map((tile) => tile.n)).toEqual(
      Array.from({ length: 257 }, (_, i) => i),
    );
    expect(tiles.filter((tile) => tile.level === 1).map((tile) => tile.n)).toEqual([0]);
    const whole = tiles.find((tile) => tile.level === 1);
    expect(toBase64url(whole?.root ?? EMPTY_BYTES)).toBe(
      toBase64url(rootOfLeaves(leaves.slice(0, 65_536), primitives)),
    );
  });

  it('leaves the tree that it grew from as it was', () => {
    const { tree } = grow(EMPTY, [new Uint8Array(32)]);
    grow(tree, [new Uint8Array(32), new Uint8Array(32)]);
    expect([tree.size, tree.edge[0]?.length]).toEqual([1, 1]);
  });
});

const EMPTY_BYTES = new Uint8Array(0);
