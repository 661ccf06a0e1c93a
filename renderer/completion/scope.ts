/** Which relations a query reads, under which names, and which columns they have: FROM, CTEs, subqueries, targets. */
import type { CatalogueTable } from '../../shared/ipc-completion.ts';
import type { CatalogueIndex } from './catalogue.ts';
import { type Clause, type ClauseName, chainAt, clausesOf, commonTables, isQuery, items } from './clauses.ts';
import { isName, isSymbol, isWord, type Level, type Node } from './tree.ts';

export interface Column {
  readonly name: string;
  /** Null where it is computed. */
  readonly type: string | null;
  readonly comment: string | null;
  readonly allowed: boolean;
  /** The table that it comes from, unchanged. */
  readonly of: CatalogueTable | null;
}
export interface Source {
  /** What it is called in the query. */
  readonly name: string;
  readonly aliased: boolean;
  readonly table: CatalogueTable | null;
  readonly columns: readonly Column[];
  readonly start: number;
}
/** What names mean at one place: common tables, and what a subquery may read of the queries around it. */
export interface Env {
  readonly index: CatalogueIndex;
  readonly common: ReadonlyMap<string, readonly Column[]>;
}
/** One query, or one arm of a UNION. */
export interface Arm {
  readonly nodes: readonly Node[];
  readonly clauses: readonly Clause[];
  readonly sources: readonly Source[];
  /** Of INSERT, UPDATE, DELETE and MERGE. */
  readonly target: Source | null;
}
export interface Scope {
  readonly env: Env;
  readonly arm: Arm;
  /** Of the query itself first, then of those around it. */
  readonly levels: readonly (readonly Source[])[];
}

const plain = (name: string, type: string | null = null): Column => ({
  name,
  type,
  comment: null,
  allowed: true,
  of: null,
});
export const columnsOf = (table: CatalogueTable): Column[] =>
  table.columns.map(({ name, type, comment, allowed }) => ({ name, type, comment, allowed, of: table }));

/** The scope at a level: what the queries around it define comes first, from the outermost inwards. */
export function scopeAt(level: Level, cursor: number, index: CatalogueIndex): Scope {
  const path: Level[] = [];
  for (let one: Level | null = level; one !== null; one = one.parent) path.unshift(one);
  let env: Env = { index, common: new Map() };
  let arm: Arm = { nodes: [], clauses: [], sources: [], target: null };
  const levels: (readonly Source[])[] = [];
  for (const one of path) {
    if (one.parent !== null && !isQuery(one.nodes)) continue;
    env = withCommon(one.nodes, env, cursor);
    arm = armAt(one.nodes, env, cursor);
    levels.unshift(arm.sources);
  }
  return { env, arm, levels };
}

function withCommon(nodes: readonly Node[], env: Env, cursor: number): Env {
  const clause = clausesOf(nodes).find(({ name }) => name === 'with');
  if (clause === undefined) return env;
  const common = new Map(env.common);
  const { all, recursive } = commonTables(nodes, clause.from);
  for (const { name, columns, body } of all) {
    const inside = body !== null && body.start < cursor && cursor < body.end;
    if (inside && !recursive) break;
    if (recursive) common.set(name, named([], columns));
    const known = body === null ? [] : outputOf(body.nodes, { ...env, common });
    common.set(name, named(known, columns));
    if (inside) break;
  }
  return { ...env, common };
}

/** Columns under the names that a column list gives them. */
function named(columns: readonly Column[], names: readonly string[] | null): readonly Column[] {
  if (names === null) return columns;
  const all = names.map((name, i): Column => ({ ...(columns[i] ?? plain(name)), name }));
  return [...all, ...columns.slice(names.length)];
}

function armAt(nodes: readonly Node[], env: Env, cursor: number): Arm {
  let from = 0;
  let to = nodes.length;
  for (const { name, from: at } of clausesOf(nodes)) {
    const start = nodes[at - 1]?.start ?? 0;
    if (name !== 'set operation') continue;
    if (start < cursor) from = at;
    else {
      to = at - 1;
      break;
    }
  }
  return armOf(nodes.slice(from, to), env);
}

