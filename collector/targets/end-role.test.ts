import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { newPassword, newRoleName, reap, startReaper, type Targets } from './index.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let targets: Targets;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  targets = target.targets();
}, 60_000);
afterAll(() => target?.stop());

const SCOPE = scopeOf('write', on('orders', { select: '*', update: ['status'] }));
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function make(by: Targets = targets): Promise<{ name: string; password: string }> {
  const name = newRoleName();
  const password = newPassword();
  const remainingMs = (): number => 60_000;
  await by.createRole('orders', { name, password, grant: 'AAAAAAAAAAAAAAAAAAAAAA', scope: SCOPE, limits, remainingMs });
  return { name, password };
}
const exists = async (name: string): Promise<boolean> =>
  (await target.root.query('select from pg_roles where rolname = $1', [name])).rowCount === 1;
const sessions = async (name: string): Promise<number> =>
  (await target.root.query('select from pg_stat_activity where usename = $1', [name])).rowCount ?? 0;
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );

describe('the end of a role', () => {
  it('terminates running statements, rolls back what was open, and leaves no role (I3)', async () => {
    const { name, password } = await make();
    const clients = await Promise.all([1, 2, 3].map(() => target.connect(name, password)));
    const [sleeper, writer, idle] = clients as [pg.Client, pg.Client, pg.Client]; // three were made
    const running = failure(sleeper.query('select pg_sleep(60)'));
    await writer.query('begin');
    await writer.query("update shop.orders set status = 'lost' where id = 1");
    const started = performance.now();
    expect(await targets.endRole('orders', name, 0)).toEqual({ existed: true, terminated: 3 });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(await running).toBe('57P01');
    expect(await failure(idle.query('select 1'))).not.toBe('ok');
    expect(await exists(name)).toBe(false);
    expect(await sessions(name)).toBe(0);
    expect((await target.root.query('select status from shop.orders where id = 1')).rows[0].status).toBe('processing');
    await expect(target.connect(name, password)).rejects.toMatchObject({ code: '28P01' });
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  });

  it('lets a client leave by itself during the grace, while new logins are refused at once (I3)', async () => {
    const { name, password } = await make();
    const client = await target.connect(name, password);
    const ending = targets.endRole('orders', name, 400);
    await sleep(60);
    await expect(target.connect(name, password)).rejects.toMatchObject({ code: '28P01' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    expect(await ending).toEqual({ existed: true, terminated: 0 });
  });

  it('is the same when done again, or by two collectors at once (I3)', async () => {
    const { name } = await make();
    const other = target.targets();
    await Promise.all([targets.endRole('orders', name, 0), other.endRole('orders', name, 0)]);
    expect(await exists(name)).toBe(false);
    expect(await targets.endRole('orders', name, 0)).toEqual({ existed: false, terminated: 0 });
  });

  it('does not wait for somebody who holds a lock on the table', async () => {
    const { name } = await make();
    const holder = await target.root.connect();
    await holder.query('begin; lock table shop.orders in access exclusive mode');
    try {
      const started = performance.now();
      await targets.endRole('orders', name, 0);
      expect(performance.now() - started).toBeLessThan(20_000);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(await exists(name)).toBe(false);
  });

  it('hands over what the role owns instead of dropping it, in this database and in others', async () => {
    const { name, password } = await make();
    await target.root.query(`grant connect, create on database shop to ${name}`);
    const client = await target.connect(name, password);
    await client.query('create schema kept; create table kept.facts as select 42 as answer');
    const large = (await client.query('select lo_from_bytea(0, $1) as oid', [Buffer.from('kept')])).rows[0].oid;
    await client.end();
    const elsewhere = await target.connect(name, password, 'postgres');
    await elsewhere.query('select lo_create(0)');
    await elsewhere.end();
    await targets.endRole('orders', name, 0);
    expect(await exists(name)).toBe(false);
    expect((await target.root.query('select answer from kept.facts')).rows).toEqual([{ answer: 42 }]);
    expect((await target.root.query('select lo_get($1) as data', [large])).rows[0].data.toString()).toBe('kept');
    await target.root.query('drop schema kept cascade');
  });

  it.each(['superuser', 'least privilege'])(
    'rolls back a prepared transaction that outlived its session, as %s',
    async (kind) => {
      const by = kind === 'superuser' ? targets : target.targets(target.leastConfig);
      const { name, password } = await make(by);
      const client = await target.connect(name, password);
      await client.query("begin; update shop.orders set status = 'lost' where id = 2; prepare transaction 'late'");
      await client.end();
      await by.endRole('orders', name, 0);
      expect(await exists(name)).toBe(false);
      expect((await target.root.query('select from pg_prepared_xacts')).rowCount).toBe(0);
      expect((await target.root.query('select status from shop.orders where id = 2')).rows[0].status).toBe(
        'processing',
      );
    },
  );

  it('never touches a role that is not ours, whatever its name', async () => {
    await target.root.query(
      "create role vitrine_operator; create role vitrine_abcdefgh; comment on role vitrine_abcdefgh is 'vitrine grant x of another'",
    );
    expect(await targets.endRole('orders', 'vitrine_operator', 0)).toEqual({ existed: false, terminated: 0 });
    expect(await targets.endRole('orders', 'vitrine_abcdefgh', 0)).toEqual({ existed: false, terminated: 0 });
    expect(await targets.roles('orders')).toEqual([]);
    await target.root.query('drop role vitrine_operator; drop role vitrine_abcdefgh');
  });
});

describe('the reaper', () => {
  it('removes strays and leaves live roles alone (I3)', async () => {
    const [stray, live] = await Promise.all([make(), make()]);
    const strays: string[] = [];
    const removed = await reap('orders', {
      targets,
      targetIds: () => ['orders'],
      liveOf: async () => new Set([live.name]),
      onStray: (found) => void strays.push(`${found.role} ${found.grant}`),
      onTrouble: () => {},
    });
    expect(removed).toEqual([stray.name]);
    expect(strays).toEqual([`${stray.name} AAAAAAAAAAAAAAAAAAAAAA`]);
    expect([await exists(stray.name), await exists(live.name)]).toEqual([false, true]);
    await targets.endRole('orders', live.name, 0);
  });

  it('removes a live role that is past its end by the clock of the target, with its session (I3)', async () => {
    const { name, password } = await make();
    const client = await target.connect(name, password);
    const round = () =>
      reap('orders', {
        targets,
        targetIds: () => ['orders'],
        liveOf: async (roles) => new Set(roles),
        onStray: ({ overdue }) => void strays.push(overdue),
        onTrouble: () => {},
      });
    const strays: boolean[] = [];
    // A collector whose clock is right has begun the end by then; this one believes that there is an hour left.
    await target.root.query(`alter role ${name} valid until '${new Date(Date.now() - 1000).toISOString()}'`);
    expect(await round()).toEqual([]);
    await target.root.query(`alter role ${name} valid until '${new Date(Date.now() - 6000).toISOString()}'`);
    expect(await round()).toEqual([name]);
    expect(strays).toEqual([true]);
    expect(await failure(client.query('select 1'))).not.toBe('ok');
    expect(await exists(name)).toBe(false);
  });

  it('tries a target that is down again until it is clean', async () => {
    const { name } = await make();
    let down = true;
    const troubles: number[] = [];
    const reaper = startReaper(
      {
        targets: {
          roles: (id) => (down ? Promise.reject(new Error('connect ECONNREFUSED')) : targets.roles(id)),
          endRole: targets.endRole,
        },
        targetIds: () => ['orders'],
        liveOf: async () => new Set(),
        onStray: () => {},
        onTrouble: (_, __, retryMs) => void troubles.push(retryMs),
      },
      10,
    );
    while (troubles.length < 3) await sleep(5);
    down = false;
    while (await exists(name)) await sleep(5);
    await reaper.stop();
    expect(troubles.slice(0, 3)).toEqual([10, 20, 40]);
  });
});
