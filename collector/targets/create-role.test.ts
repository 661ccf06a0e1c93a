import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { Scope } from '../../shared/grants.ts';
import { type NewRole, newPassword, newRoleName, type Targets } from './index.ts';
import { contradictions, everyScope, outcome, SCOPES } from './matrix.ts';
import { HOSTILE, limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let targets: Targets;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  targets = target.targets();
}, 60_000);
afterAll(() => target?.stop());

const roleFor = (scope: Scope, changes: Partial<NewRole> = {}): NewRole => ({
  name: newRoleName(),
  password: newPassword(),
  grant: 'AAAAAAAAAAAAAAAAAAAAAA',
  installation: '',
  scope,
  limits,
  remainingMs: () => 60_000,
  ...changes,
});

/** Creates the role, hands out a connected client, and ends the role afterwards. */
async function withRole<T>(
  scope: Scope,
  use: (client: pg.Client, role: NewRole) => Promise<T>,
  by = targets,
): Promise<T> {
  const role = roleFor(scope);
  await by.createRole('orders', role);
  try {
    const client = await target.connect(role.name, role.password);
    try {
      return await use(client, role);
    } finally {
      await client.end();
    }
  } finally {
    await by.endRole('orders', role.name, 0);
  }
}

const rolesLeft = async (): Promise<number> =>
  (await target.root.query("select from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'")).rowCount ?? 0;

