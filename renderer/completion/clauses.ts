/** The clauses of one level of a statement, found by their words; the text need not be whole or right. */
import { isName, isSymbol, isWord, type Node } from './tree.ts';

export type ClauseName =
  | 'with'
  | 'select'
  | 'from'
  | 'where'
  | 'group by'
  | 'having'
  | 'window'
  | 'order by'
  | 'limit'
  | 'for'
  | 'set operation'
  | 'insert'
  | 'values'
  | 'conflict'
  | 'update'
  | 'set'
  | 'delete'
  | 'using'
  | 'returning'
  | 'merge'
  | 'object';

export interface Clause {
  readonly name: ClauseName;
  /** Index of the first node of what it holds, and the one behind its last. */
  readonly from: number;
  readonly to: number;
}

const SIMPLE: Readonly<Record<string, ClauseName>> = {
  select: 'select',
  where: 'where',
  having: 'having',
  window: 'window',
  limit: 'limit',
  offset: 'limit',
  fetch: 'limit',
  returning: 'returning',
  values: 'values',
  union: 'set operation',
  intersect: 'set operation',
  except: 'set operation',
};
const OBJECTS = new Set('table view sequence index'.split(' '));
const ON_OBJECTS = new Set(
  'alter drop truncate lock vacuum analyze cluster refresh reindex copy comment grant'.split(' '),
);
const MODIFIERS = new Set('if exists only concurrently materialized full verbose not'.split(' '));
/** Before `with`, where that begins common table expressions. */
const BEFORE_WITH = new Set('explain analyze verbose as for'.split(' '));
const NOT_AFTER_WITH = new Set('ordinality time ties check no data'.split(' '));

export function clausesOf(nodes: readonly Node[]): Clause[] {
  const found: { name: ClauseName; from: number }[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (!isWord(node) || qualified(nodes, i)) continue;
    const name = clauseAt(nodes, i, found.at(-1)?.name ?? null);
    if (name === null) continue;
    let from = i + 1;
    if (name === 'group by' || name === 'order by' || name === 'conflict') from++;
    else if (name === 'set operation') while (isWord(nodes[from], 'all', 'distinct')) from++;
    else if (name === 'object')
      while (isWord(nodes[from]) && MODIFIERS.has(nodes[from]?.kind === 'word' ? word(nodes[from]) : '')) from++;
    found.push({ name, from });
    i = from - 1;
  }
  return found.map(({ name, from }, i) => {
    const next = found[i + 1];
    return { name, from, to: next === undefined ? nodes.length : Math.max(from, next.from - width(next.name)) };
  });
}

/** `o.from` is a name; in `o. from` the name behind the dot is still to come. */
const qualified = (nodes: readonly Node[], i: number): boolean =>
  isSymbol(nodes[i - 1], '.') && nodes[i - 1]?.end === nodes[i]?.start;

const width = (name: ClauseName): number => (name === 'group by' || name === 'order by' || name === 'conflict' ? 2 : 1);
const word = (node: Node | undefined): string => (node?.kind === 'word' ? node.name : '');

function clauseAt(nodes: readonly Node[], i: number, current: ClauseName | null): ClauseName | null {
  const name = word(nodes[i]);
  const last = word(nodes[i - 1]);
  const next = nodes[i + 1];
  const first = word(nodes[0]);
  if (name === 'set')
    return current === 'update' || current === 'conflict' || current === null ? (first === 'set' ? null : 'set') : null;
  const simple = SIMPLE[name];
  if (simple !== undefined) return simple;
  switch (name) {
    case 'with':
      return current === null &&
        (i === 0 || BEFORE_WITH.has(last) || first === 'explain') &&
        !(isWord(next) && NOT_AFTER_WITH.has(next.name))
        ? 'with'
        : null;
    case 'group':
    case 'order':
      return isWord(next, 'by') ? `${name} by` : null;
    case 'from':
      if (last === 'distinct' && current !== 'select') return null;
      return last === 'delete' ? 'delete' : 'from';
    case 'into':
      return last === 'insert' ? 'insert' : last === 'merge' ? 'merge' : null;
    case 'update':
      return ['for', 'do', 'on', 'key', 'then'].includes(last) ? null : 'update';
    case 'using':
      return current === 'delete' || current === 'merge' ? 'using' : null;
    case 'on':
      if (isWord(next, 'conflict')) return 'conflict';
      return (first === 'create' || first === 'grant' || first === 'revoke') && current === null ? 'object' : null;
    case 'for':
      return isWord(next, 'update', 'share', 'no', 'key') ? 'for' : null;
    default:
      if (OBJECTS.has(name) && ON_OBJECTS.has(first) && i > 0 && current === null) return 'object';
      return i === 0 &&
        ['truncate', 'lock', 'vacuum', 'analyze', 'copy', 'table'].includes(name) &&
        !isWord(next, 'table')
        ? 'object'
        : null;
  }
}

const QUERY = new Set('select with values insert update delete merge table'.split(' '));
export const isQuery = (nodes: readonly Node[]): boolean =>
  isWord(nodes[0]) && QUERY.has(word(nodes[0])) && !isSymbol(nodes[1], '.');

/** Parts between commas. */
export function items(nodes: readonly Node[]): (readonly Node[])[] {
  const all: Node[][] = [[]];
  for (const node of nodes) {
    if (isSymbol(node, ',')) all.push([]);
    else all.at(-1)?.push(node);
  }
  return all;
}

/** A name with what qualifies it, `a.b.c`, that begins at an index; the index behind it. A dot at its end is part of it. */
export function chainAt(
  nodes: readonly Node[],
  at: number,
): { readonly names: readonly string[]; readonly next: number; readonly whole: boolean } {
  const names: string[] = [];
  let i = at;
  for (;;) {
    const node = nodes[i];
    const gap = names.length > 0 && !qualified(nodes, i);
    if (!isName(node) || gap) return { names, next: i, whole: names.length === 0 };
    names.push(node.name);
    i++;
    if (!isSymbol(nodes[i], '.')) return { names, next: i, whole: true };
    i++;
  }
}

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[] | null;
  /** Null where it is not written yet. */
  readonly body: Extract<Node, { kind: 'group' }> | null;
}

/** What stands behind `with [recursive]`, and the index of what follows. */
export function commonTables(
  nodes: readonly Node[],
  from: number,
): { readonly all: readonly CommonTable[]; readonly recursive: boolean; readonly next: number } {
  const all: CommonTable[] = [];
  const recursive = isWord(nodes[from], 'recursive');
  let i = recursive ? from + 1 : from;
  while (isName(nodes[i]) && !(isWord(nodes[i]) && QUERY.has(word(nodes[i])))) {
    const node = nodes[i];
    const name = isName(node) ? node.name : '';
    i++;
    let columns: string[] | null = null;
    const list = nodes[i];
    if (list?.kind === 'group') {
      columns = list.nodes.flatMap((one) => (isName(one) ? [one.name] : []));
      i++;
    }
    while (isWord(nodes[i], 'as', 'not', 'materialized')) i++;
    const body = nodes[i];
    const written = body?.kind === 'group' ? body : null;
    all.push({ name, columns, body: written });
    if (written !== null) i++;
    if (!isSymbol(nodes[i], ',')) break;
    i++;
  }
  return { all, recursive, next: i };
}
