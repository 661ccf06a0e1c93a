/** Where a name in the text leads: a page of the schema, or the place in the text where the query makes it. */
import { sqlName } from '../../shared/sql/names.ts';
import type { CatalogueIndex } from './catalogue.ts';
import { clausesOf, commonTables } from './clauses.ts';
import { named } from './complete.ts';
import { type Standing, standingAt } from './meaning.ts';
import { resolve, type Source } from './scope.ts';
import { isSymbol, isWord, type Level } from './tree.ts';

export type Goal =
  | { readonly kind: 'relation'; readonly schema: string; readonly name: string }
  /** In the schema, where one is written; else in any. */
  | { readonly kind: 'function' | 'type'; readonly schema: string | null; readonly name: string }
  /** Offset in the text, UTF-16. */
  | { readonly kind: 'place'; readonly offset: number };

/** Of the name that the cursor stands in or right behind; null where it leads nowhere. */
export function goalOf(text: string, cursor: number, index: CatalogueIndex): Goal | null {
  const standing = standingAt(text, cursor, index) ?? standingAt(text, cursor - 1, index);
  return standing === null ? null : leadsTo(standing, index);
}

function leadsTo(standing: Standing, index: CatalogueIndex): Goal | null {
  const { token, level, chain, scope, called, leads, position } = standing;
  const schema = chain.at(-1) ?? null;
  if (called && index.overloads(schema, token.name) !== null) return { kind: 'function', schema, name: token.name };
  if (inCast(level, position - 2 * chain.length)) return typeNamed(index, schema, token.name);
  const source = named(scope, [...chain, token.name]);
  const column = resolve([...chain.slice(-1), token.name], scope.levels);
  if (column !== null && !leads && (chain.length > 0 || token.kind === 'quoted' || source === null)) {
    if (column.of !== null) return { kind: 'relation', schema: column.of.schema, name: column.of.name };
    const of = scope.levels.flat().find(({ columns }) => columns.includes(column));
    return of === undefined ? null : madeAt(of, standing);
  }
  if (source !== null) return madeAt(source, standing);
  // A word of SQL that a table is called by, too, is that word until it is quoted.
  const keyword = chain.length === 0 && token.kind === 'word' && sqlName(token.name) !== token.name;
  const table = keyword ? null : index.table(schema, token.name);
  return table === null
    ? typeNamed(index, schema, token.name)
    : { kind: 'relation', schema: table.schema, name: table.name };
}

/** The table that a source reads, or where the query writes what it reads. */
function madeAt({ table, name, start }: Source, { level }: Standing): Goal {
  if (table !== null) return { kind: 'relation', schema: table.schema, name: table.name };
  return { kind: 'place', offset: commonAt(level, nameOf(level, start) ?? name) ?? start };
}

/** The name that stands at a place: a common table that has an alias is found by its own name. */
function nameOf(level: Level, start: number): string | null {
  for (let one: Level | null = level; one !== null; one = one.parent) {
    const node = one.nodes.find((other) => other.start === start);
    if (node !== undefined && node.kind !== 'group') return node.name;
  }
  return null;
}

/** Where the nearest common table of that name is written. */
function commonAt(level: Level, name: string): number | null {
  for (let one: Level | null = level; one !== null; one = one.parent) {
    const clause = clausesOf(one.nodes).find((other) => other.name === 'with');
    const found = clause && commonTables(one.nodes, clause.from).all.find((other) => other.name === name);
    if (found !== undefined && found.body !== null) return found.body.start;
  }
  return null;
}

/** Behind `::` or the `as` of a cast, where a type stands; `from` is the first word of its name. */
const inCast = ({ nodes, parent, index }: Level, from: number): boolean =>
  isSymbol(nodes[from - 1], '::') || (isWord(nodes[from - 1], 'as') && isWord(parent?.nodes[index - 1], 'cast'));

function typeNamed(index: CatalogueIndex, schema: string | null, name: string): Goal | null {
  const written = (type: { readonly schema: string; readonly name: string }): boolean =>
    type.name === name && (schema === null || type.schema === schema);
  const found = index.types.find(written);
  return found === undefined ? null : { kind: 'type', schema: found.schema, name };
}
