/**
 * One result as a grid. The interface is these props: columns, which of them are shown, how many rows there are by now, and
 * a way to read a window of them; what draws it can be replaced behind them. Selections count rows and columns as they stand
 * on the screen.
 *
 * Keys: arrows, Page Up/Down, Home/End, with Ctrl to the edges, with Shift to extend; Ctrl+A all, Shift+Space row,
 * Ctrl+Space column, Ctrl+C copy, Ctrl+Shift+C copy with column names, Enter one value, Shift+F10 menu. With Alt: left and
 * right the column's width, with Shift its place; up and down sort by it, with Shift beside the other keys.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import type { Arrangement, Column } from '../../../shared/ipc.ts';
import type { Arranged } from './head.ts';
import { type Action, actionOf } from './keys.ts';
import type { Shown } from './layout.ts';
import { track } from './pointer.ts';
import { at, press, type Selection, wholeColumn, wholeRow } from './selection.ts';
import { GridView, type Looks } from './view.ts';
import { type FetchRows, pageFor, RowWindow } from './window.ts';
import './grid.css';

export interface GridHandle {
  focus(): void;
  /** Puts the ring on a cell and brings it into view. */
  go(row: number, place: number): void;
  fitAll(): void;
  fitColumn(place: number): void;
  /** The row's own place in the result, from 0; undefined while it has not arrived. */
  rowNumber(row: number): number | undefined;
  /** Where the cell with the ring is in the window. */
  ring(): DOMRect;
  readonly selection: Selection | null;
}
export interface ResultGridProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly shown: Shown;
  /** Null: the rows as they came. */
  readonly arrangement: Arrangement | null;
  readonly arranged: Arranged;
  /** Rows that are shown. */
  readonly rows: number;
  /** A text that is searched for; empty for none. */
  readonly needle: string;
  readonly looks: Looks;
  readonly fetchRows: FetchRows;
  /** Widths as they were when it was shown before, of the columns of the result. */
  readonly widths: readonly number[] | null;
  readonly onWidths: (widths: readonly number[]) => void;
  readonly onSelect: (selection: Selection) => void;
  readonly onAction: (action: Action, selection: Selection) => void;
  /** A column was dragged to another place. */
  readonly onMove: (from: number, to: number) => void;
  /** Rows have arrived. */
  readonly onArrived: () => void;
  /** A menu is asked for at a point of the window, of a column's header or of a cell. */
  readonly onMenu: (of: 'column' | 'cell', x: number, y: number) => void;
  readonly ref?: React.Ref<GridHandle>;
}

/** Pointer travel (px) that makes a press on a header a drag. */
const DRAG = 6;