describe('an ephemeral role', () => {
  it.each(everyScope)('may do exactly what its scope says: %s (I3)', async (name) => {
    await withRole(SCOPES[name], async (client) => {
      expect(await contradictions(client, name)).toEqual([]);
    });
  });

  it('gets nothing from PUBLIC: a table that everyone may read fails the activation and names itself (I6)', async () => {
    await target.root.query('grant usage on schema secret to public; grant select on secret.keys to public');
    try {
      const role = roleFor(SCOPES['read all of orders']);
      await expect(targets.createRole('orders', role)).rejects.toMatchObject({
        code: 'scope_mismatch',
        message: expect.stringContaining('can select all of secret.keys'),
      });
      expect(await rolesLeft()).toBe(0);
    } finally {
      await target.root.query('revoke usage on schema secret from public; revoke select on secret.keys from public');
    }
  });

  it.each([
    ['grant select (email) on shop.customers to public', 'can select shop.customers (email)'],
    ['grant update (total) on shop.orders to public', 'can update shop.orders (total)'],
    ['grant truncate on shop.orders to public', 'can truncate shop.orders'],
    ['grant create on schema shop to public', 'can create objects in schema shop'],
    ['grant usage on sequence shop.notes_id_seq to public', 'can use the sequence shop.notes_id_seq'],
    ['grant create on database shop to public', 'can create schemas in this database'],
  ])('is refused when PUBLIC was given more: %s (I6)', async (grant, said) => {
    await target.root.query(grant);
    try {
      await expect(targets.createRole('orders', roleFor(SCOPES['read all of orders']))).rejects.toThrow(said);
      expect(await rolesLeft()).toBe(0);
    } finally {
      await target.root.query(grant.replace(/^grant/, 'revoke').replace(/ to public$/, ' from public'));
    }
  });

  it('is refused when it could do less than the scope says (I6)', async () => {
    // The least privileged admin holds no grant option on the table of schema "secret".
    const least = target.targets(target.leastConfig);
    const scope = scopeOf('read', on('keys', { select: '*' }, 'secret'));
    await expect(least.createRole('orders', roleFor(scope))).rejects.toMatchObject({ code: 'scope_mismatch' });
    expect(await rolesLeft()).toBe(0);
  });

  it.each([
    [scopeOf('read', on('nothing', { select: '*' })), 'does not exist'],
    [scopeOf('read', on('orders', { select: ['nothing'] })), 'does not exist'],
    [scopeOf('read', on('orders', { select: '*' }, 'nothing')), 'does not exist'],
    [scopeOf('read', on('orders', { update: '*' })), 'is for reading'],
    [scopeOf('read', on(`${'é'.repeat(32)}`, { select: '*' })), '63 bytes'],
  ])('is refused for a scope that does not fit the database %#', async (scope, said) => {
    await expect(targets.createRole('orders', roleFor(scope))).rejects.toThrow(said);
    expect(await rolesLeft()).toBe(0);
  });

  it('lets the objects of an extension that everyone may read pass', async () => {
    await target.root.query('create extension pg_stat_statements');
    try {
      await withRole(SCOPES['read all of orders'], async (client) => {
        expect(await outcome(client, 'select 1')).toBe('ok');
      });
    } finally {
      await target.root.query('drop extension pg_stat_statements');
    }
  });

  it('is confined to hostile names as they stand: quotes, SQL, unicode, 63 bytes', async () => {
    const table = on(HOSTILE.apostrophe, { select: [HOSTILE.unicode, HOSTILE.quote] }, HOSTILE.quote);
    const scope = scopeOf('read', table, on(HOSTILE.longest, { select: '*' }));
    const id = pg.escapeIdentifier;
    await withRole(scope, async (client) => {
      const from = `${id(HOSTILE.quote)}.${id(HOSTILE.apostrophe)}`;
      expect(await outcome(client, `select ${id(HOSTILE.unicode)}, ${id(HOSTILE.quote)} from ${from}`)).toBe('ok');
      expect(await outcome(client, `select ${id(HOSTILE.longest)} from ${from}`)).toBe('42501');
      expect(await outcome(client, `select * from ${id(HOSTILE.longest)}`)).toBe('ok');
      expect(await outcome(client, 'select * from shop.orders')).toBe('42501');
    });
    expect((await target.root.query('select from shop.orders')).rowCount).toBeGreaterThan(0);
  });

  it('carries its limits, its clock and no way to change either (I3)', async () => {
    await withRole(SCOPES['repair orders'], async (client, role) => {
      const facts = await target.root.query(
        `select rolconnlimit, rolinherit, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
                extract(epoch from rolvaliduntil - clock_timestamp())::float as left, rolconfig from pg_roles where rolname = $1`,
        [role.name],
      );
      expect(facts.rows[0]).toMatchObject({
        rolconnlimit: limits.connections,
        rolinherit: false,
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
      });
      expect(facts.rows[0].left).toBeGreaterThan(55);
      expect(facts.rows[0].left).toBeLessThanOrEqual(60);
      expect(facts.rows[0].rolconfig).toEqual(
        expect.arrayContaining(['statement_timeout=60000', 'log_statement=all', 'search_path=shop']),
      );
      for (const attempt of [
        `alter role ${role.name} valid until 'infinity'`,
        `alter role ${role.name} connection limit 90`,
        `alter role ${role.name} createrole`,
        `grant postgres to ${role.name}`,
      ])
        expect(await outcome(client, attempt)).toBe('42501');
    });
  });

  it('starts read-only where its scope only reads', async () => {
    await withRole(SCOPES['read all of orders'], async (client) => {
      expect((await client.query('show default_transaction_read_only')).rows[0]).toEqual({
        default_transaction_read_only: 'on',
      });
      expect(await outcome(client, 'update shop.orders set total = 0')).toBe('25006');
    });
  });

  it('is held to reading by its transactions, whatever a function with the rights of its owner tries (I6)', async () => {
    await target.root.query(`
      create function shop.writes() returns text language plpgsql security definer as
        $$ begin update shop.orders set total = -1; return 'written'; end $$;
      create function shop.lifts_and_writes() returns text language plpgsql security definer as
        $$ begin
          perform set_config('transaction_read_only', 'off', true);
          update shop.orders set total = -1; return 'written';
        end $$;
      create procedure shop.writes_as_procedure() language plpgsql security definer as
        $$ begin update shop.orders set total = -1; end $$`);
    try {
      await withRole(SCOPES['read all of orders'], async (client) => {
        expect(await outcome(client, 'select shop.writes()')).toBe('25006');
        expect(await outcome(client, 'select shop.lifts_and_writes()')).toBe('25001');
        expect(await outcome(client, 'call shop.writes_as_procedure()')).toBe('25006');
        // Nothing to write to either: a temporary table would be a place to keep rows in.
        expect(await outcome(client, 'create temp table kept as select * from shop.orders')).toBe('25006');
      });
      // Where the scope writes, what such a function does is up to whoever let everybody call it.
      await withRole(SCOPES['repair orders'], async (client) => {
        await client.query('begin');
        expect(await outcome(client, 'select shop.writes()')).toBe('ok');
        await client.query('rollback');
      });
      expect((await target.root.query('select from shop.orders where total = -1')).rowCount).toBe(0);
    } finally {
      await target.root.query(
        'drop function shop.writes, shop.lifts_and_writes; drop procedure shop.writes_as_procedure',
      );
    }
  });

  it('holds to its connection limit', async () => {
    const role = roleFor(SCOPES['read all of orders'], { limits: { ...limits, connections: 1 } });
    await targets.createRole('orders', role);
    const first = await target.connect(role.name, role.password);
    await expect(target.connect(role.name, role.password)).rejects.toMatchObject({ code: '53300' });
    await first.end();
    await targets.endRole('orders', role.name, 0);
  });

  it('admits nobody after VALID UNTIL, even if no collector is left to end it (I3)', async () => {
    const role = roleFor(SCOPES['read all of orders'], { remainingMs: () => 300 });
    await targets.createRole('orders', role);
    await new Promise((done) => setTimeout(done, 350));
    await expect(target.connect(role.name, role.password)).rejects.toMatchObject({ code: '28P01' });
    await targets.endRole('orders', role.name, 0);
  });

  it('is not created after its deadline (I3)', async () => {
    await expect(
      targets.createRole('orders', roleFor(SCOPES['read all of orders'], { remainingMs: () => 0 })),
    ).rejects.toMatchObject({ code: 'after_deadline' });
    expect(await rolesLeft()).toBe(0);
  });

  it('never shows its password to the server: no statement in the log contains it', async () => {
    await target.root.query("alter role postgres set log_statement = 'all'");
    const logging = target.targets();
    const role = roleFor(SCOPES['read all of orders']);
    await logging.createRole('orders', role);
    await logging.endRole('orders', role.name, 0);
    await target.root.query('alter role postgres reset log_statement');
    const log = await target.root.query(
      "select string_agg(pg_read_file('log/' || name), '') as text from pg_ls_logdir()",
    );
    expect(log.rows[0].text).toContain(`create role ""${role.name}""`);
    expect(log.rows[0].text).not.toContain(role.password);
  });

  it('is made side by side with others on the same tables', async () => {
    const roles = Array.from({ length: 8 }, () => roleFor(SCOPES['repair orders']));
    await Promise.all(roles.map((role) => targets.createRole('orders', role)));
    await Promise.all(roles.map((role) => targets.endRole('orders', role.name, 0)));
    expect(await rolesLeft()).toBe(0);
  });

  it('can be made and ended by an admin of least privilege that is no superuser', async () => {
    const least = target.targets(target.leastConfig);
    await withRole(
      SCOPES['add notes'],
      async (client, role) => {
        expect(await outcome(client, "insert into shop.notes (body) values ('a')")).toBe('ok');
        expect(await outcome(client, 'select * from shop.orders')).toBe('42501');
        const sleeping = outcome(client, 'select pg_sleep(60)');
        await new Promise((done) => setTimeout(done, 100));
        expect(await least.endRole('orders', role.name, 0)).toEqual({ existed: true, terminated: 1 });
        expect(await sleeping).toBe('57P01');
      },
      least,
    );
    expect(await rolesLeft()).toBe(0);
  });

  it('reports what widens every scope without being a table', async () => {
    const role = roleFor(SCOPES['read all of orders']);
    const made = await targets.createRole('orders', role);
    expect(made.warnings).toEqual([expect.stringContaining('shop.lets_out()')]);
    expect(made.tables).toBe(1);
    await targets.endRole('orders', role.name, 0);
  });
});

describe('the admin connection', () => {
  it('checks the server: a wrong name or an unknown authority is refused', async () => {
    const wrongName = target.targets({ ...target.config, tls: { ...target.config.tls, server_name: 'other.test' } });
    await expect(wrongName.roles('orders')).rejects.toThrow(/other\.test/);
    const noAuthority = target.targets({ ...target.config, tls: { ...target.config.tls, ca: '' } });
    await expect(noAuthority.roles('orders')).rejects.toThrow(/certificate/);
  });

  it('refuses to start with a plain connection to another machine', () => {
    const config = {
      ...target.config,
      host: 'db.test',
      adminUrl: 'postgres://a:b@db.test/shop',
      tls: { mode: 'disable', ca: '', server_name: '' },
    } as const;
    return expect(target.targets(config).roles('orders')).rejects.toThrow('TLS is disabled');
  });
});
