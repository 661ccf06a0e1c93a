/**
 * What happens to a role while its grant lives, each in place: its deadline moves, it is elevated to write, the elevation
 * is taken back. Sessions stay; privileges count from the next statement on. Each change is one transaction that ends with the
 * question what the role can do now, and with nothing changed where that is not its scope. (I3, I6)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Scope } from '../../shared/grants.ts';
import type { Admin } from './admin.ts';
import { explain, grantSequences, mismatch, PRIVILEGES_LOCK, sequencesBehind, tablesOf } from './create-role.ts';
import { type Found, findRole } from './end-role.ts';
import { ownerOf } from './owner.ts';
import { grantStatements, quoted, revokeStatements } from './privileges.ts';
import { verifyRole } from './verify.ts';

/** A role that is there, and the scope that its grant has without any elevation. */
export interface LiveRole {
  readonly name: string;
  readonly installation: string;
  readonly scope: Scope;
}
export interface Elevated {
  /** Tables that the elevation is about. */
  readonly tables: number;
  readonly warnings: readonly string[];
}
export interface Lowered {
  /** False when there was no such role (any more). */
  readonly existed: boolean;
  /** Backends that wrote, or might have, and were terminated. */
  readonly terminated: number;
}

/** Longest wait for a lock on a table whose privileges change. */
const LOCK_MS = 700;
const POLL_MS = 10;
/** A statement that was cancelled and goes on all the same is ended with its connection. */
const CANCEL_MS = 150;
const PATIENCE_MS = 3000;

const NOTHING_CHANGED = 'Nothing was changed; the grant goes on as it was.';
const gone = (role: LiveRole): Fault =>
  new Fault('role_gone', `The role ${role.name} is not there any more.`, 'Ask for access again.');

/** The scope of a role that was elevated: what it had, and what was added. */
export const together = (scope: Scope, added: Scope): Scope => ({
  ...scope,
  mode: added.mode,
  tables: [...scope.tables, ...added.tables],
});

/** `remainingMs` is asked after the database's clock, so never too generous. Throws a Fault where the role is gone. */
export async function extendRole(admin: Admin, role: LiveRole, remainingMs: () => number): Promise<void> {
  await admin.transaction(async (client) => {
    const found = await findRole(client, role.name, role.installation);
    if (found === null) throw gone(role);
    const server = await client.query<{ now: Date }>('select clock_timestamp() as now');
    const now = server.rows[0]?.now.getTime() ?? 0;
    const until = new Date(now + Math.max(0, remainingMs()));
    await client.query(`alter role ${found.name} valid until ${pg.escapeLiteral(until.toISOString())}`);
  });
}

/** Adds exactly `added` to what the role can do. Throws a Fault, with nothing changed, when it would be more or less. */
export async function elevateRole(admin: Admin, role: LiveRole, added: Scope): Promise<Elevated> {
  return admin.transaction(async (client) => {
    const found = await begin(client, role);
    if (found === null) throw gone(role);
    const whole = together(role.scope, added);
    for (const statement of grantStatements(added, role.name))
      await client.query(statement).catch((error) => explain(error, added, statement, NOTHING_CHANGED));
    const sequences = await grantSequences(client, whole, role.name);
    await readOnly(client, role, 'off');
    const { differences, warnings } = await verified(client, found, sequences, whole);
    if (differences.length > 0) throw mismatch(admin.target.id, whole, differences, NOTHING_CHANGED);
    return { tables: tablesOf(added), warnings };
  });
}

/**
 * Takes the elevation back, then ends what was begun under it: a transaction that has written is not committed any more, and a
 * statement that was running does not go on. `graceMs` is the client's time to do both by itself. Idempotent. Throws where
 * the privileges could not be taken back: then they are still there, and the caller has to end the grant.
 */
export async function lowerRole(admin: Admin, role: LiveRole, added: Scope, graceMs: number): Promise<Lowered> {
  const lowered = await admin.transaction(async (client) => {
    const found = await begin(client, role);
    if (found === null) return null;
    for (const statement of revokeStatements(added, role.name)) await client.query(statement);
    for (const { schema, name } of await sequencesBehind(client, added))
      await client.query(`revoke usage on sequence ${quoted(schema)}.${quoted(name)} from ${found.name}`);
    // What both scopes have was taken back with it.
    for (const statement of grantStatements(role.scope, role.name)) await client.query(statement);
    const sequences = await grantSequences(client, role.scope, role.name);
    if (role.scope.mode === 'read') await readOnly(client, role, 'on');
    const { differences } = await verified(client, found, sequences, role.scope);
    if (differences.length > 0)
      throw mismatch(admin.target.id, role.scope, differences, 'The elevation is still there.');
    return found;
  });
  if (lowered === null) return { existed: false, terminated: 0 };
  return { existed: true, terminated: await admin.with((client) => endWriters(client, lowered, graceMs)) };
}

async function begin(client: pg.ClientBase, role: LiveRole): Promise<Found | null> {
  await client.query(`set local lock_timeout = ${LOCK_MS}`);
  await client.query(PRIVILEGES_LOCK);
  return findRole(client, role.name, role.installation);
}

/** For sessions that come; those that are there are told by the app. */
const readOnly = (client: pg.ClientBase, role: LiveRole, value: 'on' | 'off'): Promise<unknown> =>
  client.query(`alter role ${quoted(role.name)} set default_transaction_read_only = ${value}`);

async function verified(client: pg.ClientBase, role: Found, sequences: readonly number[], scope: Scope) {
  const owner = await ownerOf(client, scope);
  return verifyRole(client, { oid: role.oid, sequences, owner }, scope);
}

interface Writer {
  readonly pid: number;
  /** It has a transaction that has written. */
  readonly wrote: boolean;
}

/**
 * Sessions of the role that have written in a transaction that is still open, or run what began before `$2`, when
 * privileges were asked already. What the admin may not see counts as both.
 */
const WRITERS = `
  select pid, backend_xid is not null or state is null as wrote from pg_stat_activity
   where usesysid = $1 and backend_type = 'client backend'
     and (backend_xid is not null or state is null
       or (state in ('active', 'fastpath function call') and query_start <= $2))`;

async function endWriters(client: pg.ClientBase, role: Found, graceMs: number): Promise<number> {
  const server = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const since = server.rows[0]?.now;
  const started = performance.now();
  const terminated = new Set<number>();
  for (;;) {
    const left = await client.query<Writer>(WRITERS, [role.oid, since]);
    if (left.rows.length === 0) return terminated.size;
    const over = performance.now() - started - graceMs;
    if (over > PATIENCE_MS)
      throw new Fault('target_busy', `${left.rows.length} sessions of ${role.name} do not end.`, 'It is tried again.');
    for (const { pid, wrote } of over < 0 ? [] : left.rows) {
      const end = wrote || over > CANCEL_MS;
      if (end) terminated.add(pid);
      await client.query(`select ${end ? 'pg_terminate_backend' : 'pg_cancel_backend'}($1)`, [pid]);
    }
    await sleep(POLL_MS);
  }
}
