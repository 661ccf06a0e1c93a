/**
 * One ephemeral role for one grant, made in one transaction: either a role that can do exactly its scope until the
 * deadline on the database's own clock, or nothing at all. (I3, I6)
 *
 * The admin needs no superuser. Least privilege, PostgreSQL 14 to 18: LOGIN CREATEROLE, and for every table of every
 * scope either its ownership (membership in the owner) or the same privileges WITH GRANT OPTION, and USAGE on the
 * schemas WITH GRANT OPTION. For scopes of mode ddl: the owner WITH ADMIN OPTION. Where CONNECT was revoked from PUBLIC: CONNECT on the database WITH GRANT OPTION.
 */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Limits, Scope } from '../../shared/grants.ts';
import type { Admin } from './admin.ts';
import { inherits, ownerOf, ownerStatement, schemasToChange } from './owner.ts';
import { grantStatements, quoted, schemasOf } from './privileges.ts';
import { scramVerifier } from './scram.ts';
import { verifyRole } from './verify.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Random, so that nobody can guess or squat the name: `vitrine_g7k2x0ab`. */
export const newRoleName = (): string =>
  `vitrine_${Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;

/** The comment of a role; a role is ours to remove only if its comment says so. */
export const roleComment = (installation: string, grant: string): string => `vitrine grant ${grant} of ${installation}`;

/** GRANT and REVOKE on one table from two sessions at once fail with "tuple concurrently updated": one at a time. */
export const PRIVILEGES_LOCK = "select pg_advisory_xact_lock(hashtext('vitrine privileges'))";

/** The oldest version that is still repaired by its makers, and on which all of this is tested. */
export const OLDEST = 140_000;

export interface NewRole {
  readonly name: string;
  readonly password: string;
  readonly grant: string;
  /** Which collector installation this role belongs to. */
  readonly installation: string;
  readonly scope: Scope;
  readonly limits: Limits;
  /** Milliseconds to the deadline, on the collector's clock; asked after the database's clock, so never too generous. */
  remainingMs(): number;
}

export interface CreatedRole {
  readonly name: string;
  /** Tables that the role can use. */
  readonly tables: number;
  /** `VALID UNTIL`, on the database's clock. */
  readonly validUntil: Date;
  readonly warnings: readonly string[];
}

const settings = (role: NewRole, schemas: readonly string[]): [string, string][] => [
  ['statement_timeout', String(role.limits.statement_timeout_ms)],
  ['idle_in_transaction_session_timeout', String(role.limits.idle_tx_timeout_ms)],
  // A waiting lock request blocks everyone behind it; an incident is no time for that.
  ['lock_timeout', String(Math.min(10_000, role.limits.statement_timeout_ms))],
  ['default_transaction_read_only', role.scope.mode === 'read' ? 'on' : 'off'],
  ['search_path', [...new Set([...schemasOf(role.scope), ...schemas])].map(quoted).join(', ') || "''"],
];

/** Runs `work`; an "insufficient privilege" inside it undoes it and is no error: then the answer is false. Anything else is. */
export async function ifAllowed(client: pg.ClientBase, work: () => Promise<unknown>): Promise<boolean> {
  await client.query('savepoint optional');
  try {
    await work();
    await client.query('release savepoint optional');
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '42501') throw error;
    await client.query('rollback to savepoint optional');
    return false;
  }
}

interface Sequence {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}
/** Sequences behind serial columns of the tables that the scope inserts into: without them an INSERT cannot work. */
export async function sequencesBehind(client: pg.ClientBase, scope: Scope): Promise<Sequence[]> {
  const sequences: Sequence[] = [];
  for (const table of scope.tables) {
    if (table.insert === undefined) continue;
    const found = await client.query<Sequence>(
      `select s.oid, n.nspname as schema, s.relname as name
         from pg_class t join pg_namespace tn on tn.oid = t.relnamespace
         join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid and d.deptype = 'a'
         join pg_class s on d.classid = 'pg_class'::regclass and s.oid = d.objid and s.relkind = 'S'
         join pg_namespace n on n.oid = s.relnamespace
        where tn.nspname = $1 and t.relname = $2`,
      [table.schema, table.table],
    );
    sequences.push(...found.rows);
  }
  return sequences;
}

/** Answers with their oids. */
export async function grantSequences(client: pg.ClientBase, scope: Scope, role: string): Promise<number[]> {
  const sequences = await sequencesBehind(client, scope);
  for (const { schema, name } of sequences)
    await client.query(`grant usage on sequence ${quoted(schema)}.${quoted(name)} to ${quoted(role)}`);
  return sequences.map(({ oid }) => oid);
}

async function makeRole(
  client: pg.ClientBase,
  role: NewRole,
  around: {
    readonly verifier: string;
    readonly until: Date;
    readonly inherits: 'inherit' | 'noinherit';
    readonly schemas: readonly string[];
  },
): Promise<void> {
  const name = quoted(role.name);
  const literal = pg.escapeLiteral;
  await client.query(
    `create role ${name} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls ${around.inherits} ` +
      `connection limit ${role.limits.connections} valid until ${literal(around.until.toISOString())} password ${literal(around.verifier)}`,
  );
  await client.query(`comment on role ${name} is ${literal(roleComment(role.installation, role.grant))}`);
  for (const [setting, value] of settings(role, around.schemas))
    await client.query(`alter role ${name} set ${setting} = ${setting === 'search_path' ? value : literal(value)}`);
  // The server's own log is the second witness; turning it on needs a superuser or GRANT SET ON PARAMETER.
  await ifAllowed(client, () => client.query(`alter role ${name} set log_statement = 'all'`));
}

/** Creates the role and proves what it can do. Throws a Fault, and leaves nothing behind, when that is not its scope. */
export async function createRole(admin: Admin, role: NewRole): Promise<CreatedRole> {
  const grants = grantStatements(role.scope, role.name);
  const verifier = await scramVerifier(role.password);
  return admin.transaction(async (client) => {
    const server = await client.query<{ now: Date; version: number; superuser: boolean }>(
      `select clock_timestamp() as now, current_setting('server_version_num')::int as version, rolsuper as superuser
         from pg_roles where rolname = current_user`,
    );
    const facts = server.rows[0];
    if (facts === undefined)
      throw new Fault('target_odd', `Target ${admin.target.id} does not know its own admin role.`);
    if (facts.version < OLDEST)
      throw new Fault(
        'target_too_old',
        `Target ${admin.target.id} runs PostgreSQL ${Math.floor(facts.version / 10_000)}; grants need 14 or newer. No role was created.`,
        'Ask an operator to upgrade the database, or to take the target out of the policy.',
      );
    const remaining = role.remainingMs();
    if (remaining <= 0) throw new Fault('after_deadline', 'The grant had ended before its role was created.');
    const validUntil = new Date(facts.now.getTime() + remaining);
    await client.query(PRIVILEGES_LOCK);
    const owner = await ownerOf(client, role.scope);
    await makeRole(client, role, {
      verifier,
      until: validUntil,
      inherits: inherits(role.scope, facts.version),
      schemas: owner === null ? [] : await schemasToChange(client, owner),
    });
    // An admin that is no superuser needs the role's rights to end its sessions and to drop what it owns.
    if (!facts.superuser)
      await client.query(
        `grant ${quoted(role.name)} to current_user${facts.version >= 160_000 ? ' with inherit true, set true' : ''}`,
      );
    for (const statement of grants)
      await client.query(statement).catch((error) => explain(error, role.scope, statement, NO_ROLE));
    if (owner !== null) {
      const statement = ownerStatement(owner.name, role.name, facts.version);
      await client.query(statement).catch((error) => explain(error, role.scope, statement, NO_ROLE));
    }
    const sequences = await grantSequences(client, role.scope, role.name);
    const connect = await client.query<{ allowed: boolean }>(
      "select has_database_privilege($1, current_database(), 'connect') as allowed",
      [role.name],
    );
    if (connect.rows[0]?.allowed !== true)
      await client.query(`grant connect on database ${quoted(admin.target.database)} to ${quoted(role.name)}`);
    const made = await client.query<{ oid: number }>('select oid from pg_roles where rolname = $1', [role.name]);
    const oid = made.rows[0]?.oid;
    if (oid === undefined)
      throw new Fault('target_odd', `Target ${admin.target.id} lost a role that it had just created.`);
    const verified = await verifyRole(client, { oid, sequences, owner }, role.scope);
    if (verified.differences.length > 0) throw mismatch(admin.target.id, role.scope, verified.differences, NO_ROLE);
    return { name: role.name, tables: tablesOf(role.scope), validUntil, warnings: verified.warnings };
  });
}

export const tablesOf = (scope: Scope): number =>
  new Set(scope.tables.map((table) => JSON.stringify([table.schema, table.table]))).size;

const NO_ROLE = 'No role was created.';
const MOST_SHOWN = 5;
export function mismatch(target: string, scope: Scope, found: readonly string[], left: string): Fault {
  const shown = found.slice(0, MOST_SHOWN).join('; ');
  const more = found.length > MOST_SHOWN ? `; and ${found.length - MOST_SHOWN} more` : '';
  return new Fault(
    'scope_mismatch',
    `On ${target} a role for scope ${scope.id} would not be able to do exactly what the scope says: it ${shown}${more}. ${left}`,
    'Ask an operator to correct the privileges of PUBLIC or of the admin role on the target, or the scope in the policy.',
  );
}

/** A scope that names what is not there, or what the admin may not give, is told as such. Rethrows everything else. */
export function explain(error: unknown, scope: Scope, statement: string, left: string): never {
  // 42P01 table, 42703 column, 3F000 schema, 42501 privilege: all of them mean that scope and database disagree.
  if (error instanceof pg.DatabaseError && ['42P01', '42703', '3F000', '42501'].includes(error.code ?? ''))
    throw new Fault(
      'scope_mismatch',
      `Scope ${scope.id} does not fit the database: ${error.message}. ${left}`,
      'Ask an operator to correct the scope in the policy, or the privileges of the admin role on the target.',
      { cause: new Error(statement) },
    );
  throw error;
}
