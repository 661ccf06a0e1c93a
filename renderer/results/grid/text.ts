/** Cells as text on the screen. Pure. */
import type { Column } from '../../../shared/ipc.ts';
import { visibleLine } from '../../../shared/visible.ts';

/** More than this of one cell is never drawn, though a little more comes (CELL_CHARACTERS). A copy has all of it. */
const DRAWN = 400;

/** One line that can be drawn: what cannot be seen is made visible, so that nothing in data can hide; the rest is cut. */
export const drawn = (value: string): string => visibleLine(value.length > DRAWN ? `${value.slice(0, DRAWN)}…` : value);

/** A column's name that can be seen. */
export const shownName = (name: string): string => (name === '' ? '(no name)' : drawn(name));

/** Whether a value holds a text that is in lower case. */
export const holds = (value: string, needle: string): boolean => value.toLowerCase().includes(needle);

const WIDE = 11;
/** Width (px) that shows a column's name, type and these values, within reason. */
export function widthFor(column: Column, values: readonly (string | null | undefined)[]): number {
  const longest = values.reduce((most, value) => Math.max(most, value?.length ?? 4), 0);
  const header = Math.max(shownName(column.name).length * 7.4, column.type.length * 6.4);
  return Math.round(Math.max(64, Math.min(340, Math.max(header, longest * 7.25) + 2 * WIDE)));
}
