/** Where columns stand, in px: widths belong to the columns of the result, places to what is shown of them. Pure. */
import type { Shown } from './layout.ts';

const NARROWEST = 40;
const WIDEST = 1200;
/** Frozen columns take this share of the width at most: the others must still be reachable. */
const MOST_FROZEN = 0.6;

export class Geometry {
  readonly #widths: number[];
  #columns: readonly number[] = [];
  #wanted = 0;
  #frozen = 0;
  #lefts: number[] = [];
  #total = 0;
  /** Width of the column of row numbers. */
  gutter = 50;

  constructor(widths: readonly number[]) {
    this.#widths = [...widths];
    this.show({ columns: widths.map((_, column) => column), frozen: 0 }, Number.POSITIVE_INFINITY);
  }

  /** Columns of the result, from left to right. */
  get columns(): readonly number[] {
    return this.#columns;
  }
  /** How many of them stay at the left; fewer than wanted where the window is narrow. */
  get frozen(): number {
    return this.#frozen;
  }
  get total(): number {
    return this.gutter + this.#total;
  }
  /** Of all columns of the result, to be remembered. */
  get widths(): readonly number[] {
    return this.#widths;
  }
  /** Right edge of the frozen columns, without the gutter. */
  get frozenWidth(): number {
    return this.#frozen === this.#columns.length ? this.#total : (this.#lefts[this.#frozen] ?? 0);
  }
  left(place: number): number {
    return this.#lefts[place] ?? 0;
  }
  width(place: number): number {
    return this.#widths[this.#columns[place] ?? -1] ?? 0;
  }

  /** `space`: width of the window. */
  show({ columns, frozen }: Shown, space: number): void {
    this.#columns = columns;
    this.#wanted = frozen;
    this.#lay(space);
  }
  resize(place: number, width: number, space: number): void {
    const column = this.#columns[place];
    if (column === undefined) return;
    this.#widths[column] = Math.max(NARROWEST, Math.min(WIDEST, Math.round(width)));
    this.#lay(space);
  }
  setAll(widths: readonly number[], space: number): void {
    this.#widths.splice(0, this.#widths.length, ...widths);
    this.#lay(space);
  }
  /** The window is `space` wide now. True where fewer or more columns stay at the left. */
  fit(space: number): boolean {
    const before = this.#frozen;
    this.#freeze(space);
    return this.#frozen !== before;
  }

  /** First and last (exclusive) of the columns that are scrolled and in view. */
  inView(scrolled: number, space: number): readonly [number, number] {
    const start = scrolled + this.frozenWidth;
    const end = scrolled + space - this.gutter;
    const from = Math.max(this.#frozen, this.#lastAt(start));
    const to = Math.min(this.#columns.length, this.#lastAt(end) + 1);
    return [from, Math.max(from, to)];
  }

  /** The column at `x` px from the window's left edge; -1 is the gutter, null is beyond the last. */
  placeAt(x: number, scrolled: number): number | null {
    if (x < this.gutter) return -1;
    const inside = x - this.gutter;
    const left = inside < this.frozenWidth ? inside : inside + scrolled;
    return this.#columns.length === 0 || left >= this.#total ? null : this.#lastAt(left);
  }

  /** How far to scroll sideways so that a column is in view. */
  scrollTo(place: number, scrolled: number, space: number): number {
    if (place < this.#frozen) return scrolled;
    const left = this.left(place);
    const width = this.width(place);
    const room = space - this.gutter - this.frozenWidth;
    if (left - this.frozenWidth < scrolled || width > room) return left - this.frozenWidth;
    return Math.max(scrolled, left + width - (space - this.gutter));
  }

  #lay(space: number): void {
    let left = 0;
    this.#lefts = this.#columns.map((column) => {
      const mine = left;
      left += this.#widths[column] ?? 0;
      return mine;
    });
    this.#total = left;
    this.#freeze(space);
  }
  #freeze(space: number): void {
    let frozen = this.#wanted;
    while (frozen > 0 && (this.#lefts[frozen - 1] ?? 0) + this.width(frozen - 1) > space * MOST_FROZEN) frozen--;
    this.#frozen = frozen;
  }

  /** The last column that begins at or before `left`; 0 where none does. */
  #lastAt(left: number): number {
    let low = 0;
    let high = this.#lefts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lefts[middle] ?? 0) <= left) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
