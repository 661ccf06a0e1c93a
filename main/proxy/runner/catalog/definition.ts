/**
 * The SQL that makes a relation anew, put together from the catalog: every name and literal is quoted by the server itself
 * (`quote_ident`, `quote_literal`, `pg_get_*`). Owners, privileges and storage are left out: they belong to the place.
 */
import { z } from 'zod';
import type { Section } from '../../../../shared/ipc-schema.ts';
import { type CatalogQuestion, oneOf } from './question.ts';

const parts = z.strictObject({
  /** Qualified and quoted. */
  name: z.string(),
  kind: z.enum(['r', 'p', 'f', 'v', 'm', 'S']),
  unlogged: z.boolean(),
  options: z.array(z.string()),
  /** Definition of a view. */
  query: z.string().nullable(),
  partition_key: z.string().nullable(),
  partition_of: z.string().nullable(),
  bound: z.string().nullable(),
  inherits: z.array(z.string()),
  server: z.string().nullable(),
  sequence: z.string().nullable(),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      collation: z.string().nullable(),
      default: z.string().nullable(),
      generated: z.string(),
      identity: z.string(),
      required: z.boolean(),
    }),
  ),
  /** Sequences that belong to a column and are made before the table. */
  sequences: z.array(z.strictObject({ name: z.string(), column: z.string(), options: z.string() })),
  constraints: z.array(z.strictObject({ name: z.string(), definition: z.string(), later: z.boolean() })),
  indexes: z.array(z.string()),
  triggers: z.array(z.string()),
  row_security: z.boolean(),
  /** `create policy …` statements, whole. */
  policies: z.array(z.string()),
  /** `comment on …` statements, whole. */
  comments: z.array(z.string()),
});
export type DefinitionParts = z.infer<typeof parts>;

/** Statements, each ended by a semicolon, a blank line between them. */
export function statements(of: DefinitionParts): string {
  return [...heads(of), ...tails(of)].map((statement) => `${statement.replace(/;\s*$/, '')};`).join('\n\n');
}

function heads(of: DefinitionParts): string[] {
  const options = of.options.length === 0 ? '' : ` with (${of.options.join(', ')})`;
  switch (of.kind) {
    case 'v':
      return [`create view ${of.name}${options} as\n${of.query ?? ''}`];
    case 'm':
      return [`create materialized view ${of.name}${options} as\n${of.query ?? ''}`];
    case 'S':
      return [`create sequence ${of.name} ${of.sequence ?? ''}`];
    default:
      return [
        ...of.sequences.map(({ name, options: how }) => `create sequence ${name} ${how}`),
        `${createTable(of)}${options}`,
        ...of.sequences.map(({ name, column }) => `alter sequence ${name} owned by ${of.name}.${column}`),
      ];
  }
}

