/** The rows that a chart is drawn from: all of a small result, equal stretches of a large one. */
import type { Row } from './points.ts';

/** Rows that are read at most. */
export const MOST_ROWS = 20_000;
/** Rows of one window: the most that main gives at once. */
const WINDOW = 2000;

export interface Stretch {
  readonly offset: number;
  readonly count: number;
}

/** Pure. Of a large result, windows that are spread over it evenly. */
export function stretches(stored: number): readonly Stretch[] {
  const wanted = Math.min(stored, MOST_ROWS);
  const windows = Math.ceil(wanted / WINDOW);
  if (stored <= MOST_ROWS)
    return Array.from({ length: windows }, (_, i) => ({
      offset: i * WINDOW,
      count: Math.min(WINDOW, stored - i * WINDOW),
    }));
  return Array.from({ length: windows }, (_, i) => ({
    offset: Math.floor((i * (stored - WINDOW)) / (windows - 1)),
    count: WINDOW,
  }));
}

/** Null where they could not be read, or nobody wants them any more. A window may come short where its rows are wide. */
export async function readRows(
  stored: number,
  fetch: (stretch: Stretch) => Promise<readonly Row[] | null>,
  wanted: () => boolean,
): Promise<readonly Row[] | null> {
  const rows: Row[] = [];
  for (const { offset, count } of stretches(stored))
    for (let done = 0; done < count; ) {
      const some = await fetch({ offset: offset + done, count: count - done });
      if (some === null || !wanted()) return null;
      if (some.length === 0) break;
      for (const row of some) rows.push(row);
      done += some.length;
    }
  return rows;
}
