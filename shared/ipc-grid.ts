/**
 * What the grid asks of main about rows that are loaded: an order and a choice of them, places of a text, sums. The rows stay
 * in main's encrypted store; row numbers and figures cross, and a window of cells. Part of `ipc.ts`. (I7, I8)
 */
import { z } from 'zod';
import { id128 } from './grants.ts';

const row = z.int().min(0);
/** Place of a column in the result, from 0; PostgreSQL returns 1,664 columns at most. */
const columnIndex = z.int().min(0).max(1663);
const columns = z.array(columnIndex).min(1).max(1664);

export const sortKey = z.strictObject({ column: columnIndex, descending: z.boolean() });
export type SortKey = z.infer<typeof sortKey>;

/** `less` to `more` compare numbers, dates and times as what they are, everything else as text by code point. */
export const filterTest = z.enum([
  'contains',
  'lacks',
  'equals',
  'differs',
  'less',
  'at_most',
  'at_least',
  'more',
  'null',
  'not_null',
]);
export type FilterTest = z.infer<typeof filterTest>;
/** `value` is as the person typed it, and empty where the test needs none. NULL passes `null` only. */
export const filter = z.strictObject({ column: columnIndex, test: filterTest, value: z.string().max(10_000) });
export type Filter = z.infer<typeof filter>;

/** The loaded rows in an order of their own, or some of them. A newer one of the same result takes its place. */
export const arrangement = z.strictObject({
  id: z.int(),
  /** Rows in it. */
  rows: z.int(),
  /** Rows that were loaded when it was made. */
  of: z.int(),
});
export type Arrangement = z.infer<typeof arrangement>;

/** An arrangement by its id; null: the rows as they came. */
export const arrangementId = z.int().nullable();

/** `row` counts in the arrangement, `column` is a place in the result, `n` counts the hits from 1. */
export const hit = z.strictObject({ row, column: columnIndex, n: z.int() });
export type Hit = z.infer<typeof hit>;

/** Of the values in a rectangle. Sums and averages are exact decimals of the values of number columns, as text. */
export const figures = z.strictObject({
  cells: z.int(),
  nulls: z.int(),
  /** Values in columns of a number type. */
  numbers: z.int(),
  sum: z.string().nullable(),
  /** Rounded to six places more than the sum has. */
  average: z.string().nullable(),
  /** Different values, NULL not counted; null where there are too many to count. */
  distinct: z.int().nullable(),
});
export type Figures = z.infer<typeof figures>;

/** Kinds of work over all loaded rows; of each kind, a result does one at a time, the newest. */
export const gridWork = z.enum(['arrange', 'find', 'add_up']);
export type GridWork = z.infer<typeof gridWork>;

const call = <A extends z.ZodType, V extends z.ZodType>(args: A, value: V) => ({ args, value });

export const gridCalls = {
  /** Sorts by the keys in turn, NULL as the greatest value as PostgreSQL does, and keeps the rows that pass every filter. */
  arrangeRows: call(
    z.tuple([z.strictObject({ result: id128, sort: z.array(sortKey).max(16), filters: z.array(filter).max(64) })]),
    arrangement,
  ),
  /** A window of an arrangement; `numbers` are the rows' places in the result, from 0. Fewer rows where they are long. */
  getArranged: call(
    z.tuple([z.strictObject({ result: id128, arrangement: z.int(), offset: row, count: z.int().min(1).max(2000) })]),
    z.strictObject({ numbers: z.array(z.int()), rows: z.array(z.array(z.string().nullable())) }),
  ),
  /** Finds a text, upper or lower case, in these columns, in their order. `all`: every hit is counted. */
  findInRows: call(
    z.tuple([
      z.strictObject({ result: id128, arrangement: arrangementId, columns, text: z.string().min(1).max(1000) }),
    ]),
    z.strictObject({ hits: z.int(), all: z.boolean() }),
  ),
  /** The first hit of the last search after a place (row -1 is before all), or before it, around the end; null where there is none. */
  nextHit: call(
    z.tuple([
      z.strictObject({
        result: id128,
        from: z.strictObject({ row: z.int().min(-1), column: columnIndex }),
        back: z.boolean(),
      }),
    ]),
    hit.nullable(),
  ),
  addUp: call(
    z.tuple([z.strictObject({ result: id128, arrangement: arrangementId, top: row, bottom: row, columns })]),
    figures,
  ),
  /** How far such work is, per cent; null where none is done. */
  gridProgress: call(z.tuple([z.strictObject({ result: id128, work: gridWork })]), z.int().min(0).max(100).nullable()),
  stopGridWork: call(z.tuple([z.strictObject({ result: id128, work: gridWork })]), z.null()),
} as const;
