/** What a relation uses and what uses it: foreign keys, views (by their rules), triggers, defaults. */

const item = (direction: string, kind: string, oid: string, schema: string, name: string, through: string) =>
  `jsonb_build_object('direction', '${direction}', 'kind', ${kind}, 'target',
    jsonb_build_object('oid', ${oid}::bigint, 'schema', ${schema}, 'name', ${name}), 'through', ${through}) as item`;
const relationKind = (alias: string) =>
  `case ${alias}.relkind when 'p' then 'partitioned' when 'f' then 'foreign' when 'v' then 'view' when 'm' then 'materialized' when 'S' then 'sequence' else 'table' end`;
const related = (direction: 'uses' | 'used_by', through: string) =>
  item(direction, relationKind('o'), 'o.oid', 'n.nspname', 'o.relname', through);

/** One `item` a row. */
export const dependencies = (oid: number): string => `
  select distinct ${related('uses', `'foreign key ' || k.conname`)}
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class o on o.oid = k.confrelid join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where k.conrelid = ${oid} and k.contype = 'f'
  union all
  select distinct ${related('used_by', `'foreign key ' || k.conname`)}
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class o on o.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where k.confrelid = ${oid} and k.contype = 'f' and k.conparentid = 0
  union all
  select distinct ${related('used_by', `'its query'`)}
  from pg_catalog.pg_depend d
  join pg_catalog.pg_rewrite r on r.oid = d.objid and r.ev_class <> ${oid}
  join pg_catalog.pg_class o on o.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.refobjid = ${oid}
  union all
  select distinct ${related('uses', `'its query'`)}
  from pg_catalog.pg_rewrite r
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> ${oid}
  join pg_catalog.pg_class o on o.oid = d.refobjid join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where r.ev_class = ${oid}
  union all
  select distinct ${item('uses', `'function'`, 'p.oid', 'n.nspname', 'p.proname', `'trigger ' || t.tgname`)}
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where t.tgrelid = ${oid} and not t.tgisinternal
  union all
  select distinct ${item('uses', `'function'`, 'p.oid', 'n.nspname', 'p.proname', `'its query or a default'`)}
  from pg_catalog.pg_depend d
  join pg_catalog.pg_proc p on p.oid = d.refobjid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where d.refclassid = 'pg_catalog.pg_proc'::regclass and (
    (d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid in
      (select r.oid from pg_catalog.pg_rewrite r where r.ev_class = ${oid}))
    or (d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid in
      (select f.oid from pg_catalog.pg_attrdef f where f.adrelid = ${oid})))
  union all
  select distinct ${item('uses', `'type'`, 't.oid', 'n.nspname', 't.typname', `'column ' || a.attname`)}
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_type t on t.oid = a.atttypid join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where a.attrelid = ${oid} and a.attnum > 0 and not a.attisdropped and n.nspname <> 'pg_catalog'
  union all
  select distinct ${related('used_by', `'default of ' || a.attname`)}
  from pg_catalog.pg_depend d
  join pg_catalog.pg_attrdef f on f.oid = d.objid
  join pg_catalog.pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
  join pg_catalog.pg_class o on o.oid = f.adrelid join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where d.classid = 'pg_catalog.pg_attrdef'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.refobjid = ${oid} and o.oid <> ${oid}
  union all
  select distinct ${item('used_by', `'function'`, 'p.oid', 'n.nspname', 'p.proname', `'its body or its arguments'`)}
  from pg_catalog.pg_depend d
  join pg_catalog.pg_class c on c.oid = ${oid}
  join pg_catalog.pg_proc p on p.oid = d.objid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where d.classid = 'pg_catalog.pg_proc'::regclass and (
    (d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid)
    or (d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid = c.reltype))`;