function createTable(of: DefinitionParts): string {
  const what = of.kind === 'f' ? 'foreign table' : of.unlogged ? 'unlogged table' : 'table';
  const constraints = of.constraints
    .filter(({ later }) => !later)
    .map(({ name, definition }) => `constraint ${name} ${definition}`);
  const key = of.partition_key === null ? '' : `\npartition by ${of.partition_key}`;
  if (of.partition_of !== null) {
    const own = constraints.length === 0 ? '' : ` (\n${indented(constraints)}\n)`;
    return `create ${what} ${of.name} partition of ${of.partition_of}${own}\n${of.bound ?? 'default'}${key}`;
  }
  const lines = indented([...of.columns.map(columnLine), ...constraints]);
  const inherits = of.inherits.length === 0 ? '' : `\ninherits (${of.inherits.join(', ')})`;
  const server = of.server === null ? '' : `\nserver ${of.server}`;
  return `create ${what} ${of.name} (${lines === '' ? '' : `\n${lines}\n`})${inherits}${key}${server}`;
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join(',\n');

function columnLine(column: DefinitionParts['columns'][number]): string {
  const words = [column.name, column.type];
  if (column.collation !== null) words.push(`collate ${column.collation}`);
  if (column.identity !== '') words.push(`generated ${column.identity === 'a' ? 'always' : 'by default'} as identity`);
  else if (column.generated !== '')
    words.push(`generated always as (${column.default ?? ''}) ${column.generated === 'v' ? 'virtual' : 'stored'}`);
  else if (column.default !== null) words.push(`default ${column.default}`);
  if (column.required) words.push('not null');
  return words.join(' ');
}

function tails(of: DefinitionParts): string[] {
  return [
    ...of.indexes,
    ...of.constraints
      .filter(({ later }) => later)
      .map(({ name, definition }) => `alter table ${of.name} add constraint ${name} ${definition}`),
    ...of.triggers,
    ...(of.row_security ? [`alter table ${of.name} enable row level security`] : []),
    ...of.policies,
    ...of.comments,
  ];
}

const qualified = (n: string, c: string, name = 'relname') =>
  `quote_ident(${n}.nspname) || '.' || quote_ident(${c}.${name})`;
const aggregate = (value: string, order: string, from: string) =>
  `coalesce((select json_agg(${value} order by ${order}) from ${from}), '[]')`;
const sequenceOptions = (s: string) =>
  `'as ' || format_type(${s}.seqtypid, null) || ' increment ' || ${s}.seqincrement || ' minvalue ' || ${s}.seqmin
      || ' maxvalue ' || ${s}.seqmax || ' start ' || ${s}.seqstart || ' cache ' || ${s}.seqcache
      || case when ${s}.seqcycle then ' cycle' else '' end`;

export function definitionQuestion(oid: number): CatalogQuestion<Section> {
  const question = oneOf(
    parts,
    `
select json_build_object('name', ${qualified('n', 'c')}, 'kind', c.relkind, 'unlogged', c.relpersistence = 'u',
  'options', coalesce(array_to_json(c.reloptions), '[]'),
  'query', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
  'partition_key', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
  'partition_of', case when c.relispartition then (select ${qualified('pn', 'p')} from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid limit 1) end,
  'bound', case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
  'inherits', case when c.relispartition then '[]' else ${aggregate(
    qualified('pn', 'p'),
    'i.inhseqno',
    `pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace where i.inhrelid = c.oid`,
  )} end,
  'server', (select quote_ident(s.srvname) from pg_catalog.pg_foreign_table t
    join pg_catalog.pg_foreign_server s on s.oid = t.ftserver where t.ftrelid = c.oid),
  'sequence', (select ${sequenceOptions('s')} from pg_catalog.pg_sequence s where s.seqrelid = c.oid),
  'columns', ${aggregate(
    `json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
      'collation', case when a.attcollation <> t.typcollation then ${qualified('cn', 'co', 'collname')} end,
      'default', pg_get_expr(d.adbin, d.adrelid), 'generated', a.attgenerated, 'identity', a.attidentity,
      'required', a.attnotnull and a.attidentity = '')`,
    'a.attnum',
    `pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_catalog.pg_collation co on co.oid = a.attcollation
    left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attislocal and c.relkind in ('r', 'p', 'f')`,
  )},
  'sequences', ${aggregate(
    `json_build_object('name', ${qualified('sn', 'sc')}, 'column', quote_ident(a.attname),
      'options', ${sequenceOptions('s')})`,
    'a.attnum',
    `pg_catalog.pg_depend d join pg_catalog.pg_class sc on sc.oid = d.objid and sc.relkind = 'S'
    join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
    join pg_catalog.pg_sequence s on s.seqrelid = sc.oid
    join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid = c.oid and d.deptype = 'a'`,
  )},
  'constraints', ${aggregate(
    `json_build_object('name', quote_ident(k.conname), 'definition', pg_get_constraintdef(k.oid),
      'later', k.contype = 'f' or not k.convalidated)`,
    `array_position('{p,u,x,c,f}', k.contype::text), k.conname`,
    `pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'c', 'f')
      and k.conislocal and k.conparentid = 0`,
  )},
  'indexes', ${aggregate(
    'pg_get_indexdef(i.oid)',
    'i.relname',
    `pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
    where x.indrelid = c.oid and not i.relispartition and not exists (select from pg_catalog.pg_constraint k
      where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))`,
  )},
  'triggers', ${aggregate(
    'pg_get_triggerdef(t.oid)',
    't.tgname',
    `pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0`,
  )},
  'row_security', c.relrowsecurity,
  'policies', ${aggregate(
    `'create policy ' || quote_ident(p.polname) || ' on ' || ${qualified('n', 'c')}
      || case when p.polpermissive then '' else ' as restrictive' end
      || case p.polcmd when 'r' then ' for select' when 'a' then ' for insert' when 'w' then ' for update'
        when 'd' then ' for delete' else '' end
      || ' to ' || (select string_agg(case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ')
        from unnest(p.polroles) r)
      || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
      || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')`,
    'p.polname',
    'pg_catalog.pg_policy p where p.polrelid = c.oid',
  )},
  'comments', ${aggregate(
    `x.text`,
    'x.place, x.text',
    `(
      select 0 as place, 'comment on ' || case c.relkind when 'v' then 'view ' when 'm' then 'materialized view '
        when 'S' then 'sequence ' when 'f' then 'foreign table ' else 'table ' end || ${qualified('n', 'c')}
        || ' is ' || quote_literal(e.description) as text
      from pg_catalog.pg_description e
      where e.classoid = 'pg_catalog.pg_class'::regclass and e.objoid = c.oid and e.objsubid = 0
      union all
      select a.attnum, 'comment on column ' || ${qualified('n', 'c')} || '.' || quote_ident(a.attname) || ' is '
        || quote_literal(e.description)
      from pg_catalog.pg_description e
      join pg_catalog.pg_attribute a on a.attrelid = e.objoid and a.attnum = e.objsubid and not a.attisdropped
      where e.classoid = 'pg_catalog.pg_class'::regclass and e.objoid = c.oid and e.objsubid > 0
    ) x`,
  )})
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = ${oid} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')`,
  );
  return {
    text: question.text,
    read: (rows) => ({ section: 'definition', text: statements(question.read(rows)) }),
  };
}
