/** What an admin that is no superuser can do on every version that a target may run, with nothing but what the docs ask for. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { oldPrograms } from '../../dev/stack/postgres-versions.ts';
import { newPassword, newRoleName, reap, type Targets } from './index.ts';
import { contradictions, everyScope, outcome, SCOPES, type ScopeName } from './matrix.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

const MAJORS = [14, 15, 16, 17, 18] as const;
const until = async (check: () => Promise<boolean>): Promise<void> => {
  while (!(await check())) await new Promise((done) => setTimeout(done, 20));
};

async function make(by: Targets, scope: ScopeName): Promise<{ name: string; password: string }> {
  const name = newRoleName();
  const password = newPassword();
  const remainingMs = (): number => 60_000;
  const grant = 'AAAAAAAAAAAAAAAAAAAAAA';
  await by.createRole('orders', { name, password, grant, scope: SCOPES[scope], limits, remainingMs });
  return { name, password };
}

describe.each(MAJORS)('an admin of least privilege on PostgreSQL %i', (major) => {
  /** A target of this version, or a skipped test that says why. */
  async function open(skip: (reason: string) => never): Promise<{ target: TestTarget; least: Targets }> {
    const programs = major === 18 ? null : oldPrograms(major);
    if (major !== 18 && programs === null) skip(`PostgreSQL ${major} is not here; npm test fetches it`);
    const old = programs === null ? {} : { old: { major, programs } };
    const target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS, ...old }));
    onTestFinished(() => target.stop());
    const version = await target.root.query('show server_version_num');
    expect(Math.floor(Number(version.rows[0].server_version_num) / 10_000)).toBe(major);
    const facts = await target.root.query("select rolsuper, rolcreaterole from pg_roles where rolname = 'least'");
    expect(facts.rows).toEqual([{ rolsuper: false, rolcreaterole: true }]);
    return { target, least: target.targets(target.leastConfig) };
  }
  const rolesLeft = async (target: TestTarget): Promise<number> =>
    (await target.root.query("select from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'")).rowCount ?? 0;

  it('makes roles that are exactly their scope, and ends them (I3, I6)', async ({ skip }) => {
    const { target, least } = await open(skip);
    for (const scope of everyScope) {
      const { name, password } = await make(least, scope);
      const client = await target.connect(name, password);
      expect([scope, await contradictions(client, scope)]).toEqual([scope, []]);
      await client.end();
      expect(await least.endRole('orders', name, 0)).toMatchObject({ existed: true });
    }
    expect(await rolesLeft(target)).toBe(0);
    // Nothing of the roles is left in the tables' privileges either, and the admin has what it had.
    const acl = await target.root.query(
      "select relname from pg_class where relacl::text like '%vitrine\\_%' or relacl::text ~ '(^|[{,])[0-9]+='",
    );
    expect(acl.rows).toEqual([]);
    expect(await rolesLeft(target)).toBe(0);
  });

  it('terminates a running statement, rolls back what was prepared, hands over what the role owns (I3)', async ({
    skip,
  }) => {
    const { target, least } = await open(skip);
    // To the owner of the database where the admin is a member of it, else to the admin. As a member of the owner it holds
    // every grant option twice, and privileges that one of the two gave are not taken back in the name of the other.
    // Since 16 there are members of the owner who may not become it: then it goes to the admin again.
    for (const [n, heir] of ['least', 'shop_owner', ...(major >= 16 ? ['least'] : [])].entries()) {
      if (n === 2) await target.root.query('revoke shop_owner from least; grant shop_owner to least with set false');
      if (n === 1)
        await target.root.query(`alter database shop owner to shop_owner; grant shop_owner to least;
          alter schema shop owner to shop_owner; alter table shop.orders owner to shop_owner`);
      const { name, password } = await make(least, 'repair orders');
      const client = await target.connect(name, password);
      const kept = (await client.query('select lo_from_bytea(0, $1) as oid', [Buffer.from('kept')])).rows[0].oid;
      await client.query("begin; update shop.orders set status = 'lost' where id = 2; prepare transaction 'late'");
      const running = outcome(client, 'select pg_sleep(60)');
      await until(async () => {
        const active = await target.root.query(
          "select from pg_stat_activity where usename = $1 and query like '%pg_sleep%' and state = 'active'",
          [name],
        );
        return active.rowCount === 1;
      });
      expect(await least.endRole('orders', name, 0)).toEqual({ existed: true, terminated: 1 });
      expect(await running).toBe('57P01');
      await expect(target.connect(name, password)).rejects.toMatchObject({ code: '28P01' });
      expect((await target.root.query('select from pg_prepared_xacts')).rowCount).toBe(0);
      const owner = await target.root.query(
        'select pg_get_userbyid(lomowner) as owner, lo_get(oid) as data from pg_largeobject_metadata where oid = $1',
        [kept],
      );
      expect(owner.rows).toEqual([{ owner: heir, data: Buffer.from('kept') }]);
    }
    expect(await rolesLeft(target)).toBe(0);
  });

  it('reaps a role that nobody stands behind, while its session is open (I3)', async ({ skip }) => {
    const { target, least } = await open(skip);
    const stray = await make(least, 'add notes');
    const live = await make(least, 'read all of orders');
    const client = await target.connect(stray.name, stray.password);
    await client.query("begin; insert into notes (body) values ('open')");
    const removed = await reap('orders', {
      targets: least,
      targetIds: () => ['orders'],
      liveOf: async () => new Set([live.name]),
      onStray: () => {},
      onTrouble: () => {},
    });
    expect(removed).toEqual([stray.name]);
    expect(await outcome(client, 'select 1')).not.toBe('ok');
    expect((await target.root.query('select from shop.notes')).rowCount).toBe(0);
    await least.endRole('orders', live.name, 0);
    expect(await rolesLeft(target)).toBe(0);
  });

  it('needs nothing but the lines that docs/operations.md has to copy', async ({ skip }) => {
    const { target } = await open(skip);
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const sql = /```sql\n(create role vitrine_admin .*?)```/s.exec(page)?.[1] ?? '';
    await target.root.query(sql);
    // What the page calls optional, where the version has it.
    if (major >= 15) await target.root.query('grant set on parameter log_statement to vitrine_admin');
    const url = new URL(target.leastConfig.adminUrl);
    url.username = 'vitrine_admin';
    url.password = 'choose one';
    const admin = target.targets({ ...target.config, adminUrl: url.href });
    for (const scope of ['repair orders', 'add notes of the page'] as const) {
      const name = newRoleName();
      const role = {
        name,
        password: newPassword(),
        grant: 'AAAAAAAAAAAAAAAAAAAAAA',
        limits,
        remainingMs: () => 60_000,
      };
      const notes = scopeOf('write', on('notes', { select: '*', insert: ['body'] }));
      await admin.createRole('orders', { ...role, scope: scope === 'repair orders' ? SCOPES[scope] : notes });
      const facts = await target.root.query('select rolconfig from pg_roles where rolname = $1', [name]);
      expect(facts.rows[0].rolconfig.includes('log_statement=all')).toBe(major >= 15);
      const client = await target.connect(name, role.password);
      const repair = scope === 'repair orders' ? 'ok' : '42501';
      expect(await outcome(client, "update shop.orders set status = 'x' where id = 1")).toBe(repair);
      expect(await outcome(client, "insert into shop.notes (body) values ('x')")).toBe(
        repair === 'ok' ? '42501' : 'ok',
      );
      await client.end();
      await admin.endRole('orders', name, 0);
    }
    expect(await rolesLeft(target)).toBe(0);
  });

  it('makes and ends roles side by side', async ({ skip }) => {
    const { target, least } = await open(skip);
    const made = await Promise.all(everyScope.map((scope) => make(least, scope)));
    await Promise.all(made.map(({ name }) => least.endRole('orders', name, 0)));
    expect(await rolesLeft(target)).toBe(0);
  });
});

it('refuses PostgreSQL 13 with a word about it, and makes nothing (I6)', async ({ skip }) => {
  const programs = oldPrograms(13);
  if (programs === null) return skip('PostgreSQL 13 is not here; npm test fetches it');
  const target = await startTestTarget(await temporaryPostgres({ old: { major: 13, programs } }));
  onTestFinished(() => target.stop());
  await expect(make(target.targets(), 'read all of orders')).rejects.toMatchObject({
    code: 'target_too_old',
    message: expect.stringContaining('runs PostgreSQL 13; grants need 14 or newer'),
  });
  expect((await target.root.query("select from pg_roles where rolname like 'vitrine\\_%'")).rowCount).toBe(0);
});
