/**
 * The rows that the grid holds: pages of a result that lives in main, fetched when they come into view and forgotten
 * when many others were seen since. Rows exist here only as text for the screen; nothing is stored. (I8)
 */
export type Cells = readonly (string | null)[];
/** `numbers`: the rows' own places in the result, from 0; null where they are what was asked for. */
export interface Fetched {
  readonly rows: readonly Cells[];
  readonly numbers: readonly number[] | null;
}
export type FetchRows = (offset: number, count: number) => Promise<Fetched | null>;

export const PAGE = 200;
/** Cells of a page at most: a page of a wide result has fewer rows. */
const CELLS = 20_000;
/** In another order each row of a page may be anywhere in the result: then pages are smaller. */
export const pageFor = (columns: number, ordered = false): number =>
  Math.max(10, Math.min(ordered ? ORDERED_PAGE : PAGE, Math.floor(CELLS / columns)));
const ORDERED_PAGE = 60;
const KEEP = 48;
const AT_ONCE = 3;

export class RowWindow {
  readonly #fetch: FetchRows;
  readonly #onRows: (first: number, last: number) => void;
  /** Rows of a page. */
  readonly #page: number;
  /** In the order of last use: the first is forgotten first. */
  readonly #pages = new Map<number, Fetched>();
  readonly #asked = new Set<number>();
  #wanted: readonly number[] = [];
  #stored = 0;

  /** Rows of the whole result where these are some of it, or in another order; null: they are as they came. */
  readonly #of: number | null;

  /** `onRows` is told the first and last row (exclusive) that arrived. `fetch` answers null when it failed. */
  constructor(
    fetch: FetchRows,
    onRows: (first: number, last: number) => void,
    { page = PAGE, of = null }: { readonly page?: number; readonly of?: number | null } = {},
  ) {
    this.#fetch = fetch;
    this.#page = page;
    this.#onRows = onRows;
    this.#of = of;
  }

  /** How many rows the result has by now. A page that was cut short by an earlier end is fetched again when wanted. */
  set stored(rows: number) {
    this.#stored = rows;
  }

  row(index: number): Cells | undefined {
    return this.#pages.get(Math.floor(index / this.#page))?.rows[index % this.#page];
  }
  /** The row's own place in the result, from 0; undefined while it is not known. */
  number(index: number): number | undefined {
    if (this.#of === null) return index;
    return this.#pages.get(Math.floor(index / this.#page))?.numbers?.[index % this.#page];
  }
  /** The highest number that a row may have, counted from 1. */
  get highest(): number {
    return this.#of ?? this.#stored;
  }

  /** Says what is on screen now: `first` to `last` (exclusive). Forgets what was wanted before and not yet asked for. */
  want(first: number, last: number): void {
    const pages: number[] = [];
    for (let page = Math.floor(first / this.#page); page * this.#page < Math.min(last, this.#stored); page++) {
      const held = this.#pages.get(page);
      if (held !== undefined) {
        this.#pages.delete(page);
        this.#pages.set(page, held);
      }
      if (held === undefined || held.rows.length < this.#sizeOf(page)) pages.push(page);
    }
    this.#wanted = pages;
    this.#pump();
  }

  #sizeOf(page: number): number {
    return Math.min(this.#page, this.#stored - page * this.#page);
  }

  #pump(): void {
    for (const page of this.#wanted) {
      if (this.#asked.size >= AT_ONCE) return;
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      void this.#load(page);
    }
  }

  async #load(page: number): Promise<void> {
    const first = page * this.#page;
    const rows = await this.#rows(first, this.#sizeOf(page));
    this.#asked.delete(page);
    this.#wanted = this.#wanted.filter((wanted) => wanted !== page);
    if (rows !== null) {
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= KEEP) break;
        this.#pages.delete(oldest);
      }
      this.#onRows(first, first + rows.rows.length);
    }
    this.#pump();
  }

  /** An answer may be shorter than what was asked, where the rows are long; null when a fetch failed. */
  async #rows(first: number, count: number): Promise<Fetched | null> {
    const rows: Cells[] = [];
    let numbers: number[] | null = null;
    while (rows.length < count) {
      const part = await this.#fetch(first + rows.length, count - rows.length);
      if (part === null) return null;
      if (part.rows.length === 0) break;
      rows.push(...part.rows);
      if (part.numbers !== null) numbers = [...(numbers ?? []), ...part.numbers];
    }
    return { rows, numbers };
  }
}
