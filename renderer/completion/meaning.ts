/** What a name in the text means: its type, its comment, and what this grant allows with it. */
import type { CatalogueTable } from '../../shared/ipc-completion.ts';
import { sqlName } from '../../shared/sql/names.ts';
import { short } from '../words/format.ts';
import type { CatalogueIndex } from './catalogue.ts';
import { named } from './complete.ts';
import { SPECIAL } from './functions.ts';
import { readable } from './relations.ts';
import { type Column, resolve, type Scope, scopeAt } from './scope.ts';
import { type Token, tokenize } from './tokens.ts';
import { isName, isSymbol, type Level, levelAt, type Node, nest, statementOf } from './tree.ts';

/** All of it is plain text; `code` is SQL-like, the lines are sentences. */
export interface Meaning {
  readonly code: string;
  readonly lines: readonly string[];
  /** What it is about, UTF-16 in the text. */
  readonly start: number;
  readonly end: number;
}

/** A name in a text, with what is around it. */
export interface Standing {
  readonly token: Token;
  readonly level: Level;
  /** What qualifies it, from the outside. */
  readonly chain: readonly string[];
  readonly scope: Scope;
  /** A parenthesis follows it: it is called. */
  readonly called: boolean;
  /** A dot follows it: it holds what comes. */
  readonly leads: boolean;
  readonly position: number;
}

/** Null where no name stands. */
export function standingAt(text: string, at: number, index: CatalogueIndex): Standing | null {
  const tokens = statementOf(
    tokenize(text, at).filter(({ kind }) => kind !== 'comment'),
    text,
    at,
  );
  const token = tokens.find(({ start, end }) => start <= at && at < end);
  if (!isName(token)) return null;
  const level = levelAt(nest(tokens), token.start);
  const position = level.nodes.indexOf(token);
  const chain = chainBefore(level.nodes, position);
  const scope = scopeAt(level, token.start, index);
  const called = level.nodes[position + 1]?.kind === 'group' && level.nodes[position + 1]?.start === token.end;
  return { token, level, chain, scope, called, leads: isSymbol(level.nodes[position + 1], '.'), position };
}

/** Null where nothing is known of what stands there. */
export function meaningOf(text: string, at: number, index: CatalogueIndex): Meaning | null {
  const standing = standingAt(text, at, index);
  if (standing === null) return null;
  // Before a dot stands what holds the column, behind one the column itself.
  const { token, chain, scope, called, leads } = standing;
  const place = { start: token.start, end: token.end };
  const source = named(scope, [...chain, token.name]);
  const column = resolve([...chain.slice(-1), token.name], scope.levels);
  if (called) return functionAt(index, chain.at(-1) ?? null, token.name, place);
  if (column !== null && !leads && (chain.length > 0 || token.kind === 'quoted' || source === null))
    return { ...columnText(column), ...place };
  if (source?.table != null) return { ...tableText(source.table, source.aliased ? source.name : null), ...place };
  if (source !== null) {
    const of = source.columns.map(({ name }) => name).join(', ');
    return { code: `${source.name} (${of})`, lines: ['Made by this query.'], ...place };
  }
  const schema = index.schemas.find(({ name }) => name === token.name);
  if (leads)
    return schema === undefined ? null : { code: `schema ${schema.name}`, lines: sentences(schema.comment), ...place };
  const table = index.table(chain.at(-1) ?? null, token.name);
  const keyword = chain.length === 0 && token.kind === 'word' && sqlName(token.name) !== token.name;
  if (table !== null && !keyword && (chain.length > 0 || !index.system(table.schema)))
    return { ...tableText(table, null), ...place };
  return null;
}

function chainBefore(nodes: readonly Node[], at: number): string[] {
  const chain: string[] = [];
  for (let i = at; isSymbol(nodes[i - 1], '.'); i -= 2) {
    const name = nodes[i - 2];
    if (!isName(name)) break;
    chain.unshift(name.name);
  }
  return chain;
}

const sentences = (...all: readonly (string | null)[]): string[] =>
  all.filter((one) => one !== null && one !== '').map(String);

function columnText({ name, type, comment, allowed, of }: Column): Pick<Meaning, 'code' | 'lines'> {
  const facts = of?.columns.find((column) => column.name === name);
  const code = `${of === null ? '' : `${of.schema}.${of.name}.`}${name}${type === null ? '' : ` ${type}`}${facts?.nullable === false ? ' not null' : ''}`;
  return {
    code,
    lines: sentences(
      comment,
      facts?.pk === true ? 'Part of the primary key.' : null,
      of === null
        ? 'Made by this query.'
        : allowed
          ? 'This grant may read it.'
          : 'Not in this grant: reading it is refused.',
    ),
  };
}

function tableText(table: CatalogueTable, alias: string | null): Pick<Meaning, 'code' | 'lines'> {
  const kind = table.kind === 'view' ? 'view' : 'table';
  const allowed = table.columns.filter((column) => column.allowed).length;
  const all = table.columns.length;
  const reads = !readable(table)
    ? 'Not in this grant: reading it is refused.'
    : allowed === all
      ? 'This grant may read all of it.'
      : `This grant may read ${allowed} of its ${all} columns.`;
  return {
    code: `${kind} ${table.schema}.${table.name}${alias === null ? '' : ` as ${alias}`}`,
    lines: sentences(
      table.comment,
      table.rows === null ? null : `About ${short(table.rows)} rows, by the planner’s estimate.`,
      reads,
      table.writes ? 'This grant may change rows in it.' : null,
    ),
  };
}

function functionAt(
  index: CatalogueIndex,
  schema: string | null,
  name: string,
  place: { start: number; end: number },
): Meaning | null {
  const special = schema === null ? SPECIAL[name] : undefined;
  if (special !== undefined) return { code: special[0], lines: [special[2]], ...place };
  const overloads = index.overloads(schema, name);
  const [first] = overloads?.all ?? [];
  if (overloads === null || first === undefined) return null;
  const more = overloads.all.length - 1;
  return {
    code: `${first.name}(${first.arguments.join(', ')})${first.result === null ? '' : ` → ${first.result}`}`,
    lines: sentences(
      first.comment,
      more === 0 ? null : `And ${more} more of this name.`,
      first.allowed ? null : 'Not in this grant: calling it is refused.',
    ),
    ...place,
  };
}
