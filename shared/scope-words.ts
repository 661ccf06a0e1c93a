/** A scope in plain words: exactly what it allows, and what it keeps back. Pure; pages and app share it. */
import type { Columns, Scope, TableScope } from './grants.ts';

export interface TableWords {
  readonly name: string;
  /** Verbs in one line: `Read`, `Read and change`. */
  readonly verbs: string;
  readonly writes: boolean;
  /** What is limited to some columns, one sentence each; empty where whole tables are meant. */
  readonly limits: readonly string[];
  /** True where some columns cannot be read. */
  readonly withheld: boolean;
}

const VERBS = [
  ['select', 'read'],
  ['insert', 'add rows'],
  ['update', 'change'],
  ['delete', 'delete rows'],
] as const;

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const isSome = (columns: Columns | true | undefined): columns is string[] => Array.isArray(columns);

export function tableWords(table: TableScope): TableWords {
  const allowed = VERBS.filter(([key]) => table[key] !== undefined);
  const limits: string[] = [];
  for (const [key, verb] of allowed) {
    const columns = table[key];
    if (!isSome(columns)) continue;
    limits.push(
      key === 'select'
        ? `only ${listed(columns)}; every other column is withheld`
        : `${verb} only in ${listed(columns)}`,
    );
  }
  return {
    name: `${table.schema}.${table.table}`,
    verbs: allowed.length === 0 ? 'Nothing' : capital(listed(allowed.map(([, verb]) => verb))),
    writes: table.insert !== undefined || table.update !== undefined || table.delete === true,
    limits,
    withheld: isSome(table.select),
  };
}

/** `Read 7 tables, 1 with columns withheld`, `Read 7 tables, change shop.orders`. */
export function scopeWords(scope: Scope): string {
  const tables = scope.tables.map(tableWords);
  const parts: string[] = scope.owner === undefined ? [] : [`change what ${scope.owner} owns`];
  const read = scope.tables.filter((table) => table.select !== undefined).length;
  if (read > 0) parts.push(`read ${plural(read, 'table')}`);
  const withheld = tables.filter((table) => table.withheld).length;
  if (withheld > 0) parts.push(`${withheld} with columns withheld`);
  const written = tables.filter((table) => table.writes).map((table) => table.name);
  if (written.length > 0) parts.push(`write ${written.length > 2 ? plural(written.length, 'table') : listed(written)}`);
  return capital(parts.join(', '));
}
