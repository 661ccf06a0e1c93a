/** How each result was last looked at, so that coming back to its tab finds it so. Column places and tests, never rows. (I8) */
import type { Arrangement, Filter, SortKey } from '../../../shared/ipc.ts';
import { asItCame, type Layout } from './layout.ts';

/** Main keeps no more results than this, either. */
const MOST = 400;

export interface Look {
  readonly layout: Layout;
  readonly widths: readonly number[] | null;
  readonly sort: readonly SortKey[];
  readonly filters: readonly Filter[];
  readonly arrangement: Arrangement | null;
}

export class GridMemory {
  readonly #looks = new Map<string, Look>();

  look(result: string, columns: number): Look {
    const kept = this.#looks.get(result);
    return kept ?? { layout: asItCame(columns), widths: null, sort: [], filters: [], arrangement: null };
  }
  keep(result: string, columns: number, part: Partial<Look>): void {
    const look = { ...this.look(result, columns), ...part };
    this.#looks.delete(result);
    this.#looks.set(result, look);
    for (const oldest of this.#looks.keys()) {
      if (this.#looks.size <= MOST) return;
      this.#looks.delete(oldest);
    }
  }
}
