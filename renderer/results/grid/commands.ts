/** Everything that can be done in the grid, once: the palette lists it, and its menus show parts of it. */

import type { CopyFormat } from '../../../shared/ipc.ts';
import type { Command } from '../../commands/index.ts';

/** What the commands need of the grid. `place` is where the column with the ring stands. */
export interface GridDesk {
  /** There are rows, and a cell has the ring. */
  readonly cell: boolean;
  /** The same column is among the frozen ones. */
  readonly frozen: boolean;
  readonly sorted: boolean;
  readonly filtered: boolean;
  readonly hidden: number;
  readonly columns: number;
  readonly busy: boolean;
  readonly finding: boolean;
  focus(): void;
  sort(descending: boolean, add: boolean): void;
  unsort(): void;
  filter(): void;
  filterByValue(keep: boolean): void;
  unfilter(): void;
  find(): void;
  step(back: boolean): void;
  fit(all: boolean): void;
  freeze(frozen: boolean): void;
  move(by: -1 | 1): void;
  hide(): void;
  showAll(): void;
  chooseColumns(): void;
  copy(as: CopyFormat): void;
  open(): void;
  stop(): void;
}

export const copies: readonly (readonly [CopyFormat, string])[] = [
  ['tsv', 'Copy as TSV'],
  ['tsv_names', 'Copy as TSV with column names'],
  ['csv', 'Copy as CSV'],
  ['json', 'Copy as JSON'],
  ['markdown', 'Copy as Markdown'],
  ['insert', 'Copy as INSERT'],
  ['in_list', 'Copy as a list for IN'],
];

const NO_CELL = 'no cell is selected';
const copyKeys: Partial<Record<CopyFormat, string>> = { tsv: 'Mod+C', tsv_names: 'Mod+Shift+C' };

/** Keys that only count in the grid itself are only told here: the grid handles them. */
export function gridCommands(desk: GridDesk): Command[] {
  const onCell = desk.cell ? null : NO_CELL;
  const command = (part: Omit<Command, 'group'>): Command => ({ group: 'Result', ...part });
  const told = (id: string, title: string, keys: string[], run: () => void): Command =>
    command({ id: `grid.${id}`, title, keys, where: 'told only', unavailable: onCell, run });
  const plain = (id: string, title: string, unavailable: string | null, run: () => void): Command =>
    command({ id: `grid.${id}`, title, unavailable, run });
  return [
    command({ id: 'grid.go', title: 'Go to the rows', keys: ['Mod+J'], run: () => desk.focus() }),
    command({
      id: 'grid.find',
      title: 'Find in the result',
      keys: ['Mod+F'],
      where: 'outside the editor',
      run: () => desk.find(),
    }),
    command({
      id: 'grid.findNext',
      title: 'Next hit in the result',
      keys: ['F3'],
      where: 'outside the editor',
      unavailable: desk.finding ? null : 'nothing is searched for',
      run: () => desk.step(false),
    }),
    command({
      id: 'grid.findBefore',
      title: 'Hit before in the result',
      keys: ['Shift+F3'],
      where: 'outside the editor',
      unavailable: desk.finding ? null : 'nothing is searched for',
      run: () => desk.step(true),
    }),
    told('up', 'Sort ascending', ['Alt+ArrowUp'], () => desk.sort(false, false)),
    told('down', 'Sort descending', ['Alt+ArrowDown'], () => desk.sort(true, false)),
    told('upToo', 'Then sort ascending', ['Alt+Shift+ArrowUp'], () => desk.sort(false, true)),
    told('downToo', 'Then sort descending', ['Alt+Shift+ArrowDown'], () => desk.sort(true, true)),
    plain('unsort', 'Rows in the order they came', desk.sorted ? null : 'they are', () => desk.unsort()),
    command({
      id: 'grid.filter',
      title: 'Filter by this column…',
      keys: ['Mod+Shift+L'],
      where: 'outside the editor',
      unavailable: onCell,
      run: () => desk.filter(),
    }),
    plain('filterValue', 'Only rows with this value', onCell, () => desk.filterByValue(true)),
    plain('filterOut', 'No rows with this value', onCell, () => desk.filterByValue(false)),
    plain('unfilter', 'Remove all filters', desk.filtered ? null : 'there are none', () => desk.unfilter()),
    plain('stop', 'Stop sorting or filtering', desk.busy ? null : 'nothing is done', () => desk.stop()),
    plain('fit', 'Fit this column to its values', onCell, () => desk.fit(false)),
    plain('fitAll', 'Fit all columns to their values', null, () => desk.fit(true)),
    plain('freeze', desk.frozen ? 'Let this column scroll' : 'Keep this column at the left', onCell, () =>
      desk.freeze(!desk.frozen),
    ),
    told('left', 'Move this column left', ['Alt+Shift+ArrowLeft'], () => desk.move(-1)),
    told('right', 'Move this column right', ['Alt+Shift+ArrowRight'], () => desk.move(1)),
    plain('hide', 'Hide this column', desk.columns > 1 ? onCell : 'it is the only one', () => desk.hide()),
    plain('columns', 'Choose columns…', null, () => desk.chooseColumns()),
    plain('showAll', 'Show all columns', desk.hidden > 0 ? null : 'they are shown', () => desk.showAll()),
    told('open', 'Look at this value', ['Enter'], () => desk.open()),
    ...copies.map(([as, title]) => {
      const key = copyKeys[as];
      const run = () => desk.copy(as);
      return key === undefined ? plain(`copy.${as}`, title, onCell, run) : told(`copy.${as}`, title, [key], run);
    }),
  ];
}

const OF_COLUMN = ['up', 'down', 'upToo', 'downToo', 'unsort', 'filter', 'unfilter'];
const OF_PLACE = ['freeze', 'left', 'right', 'hide', 'columns', 'showAll', 'fit', 'fitAll'];
const OF_VALUE = ['open', 'filterValue', 'filterOut'];

/** The parts for a menu of a column's header, or of a cell; what cannot be done now is left out. */
export function menuGroups(commands: readonly Command[], of: 'column' | 'cell', column: string) {
  const pick = (names: readonly string[]) =>
    names.flatMap((name) => commands.find(({ id, unavailable }) => id === `grid.${name}` && unavailable == null) ?? []);
  const ofColumn = { title: `Column ${column}`, commands: pick([...OF_COLUMN.slice(0, 2), 'filter']) };
  if (of === 'cell')
    return [
      { title: 'Value', commands: pick(OF_VALUE) },
      { title: 'Copy the selection', commands: pick(copies.map(([as]) => `copy.${as}`)) },
      { ...ofColumn, commands: [...ofColumn.commands, ...pick(['freeze', 'hide'])] },
    ];
  return [
    { title: `Column ${column}`, commands: pick(OF_COLUMN) },
    { title: 'Columns', commands: pick(OF_PLACE) },
  ];
}
