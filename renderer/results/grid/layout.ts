/** Which columns a grid shows, in which order, and which stay at the left. Columns are their places in the result. Pure. */
export interface Layout {
  /** Every column of the result. */
  readonly order: readonly number[];
  readonly hidden: ReadonlySet<number>;
  readonly frozen: ReadonlySet<number>;
}

export const asItCame = (columns: number): Layout => ({
  order: Array.from({ length: columns }, (_, column) => column),
  hidden: new Set(),
  frozen: new Set(),
});

/** The columns on the screen from left to right, and how many of them stay at the left. */
export interface Shown {
  readonly columns: readonly number[];
  readonly frozen: number;
}
export function shownOf({ order, hidden, frozen }: Layout): Shown {
  const visible = order.filter((column) => !hidden.has(column));
  const left = visible.filter((column) => frozen.has(column));
  return { columns: [...left, ...visible.filter((column) => !frozen.has(column))], frozen: left.length };
}

/** Puts a column where another one is shown; it stays among the frozen ones, or among the others. */
export function moveTo(layout: Layout, column: number, place: number): Layout {
  const { columns, frozen } = shownOf(layout);
  if (!columns.includes(column)) return layout;
  const [least, most] = layout.frozen.has(column) ? [0, frozen - 1] : [frozen, columns.length - 1];
  const shown = columns.filter((one) => one !== column);
  shown.splice(Math.max(least, Math.min(most, place)), 0, column);
  return { ...layout, order: [...shown, ...layout.order.filter((one) => layout.hidden.has(one))] };
}

export const moveBy = (layout: Layout, column: number, by: number): Layout =>
  moveTo(layout, column, shownOf(layout).columns.indexOf(column) + by);

export function freeze(layout: Layout, column: number, frozen: boolean): Layout {
  const next = new Set(layout.frozen);
  if (frozen) next.add(column);
  else next.delete(column);
  return { ...layout, frozen: next };
}

/** At least one column stays. */
export function setHidden(layout: Layout, hidden: Iterable<number>): Layout {
  const next = new Set(hidden);
  return next.size < layout.order.length ? { ...layout, hidden: next } : layout;
}
export const hide = (layout: Layout, column: number): Layout => setHidden(layout, [...layout.hidden, column]);
