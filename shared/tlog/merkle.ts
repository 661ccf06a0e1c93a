/**
 * The RFC 6962 Merkle tree: hashing (section 2.1), proofs (2.1.1, 2.1.2) and their verification (RFC 9162, 2.1.3.2 and
 * 2.1.4.2). Pure: the tree's stored hashes come in through a {@link HashReader}. `shared/tlog` is called by the
 * ledger, the uploader and the verifier; a hash is a Uint8Array of 32 bytes, base64url only in JSON. (I4)
 */
import { concat, equalBytes } from '../encoding.ts';
import type { Primitives } from '../primitives.ts';

export type Hasher = Pick<Primitives, 'sha256'>;

/**
 * Hash of the complete subtree over leaves `[index·2^level, (index+1)·2^level)`. Only asked for subtrees that lie
 * completely inside the tree.
 */
export type HashReader = (level: number, index: number) => Uint8Array;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (data: Uint8Array, p: Hasher): Uint8Array => p.sha256(concat(LEAF, data));
export const nodeHash = (left: Uint8Array, right: Uint8Array, p: Hasher): Uint8Array =>
  p.sha256(concat(NODE, left, right));
/** Root of the empty tree: SHA-256 of nothing. */
export const emptyRoot = (p: Hasher): Uint8Array => p.sha256(new Uint8Array(0));

/** Root of the tree over the first `size` leaves. */
export function rootOf(size: number, hashAt: HashReader, p: Hasher): Uint8Array {
  assertSize(size);
  return size === 0 ? emptyRoot(p) : rangeHash(0, size, hashAt, p);
}

/** Root over leaf hashes that are all in memory. */
export function rootOfLeaves(leaves: readonly Uint8Array[], p: Hasher): Uint8Array {
  return rootOf(leaves.length, readerOfLeaves(leaves, p), p);
}

/** A reader over leaf hashes in memory; inner nodes are computed when asked and kept. */
export function readerOfLeaves(leaves: readonly Uint8Array[], p: Hasher): HashReader {
  const known = new Map<string, Uint8Array>();
  const read: HashReader = (level, index) => {
    if (level === 0) {
      const leaf = leaves[index];
      if (leaf === undefined) throw new RangeError(`no leaf ${index} in a tree of ${leaves.length}`);
      return leaf;
    }
    const name = `${level}/${index}`;
    const hash = known.get(name) ?? nodeHash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1), p);
    known.set(name, hash);
    return hash;
  };
  return read;
}

/** Audit path of leaf `index` in the tree of `size` leaves, `0 <= index < size`. RFC 6962 section 2.1.1. */
export function inclusionProof(index: number, size: number, hashAt: HashReader, p: Hasher): Uint8Array[] {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`want an index below the size ${size}, got ${index}`);
  }
  const path: Uint8Array[] = [];
  let lo = 0;
  let hi = size;
  while (hi - lo > 1) {
    const middle = lo + splitPoint(hi - lo);
    if (index < middle) {
      path.push(rangeHash(middle, hi, hashAt, p));
      hi = middle;
    } else {
      path.push(rangeHash(lo, middle, hashAt, p));
      lo = middle;
    }
  }
  return path.reverse();
}

/** Proof that the tree of `from` leaves is a prefix of the tree of `to` leaves, `0 < from <= to`. Section 2.1.2. */
export function consistencyProof(from: number, to: number, hashAt: HashReader, p: Hasher): Uint8Array[] {
  assertSize(to);
  if (!Number.isSafeInteger(from) || from < 1 || from > to) {
    throw new RangeError(`want 0 < from <= ${to}, got from ${from}`);
  }
  const proof: Uint8Array[] = [];
  let lo = 0;
  let hi = to;
  // Whether the old tree is exactly the subtree that remains, which the verifier then knows already.
  let whole = true;
  while (hi !== from) {
    const middle = lo + splitPoint(hi - lo);
    if (from <= middle) {
      proof.push(rangeHash(middle, hi, hashAt, p));
      hi = middle;
    } else {
      proof.push(rangeHash(lo, middle, hashAt, p));
      lo = middle;
      whole = false;
    }
  }
  if (!whole) proof.push(rangeHash(lo, hi, hashAt, p));
  return proof.reverse();
}

