/**
 * One result as a grid. The interface is these props: columns, how many rows there are by now, and a way to read a
 * window of them; what draws it can be replaced behind them.
 *
 * Keys: arrows, Page Up/Down, Home/End, with Ctrl to the edges, with Shift to extend; Ctrl+A all, Shift+Space row,
 * Ctrl+Space column, Ctrl+C copy, Ctrl+Shift+C copy with column names, Enter one value, Alt+arrows column width.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useRef,
} from 'react';
import type { Column, CopyFormat } from '../../../shared/ipc.ts';
import { at, type Box, bounds, everything, press, type Selection, wholeColumn, wholeRow } from './selection.ts';
import { GridView } from './view.ts';
import { type FetchRows, pageFor, RowWindow } from './window.ts';
import './grid.css';

export interface ResultGridHandle {
  /** Copies the selection, or everything when one cell or nothing is selected. */
  copyAll(as: CopyFormat): void;
  focus(): void;
}
export interface ResultGridProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly stored: number;
  readonly fetchRows: FetchRows;
  /** Puts a rectangle on the clipboard; the rows themselves do not come here for that. */
  readonly copy: (box: Box, as: CopyFormat) => void;
  /** A closer look at one value. */
  readonly onOpen: (row: number, column: number) => void;
  readonly ref?: React.Ref<ResultGridHandle>;
}

export function ResultGrid(props: ResultGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRef<GridView | null>(null);
  const rows = useRef<RowWindow | null>(null);
  const selection = useRef<Selection | null>(null);
  const id = useId();
  const { columns, stored } = props;
  const size = () => ({ rows: stored, columns: columns.length, page: view.current?.page ?? 1 });
  const fetchRows = useEffectEvent(props.fetchRows);
  const storedNow = useEffectEvent(() => stored);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const held = new RowWindow(
      (offset, n) => fetchRows(offset, n),
      (first, last) => view.current?.refresh(first, last),
      pageFor(columns.length),
    );
    const drawn = new GridView(element, held, columns, id);
    rows.current = held;
    view.current = drawn;
    selection.current = null;
    held.stored = storedNow();
    drawn.setCount(storedNow());
    const onScroll = () => drawn.draw();
    element.addEventListener('scroll', onScroll, { passive: true });
    const observer = new ResizeObserver(() => drawn.draw());
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
      drawn.dispose();
    };
  }, [columns, id]);

  useEffect(() => {
    if (rows.current !== null) rows.current.stored = stored;
    view.current?.setCount(stored);
  }, [stored]);

  const select = (next: Selection, reveal: boolean) => {
    selection.current = next;
    view.current?.setSelection(next);
    if (reveal) view.current?.reveal(next.focus.row, next.focus.column);
  };

  useImperativeHandle(props.ref, () => ({
    copyAll(as) {
      const now = selection.current;
      const box = now === null ? null : bounds(now);
      const several = box !== null && (box.top !== box.bottom || box.left !== box.right);
      props.copy(bounds(now !== null && several ? now : everything(size())), as);
    },
    focus: () => scroller.current?.focus(),
  }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (stored === 0) return;
    const now = selection.current ?? at(0, 0);
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key.toLowerCase() === 'c') props.copy(bounds(now), event.shiftKey ? 'tsv_names' : 'tsv');
    else if (event.key === 'Enter' && !ctrl) props.onOpen(now.focus.row, now.focus.column);
    else if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const width = view.current?.widths[now.focus.column] ?? 0;
      view.current?.resize(now.focus.column, width + (event.key === 'ArrowLeft' ? -16 : 16));
      view.current?.setSelection(now);
    } else {
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
      const column = Number(head.dataset.column);
      if (event.target.classList.contains('grid-grip')) startResize(event, column);
      else if (stored > 0) select(wholeColumn(column, stored), false);
      return;
    }
    const hit = view.current?.cellAt(event.clientX, event.clientY);
    // Beside the rows it is the scroll bar's or nothing's.
    if (hit === null || hit === undefined || event.target === event.currentTarget) return;
    const start = hit.column < 0 ? wholeRow(hit.row, columns.length) : at(hit.row, hit.column);
    const anchor = event.shiftKey ? (selection.current?.anchor ?? start.anchor) : start.anchor;
    select({ anchor, focus: start.focus }, false);
    const move = (moved: globalThis.PointerEvent) => {
      const over = view.current?.cellAt(moved.clientX, moved.clientY);
      if (over === null || over === undefined) return;
      select({ anchor, focus: { row: over.row, column: Math.max(0, over.column) } }, true);
    };
    track(move);
  };

  const startResize = (event: PointerEvent<HTMLDivElement>, column: number) => {
    event.preventDefault();
    const from = event.clientX;
    const width = view.current?.widths[column] ?? 0;
    track((moved) => {
      view.current?.resize(column, width + moved.clientX - from);
      view.current?.setSelection(selection.current);
    });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold a window of a million rows
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={stored + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onDoubleClick={(event) => {
        const grip = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.grid-grip') : null;
        const column = grip?.parentElement?.dataset.column;
        if (column !== undefined) view.current?.fitColumn(Number(column));
        else if (
          selection.current !== null &&
          event.target instanceof HTMLElement &&
          event.target.closest('.grid-cell')
        )
          props.onOpen(selection.current.focus.row, selection.current.focus.column);
      }}
      onFocus={() => {
        if (selection.current === null && stored > 0) select(at(0, 0), false);
      }}
    />
  );
}

/** Follows the pointer until it is let go. */
function track(move: (event: globalThis.PointerEvent) => void): void {
  const stop = () => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', stop);
    window.removeEventListener('pointercancel', stop);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
