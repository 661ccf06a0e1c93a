/** What belongs at the cursor: a relation, a join condition, a value, what may follow a value, a type, and so on. */
import { type ClauseName, chainAt, clausesOf, commonTables, isQuery } from './clauses.ts';
import { type Arm, joins, type Scope, type Source, sourcesOf } from './scope.ts';
import { isName, isSymbol, isWord, type Level, type Node, type Place } from './tree.ts';

export type Where =
  | { readonly kind: 'statement'; readonly inside: boolean }
  | { readonly kind: 'relation'; readonly join: boolean; readonly before: readonly Source[]; readonly reads: boolean }
  /** Behind a relation, which may get an alias. */
  | { readonly kind: 'alias'; readonly source: Source | null; readonly clause: ClauseName }
  | { readonly kind: 'condition'; readonly joined: Source | null; readonly before: readonly Source[] }
  /** Columns of these sources and nothing else. */
  | { readonly kind: 'columns'; readonly sources: readonly Source[]; readonly shared: boolean }
  | { readonly kind: 'value'; readonly clause: ClauseName | null; readonly first: boolean }
  | { readonly kind: 'after'; readonly clause: ClauseName | null; readonly last: string }
  | { readonly kind: 'type' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

export interface Wanted {
  readonly where: Where;
  /** What stands before the dot that the cursor is behind: `o`, or `shop`, `orders`. */
  readonly chain: readonly string[];
}

/** The rest of what is more than one word. */
const REST: Readonly<Record<string, readonly string[]>> = {
  group: ['by'],
  order: ['by'],
  partition: ['by'],
  left: ['join', 'join lateral', 'outer join'],
  right: ['join', 'outer join'],
  full: ['join', 'outer join'],
  inner: ['join'],
  cross: ['join', 'join lateral'],
  natural: ['join', 'left join'],
  is: ['null', 'not null', 'true', 'false', 'distinct from', 'not distinct from', 'not true', 'not false'],
  nulls: ['first', 'last'],
  insert: ['into'],
  delete: ['from'],
  merge: ['into'],
  do: ['update set', 'nothing'],
  conflict: ['do nothing', 'do update set', 'on constraint'],
  create: [
    'table',
    'index',
    'unique index',
    'view',
    'materialized view',
    'or replace view',
    'schema',
    'function',
    'type',
    'role',
  ],
  drop: ['table', 'index', 'view', 'schema', 'function', 'type', 'role', 'column'],
  alter: ['table', 'index', 'view', 'schema', 'role', 'column'],
  within: ['group'],
  primary: ['key'],
  foreign: ['key'],
};

/** Behind these a value begins. */
const BEFORE_VALUE = new Set(
  'select distinct all where and or not by having when then else case in between like ilike similar on set returning limit offset any some using values from is array exists over filter default row'.split(
    ' ',
  ),
);

export function whereOf(place: Place, scope: Scope): Wanted {
  const { level } = place;
  let nodes = level.before;
  const chain: string[] = [];
  while (isSymbol(nodes.at(-1), '.')) {
    const name = nodes.at(-2);
    if (!isName(name)) return { where: { kind: 'nothing' }, chain: [] };
    chain.unshift(name.name);
    nodes = nodes.slice(0, -2);
  }
  return { where: chain.length === 0 ? bare(nodes, level, scope) : qualified(nodes, level, scope), chain };
}

function qualified(nodes: readonly Node[], level: Level, scope: Scope): Where {
  const where = bare(nodes, level, scope);
  // `on o.…`: a column, not a whole condition.
  return where.kind === 'condition' ? { kind: 'value', clause: 'from', first: false } : where;
}

function bare(nodes: readonly Node[], level: Level, scope: Scope): Where {
  const last = nodes.at(-1);
  if (isSymbol(last, '::')) return { kind: 'type' };
  if (level.parent !== null && !isQuery(level.nodes) && !isQuery(nodes))
    return inParentheses(nodes, level, level.parent, scope);
  if (nodes.length === 0) return { kind: 'statement', inside: level.parent !== null };
  if (
    isWord(last) &&
    !isSymbol(nodes.at(-2), '.') &&
    !(last.name === 'insert' && nodes.length > 1 && level.parent !== null)
  ) {
    const rest = REST[last.name];
    if (rest !== undefined && !(last.name === 'all')) return { kind: 'words', words: rest };
  }
  if (isWord(last, 'explain'))
    return {
      kind: 'words',
      words: ['analyze', 'select', '(analyze, buffers)', 'update', 'delete from', 'insert into', 'with'],
    };
  if (
    isWord(nodes[0], 'explain') &&
    nodes.every((node) => node.kind === 'group' || isWord(node, 'explain', 'analyze', 'verbose'))
  )
    return { kind: 'statement', inside: true };
  const clause = clausesOf(nodes).at(-1);
  if (clause === undefined)
    return isWord(nodes[0], 'set', 'show', 'reset', 'begin', 'commit', 'rollback')
      ? { kind: 'nothing' }
      : noClause(nodes);
  return inClause(clause.name, nodes.slice(clause.from), nodes, scope);
}

function noClause(nodes: readonly Node[]): Where {
  const last = nodes.at(-1);
  if (isWord(last, 'table', 'view', 'index', 'only'))
    return { kind: 'relation', join: false, before: [], reads: false };
  if (isWord(last, 'as', 'for')) return { kind: 'statement', inside: true };
  return { kind: 'after', clause: null, last: isWord(last) ? last.name : '' };
}

function inClause(name: ClauseName, nodes: readonly Node[], all: readonly Node[], scope: Scope): Where {
  switch (name) {
    case 'with':
      return inWith(nodes);
    case 'from':
    case 'using':
      return inFrom(nodes, scope, name);
    case 'set operation':
      return {
        kind: 'words',
        words: isWord(all.at(-1), 'all', 'distinct') ? ['select', 'values'] : ['all', 'select', 'distinct', 'values'],
      };
    case 'update':
    case 'delete':
    case 'insert':
    case 'merge':
    case 'object':
      if (nodes.length === 0) return { kind: 'relation', join: false, before: [], reads: false };
      return {
        kind: 'alias',
        source: name === 'insert' ? null : (sourcesOf(nodes, scope.env)[0] ?? null),
        clause: name,
      };
    case 'set':
      if (nodes.length === 0 || isSymbol(nodes.at(-1), ','))
        return { kind: 'columns', sources: targetOf(scope.arm), shared: false };
      return expression('set', nodes);
    case 'conflict':
      return { kind: 'words', words: ['do nothing', 'do update set', 'where'] };
    case 'for':
      return { kind: 'words', words: ['update', 'share', 'no key update', 'key share', 'of', 'nowait', 'skip locked'] };
    case 'values':
      return { kind: 'after', clause: 'values', last: '' };
    default:
      return expression(name, nodes);
  }
}

const targetOf = (arm: Arm): readonly Source[] => (arm.target === null ? [] : [arm.target]);

function inWith(nodes: readonly Node[]): Where {
  const { all, next } = commonTables(nodes, 0);
  if (nodes.length === 0) return { kind: 'words', words: ['recursive'] };
  const last = all.at(-1);
  if (last === undefined || isSymbol(nodes.at(-1), ',')) return { kind: 'nothing' };
  if (last.body === null)
    return isWord(nodes.at(-1), 'as')
      ? { kind: 'words', words: ['materialized', 'not materialized'] }
      : { kind: 'words', words: ['as'] };
  return next === nodes.length ? { kind: 'statement', inside: true } : { kind: 'nothing' };
}

function inFrom(nodes: readonly Node[], scope: Scope, clause: ClauseName): Where {
  const last = nodes.at(-1);
  const before = sourcesOf(nodes, scope.env);
  const join = isWord(last, 'join') || (isWord(last, 'lateral') && nodes.length > 1);
  if (last === undefined || isSymbol(last, ',') || isWord(last, 'join', 'lateral', 'only'))
    return { kind: 'relation', join, before, reads: true };
  if (isWord(last, 'as')) return { kind: 'alias', source: before.at(-1) ?? null, clause };
  if (isWord(last, 'on')) return { kind: 'condition', joined: before.at(-1) ?? null, before: before.slice(0, -1) };
  // Since the last relation began: a condition, or still the relation.
  const begins = nodes.findLastIndex((node, i) => isSymbol(node, ',') || joins(nodes, i));
  const on = nodes.findLastIndex((node) => isWord(node, 'on'));
  if (on > begins) return expression('from', nodes.slice(on + 1));
  const relation = nodes.slice(begins + 1);
  const source = before.at(-1) ?? null;
  const { next } = chainAt(relation, 0);
  return source !== null && next === relation.length
    ? { kind: 'alias', source, clause: begins >= 0 && joins(nodes, begins) ? 'using' : clause }
    : { kind: 'after', clause: begins >= 0 && joins(nodes, begins) ? 'using' : 'from', last: '' };
}

/** Between two operands, or behind one. */
function expression(clause: ClauseName | null, nodes: readonly Node[]): Where {
  const last = nodes.at(-1);
  const first = nodes.length === 0;
  if (last === undefined) return { kind: 'value', clause, first };
  if (isWord(last, 'as') && clause === 'select') return { kind: 'nothing' };
  if (isWord(last) && !isSymbol(nodes.at(-2), '.') && BEFORE_VALUE.has(last.name))
    return { kind: 'value', clause, first };
  if (last.kind === 'symbol' && !isStar(nodes)) return { kind: 'value', clause, first };
  return { kind: 'after', clause, last: isWord(last) ? last.name : '' };
}

/** `select *`, `count(*)`, `o.*`: not a multiplication. */
function isStar(nodes: readonly Node[]): boolean {
  const last = nodes.at(-1);
  const before = nodes.at(-2);
  return (
    isSymbol(last, '*') &&
    (before === undefined || isSymbol(before, '.') || isSymbol(before, ',') || isWord(before, 'distinct', 'all'))
  );
}

function inParentheses(nodes: readonly Node[], level: Level, parent: Level, scope: Scope): Where {
  const outer = parent.nodes.slice(0, level.index);
  const last = outer.at(-1);
  const clause = clausesOf(outer).at(-1);
  const empty = nodes.length === 0;
  if (isWord(last, 'over') || clause?.name === 'window') return inWindow(nodes);
  if (isWord(last, 'filter')) return empty ? { kind: 'words', words: ['where'] } : expression('where', nodes.slice(1));
  if (isWord(last, 'cast') && nodes.some((node) => isWord(node, 'as'))) return { kind: 'type' };
  if (isWord(last, 'as', 'materialized') && clause?.name === 'with') return { kind: 'statement', inside: true };
  if (clause?.name === 'with') return { kind: 'nothing' };
  if (clause?.name === 'insert' && outer.length > clause.from)
    return { kind: 'columns', sources: targetOf(scope.arm), shared: false };
  if (clause?.name === 'conflict' && outer.length === clause.from)
    return { kind: 'columns', sources: targetOf(scope.arm), shared: false };
  if (isWord(last, 'using') && clause?.name === 'from') {
    const [joined, ...before] = sourcesOf(outer.slice(clause.from), scope.env).reverse();
    return { kind: 'columns', sources: joined === undefined ? [] : [joined, ...before], shared: true };
  }
  if (clause?.name === 'object')
    return { kind: 'columns', sources: sourcesOf(outer.slice(clause.from, level.index), scope.env), shared: false };
  if (isWord(last, 'exists', 'array') && empty) return { kind: 'statement', inside: true };
  const begins = last === undefined || isSymbol(last, ',') || isWord(last, 'join', 'lateral', 'from', 'using');
  if ((clause?.name === 'from' || clause?.name === 'using') && begins)
    return empty ? { kind: 'statement', inside: true } : inFrom(nodes, scope, 'from');
  if (empty && isWord(last, 'in', 'any', 'all', 'some')) return { kind: 'value', clause: 'select', first: true };
  const orders = nodes.findLastIndex((node, i) => isWord(node, 'by') && isWord(nodes[i - 1], 'order'));
  if (orders >= 0) return expression('order by', nodes.slice(orders + 1));
  if (isWord(nodes.at(-1), 'order')) return { kind: 'words', words: ['by'] };
  return expression(clause?.name === 'values' ? 'values' : null, nodes);
}

/** `over (partition by … order by … rows …)`. */
function inWindow(nodes: readonly Node[]): Where {
  if (nodes.length === 0)
    return { kind: 'words', words: ['partition by', 'order by', 'rows between', 'range between'] };
  if (isWord(nodes.at(-1), 'partition', 'order')) return { kind: 'words', words: ['by'] };
  const by = nodes.findLastIndex((node) => isWord(node, 'by'));
  if (by < 0) return { kind: 'nothing' };
  const frame = nodes.findLastIndex((node) => isWord(node, 'rows', 'range', 'groups'));
  if (frame > by)
    return {
      kind: 'words',
      words: ['between', 'unbounded preceding', 'unbounded following', 'current row', 'and', 'preceding', 'following'],
    };
  const where = expression('order by', nodes.slice(by + 1));
  return where.kind === 'after' ? { ...where, clause: 'window' } : where;
}
