/**
 * The rows that the grid holds: pages of a result that lives in main, fetched when they come into view and forgotten
 * when many others were seen since. Rows exist here only as text for the screen; nothing is stored. (I8)
 */
export type Cells = readonly (string | null)[];
export type FetchRows = (offset: number, count: number) => Promise<readonly Cells[] | null>;

export const PAGE = 200;
const KEEP = 48;
const AT_ONCE = 3;

export class RowWindow {
  readonly #fetch: FetchRows;
  readonly #onRows: (first: number, last: number) => void;
  /** In the order of last use: the first is forgotten first. */
  readonly #pages = new Map<number, readonly Cells[]>();
  readonly #asked = new Set<number>();
  #wanted: readonly number[] = [];
  #stored = 0;

  /** `onRows` is told the first and last row (exclusive) that arrived. `fetch` answers null when it failed. */
  constructor(fetch: FetchRows, onRows: (first: number, last: number) => void) {
    this.#fetch = fetch;
    this.#onRows = onRows;
  }

  /** How many rows the result has by now. A page that was cut short by an earlier end is fetched again when wanted. */
  set stored(rows: number) {
    this.#stored = rows;
  }

  row(index: number): Cells | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Says what is on screen now: `first` to `last` (exclusive). Forgets what was wanted before and not yet asked for. */
  want(first: number, last: number): void {
    const pages: number[] = [];
    for (let page = Math.floor(first / PAGE); page * PAGE < Math.min(last, this.#stored); page++) {
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

  /** Rows for copying, past the pages: not kept. Null when a fetch failed. */
  async range(first: number, last: number): Promise<Cells[] | null> {
    const rows: Cells[] = [];
    while (first + rows.length < last) {
      const offset = first + rows.length;
      const part = await this.#fetch(offset, Math.min(2000, last - offset));
      if (part === null) return null;
      if (part.length === 0) break;
      rows.push(...part);
    }
    return rows;
  }

  #sizeOf(page: number): number {
    return Math.min(PAGE, this.#stored - page * PAGE);
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
    const rows = await this.#fetch(page * PAGE, this.#sizeOf(page));
    this.#asked.delete(page);
    this.#wanted = this.#wanted.filter((wanted) => wanted !== page);
    if (rows !== null) {
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= KEEP) break;
        this.#pages.delete(oldest);
      }
      this.#onRows(page * PAGE, page * PAGE + rows.length);
    }
    this.#pump();
  }
}
