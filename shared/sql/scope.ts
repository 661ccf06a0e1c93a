/**
 * Tables and columns of a query that a scope does not hold. Names are resolved as PostgreSQL does it, innermost query
 * first; where that cannot be done from the text alone nothing is said. (I6)
 */
import type { Columns, Scope, TableScope } from '../grants.ts';
import type { Node } from './parser.ts';
import { isNode, list, locationOf, stringOf, unwrap, walk, word } from './tree.ts';

export interface Outside {
  /** Byte offset in the text of the statement. */
  readonly at: number;
  readonly message: string;
}

/** What stands in a FROM: a table of the scope, or (null) anything else, about whose columns nothing is known. */
interface Source {
  readonly name: string;
  readonly table: TableScope | null;
}
type Level = readonly Source[];

const queries = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);
const targets = { InsertStmt: 'insert', UpdateStmt: 'update', DeleteStmt: 'delete' } as const;
/** A bare name in these may be a column of the answer. */
const MAY_NAME_ANSWERS = new Set(['sortClause', 'groupClause', 'distinctClause']);
const SYSTEM_COLUMNS = new Set('ctid xmin xmax cmin cmax tableoid'.split(' '));

/** In the order of the tree. Only queries and writes of rows; also inside EXPLAIN. */
export function outsideScope(stmt: Node, scope: Scope): readonly Outside[] {
  const [name, body] = unwrap(stmt);
  if (name === 'ExplainStmt') return isNode(body.query) ? outsideScope(body.query, scope) : [];
  if (!queries.has(name)) return [];
  const look = new Look(stmt, scope);
  look.query(name, body, []);
  return look.found;
}

class Look {
  readonly found: Outside[] = [];
  readonly #scope: Scope;
  readonly #common = new Set<string>();

  constructor(stmt: Node, scope: Scope) {
    this.#scope = scope;
    walk(stmt, (_name, body) => {
      if (typeof body.ctename === 'string') this.#common.add(body.ctename);
      return true;
    });
  }

  query(name: string, body: Node, outer: readonly Level[]): void {
    const level: Source[] = [];
    const relation = isNode(body.relation) ? body.relation : null;
    if (relation !== null) level.push({ name: sourceName(relation), table: this.#target(name, relation, body) });
    for (const clause of [body.fromClause, body.usingClause, body.sourceRelation])
      for (const item of Array.isArray(clause) ? clause : [clause]) this.#from(item, level);
    const all = [level, ...outer];
    const only = name === 'SelectStmt' && outer.length === 0 && level.length === 1 ? level[0] : undefined;
    for (const [key, value] of Object.entries(body)) {
      if (key === 'relation') continue;
      this.#inside({ [key]: value }, all, MAY_NAME_ANSWERS.has(key) ? undefined : only);
    }
  }

  /** Everything below that is no query of its own. */
  #inside(tree: unknown, levels: readonly Level[], only: Source | undefined): void {
    walk(tree, (name, body) => {
      if (queries.has(name)) {
        this.query(name, body, levels);
        return false;
      }
      // The arms of a UNION stand bare in their parent.
      if (name === 'larg' || name === 'rarg')
        if (body.op !== undefined) {
          this.query('SelectStmt', body, levels.slice(1));
          return false;
        }
      if (name === 'ColumnRef') this.#column(body, levels, only);
      return true;
    });
  }

  #target(name: string, relation: Node, body: Node): TableScope | null {
    const table = this.#table(relation);
    const at = locationOf(relation);
    const right = name === 'InsertStmt' || name === 'UpdateStmt' || name === 'DeleteStmt' ? targets[name] : null;
    if (table === null || at === null || right === null) return null;
    const allowed = table[right];
    if (allowed === undefined) {
      const deed = { insert: 'insert into', update: 'update', delete: 'delete from' }[right];
      this.found.push({ at, message: `This grant may not ${deed} ${full(table)}.` });
    } else if (Array.isArray(allowed))
      for (const column of list(name === 'InsertStmt' ? body.cols : body.targetList)) {
        const [, named] = unwrap(column);
        const place = locationOf(named);
        if (place !== null && !allowed.includes(word(named.name)))
          this.found.push({ at: place, message: notAllowed(table, word(named.name), allowed, 'change') });
      }
    // What may be written need not be readable.
    return null;
  }

