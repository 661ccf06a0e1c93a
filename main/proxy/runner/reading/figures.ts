/** Count, sum, average and different values of a rectangle. */
import type { Figures } from '../../../../shared/ipc.ts';
import { textOf, valueAt } from '../cells.ts';
import { averageText, decimalText, ExactSum } from './decimal.ts';
import type { Kind } from './kinds.ts';

/** Different values, and characters of them, that are told apart at most. */
const MOST_DISTINCT = 1_000_000;
const MOST_CHARACTERS = 64 * 1024 * 1024;

export class Adding {
  readonly #columns: readonly { readonly column: number; readonly kind: Kind }[];
  readonly #sum = new ExactSum();
  #distinct: Set<string> | null = new Set();
  #characters = 0;
  #cells = 0;
  #nulls = 0;
  #numbers = 0;

  constructor(columns: readonly { readonly column: number; readonly kind: Kind }[]) {
    this.#columns = columns;
  }

  row(body: Buffer): void {
    for (const { column, kind } of this.#columns) {
      this.#cells++;
      const value = valueAt(body, column);
      if (value === null) {
        this.#nulls++;
        continue;
      }
      const text = textOf(value);
      if (kind === 'number') {
        this.#numbers++;
        this.#sum.add(text);
      }
      this.#tellApart(text);
    }
  }

  figures(): Figures {
    const total = this.#sum.total();
    const known = typeof total === 'object';
    return {
      cells: this.#cells,
      nulls: this.#nulls,
      numbers: this.#numbers,
      sum: this.#numbers === 0 ? null : known ? decimalText(total) : total,
      average: this.#numbers === 0 ? null : known ? averageText(total, this.#numbers) : total,
      distinct: this.#distinct?.size ?? null,
    };
  }

  #tellApart(text: string): void {
    if (this.#distinct === null || this.#distinct.has(text)) return;
    this.#characters += text.length;
    if (this.#distinct.size === MOST_DISTINCT || this.#characters > MOST_CHARACTERS) this.#distinct = null;
    else this.#distinct.add(text);
  }
}
