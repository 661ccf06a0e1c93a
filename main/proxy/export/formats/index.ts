/** The formats of exports and copies: pure functions from columns and rows to bytes. */
import type { ExportFormat } from '../../../../shared/ipc.ts';
import { csv, type Delimiter } from './csv.ts';
import type { Columns, Format } from './format.ts';
import { insert } from './insert.ts';
import { json, ndjson } from './json.ts';
import { markdown } from './markdown.ts';

export { csv } from './csv.ts';
export { type Columns, encode, type Format, types } from './format.ts';
export { inList } from './in-list.ts';
export { Out } from './out.ts';

export interface FormatChoice {
  readonly format: ExportFormat;
  /** Of CSV. */
  readonly delimiter: Delimiter;
  /** Of INSERT: the parts of the table's name. */
  readonly table: readonly string[];
}

export function formatOf({ format, delimiter, table }: FormatChoice, columns: Columns): Format {
  switch (format) {
    case 'csv':
      return csv(columns, { delimiter, header: true, newline: '\r\n' });
    case 'json':
      return json(columns);
    case 'ndjson':
      return ndjson(columns);
    case 'insert':
      return insert(columns, table);
    case 'markdown':
      return markdown(columns);
  }
}

export const extensionOf: Readonly<Record<ExportFormat, string>> = {
  csv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  insert: 'sql',
  markdown: 'md',
};
