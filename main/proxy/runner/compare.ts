/**
 * Two results beside each other: which rows are the same, changed, added, removed. Rows are read from the encrypted
 * stores a chunk at a time, with a turn for everybody else in between; only keys and digests of rows are held, and lines
 * are read again when the window wants them. (I8)
 */
import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Fault } from '../../../shared/errors.ts';
import type { CallArgs } from '../../../shared/ipc.ts';
import type { ComparedLine, Comparison } from '../../../shared/ipc-results.ts';
import { MOST_COMPARED } from '../../../shared/results.ts';
import { cellsOf, readClipped } from './cells.ts';
import type { LiveResult } from './result.ts';
import type { Field } from './wire-client.ts';

/** What is held of a row. Keys of different kinds never meet: NULL is no text. */
export interface Row {
  readonly key: string;
  readonly digest: string;
}
/** Row numbers of both sides; -1 where there is none. */
export interface Line {
  readonly left: number;
  readonly right: number;
  readonly same: boolean;
}
export interface Lines {
  readonly lines: readonly Line[];
  readonly repeated: number;
}

/** Rows that are worked off before everybody else has a turn. */
const STEP = 4096;

/**
 * The rows of the left in their order, each beside the one of the right with its key; a row that only the right has
 * follows the one that it follows there. Rows with the same key are paired in their order. Yields now and then.
 */
export function* align(left: readonly Row[], right: readonly Row[]): Generator<void, Lines> {
  /** The first row of the right with that key that has no partner yet, and the one after it with the same key. */
  const free = new Map<string, number>();
  const sameKey = new Int32Array(right.length).fill(-1);
  let repeated = 0;
  for (let n = right.length - 1; n >= 0; n--) {
    const key = right[n]?.key ?? '';
    const later = free.get(key) ?? -1;
    if (later >= 0) repeated++;
    sameKey[n] = later;
    free.set(key, n);
    if (n % STEP === 0) yield;
  }
  const seen = new Set<string>();
  const partners = new Int32Array(right.length).fill(-1);
  const pairs = new Int32Array(left.length);
  for (const [n, { key }] of left.entries()) {
    const partner = free.get(key) ?? -1;
    pairs[n] = partner;
    if (partner >= 0) {
      partners[partner] = n;
      free.set(key, sameKey[partner] ?? -1);
    }
    if (seen.has(key)) repeated++;
    else seen.add(key);
    if (n % STEP === 0) yield;
  }
  /** Rows that only the right has, in their order, by the row of the left that they follow; -1 is the beginning. */
  const added = new Map<number, number[]>();
  let after = -1;
  for (let n = 0; n < right.length; n++) {
    const partner = partners[n] ?? -1;
    const here = added.get(after);
    if (partner >= 0) after = partner;
    else if (here === undefined) added.set(after, [n]);
    else here.push(n);
    if (n % STEP === 0) yield;
  }
  const lines: Line[] = [];
  for (let n = -1; n < left.length; n++) {
    const partner = pairs[n] ?? -1;
    const same = partner >= 0 && left[n]?.digest === right[partner]?.digest;
    if (n >= 0) lines.push({ left: n, right: partner, same });
    for (const only of added.get(n) ?? []) lines.push({ left: -1, right: only, same: false });
    if (n % STEP === 0) yield;
  }
  return { lines, repeated };
}

/** Gives everybody a turn wherever `steps` yields. */
async function inSteps<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await breathe();
  }
}

/** Columns of the same names and types, in the same order. */
export const sameColumns = (a: readonly Field[], b: readonly Field[]): boolean =>
  a.length > 0 && a.length === b.length && a.every((one, n) => one.name === b[n]?.name && one.type === b[n]?.type);

interface Held {
  readonly id: string;
  readonly left: LiveResult;
  readonly right: LiveResult;
  readonly lines: readonly Line[];
  readonly marked: boolean;
}

