/** Values and rectangles of a result for the person's eyes and clipboard, exactly as the server printed them. */
import { Fault } from '../../../shared/errors.ts';
import type { CallArgs, CopyFormat } from '../../../shared/ipc.ts';
import type { ValuePart } from '../../../shared/ipc-results.ts';
import { onlyTable } from '../../../shared/sql/index.ts';
import { type Columns, csv, encode, type Format, formatOf, inList } from '../export/formats/index.ts';
import { cellsOf, textOf, valueAt, wholeCharacters } from './cells.ts';
import type { ResultSource } from './result.ts';

/** A clipboard is no file: cells, and bytes, that are put there at most. */
const MOST_CELLS = 2_000_000;
const MOST_BYTES = 64 * 1024 * 1024;
const ROWS_AT_ONCE = 5000;

export interface Copied {
  readonly text: string;
  readonly rows: number;
  readonly cells: number;
}

/** A part of one value of the first row, from byte `from`, whole characters of it; null is SQL NULL, or
 * a place outside the result. */
export function partOf(rows: readonly Buffer[], column: number, from: number, length: number): ValuePart {
  const cell = rows[0] === undefined ? null : (cellsOf(rows[0])[column] ?? null);
  if (cell === null) return null;
  const rest = cell.subarray(from);
  const part = rest.subarray(0, wholeCharacters(rest, length));
  const end = from + part.length;
  return { text: textOf(part), next: end < cell.length ? end : null, bytes: cell.length };
}

/** Throws a Fault where it is too much for a clipboard. */
export async function copyOf(
  { top, bottom, left, right, columns: chosen, as }: CallArgs<'copyRows'>[0],
  source: Pick<ResultSource, 'fields' | 'text' | 'rows'>,
  read: (offset: number, count: number) => Promise<Buffer[]>,
): Promise<Copied> {
  const places = (chosen ?? source.fields.map((_, place) => place)).slice(left, right + 1);
  const columns = places.flatMap((place) => source.fields[place] ?? []);
  if (columns.length !== places.length) throw new Fault('bad_argument', 'This result has no such column.');
  const whole = places.length === source.fields.length && places.every((place, n) => place === n);
  const until = Math.min(bottom + 1, source.rows);
  if ((until - top) * columns.length > MOST_CELLS) throw tooMuch();
  const rows: Buffer[] = [];
  let bytes = 0;
  for (let at = top; at < until; at += ROWS_AT_ONCE)
    for (const body of await read(at, Math.min(ROWS_AT_ONCE, until - at))) {
      const row = whole ? body : slice(body, places);
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
  if (as === 'in_list') return inList(columns);
  // Read by spreadsheets: NULL is an empty field, an empty text a pair of quotes.
  if (as === 'tsv' || as === 'tsv_names')
    return csv(columns, { delimiter: '\t', header: as === 'tsv_names', newline: '\n' });
  return formatOf({ format: as, delimiter: ',', table: onlyTable(text) ?? ['result'] }, columns);
}

/** The same row with some of its columns. */
function slice(body: Buffer, places: readonly number[]): Buffer {
  const cells = places.map((place) => valueAt(body, place));
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
