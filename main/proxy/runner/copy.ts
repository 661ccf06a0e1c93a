/** Values and rectangles of a result for the person's eyes and clipboard, exactly as the server printed them. */
import { Fault } from '../../../shared/errors.ts';
import type { CallArgs, CallValue, CopyFormat } from '../../../shared/ipc.ts';
import { onlyTable } from '../../../shared/sql/index.ts';
import { type Columns, csv, encode, type Format, formatOf } from '../export/formats/index.ts';
import { cellsOf, textOf, wholeCharacters } from './cells.ts';
import type { ResultSource } from './result.ts';

/** Bytes of a value that are shown at once. */
const SHOWN = 1024 * 1024;
/** A clipboard is no file: cells, and bytes, that are put there at most. */
const MOST_CELLS = 2_000_000;
const MOST_BYTES = 64 * 1024 * 1024;
const ROWS_AT_ONCE = 5000;

export interface Copied {
  readonly text: string;
  readonly rows: number;
  readonly cells: number;
}

/** One value of the first row; null is SQL NULL, or a place outside the result. */
export function cellOf(rows: readonly Buffer[], column: number): CallValue<'getCell'> {
  const cell = rows[0] === undefined ? null : (cellsOf(rows[0])[column] ?? null);
  if (cell === null) return null;
  const whole = cell.length <= SHOWN;
  const text = textOf(whole ? cell : cell.subarray(0, wholeCharacters(cell, SHOWN)));
  return { text, bytes: cell.length, whole };
}

/** Throws a Fault where it is too much for a clipboard. */
export async function copyOf(
  { top, bottom, left, right, as }: CallArgs<'copyRows'>[0],
  source: Pick<ResultSource, 'fields' | 'text' | 'rows'>,
  read: (offset: number, count: number) => Promise<Buffer[]>,
): Promise<Copied> {
  const columns = source.fields.slice(left, right + 1);
  const until = Math.min(bottom + 1, source.rows);
  if ((until - top) * columns.length > MOST_CELLS) throw tooMuch();
  const rows: Buffer[] = [];
  let bytes = 0;
  for (let at = top; at < until; at += ROWS_AT_ONCE)
    for (const body of await read(at, Math.min(ROWS_AT_ONCE, until - at))) {
      const row = columns.length === source.fields.length ? body : slice(body, left, right);
      bytes += row.length;
      if (bytes > MOST_BYTES) throw tooMuch();
      rows.push(row);
    }
  const cells = rows.length * columns.length;
  const [only] = rows;
  if (cells === 1 && only !== undefined && as === 'tsv') {
    const cell = cellsOf(only)[0] ?? null;
    return { text: cell === null ? '' : textOf(cell), rows: 1, cells };
  }
  const text = textOf(encode(formatFor(as, columns, source.text), rows)).replace(/\r?\n$/, '');
  return { text, rows: rows.length, cells };
}

function formatFor(as: CopyFormat, columns: Columns, text: string): Format {
  // Read by spreadsheets: NULL is an empty field, an empty text a pair of quotes.
  if (as === 'tsv' || as === 'tsv_names')
    return csv(columns, { delimiter: '\t', header: as === 'tsv_names', newline: '\n' });
  return formatOf({ format: as, delimiter: ',', table: onlyTable(text) ?? ['result'] }, columns);
}

/** The same row with some of its columns. */
function slice(body: Buffer, left: number, right: number): Buffer {
  const cells = cellsOf(body).slice(left, right + 1);
  const out = Buffer.allocUnsafe(2 + cells.reduce((sum, cell) => sum + 4 + (cell?.length ?? 0), 0));
  let at = out.writeUInt16BE(cells.length, 0);
  for (const cell of cells) {
    at = out.writeInt32BE(cell?.length ?? -1, at);
    if (cell !== null) at += cell.copy(out, at);
  }
  return out;
}

const tooMuch = (): Fault =>
  new Fault(
    'copy_too_large',
    'That is too much for the clipboard; nothing was copied.',
    'Select less, or export it to a file.',
  );