export class Comparisons {
  readonly #result: (id: string) => LiveResult;
  #held: Held | null = null;
  /** `result` throws a Fault where it is not there any more. */
  constructor(result: (id: string) => LiveResult) {
    this.#result = result;
  }

  async begin({ left, right, key }: CallArgs<'compareResults'>[0]): Promise<Comparison> {
    this.#held = null;
    const [a, b] = [this.#result(left), this.#result(right)];
    const marked = sameColumns(a.fields, b.fields) && key < a.fields.length;
    const [rowsA, rowsB] = [await rowsOf(a, key, marked), await rowsOf(b, key, marked)];
    const { lines, repeated } = marked
      ? await inSteps(align(rowsA, rowsB))
      : { lines: sideBySide(rowsA, rowsB), repeated: 0 };
    const held: Held = { id: randomBytes(16).toString('base64url'), left: a, right: b, lines, marked };
    this.#held = held;
    const added = lines.filter((line) => line.left < 0).length;
    const removed = lines.filter((line) => line.right < 0).length;
    const same = lines.filter((line) => line.same).length;
    const counts = marked ? { same, added, removed, changed: lines.length - same - added - removed } : noCounts;
    const sizes = { left_rows: rowsA.length, right_rows: rowsB.length };
    return { id: held.id, marked, lines: lines.length, ...counts, ...sizes, repeated };
  }

  async lines({ id, offset, count }: CallArgs<'comparedLines'>[0]): Promise<ComparedLine[]> {
    const held = this.#known(id);
    const lines: ComparedLine[] = [];
    for (const line of held.lines.slice(offset, offset + count)) {
      const [left, right] = [await bodyOf(held.left, line.left), await bodyOf(held.right, line.right)];
      const both = held.marked && !line.same && left !== null && right !== null;
      lines.push({
        left: left === null ? null : { row: line.left, cells: readClipped(left) },
        right: right === null ? null : { row: line.right, cells: readClipped(right) },
        changed: both ? differing(left, right) : [],
      });
    }
    return lines;
  }

  next({ id, from, back }: CallArgs<'nextDifference'>[0]): number | null {
    const { lines, marked } = this.#known(id);
    if (!marked) return null;
    for (let at = from + (back ? -1 : 1); at >= 0 && at < lines.length; at += back ? -1 : 1)
      if (lines[at]?.same === false) return at;
    return null;
  }

  wipe(): void {
    this.#held = null;
  }

  #known(id: string): Held {
    if (this.#held?.id === id) return this.#held;
    throw new Fault('comparison_gone', 'This comparison is not kept any more.', 'Compare the two results again.');
  }
}

const noCounts = { same: 0, added: 0, removed: 0, changed: 0 };

async function rowsOf(result: LiveResult, key: number, marked: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  if (!marked) return Array.from({ length: Math.min(result.state.stored, MOST_COMPARED) }, () => noRow);
  // As any other reading of rows: a Fault where they were let go.
  await result.bodies(0, 1);
  for await (const bodies of result.source().all()) {
    for (const body of bodies) {
      if (rows.length === MOST_COMPARED) return rows;
      const cell = cellsOf(body)[key] ?? null;
      rows.push({ key: cell === null ? 'null' : `=${cell.toString('latin1')}`, digest: digestOf(body) });
    }
    await breathe();
  }
  return rows;
}
const noRow: Row = { key: '', digest: '' };
const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('base64');

const sideBySide = (a: readonly Row[], b: readonly Row[]): Line[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, n) => ({
    left: n < a.length ? n : -1,
    right: n < b.length ? n : -1,
    same: true,
  }));

const bodyOf = async (result: LiveResult, row: number): Promise<Buffer | null> =>
  row < 0 ? null : ((await result.bodies(row, 1))[0] ?? null);

function differing(left: Buffer, right: Buffer): number[] {
  const others = cellsOf(right);
  return cellsOf(left).flatMap((cell, n) => {
    const other = others[n] ?? null;
    const same = cell === null || other === null ? cell === other : cell.equals(other);
    return same ? [] : [n];
  });
}
