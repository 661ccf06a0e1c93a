import { describe, expect, it } from 'vitest';
import type { Column } from '../../shared/ipc.ts';
import { type Choice, corrected, firstChoice, scaleOf } from './columns.ts';
import { drawingOf, MOST_POINTS, MOST_SERIES, numberOf, timeOf } from './points.ts';
import { MOST_ROWS, readRows, stretches } from './rows.ts';
import { said, shortly } from './words.ts';

const column = (name: string, type: string): Column => ({ name, type, align: 'left' });
const id = column('id', 'bigint');
const at = column('placed_at', 'timestamp with time zone');
const status = column('status', 'order_status');
const total = column('total', 'numeric(12,2)');
const weight = column('weight', 'double precision');

describe('the scale of a column', () => {
  it.each([
    ['bigint', 'number'],
    ['numeric(12,2)', 'number'],
    ['date', 'time'],
    ['timestamp without time zone', 'time'],
    ['timestamp(3) with time zone', 'time'],
    ['time without time zone', 'category'],
    ['integer[]', 'category'],
    ['jsonb', 'category'],
  ])('of %s is %s', (type, scale) => {
    expect(scaleOf(column('x', type))).toBe(scale);
  });
});

describe('what a chart begins with', () => {
  it.each([
    ['a line over time, split by a category', [id, at, status, total], { kind: 'line', x: 1, y: 3, series: 2 }],
    ['rows over time where there is no value', [at, status], { kind: 'line', x: 0, y: null, aggregate: 'count' }],
    ['bars of sums by category', [id, status, total], { kind: 'bar', x: 1, y: 2, aggregate: 'sum' }],
    ['bars of rows where there is only a category', [status], { kind: 'bar', x: 0, y: null, aggregate: 'count' }],
    ['dots of two numbers, and no key', [id, total, weight], { kind: 'scatter', x: 1, y: 2 }],
    ['the spread of one number', [total], { kind: 'histogram', x: 0 }],
  ])('is %s', (_, columns, choice) => {
    expect(firstChoice(columns)).toMatchObject(choice);
  });
  it('stays possible whatever is chosen next', () => {
    const first = firstChoice([status, total]);
    expect(corrected({ ...first, aggregate: 'count' }, [status, total]).y).toBeNull();
    expect(corrected({ ...first, y: null, aggregate: 'avg' }, [status, total]).y).toBe(1);
    expect(corrected({ ...first, kind: 'histogram' }, [status, total])).toMatchObject({ x: 1, y: null });
    expect(corrected({ ...first, y: null, aggregate: 'avg' }, [status])).toMatchObject({ aggregate: 'count' });
  });
});

describe('values', () => {
  it.each([
    ['1,204.50', 1204.5],
    ['$3.20', 3.2],
    ['-1e3', -1000],
    ['NaN', null],
    ['Infinity', null],
    ['', null],
    [null, null],
  ])('%j is the number %j', (text, value) => {
    expect(numberOf(text)).toBe(value);
  });
  it.each([
    ['2026-11-23 11:40:10+00', '2026-11-23T11:40:10.000Z'],
    ['2026-11-23 11:40:10.123456+05:30', '2026-11-23T06:10:10.123Z'],
    ['2026-11-23 11:40:10', '2026-11-23T11:40:10.000Z'],
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['infinity', undefined],
    ['0044-03-15 BC', undefined],
    [null, undefined],
  ])('%j is the time %j', (text, iso) => {
    expect(timeOf(text)?.toISOString()).toBe(iso);
  });
});