const READS: readonly ClauseName[] = ['update', 'delete', 'insert', 'merge', 'from', 'using'];
const TARGETS: readonly ClauseName[] = ['update', 'delete', 'insert', 'merge'];

export function armOf(nodes: readonly Node[], env: Env): Arm {
  const clauses = clausesOf(nodes);
  const sources: Source[] = [];
  let target: Source | null = null;
  for (const { name, from, to } of clauses) {
    if (!READS.includes(name)) continue;
    const read = sourcesOf(name === 'insert' ? untilGroup(nodes.slice(from, to)) : nodes.slice(from, to), env);
    if (TARGETS.includes(name)) target = read[0] ?? target;
    sources.push(...read);
  }
  return { nodes, clauses, sources, target };
}

const untilGroup = (nodes: readonly Node[]): readonly Node[] => {
  const end = nodes.findIndex(({ kind }) => kind === 'group');
  return end < 0 ? nodes : nodes.slice(0, end);
};

const JOINS = new Set('join inner left right full outer cross natural'.split(' '));
const NO_ALIAS = new Set(
  'on using where group order having limit offset fetch for union intersect except set values returning tablesample window with as default select from lateral when'.split(
    ' ',
  ),
);
/** `left (…)` is a function. */
export const joins = (nodes: readonly Node[], i: number): boolean => {
  const node = nodes[i];
  return isWord(node) && JOINS.has(node.name) && nodes[i + 1]?.kind !== 'group';
};

/** The relations of a FROM list. */
export function sourcesOf(nodes: readonly Node[], env: Env): Source[] {
  const all: Source[] = [];
  for (let i = 0; i < nodes.length; ) {
    const node = nodes[i];
    if (node === undefined) break;
    if (isWord(node, 'on', 'using')) {
      i++;
      while (i < nodes.length && !joins(nodes, i) && !isSymbol(nodes[i], ',')) i++;
    } else if (joins(nodes, i) || isWord(node, 'lateral', 'only') || isSymbol(node, ',')) i++;
    else if (node.kind === 'group' || isName(node)) {
      const read = sourceAt(nodes, i, env);
      all.push(...read.sources);
      i = Math.max(i + 1, read.next);
    } else i++;
  }
  return all;
}

function sourceAt(
  nodes: readonly Node[],
  at: number,
  env: Env,
): { readonly sources: readonly Source[]; readonly next: number } {
  const node = nodes[at];
  const start = node?.start ?? 0;
  if (node?.kind === 'group') {
    if (!isQuery(node.nodes)) return { sources: sourcesOf(node.nodes, env), next: at + 1 };
    const alias = aliasAt(nodes, at + 1);
    const columns = named(outputOf(node.nodes, env), alias.columns);
    return { sources: [{ name: alias.name ?? '', aliased: true, table: null, columns, start }], next: alias.next };
  }
  const { names, next, whole } = chainAt(nodes, at);
  const name = names.at(-1) ?? '';
  if (!whole) return { sources: [], next };
  const schema = names.at(-2) ?? null;
  if (nodes[next]?.kind === 'group') {
    const alias = aliasAt(nodes, next + 1);
    const called = alias.name ?? name;
    const result = env.index.overloads(schema, name)?.all[0];
    const columns = named(
      tableResult(result?.result ?? null) ?? [plain(called, setOf(result?.result ?? null))],
      alias.columns,
    );
    return { sources: [{ name: called, aliased: alias.name !== null, table: null, columns, start }], next: alias.next };
  }
  const alias = aliasAt(nodes, next);
  const common = schema === null ? env.common.get(name) : undefined;
  const table = common === undefined ? env.index.table(schema, name) : null;
  const columns = named(common ?? (table === null ? [] : columnsOf(table)), alias.columns);
  return {
    sources: [{ name: alias.name ?? name, aliased: alias.name !== null, table, columns, start }],
    next: alias.next,
  };
}

