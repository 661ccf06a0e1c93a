/** The sections of an object's page, each a question of its own, so that one that fails or is slow keeps none back. */
import { type Section, type SectionName, section } from '../../../../shared/ipc-schema.ts';
import { definitionQuestion } from './definition.ts';
import { dependencies } from './dependencies.ts';
import { type CatalogQuestion, columnsOf, gone, kindOf, readableOf, rowsOf, writesOf } from './question.ts';
import { typePage } from './types.ts';

/** `oid` is of pg_proc for the section `function`, of pg_type for `type`, of pg_class for every other. */
export function sectionQuestion(oid: number, name: SectionName): CatalogQuestion<Section> {
  if (name === 'definition') return definitionQuestion(oid);
  const text = `
select json_build_object('section', '${name}') || x.value
from (${queries[name](oid)}) x`.replace('json_build_object', 'jsonb_build_object');
  return {
    text: text.trim(),
    read(rows) {
      const value = rows[0]?.[0];
      if (value === null || value === undefined) throw gone();
      return section.parse(JSON.parse(value));
    },
  };
}

/** `{"oid", "schema", "name"}` of a row of pg_class or pg_proc with its schema. */
const target = (alias: string, namespace: string, name = 'relname') =>
  `jsonb_build_object('oid', ${alias}.oid::bigint, 'schema', ${namespace}.nspname, 'name', ${alias}.${name})`;

const extent = (privilege: string) => `case
    when has_table_privilege(c.oid, '${privilege}') then 'all'
    when has_any_column_privilege(c.oid, '${privilege}') then 'some' else 'none' end`;

/** One row with `value`, a list; none where the relation is gone. */
const list = (oid: number, item: string, order: string, from: string) => `
select jsonb_build_object('list', coalesce((
  select jsonb_agg(${item} order by ${order}) from ${from}
), '[]')) as value
from pg_catalog.pg_class c where c.oid = ${oid}`;

