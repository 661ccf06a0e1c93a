/** Tables, common tables, schemas, whole joins along foreign keys, and aliases. */
import type { CatalogueTable, ForeignKey } from '../../shared/ipc-completion.ts';
import { sqlName } from '../../shared/sql/names.ts';
import { type CatalogueIndex, written } from './catalogue.ts';
import { fitOf, NO_FIT } from './fit.ts';
import { type Item, NOT_ALLOWED, type Offer, offer, rankOf, WEIGHT } from './offer.ts';
import type { Scope, Source } from './scope.ts';

export const readable = (table: CatalogueTable): boolean =>
  table.writes || table.columns.some(({ allowed }) => allowed);

export function* tables(index: CatalogueIndex, typed: string, schema: string | null): Generator<Offer> {
  const wantsSystem = typed.toLowerCase().startsWith('pg_');
  for (const [table, how] of index.tables.matching(typed)) {
    if (schema !== null && table.schema !== schema) continue;
    const system = schema === null && !wantsSystem && index.system(table.schema);
    const allowed = readable(table);
    const rank = rankOf(how, { weight: WEIGHT.table, allowed, system, order: table.name.length });
    yield { rank, item: () => tableItem(index, table, schema !== null, allowed) };
  }
}

function tableItem(index: CatalogueIndex, table: CatalogueTable, qualified: boolean, allowed: boolean): Item {
  return {
    label: table.name,
    kind: table.kind === 'view' ? 'view' : 'table',
    insert: qualified ? sqlName(table.name) : written(index, table),
    snippet: false,
    detail: allowed ? table.schema : NOT_ALLOWED,
    about: table.comment,
    allowed,
  };
}

export function* commons({ env }: Scope, typed: string): Generator<Offer> {
  for (const [name, columns] of env.common)
    yield* offer(name, typed, { weight: WEIGHT.common }, () => ({
      label: name,
      kind: 'table',
      insert: sqlName(name),
      snippet: false,
      detail: 'common table',
      about: columns.map((column) => column.name).join(', '),
      allowed: true,
    }));
}

export function* schemas(index: CatalogueIndex, typed: string): Generator<Offer> {
  for (const { name, comment } of index.schemas)
    yield* offer(name, typed, { weight: WEIGHT.schema, system: index.system(name) }, () => ({
      label: name,
      kind: 'schema',
      insert: sqlName(name),
      snippet: false,
      detail: 'schema',
      about: comment,
      allowed: true,
    }));
}

/** What a foreign key joins to a source: the other table, and the pairs of columns, the other's first. */
interface Joined {
  readonly other: CatalogueTable;
  readonly pairs: readonly (readonly [other: string, own: string])[];
}

function joinedTo(index: CatalogueIndex, table: CatalogueTable): Joined[] {
  return index.keys(table).flatMap((key) => {
    const from = key.schema === table.schema && key.table === table.name;
    const to = key.toSchema === table.schema && key.toTable === table.name;
    return [...(from ? joined(index, key, false) : []), ...(to ? joined(index, key, true) : [])];
  });
}

function joined(index: CatalogueIndex, key: ForeignKey, reversed: boolean): Joined[] {
  const other = reversed ? index.table(key.schema, key.table) : index.table(key.toSchema, key.toTable);
  const pairs = key.columns.map((column, i) => {
    const toColumn = key.toColumns[i] ?? '';
    return reversed ? ([column, toColumn] as const) : ([toColumn, column] as const);
  });
  return other === null ? [] : [{ other, pairs }];
}

const condition = (other: string, own: string, pairs: Joined['pairs']): string =>
  pairs.map(([a, b]) => `${sqlName(other)}.${sqlName(a)} = ${sqlName(own)}.${sqlName(b)}`).join(' and ');

/** Whole joins for behind JOIN, those to the nearest relation first. */
export function* wholeJoins(
  index: CatalogueIndex,
  sources: readonly Source[],
  typed: string,
  schema: string | null,
  upper: boolean,
): Generator<Offer> {
  const taken = sources.map(({ name }) => name);
  for (const [i, { name, table }] of [...sources].reverse().entries()) {
    if (table === null) continue;
    for (const { other, pairs } of joinedTo(index, table)) {
      if (schema !== null && other.schema !== schema) continue;
      const allowed = readable(other);
      yield* offer(other.name, typed, { weight: WEIGHT.first, allowed, order: i * 100 + other.name.length }, () => {
        const alias = aliasFor(other.name, taken);
        const named = schema === null ? written(index, other) : sqlName(other.name);
        const text = `${named} ${alias} ${upper ? 'ON' : 'on'} ${condition(alias, name, pairs)}`;
        return {
          label: text,
          kind: 'join',
          insert: text,
          snippet: false,
          detail: allowed ? 'key' : NOT_ALLOWED,
          about: other.comment,
          allowed,
        };
      });
    }
  }
}

/** Conditions for behind ON. */
export function* conditions(
  index: CatalogueIndex,
  source: Source,
  before: readonly Source[],
  typed: string,
): Generator<Offer> {
  const { table } = source;
  for (const [i, one] of [...before].reverse().entries()) {
    const texts =
      table === null || one.table === null
        ? sameNames(source, one)
        : joinedTo(index, one.table).flatMap(({ other, pairs }) =>
            other === table ? [condition(source.name, one.name, pairs)] : [],
          );
    // Who types the alias begins the condition.
    const how = fitOf(source.name.toLowerCase(), typed.toLowerCase());
    for (const text of texts.length === 0 ? sameNames(source, one) : texts) {
      const item = (): Item => ({
        label: text,
        kind: 'join',
        insert: text,
        snippet: false,
        detail: texts.length === 0 ? 'same name' : 'key',
        about: null,
        allowed: true,
      });
      const standing = { weight: WEIGHT.first, order: i * 100 };
      if (how !== NO_FIT) yield { rank: rankOf(how, standing), item };
      else yield* offer(text, typed, standing, item);
    }
  }
}

/** Where no key says it: columns such as `order_id` that both have. */
const sameNames = (one: Source, other: Source): string[] =>
  one.columns
    .filter(({ name }) => name.endsWith('_id') && other.columns.some((column) => column.name === name))
    .map(({ name }) => condition(one.name, other.name, [[name, name]]));

const SHORT_WORDS = new Set('as at by do if in is no of on or to and all any asc end for not set'.split(' '));

/** The first letters of a table's words: `ol` for `order_lines`; with a number where that is taken. */
export function aliasFor(table: string, taken: readonly string[]): string {
  const words = table
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const letters = words.map((word) => word[0] ?? '').join('');
  const base = /^[a-z]/.test(letters) ? letters : 't';
  for (let n = SHORT_WORDS.has(base) ? 2 : 1; ; n++) {
    const alias = n === 1 ? base : `${base}${n}`;
    if (!taken.includes(alias)) return alias;
  }
}

export function* aliases(source: Source, taken: readonly Source[], typed: string): Generator<Offer> {
  const alias = aliasFor(
    source.name,
    taken.map(({ name }) => name),
  );
  yield* offer(alias, typed, { weight: WEIGHT.first }, () => ({
    label: alias,
    kind: 'alias',
    insert: alias,
    snippet: false,
    detail: `alias for ${source.name}`,
    about: null,
    allowed: true,
  }));
}
