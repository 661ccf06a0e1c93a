/** Cells as text on the screen. Pure. */
import type { Column } from '../../../shared/ipc.ts';

/** More than this of one cell is never drawn, though a little more comes (CELL_CHARACTERS). A copy has all of it. */
const DRAWN = 400;

/** One line that can be drawn: line breaks and tabs are marked, other control characters made visible, the rest cut. */
export function drawn(value: string): string {
  const cut = value.length > DRAWN ? `${value.slice(0, DRAWN)}…` : value;
  // Control characters become their pictures (U+2400 block), so that nothing in data can hide.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are meant
  return cut.replace(/[\u0000-\u001f\u007f]/g, (c) =>
    c === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0)),
  );
}

const WIDE = 11;
/** Width (px) that shows a column's name, type and these values, within reason. */
export function widthFor(column: Column, values: readonly (string | null | undefined)[]): number {
  const longest = values.reduce((most, value) => Math.max(most, value?.length ?? 4), 0);
  const header = Math.max(column.name.length * 7.4, column.type.length * 6.4);
  return Math.round(Math.max(64, Math.min(340, Math.max(header, longest * 7.25) + 2 * WIDE)));
}
