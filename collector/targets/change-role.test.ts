import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { newPassword, newRoleName, type Targets } from './index.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let targets: Targets;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  targets = target.targets();
}, 60_000);
afterAll(() => target?.stop());

const base = scopeOf('read', on('orders', { select: ['id', 'status'] }), on('customers', { select: ['id'] }));
const added = scopeOf('write', on('orders', { select: '*', update: ['status'] }), on('notes', { insert: ['body'] }));

async function withRole(use: (client: pg.Client, name: string) => Promise<void>): Promise<void> {
  const name = newRoleName();
  const password = newPassword();
  await targets.createRole('orders', {
    name,
    password,
    grant: 'AAAAAAAAAAAAAAAAAAAAAA',
    scope: base,
    limits,
    remainingMs: () => 60_000,
  });
  const client = await target.connect(name, password);
  client.on('error', () => undefined);
  try {
    await use(client, name);
  } finally {
    await client.end().catch(() => undefined);
    await targets.endRole('orders', name, 0);
  }
}
const outcome = (client: pg.Client, text: string): Promise<string> =>
  client.query(text).then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );
const WRITE = "update orders set status = 'elevated' where id = 1";
/** What the app does for its own session; a new one has it by its role. */
const allowWriting = (client: pg.Client) => client.query('set default_transaction_read_only = off');

describe('a live role', () => {
  it('is elevated and lowered in place: the session stays, and can do exactly its scope before and after', async () => {
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await allowWriting(client);
      expect(await outcome(client, WRITE)).toBe('42501');
      expect(await targets.elevateRole('orders', role, added)).toMatchObject({ tables: 2 });
      expect(await outcome(client, WRITE)).toBe('ok');
      expect(await outcome(client, "insert into notes (body) values ('elevated')")).toBe('ok');
      expect(await outcome(client, 'delete from notes')).toBe('42501');
      expect(await outcome(client, 'update orders set customer = 2')).toBe('42501');
      expect(await targets.lowerRole('orders', role, added, 0)).toEqual({ existed: true, terminated: 0 });
      expect(await outcome(client, WRITE)).toBe('42501');
      expect(await outcome(client, "insert into notes (body) values ('late')")).toBe('42501');
      expect(await outcome(client, 'select id, status from orders')).toBe('ok');
      // The elevation gave every column; what is left is what the scope had.
      expect(await outcome(client, 'select * from orders')).toBe('42501');
      expect(await outcome(client, 'select id from customers')).toBe('ok');
      // Twice is once.
      expect(await targets.lowerRole('orders', role, added, 0)).toEqual({ existed: true, terminated: 0 });
    });
  });

  it('commits nothing after the elevation: an open transaction that wrote is ended, one that read stays', async () => {
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await targets.elevateRole('orders', role, added);
      await allowWriting(client);
      await client.query('begin');
      await client.query("update orders set status = 'uncommitted' where id = 1");
      expect(await targets.lowerRole('orders', role, added, 50)).toMatchObject({ terminated: 1 });
      expect(await outcome(client, 'commit')).not.toBe('ok');
      const found = await target.root.query("select from shop.orders where status = 'uncommitted'");
      expect(found.rowCount).toBe(0);
    });
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await targets.elevateRole('orders', role, added);
      await client.query('begin');
      await client.query('select id from orders');
      expect(await targets.lowerRole('orders', role, added, 0)).toMatchObject({ terminated: 0 });
      expect(await outcome(client, 'commit')).toBe('ok');
    });
  });

  it('ends a statement that was running, also one that waits for a lock and has not written yet', async () => {
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await targets.elevateRole('orders', role, added);
      await allowWriting(client);
      const other = await target.root.connect();
      await other.query('begin');
      await other.query('select from shop.orders where id = 1 for update');
      const waiting = outcome(client, WRITE);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await targets.lowerRole('orders', role, added, 0);
      await other.query('rollback');
      other.release();
      expect(await waiting).not.toBe('ok');
    });
  });

  it('ends a loop that catches its cancellation', async () => {
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await targets.elevateRole('orders', role, added);
      await allowWriting(client);
      const looping = outcome(
        client,
        `do $$ begin loop begin perform pg_sleep(10); exception when query_canceled then null; end; end loop; end $$`,
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await targets.lowerRole('orders', role, added, 0)).toMatchObject({ terminated: 1 });
      expect(await looping).not.toBe('ok');
    });
  });

  it('is not elevated where the elevation would not be what its scope says, and goes on as it was', async () => {
    await withRole(async (client, name) => {
      const role = { name, scope: base };
      await expect(
        targets.elevateRole('orders', role, scopeOf('write', on('nowhere', { select: '*', delete: true }))),
      ).rejects.toMatchObject({ code: 'scope_mismatch', message: expect.stringContaining('Nothing was changed') });
      expect(await outcome(client, 'select id from orders')).toBe('ok');
      const next = await outcome(client, 'show default_transaction_read_only');
      expect(next).toBe('ok');
    });
  });

  it('lives longer where its grant was extended', async () => {
    await withRole(async (_client, name) => {
      const until = async () =>
        (
          await target.root.query<{ until: Date }>('select rolvaliduntil as until from pg_roles where rolname = $1', [
            name,
          ])
        ).rows[0]?.until.getTime() ?? 0;
      const before = await until();
      await targets.extendRole('orders', { name, scope: base }, () => 600_000);
      expect((await until()) - before).toBeGreaterThan(400_000);
    });
  });

  it('can no longer be changed once it is gone', async () => {
    const role = { name: newRoleName(), scope: base };
    await expect(targets.extendRole('orders', role, () => 1)).rejects.toMatchObject({ code: 'role_gone' });
    await expect(targets.elevateRole('orders', role, added)).rejects.toMatchObject({ code: 'role_gone' });
    expect(await targets.lowerRole('orders', role, added, 0)).toEqual({ existed: false, terminated: 0 });
  });
});
