/** A page in words. Pure. */
import type { RelationKind, SectionOf } from '../../../shared/ipc-schema.ts';
import { bytes, plural, short } from '../../words/format.ts';
import type { View } from '../pages.ts';

export const kindWords: Readonly<Record<RelationKind | 'function' | 'type', string>> = {
  table: 'table',
  partitioned: 'partitioned table',
  foreign: 'foreign table',
  view: 'view',
  materialized: 'materialized view',
  sequence: 'sequence',
  function: 'function',
  type: 'type',
};

export const viewWords: Readonly<Record<View, string>> = {
  columns: 'Columns',
  keys: 'Keys and checks',
  indexes: 'Indexes',
  triggers: 'Triggers',
  partitions: 'Partitions',
  dependencies: 'Dependencies',
  diagram: 'Neighbourhood',
  definition: 'Definition',
};

/** The sections that something of this kind has; the first one is shown. */
export function viewsOf(kind: RelationKind): readonly View[] {
  switch (kind) {
    case 'sequence':
      return ['definition', 'dependencies'];
    case 'view':
      return ['columns', 'definition', 'triggers', 'dependencies'];
    case 'materialized':
      return ['columns', 'definition', 'indexes', 'dependencies'];
    case 'partitioned':
      return ['columns', 'keys', 'indexes', 'partitions', 'triggers', 'dependencies', 'diagram', 'definition'];
    default:
      return ['columns', 'keys', 'indexes', 'triggers', 'dependencies', 'diagram', 'definition'];
  }
}

type Overview = SectionOf<'overview'>;
/** `You may: read 6 of 9 columns, insert, update some columns.` */
export function mayWords({ may, readable, columns, kind }: Overview): string {
  const some = (extent: 'all' | 'some' | 'none', verb: string): string[] =>
    extent === 'none' ? [] : [extent === 'all' ? verb : `${verb} some columns`];
  const parts = [
    ...(readable === 0 ? [] : [readable === columns ? 'read' : `read ${readable} of ${plural(columns, 'column')}`]),
    ...(kind === 'sequence' ? [] : [...some(may.insert, 'insert'), ...some(may.update, 'update')]),
    ...(may.delete && kind !== 'sequence' ? ['delete'] : []),
  ];
  return parts.length === 0 ? 'Not in this grant: you may do nothing with it.' : `You may: ${parts.join(', ')}.`;
}

/** Rows and when they were counted; empty for what has none. */
export function rowsWords({ rows, analyzed, kind }: Overview): string {
  if (kind === 'view' || kind === 'sequence') return '';
  if (rows === null) return 'never analysed, so the number of rows is not known';
  return `about ${short(rows)} rows${analyzed === null ? '' : `, analysed ${analyzed}`}`;
}

/** `1.2 GB table · 340 MB indexes · 8 kB long values` */
export function sizeWords({ table, indexes, toast }: SectionOf<'size'>): string {
  const part = (size: number, what: string) => (size === 0 ? [] : [`${bytes(size)} ${what}`]);
  return [...part(table, 'table'), ...part(indexes, 'indexes'), ...part(toast, 'long values (TOAST)')].join(' · ');
}
