/**
 * The catalogue with what completion looks up: tables and functions by name, keys by table, names sorted for a search by
 * prefix. Building it for 5,000 tables takes some ten milliseconds, so it can be done in slices.
 */
import type {
  Catalogue,
  CatalogueColumn,
  CatalogueFunction,
  CatalogueTable,
  ForeignKey,
} from '../../shared/ipc-completion.ts';
import { sqlName } from '../../shared/sql/names.ts';
import { fitOf, NO_FIT } from './fit.ts';

/** Functions of one name. */
export interface Overloads {
  readonly schema: string;
  readonly name: string;
  readonly all: readonly CatalogueFunction[];
}

/** Where a column of this name is, for text that does not say yet which table it means. */
export interface ColumnName {
  readonly column: CatalogueColumn;
  readonly tables: readonly CatalogueTable[];
}

export type Match<T> = readonly [value: T, fit: number];

export interface CatalogueIndex {
  readonly schemas: Catalogue['schemas'];
  readonly types: Catalogue['types'];
  readonly tables: Names<CatalogueTable>;
  readonly functions: Names<Overloads>;
  readonly columns: Names<ColumnName>;
  /** Without a schema: the first of the search path, else any that has it. */
  table(schema: string | null, name: string): CatalogueTable | null;
  overloads(schema: string | null, name: string): Overloads | null;
  /** From it and to it. */
  keys(table: CatalogueTable): readonly ForeignKey[];
  /** Needs no schema before its name. */
  reachable(schema: string): boolean;
  /** Of the server itself. */
  system(schema: string): boolean;
}

/** Values by name, in order. */
export class Names<T> {
  readonly #lower: readonly string[];
  readonly #values: readonly T[];

  constructor(named: readonly (readonly [name: string, value: T])[]) {
    const sorted = named.map(([name, value]) => [name.toLowerCase(), value] as const);
    sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#lower = sorted.map(([name]) => name);
    this.#values = sorted.map(([, value]) => value);
  }

  /** Those that fit, in no order of fit. Where many begin with it, others are not looked for. */
  *matching(typed: string): Generator<Match<T>> {
    const lower = typed.toLowerCase();
    const first = this.#lowerBound(lower);
    let end = first;
    for (; end < this.#lower.length && this.#lower[end]?.startsWith(lower) === true; end++) yield* this.#at(end, lower);
    if (end - first >= ENOUGH || lower === '') return;
    for (let i = 0; i < this.#lower.length; i++) if (i < first || i >= end) yield* this.#at(i, lower);
  }

  *#at(i: number, typed: string): Generator<Match<T>> {
    const value = this.#values[i];
    const how = fitOf(this.#lower[i] ?? '', typed);
    if (value !== undefined && how !== NO_FIT) yield [value, how];
  }

  #lowerBound(typed: string): number {
    let [low, high] = [0, this.#lower.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lower[middle] ?? '') < typed) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
const ENOUGH = 200;
const SLICE = 200;

/** Pauses (yields) after each slice; its last value is the index. */
export function* indexing(catalogue: Catalogue): Generator<undefined, CatalogueIndex> {
  const path = new Map(catalogue.searchPath.map((schema, i) => [schema, i]));
  const tables = new Map<string, CatalogueTable[]>();
  const columns = new Map<string, { column: CatalogueColumn; tables: CatalogueTable[] }>();
  for (const [i, table] of catalogue.tables.entries()) {
    if (i % SLICE === SLICE - 1) yield;
    push(tables, table.name, table);
    if (isSystem(table.schema)) continue;
    for (const column of table.columns) {
      const known = columns.get(column.name);
      if (known === undefined) columns.set(column.name, { column, tables: [table] });
      else known.tables.push(table);
    }
  }
  yield;
  const functions = new Map<string, { schema: string; name: string; all: CatalogueFunction[] }>();
  for (const one of catalogue.functions) {
    const key = JSON.stringify([one.schema, one.name]);
    const known = functions.get(key);
    if (known === undefined) functions.set(key, { schema: one.schema, name: one.name, all: [one] });
    else known.all.push(one);
  }
  const byName = new Map<string, Overloads[]>();
  for (const one of functions.values()) push(byName, one.name, one);
  yield;
  const keys = new Map<string, ForeignKey[]>();
  for (const key of catalogue.foreignKeys) {
    push(keys, id(key.schema, key.table), key);
    const to = id(key.toSchema, key.toTable);
    if (to !== id(key.schema, key.table)) push(keys, to, key);
  }
  yield;
  const tableNames = new Names(catalogue.tables.map((table) => [table.name, table] as const));
  yield;
  const found = <T extends { readonly schema: string }>(all: readonly T[] | undefined, schema: string | null) =>
    all === undefined
      ? null
      : schema !== null
        ? (all.find((one) => one.schema === schema) ?? null)
        : ([...all].sort((a, b) => (path.get(a.schema) ?? 1e6) - (path.get(b.schema) ?? 1e6))[0] ?? null);
  return {
    schemas: catalogue.schemas,
    types: catalogue.types,
    tables: tableNames,
    functions: new Names([...functions.values()].map((one) => [one.name, one] as const)),
    columns: new Names([...columns].map(([name, one]) => [name, one] as const)),
    table: (schema, name) => found(tables.get(name), schema),
    overloads: (schema, name) => found(byName.get(name), schema),
    keys: (table) => keys.get(id(table.schema, table.name)) ?? [],
    reachable: (schema) => path.has(schema),
    system: isSystem,
  };
}

/** At once, for a small one and for tests. */
export function indexed(catalogue: Catalogue): CatalogueIndex {
  const work = indexing(catalogue);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** As it has to be written: with its schema where that is not in the search path, quoted where it must be. */
export const written = (index: CatalogueIndex, of: { readonly schema: string; readonly name: string }): string =>
  index.reachable(of.schema) ? sqlName(of.name) : `${sqlName(of.schema)}.${sqlName(of.name)}`;

export const empty: Catalogue = { searchPath: [], schemas: [], tables: [], foreignKeys: [], functions: [], types: [] };

const isSystem = (schema: string): boolean => schema === 'pg_catalog' || schema === 'information_schema';
const id = (schema: string, name: string): string => JSON.stringify([schema, name]);
function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
