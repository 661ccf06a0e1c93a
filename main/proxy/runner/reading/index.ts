/**
 * Rows of one result as the grid wants to see them: in an order of its own, only some of them, where a text stands in them,
 * what they add up to. All of it reads the encrypted store in slices; row numbers and figures are kept, never rows. (I8)
 *
 *   work       slices, stopping, how far it is        kinds, decimal, times   what values are compared as
 *   keys, merge-sort, filters   an arrangement        find, figures           the rest
 */
import { Fault } from '../../../../shared/errors.ts';
import type { Arrangement, CallArgs, CallValue, GridWork } from '../../../../shared/ipc.ts';
import { readClipped, valueAt } from '../cells.ts';
import type { Field } from '../wire-client.ts';
import { Adding } from './figures.ts';
import { passesOf } from './filters.ts';
import { columnsWith, Hits } from './find.ts';
import { keysFor } from './keys.ts';
import { kindOf } from './kinds.ts';
import { mergeSort } from './merge-sort.ts';
import { Work } from './work.ts';

/** Characters that one answer to the window holds at most. */
const WINDOW_CHARACTERS = 4_000_000;
/** Rows that are read at once where each may be anywhere in the result. */
const PICKED = 2000;
/** Part of a sort that reading is. */
const READING = 0.5;

/** What it needs of a result. */
export interface Loaded {
  readonly fields: readonly Pick<Field, 'type'>[];
  readonly rows: number;
  /** The rows in order; ends early where they are let go meanwhile. */
  all(): AsyncIterable<readonly Buffer[]>;
  read(offset: number, count: number): Promise<Buffer[]>;
  /** Copies of rows from anywhere. */
  pick(numbers: readonly number[]): Promise<Buffer[]>;
}

interface Ordered extends Arrangement {
  readonly order: Uint32Array;
}

export class Reading {
  /** Throws a Fault once the rows were let go. */
  readonly #loaded: () => Loaded;
  readonly #work = new Map<GridWork, Work>();
  #ordered: Ordered | null = null;
  #arrangements = 0;
  #hits: Hits | null = null;

  constructor(loaded: () => Loaded) {
    this.#loaded = loaded;
  }

