/** What the grid says about its columns, its order and what is selected. Pure. */
import type { Arrangement, Column, Figures, Filter, FilterTest, ResultState, SortKey } from '../../../shared/ipc.ts';
import { count, plural } from '../../words/format.ts';
import { drawn, shownName } from './text.ts';

export const nameOf = (columns: readonly Column[], column: number): string => shownName(columns[column]?.name ?? '');
/** A column's name for a sentence: with its place where others have that name. */
export function titleOf(columns: readonly Column[], column: number): string {
  const name = nameOf(columns, column);
  const alike = columns.some((other, n) => n !== column && other.name === columns[column]?.name);
  return alike ? `${name} (column ${column + 1})` : name;
}

export type Kind = 'number' | 'time' | 'text';
/** As what main compares the values of a column. */
export function kindOf(column: Column | undefined): Kind {
  if (column === undefined) return 'text';
  if (/^(date|timestamp|time)\b(?!.*\[\])/.test(column.type)) return 'time';
  return column.align === 'right' && column.type !== 'money' ? 'number' : 'text';
}

const NUMBER_TESTS: readonly (readonly [FilterTest, string])[] = [
  ['equals', 'is'],
  ['differs', 'is not'],
  ['less', 'is less than'],
  ['at_most', 'is at most'],
  ['at_least', 'is at least'],
  ['more', 'is more than'],
  ['contains', 'contains'],
  ['null', 'is NULL'],
  ['not_null', 'is not NULL'],
];
const TIME_TESTS: readonly (readonly [FilterTest, string])[] = [
  ['at_least', 'is at or after'],
  ['less', 'is before'],
  ['more', 'is after'],
  ['at_most', 'is at or before'],
  ['equals', 'is'],
  ['contains', 'contains'],
  ['null', 'is NULL'],
  ['not_null', 'is not NULL'],
];
const TEXT_TESTS: readonly (readonly [FilterTest, string])[] = [
  ['contains', 'contains'],
  ['lacks', 'does not contain'],
  ['equals', 'is exactly'],
  ['differs', 'is not exactly'],
  ['null', 'is NULL'],
  ['not_null', 'is not NULL'],
];
/** What can be asked of a column, the likeliest first. */
export const testsOf = (kind: Kind): readonly (readonly [FilterTest, string])[] =>
  kind === 'number' ? NUMBER_TESTS : kind === 'time' ? TIME_TESTS : TEXT_TESTS;
export const needsValue = (test: FilterTest): boolean => test !== 'null' && test !== 'not_null';

const SHORT = 40;
/** `status contains “paid”` */
export function filterWords(columns: readonly Column[], { column, test, value }: Filter): string {
  const words = testsOf(kindOf(columns[column])).find(([one]) => one === test)?.[1] ?? test;
  const shown = value.length > SHORT ? `${value.slice(0, SHORT)}…` : value;
  return `${titleOf(columns, column)} ${words}${needsValue(test) ? ` “${drawn(shown)}”` : ''}`;
}

/** `Sorted here by total ↓, then id ↑ · filtered: status is exactly “paid”` */
export function arrangedWords(
  columns: readonly Column[],
  sort: readonly SortKey[],
  filters: readonly Filter[],
): string {
  const keys = sort.map(({ column, descending }) => `${titleOf(columns, column)} ${descending ? '↓' : '↑'}`);
  const kept = filters.map((filter) => filterWords(columns, filter)).join(', ');
  const sorted = keys.length === 0 ? '' : `Sorted here by ${keys.join(', then ')}`;
  if (kept === '') return sorted;
  return sorted === '' ? `Filtered here: ${kept}` : `${sorted} · filtered: ${kept}`;
}

/** Which rows that is about: those that are loaded, which may not be all that there are. */
export function extentWords(
  { rows, of }: Arrangement,
  result: Pick<ResultState, 'rows' | 'cap'>,
  filtered: boolean,
): string {
  const loaded =
    result.rows > of
      ? `${count(of)} of ${count(result.rows)} rows that are loaded`
      : `${plural(of, 'row')} ${of === 1 ? 'that is' : 'that are'} loaded`;
  const more = result.cap === null ? '' : '; the statement has more';
  return `${filtered ? `${count(rows)} of the ` : ''}${loaded}${more}`;
}

/** One figure: what it is called, and its value. */
export type Figure = readonly [label: string, value: string];
export function figureList(figures: Figures): Figure[] {
  const { cells, nulls, sum, average, distinct } = figures;
  const list: Figure[] = [['Count', count(cells - nulls)]];
  if (nulls > 0) list.push(['NULL', count(nulls)]);
  list.push(['Distinct', distinct === null ? 'too many' : count(distinct)]);
  if (sum !== null) list.push(['Sum', sum]);
  if (average !== null) list.push(['Average', average]);
  return list;
}

/** `3 of 1,204` */
export function hitWords(found: { readonly hits: number; readonly all: boolean } | null, n: number | null): string {
  if (found === null) return '';
  if (found.hits === 0) return 'Nothing found';
  const hits = `${found.all ? '' : 'more than '}${count(found.hits)}`;
  return n === null ? `${hits} found` : `${count(n)} of ${hits}`;
}

/** A click more: ascending, descending, as they came. With `add` beside the other keys, else instead of them. */
export function sortedBy(sort: readonly SortKey[], column: number, descending: boolean, add: boolean): SortKey[] {
  const same = sort.find((key) => key.column === column);
  const rest = add ? sort.filter((key) => key.column !== column) : [];
  // The same once more takes it away.
  if (same !== undefined && same.descending === descending && (add || sort.length === 1)) return rest;
  if (!add || same === undefined) return [...rest, { column, descending }];
  return sort.map((key) => (key.column === column ? { column, descending } : key));
}
