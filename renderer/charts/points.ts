/** Rows as points: values read, grouped, and few enough to be drawn. What is left out is said. Pure. */
import type { Column } from '../../shared/ipc.ts';
import { count, plural } from '../words/format.ts';
import { type Aggregate, type Choice, type Scale, scaleOf } from './columns.ts';

export type Row = readonly (string | null)[];
export interface Point {
  readonly x: number | Date | string;
  readonly y: number;
}
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}
export interface Drawing {
  readonly series: readonly Series[];
  readonly xScale: Scale;
  /** Sentences on what is not in it. */
  readonly left: readonly string[];
}

export const MOST_POINTS = 5000;
/** As many as can be told apart. */
export const MOST_SERIES = 7;
const MOST_BARS = 40;

export function drawingOf(rows: readonly Row[], choice: Choice, columns: readonly Column[]): Drawing {
  const column = columns[choice.x];
  const scale = column === undefined ? 'category' : scaleOf(column);
  // Bars stand side by side whatever they are for; a number or a day names one.
  const xScale = choice.kind === 'bar' ? 'category' : scale;
  const left: string[] = [];
  const found: { x: Point['x']; y: number; series: string }[] = [];
  for (const row of rows) {
    const x = placeOf(row[choice.x] ?? null, xScale);
    const y = choice.y === null ? 1 : numberOf(row[choice.y] ?? null);
    if (x === null || y === null) continue;
    found.push({ x, y, series: choice.series === null ? '' : named(row[choice.series] ?? null) });
  }
  const unusable = rows.length - found.length;
  if (unusable > 0)
    left.push(
      `${plural(unusable, 'row')} without a value that can be drawn ${unusable === 1 ? 'is' : 'are'} left out.`,
    );
  const kept = mostSeries(found, left);
  const series = [...Map.groupBy(kept, (one) => one.series)].map(([name, points]) => ({
    name,
    points: choice.kind === 'histogram' ? points : aggregated(points, choice.aggregate),
  }));
  const fewer =
    choice.kind === 'bar' ? mostBars(series, left) : choice.kind === 'histogram' ? series : thinned(series, left);
  return { series: fewer.map((one) => sorted(one, choice, xScale)), xScale, left };
}

type Found = { readonly x: Point['x']; readonly y: number; readonly series: string };

function mostSeries(found: readonly Found[], left: string[]): readonly Found[] {
  const sizes = [...Map.groupBy(found, ({ series }) => series)].sort(([, a], [, b]) => b.length - a.length);
  if (sizes.length <= MOST_SERIES + 1) return found;
  const named = new Set(sizes.slice(0, MOST_SERIES).map(([name]) => name));
  left.push(`The ${MOST_SERIES} largest of ${count(sizes.length)} series are named; the others are one, “other”.`);
  return found.map((one) => (named.has(one.series) ? one : { ...one, series: 'other' }));
}

const keyOf = (x: Point['x']): number | string => (x instanceof Date ? x.getTime() : x);

function aggregated(points: readonly Point[], how: Aggregate): readonly Point[] {
  if (how === 'none') return points;
  return [...Map.groupBy(points, ({ x }) => keyOf(x)).values()].map((same) => {
    const sum = same.reduce((all, { y }) => all + y, 0);
    const y = how === 'count' ? same.length : how === 'avg' ? sum / same.length : sum;
    return { x: same[0]?.x ?? '', y };
  });
}

/** The largest bars, over all series. */
function mostBars(series: readonly Series[], left: string[]): readonly Series[] {
  const sizes = new Map<number | string, number>();
  for (const { points } of series)
    for (const { x, y } of points) sizes.set(keyOf(x), (sizes.get(keyOf(x)) ?? 0) + Math.abs(y));
  if (sizes.size <= MOST_BARS) return series;
  const kept = new Set(
    [...sizes]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_BARS)
      .map(([x]) => x),
  );
  left.push(`The ${MOST_BARS} largest of ${count(sizes.size)} bars are shown.`);
  return series.map((one) => ({ ...one, points: one.points.filter(({ x }) => kept.has(keyOf(x))) }));
}

function thinned(series: readonly Series[], left: string[]): readonly Series[] {
  const all = series.reduce((sum, { points }) => sum + points.length, 0);
  if (all <= MOST_POINTS) return series;
  const step = Math.ceil(all / MOST_POINTS);
  left.push(`One of every ${count(step)} points is shown, at most ${count(MOST_POINTS)} of ${count(all)}.`);
  return series.map((one) => ({ ...one, points: one.points.filter((_, i) => i % step === 0) }));
}

/** Lines go from left to right; bars from the largest, as far as they have no order of their own. */
function sorted(series: Series, { kind }: Choice, scale: Scale): Series {
  if (kind === 'line' && scale !== 'category')
    return { ...series, points: series.points.toSorted((a, b) => Number(a.x) - Number(b.x)) };
  return series;
}

const named = (text: string | null): string => (text === null ? 'NULL' : text === '' ? '(empty)' : text.slice(0, 40));

function placeOf(text: string | null, scale: Scale): Point['x'] | null {
  if (scale === 'number') return numberOf(text);
  if (scale === 'time') return timeOf(text);
  return named(text);
}

/** As psql prints numbers and money; null for NULL, NaN and the infinities. */
export function numberOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  const value = Number(text.replace(/[$€£,\s]/g, ''));
  return Number.isFinite(value) ? value : null;
}

/** ISO dates and times as the server prints them; without a zone they are taken as UTC. Null for NULL, infinity and BC. */
export function timeOf(text: string | null): Date | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(?::?(\d\d))?(?::\d\d)?)?)?$/.exec(
    text ?? '',
  );
  if (parts === null) return null;
  const [, year, month, day, time = '00:00:00', hours = '+00', minutes = '00'] = parts;
  const at = new Date(`${year}-${month}-${day}T${time.slice(0, 12)}${hours}:${minutes}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
