import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { Scope } from '../../shared/grants.ts';
import { newPassword, newRoleName, type Targets } from './index.ts';
import { limits, SETTINGS, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let admins: Record<'superuser' | 'least', Targets>;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  admins = { superuser: target.targets(), least: target.targets(target.leastConfig) };
  await target.root.query(`
    create role builder nologin; create schema build authorization builder;
    create table build.parts (id int primary key, name text); alter table build.parts owner to builder;
    create sequence build.numbers; alter sequence build.numbers owner to builder;
    insert into build.parts values (1, 'wheel');
    grant builder to least with admin option;
    create role mighty nologin createrole; create role "odd ""owner""" nologin;`);
}, 60_000);
afterAll(() => target?.stop());

const building: Scope = { id: 'build', label: 'Build', mode: 'write', tables: [], owner: 'builder' };

async function withRole(
  by: Targets,
  scope: Scope,
  use: (client: pg.Client, name: string) => Promise<void>,
): Promise<void> {
  const name = newRoleName();
  const password = newPassword();
  const spelled = await by.expandScope('orders', scope);
  await by.createRole('orders', {
    name,
    password,
    grant: 'A'.repeat(22),
    scope: spelled,
    limits,
    remainingMs: () => 60_000,
  });
  const client = await target.connect(name, password);
  try {
    await use(client, name);
  } finally {
    await client.end();
    await by.endRole('orders', name, 0);
  }
}
const outcome = (client: pg.Client, text: string): Promise<string> =>
  client.query(text).then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );
const ownerOf = async (table: string): Promise<string | undefined> =>
  (
    await target.root.query<{ owner: string }>(
      'select relowner::regrole::text as owner from pg_class where oid = to_regclass($1)',
      [table],
    )
  ).rows[0]?.owner;

describe.each(['superuser', 'least'] as const)('a scope that changes the schema, made by %s (I6)', (admin) => {
  it('creates, alters and drops what its owner owns, and nothing else; what it made stays, with the owner', async () => {
    await withRole(admins[admin], building, async (client) => {
      expect(await outcome(client, 'alter table build.parts add column if not exists weight int')).toBe('ok');
      expect(await outcome(client, 'create table made (id int)')).toBe('ok');
      expect(await outcome(client, 'insert into made values (1)')).toBe('ok');
      expect(await outcome(client, 'create index on build.parts (name)')).toBe('ok');
      expect(await outcome(client, 'alter table shop.orders add column x int')).toBe('42501');
      expect(await outcome(client, 'create table shop.mine (id int)')).toBe('42501');
      expect(await outcome(client, 'select * from shop.orders')).toBe('42501');
      expect(await outcome(client, 'create role another')).toBe('42501');
      // It has what the owner has, and is not the owner.
      expect(await outcome(client, 'set role builder')).toBe('42501');
    });
    expect(await ownerOf('build.made')).toBe('builder');
    expect((await target.root.query('select from build.made')).rowCount).toBe(1);
    await target.root.query('drop table build.made');
  });

  it('names the tables that are there', async () => {
    const { tables } = await admins[admin].expandScope('orders', building);
    expect(tables).toEqual([{ schema: 'build', table: 'parts', select: '*', insert: '*', update: '*', delete: true }]);
  });

  it('reads what its tables say besides', async () => {
    const scope: Scope = { ...building, tables: [{ schema: 'shop', table: 'customers', select: ['id'] }] };
    await withRole(admins[admin], scope, async (client) => {
      expect(await outcome(client, 'select id from shop.customers')).toBe('ok');
      expect(await outcome(client, 'select name from shop.customers')).toBe('42501');
      expect(await outcome(client, 'drop table build.parts')).toBe('ok');
    });
    await target.root.query(
      "create table build.parts (id int primary key, name text); alter table build.parts owner to builder; insert into build.parts values (1, 'wheel')",
    );
  });

  it.each([['mighty'], ['pg_read_all_data'], ['postgres'], ['nobody_at_all']])('is refused for %s', async (owner) => {
    const refused = admins[admin].expandScope('orders', { ...building, owner });
    await expect(refused).rejects.toMatchObject({ code: 'scope_mismatch' });
  });
});
