/** The schema as a flat list of visible lines: what is open, what matches the search, how deep. Pure. */
import type { Relation, SchemaItem, SchemaTree, TreeColumn } from '../../shared/ipc-schema.ts';
import { sqlName } from '../../shared/sql/names.ts';
import { plural } from '../words/format.ts';
import { qualifiedName } from './names.ts';

/** What is known so far; null and a missing key are not read yet. */
export interface Known extends SchemaTree {
  /** By oid of their relation. */
  readonly columns: ReadonlyMap<number, readonly TreeColumn[]>;
  readonly functions: readonly SchemaItem[] | null;
  readonly types: readonly SchemaItem[] | null;
}

export const groups = ['tables', 'views', 'materialized', 'functions', 'types', 'sequences'] as const;
export type Group = (typeof groups)[number];
export const groupWords: Readonly<Record<Group, string>> = {
  tables: 'Tables',
  views: 'Views',
  materialized: 'Materialized views',
  functions: 'Functions',
  types: 'Types',
  sequences: 'Sequences',
};
const groupOf: Readonly<Record<Relation['kind'], Group>> = {
  table: 'tables',
  partitioned: 'tables',
  foreign: 'tables',
  view: 'views',
  materialized: 'materialized',
  sequence: 'sequences',
};

interface Line {
  /** Made of names, so that it is the same after the schema was read again. */
  readonly key: string;
}
export type Node = Line &
  (
    | { readonly kind: 'schema'; readonly name: string; readonly comment: string | null; readonly open: boolean }
    | { readonly kind: 'group'; readonly group: Group; readonly count: number | null; readonly open: boolean }
    | { readonly kind: 'relation'; readonly relation: Relation; readonly open: boolean }
    | { readonly kind: 'column'; readonly relation: Relation; readonly column: TreeColumn }
    | { readonly kind: 'item'; readonly item: SchemaItem }
    | { readonly kind: 'note'; readonly text: string; readonly deep: boolean }
  );

export function level(node: Node): number {
  if (node.kind === 'note') return node.deep ? 4 : 3;
  return { schema: 1, group: 2, relation: 3, item: 3, column: 4 }[node.kind];
}

/** Parted by a character that no name can hold. */
const keyOf = (...parts: readonly string[]): string => parts.join('\u0000');

interface Search {
  readonly on: boolean;
  /** Every word is somewhere in one of the texts together. */
  matches(...texts: readonly (string | null)[]): boolean;
}
function searchFor(typed: string): Search {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return {
    on: words.length > 0,
    matches(...texts) {
      const all = texts.join('\n').toLowerCase();
      return words.every((word) => all.includes(word));
    },
  };
}

/**
 * Lines to show. `toggled` holds the keys whose state differs from the default: schemas and their tables are open, all else
 * is shut. While searching, whatever holds a match stands open.
 */
export function visible(known: Known, toggled: ReadonlySet<string>, typed: string): Node[] {
  const search = searchFor(typed);
  const lists = bySchema(known);
  return known.schemas.flatMap((schema): Node[] => {
    const of = lists.get(schema.name) ?? new Map();
    const key = keyOf('s', schema.name);
    const open = search.on || !toggled.has(key);
    const below = open
      ? groups.flatMap((group) => groupLines(schema.name, group, of.get(group), known, toggled, search))
      : [];
    if (search.on && below.length === 0 && !search.matches(schema.name, schema.comment)) return [];
    return [{ kind: 'schema', key, name: schema.name, comment: schema.comment, open }, ...below];
  });
}

type Members = readonly (Relation | SchemaItem)[];

function bySchema(known: Known): Map<string, Map<Group, (Relation | SchemaItem)[]>> {
  const lists = new Map<string, Map<Group, (Relation | SchemaItem)[]>>();
  const add = (group: Group, member: Relation | SchemaItem) => {
    const of = lists.get(member.schema) ?? new Map<Group, (Relation | SchemaItem)[]>();
    lists.set(member.schema, of);
    const list = of.get(group);
    if (list === undefined) of.set(group, [member]);
    else list.push(member);
  };
  for (const one of known.relations) add(groupOf[one.kind], one);
  for (const one of known.functions ?? []) add('functions', one);
  for (const one of known.types ?? []) add('types', one);
  return lists;
}

function groupLines(
  schema: string,
  group: Group,
  members: Members = [],
  known: Known,
  toggled: ReadonlySet<string>,
  search: Search,
): Node[] {
  const lazy = group === 'functions' || group === 'types';
  const loaded = group === 'functions' ? known.functions !== null : group === 'types' ? known.types !== null : true;
  if (members.length === 0 && !lazy && group !== 'tables') return [];
  const key = keyOf('g', schema, group);
  if (search.on) {
    const found = members.flatMap((member) => memberLines(member, known, toggled, search));
    if (found.length === 0) return [];
    return [{ kind: 'group', key, group, count: found.filter(isMember).length, open: true }, ...found];
  }
  const open = toggled.has(key) !== (group === 'tables');
  const line: Node = { kind: 'group', key, group, count: loaded ? members.length : null, open };
  if (!open) return [line];
  if (members.length > 0) return [line, ...members.flatMap((member) => memberLines(member, known, toggled, search))];
  return [line, { kind: 'note', key: keyOf('n', key), text: loaded ? 'none' : 'Reading…', deep: false }];
}