  #from(item: unknown, level: Source[]): void {
    const [name, body] = unwrap(item);
    if (name === 'JoinExpr') {
      this.#from(body.larg, level);
      this.#from(body.rarg, level);
      if (isNode(body.alias)) level.push({ name: word(body.alias.aliasname), table: null });
    } else if (name === 'RangeVar') {
      const table = this.#table(body);
      const at = locationOf(body);
      const closed = table !== null && table.select === undefined;
      if (closed && at !== null) this.found.push({ at, message: `This grant may not read ${full(table)}.` });
      // An alias with names for the columns hides the table's own.
      const renamed = isNode(body.alias) && body.alias.colnames !== undefined;
      level.push({ name: sourceName(body), table: renamed || closed ? null : table });
    } else if (name !== '') level.push({ name: isNode(body.alias) ? word(body.alias.aliasname) : '', table: null });
  }

  /** The table of the scope; null where there is none, which is said unless the name may be something else. */
  #table(range: Node): TableScope | null {
    const schema = word(range.schemaname);
    const name = word(range.relname);
    const all = this.#scope.tables.filter(
      (table) => table.table === name && (schema === '' ? !this.#common.has(name) : table.schema === schema),
    );
    if (all.length > 0) return all.length === 1 ? (all[0] ?? null) : null;
    const system = /^(pg_|information_schema$)/;
    // Who may write may have made temporary tables.
    const other =
      schema === ''
        ? this.#common.has(name) || system.test(name) || this.#scope.mode === 'write'
        : system.test(schema) || word(range.catalogname) !== '';
    const at = locationOf(range);
    if (!other && at !== null)
      this.found.push({ at, message: `${schema === '' ? name : `${schema}.${name}`} is not in this grant.` });
    return null;
  }

  #column(ref: Node, levels: readonly Level[], only: Source | undefined): void {
    const at = locationOf(ref);
    const fields = list(ref.fields);
    const last = fields.at(-1);
    const star = unwrap(last)[0] === 'A_Star';
    if (at === null) return;
    if (fields.length > 1) {
      const qualifier = stringOf(fields.at(-2));
      const level = levels.find((one) => one.some(({ name }) => name === qualifier));
      const source = level?.find(({ name }) => name === qualifier);
      this.#said(at, source?.table ?? null, star ? null : stringOf(last));
    } else if (star) for (const { table } of levels[0] ?? []) this.#said(at, table, null);
    // The name of a table alone is a whole row of it.
    else if (only !== undefined && stringOf(last) !== only.name) this.#said(at, only.table, stringOf(last));
  }

  /** `column` null: all of them. */
  #said(at: number, table: TableScope | null, column: string | null): void {
    const allowed = table?.select;
    if (table === null || !Array.isArray(allowed)) return;
    if (column === null)
      this.found.push({
        at,
        message: `* asks for every column of ${full(table)}. This grant has ${named(allowed)}; if the table has more, the server refuses.`,
      });
    else if (!allowed.includes(column) && !SYSTEM_COLUMNS.has(column))
      this.found.push({ at, message: notAllowed(table, column, allowed, 'read') });
  }
}

const sourceName = (range: Node): string => (isNode(range.alias) ? word(range.alias.aliasname) : word(range.relname));
const full = ({ schema, table }: TableScope): string => `${schema}.${table}`;
const SHOWN = 8;
const named = (columns: Exclude<Columns, '*'>): string =>
  columns.length <= SHOWN
    ? columns.join(', ')
    : `${columns.slice(0, SHOWN).join(', ')} and ${columns.length - SHOWN} more`;
const notAllowed = (table: TableScope, column: string, allowed: Exclude<Columns, '*'>, deed: string): string =>
  `${full(table)}.${column} is not in this grant; what it may ${deed} there: ${named(allowed)}.`;