  /** Rejects with a Fault where a filter makes no sense, where it was stopped, or where it is too much. */
  async arrange({ sort, filters }: Pick<CallArgs<'arrangeRows'>[0], 'sort' | 'filters'>): Promise<Arrangement> {
    const loaded = this.#loaded();
    const { rows: of, fields } = loaded;
    const tests = filters.map((one) => ({ column: one.column, passes: passesOf(one, kindAt(fields, one.column)) }));
    const keys = sort.map(({ column, descending }) => ({
      column,
      sign: descending ? -1 : 1,
      values: keysFor(kindAt(fields, column), of),
    }));
    return this.#doing('arrange', async (work) => {
      const kept = new Uint32Array(of);
      let rows = 0;
      await work.rows(loaded.all(), { of, until: sort.length === 0 ? 1 : READING }, (body, n) => {
        for (const { column, passes } of tests) if (!passes(valueAt(body, column))) return;
        for (const { column, values } of keys) values.add(valueAt(body, column));
        kept[rows++] = n;
      });
      const order = new Uint32Array(rows);
      for (let n = 0; n < rows; n++) order[n] = n;
      const compare = (a: number, b: number): number => {
        for (const { sign, values } of keys) {
          const by = values.compare(a, b);
          if (by !== 0) return by * sign;
        }
        return 0;
      };
      if (keys.length > 0) await work.through(mergeSort(order, compare), READING);
      for (let n = 0; n < rows; n++) order[n] = kept[order[n] ?? 0] ?? 0;
      work.check();
      const id = ++this.#arrangements;
      this.#ordered = { id, rows, of, order };
      this.#hits = null;
      return { id, rows, of };
    });
  }

  async window({ arrangement, offset, count }: Pick<CallArgs<'getArranged'>[0], 'arrangement' | 'offset' | 'count'>) {
    const numbers = [...this.#orderOf(arrangement).subarray(offset, offset + count)];
    const rows: (string | null)[][] = [];
    let characters = 0;
    for (const body of await this.#loaded().pick(numbers)) {
      const row = readClipped(body);
      rows.push(row);
      for (const cell of row) characters += 8 + (cell?.length ?? 0);
      if (characters > WINDOW_CHARACTERS) break;
    }
    return { numbers: numbers.slice(0, rows.length), rows } satisfies CallValue<'getArranged'>;
  }

  /** Rows of an arrangement, or as they came. */
  bodies(arrangement: number | null, offset: number, count: number): Promise<Buffer[]> {
    if (arrangement === null) return this.#loaded().read(offset, count);
    return this.#loaded().pick([...this.#orderOf(arrangement).subarray(offset, offset + count)]);
  }

  /** Rows that there are in an arrangement, or in all. */
  count(arrangement: number | null): number {
    return arrangement === null ? this.#loaded().rows : this.#orderOf(arrangement).length;
  }

  async find(wanted: Pick<CallArgs<'findInRows'>[0], 'arrangement' | 'columns' | 'text'>) {
    const loaded = this.#loaded();
    const { rows: of, fields } = loaded;
    const order = wanted.arrangement === null ? null : this.#orderOf(wanted.arrangement);
    for (const column of wanted.columns) kindAt(fields, column);
    const matching = columnsWith(wanted.text, wanted.columns);
    return this.#doing('find', async (work) => {
      const hits = new Hits(wanted.columns);
      if (order === null) await work.rows(loaded.all(), { of, until: 1 }, (body, n) => hits.add(n, matching(body)));
      else {
        const found = new Map<number, readonly number[]>();
        const within = marks(order, of);
        await work.rows(loaded.all(), { of, until: READING }, (body, n) => {
          if (within[n] === 0) return;
          const columns = matching(body);
          if (columns.length > 0) found.set(n, columns);
        });
        await work.through(inOrder(order, found, hits), READING);
      }
      work.check();
      this.#hits = hits;
      return { hits: hits.count, all: hits.all } satisfies CallValue<'findInRows'>;
    });
  }

  nextHit({ from, back }: Pick<CallArgs<'nextHit'>[0], 'from' | 'back'>): CallValue<'nextHit'> {
    return this.#hits?.next(from, back) ?? null;
  }

  async addUp(wanted: Pick<CallArgs<'addUp'>[0], 'arrangement' | 'top' | 'bottom' | 'columns'>) {
    const loaded = this.#loaded();
    const { rows: of, fields } = loaded;
    const adding = new Adding(wanted.columns.map((column) => ({ column, kind: kindAt(fields, column) })));
    const { arrangement, top } = wanted;
    const until = Math.min(wanted.bottom + 1, this.count(arrangement));
    const rows = Math.max(0, until - top);
    return this.#doing('add_up', async (work) => {
      if (arrangement === null || rows <= PICKED)
        await work.rows(this.#batches(arrangement, top, until), { of: rows, until: 1 }, (body) => adding.row(body));
      else {
        // They are all over the result: one way through all of it is shorter than to every one of them.
        const within = marks(this.#orderOf(arrangement).subarray(top, until), of);
        await work.rows(loaded.all(), { of, until: 1 }, (body, n) => {
          if (within[n] === 1) adding.row(body);
        });
      }
      return adding.figures();
    });
  }

  progress(work: GridWork): number | null {
    const share = this.#work.get(work)?.share;
    return share === undefined ? null : Math.floor(share * 100);
  }
  stop(work: GridWork): void {
    this.#work.get(work)?.stop();
  }
  /** The rows are gone. */
  wipe(): void {
    for (const work of this.#work.values()) work.stop();
    this.#ordered = this.#hits = null;
  }

  async *#batches(arrangement: number | null, top: number, until: number): AsyncGenerator<readonly Buffer[]> {
    for (let at = top; at < until; at += PICKED) yield await this.bodies(arrangement, at, Math.min(PICKED, until - at));
  }

  #orderOf(arrangement: number): Uint32Array {
    if (this.#ordered?.id !== arrangement)
      throw new Fault('arrangement_gone', 'These rows are in another order now.', 'Sort or filter again.');
    return this.#ordered.order;
  }

  /** Of each kind the newest; what is done for the one before stops. */
  async #doing<T>(kind: GridWork, task: (work: Work) => Promise<T>): Promise<T> {
    this.#work.get(kind)?.stop();
    const work = new Work();
    this.#work.set(kind, work);
    try {
      const value = await task(work);
      work.check();
      return value;
    } finally {
      if (this.#work.get(kind) === work) this.#work.delete(kind);
    }
  }
}

/** Throws a Fault for a column that the result does not have. */
function kindAt(fields: Loaded['fields'], column: number): ReturnType<typeof kindOf> {
  const field = fields[column];
  if (field === undefined) throw new Fault('bad_argument', 'This result has no such column.');
  return kindOf(field.type);
}

/** 1 for each of `numbers`. */
function marks(numbers: Uint32Array, of: number): Uint8Array {
  const marked = new Uint8Array(of);
  for (const number of numbers) marked[number] = 1;
  return marked;
}

function* inOrder(order: Uint32Array, found: ReadonlyMap<number, readonly number[]>, hits: Hits): Generator<number> {
  for (const [at, row] of order.entries()) {
    const columns = found.get(row);
    if (columns !== undefined) hits.add(at, columns);
    if (at % 1024 === 0) yield at / order.length;
  }
}
