/**
 * The page of a type: what it is, the SQL that makes it anew, where it is used. The server quotes every name and literal.
 * An array stands for what it is an array of.
 */

const qualified = `quote_ident(n.nspname) || '.' || quote_ident(t.typname)`;

const definition = `case t.typtype
    when 'e' then 'create type ' || ${qualified} || ' as enum (' || coalesce((
      select pg_catalog.string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
      from pg_catalog.pg_enum e where e.enumtypid = t.oid), '') || ');'
    when 'c' then 'create type ' || ${qualified} || E' as (\\n' || coalesce((
      select pg_catalog.string_agg('  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), E',\\n' order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '') || E'\\n);'
    when 'd' then 'create domain ' || ${qualified} || ' as ' || format_type(t.typbasetype, t.typtypmod)
      || coalesce((select ' collate ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
        from pg_catalog.pg_collation co join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
        join pg_catalog.pg_type b on b.oid = t.typbasetype and b.typcollation <> t.typcollation
        where co.oid = t.typcollation), '')
      || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 0), '')
      || case when t.typnotnull then ' not null' else '' end
      || coalesce((select pg_catalog.string_agg(E'\\n  constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), '' order by k.conname)
        from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c'), '') || ';'
    when 'r' then (select 'create type ' || ${qualified} || ' as range (subtype = ' || format_type(r.rngsubtype, null)
        || coalesce(', subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc::text, '') || ');'
      from pg_catalog.pg_range r where r.rngtypid = t.oid)
    else '' end
    || case when t.typtype in ('e', 'c', 'd', 'r') then coalesce(E'\\n\\ncomment on ' || case t.typtype when 'd' then 'domain ' else 'type ' end
      || ${qualified} || ' is ' || quote_literal(obj_description(t.oid, 'pg_type')) || ';', '') else '' end`;

const user = (kind: string, oid: string, schema: string, name: string, through: string) =>
  `jsonb_build_object('kind', ${kind}, 'target', jsonb_build_object('oid', ${oid}::bigint, 'schema', ${schema}, 'name', ${name}),
    'through', ${through}) as item`;

/** Rows `item`; `t` is the type. */
const used = `
    select distinct ${user(
      `case o.relkind when 'p' then 'partitioned' when 'f' then 'foreign' when 'v' then 'view' when 'm' then 'materialized' else 'table' end`,
      'o.oid',
      'u.nspname',
      'o.relname',
      `'column ' || a.attname`,
    )}
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class o on o.oid = a.attrelid and o.relkind in ('r', 'p', 'f', 'v', 'm') and not o.relispartition
    join pg_catalog.pg_namespace u on u.oid = o.relnamespace
    where a.atttypid in (t.oid, t.typarray) and a.atttypid <> 0 and a.attnum > 0 and not a.attisdropped
    union
    select distinct ${user(`'type'`, 'c.oid', 'u.nspname', 'c.typname', `'field ' || a.attname`)}
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class o on o.oid = a.attrelid and o.relkind = 'c'
    join pg_catalog.pg_type c on c.typrelid = o.oid join pg_catalog.pg_namespace u on u.oid = c.typnamespace
    where a.atttypid in (t.oid, t.typarray) and a.atttypid <> 0 and a.attnum > 0 and not a.attisdropped
    union
    select distinct ${user(`'type'`, 'd.oid', 'u.nspname', 'd.typname', `'a domain over it'`)}
    from pg_catalog.pg_type d join pg_catalog.pg_namespace u on u.oid = d.typnamespace
    where d.typtype = 'd' and d.typbasetype in (t.oid, t.typarray) and d.typbasetype <> 0
    union
    select distinct ${user(`'type'`, 'd.oid', 'u.nspname', 'd.typname', `'a range of it'`)}
    from pg_catalog.pg_range r join pg_catalog.pg_type d on d.oid = r.rngtypid
    join pg_catalog.pg_namespace u on u.oid = d.typnamespace
    where r.rngsubtype = t.oid
    union
    select distinct ${user(`'function'`, 'p.oid', 'u.nspname', 'p.proname', `'its arguments, its answer or its body'`)}
    from pg_catalog.pg_depend d
    join pg_catalog.pg_proc p on p.oid = d.objid join pg_catalog.pg_namespace u on u.oid = p.pronamespace
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_type'::regclass
      and d.refobjid in (t.oid, t.typarray) and d.deptype = 'n'`;

/** One row with `value`; none where the type is gone. */
export const typePage = (oid: number): string => `
select jsonb_build_object('schema', n.nspname, 'name', t.typname,
  'kind', case t.typtype when 'e' then 'enum' when 'c' then 'composite' when 'd' then 'domain' when 'r' then 'range' else 'base' end,
  'comment', obj_description(t.oid, 'pg_type'), 'owner', pg_get_userbyid(t.typowner),
  'allowed', has_schema_privilege(n.oid, 'usage') and has_type_privilege(t.oid, 'usage'),
  'definition', ${definition},
  'used', coalesce((select jsonb_agg(x.item order by x.item -> 'target' ->> 'schema', x.item -> 'target' ->> 'name', x.item ->> 'through')
    from (${used}) x), '[]')) as value
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.oid = coalesce((select nullif(e.typelem, 0) from pg_catalog.pg_type e where e.oid = ${oid} and e.typcategory = 'A'), ${oid})`;
