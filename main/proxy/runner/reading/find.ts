/** Where a text stands in rows. */
import type { Hit } from '../../../../shared/ipc.ts';
import { textOf, valueAt } from '../cells.ts';

/** Places that are kept to step through; of more, only that there are more is known. */
export const MOST_HITS = 200_000;

/** The two characters beyond ASCII that are ASCII in lower case: the Kelvin sign and the dotted capital I. */
const FOLDED = ['\u212a', '\u0130'].map((sign) => Buffer.from(sign).toString('latin1'));

/** Whether a row may hold the text at all: one look at all of its bytes, before its values are looked at one by one. */
function mayHold(wanted: string): (body: Buffer) => boolean {
  // Characters beyond ASCII may be written with other bytes in upper case.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (!/^[\u0000-\u007f]*$/.test(wanted)) return () => true;
  const folded = /[ik]/.test(wanted) ? FOLDED : [];
  return (body) => {
    const bytes = body.toString('latin1');
    return bytes.toLowerCase().includes(wanted) || folded.some((sign) => bytes.includes(sign));
  };
}

/** The columns of a row that hold the text, in the order given. */
export function columnsWith(text: string, columns: readonly number[]): (body: Buffer) => number[] {
  const wanted = text.toLowerCase();
  const may = mayHold(wanted);
  return (body) => {
    if (!may(body)) return [];
    return columns.filter((column) => {
      const value = valueAt(body, column);
      return value !== null && textOf(value).toLowerCase().includes(wanted);
    });
  };
}

/** Hits in the order in which a person reads them: row by row, each from the first shown column to the last. */
export class Hits {
  readonly #rows: number[] = [];
  readonly #columns: number[] = [];
  /** Place of each column on the screen. */
  readonly #places: ReadonlyMap<number, number>;
  /** Every hit is in it. */
  all = true;

  constructor(columns: readonly number[]) {
    this.#places = new Map(columns.map((column, place) => [column, place]));
  }
  get count(): number {
    return this.#rows.length;
  }
  /** `row` never decreases. */
  add(row: number, columns: readonly number[]): void {
    for (const column of columns) {
      if (this.#rows.length === MOST_HITS) {
        this.all = false;
        return;
      }
      this.#rows.push(row);
      this.#columns.push(column);
    }
  }
  /** The first one after a place, or the last one before it; around the end where there is none. */
  next(from: { readonly row: number; readonly column: number }, back: boolean): Hit | null {
    const { length } = this.#rows;
    if (length === 0) return null;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const by = this.#compare(middle, from);
      if (by < 0 || (by === 0 && !back)) low = middle + 1;
      else high = middle;
    }
    const n = back ? (low - 1 + length) % length : low % length;
    return { row: this.#rows[n] ?? 0, column: this.#columns[n] ?? 0, n: n + 1 };
  }

  #compare(n: number, from: { readonly row: number; readonly column: number }): number {
    const rows = (this.#rows[n] ?? 0) - from.row;
    if (rows !== 0) return rows;
    return (this.#places.get(this.#columns[n] ?? 0) ?? 0) - (this.#places.get(from.column) ?? 0);
  }
}