export function ResultGrid(props: ResultGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRef<GridView | null>(null);
  const rowWindow = useRef<RowWindow | null>(null);
  const selection = useRef<Selection | null>(null);
  const id = useId();
  const { columns, shown, rows, arrangement, arranged, needle, looks } = props;
  const width = shown.columns.length;
  const size = () => ({ rows, columns: width, page: view.current?.page ?? 1 });
  const fetchRows = useEffectEvent(props.fetchRows);
  const onArrived = useEffectEvent(props.onArrived);
  const rowsNow = useEffectEvent(() => rows);
  const widthsThen = useEffectEvent(() => props.widths);
  const dress = useEffectEvent((drawn: GridView) => {
    drawn.setShown(shown);
    drawn.setArranged(arranged);
    drawn.setNeedle(needle);
  });
  const keepWidths = useEffectEvent(() => {
    const widths = view.current?.chosenWidths ?? null;
    if (widths !== null) props.onWidths([...widths]);
  });
  const select = (next: Selection, reveal: boolean) => {
    selection.current = next;
    view.current?.setSelection(next);
    if (reveal) view.current?.reveal(next.focus.row, next.focus.column);
    props.onSelect(next);
  };

  // Before the empty grid is painted: what is waited for is the rows.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const drawn = new GridView(element, columns, id, { widths: widthsThen(), looks });
    view.current = drawn;
    selection.current = null;
    dress(drawn);
    const onScroll = () => drawn.draw();
    element.addEventListener('scroll', onScroll, { passive: true });
    const observer = new ResizeObserver(() => drawn.draw());
    observer.observe(element);
    return () => {
      keepWidths();
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
      drawn.dispose();
    };
  }, [columns, id, looks]);

  useLayoutEffect(() => view.current?.setShown(shown), [shown]);
  useLayoutEffect(() => view.current?.setArranged(arranged), [arranged]);
  useLayoutEffect(() => view.current?.setNeedle(needle), [needle]);

  // Rows in another order are other rows: nothing that was read of them counts any more.
  const order = arrangement?.id ?? null;
  const of = useEffectEvent(() => arrangement?.of ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each order has a window of its own
  useLayoutEffect(() => {
    const held = new RowWindow(
      (offset, n) => fetchRows(offset, n),
      (first, last) => {
        if (rowWindow.current !== held) return;
        view.current?.refresh(first, last);
        onArrived();
      },
      { page: pageFor(columns.length, order !== null), of: of() },
    );
    rowWindow.current = held;
    held.stored = rowsNow();
    view.current?.setRows(held);
    view.current?.setCount(rowsNow());
  }, [columns, id, order, looks]);

  useLayoutEffect(() => {
    if (rowWindow.current !== null) rowWindow.current.stored = rows;
    view.current?.setCount(rows);
  }, [rows]);

  // Fewer rows, or columns, than the selection was made in.
  const settle = useEffectEvent(() => {
    const now = selection.current;
    if (now === null || rows === 0) return;
    const inside = (cell: Selection['focus']) => cell.row < rows && cell.column < width;
    if (!inside(now.focus) || !inside(now.anchor))
      select(at(Math.min(now.focus.row, rows - 1), Math.min(now.focus.column, width - 1)), false);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what may leave it outside
  useEffect(() => settle(), [rows, width]);

  useImperativeHandle(props.ref, () => ({
    focus: () => scroller.current?.focus(),
    go: (row, place) => select(at(row, place), true),
    fitAll: () => view.current?.fitAll(),
    fitColumn: (place) => view.current?.fitColumn(place),
    rowNumber: (row) => rowWindow.current?.number(row),
    ring: () => view.current?.ring() ?? new DOMRect(),
    get selection() {
      return selection.current;
    },
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (rows === 0 && event.key !== 'F10' && event.key !== 'ContextMenu') return;
    const now = selection.current ?? at(0, 0);
    const ctrl = event.ctrlKey || event.metaKey;
    const action = actionOf({ key: event.key, ctrl, shift: event.shiftKey, alt: event.altKey });
    if (action?.kind === 'width') {
      const place = now.focus.column;
      view.current?.resize(place, view.current.geometry.width(place) + action.by);
      view.current?.setSelection(now);
    } else if (action !== null) props.onAction(action, now);
    else {
      if (event.altKey) return;
      const next = press(now, { key: event.key, ctrl, shift: event.shiftKey }, size());
      if (next === null) return;
      select(next, event.key.toLowerCase() !== 'a');
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || !(event.target instanceof HTMLElement)) return;
    const head = event.target.closest<HTMLElement>('.grid-th');
    if (head !== null) {
      const place = Number(head.dataset.place);
      if (event.target.classList.contains('grid-grip')) startResize(event, place);
      else if (event.target.classList.contains('grid-menu')) {
        // The focus would go to the grid, and the menu close.
        event.preventDefault();
        openMenu(place, head.getBoundingClientRect());
      } else startDrag(event, place);
      return;
    }
    const hit = view.current?.cellAt(event.clientX, event.clientY);
    // Beside the rows it is the scroll bar's or nothing's.
    if (hit === null || hit === undefined || event.target === event.currentTarget) return;
    const start = hit.column < 0 ? wholeRow(hit.row, width) : at(hit.row, hit.column);
    const anchor = event.shiftKey ? (selection.current?.anchor ?? start.anchor) : start.anchor;
    select({ anchor, focus: start.focus }, false);
    const whole = hit.column < 0;
    track((moved) => {
      const over = view.current?.cellAt(moved.clientX, moved.clientY);
      if (over === null || over === undefined) return;
      select({ anchor, focus: { row: over.row, column: whole ? 0 : Math.max(0, over.column) } }, true);
    });
  };
  const openMenu = (place: number, box: DOMRect) => {
    scroller.current?.focus();
    select(at(selection.current?.focus.row ?? 0, place), false);
    props.onMenu('column', box.left, box.bottom);
  };

  const startResize = (event: PointerEvent<HTMLDivElement>, place: number) => {
    event.preventDefault();
    const from = event.clientX;
    const before = view.current?.geometry.width(place) ?? 0;
    track((moved) => {
      view.current?.resize(place, before + moved.clientX - from);
      view.current?.setSelection(selection.current);
    });
  };
  /** A press selects the column; farther it drags it. */
  const startDrag = (event: PointerEvent<HTMLDivElement>, place: number) => {
    if (rows > 0) select(wholeColumn(place, rows), false);
    const from = event.clientX;
    let to: number | null = null;
    track(
      (moved) => {
        if (to === null && Math.abs(moved.clientX - from) < DRAG) return;
        to = view.current?.placeAt(moved.clientX) ?? (moved.clientX > from ? width - 1 : 0);
        to = Math.max(0, to);
        view.current?.showDrop(to > place ? to + 1 : to);
      },
      (dropped) => {
        view.current?.showDrop(null);
        if (dropped && to !== null && to !== place) props.onMove(place, to);
      },
    );
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold a window of a million rows
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows + 1}
      aria-colcount={width + 1}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onContextMenu={(event) => {
        event.preventDefault();
        // The Menu key was told already; it comes without a pointer.
        if (event.button !== 2 || !(event.target instanceof HTMLElement)) return;
        const head = event.target.closest<HTMLElement>('.grid-th');
        if (head !== null) return openMenu(Number(head.dataset.place), head.getBoundingClientRect());
        const hit = view.current?.cellAt(event.clientX, event.clientY);
        if (hit === null || hit === undefined) return;
        scroller.current?.focus();
        if (!covers(selection.current, hit.row, Math.max(0, hit.column)))
          select(hit.column < 0 ? wholeRow(hit.row, width) : at(hit.row, hit.column), false);
        props.onMenu('cell', event.clientX, event.clientY);
      }}
      onDoubleClick={(event) => {
        const grip = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.grid-grip') : null;
        const place = grip?.parentElement?.dataset.place;
        if (place !== undefined) view.current?.fitColumn(Number(place));
        else if (
          selection.current !== null &&
          event.target instanceof HTMLElement &&
          event.target.closest('.grid-cell')
        )
          props.onAction({ kind: 'open' }, selection.current);
      }}
      onFocus={() => {
        if (selection.current === null && rows > 0) select(at(0, 0), false);
      }}
    />
  );
}

function covers(selection: Selection | null, row: number, column: number): boolean {
  if (selection === null) return false;
  const { anchor, focus } = selection;
  const between = (value: number, a: number, b: number) => value >= Math.min(a, b) && value <= Math.max(a, b);
  return between(row, anchor.row, focus.row) && between(column, anchor.column, focus.column);
}
