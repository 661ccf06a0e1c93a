/**
 * Looks at a target ahead of any request: whether a role for a scope could be made and would be exactly its scope, and what
 * every role there can do that no scope stops. Only reads, and makes no role; what an activation finds still decides. (I6)
 */
import type pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Columns, Scope, TableScope } from '../../shared/grants.ts';
import { visibleName } from '../../shared/visible.ts';
import type { Admin } from './admin.ts';
import { OLDEST, sequencesBehind } from './create-role.ts';
import { expandScope } from './expand.ts';
import { schemasOf } from './privileges.ts';
import { intended, type Power, powersOf, show, widened } from './verify.ts';

export interface Foreseen {
  /** Why a grant would not open, in plain sentences. */
  readonly blocks: readonly string[];
  /** What everybody can do there, in plain sentences. */
  readonly widens: readonly string[];
}

/** More would be a wall that nobody reads at three in the morning. */
const MOST_SHOWN = 5;

/** PostgreSQL's own number of PUBLIC. */
const PUBLIC = 0;

const VERBS = {
  select: 'read',
  insert: 'add rows to',
  update: 'change',
  references: 'refer to',
  delete: 'delete from',
  truncate: 'empty',
  trigger: 'put triggers on',
  maintain: 'maintain',
} as const satisfies Record<keyof Power, string>;
const PRIVILEGES = Object.keys(VERBS) as (keyof typeof VERBS)[]; // the keys of a const object

/** By `what they can do it to`, so that one table is one sentence: `read and change public.rates`. */
function doing(key: string, power: Power): string[] {
  const verbs = new Map<string, string[]>();
  for (const privilege of PRIVILEGES) {
    const columns = power[privilege];
    if (columns === undefined) continue;
    const where = Array.isArray(columns) ? show(key, columns) : show(key);
    verbs.set(where, [...(verbs.get(where) ?? []), VERBS[privilege]]);
  }
  return [...verbs].map(([where, all]) => `${new Intl.ListFormat('en').format(all)} ${where}`);
}

function less(have: Columns | undefined, want: Columns | undefined): Columns | undefined {
  if (have === undefined || want === '*') return undefined;
  if (have === '*') return '*';
  const left = have.filter((column) => want?.includes(column) !== true);
  return left.length > 0 ? left : undefined;
}

/** What is in `have` and not in `want`. */
export function surplus(have: Power, want: Power): Power {
  const more: Power = {};
  for (const privilege of ['select', 'insert', 'update', 'references'] as const) {
    const columns = less(have[privilege], want[privilege]);
    if (columns !== undefined) more[privilege] = columns;
  }
  for (const privilege of ['delete', 'truncate', 'trigger', 'maintain'] as const)
    if (have[privilege] === true && want[privilege] !== true) more[privilege] = true;
  return more;
}

/** What PUBLIC will get on things that do not exist yet, in the schemas of the scope or in all. $1: names of those schemas. */
const DEFAULTS = `
  select case d.defaclobjtype when 'r' then 'Tables' when 'S' then 'Sequences' else 'Schemas' end as kind,
         pg_get_userbyid(d.defaclrole) as owner, n.nspname as schema,
         string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as privileges
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
   where a.grantee = 0 and d.defaclobjtype in ('r', 'S', 'n')
     and (n.oid is null or n.nspname = any($1::text[]) or has_schema_privilege(0::oid, n.oid, 'usage'))
   group by d.oid, 1, 2, 3 order by 1, 2, 3`;

