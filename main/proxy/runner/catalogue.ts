/**
 * What completion knows of the database: catalog queries that go behind the user's statements like the schema tree's, and
 * their rows made into the shape of the contract. Allowed is what the server says of the role. (I1)
 */
import type {
  Catalogue,
  CatalogueFunction,
  CatalogueTable,
  CatalogueType,
  ForeignKey,
} from '../../../shared/ipc-completion.ts';

type Rows = readonly (readonly (string | null)[])[];

/** Not `pg_toast` and temporary schemas of others. */
const shownSchema = "n.nspname !~ '^pg_(toast|temp)'";

const schemas = `
select n.nspname, obj_description(n.oid, 'pg_namespace'), array_position(current_schemas(true), n.nspname)
from pg_catalog.pg_namespace n where ${shownSchema} order by n.nspname`.trim();

const columns = `
select n.nspname, c.relname, c.relkind::text, c.reltuples::bigint, obj_description(c.oid, 'pg_class'),
  has_table_privilege(c.oid, 'insert, update, delete') or has_any_column_privilege(c.oid, 'insert, update'),
  a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum),
  coalesce(a.attnum = any (pk.conkey), false), not a.attnotnull, has_column_privilege(c.oid, a.attnum, 'select')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_constraint pk on pk.conrelid = c.oid and pk.contype = 'p'
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${shownSchema}
order by n.nspname, c.relname, a.attnum`.trim();

const keys = `
select n.nspname, c.relname, tn.nspname, tc.relname,
  (select json_agg(a.attname order by k.i) from unnest(f.conkey) with ordinality k (n, i)
    join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.n),
  (select json_agg(a.attname order by k.i) from unnest(f.confkey) with ordinality k (n, i)
    join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.n)
from pg_catalog.pg_constraint f
join pg_catalog.pg_class c on c.oid = f.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class tc on tc.oid = f.confrelid
join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
where f.contype = 'f' and f.conparentid = 0
order by f.oid`.trim();

/** Without those that only operators, casts, types and triggers call. */
const functions = `
select n.nspname, p.proname, p.prokind::text, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.proretset,
  obj_description(p.oid, 'pg_proc'), has_function_privilege(p.oid, 'execute')
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
left join pg_catalog.pg_description d on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_proc'::regclass and d.objsubid = 0
where ${shownSchema} and (d.description is null or d.description !~ '^(implementation of|aggregate|internal|I/O)')
  and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'cstring'::regtype)
  and not 'internal'::regtype = any (p.proargtypes::oid[]) and not 'cstring'::regtype = any (p.proargtypes::oid[])
  and (n.nspname <> 'pg_catalog' or p.prokind <> 'f' or d.description is not null)
order by n.nspname, p.proname, p.pronargs, p.oid`.trim();

const types = `
select n.nspname, case when n.nspname = 'pg_catalog' then format_type(t.oid, null) else t.typname end,
  obj_description(t.oid, 'pg_type'),
  (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
where ${shownSchema} and t.typtype in ('b', 'd', 'e', 'r', 'm', 'c') and (c.oid is null or c.relkind = 'c')
  and (t.typelem = 0 or t.typlen > 0) and n.nspname <> 'information_schema'
  and (n.nspname <> 'pg_catalog' or t.typname !~ '^(_|pg_|gtsvector)')
order by n.nspname, t.typname`.trim();

/** `query` runs one after the other, in this order. Rejects as it does. */
export async function readCatalogue(query: (text: string) => Promise<Rows>): Promise<Catalogue> {
  const spaces = await query(schemas);
  const tables = tablesOf(await query(columns));
  const foreignKeys = keysOf(await query(keys));
  return {
    searchPath: spaces
      .filter(([, , at]) => at !== null)
      .sort(([, , a], [, , b]) => Number(a) - Number(b))
      .map(([name]) => name ?? ''),
    schemas: spaces.map(([name, comment]) => ({ name: name ?? '', comment: comment ?? null })),
    tables,
    foreignKeys,
    functions: functionsOf(await query(functions)),
    types: typesOf(await query(types)),
  };
}

function tablesOf(rows: Rows): CatalogueTable[] {
  const tables: CatalogueTable[] = [];
  let table: CatalogueTable | undefined;
  for (const row of rows) {
    const [schema, name, kind, tuples, comment, writes, column, type, columnComment, pk, nullable, allowed] = row;
    if (table === undefined || table.schema !== schema || table.name !== name) {
      const estimate = Number(tuples ?? -1);
      table = {
        schema: schema ?? '',
        name: name ?? '',
        kind: kind === 'p' ? 'partitioned' : kind === 'v' || kind === 'm' ? 'view' : 'table',
        rows: kind === 'v' || estimate < 0 ? null : estimate,
        comment: comment ?? null,
        writes: writes === 't',
        columns: [],
      };
      tables.push(table);
    }
    table.columns.push({
      name: column ?? '',
      type: type ?? '',
      comment: columnComment ?? null,
      pk: pk === 't',
      nullable: nullable === 't',
      allowed: allowed === 't',
    });
  }
  return tables;
}

const keysOf = (rows: Rows): ForeignKey[] =>
  rows.map(([schema, table, toSchema, toTable, from, to]) => ({
    schema: schema ?? '',
    table: table ?? '',
    columns: names(from),
    toSchema: toSchema ?? '',
    toTable: toTable ?? '',
    toColumns: names(to),
  }));

const kinds: Readonly<Record<string, CatalogueFunction['kind']>> = { a: 'aggregate', w: 'window', p: 'procedure' };

const functionsOf = (rows: Rows): CatalogueFunction[] =>
  rows.map(([schema, name, kind, args, result, set, comment, allowed]) => ({
    schema: schema ?? '',
    name: name ?? '',
    kind: kinds[kind ?? ''] ?? 'function',
    arguments: argumentsOf(args ?? ''),
    result: result ?? null,
    set: set === 't',
    comment: comment ?? null,
    allowed: allowed === 't',
  }));

const typesOf = (rows: Rows): CatalogueType[] =>
  rows.map(([schema, name, comment, labels]) => ({
    schema: schema ?? '',
    name: name ?? '',
    comment: comment ?? null,
    labels: names(labels),
  }));

/** Of a JSON array of text, as the server made it. */
function names(json: string | null | undefined): string[] {
  const parsed: unknown = json == null ? [] : JSON.parse(json);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

/** Splits what `pg_get_function_arguments` writes: commas inside of parentheses and quotes belong to an argument. */
export function argumentsOf(text: string): string[] {
  const all: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"') quote = c;
    else if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    if (c !== undefined && (c !== ',' || depth > 0 || quote !== '')) continue;
    const one = text.slice(from, i).trim();
    if (one !== '') all.push(one);
    from = i + 1;
  }
  return all;
}
