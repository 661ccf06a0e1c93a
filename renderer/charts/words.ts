/** Names of axes, and what a screen reader says of a chart. Pure. */
import type { Column } from '../../shared/ipc.ts';
import { visibleLine } from '../../shared/visible.ts';
import { plural } from '../words/format.ts';
import type { Choice, Scale } from './columns.ts';
import type { Drawing } from './points.ts';

const kinds = { line: 'Line chart', bar: 'Bar chart', scatter: 'Scatter plot', histogram: 'Histogram' } as const;

const nameOf = (columns: readonly Column[], i: number | null): string =>
  i === null ? '' : columns[i]?.name || `column ${i + 1}`;

export function labelsOf(
  { x, y, aggregate, kind }: Choice,
  columns: readonly Column[],
  scale: Scale,
): { x: string; y: string } {
  const value = nameOf(columns, y);
  const words = { none: value, sum: `sum of ${value}`, avg: `average of ${value}`, count: 'rows' };
  return {
    x: `${nameOf(columns, x)}${scale === 'time' ? ' (UTC)' : ''}`,
    y: kind === 'histogram' ? 'rows' : words[aggregate],
  };
}

export function said(
  drawing: Drawing,
  choice: Choice,
  columns: readonly Column[],
): { title: string; description: string } {
  const { x, y } = labelsOf(choice, columns, drawing.xScale);
  const split = choice.series === null ? '' : `, by ${nameOf(columns, choice.series)}`;
  const values = drawing.series.flatMap(({ points }) => points.map((point) => point.y));
  const range =
    values.length === 0 || choice.kind === 'histogram'
      ? ''
      : ` From ${least(values).toLocaleString('en-US')} to ${most(values).toLocaleString('en-US')}.`;
  return {
    title: `${kinds[choice.kind]} of ${y} over ${x}${split}`,
    description: `${plural(values.length, 'point')} in ${plural(drawing.series.length, 'series', 'series')}.${range}`,
  };
}
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

/** Longest name under an axis, characters. */
const LONGEST = 16;

/** How names stand under an axis: cut at their end, or at their front where they would look alike then. */
export function shortly(names: readonly string[]): (name: unknown) => string {
  const whole = (name: unknown): string => visibleLine(String(name));
  const cut = (name: unknown): string =>
    whole(name).length > LONGEST ? `${whole(name).slice(0, LONGEST - 1)}…` : whole(name);
  const end = (name: unknown): string =>
    whole(name).length > LONGEST ? `…${whole(name).slice(1 - LONGEST)}` : whole(name);
  const different = (form: (name: string) => string): number => new Set(names.map(form)).size;
  return different(cut) >= different(end) ? cut : end;
}
