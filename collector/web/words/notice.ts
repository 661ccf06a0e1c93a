/** What the engineer's app noted beside the statements, in words. */
import type { TimelineEntry } from '../../../shared/api.ts';
import { bytes, plural } from './number.ts';

export type NoticeEntry = Extract<TimelineEntry, { kind: 'notice' }>;

const HEADS: Record<string, string> = {
  refused: 'Refused before it was sent',
  confirmed: 'Asked once more, and confirmed',
  export: 'Exported a result',
  elevated: 'Writes allowed',
  extended: 'Time extended',
};
const FORMATS: Record<string, string> = {
  csv: 'CSV',
  json: 'JSON',
  ndjson: 'NDJSON',
  insert: 'SQL INSERT',
  markdown: 'Markdown',
  svg: 'SVG chart',
  png: 'PNG chart',
};

const spaced = (code: string): string => code.replaceAll('_', ' ');
const known = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' · ');

export function noticeWords(entry: NoticeEntry): { readonly head: string; readonly text: string } {
  if (entry.notice === 'export') return exportWords(entry);
  const { notice, code, rows } = entry;
  return {
    head: HEADS[notice] ?? spaced(notice),
    text: known([code === null ? null : spaced(code), rows === null ? null : plural(rows, 'row')]),
  };
}

/** The code is the format, with what of the export it is: its beginning, its end (nothing more), or that it was given up. */
function exportWords({ code, rows, bytes: size }: NoticeEntry): { head: string; text: string } {
  const [, format = '', stage = ''] = /^([a-z]+)(_begun|_removed)?$/.exec(code ?? '') ?? [];
  const as = FORMATS[format] === undefined ? '' : ` as ${FORMATS[format]}`;
  const figures = known([rows === null ? null : plural(rows, 'row'), size === null ? null : bytes(size)]);
  if (stage === '_begun') return { head: `Began to export a result${as}`, text: 'how much is recorded at its end' };
  if (stage === '_removed')
    return { head: `Gave up an export${as}`, text: `${figures} were written, and the partial file removed` };
  return { head: `Exported a result${as}`, text: figures };
}
