/** Shapes that are right now and then, and a disaster by mistake: the app asks once before it sends them. */
import type { Node } from './parser.ts';
import { isNode, list, stringOf, unwrap, walk, word } from './tree.ts';

export interface Danger {
  readonly code: 'update_all' | 'delete_all' | 'drop' | 'truncate' | 'drop_many';
  /** A question, an explanation, and the words on the button. */
  readonly title: string;
  readonly detail: string;
  readonly action: string;
}

export function dangerOf(stmt: Node): Danger | null {
  const [name, body] = unwrap(stmt);
  if (name === 'ExplainStmt') {
    const analyses = list(body.options).some((option) => unwrap(option)[1].defname === 'analyze');
    return analyses && isNode(body.query) ? dangerOf(body.query) : null;
  }
  if (name === 'PrepareStmt') return isNode(body.query) ? dangerOf(body.query) : null;
  if (name === 'DropStmt') return dropped(body);
  if (name === 'TruncateStmt') {
    const tables = list(body.relations).map((table) => tableName(unwrap(table)[1]));
    return {
      code: 'truncate',
      title: `Empty ${tables.join(', ')}?`,
      detail: 'TRUNCATE removes every row.',
      action: 'Truncate',
    };
  }
  let found: Danger | null = null;
  walk(stmt, (node, inner) => {
    if ((node === 'UpdateStmt' || node === 'DeleteStmt') && inner.whereClause === undefined)
      found ??= withoutWhere(node === 'UpdateStmt', tableName(inner.relation));
    return found === null;
  });
  return found;
}

function withoutWhere(update: boolean, table: string): Danger {
  return update
    ? {
        code: 'update_all',
        title: `Update every row of ${table}?`,
        detail: 'This UPDATE has no WHERE.',
        action: 'Update every row',
      }
    : {
        code: 'delete_all',
        title: `Delete every row of ${table}?`,
        detail: 'This DELETE has no WHERE.',
        action: 'Delete every row',
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
  return {
    code: 'drop',
    title: `Drop ${what} ${names[0] ?? ''}?`,
    detail: `It will be gone, with everything in it.${cascade}`,
    action: 'Drop it',
  };
}

function tableName(relation: unknown): string {
  if (!isNode(relation)) return 'the table';
  const schema = word(relation.schemaname);
  return schema === '' ? word(relation.relname) : `${schema}.${word(relation.relname)}`;
}