/**
 * The stored hashes that a computation reads, so that they can be fetched at once before it runs:
 * `nodesNeeded((read) => inclusionProof(5, 900, read, p))`.
 */
export function nodesNeeded(compute: (read: HashReader) => unknown): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = [];
  const blank = new Uint8Array(32);
  compute((level, index) => {
    nodes.push({ level, index });
    return blank;
  });
  return nodes;
}

/** Whether `proof` shows that `leaf` (a leaf hash) stands at `index` in the tree with `size` leaves and this root. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  p: Hasher,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || leaf.length !== 32) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0 || sibling.length !== 32) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash, p);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      hash = nodeHash(hash, sibling, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(hash, root);
}

/**
 * Whether `proof` shows that the tree `from`/`fromRoot` is a prefix of `to`/`toRoot`. An empty old tree (`from` 0) proves
 * nothing and is refused, equal sizes take an empty proof.
 */
export function verifyConsistency(
  from: number,
  to: number,
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
  proof: readonly Uint8Array[],
  p: Hasher,
): boolean {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) return false;
  if (from === to) return proof.length === 0 && equalBytes(fromRoot, toRoot);
  if (fromRoot.length !== 32 || toRoot.length !== 32) return false;
  const roots = rootsOfConsistency(from, to, fromRoot, proof, p);
  return roots !== null && equalBytes(roots.older, fromRoot) && equalBytes(roots.newer, toRoot);
}

/**
 * The root that the tree had at size `from`, as a consistency proof to the known tree (`to`, `toRoot`) commits to it; null
 * when the proof does not hold. Not for a power of two or `from` = `to`: those proofs leave the old root out.
 */
export function rootBefore(
  from: number,
  to: number,
  toRoot: Uint8Array,
  proof: readonly Uint8Array[],
  p: Hasher,
): Uint8Array | null {
  if (!isCount(from) || !isCount(to) || from >= to || Number.isInteger(Math.log2(from))) return null;
  const roots = rootsOfConsistency(from, to, toRoot, proof, p);
  return roots !== null && equalBytes(roots.newer, toRoot) ? roots.older : null;
}

/** Both roots that a proof yields. `fromRoot` is only read where `from` is a power of two. `0 < from < to`. */
function rootsOfConsistency(
  from: number,
  to: number,
  fromRoot: Uint8Array,
  proof: readonly Uint8Array[],
  p: Hasher,
): { older: Uint8Array; newer: Uint8Array } | null {
  let fn = from - 1;
  let sn = to - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  // When the old size is a power of two its root is itself the first node and is left out of the proof.
  const [first, ...rest] = fn === 0 ? [fromRoot, ...proof] : proof;
  if (first === undefined || first.length !== 32 || proof.length === 0) return null;
  let older = first;
  let newer = first;
  for (const node of rest) {
    if (sn === 0 || node.length !== 32) return null;
    if (fn % 2 === 1 || fn === sn) {
      older = nodeHash(node, older, p);
      newer = nodeHash(node, newer, p);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, half(sn)];
    } else {
      newer = nodeHash(newer, node, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? { older, newer } : null;
}

/** Hash of leaves `[lo, hi)`; `lo` is a multiple of the smallest power of two that is at least `hi − lo`. */
function rangeHash(lo: number, hi: number, hashAt: HashReader, p: Hasher): Uint8Array {
  const count = hi - lo;
  const level = Math.round(Math.log2(count));
  if (2 ** level === count) return hashAt(level, lo / count);
  const middle = lo + splitPoint(count);
  return nodeHash(rangeHash(lo, middle, hashAt, p), rangeHash(middle, hi, hashAt, p), p);
}

/** The largest power of two below `count`, for `count >= 2`. */
function splitPoint(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

// Sizes go to 2^53−1, past what the bit operators can hold.
const half = (n: number): number => Math.floor(n / 2);
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
function assertSize(size: number): void {
  if (!isCount(size)) throw new RangeError(`want a tree size, got ${size}`);
}
