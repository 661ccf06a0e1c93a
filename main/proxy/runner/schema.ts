/** The schema tree of one grant: one catalog query, on a connection of its own so that it never delays the user. */
import type { Scope } from '../../../shared/grants.ts';
import type { SchemaTable } from '../../../shared/ipc.ts';

/**
 * Every table and view in the schemas of the scope and in those that the role may use, one row a column, ordered. What
 * is allowed is asked of the database, not of the grant.
 */
export function schemaQuery(scope: Scope): string {
  const schemas = [...new Set(scope.tables.map(({ schema }) => schema))].map(literal).join(', ');
  return `
select n.nspname, c.relname, c.relkind::text, c.reltuples::bigint, a.attname, format_type(a.atttypid, a.atttypmod),
  coalesce(a.attnum = any (pk.conkey), false), not a.attnotnull,
  has_column_privilege(c.oid, a.attnum, 'select'),
  has_table_privilege(c.oid, 'insert, update, delete') or has_any_column_privilege(c.oid, 'insert, update'),
  fk.target
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_constraint pk on pk.conrelid = c.oid and pk.contype = 'p'
left join lateral (
  select pg_catalog.concat_ws('.', fn.nspname, fc.relname, fa.attname) as target
  from pg_catalog.pg_constraint f
  join pg_catalog.pg_class fc on fc.oid = f.confrelid
  join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
  join pg_catalog.pg_attribute fa on fa.attrelid = f.confrelid
    and fa.attnum = f.confkey[pg_catalog.array_position(f.conkey, a.attnum)]
  where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any (f.conkey)
  order by f.oid limit 1
) fk on true
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and (n.nspname in (${schemas}) or has_schema_privilege(n.oid, 'usage'))
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname, c.relname, a.attnum`.trim();
}

export function schemaTables(rows: readonly (readonly (string | null)[])[]): SchemaTable[] {
  const tables = new Map<string, SchemaTable>();
  for (const row of rows) {
    const [schema, name, kind, tuples, column, type, pk, nullable, allowed, writes, references] = row;
    const key = JSON.stringify([schema, name]);
    const estimate = Number(tuples ?? -1);
    const table: SchemaTable = tables.get(key) ?? {
      schema: schema ?? '',
      name: name ?? '',
      kind: kind === 'p' ? 'partitioned' : kind === 'v' || kind === 'm' ? 'view' : 'table',
      rows: kind === 'v' || estimate < 0 ? null : estimate,
      select: 'none',
      writes: writes === 't',
      columns: [],
    };
    table.columns.push({
      name: column ?? '',
      type: type ?? '',
      pk: pk === 't',
      references: references ?? null,
      nullable: nullable === 't',
      allowed: allowed === 't',
    });
    tables.set(key, table);
  }
  return [...tables.values()].map((table) => {
    const allowed = table.columns.filter((column) => column.allowed).length;
    return { ...table, select: allowed === 0 ? 'none' : allowed === table.columns.length ? 'all' : 'some' };
  });
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