const isMember = ({ kind }: Node): boolean => kind === 'relation' || kind === 'item';

function memberLines(
  member: Relation | SchemaItem,
  known: Known,
  toggled: ReadonlySet<string>,
  search: Search,
): Node[] {
  const name = `${member.schema}.${member.name}`;
  const found = search.on && search.matches(name, member.comment);
  if ('detail' in member) {
    if (search.on && !found) return [];
    return [{ kind: 'item', key: keyOf('i', member.schema, member.name, member.detail), item: member }];
  }
  const key = keyOf('t', member.schema, member.name);
  const columns = known.columns.get(member.oid);
  const hits =
    search.on && !found ? (columns ?? []).filter((one) => search.matches(`${name}.${one.name}`, one.comment)) : [];
  if (search.on && !found && hits.length === 0) return [];
  const open = hits.length > 0 || toggled.has(key);
  const line: Node = { kind: 'relation', key, relation: member, open };
  if (!open) return [line];
  if (columns === undefined) return [line, { kind: 'note', key: keyOf('n', key), text: 'Reading…', deep: true }];
  const shown = hits.length > 0 ? hits : columns;
  return [
    line,
    ...shown.map((column): Node => ({ kind: 'column', key: keyOf('c', key, column.name), relation: member, column })),
  ];
}

/** What the open lines show and nobody has read yet. */
export function missing(
  nodes: readonly Node[],
  known: Known,
): { columns: number[]; functions: boolean; types: boolean } {
  const open = (group: Group) => nodes.some((node) => node.kind === 'group' && node.group === group && node.open);
  return {
    columns: nodes.flatMap((node) =>
      node.kind === 'relation' && node.open && !known.columns.has(node.relation.oid) ? [node.relation.oid] : [],
    ),
    functions: known.functions === null && open('functions'),
    types: known.types === null && open('types'),
  };
}

/** Names that were there before and are not any more. */
export function vanished(before: SchemaTree, after: SchemaTree): string[] {
  const there = new Set(after.relations.map(qualifiedName));
  return before.relations.map(qualifiedName).filter((name) => !there.has(name));
}

export const opens = (node: Node): node is Extract<Node, { open: boolean }> =>
  node.kind === 'schema' || node.kind === 'group' || (node.kind === 'relation' && node.relation.kind !== 'sequence');

/** What is put into the editor; null where there is nothing. */
export function inserted(node: Node): string | null {
  switch (node.kind) {
    case 'schema':
      return sqlName(node.name);
    case 'relation':
      return qualifiedName(node.relation);
    case 'item':
      return qualifiedName(node.item);
    case 'column':
      return sqlName(node.column.name);
    default:
      return null;
  }
}

export type Allowed = Pick<Relation, 'columns' | 'readable' | 'writes'>;
export const nothingAllowed = ({ readable, writes, columns }: Allowed): boolean =>
  readable === 0 && !writes && columns > 0;

/** What this grant allows on a table, in words for its line; null when there is nothing special to say. */
export function allowance(of: Allowed): string | null {
  if (nothingAllowed(of)) return 'not in this grant';
  return of.readable === of.columns ? null : `${of.readable} of ${of.columns} columns`;
}

/** The same as a whole sentence. */
export function allowanceWords(of: Allowed): string {
  if (nothingAllowed(of)) return 'Not in this grant';
  const read = of.readable === of.columns ? 'all columns' : `${of.readable} of ${plural(of.columns, 'column')}`;
  return `You may read ${read}${of.writes ? ' and change rows' : ''}`;
}

export type TreeMove =
  | { readonly to: number }
  | { readonly toggle: string }
  | { readonly insert: string }
  | { readonly open: Node }
  | { readonly menu: Node }
  | null;

/** What a key does in the tree (WAI-ARIA tree view pattern). */
export function press(
  nodes: readonly Node[],
  index: number,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  page: number,
): TreeMove {
  const node = nodes[index];
  if (node === undefined) return nodes.length > 0 ? { to: 0 } : null;
  const last = nodes.length - 1;
  const clamp = (to: number): TreeMove => ({ to: Math.max(0, Math.min(last, to)) });
  switch (key) {
    case 'ArrowDown':
      return clamp(index + 1);
    case 'ArrowUp':
      return clamp(index - 1);
    case 'PageDown':
      return clamp(index + page);
    case 'PageUp':
      return clamp(index - page);
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (!opens(node)) return null;
      return node.open ? clamp(index + 1) : { toggle: node.key };
    case 'ArrowLeft': {
      if (opens(node) && node.open) return { toggle: node.key };
      const parent = nodes.findLastIndex((other, i) => i < index && level(other) < level(node));
      return parent < 0 ? null : { to: parent };
    }
    case 'ContextMenu':
      return { menu: node };
    case 'F10':
      return shiftKey ? { menu: node } : null;
    case 'Enter':
      return shiftKey ? insertion(node) : primary(node);
    default:
      return null;
  }
}

function insertion(node: Node): TreeMove {
  const text = inserted(node);
  return text === null ? null : { insert: text };
}

/** What Enter and a double click do: open a page or what lies below; a column has only its name. */
export function primary(node: Node): TreeMove {
  if (hasPage(node)) return { open: node };
  return opens(node) ? { toggle: node.key } : insertion(node);
}

export const hasPage = (node: Node): boolean => node.kind === 'relation' || node.kind === 'item';
