/**
 * Ends one ephemeral role: no new login, no session left, nothing of its data lost, no role. Idempotent, and safe when
 * two collectors do it at once. `VALID UNTIL` alone would stop new logins but not open sessions. (I3)
 *
 * The privileges come from the role itself, which its creator is a member of, so the admin needs no superuser and no
 * `pg_signal_backend`. Objects that the role owns go to the owner of the database where the admin is a member of that
 * owner, else to the admin.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Admin } from './admin.ts';
import { PRIVILEGES_LOCK } from './create-role.ts';
import { quoted } from './privileges.ts';

export interface EndOptions {
  readonly installation: string;
  /** Milliseconds that the client has to leave by itself before its backends are terminated; new logins end at once. */
  readonly graceMs: number;
}
export interface EndedRole {
  /** False when there was no such role (any more). */
  readonly existed: boolean;
  /** Backends that had to be terminated. */
  readonly terminated: number;
}

const POLL_MS = 10;
/** A backend that has not gone by then hangs in the kernel; the caller tries again later. */
const PATIENCE_MS = 8000;
const ATTEMPTS = 5;

interface Found {
  readonly oid: number;
  /** Names the role in SQL. */
  readonly name: string;
}

/** Only a role whose comment says that this installation made it: a name alone proves nothing. */
export async function findOurs(client: pg.ClientBase, name: string, installation: string): Promise<Found | null> {
  const found = await client.query<{ oid: number }>(
    `select oid from pg_roles where rolname = $1
        and shobj_description(oid, 'pg_authid') like 'vitrine grant %' and right(shobj_description(oid, 'pg_authid'), length($2)) = $2`,
    [name, ` of ${installation}`],
  );
  const oid = found.rows[0]?.oid;
  return oid === undefined ? null : { oid, name: quoted(name) };
}

/** Waits for the role's backends to go, and after the grace terminates them; answers how many it terminated. */
async function emptySessions(client: pg.ClientBase, role: Found, graceMs: number): Promise<number> {
  const started = performance.now();
  const terminated = new Set<number>();
  for (;;) {
    const elapsed = performance.now() - started;
    const left = await client.query<{ pid: number; type: string }>(
      elapsed < graceMs
        ? 'select pid, backend_type as type from pg_stat_activity where usesysid = $1'
        : 'select pid, backend_type as type, pg_terminate_backend(pid) from pg_stat_activity where usesysid = $1',
      [role.oid],
    );
    if (left.rows.length === 0) return terminated.size;
    if (elapsed >= graceMs) for (const { pid, type } of left.rows) if (type === 'client backend') terminated.add(pid);
    if (elapsed > graceMs + PATIENCE_MS)
      throw new Fault('target_busy', `${left.rows.length} sessions of ${role.name} do not end.`, 'It is tried again.');
    await sleep(POLL_MS);
  }
}

/** Prepared transactions outlive their session and keep their locks. They end with the grant, uncommitted. */
async function rollbackPrepared(client: pg.ClientBase, name: string): Promise<void> {
  const prepared = await client.query<{ gid: string }>(
    'select gid from pg_prepared_xacts where owner = $1 and database = current_database()',
    [name],
  );
  if (prepared.rows.length === 0) return;
  // Only a superuser or the very role may finish them.
  await client.query(`set role ${quoted(name)}`);
  try {
    for (const { gid } of prepared.rows) await client.query(`rollback prepared ${pg.escapeLiteral(gid)}`);
  } finally {
    await client.query('reset role');
  }
}

