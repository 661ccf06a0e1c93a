/**
 * Inclusion proofs of many leaves in ascending order against one tree. Two neighbours share most of their path, so the
 * second one is hashed only up to where the paths meet and compared from there on; no hash of a proof goes unchecked. (I4)
 */
import { equalBytes } from '../encoding.ts';
import { type Hasher, nodeHash } from './merkle.ts';

interface Known {
  /** Index of the node in its level. */
  readonly at: number;
  readonly hash: Uint8Array;
}

export class InclusionChecker {
  readonly #size: number;
  readonly #root: Uint8Array;
  readonly #p: Hasher;
  /** Authentic nodes on and beside the last path, by level. */
  #nodes: (Known | undefined)[] = [];
  #siblings: (Known | undefined)[] = [];

  constructor(size: number, root: Uint8Array, p: Hasher) {
    this.#size = size;
    this.#root = root;
    this.#p = p;
  }

  /** Same answer as `verifyInclusion(index, size, leaf, proof, root)`. */
  check(index: number, leaf: Uint8Array, proof: readonly Uint8Array[]): boolean {
    const { siblings, nodes } = { siblings: this.#siblings, nodes: this.#nodes };
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#size || leaf.length !== 32) return false;
    let fn = index;
    let sn = this.#size - 1;
    let level = 0;
    let hash = leaf;
    let met = false;
    const newNodes: (Known | undefined)[] = [];
    const newSiblings: (Known | undefined)[] = [];
    for (const sibling of proof) {
      if (sn === 0 || sibling.length !== 32) return false;
      const left = fn % 2 === 1 || fn === sn;
      const beside = left ? fn - 1 : fn + 1;
      if (!met) {
        const known = knownAt(nodes[level], fn) ?? knownAt(siblings[level], fn);
        if (known !== null) {
          if (!equalBytes(known, hash)) return false;
          met = true;
        }
      }
      const expected = knownAt(siblings[level], beside) ?? knownAt(nodes[level], beside);
      if (met && (expected === null || !equalBytes(expected, sibling))) return false;
      newNodes[level] = { at: fn, hash };
      newSiblings[level] = { at: beside, hash: sibling };
      // Above the meeting point the parents are known; hashing them again would prove nothing new.
      const parent = met ? knownParent(nodes, level, fn, sn, left) : null;
      hash = parent ?? (left ? nodeHash(sibling, hash, this.#p) : nodeHash(hash, sibling, this.#p));
      if (left) {
        while (fn % 2 === 0 && fn !== 0) {
          fn /= 2;
          sn = Math.floor(sn / 2);
          level++;
        }
      }
      fn = Math.floor(fn / 2);
      sn = Math.floor(sn / 2);
      level++;
    }
    if (sn !== 0 || !equalBytes(hash, this.#root)) return false;
    this.#nodes = newNodes;
    this.#siblings = newSiblings;
    return true;
  }
}

const knownAt = (known: Known | undefined, at: number): Uint8Array | null =>
  known !== undefined && known.at === at ? known.hash : null;

/** The parent of the node at (`level`, `fn`) as the last path knew it, at the level where this path goes on. */
function knownParent(
  nodes: readonly (Known | undefined)[],
  from: number,
  fnFrom: number,
  snFrom: number,
  left: boolean,
): Uint8Array | null {
  let [level, fn, sn] = [from, fnFrom, snFrom];
  if (left) while (fn % 2 === 0 && fn !== 0) [level, fn, sn] = [level + 1, fn / 2, Math.floor(sn / 2)];
  return knownAt(nodes[level + 1], Math.floor(fn / 2));
}
