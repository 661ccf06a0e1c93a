/**
 * Asks the database itself what a role can do and compares that with its scope. What PUBLIC may do counts as well: it
 * is what the engineer would have in their hands. Any difference, wider or narrower, fails the activation. (I6)
 */
import type pg from 'pg';
import type { Columns, Scope } from '../../shared/grants.ts';
import type { Owner } from './owner.ts';

const COLUMN_PRIVILEGES = ['select', 'insert', 'update', 'references'] as const;
const TABLE_PRIVILEGES = ['delete', 'truncate', 'trigger', 'maintain'] as const;
type ColumnPrivilege = (typeof COLUMN_PRIVILEGES)[number];
type TablePrivilege = (typeof TABLE_PRIVILEGES)[number];

/** What a role can do with one table: on every column, on some, or nothing (a missing key). */
export type Power = { [P in ColumnPrivilege]?: Columns } & { [P in TablePrivilege]?: true };
/** By `schema.table`, JSON-quoted so that no two names collide. */
export type Powers = ReadonlyMap<string, Power>;

export const tableKey = (schema: string, table: string): string => JSON.stringify([schema, table]);

function union(a: Columns | undefined, b: Columns | undefined): Columns | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a === '*' || b === '*' ? '*' : [...new Set([...a, ...b])];
}

/** The powers that the scope means; several entries for one table add up. */
export function intended(scope: Scope): Powers {
  const powers = new Map<string, Power>();
  for (const entry of scope.tables) {
    const key = tableKey(entry.schema, entry.table);
    const power: Power = { ...powers.get(key) };
    for (const privilege of ['select', 'insert', 'update'] as const) {
      const columns = union(power[privilege], entry[privilege]);
      if (columns !== undefined) power[privilege] = columns;
    }
    if (entry.delete === true) power.delete = true;
    if (Object.keys(power).length > 0) powers.set(key, power);
  }
  return powers;
}

export const show = (key: string, columns?: readonly string[]): string => {
  const [schema, table] = JSON.parse(key) as [string, string]; // made by tableKey
  return columns === undefined ? `${schema}.${table}` : `${schema}.${table} (${columns.join(', ')})`;
};

function compareColumns(
  key: string,
  privilege: string,
  want: Columns | undefined,
  have: Columns | undefined,
): string[] {
  if (want === '*' && have === '*') return [];
  if (want === '*') return [`cannot ${privilege} all of ${show(key)}`];
  if (have === '*') return [`can ${privilege} all of ${show(key)}`];
  const wanted = new Set(want);
  const held = new Set(have);
  const missing = [...wanted].filter((column) => !held.has(column));
  const extra = [...held].filter((column) => !wanted.has(column));
  return [
    ...(missing.length > 0 ? [`cannot ${privilege} ${show(key, missing)}`] : []),
    ...(extra.length > 0 ? [`can ${privilege} ${show(key, extra)}`] : []),
  ];
}

/** Every difference in plain words; empty when the role can do exactly what was meant. */
export function differences(want: Powers, have: Powers): string[] {
  const found: string[] = [];
  for (const key of new Set([...want.keys(), ...have.keys()])) {
    const wanted = want.get(key) ?? {};
    const held = have.get(key) ?? {};
    for (const privilege of COLUMN_PRIVILEGES)
      found.push(...compareColumns(key, privilege, wanted[privilege], held[privilege]));
    for (const privilege of TABLE_PRIVILEGES) {
      if (wanted[privilege] === held[privilege]) continue;
      found.push(`${held[privilege] === true ? 'can' : 'cannot'} ${privilege} ${show(key)}`);
    }
  }
  return found;
}

/**
 * Every relation outside the catalogs that the role can reach, with what it can do there. $1 is the role's oid, $2 the names
 * of schemas that it will be let into.
 */
