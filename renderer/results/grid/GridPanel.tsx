/**
 * A result's rows with everything around them: the grid, its order and filters, the search, the line of figures. What is done
 * with all loaded rows is done by main; here are only windows of them. (I7, I8)
 */
import { useEffect, useEffectEvent, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { CallArgs, Column, CopyFormat, ResultState, Settings } from '../../../shared/ipc.ts';
import { ask, type Bridge, type UserError } from '../../bridge.ts';
import { ContextMenu, useCommands } from '../../commands/index.ts';
import { useSettings } from '../../settings.tsx';
import { isRunning } from '../words.ts';
import { ColumnsDialog } from './ColumnsDialog.tsx';
import { type GridDesk, gridCommands, menuGroups } from './commands.ts';
import { FilterDialog } from './FilterDialog.tsx';
import { FindBar } from './FindBar.tsx';
import { GridFoot } from './GridFoot.tsx';
import type { Action } from './keys.ts';
import { freeze, hide, type Layout, moveBy, moveTo, setHidden, shownOf } from './layout.ts';
import type { GridMemory } from './memory.ts';
import { type GridHandle, ResultGrid } from './ResultGrid.tsx';
import { bounds, type Selection } from './selection.ts';
import { useArrangement } from './use-arrangement.ts';
import { useFigures } from './use-figures.ts';
import { useFind } from './use-find.ts';
import { arrangedWords, sortedBy, titleOf } from './words.ts';

/** What is copied of a result: a rectangle of it as it is shown. */
export type CopyWish = Omit<CallArgs<'copyRows'>[0], 'result' | 'as'>;

const ROW_HEIGHTS: Readonly<Record<Settings['grid_density'], number>> = { dense: 20, normal: 24, roomy: 30 };

/** Longest value that is filtered by, bytes. */
const MOST_OF_A_FILTER = 10_000;

/** Where the ring is. */
export interface RingCell {
  /** In the result as it came. */
  readonly row: number;
  readonly column: number;
  /** Among the rows as they are shown, and how many those are; null: all that are there. */
  readonly place: number;
  readonly of: number | null;
}

export interface ResultGridHandle {
  /** Copies the selection, or everything when one cell or nothing is selected. */
  copyAll(as: CopyFormat): void;
  focus(): void;
  /** Moves the ring by so many rows of those that are shown, to a column of the result. */
  step(rows: number, column: number): void;
}

export function GridPanel(props: {
  readonly bridge: Bridge;
  readonly result: ResultState;
  readonly columns: readonly Column[];
  readonly memory: GridMemory;
  /** Puts a rectangle on the clipboard; the rows themselves do not come here for that. */
  readonly copy: (wish: CopyWish, as: CopyFormat) => void;
  /** A closer look at one value; both count in the result as it came. */
  readonly onOpen: (row: number, column: number) => void;
  readonly onCell: (cell: RingCell) => void;
  readonly onProblem: (error: UserError) => void;
  readonly ref?: React.Ref<ResultGridHandle>;
}) {
  const { bridge, result, columns, memory, onProblem } = props;
  const grid = useRef<GridHandle>(null);
  const [look] = useState(() => memory.look(result.id, columns.length));
  const keep = (part: Parameters<GridMemory['keep']>[2]) => memory.keep(result.id, columns.length, part);
  const [layout, setLayout] = useState(look.layout);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [dialog, setDialog] = useState<'columns' | { readonly filter: number } | null>(null);
  const [menu, setMenu] = useState<{ readonly of: 'column' | 'cell'; readonly x: number; readonly y: number } | null>(
    null,
  );
  const [said, setSaid] = useState('');

  const { grid_density: density, null_sign: nullSign } = useSettings().settings;
  const looks = useMemo(() => ({ rowHeight: ROW_HEIGHTS[density], nullSign }), [density, nullSign]);
  const shown = useMemo(() => shownOf(layout), [layout]);
  const arranging = useArrangement(
    bridge,
    { id: result.id, stored: result.stored, running: isRunning(result) },
    look,
    keep,
  );
  const { sort, filters, arrangement } = arranging;
  const arranged = useMemo(() => ({ sort, filters }), [sort, filters]);
  const order = arrangement?.id ?? null;
  const rows = arrangement?.rows ?? result.stored;
  const counted = useFigures(bridge, result.id, shown.columns, order, selection);

  const place = selection?.focus.column ?? 0;
  const column = shown.columns[place] ?? 0;
  const ring = () => ({ row: selection?.focus.row ?? 0, column });
  const finding = useFind(
    bridge,
    result.id,
    { columns: shown.columns, arrangement: order, stored: result.stored },
    ring,
    (hit) => grid.current?.go(hit.row, Math.max(0, shown.columns.indexOf(hit.column))),
  );

  const arrange = async (nextSort: typeof sort, nextFilters: typeof filters): Promise<UserError | null> => {
    const wrong = await arranging.arrange(nextSort, nextFilters);
    if (wrong === null) setSaid(arrangedWords(columns, nextSort, nextFilters) || 'Rows in the order they came');
    return wrong;
  };
  /** The same where nobody waits for what is wrong. */
  const rearrange = async (nextSort: typeof sort, nextFilters: typeof filters) => {
    const wrong = await arrange(nextSort, nextFilters);
    if (wrong !== null) onProblem(wrong);
  };
  const lay = (next: Layout, words: string) => {
    setLayout(next);
    keep({ layout: next });
    setSaid(words);
  };
  /** The ring goes where its column goes. */
  const layAndFollow = (next: Layout, words: string) => {
    lay(next, words);
    const to = shownOf(next).columns.indexOf(column);
    if (to >= 0) follow.current = { row: selection?.focus.row ?? 0, place: to };
  };
  const follow = useRef<{ readonly row: number; readonly place: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the grid shows the new places
  useEffect(() => {
    const to = follow.current;
    follow.current = null;
    if (to !== null && rows > 0) grid.current?.go(to.row, to.place);
  }, [layout]);

  const wish = (all: boolean): CopyWish => {
    const box = selection === null ? null : bounds(selection);
    const everything = { top: 0, bottom: Math.max(0, rows - 1), left: 0, right: shown.columns.length - 1 };
    const one = box === null || (box.top === box.bottom && box.left === box.right);
    return { ...(box === null || (all && one) ? everything : box), columns: [...shown.columns], arrangement: order };
  };
  const filterByValue = async (keepRows: boolean) => {
    const row = grid.current?.rowNumber(selection?.focus.row ?? 0);
    if (row === undefined) return;
    const answer = await ask(bridge.readValue({ result: result.id, row, column, from: 0, length: MOST_OF_A_FILTER }));
    if (!answer.ok) return onProblem(answer.error);
    const { value } = answer;
    if (value !== null && value.next !== null)
      return onProblem({ code: 'filter_too_long', message: 'This value is too long to filter by it.', hint: null });
    const test = value === null ? (keepRows ? 'null' : 'not_null') : keepRows ? 'equals' : 'differs';
    const others = filters.filter((filter) => filter.column !== column);
    await rearrange(sort, [...others, { column, test, value: value?.text ?? '' }]);
  };
  /** Where the order or a filter is not the one that it came in, the row says itself which one it is. */
  const untold = useRef(false);
  const tell = ({ focus }: Selection) => {
    const row = grid.current?.rowNumber(focus.row);
    const at = shown.columns[focus.column];
    untold.current = row === undefined;
    if (row !== undefined && at !== undefined)
      props.onCell({ row, column: at, place: focus.row, of: arrangement?.rows ?? null });
  };
  const tellAgain = useEffectEvent(() => {
    if (selection !== null && rows > 0) tell(selection);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another order the ring is on another row
  useEffect(() => tellAgain(), [order]);
  const openCell = (row: number) => {
    const number = grid.current?.rowNumber(row);
    if (number !== undefined) props.onOpen(number, column);
  };

  const name = titleOf(columns, column);
  const desk: GridDesk = {
    cell: selection !== null && rows > 0,
    frozen: layout.frozen.has(column),
    sorted: sort.length > 0,
    filtered: filters.length > 0,
    hidden: layout.hidden.size,
    columns: shown.columns.length,
    busy: arranging.busy,
    finding: finding.text !== '',
    focus: () => grid.current?.focus(),
    sort: (descending, add) => void rearrange(sortedBy(sort, column, descending, add), filters),
    unsort: () => void rearrange([], filters),
    filter: () => setDialog({ filter: column }),
    filterByValue: (keepRows) => void filterByValue(keepRows),
    unfilter: () => void rearrange(sort, []),
    find: () => finding.show(),
    step: (back) => (finding.open ? void finding.step(back) : finding.show()),
    fit: (all) => (all ? grid.current?.fitAll() : grid.current?.fitColumn(place)),
    freeze: (frozen) =>
      layAndFollow(freeze(layout, column, frozen), frozen ? `${name} stays at the left` : `${name} scrolls`),
    move: (by) => layAndFollow(moveBy(layout, column, by), `${name} moved ${by < 0 ? 'left' : 'right'}`),
    hide: () => lay(hide(layout, column), `${name} is hidden`),
    showAll: () => layAndFollow(setHidden(layout, []), 'All columns are shown'),
    chooseColumns: () => setDialog('columns'),
    copy: (as) => props.copy(wish(false), as),
    open: () => openCell(selection?.focus.row ?? 0),
    stop: () => arranging.stop(),
  };
  useCommands(() => gridCommands(desk));
  useImperativeHandle(props.ref, () => ({
    copyAll: (as) => props.copy(wish(true), as),
    focus: () => grid.current?.focus(),
    step: (by, to) => grid.current?.go((selection?.focus.row ?? 0) + by, Math.max(0, shown.columns.indexOf(to))),
  }));

  const onAction = (action: Action, now: Selection) => {
    switch (action.kind) {
      case 'copy':
        return desk.copy(action.names ? 'tsv_names' : 'tsv');
      case 'open':
        return openCell(now.focus.row);
      case 'move':
        return desk.move(action.by);
      case 'sort':
        return desk.sort(action.descending, action.add);
      case 'menu': {
        const box = grid.current?.ring() ?? new DOMRect();
        return setMenu({ of: rows === 0 ? 'column' : 'cell', x: box.left + 12, y: box.bottom });
      }
      default:
        return;
    }
  };
  const closeMenu = (back: boolean) => {
    setMenu(null);
    if (back) grid.current?.focus();
  };

  return (
    <div className="grid-panel">
      <ResultGrid
        ref={grid}
        label={`Rows of: ${result.text.slice(0, 120)}`}
        columns={columns}
        shown={shown}
        arrangement={arrangement}
        arranged={arranged}
        rows={rows}
        needle={finding.open ? finding.text : ''}
        looks={looks}
        widths={look.widths}
        onWidths={(widths) => keep({ widths })}
        onSelect={(next) => {
          setSelection(next);
          tell(next);
        }}
        onArrived={() => {
          if (untold.current) tellAgain();
        }}
        onAction={onAction}
        onMove={(from, to) => {
          const moved = shown.columns[from];
          if (moved !== undefined) layAndFollow(moveTo(layout, moved, to), `${titleOf(columns, moved)} moved`);
        }}
        onMenu={(of, x, y) => setMenu({ of, x, y })}
        fetchRows={async (offset, count) => {
          const answer =
            order === null
              ? await ask(bridge.getRows({ result: result.id, offset, count }))
              : await ask(bridge.getArranged({ result: result.id, arrangement: order, offset, count }));
          if (!answer.ok) {
            onProblem(answer.error);
            return null;
          }
          return 'numbers' in answer.value ? answer.value : { rows: answer.value, numbers: null };
        }}
      />
      {rows === 0 && filters.length > 0 && (
        <div className="no-rows">
          <b>No row passes the filter</b>
          <span className="muted">Of those that are loaded. “As they came” below shows them again.</span>
        </div>
      )}
      <GridFoot
        columns={columns}
        result={result}
        arranging={arranging}
        hidden={layout.hidden.size}
        counted={counted}
        onShowAll={() => desk.showAll()}
      >
        {finding.open && (
          <FindBar
            finding={finding}
            onClose={() => {
              finding.close();
              grid.current?.focus();
            }}
          />
        )}
      </GridFoot>
      <span className="sr-only" role="status">
        {said}
      </span>
      {menu !== null && (
        <ContextMenu
          {...menu}
          label={menu.of === 'cell' ? 'Value' : `Column ${name}`}
          groups={menuGroups(gridCommands(desk), menu.of, name)}
          onClose={closeMenu}
        />
      )}
      {dialog === 'columns' && (
        <ColumnsDialog
          columns={columns}
          hidden={layout.hidden}
          onHidden={(hidden) => lay(setHidden(layout, hidden), '')}
          onGo={(to) => {
            grid.current?.go(selection?.focus.row ?? 0, shown.columns.indexOf(to));
            grid.current?.focus();
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog !== null && dialog !== 'columns' && (
        <FilterDialog
          columns={columns}
          column={dialog.filter}
          now={filters.find((filter) => filter.column === dialog.filter)}
          progress={arranging.progress}
          onFilter={(filter) => {
            const others = filters.filter((one) => one.column !== dialog.filter);
            return arrange(sort, filter === null ? others : [...others, filter]);
          }}
          onClose={() => {
            if (arranging.busy) arranging.stop();
            setDialog(null);
          }}
        />
      )}
    </div>
  );
}
