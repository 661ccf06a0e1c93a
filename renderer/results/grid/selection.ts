/** What is selected in a grid and what a key does to it. Pure. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}
/** A rectangle from `anchor` (where it began) to `focus` (the cell with the ring). */
export interface Selection {
  readonly anchor: Cell;
  readonly focus: Cell;
}
export interface Size {
  readonly rows: number;
  readonly columns: number;
  /** Rows that fit on the screen. */
  readonly page: number;
}
export interface Key {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
}

export const at = (row: number, column: number): Selection => ({ anchor: { row, column }, focus: { row, column } });

/** First and last row and column, all inclusive. */
export interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}
export function bounds({ anchor, focus }: Selection): Box {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

export const wholeRow = (row: number, columns: number): Selection => ({
  anchor: { row, column: columns - 1 },
  focus: { row, column: 0 },
});
export const wholeColumn = (column: number, rows: number): Selection => ({
  anchor: { row: rows - 1, column },
  focus: { row: 0, column },
});
export const everything = (size: Size): Selection => ({
  anchor: { row: size.rows - 1, column: size.columns - 1 },
  focus: { row: 0, column: 0 },
});

/** The selection after a key; null when the key means nothing here. */
export function press(selection: Selection, { key, ctrl, shift }: Key, size: Size): Selection | null {
  const { row, column } = selection.focus;
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  if (ctrl && key.toLowerCase() === 'a') return everything(size);
  if (key === ' ' && shift) return wholeRow(row, size.columns);
  if (key === ' ' && ctrl) return wholeColumn(column, size.rows);
  const to: Record<string, Cell> = {
    ArrowUp: { row: ctrl ? 0 : row - 1, column },
    ArrowDown: { row: ctrl ? lastRow : row + 1, column },
    ArrowLeft: { row, column: ctrl ? 0 : column - 1 },
    ArrowRight: { row, column: ctrl ? lastColumn : column + 1 },
    PageUp: { row: row - size.page, column },
    PageDown: { row: row + size.page, column },
    Home: { row: ctrl ? 0 : row, column: 0 },
    End: { row: ctrl ? lastRow : row, column: lastColumn },
  };
  const wanted = to[key];
  if (wanted === undefined) return null;
  const focus = {
    row: Math.max(0, Math.min(lastRow, wanted.row)),
    column: Math.max(0, Math.min(lastColumn, wanted.column)),
  };
  return { anchor: shift ? selection.anchor : focus, focus };
}
