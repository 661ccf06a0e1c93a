/** Shapes that are right now and then, and a disaster by mistake: the app asks once before it sends them. */
import { explainRuns } from './effects.ts';
import type { Node } from './parser.ts';
import { isNode, list, stringOf, unwrap, walk, word } from './tree.ts';
import { alwaysTrue, namesNothingOf } from './where.ts';

export interface Danger {
  readonly code:
    | 'update_all'
    | 'delete_all'
    | 'merge_all'
    | 'write_many'
    | 'drop'
    | 'truncate'
    | 'drop_many'
    | 'drop_column';
  /** A question, an explanation, and the words on the button. */
  readonly title: string;
  readonly detail: string;
  readonly action: string;
}

export function dangerOf(stmt: Node): Danger | null {
  const [name, body] = unwrap(stmt);
  switch (name) {
    case 'ExplainStmt':
      return explainRuns(body) && isNode(body.query) ? dangerOf(body.query) : null;
    case 'PrepareStmt':
      return isNode(body.query) ? dangerOf(body.query) : null;
    case 'DropStmt':
      return dropped(body);
    case 'DropdbStmt':
      return droppedOne('database', word(body.dbname), '');
    case 'TruncateStmt':
      return truncated(body);
    case 'AlterTableStmt':
      return columnsDropped(body);
    default:
      return written(stmt);
  }
}

/** INSERT, UPDATE, DELETE and MERGE, at any depth of CTEs. */
function written(stmt: Node): Danger | null {
  let found: Danger | null = null;
  const changed = new Set<string>();
  walk(stmt, (node, body) => {
    if (node === 'InsertStmt' || node === 'UpdateStmt' || node === 'DeleteStmt' || node === 'MergeStmt')
      changed.add(tableName(body.relation));
    if (node === 'UpdateStmt' || node === 'DeleteStmt') found ??= everyRow(node === 'UpdateStmt', body);
    if (node === 'MergeStmt') found ??= mergedAll(body);
    return true;
  });
  return found ?? (changed.size > 1 ? many([...changed]) : null);
}

function everyRow(update: boolean, body: Node): Danger | null {
  const what = update ? 'UPDATE' : 'DELETE';
  const why =
    body.whereClause === undefined
      ? `This ${what} has no WHERE.`
      : alwaysTrue(body.whereClause)
        ? `The WHERE of this ${what} is true for every row.`
        : namesNothingOf(body.whereClause, body.relation)
          ? `The WHERE of this ${what} names no column of ${tableName(body.relation)}: it holds for every row or for none.`
          : null;
  if (why === null) return null;
  const table = tableName(body.relation);
  return update
    ? { code: 'update_all', title: `Update every row of ${table}?`, detail: why, action: 'Update every row' }
    : { code: 'delete_all', title: `Delete every row of ${table}?`, detail: why, action: 'Delete every row' };
}

/** MERGE that changes rows whatever the source says: matched by a condition that is always true, or not matched at all. */
function mergedAll(body: Node): Danger | null {
  const table = tableName(body.relation);
  for (const clause of list(body.mergeWhenClauses)) {
    const [, when] = unwrap(clause);
    if (when.commandType !== 'CMD_UPDATE' && when.commandType !== 'CMD_DELETE') continue;
    if (when.condition !== undefined && !alwaysTrue(when.condition)) continue;
    const bySource = when.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE';
    if (!bySource && !alwaysTrue(body.joinCondition)) continue;
    return {
      code: 'merge_all',
      title: `Change every row of ${table}${bySource ? ' that the source does not have' : ''}?`,
      detail: bySource
        ? 'WHEN NOT MATCHED BY SOURCE has no further condition.'
        : 'The ON of this MERGE is true for every row.',
      action: 'Merge',
    };
  }
  return null;
}

const many = (tables: readonly string[]): Danger => ({
  code: 'write_many',
  title: `Change ${tables.length} tables at once?`,
  detail: `This one statement writes to ${tables.join(', ')}.`,
  action: `Change ${tables.length} tables`,
});

function truncated(body: Node): Danger {
  const tables = list(body.relations).map((table) => tableName(unwrap(table)[1]));
  const cascade = body.behavior === 'DROP_CASCADE' ? ' CASCADE empties every table that refers to them as well.' : '';
  return {
    code: 'truncate',
    title: `Empty ${tables.join(', ')}?`,
    detail: `TRUNCATE removes every row.${cascade}`,
    action: 'Truncate',
  };
}

function columnsDropped(body: Node): Danger | null {
  const columns = list(body.cmds).flatMap((cmd) => {
    const [, command] = unwrap(cmd);
    return command.subtype === 'AT_DropColumn' ? [word(command.name)] : [];
  });
  if (columns.length === 0) return null;
  const which = columns.length === 1 ? `column ${columns[0]}` : `columns ${columns.join(', ')}`;
  return {
    code: 'drop_column',
    title: `Drop ${which} of ${tableName(body.relation)}?`,
    detail: `${columns.length === 1 ? 'It' : 'They'} will be gone, with everything in ${columns.length === 1 ? 'it' : 'them'}.`,
    action: columns.length === 1 ? 'Drop the column' : 'Drop the columns',
  };
}

function dropped(body: Node): Danger {
  const what = word(body.removeType)
    .replace(/^OBJECT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  const names = list(body.objects).map((object) => {
    const [type, inner] = unwrap(object);
    return type === 'List' ? list(inner.items).map(stringOf).join('.') : stringOf(object);
  });
  const cascade = body.behavior === 'DROP_CASCADE' ? ' CASCADE also drops everything that depends on it.' : '';
  if (names.length > 1)
    return {
      code: 'drop_many',
      title: `Drop ${names.length} objects at once?`,
      detail: `${names.join(', ')} will be gone, with everything in them.${cascade}`,
      action: `Drop ${names.length} objects`,
    };
  return droppedOne(what, names[0] ?? '', cascade);
}

const droppedOne = (what: string, name: string, cascade: string): Danger => ({
  code: 'drop',
  title: `Drop ${what} ${name}?`,
  detail: `It will be gone, with everything in it.${cascade}`,
  action: 'Drop it',
});

function tableName(relation: unknown): string {
  if (!isNode(relation)) return 'the table';
  const schema = word(relation.schemaname);
  return schema === '' ? word(relation.relname) : `${schema}.${word(relation.relname)}`;
}
