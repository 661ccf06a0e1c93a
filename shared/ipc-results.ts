/**
 * What the window may ask about results beside their rows: pins, parts of a large value, foreign keys, more rows, and a
 * comparison of two; part of `ipc.ts`. Rows stay in main and cross in windows. (I7, I8)
 */
import { z } from 'zod';
import { id128 } from './grants.ts';
import { MOST_OF_A_VALUE, MOST_RESULT_ROWS } from './results.ts';

const place = { result: id128, row: z.int().min(0), column: z.int().min(0) };

/** A part of one value: `next` is where the part after it begins, null after the last. Null for SQL NULL. */
export const valuePart = z
  .strictObject({
    text: z.string(),
    next: z.int().nullable(),
    /** Of the whole value, as it came. */
    bytes: z.int(),
  })
  .nullable();
export type ValuePart = z.infer<typeof valuePart>;

/** A way along a foreign key, from one row of a result. */
export const link = z.strictObject({
  /** `out`: the row that this one points at. `in`: rows that point here. */
  direction: z.enum(['out', 'in']),
  constraint: z.string(),
  /** As they would stand in SQL. */
  table: z.string(),
  columns: z.array(z.string()),
  /** The statement that shows them; null where the key is NULL, or the grant does not read that table. */
  sql: z.string().nullable(),
  /** Why there is no statement. */
  why: z.enum(['null', 'not_granted']).nullable(),
});
export type Link = z.infer<typeof link>;

export const comparison = z.strictObject({
  id: id128,
  /** Both have the same columns; where false, rows stand beside each other by their place and nothing is marked. */
  marked: z.boolean(),
  /** Lines of both side by side. */
  lines: z.int(),
  same: z.int(),
  changed: z.int(),
  added: z.int(),
  removed: z.int(),
  /** Rows of each that were compared; fewer than there are where the limit was reached. */
  left_rows: z.int(),
  right_rows: z.int(),
  /** Rows with the key of a row before them on the same side; those are paired in their order. */
  repeated: z.int(),
});
export type Comparison = z.infer<typeof comparison>;

const side = z.strictObject({ row: z.int(), cells: z.array(z.string().nullable()) }).nullable();
export const comparedLine = z.strictObject({ left: side, right: side, changed: z.array(z.int()) });
export type ComparedLine = z.infer<typeof comparedLine>;

export const resultsCalls = {
  /** A pinned result stays when its text is run again, and does not make room for others. */
  pinResult: { args: z.tuple([z.strictObject({ result: id128, pinned: z.boolean() })]), value: z.null() },
  /** At most `length` bytes of a value from byte `from`, whole characters of it. */
  readValue: {
    args: z.tuple([z.strictObject({ ...place, from: z.int().min(0), length: z.int().min(4).max(MOST_OF_A_VALUE) })]),
    value: valuePart,
  },
  /** Foreign keys that a cell is part of; asks the catalog once for each table. */
  getLinks: { args: z.tuple([z.strictObject(place)]), value: z.array(link) },
  /** Runs a plain SELECT that was cut once more and keeps so many rows, within the grant; answers with its new id. */
  fetchMore: {
    args: z.tuple([z.strictObject({ result: id128, rows: z.int().min(1).max(MOST_RESULT_ROWS) })]),
    value: id128,
  },
  /** Rows are the same one where the column `key` holds the same; only one comparison is kept. */
  compareResults: {
    args: z.tuple([z.strictObject({ left: id128, right: id128, key: z.int().min(0) })]),
    value: comparison,
  },
  comparedLines: {
    args: z.tuple([z.strictObject({ id: id128, offset: z.int().min(0), count: z.int().min(1).max(500) })]),
    value: z.array(comparedLine),
  },
  /** The line of the next difference after `from` (before it where `back`); null where there is none. */
  nextDifference: {
    args: z.tuple([z.strictObject({ id: id128, from: z.int().min(-1), back: z.boolean() })]),
    value: z.int().nullable(),
  },
} as const;
