/**
 * The rows that the grid holds: pages of a result that lives in main, fetched when they come into view and forgotten
 * when many others were seen since. Rows exist here only as text for the screen; nothing is stored. (I8)
 */
export type Cells = readonly (string | null)[];
export type FetchRows = (offset: number, count: number) => Promise<readonly Cells[] | null>;

export const PAGE = 200;
/** Cells of a page at most: a page of a wide result has fewer rows. */
const CELLS = 20_000;
export const pageFor = (columns: number): number => Math.max(10, Math.min(PAGE, Math.floor(CELLS / columns)));
const KEEP = 48;
const AT_ONCE = 3;

export class RowWindow {
  readonly #fetch: FetchRows;
  readonly #onRows: (first: number, last: number) => void;
  /** Rows of a page. */
  readonly #page: number;
  /** In the order of last use: the first is forgotten first. */
  readonly #pages = new Map<number, readonly Cells[]>();
  readonly #asked = new Set<number>();
  #wanted: readonly number[] = [];
  #stored = 0;

  /** `onRows` is told the first and last row (exclusive) that arrived. `fetch` answers null when it failed. */
  constructor(fetch: FetchRows, onRows: (first: number, last: number) => void, page = PAGE) {
    this.#fetch = fetch;
    this.#page = page;
    this.#onRows = onRows;
  }

  /** How many rows the result has by now. A page that was cut short by an earlier end is fetched again when wanted. */
  set stored(rows: number) {
    this.#stored = rows;
  }

  row(index: number): Cells | undefined {
    return this.#pages.get(Math.floor(index / this.#page))?.[index % this.#page];
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
      if (held === undefined || held.length < this.#sizeOf(page)) pages.push(page);
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
      this.#onRows(first, first + rows.length);
    }
    this.#pump();
  }

  /** An answer may be shorter than what was asked, where the rows are long; null when a fetch failed. */
  async #rows(first: number, count: number): Promise<readonly Cells[] | null> {
    const rows: Cells[] = [];
    while (rows.length < count) {
      const part = await this.#fetch(first + rows.length, count - rows.length);
      if (part === null) return null;
      if (part.length === 0) break;
      rows.push(...part);
    }
    return rows;
  }
}
