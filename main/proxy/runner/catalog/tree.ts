/** The lines of the schema tree: what the scope names, and what else the role may use. */
import { z } from 'zod';
import type { Scope } from '../../../../shared/grants.ts';
import { relation, type SchemaTree, schemaItem, treeColumn } from '../../../../shared/ipc-schema.ts';
import { type CatalogQuestion, columnsOf, kindOf, listOf, literal, readableOf, rowsOf, writesOf } from './question.ts';

const treeLine = z.union([
  z.strictObject({ schema: z.strictObject({ name: z.string(), comment: z.string().nullable(), usable: z.boolean() }) }),
  z.strictObject({ relation }),
]);

/** Schemas first, then relations, both by name. What is allowed is asked of the database, not of the grant. */
export function treeQuestion(scope: Scope): CatalogQuestion<SchemaTree> {
  const lines = listOf(
    treeLine,
    `
(select json_build_object('schema', json_build_object('name', n.nspname,
  'comment', obj_description(n.oid, 'pg_namespace'), 'usable', has_schema_privilege(n.oid, 'usage')))
from pg_catalog.pg_namespace n
where ${shown(scope)}
order by n.nspname)
union all
(select json_build_object('relation', json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
  'kind', ${kindOf('c.relkind')}, 'comment', obj_description(c.oid, 'pg_class'), 'rows', ${rowsOf('c')},
  'columns', ${columnsOf('c')},
  'readable', case when c.relkind = 'S'
    then case when has_sequence_privilege(c.oid, 'usage, select') then ${columnsOf('c')} else 0 end
    else ${readableOf('c')} end,
  'writes', ${writesOf('c')}))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and not c.relispartition and ${shown(scope)}
  and not exists (select from pg_catalog.pg_depend d where c.relkind = 'S'
    and d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
order by n.nspname, c.relname)`,
  );
  return {
    text: lines.text,
    read(rows) {
      const all = lines.read(rows);
      return {
        schemas: all.flatMap((line) => ('schema' in line ? [line.schema] : [])),
        relations: all.flatMap((line) => ('relation' in line ? [line.relation] : [])),
      };
    },
  };
}

/** Of these relations, in order; of every relation in the tree with null. */
export const columnsQuestion = (scope: Scope, relations: readonly number[] | null) =>
  listOf(
    treeColumn,
    `
select json_build_object('relation', c.oid::bigint, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
  'pk', coalesce(a.attnum = any (pk.conkey), false), 'references', fk.target,
  'comment', col_description(c.oid, a.attnum), 'allowed', has_column_privilege(c.oid, a.attnum, 'select'))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_constraint pk on pk.conrelid = c.oid and pk.contype = 'p'
left join lateral (
  select pg_catalog.concat_ws('.', fn.nspname, fc.relname) as target
  from pg_catalog.pg_constraint f
  join pg_catalog.pg_class fc on fc.oid = f.confrelid
  join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
  where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any (f.conkey)
  order by f.oid limit 1
) fk on true
where c.relkind in ('r', 'p', 'f', 'v', 'm') and ${shown(scope)}
  and ${relations === null ? 'not c.relispartition' : `c.oid in (${[0, ...relations].join(', ')})`}
order by c.oid, a.attnum`,
  );

const routines = (scope: Scope) => `
select json_build_object('oid', p.oid::bigint, 'schema', n.nspname, 'name', p.proname,
  'kind', case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate' else 'window' end,
  'detail', pg_get_function_identity_arguments(p.oid), 'comment', obj_description(p.oid, 'pg_proc'),
  'allowed', has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where ${shown(scope)} and ${notOfExtension('pg_proc', 'p')}
order by n.nspname, p.proname, p.oid`;

const types = (scope: Scope) => `
select json_build_object('oid', t.oid::bigint, 'schema', n.nspname, 'name', t.typname,
  'kind', case t.typtype when 'e' then 'enum' when 'c' then 'composite' when 'd' then 'domain' else 'range' end,
  'detail', case t.typtype
    when 'e' then (select pg_catalog.string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_catalog.pg_enum e
      where e.enumtypid = t.oid)
    when 'd' then format_type(t.typbasetype, t.typtypmod)
    when 'c' then (select pg_catalog.string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
      order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0
      and not a.attisdropped)
    else (select format_type(r.rngsubtype, null) from pg_catalog.pg_range r where r.rngtypid = t.oid) end,
  'comment', obj_description(t.oid, 'pg_type'),
  'allowed', has_schema_privilege(n.oid, 'usage') and has_type_privilege(t.oid, 'usage'))
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
where ${shown(scope)} and ${notOfExtension('pg_type', 't')}
  and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
order by n.nspname, t.typname`;

export const itemsQuestion = (scope: Scope, what: 'functions' | 'types') =>
  listOf(
    schemaItem.extend({
      detail: z
        .string()
        .nullable()
        .transform((detail) => detail ?? ''),
    }),
    what === 'functions' ? routines(scope) : types(scope),
  );

/** The schemas of the tree; `n` is pg_namespace. */
function shown(scope: Scope): string {
  const schemas = [...new Set(scope.tables.map(({ schema }) => schema))].map(literal);
  const named = schemas.length === 0 ? '' : `n.nspname in (${schemas.join(', ')}) or `;
  return `(${named}has_schema_privilege(n.oid, 'usage')) and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
}
const notOfExtension = (catalog: string, alias: string): string =>
  `not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.${catalog}'::regclass and d.objid = ${alias}.oid and d.deptype = 'e')`;
