/** What an export says about itself, in plain words. Pure. */
import type { ExportFormat, ExportOffer, ExportState } from '../../../shared/ipc.ts';
import { bytes, count, plural } from '../../words/format.ts';

export const formats: Readonly<Record<ExportFormat, { readonly label: string; readonly says: string }>> = {
  csv: { label: 'CSV', says: 'With a header. NULL is nothing at all, an empty text is "".' },
  json: { label: 'JSON', says: 'An array of objects. A number that a reader would round is a string.' },
  ndjson: { label: 'NDJSON', says: 'One JSON object a line, for tools that read line by line.' },
  insert: { label: 'INSERT', says: 'SQL statements of a hundred rows each, for a table with these columns.' },
  markdown: { label: 'Markdown', says: 'A table for a chat or an issue: the first 1,000 rows.' },
};

/** What of a result is written when there is no choice. */
export function sourceWords({ rows, complete, again }: ExportOffer): string {
  if (complete) return 'Every row is kept here: nothing is sent to the database.';
  if (again) return '';
  return `Only the ${plural(rows, 'row')} that ${rows === 1 ? 'is' : 'are'} kept here. The statement is not run again, because it may do more than read.`;
}

/** `18,200 of 37,000 rows · 2.4 MB · 9,100 rows/s` */
export function progressWords({ rows, of, bytes: size, ms, status }: ExportState): string {
  if (status === 'finishing') return `${plural(rows, 'row')} · ${bytes(size)} · making sure that it is on the disk…`;
  const all = of === null ? plural(rows, 'row') : `${count(rows)} of ${plural(of, 'row')}`;
  const rate = ms < 500 ? '' : ` · ${count(Math.round((rows / ms) * 1000))} rows/s`;
  return `${all} · ${bytes(size)}${rate}`;
}

export const doneWords = ({ rows, bytes: size, folder }: ExportState): string =>
  `${plural(rows, 'row')}, ${bytes(size)}, in ${folder}`;