const relations = (maintain: boolean): string => `
  select n.nspname as schema, c.relname as table,
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') as extension,
    array_remove(array[${[...COLUMN_PRIVILEGES, 'delete', 'truncate', 'trigger', ...(maintain ? ['maintain'] : [])]
      .map((p) => `case when has_table_privilege($1::oid, c.oid, '${p}') then '${p}' end`)
      .join(', ')}], null) as whole,
    (select coalesce(json_agg(json_build_array(p.privilege, a.attname)), '[]')
       from pg_attribute a, unnest(array[${COLUMN_PRIVILEGES.map((p) => `'${p}'`).join(', ')}]) as p(privilege)
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        and has_column_privilege($1::oid, c.oid, a.attnum, p.privilege)) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and (has_schema_privilege($1::oid, n.oid, 'usage') or n.nspname = any($2::text[]))
    and (has_any_column_privilege($1::oid, c.oid, 'select, insert, update, references')
      or has_table_privilege($1::oid, c.oid, 'delete, truncate, trigger${maintain ? ', maintain' : ''}'))`;

interface RelationRow {
  readonly schema: string;
  readonly table: string;
  readonly extension: boolean;
  readonly whole: readonly (ColumnPrivilege | TablePrivilege)[];
  readonly columns: readonly (readonly [ColumnPrivilege, string])[];
}

function powerOf(row: RelationRow): Power {
  const power: Power = {};
  for (const privilege of TABLE_PRIVILEGES) if (row.whole.includes(privilege)) power[privilege] = true;
  for (const privilege of COLUMN_PRIVILEGES) {
    const columns = row.columns.filter(([p]) => p === privilege).map(([, column]) => column);
    if (row.whole.includes(privilege)) power[privilege] = '*';
    else if (columns.length > 0) power[privilege] = columns;
  }
  return power;
}

const onlyReads = (power: Power): boolean => Object.keys(power).every((privilege) => privilege === 'select');

/** Powers that no scope can name; one row for each, in plain words. $1 is the role's oid. */
const BEYOND = `
  select format('can create objects in schema %s', n.nspname) as power from pg_namespace n
   where n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege($1::oid, n.oid, 'create')
  union all
  select 'can create schemas in this database' where has_database_privilege($1::oid, current_database(), 'create')
  union all
  select format('is a member of role %s', m.roleid::regrole) from pg_auth_members m where m.member = $1::oid
  union all
  select format('can use the foreign server %s', s.srvname) from pg_foreign_server s where has_server_privilege($1::oid, s.oid, 'usage')
  union all
  select 'has more than the attributes of a plain login role' from pg_roles r
   where r.oid = $1::oid and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)`;

const SHUT_OUT = `
  select 'cannot connect to this database' as power
   where not has_database_privilege($1::oid, current_database(), 'connect')`;

/**
 * Sequences that the role can reach, other than $2: those behind columns of tables that the scope inserts into. CASE,
 * because the planner may ask has_sequence_privilege first, and that is an error for anything but a sequence.
 */
const SEQUENCES = `
  select format('can use the sequence %s.%s', n.nspname, c.relname) as power
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'S' and not c.oid = any($2::oid[])
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
    and (has_schema_privilege($1::oid, n.oid, 'usage') or n.nspname = any($3::text[]))
    and case when c.relkind = 'S' then has_sequence_privilege($1::oid, c.oid, 'usage, select, update') end`;

/**
 * What widens every scope here without being a table: told ahead of a request and to the operator, does not fail an
 * activation. Both parts of a sentence that begins with who can. $1 and $2 as above.
 */
const WARNINGS = `
  select format('can run %s, which acts with the rights of %s', p.oid::regprocedure, p.proowner::regrole) as warning
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
     and (has_schema_privilege($1::oid, n.oid, 'usage') or n.nspname = any($2::text[]))
     and has_function_privilege($1::oid, p.oid, 'execute')
  union all
  select format('can connect to the database %s on the same server', d.datname) from pg_database d
   where d.datallowconn and not d.datistemplate and d.datname not in (current_database(), 'postgres')
     and has_database_privilege($1::oid, d.oid, 'connect')`;