/** Hands over what the role owns in this database and takes back what it may do there. */
async function disown(client: pg.ClientBase, role: Found): Promise<void> {
  const facts = await client.query<{ owns: boolean; owner: string }>(
    `select exists (select from pg_shdepend s where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1
                      and s.deptype = 'o' and s.dbid in (0, d.oid)) as owns,
            case when pg_has_role(d.datdba, 'usage') then pg_get_userbyid(d.datdba) else current_user end as owner
       from pg_database d where d.datname = current_database()`,
    [role.oid],
  );
  const row = facts.rows[0];
  if (row?.owns === true) await client.query(`reassign owned by ${role.name} to ${quoted(row.owner)}`);
  await client.query('savepoint disown');
  try {
    await client.query(`drop owned by ${role.name}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '42501') throw error;
    await client.query('rollback to savepoint disown');
    await revokeOnRelations(client, role);
    await client.query(`drop owned by ${role.name}`);
  }
}

/**
 * DROP OWNED revokes ALL, column by column, and fails for an admin that holds no column privilege on a relation (a
 * sequence, or a table that may only be deleted from). Then what was granted on whole relations is taken back by name;
 * not always, because that waits for everyone who holds a lock on the relation, and DROP OWNED does not.
 */
async function revokeOnRelations(client: pg.ClientBase, role: Found): Promise<void> {
  const granted = await client.query<{ kind: string; schema: string; name: string; privileges: string }>(
    `select case c.relkind when 'S' then 'sequence' else 'table' end as kind, n.nspname as schema, c.relname as name,
            string_agg(distinct a.privilege_type, ', ') as privileges
       from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
      where a.grantee = $1 and c.relowner <> $1 group by 1, 2, 3`,
    [role.oid],
  );
  for (const { kind, schema, name, privileges } of granted.rows)
    await client.query(`revoke ${privileges} on ${kind} ${quoted(schema)}.${quoted(name)} from ${role.name}`);
}

/** Databases of this server, other than the target's, where something still depends on the role. */
async function otherDatabases(client: pg.ClientBase, role: Found): Promise<string[]> {
  const found = await client.query<{ datname: string }>(
    `select distinct d.datname from pg_shdepend s join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1 and d.datname <> current_database()`,
    [role.oid],
  );
  return found.rows.map((row) => row.datname);
}

const inTransaction = async (client: pg.ClientBase, work: () => Promise<void>): Promise<void> => {
  await client.query('begin');
  try {
    await client.query("set local lock_timeout = '1500ms'");
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

async function drop(admin: Admin, client: pg.ClientBase, name: string, role: Found): Promise<void> {
  await rollbackPrepared(client, name);
  for (const database of await otherDatabases(client, role))
    await admin.elsewhere(database, async (other) => {
      await rollbackPrepared(other, name);
      await inTransaction(other, () => disown(other, role));
    });
  await inTransaction(client, async () => {
    await client.query(PRIVILEGES_LOCK);
    await disown(client, role);
    await client.query(`drop role ${role.name}`);
  });
}

/** Somebody else changed the same catalog row, is doing the same, or holds a lock for a moment. */
const worthAnotherTry = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  (/^(55P03|40P01|40001|2BP01|42704)$/.test(error.code ?? '') || /tuple concurrently/.test(error.message));

/**
 * Ends the role. Throws when the target cannot be reached or a session does not end: then call it again, later.
 *
 * Each step takes its own turn on the admin's connections: where many roles end at once, the sessions of all are cut before
 * the first role is dropped, because drops wait for each other.
 */
export async function endRole(admin: Admin, name: string, options: EndOptions): Promise<EndedRole> {
  let existed = false;
  let terminated = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const role = await admin.with(async (client) => {
        const found = await findOurs(client, name, options.installation);
        if (found === null) return null;
        existed = true;
        await client.query(`alter role ${found.name} nologin valid until '-infinity'`);
        terminated += await emptySessions(client, found, attempt === 1 ? options.graceMs : 0);
        return found;
      });
      if (role === null) return { existed, terminated };
      await admin.with(async (client) => {
        await drop(admin, client, name, role);
        // A login that was half done when the role lost its right to log in shows up only now.
        terminated += await emptySessions(client, role, 0);
      });
      return { existed, terminated };
    } catch (error) {
      if (attempt >= ATTEMPTS || !worthAnotherTry(error)) throw error;
      await sleep(POLL_MS * 2 ** attempt);
    }
  }
}

export interface OurRole {
  readonly name: string;
  readonly grant: string;
}

/** Every ephemeral role on the target that this installation made. */
export async function ourRoles(admin: Admin, installation: string): Promise<OurRole[]> {
  return admin.with(async (client) => {
    const found = await client.query<OurRole>(
      `select name, substring(comment from '^vitrine grant ([A-Za-z0-9_-]+) of ') as grant
         from (select rolname as name, shobj_description(oid, 'pg_authid') as comment from pg_roles) roles
        where name ~ '^vitrine_[a-z0-9]{8}$' and comment like 'vitrine grant %' and right(comment, length($1)) = $1`,
      [` of ${installation}`],
    );
    return found.rows;
  });
}
