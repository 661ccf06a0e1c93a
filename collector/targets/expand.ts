/**
 * A scope that means every table of a schema, or what a role owns, spelled out: what is granted, approved, signed and verified names tables. A table
 * that is made afterwards is not part of it. (I6)
 */
import type pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import { EVERY_TABLE, type Scope, type TableScope } from '../../shared/grants.ts';
import type { Admin } from './admin.ts';
import { ownerOf, tablesOfOwner } from './owner.ts';

/** More is no narrow access, and no approver reads it. */
const MOST_TABLES = 500;

export const isSpelledOut = (scope: Scope): boolean =>
  scope.owner === undefined && scope.tables.every(({ table }) => table !== EVERY_TABLE);

const isTable =
  (a: TableScope) =>
  (b: TableScope): boolean =>
    a.schema === b.schema && a.table === b.table;

interface Found {
  readonly name: string;
  /** It takes rows; a view or a foreign table is only read. */
  readonly writable: boolean;
}

/** Tables, views and what else can be read in a schema, less what belongs to an extension. */
const TABLES = `
  select c.relname as name, c.relkind in ('r', 'p') as writable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by c.relname`;

/** What a table is named for itself counts for it, not what is said of all. Throws a Fault where nothing is there. */
export async function expandScope(admin: Admin, scope: Scope): Promise<Scope> {
  if (isSpelledOut(scope)) return scope;
  return admin.with(async (client) => {
    const named = new Set(scope.tables.map(({ schema, table }) => JSON.stringify([schema, table])));
    const tables: TableScope[] = [];
    for (const entry of scope.tables) {
      if (entry.table !== EVERY_TABLE) tables.push(entry);
      else tables.push(...(await everyTable(client, entry, named)));
    }
    const owner = await ownerOf(client, scope);
    if (owner !== null)
      for (const table of await tablesOfOwner(client, owner)) if (!tables.some(isTable(table))) tables.push(table);
    if (tables.length > MOST_TABLES)
      throw new Fault(
        'scope_too_wide',
        `Scope ${scope.id} means ${tables.length} tables on ${admin.target.id}; a grant names at most ${MOST_TABLES}.`,
        'Ask an operator to name fewer tables in the policy.',
      );
    if (tables.length === 0 && owner === null)
      throw new Fault('scope_mismatch', `Scope ${scope.id} means no table that exists on ${admin.target.id}.`);
    return { ...scope, tables };
  });
}

async function everyTable(client: pg.ClientBase, entry: TableScope, named: ReadonlySet<string>): Promise<TableScope[]> {
  const { except = [], insert, update, delete: erase, ...reading } = entry;
  const found = await client.query<Found>(TABLES, [entry.schema]);
  return found.rows
    .filter(({ name }) => !except.includes(name) && !named.has(JSON.stringify([entry.schema, name])))
    .map(({ name, writable }): TableScope => {
      const writing = {
        ...(insert === undefined ? {} : { insert }),
        ...(update === undefined ? {} : { update }),
        ...(erase === undefined ? {} : { delete: erase }),
      };
      return { ...reading, table: name, ...(writable ? writing : {}) };
    })
    .filter((table) => Boolean(table.select ?? table.insert ?? table.update ?? table.delete));
}
