/**
 * From columns and rows to bytes. A format sees rows as the wire has them (bodies of DataRow messages, values in text
 * format), so that a value is written exactly as the server printed it.
 */

import type { Field } from '../../runner/wire-client.ts';
import { WireError } from '../../wire/frames.ts';
import { Out } from './out.ts';

export interface Format {
  head(out: Out): void;
  row(out: Out, body: Buffer): void;
  /** `more`: there were more rows than {@link Format.most}, which were left out. */
  tail(out: Out, rows: number, more: boolean): void;
  /** Rows that it takes; null: all of them. */
  readonly most: number | null;
}

/** Columns as the server described them: name, type by its object id. */
export type Columns = readonly Pick<Field, 'name' | 'type'>[];

/** What to do with one value: its bytes are `body[from]` to `body[to - 1]`. */
export type Cell = (out: Out, body: Buffer, from: number, to: number) => void;

/**
 * Calls `cell(index, from, to)` for every value of a row, with `from` -1 for NULL. Throws a WireError where the body is
 * not what it says.
 */
export function eachCell(body: Buffer, cell: (index: number, from: number, to: number) => void): void {
  const count = body.readUInt16BE(0);
  let at = 2;
  for (let index = 0; index < count; index++) {
    if (at + 4 > body.length) throw new WireError('message ends too early');
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      cell(index, -1, -1);
      continue;
    }
    if (at + length > body.length) throw new WireError('message ends too early');
    cell(index, at, at + length);
    at += length;
  }
}

/** Everything at once. `rows` beyond what the format takes are left out, and it says so. */
export function encode(format: Format, rows: readonly Buffer[]): Buffer {
  const out = new Out();
  const taken = format.most === null ? rows : rows.slice(0, format.most);
  format.head(out);
  for (const row of taken) format.row(out, row);
  format.tail(out, taken.length, taken.length < rows.length);
  return out.take();
}

/** Object ids of types whose text is a number, and of those that have their own place in JSON. */
export const types = {
  bool: 16,
  json: 114,
  jsonb: 3802,
  /** bigint, smallint, integer, oid, xid, cid, numeric, xid8 */
  exact: new Set([20, 21, 23, 26, 28, 29, 1700, 5069]),
  /** real, double precision */
  float: new Set([700, 701]),
} as const;
