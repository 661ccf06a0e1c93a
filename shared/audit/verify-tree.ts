/** The tree side of a verification: signed checkpoints, consistency between all of them, inclusion, and every `ack`. (I4, I5) */
import { hashBytes, toBase64url } from '../encoding.ts';
import type { Primitives } from '../primitives.ts';
import { type Checkpoint, openCheckpoint } from '../tlog/checkpoint.ts';
import { InclusionChecker } from '../tlog/inclusion.ts';
import { emptyRoot, rootBefore, verifyConsistency } from '../tlog/merkle.ts';
import { type NoteKey, parseVkey } from '../tlog/note.ts';
import type { Findings } from './findings.ts';

export class TreeCheck {
  readonly #p: Primitives;
  readonly #findings: Findings;
  readonly #size: number;
  #key: NoteKey | null = null;
  #checkpoints: Checkpoint[] = [];
  #final: Checkpoint | null = null;
  #inclusion: InclusionChecker | null = null;
  /** Root per size, from proofs that hold against the final checkpoint. */
  readonly #roots = new Map<number, string>();
  /** Proofs of sizes that are powers of two: they do not contain the old root, so they wait for who names it. */
  readonly #proofs = new Map<number, readonly Uint8Array[]>();
  /** Sizes with a proof that nothing has named so far. */
  readonly #unnamed = new Set<number>();
  #lastFrom = 0;

  constructor(p: Primitives, findings: Findings, size: number, vkey: string, origin: string) {
    this.#p = p;
    this.#findings = findings;
    this.#size = size;
    try {
      this.#key = parseVkey(vkey, p);
    } catch (cause) {
      findings.add('note', `The log key cannot be read: ${words(cause)}`);
      return;
    }
    findings.check(
      'note',
      this.#key.name === origin,
      () => `The log key is of ${this.#key?.name}, the bundle is of ${origin}.`,
    );
  }

  get final(): Checkpoint | null {
    return this.#final;
  }

  checkpoint(note: string): void {
    if (this.#key === null) return;
    let checkpoint: Checkpoint;
    try {
      checkpoint = openCheckpoint(note, this.#key, this.#p);
    } catch (cause) {
      this.#findings.check('note', false, () => `A checkpoint does not open with the log key: ${words(cause)}`);
      return;
    }
    this.#findings.check('note', true, () => '');
    const { size, root } = checkpoint;
    const before = this.#checkpoints.at(-1)?.size ?? -1;
    this.#findings.check(
      'bundle',
      size > before,
      () => `The checkpoint of size ${size} stands behind one of size ${before}.`,
    );
    this.#checkpoints.push(checkpoint);
    if (size !== this.#size) return;
    this.#final = checkpoint;
    this.#roots.set(size, toBase64url(root));
    this.#inclusion = new InclusionChecker(size, root, this.#p);
  }

  /** Called once, when the last checkpoint line has been read. */
  checkpointsRead(): void {
    const last = this.#checkpoints.at(-1);
    this.#findings.check(
      'note',
      this.#final !== null && last === this.#final,
      () =>
        `There is no signed checkpoint of the final size ${this.#size}, or it is not the last; nothing can be proven.`,
    );
  }

  consistency(from: number, proof: readonly string[]): void {
    const ordered = from > this.#lastFrom && from < this.#size;
    this.#findings.check('bundle', ordered, () => `The consistency proof from ${from} is out of order.`);
    this.#lastFrom = from;
    this.#unnamed.add(from);
    if (this.#final === null) return;
    const hashes = proof.map(hashBytes);
    if (Number.isInteger(Math.log2(from))) {
      this.#proofs.set(from, hashes);
      return;
    }
    const root = rootBefore(from, this.#size, this.#final.root, hashes, this.#p);
    const message = (): string =>
      `The proof that the tree of ${from} entries is a beginning of the final one does not hold.`;
    if (this.#findings.check('consistency', root !== null, message) && root !== null) {
      this.#roots.set(from, toBase64url(root));
    }
  }

  /** Called once, when the last consistency line has been read. */
  consistencyRead(): void {
    for (const { size, root } of this.#checkpoints) {
      if (size === 0) continue;
      this.#findings.check(
        'consistency',
        this.#matches(size, toBase64url(root)),
        () => `The checkpoint of ${size} entries is not a beginning of the final tree.`,
      );
    }
  }

  inclusion(index: number, leaf: Uint8Array, proof: readonly string[]): void {
    const holds = this.#inclusion?.check(index, leaf, proof.map(hashBytes)) ?? false;
    this.#findings.check('inclusion', holds, () => `Entry ${index} is not in the final tree at this index.`);
  }

  /** Checks an acknowledged checkpoint of the entry at `index`. */
  ack(index: number, size: number, root: string, where: string): void {
    const inOrder = size <= index;
    this.#findings.check('ack', inOrder, () => `${where} acknowledges a tree of ${size} entries before it was made.`);
    const holds = size === 0 ? root === toBase64url(emptyRoot(this.#p)) : this.#matches(size, root);
    this.#findings.check(
      'ack',
      holds,
      () => `${where} acknowledges a tree of ${size} entries that is not a beginning of the final one.`,
    );
  }

  end(): void {
    for (const from of this.#unnamed) {
      this.#findings.add('consistency', `The consistency proof from ${from} belongs to nothing in the bundle.`);
    }
  }

  #matches(size: number, root: string): boolean {
    this.#unnamed.delete(size);
    const known = this.#roots.get(size);
    if (known !== undefined) return known === root;
    const proof = this.#proofs.get(size);
    if (proof === undefined || this.#final === null) return false;
    const bytes = hashBytes(root);
    if (!verifyConsistency(size, this.#size, bytes, this.#final.root, proof, this.#p)) return false;
    this.#proofs.delete(size);
    this.#roots.set(size, root);
    return true;
  }
}

const words = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