const queries: Readonly<Record<Exclude<SectionName, 'definition'>, (oid: number) => string>> = {
  overview: (oid) => `
select jsonb_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', ${kindOf('c.relkind')},
  'comment', obj_description(c.oid, 'pg_class'), 'rows', ${rowsOf('c')}, 'columns', ${columnsOf('c')},
  'readable', ${readableOf('c')}, 'writes', ${writesOf('c')}, 'owner', pg_get_userbyid(c.relowner),
  'analyzed', (select to_char(greatest(s.last_analyze, s.last_autoanalyze) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
    from pg_catalog.pg_stat_all_tables s where s.relid = c.oid),
  'may', jsonb_build_object('select', ${extent('select')}, 'insert', ${extent('insert')}, 'update', ${extent('update')},
    'delete', has_table_privilege(c.oid, 'delete')),
  'filtered', row_security_active(c.oid),
  'partition_of', (select ${target('p', 'pn')} from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid and c.relispartition limit 1),
  'partition_key', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end) as value
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = ${oid} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')`,
  size: (oid) => `
select jsonb_build_object('table', coalesce(sum(pg_table_size(f.relid) - f.toast), 0),
  'indexes', coalesce(sum(pg_indexes_size(f.relid)), 0), 'toast', coalesce(sum(f.toast), 0)) as value
from (
  select t.oid as relid, case when t.reltoastrelid = 0 then 0 else pg_total_relation_size(t.reltoastrelid) end as toast
  from pg_catalog.pg_class t
  where t.relkind in ('r', 'm', 'p')
    and t.oid in (select p.relid from pg_partition_tree(${oid}) p union all select ${oid})
) f`,
  columns: (oid) =>
    list(
      oid,
      `jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
    'nullable', not a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
    'generated', case when a.attgenerated = 's' then 'stored' when a.attgenerated = 'v' then 'virtual'
      when a.attidentity <> '' then 'identity' end,
    'comment', col_description(a.attrelid, a.attnum), 'pk', coalesce(a.attnum = any (pk.conkey), false),
    'references', fk.target, 'select', has_column_privilege(a.attrelid, a.attnum, 'select'),
    'insert', has_column_privilege(a.attrelid, a.attnum, 'insert'),
    'update', has_column_privilege(a.attrelid, a.attnum, 'update'))`,
      'a.attnum',
      `pg_catalog.pg_attribute a
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_constraint pk on pk.conrelid = a.attrelid and pk.contype = 'p'
  left join lateral (
    select ${target('fc', 'fn')} as target
    from pg_catalog.pg_constraint f
    join pg_catalog.pg_class fc on fc.oid = f.confrelid
    join pg_catalog.pg_namespace fn on fn.oid = fc.relnamespace
    where f.conrelid = a.attrelid and f.contype = 'f' and a.attnum = any (f.conkey)
    order by f.oid limit 1
  ) fk on true
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`,
    ),
  keys: (oid) =>
    list(
      oid,
      `jsonb_build_object('name', k.conname, 'kind', case k.contype when 'p' then 'primary' when 'u' then 'unique'
    when 'f' then 'foreign' when 'c' then 'check' when 'x' then 'exclusion' else 'trigger' end,
    'definition', pg_get_constraintdef(k.oid), 'valid', k.convalidated,
    'target', case when k.contype = 'f' then ${target('o', 'n')} end, 'incoming', k.conrelid <> c.oid)`,
      `k.conrelid <> c.oid, pg_catalog.array_position('{p,u,f,c,x,t}', k.contype::text), k.conname`,
      `pg_catalog.pg_constraint k
  left join pg_catalog.pg_class o on o.oid = case when k.conrelid = c.oid then k.confrelid else k.conrelid end
  left join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  where (k.conrelid = c.oid or (k.confrelid = c.oid and k.contype = 'f' and k.conparentid = 0))
    and k.contype in ('p', 'u', 'f', 'c', 'x', 't')`,
    ),
  indexes: (oid) =>
    list(
      oid,
      `jsonb_build_object('name', i.relname, 'definition', pg_get_indexdef(i.oid), 'size', pg_relation_size(i.oid),
    'scans', s.idx_scan, 'valid', x.indisvalid and x.indisready, 'unique', x.indisunique, 'primary', x.indisprimary)`,
      'x.indisprimary desc, i.relname',
      `pg_catalog.pg_index x
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = i.oid
  where x.indrelid = c.oid`,
    ),
  triggers: (oid) =>
    list(
      oid,
      `jsonb_build_object('name', t.tgname, 'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled <> 'D',
    'function', ${target('p', 'n', 'proname')})`,
      't.tgname',
      `pg_catalog.pg_trigger t
  join pg_catalog.pg_proc p on p.oid = t.tgfoid
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where t.tgrelid = c.oid and not t.tgisinternal`,
    ),
  partitions: (oid) =>
    list(
      oid,
      `jsonb_build_object('target', ${target('p', 'n')}, 'bound', coalesce(pg_get_expr(p.relpartbound, p.oid), ''),
    'rows', ${rowsOf('p')}, 'size', pg_total_relation_size(p.oid))`,
      'p.relname',
      `pg_catalog.pg_inherits i
  join pg_catalog.pg_class p on p.oid = i.inhrelid
  join pg_catalog.pg_namespace n on n.oid = p.relnamespace
  where i.inhparent = c.oid`,
    ),
  dependencies: (oid) =>
    list(oid, 'd.item', `d.item ->> 'direction', d.item -> 'target' ->> 'name'`, `(${dependencies(oid)}) d`),
  function: (oid) => `
select jsonb_build_object('schema', n.nspname, 'name', p.proname, 'arguments', pg_get_function_arguments(p.oid),
  'result', pg_get_function_result(p.oid), 'language', l.lanname, 'owner', pg_get_userbyid(p.proowner),
  'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
  'definer', p.prosecdef, 'comment', obj_description(p.oid, 'pg_proc'),
  'allowed', has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'),
  'definition', case when p.prokind = 'a' then '' else pg_get_functiondef(p.oid) end) as value
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.oid = ${oid}`,
  type: typePage,
};