/** Somebody whose powers are asked for: a role by its oid, or 0 for PUBLIC, and schemas that they will be let into. */
export interface Holder {
  readonly oid: number;
  readonly schemas: readonly string[];
}

/**
 * What the holder can do with each relation. Objects that belong to an extension and that everyone may read, such as
 * `pg_stat_statements`, are let pass, unless they are wanted.
 */
export async function powersOf(client: pg.ClientBase, { oid, schemas }: Holder, want: Powers): Promise<Powers> {
  const version = await client.query<{ number: number }>("select current_setting('server_version_num')::int as number");
  const maintain = (version.rows[0]?.number ?? 0) >= 170_000;
  const reachable = await client.query<RelationRow>(relations(maintain), [oid, schemas]);
  const have = new Map<string, Power>();
  for (const row of reachable.rows) {
    const key = tableKey(row.schema, row.table);
    const power = powerOf(row);
    if (row.extension && onlyReads(power) && !want.has(key)) continue;
    have.set(key, power);
  }
  return have;
}

/** What the holder can do beyond any scope, and what is worth a warning; parts of sentences: `can create objects in …`. */
export async function widened(
  client: pg.ClientBase,
  { oid, schemas }: Holder,
  sequences: readonly number[] = [],
): Promise<{ readonly beyond: readonly string[]; readonly warnings: readonly string[] }> {
  const beyond = await client.query<{ power: string }>(BEYOND, [oid]);
  const used = await client.query<{ power: string }>(SEQUENCES, [oid, sequences, schemas]);
  const warnings = await client.query<{ warning: string }>(WARNINGS, [oid, schemas]);
  return {
    beyond: [...beyond.rows, ...used.rows].map((row) => row.power),
    warnings: warnings.rows.map((row) => row.warning),
  };
}

export interface Verified {
  /** Differences between what the role can do and its scope; must be empty. */
  readonly differences: readonly string[];
  readonly warnings: readonly string[];
}

/** What a scope allows because its owner can do it. */
async function ofOwner(
  client: pg.ClientBase,
  owner: Owner | null,
  sequences: readonly number[],
): Promise<{ readonly powers: Powers; readonly beyond: ReadonlySet<string> }> {
  if (owner === null) return { powers: new Map(), beyond: new Set() };
  const holder = { oid: owner.oid, schemas: [] };
  const { beyond } = await widened(client, holder, sequences);
  const name = await client.query<{ name: string }>('select $1::oid::regrole::text as name', [owner.oid]);
  const member = `is a member of role ${name.rows[0]?.name ?? owner.name}`;
  return { powers: await powersOf(client, holder, new Map()), beyond: new Set([...beyond, member]) };
}

function joined(a: Power = {}, b: Power): Power {
  const power: Power = { ...a, ...b };
  for (const privilege of COLUMN_PRIVILEGES) {
    const columns = union(a[privilege], b[privilege]);
    if (columns !== undefined) power[privilege] = columns;
  }
  return power;
}

/** Runs on the connection (and inside the transaction) that created the role. */
export async function verifyRole(
  client: pg.ClientBase,
  role: {
    readonly oid: number;
    readonly sequences: readonly number[];
    /** Of a scope that changes the schema: what it can do, the role may do as well, and nothing else. */
    readonly owner?: Owner | null;
  },
  scope: Scope,
): Promise<Verified> {
  const holder = { oid: role.oid, schemas: [] };
  const owner = await ofOwner(client, role.owner ?? null, role.sequences);
  const want = new Map(intended(scope));
  for (const [key, power] of owner.powers) want.set(key, joined(want.get(key), power));
  const have = await powersOf(client, holder, want);
  const { beyond, warnings } = await widened(client, holder, role.sequences);
  const shut = await client.query<{ power: string }>(SHUT_OUT, [role.oid]);
  return {
    differences: [
      ...differences(want, have),
      ...beyond.filter((power) => !owner.beyond.has(power)),
      ...shut.rows.map((row) => row.power),
    ],
    warnings: warnings.map((what) => `every role ${what}`),
  };
}