const bars: Choice = { kind: 'bar', x: 0, y: 1, series: null, aggregate: 'sum' };
describe('points', () => {
  it('are grouped as wanted', () => {
    const rows = [
      ['new', '1'],
      ['new', '3'],
      ['late', '5'],
    ];
    const of = (aggregate: Choice['aggregate']) =>
      drawingOf(rows, { ...bars, aggregate }, [status, total]).series[0]?.points;
    expect(of('sum')).toEqual([
      { x: 'new', y: 4 },
      { x: 'late', y: 5 },
    ]);
    expect(of('avg')).toEqual([
      { x: 'new', y: 2 },
      { x: 'late', y: 5 },
    ]);
    expect(of('count')).toEqual([
      { x: 'new', y: 2 },
      { x: 'late', y: 1 },
    ]);
    expect(of('none')).toHaveLength(3);
  });
  it('leave out what cannot be drawn, tell NULL from empty, and say so', () => {
    const { series, left } = drawingOf(
      [
        ['a', null],
        [null, '1'],
        ['', '2'],
      ],
      bars,
      [status, total],
    );
    expect(series[0]?.points.map(({ x }) => x)).toEqual(['NULL', '(empty)']);
    expect(left).toEqual(['1 row without a value that can be drawn is left out.']);
  });
  it('are thinned, and say so', () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => [String(i), String(i)]);
    const { series, left } = drawingOf(rows, { ...bars, kind: 'scatter', aggregate: 'none' }, [total, weight]);
    expect(series[0]?.points.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(left).toEqual(['One of every 3 points is shown, at most 5,000 of 12,000.']);
  });
  it('belong to no more series than can be told apart', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ['x', '1', `s${i % 20}`]);
    const { series, left } = drawingOf(rows, { ...bars, series: 2 }, [status, total, status]);
    expect(series.length).toBe(MOST_SERIES + 1);
    expect(left[0]).toContain('7 largest of 20 series');
  });
  it('show the largest bars only', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [`b${i}`, String(i)]);
    const { series, left } = drawingOf(rows, bars, [status, total]);
    expect(series[0]?.points).toHaveLength(40);
    expect(series[0]?.points.some(({ x }) => x === 'b59')).toBe(true);
    expect(left).toEqual(['The 40 largest of 60 bars are shown.']);
  });
  it.each([
    [
      ['new', 'late'],
      ['new', 'late'],
    ],
    [
      ['orders-eu-west-1-a', 'payments-eu-west-1'],
      ['orders-eu-west-…', 'payments-eu-wes…'],
    ],
    [
      ['2026-11-23 11:40:10', '2026-11-23 11:41:10'],
      ['…-11-23 11:40:10', '…-11-23 11:41:10'],
    ],
    [
      ['2026-11-23 11:40:10', '2026-11-23 11:40:10'],
      ['2026-11-23 11:4…', '2026-11-23 11:4…'],
    ],
  ])('stand under the axis as %j → %j', (names, shown) => expect(names.map(shortly(names))).toEqual(shown));
  it('have a title and a description', () => {
    const drawing = drawingOf(
      [
        ['new', '4'],
        ['late', '5'],
      ],
      bars,
      [status, total],
    );
    expect(said(drawing, bars, [status, total])).toEqual({
      title: 'Bar chart of sum of total over status',
      description: '2 points in 1 series. From 4 to 5.',
    });
  });
});

describe('the rows that are read', () => {
  it.each([0, 1, 1999, 2000, 2001, 20_000, 20_001, 1_000_000])(
    'of %i are inside of the result, and bounded',
    (stored) => {
      const all = stretches(stored);
      const read = all.reduce((sum, { count }) => sum + count, 0);
      expect(read).toBe(Math.min(stored, MOST_ROWS));
      for (const { offset, count } of all) {
        expect(count).toBeLessThanOrEqual(2000);
        expect(offset + count).toBeLessThanOrEqual(stored);
      }
    },
  );
  it('are asked for again where a window came short, and not at all once nobody wants them', async () => {
    const asked: number[] = [];
    const fetch = async ({ offset, count }: { offset: number; count: number }) => {
      asked.push(offset);
      return Array.from({ length: Math.min(count, 700) }, (_, i) => [String(offset + i)]);
    };
    const rows = await readRows(1500, fetch, () => true);
    expect(rows?.map(([text]) => Number(text))).toEqual(Array.from({ length: 1500 }, (_, i) => i));
    expect(asked).toEqual([0, 700, 1400]);
    expect(await readRows(1500, fetch, () => false)).toBeNull();
  });
});
