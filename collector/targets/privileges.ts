/** From a scope to the GRANT statements that are exactly that scope, and to those that take it back. Pure. */
import { Buffer } from 'node:buffer';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Columns, Scope, TableScope } from '../../shared/grants.ts';

/** PostgreSQL cuts longer names silently, and a cut name may be another table. */
const MAX_IDENTIFIER_BYTES = 63;

/** An identifier as it stands in the catalog, made safe for SQL text. */
export function quoted(name: string): string {
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES || name.includes('\0') || name === '')
    throw new Fault(
      'bad_identifier',
      `${JSON.stringify(name)} cannot be a PostgreSQL name: it must have 1 to 63 bytes and no zero byte.`,
      'Correct the scope in the policy.',
    );
  return pg.escapeIdentifier(name);
}

const tableName = (table: TableScope): string => `${quoted(table.schema)}.${quoted(table.table)}`;

const clause = (privilege: string, columns: Columns | undefined): string[] => {
  if (columns === undefined) return [];
  return columns === '*' ? [privilege] : [`${privilege} (${columns.map(quoted).join(', ')})`];
};

export const schemasOf = (scope: Scope): string[] => [...new Set(scope.tables.map((table) => table.schema))];

/** Every privilege of the scope and nothing else; a scope of mode `read` never yields more than SELECT. */
export const grantStatements = (scope: Scope, role: string): string[] => statements(scope, role, 'grant', 'to');
/** Takes back what {@link grantStatements} gave. Of a table, what other scopes gave on its columns goes with it. */
export const revokeStatements = (scope: Scope, role: string): string[] => statements(scope, role, 'revoke', 'from');

function statements(scope: Scope, role: string, verb: 'grant' | 'revoke', preposition: 'to' | 'from'): string[] {
  const whom = `${preposition} ${quoted(role)}`;
  const statements = schemasOf(scope).map((schema) => `${verb} usage on schema ${quoted(schema)} ${whom}`);
  for (const table of scope.tables) {
    const writes = table.insert !== undefined || table.update !== undefined || table.delete === true;
    if (scope.mode === 'read' && writes)
      throw new Fault(
        'bad_scope',
        `Scope ${scope.id} is for reading but writes to ${table.schema}.${table.table}.`,
        'Correct the scope in the policy.',
      );
    const privileges = [
      ...clause('select', table.select),
      ...clause('insert', table.insert),
      ...clause('update', table.update),
      ...(table.delete === true ? ['delete'] : []),
    ];
    if (privileges.length > 0) statements.push(`${verb} ${privileges.join(', ')} on table ${tableName(table)} ${whom}`);
  }
  return statements;
}
