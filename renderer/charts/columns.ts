/** Which columns a chart can use, and what it begins with. Pure. */
import type { Column } from '../../shared/ipc.ts';

export type Scale = 'time' | 'number' | 'category';
export type Kind = 'line' | 'bar' | 'scatter' | 'histogram';
export type Aggregate = 'none' | 'sum' | 'avg' | 'count';

export interface Choice {
  readonly kind: Kind;
  /** Place among the columns. */
  readonly x: number;
  /** Null: rows are counted. */
  readonly y: number | null;
  /** Splits the series. */
  readonly series: number | null;
  readonly aggregate: Aggregate;
}

const numbers = /^(smallint|integer|bigint|real|double precision|money|oid|numeric(\(.*\))?)$/;
const times = /^(date|timestamp(tz)?\b.*)$/;

export const scaleOf = ({ type }: Column): Scale =>
  numbers.test(type) ? 'number' : times.test(type) ? 'time' : 'category';

/** A key counts nothing: it is the last choice for a value. */
const isKey = ({ name }: Column): boolean => /(^|_)id$/i.test(name);

/** Time on x and a line; else categories and bars; else two numbers as dots; else the spread of one. */
export function firstChoice(columns: readonly Column[]): Choice {
  const of = (scale: Scale): number[] => columns.flatMap((column, i) => (scaleOf(column) === scale ? [i] : []));
  const [time] = of('time');
  const [category] = of('category');
  const values = of('number').filter((i) => !isKey(columns[i] ?? { name: '', type: '', align: 'left' }));
  const [value, second] = values.length > 0 ? values : of('number');
  const base = { y: null, series: null, aggregate: 'none' } as const;
  if (time !== undefined)
    return value === undefined
      ? { ...base, kind: 'line', x: time, aggregate: 'count' }
      : { ...base, kind: 'line', x: time, y: value, series: category ?? null };
  if (category !== undefined)
    return value === undefined
      ? { ...base, kind: 'bar', x: category, aggregate: 'count' }
      : { ...base, kind: 'bar', x: category, y: value, aggregate: 'sum' };
  if (value !== undefined && second !== undefined) return { ...base, kind: 'scatter', x: value, y: second };
  return value === undefined
    ? { ...base, kind: 'bar', x: 0, aggregate: 'count' }
    : { ...base, kind: 'histogram', x: value, aggregate: 'count' };
}

/** What does not go together is put right: counting needs no value, everything else does. */
export function corrected(choice: Choice, columns: readonly Column[]): Choice {
  if (choice.kind === 'histogram') {
    const x = columns[choice.x];
    const number =
      x !== undefined && scaleOf(x) === 'number' ? choice.x : columns.findIndex((c) => scaleOf(c) === 'number');
    return { ...choice, x: Math.max(0, number), y: null, aggregate: 'count' };
  }
  if (choice.aggregate === 'count') return { ...choice, y: null };
  if (choice.y !== null) return choice;
  const y = columns.findIndex((column, i) => i !== choice.x && scaleOf(column) === 'number');
  return y < 0 ? { ...choice, aggregate: 'count' } : { ...choice, y };
}