/** For each privilege that the scope names: is the table there, are its columns, and may the admin pass it on. */
const FITS = `
  select w.schema, w.table, w.privilege, n.oid is not null as room, c.oid is not null as there,
         (select coalesce(json_agg(name), '[]') from unnest(w.columns) as name where not exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname = name and a.attnum > 0 and not a.attisdropped
         )) as missing,
         case when c.oid is null then false
              when has_table_privilege(c.oid, w.privilege || ' with grant option') then true
              when w.columns is null then false
              else (select bool_and(has_column_privilege(c.oid, a.attnum, w.privilege || ' with grant option'))
                      from pg_attribute a where a.attrelid = c.oid and a.attname = any(w.columns)) end as grantable,
         case when n.oid is null then false else has_schema_privilege(n.oid, 'usage with grant option') end as enterable
    from json_to_recordset($1) as w(schema text, "table" text, privilege text, columns text[])
    left join pg_namespace n on n.nspname = w.schema
    left join pg_class c on c.relnamespace = n.oid and c.relname = w.table and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

interface FitRow {
  readonly schema: string;
  readonly table: string;
  readonly privilege: string;
  readonly room: boolean;
  readonly there: boolean;
  readonly missing: readonly string[];
  readonly grantable: boolean | null;
  readonly enterable: boolean;
}

const wantedOf = (table: TableScope) => {
  const of = (privilege: string, columns: Columns | undefined) =>
    columns === undefined
      ? []
      : [{ schema: table.schema, table: table.table, privilege, columns: columns === '*' ? null : columns }];
  return [
    ...of('select', table.select),
    ...of('insert', table.insert),
    ...of('update', table.update),
    ...of('delete', table.delete === true ? '*' : undefined),
  ];
};

function misfit(row: FitRow): string[] {
  const name = `${visibleName(row.schema)}.${visibleName(row.table)}`;
  if (!row.room) return [`The schema ${visibleName(row.schema)} of this scope does not exist`];
  if (!row.there) return [`The table ${name} of this scope does not exist`];
  if (row.missing.length > 0) return [`${name} has no column ${row.missing.map(visibleName).join(', ')}`];
  if (!row.enterable) return [`The collector may not give access to the schema ${visibleName(row.schema)}`];
  return row.grantable === true ? [] : [`The collector may not give ${row.privilege} on ${name}`];
}

async function inTheWay(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ version: number; makes: boolean; standby: boolean; still: boolean }>(
    `select current_setting('server_version_num')::int as version, rolsuper or rolcreaterole as makes,
            pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::bool as still
       from pg_roles where rolname = current_user`,
  );
  const facts = rows[0];
  if (facts === undefined) return [];
  return [
    ...(facts.version < OLDEST
      ? [`It runs PostgreSQL ${Math.floor(facts.version / 10_000)}; grants need 14 or newer`]
      : []),
    ...(facts.makes ? [] : ['The collector may not create roles on it']),
    ...(facts.standby || facts.still
      ? ['It takes no changes now (a standby, or set to read-only), so no role can be made']
      : []),
  ];
}

const some = (all: readonly string[]): string[] => {
  const each = [...new Set(all)];
  const more = each.length - MOST_SHOWN;
  return more > 0 ? [...each.slice(0, MOST_SHOWN), `And ${more} more of this kind`] : each;
};

/** One look at one target for several scopes, in their order. Throws when the target does not answer. */
export async function foresee(admin: Admin, label: string, scopes: readonly Scope[]): Promise<Foreseen[]> {
  const named = await Promise.all(scopes.map((scope) => spelledOut(admin, scope)));
  const found = await look(
    admin,
    label,
    named.flatMap((one) => ('tables' in one ? [one] : [])),
  );
  return named.map((one) => ('tables' in one ? (found.shift() ?? { blocks: [], widens: [] }) : one));
}

/** Or why it means no tables there. */
async function spelledOut(admin: Admin, scope: Scope): Promise<Scope | Foreseen> {
  try {
    return await expandScope(admin, scope);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { blocks: [visibleName(error.message.replace(/\.$/, ''))], widens: [] };
  }
}

async function look(admin: Admin, label: string, scopes: readonly Scope[]): Promise<Foreseen[]> {
  return admin.with(async (client) => {
    const general = await inTheWay(client);
    const everybody = `Every role on ${label}`;
    const found: Foreseen[] = [];
    for (const scope of scopes) {
      const schemas = schemasOf(scope);
      const fits = await client.query<FitRow>(FITS, [JSON.stringify(scope.tables.flatMap(wantedOf))]);
      const want = intended(scope);
      const have = await powersOf(client, { oid: PUBLIC, schemas }, want);
      const more = [...have].flatMap(([key, power]) => doing(key, surplus(power, want.get(key) ?? {})));
      const own = (await sequencesBehind(client, scope)).map(({ oid }) => oid);
      const { beyond, warnings } = await widened(client, { oid: PUBLIC, schemas }, own);
      const defaults = await client.query<{ kind: string; owner: string; schema: string | null; privileges: string }>(
        DEFAULTS,
        [schemas],
      );
      found.push({
        blocks: [
          ...general,
          ...some(fits.rows.flatMap(misfit)),
          ...some([...more.map((what) => `can also ${what}`), ...beyond].map((what) => `${everybody} ${what}`)),
        ].map(visibleName),
        widens: some([
          ...warnings.map((what) => `${everybody} ${what}`),
          ...defaults.rows.map(
            ({ kind, owner, schema, privileges }) =>
              `${kind} that ${owner} makes${schema === null ? '' : ` in schema ${schema}`} will be open to every role (${privileges})`,
          ),
        ]).map(visibleName),
      });
    }
    return found;
  });
}