function aliasAt(
  nodes: readonly Node[],
  at: number,
): { name: string | null; columns: readonly string[] | null; next: number } {
  let i = at;
  if (isWord(nodes[i], 'with') && isWord(nodes[i + 1], 'ordinality')) i += 2;
  const as = isWord(nodes[i], 'as');
  if (as) i++;
  const node = nodes[i];
  if (!isName(node) || (node.kind === 'word' && (NO_ALIAS.has(node.name) || joins(nodes, i))))
    return { name: null, columns: null, next: i };
  i++;
  const list = nodes[i];
  if (list?.kind !== 'group') return { name: node.name, columns: null, next: i };
  // Of a column definition list (`a int, b text`) the first word of each.
  const columns = items(list.nodes).flatMap(([first]) => (isName(first) ? [first.name] : []));
  return { name: node.name, columns, next: i + 1 };
}

const setOf = (result: string | null): string | null => result?.replace(/^SETOF /, '') ?? null;
/** Of `TABLE(word text, catcode "char")`. */
const tableResult = (result: string | null): Column[] | null =>
  result?.startsWith('TABLE(') !== true
    ? null
    : result
        .slice(6, -1)
        .split(/, (?=\S+ )/)
        .map((part) => plain(part.split(' ')[0]?.replaceAll('"', '') ?? '', part.split(' ').slice(1).join(' ')));

/** The columns that a query answers with. */
export function outputOf(nodes: readonly Node[], around: Env): readonly Column[] {
  const env = withCommon(nodes, around, -1);
  const all = clausesOf(nodes);
  const end = all.find(({ name }) => name === 'set operation');
  const arm = armOf(end === undefined ? nodes : nodes.slice(0, end.from - 1), env);
  const clause = (wanted: ClauseName) => arm.clauses.find(({ name }) => name === wanted);
  const list = arm.target === null ? clause('select') : clause('returning');
  if (list !== undefined)
    return items(arm.nodes.slice(list.from, list.to)).flatMap((item) => outputs(item, arm.sources));
  const values = clause('values');
  const row = values === undefined ? undefined : arm.nodes[values.from];
  return row?.kind === 'group' ? items(row.nodes).map((_, i) => plain(`column${i + 1}`)) : [];
}

/** What stands in a select list under a name. */
export function outputs(whole: readonly Node[], sources: readonly Source[]): readonly Column[] {
  const item = isWord(whole[0], 'distinct', 'all') ? whole.slice(1) : whole;
  const last = item.at(-1);
  const { names, next } = chainAt(item, 0);
  if (last !== undefined && isSymbol(last, '*') && (item.length === 1 || next === item.length - 1))
    return sources.filter(({ name }) => names.length === 0 || name === names.at(-1)).flatMap(({ columns }) => columns);
  const column = resolve(names, [sources]);
  if (next === item.length) return column === null ? (names.length === 0 ? [] : [plain(names.at(-1) ?? '')]) : [column];
  const before = item.at(-2);
  if (
    isName(last) &&
    !isWord(last, 'end') &&
    before !== undefined &&
    !isSymbol(before, '.') &&
    before.kind !== 'symbol'
  )
    return [{ ...(column !== null && next >= item.length - 2 ? column : plain(last.name)), name: last.name }];
  const cast = item.findIndex((node) => isSymbol(node, '::'));
  if (column !== null && cast === next) return [plain(column.name)];
  if (isWord(item[0], 'case')) return [plain('case')];
  return names.length > 0 && item[next]?.kind === 'group' ? [plain(names.at(-1) ?? '')] : [];
}

/** The column that a name, qualified or not, means in these sources. */
export function resolve(names: readonly string[], levels: readonly (readonly Source[])[]): Column | null {
  const [column, of] = [names.at(-1), names.at(-2)];
  for (const sources of levels)
    for (const source of sources) {
      if (of !== undefined && source.name !== of) continue;
      const found = source.columns.find(({ name }) => name === column);
      if (found !== undefined) return found;
    }
  return null;
}
