/** The tables around one, at most so many foreign keys away, with the keys that connect them. */
import { type Neighbours, neighbours } from '../../../../shared/ipc-schema.ts';
import { type CatalogQuestion, oneOf } from './question.ts';

/** More than that is no picture any more. */
const MOST_TABLES = 40;

export const neighboursQuestion = (oid: number, hops: 1 | 2): CatalogQuestion<Neighbours> =>
  oneOf(
    neighbours,
    `
with recursive fk as (
  select k.oid, k.conname, k.conrelid, k.confrelid, k.conkey
  from pg_catalog.pg_constraint k where k.contype = 'f' and k.conparentid = 0
), near (relid, hop) as (
  select c.oid, 0 from pg_catalog.pg_class c where c.oid = ${oid}
  union
  select case when fk.conrelid = near.relid then fk.confrelid else fk.conrelid end, near.hop + 1
  from near join fk on near.relid in (fk.conrelid, fk.confrelid)
  where near.hop < ${hops}
), found as (
  select relid, min(hop) as hop from near group by relid
), kept as (
  select c.oid, c.relname, n.nspname, found.hop
  from found join pg_catalog.pg_class c on c.oid = found.relid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  order by found.hop, n.nspname, c.relname limit ${MOST_TABLES}
)
select json_build_object(
  'tables', (select json_agg(json_build_object('oid', t.oid::bigint, 'schema', t.nspname, 'name', t.relname,
    'readable', case when has_table_privilege(t.oid, 'select') then 'all'
      when has_any_column_privilege(t.oid, 'select') then 'some' else 'none' end,
    'columns', coalesce((
      select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'pk', key.pk, 'fk', key.fk) order by a.attnum)
      from pg_catalog.pg_attribute a
      join lateral (
        select coalesce(bool_or(k.contype = 'p'), false) as pk, coalesce(bool_or(k.contype = 'f'), false) as fk
        from pg_catalog.pg_constraint k
        where k.conrelid = t.oid and k.contype in ('p', 'f') and a.attnum = any (k.conkey)
      ) key on key.pk or key.fk
      where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped), '[]')
    ) order by t.hop, t.nspname, t.relname) from kept t),
  'edges', coalesce((select json_agg(json_build_object('name', fk.conname, 'from', fk.conrelid::bigint,
    'to', fk.confrelid::bigint,
    'columns', (select json_agg(a.attname order by array_position(fk.conkey, a.attnum)) from pg_catalog.pg_attribute a
      where a.attrelid = fk.conrelid and a.attnum = any (fk.conkey)),
    'unique', exists (select from pg_catalog.pg_index x where x.indrelid = fk.conrelid and x.indisunique
      and x.indpred is null and x.indexprs is null
      and (x.indkey::int2[])[0:x.indnkeyatts - 1] <@ fk.conkey),
    'optional', exists (select from pg_catalog.pg_attribute a where a.attrelid = fk.conrelid
      and a.attnum = any (fk.conkey) and not a.attnotnull)) order by fk.conname)
    from fk where fk.conrelid in (select oid from kept) and fk.confrelid in (select oid from kept)), '[]'),
  'cut', (select count(*) from found) > ${MOST_TABLES})
from pg_catalog.pg_class c where c.oid = ${oid}`,
  );
