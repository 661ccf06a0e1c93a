/** Comparing and cutting scopes: what an approver may give of what was asked for. Pure. (I6) */
import type { Columns, Scope, TableScope } from './grants.ts';

const COLUMN_PRIVILEGES = ['select', 'insert', 'update'] as const;

export const tableName = ({ schema, table }: Pick<TableScope, 'schema' | 'table'>): string => `${schema}.${table}`;
export const writes = (table: TableScope): boolean => Boolean(table.insert ?? table.update ?? table.delete);
/** Names of the tables that a scope writes to. */
export const writtenTables = (scope: Pick<Scope, 'tables'> | null): string[] =>
  (scope?.tables ?? []).filter(writes).map(tableName);
/** Names may hold dots, so that two tables can look the same in words; as a pair they cannot. */
const same = (a: TableScope, b: TableScope): boolean => a.schema === b.schema && a.table === b.table;

function commonColumns(a: Columns | undefined, b: Columns | undefined): Columns | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === '*') return b;
  if (b === '*') return a;
  const both = a.filter((column) => b.includes(column));
  return both.length === 0 ? undefined : both;
}

/** `'*'` means every column, now and later: no list covers it. */
const covered = (a: Columns | undefined, b: Columns | undefined): boolean =>
  a === undefined || b === '*' || (b !== undefined && a !== '*' && a.every((column) => b.includes(column)));

type Powers = Pick<Scope, 'mode' | 'tables' | 'owner'>;

/** Whether `a` allows nothing that `b` does not allow: by mode, table, privilege and column. Of two equal scopes, each is. */
export function isNarrower(a: Powers, b: Powers): boolean {
  if (a.mode === 'write' && b.mode === 'read') return false;
  if (a.owner !== undefined && a.owner !== b.owner) return false;
  return a.tables.every((mine) => {
    const theirs = b.tables.find((table) => same(table, mine));
    if (theirs === undefined) return false;
    return (
      COLUMN_PRIVILEGES.every((key) => covered(mine[key], theirs[key])) &&
      (mine.delete === undefined || theirs.delete === true)
    );
  });
}

function commonTable(a: TableScope, b: TableScope, reading: boolean): TableScope | null {
  const select = commonColumns(a.select, b.select);
  const insert = reading ? undefined : commonColumns(a.insert, b.insert);
  const update = reading ? undefined : commonColumns(a.update, b.update);
  const erase = !reading && a.delete === true && b.delete === true;
  if (select === undefined && insert === undefined && update === undefined && !erase) return null;
  return {
    schema: a.schema,
    table: a.table,
    ...(select === undefined ? {} : { select }),
    ...(insert === undefined ? {} : { insert }),
    ...(update === undefined ? {} : { update }),
    ...(erase ? { delete: true as const } : {}),
  };
}

/** Where nothing is left to write, the connection is a reading one. */
const settled = (scope: Scope): Scope | null => {
  if (scope.tables.length === 0) return null;
  if (scope.owner !== undefined) return scope;
  return scope.mode === 'write' && !scope.tables.some(writes) ? { ...scope, mode: 'read' } : scope;
};

/** What both allow, under the name of `a`; null where that is nothing. */
export function intersection(a: Scope, b: Scope): Scope | null {
  const mode = a.mode === 'write' && b.mode === 'write' ? 'write' : 'read';
  const tables = a.tables.flatMap((mine) => {
    const theirs = b.tables.find((table) => same(table, mine));
    const common = theirs === undefined ? null : commonTable(mine, theirs, mode === 'read');
    return common === null ? [] : [common];
  });
  const owner = a.owner !== undefined && a.owner === b.owner ? { owner: a.owner } : {};
  return settled({ id: a.id, label: a.label, mode, tables, ...owner });
}

/** The scope without the tables of these names (`schema.table`); null where nothing is left. */
export const withoutTables = (scope: Scope, names: readonly string[]): Scope | null =>
  settled({ ...scope, tables: scope.tables.filter((table) => !names.includes(tableName(table))) });
