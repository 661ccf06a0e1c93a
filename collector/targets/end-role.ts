/**
 * Ends one ephemeral role: no new login, no session left, nothing of its data lost, no role. Idempotent, and safe when
 * two collectors do it at once. `VALID UNTIL` alone would stop new logins but not open sessions. (I3)
 *
 * The privileges come from the role itself, which its creator is a member of, so the admin needs no superuser and no
 * `pg_signal_backend`. Objects that the role owns go to the role that it was given the powers of, where its scope changes
 * the schema; else to the owner of the database where the admin is a member of that owner, else to the admin.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import type { Admin } from './admin.ts';
import { ifAllowed, PRIVILEGES_LOCK } from './create-role.ts';
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

export interface Found {
  readonly oid: number;
  /** Names the role in SQL. */
  readonly name: string;
}

/** Only a role whose comment says that this installation made it: a name alone proves nothing. */
export async function findRole(client: pg.ClientBase, name: string, installation: string): Promise<Found | null> {
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
            coalesce(
              (select pg_get_userbyid(m.roleid) from pg_auth_members m where m.member = $1 order by m.roleid limit 1),
              case when pg_has_role(d.datdba, 'usage') then pg_get_userbyid(d.datdba) else current_user end) as owner
       from pg_database d where d.datname = current_database()`,
    [role.oid],
  );
  const row = facts.rows[0];
  const giveTo = (heir: string) => client.query(`reassign owned by ${role.name} to ${heir}`);
  // Since 16 a member of the owner may still be one who may not become it, and then cannot give to it.
  if (row?.owns === true && !(await ifAllowed(client, () => giveTo(quoted(row.owner))))) await giveTo('current_user');
  const dropOwned = () => client.query(`drop owned by ${role.name}`);
  if (!(await ifAllowed(client, dropOwned))) {
    await revokeEach(client, role);
    await dropOwned();
  }
  const left = await client.query(
    `select from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = $1 and deptype = 'a'
        and dbid in (0, (select oid from pg_database where datname = current_database())) limit 1`,
    [role.oid],
  );
  if (left.rows.length > 0) await revokeEach(client, role);
}

/** Each privilege that the role was given in this database, and by whom. $1 is the role's oid. */
const GIVEN = `
  select format('%s on %s %I.%I', a.privilege_type, case c.relkind when 'S' then 'sequence' else 'table' end,
                n.nspname, c.relname) as what, pg_get_userbyid(a.grantor) as by
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
   where a.grantee = $1 and c.relowner <> $1
  union all
  select format('%s (%I) on table %I.%I', a.privilege_type, t.attname, n.nspname, c.relname), pg_get_userbyid(a.grantor)
    from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace,
         aclexplode(t.attacl) a
   where a.grantee = $1
  union all
  select format('%s on schema %I', a.privilege_type, n.nspname), pg_get_userbyid(a.grantor)
    from pg_namespace n, aclexplode(n.nspacl) a where a.grantee = $1
  union all
  select format('%s on database %I', a.privilege_type, d.datname), pg_get_userbyid(a.grantor)
    from pg_database d, aclexplode(d.datacl) a where a.grantee = $1 and d.datname = current_database()`;

/**
 * Takes back by name what DROP OWNED does not. It revokes ALL, column by column, so it fails for an admin that holds no
 * column privilege on a relation (a sequence, or a table that may only be deleted from). And it revokes in the name of
 * whoever holds every grant option: what was granted by the admin itself stays, silently, where the admin is a member of
 * the owner, too. Not always, because by name waits for everyone who holds a lock on the relation, and DROP OWNED does not.
 */
async function revokeEach(client: pg.ClientBase, role: Found): Promise<void> {
  const self = (await client.query<{ name: string }>('select current_user::text as name')).rows[0]?.name;
  const given = await client.query<{ what: string; by: string }>(GIVEN, [role.oid]);
  for (const { what, by } of given.rows) {
    if (by !== self) await ifAllowed(client, () => client.query(`set local role ${quoted(by)}`));
    await client.query(`revoke ${what} from ${role.name}`);
    if (by !== self) await client.query('reset role');
  }
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
    await admin.elsewhere(database, (other) =>
      writing(other, async () => {
        await rollbackPrepared(other, name);
        await inTransaction(other, () => disown(other, role));
      }),
    );
  await inTransaction(client, async () => {
    await client.query(PRIVILEGES_LOCK);
    await disown(client, role);
    await client.query(`drop role ${role.name}`);
  });
}

/** A database that was set to read-only takes no new access; the end of one is carried out all the same. */
async function writing<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('set default_transaction_read_only = off');
  try {
    return await work();
  } finally {
    // On a connection that broke, there is nothing to take back.
    await client.query('reset default_transaction_read_only').catch(() => {});
  }
}
/** A standby, or a disk that is full. */
const cannotWrite = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '25006' || error.code === '53100');

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
        const found = await findRole(client, name, options.installation);
        if (found === null) return null;
        existed = true;
        const shut = await writing(client, () =>
          client.query(`alter role ${found.name} nologin valid until '-infinity'`),
        ).then(
          () => null,
          (error: unknown) => error,
        );
        // Where it cannot even be shut, because nothing can be written, whoever is in still goes.
        if (shut !== null && !cannotWrite(shut)) throw shut;
        terminated += await emptySessions(client, found, attempt === 1 && shut === null ? options.graceMs : 0);
        if (shut !== null) throw shut;
        return found;
      });
      if (role === null) return { existed, terminated };
      await admin.with(async (client) => {
        await writing(client, () => drop(admin, client, name, role));
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
  /** Milliseconds since its end by the target's own clock; 0 before it, and once somebody has begun to end it. */
  readonly overdueMs: number;
}

/** Every ephemeral role on the target that this installation made. */
export async function ourRoles(admin: Admin, installation: string): Promise<OurRole[]> {
  return admin.with(async (client) => {
    const found = await client.query<OurRole>(
      `select name, substring(comment from '^vitrine grant ([A-Za-z0-9_-]+) of ') as grant,
              case when isfinite(until) then greatest(0, extract(epoch from clock_timestamp() - until) * 1000) else 0 end::float
                as "overdueMs"
         from (select rolname as name, rolvaliduntil as until, shobj_description(oid, 'pg_authid') as comment from pg_roles) roles
        where name ~ '^vitrine_[a-z0-9]{8}$' and comment like 'vitrine grant %' and right(comment, length($1)) = $1`,
      [` of ${installation}`],
    );
    return found.rows;
  });
}
