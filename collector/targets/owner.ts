/**
 * Scopes that change the schema: the ephemeral role gets what a role of the database has that owns the objects, as a member
 * that inherits from it and cannot become it. PostgreSQL has no finer way to ALTER or DROP. (I3, I6)
 */
import type pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Scope, TableScope } from '../../shared/grants.ts';
import { quoted } from './privileges.ts';

/** From this version on a membership can be given without SET ROLE. */
const OPTIONS_SINCE = 160_000;

export interface Owner {
  readonly oid: number;
  readonly name: string;
}

const OWNER = `
  select oid, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or rolname ~ '^pg_' as powerful
    from pg_roles where rolname = $1`;

/** Null for a scope that changes no schema. Throws a Fault where the owner is not there, or could do more than own. */
export async function ownerOf(client: pg.ClientBase, scope: Scope): Promise<Owner | null> {
  if (scope.owner === undefined) return null;
  const found = await client.query<{ oid: number; powerful: boolean }>(OWNER, [scope.owner]);
  const row = found.rows[0];
  if (row !== undefined && !row.powerful) return { oid: row.oid, name: scope.owner };
  const why = row === undefined ? 'does not exist' : 'could do more than change what it owns';
  throw new Fault(
    'scope_mismatch',
    `Scope ${scope.id} gives what ${scope.owner} has, and that role ${why}. No role was created.`,
    'Ask an operator to name another owner in the policy.',
  );
}

/** Before PostgreSQL 16 a role inherits from all of its roles or from none. */
export const inherits = (scope: Scope, version: number): 'inherit' | 'noinherit' =>
  scope.owner !== undefined && version < OPTIONS_SINCE ? 'inherit' : 'noinherit';

export const ownerStatement = (owner: string, role: string, version: number): string =>
  `grant ${quoted(owner)} to ${quoted(role)}${version >= OPTIONS_SINCE ? ' with inherit true, set false' : ''}`;

/** Schemas in which the owner may create something. */
export async function schemasToChange(client: pg.ClientBase, owner: Owner): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema' and has_schema_privilege($1::oid, oid, 'create') order by 1`,
    [owner.oid],
  );
  return found.rows.map(({ name }) => name);
}

/** Tables that it owns now; what is made later is its own as well. */
export async function tablesOfOwner(client: pg.ClientBase, owner: Owner): Promise<TableScope[]> {
  const found = await client.query<{ schema: string; table: string }>(
    `select n.nspname as schema, c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relowner = $1 and c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' order by 1, 2`,
    [owner.oid],
  );
  return found.rows.map((row) => ({ ...row, select: '*', insert: '*', update: '*', delete: true }));
}
