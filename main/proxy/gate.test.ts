import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPassword, newRoleName, openTargets, type Targets } from '../../collector/targets/index.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { Scope } from '../../shared/grants.ts';
import { parse } from '../../shared/sql/parser.ts';
import { constantOf, list, unwrap } from '../../shared/sql/tree.ts';
import { attempts, FUNCTIONS } from './attempts.ts';
import { sharedWorld } from './test-hooks.ts';
import { limits, openRig, openTap, type Rig, type Tap, type World } from './testing.ts';

const scope: Scope = {
  id: 'read',
  label: 'Read',
  mode: 'read',
  tables: [{ schema: 'shop', table: 'orders', select: '*' }],
};
/** With a role that may write. */
const shop = sharedWorld(temporaryPostgres, { max_prepared_transactions: '5' });
/** The same server with a role that the collector's own code has made, for the scope above. */
let world: World;
let targets: Targets;
let tap: Tap;
let rig: Rig;
/** As the role, without relay and gate. */
let bare: pg.Client;
/** Somebody else, whom nothing may reach. */
let other: pg.Client;

beforeAll(async () => {
  await shop.admin.query(FUNCTIONS);
  const { host, port, user, password } = shop.admin;
  targets = openTargets({
    configOf: () => ({
      id: 'shop',
      host,
      port,
      database: 'shop',
      tls: { mode: 'disable', ca: '', server_name: '' },
      adminUrl: `postgres://${user}:${password}@${host}:${port}/shop`,
    }),
    installation: 'test',
    onError: () => {},
  });
  const role = { name: newRoleName(), password: newPassword() };
  await targets.createRole('shop', {
    ...role,
    grant: 'A'.repeat(22),
    scope,
    limits: { ...limits, connections: 50 },
    remainingMs: () => 600_000,
  });
  world = { ...shop, role: role.name, password: role.password };
  tap = await openTap(port);
  rig = await openRig(world, { mode: 'read', tls: false, port: tap.port });
  bare = new pg.Client({ host, port, database: 'shop', user: role.name, password: role.password });
  bare.on('error', () => {});
  await bare.connect();
  other = new pg.Client({ host, port, database: 'shop', user: user ?? '', password: password ?? '' });
  await other.connect();
}, 180_000);
afterAll(async () => {
  await rig?.close();
  await tap?.close();
  await bare?.end();
  await other?.end();
  await targets?.close();
});

const failure = (promise: Promise<unknown>): Promise<pg.DatabaseError> =>
  promise.then(
    () => {
      throw new Error('it was expected to fail');
    },
    (error: pg.DatabaseError) => error,
  );
const pidOf = async (client: pg.Client): Promise<number> =>
  (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
/** Everything that an attempt could have changed. */
const state = async (): Promise<unknown> =>
  (
    await world.admin.query(`
      select (select md5(string_agg(o::text, ',' order by id)) from shop.orders o) as orders,
        (select count(*) from pg_class) as relations, (select count(*) from pg_proc) as functions,
        (select md5(string_agg(r::text, ',' order by oid)) from pg_roles r) as roles,
        (select count(*) from pg_db_role_setting) as settings, (select count(*) from pg_prepared_xacts) as prepared,
        (select last_value || ' ' || is_called from shop.counter) as counter,
        (select count(*) from pg_largeobject_metadata) as objects`)
  ).rows[0];

describe('what is tried in a grant to read', () => {
  it('is refused before a byte of it is sent, in words, and the connection goes on (I6)', async () => {
    const client = await rig.client();
    const all = attempts(await pidOf(other));
    expect(all.length).toBeGreaterThan(120);
    for (const { sql, gate } of all)
      for (const ask of [
        () => client.query(sql),
        () => client.query({ text: sql, values: [], queryMode: 'extended' } as never),
      ]) {
        tap.clear();
        const error = await failure(ask());
        expect([sql, error.code]).toEqual([sql, gate]);
        expect(error.message).toMatch(/^([a-z"]|[A-Z]{2}).*[^.]$/);
        expect(error.severity).toBe('ERROR');
        expect(error.detail).toMatch(/\.$/);
        expect(error.hint).toMatch(/[.?']$/);
        expect(tap.sent()).toBe('');
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      }
    expect(rig.intents.every(({ kind }) => kind === 'select')).toBe(true);
    expect(rig.notices.length).toBe(2 * all.length);
    expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  }, 180_000);

  it('does not cost the user their transaction', async () => {
    const client = await rig.client();
    await client.query('begin');
    const snapshot = (await client.query('select txid_current_snapshot()::text as s, pg_backend_pid() as p')).rows;
    for (const { sql, gate } of attempts(1)) expect((await failure(client.query(sql))).code).toBe(gate);
    expect((await client.query('select pg_backend_pid() as p')).rows[0].p).toBe(snapshot[0].p);
    expect((await client.query('commit')).command).toBe('COMMIT');
  }, 180_000);

  it('is refused by the role itself where PostgreSQL has a fence for it, without the gate', async () => {
    const before = await state();
    const wrong: string[] = [];
    for (const { sql, role } of attempts(await pidOf(other))) {
      const outcome = await bare.query(sql).then(
        () => 'lets',
        (error: pg.DatabaseError) => `refuses ${error.code}`,
      );
      if (!outcome.startsWith(role)) wrong.push(`${sql} → ${outcome}`);
      await bare.query('rollback');
      await bare.query('discard all');
    }
    expect(wrong).toEqual([]);
    // One of them was let, and wrote with the rights of a careless function's owner: what only the gate stops.
    const { rows } = await world.admin.query(
      "update shop.orders set status = 'processing' where id = 500 returning old.status as was",
    );
    expect(rows).toEqual([{ was: 'written' }]);
    await world.admin.query(`set role ${pg.escapeIdentifier(world.role)}`);
    await world.admin.query("rollback prepared 'outlives'");
    await world.admin.query('reset role');
    expect(await state()).toEqual(before);
    expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  }, 180_000);
});

describe('what is tried in a grant to write', () => {
  let writing: Rig;
  let client: pg.Client;
  beforeAll(async () => {
    writing = await openRig(shop, { tls: false, port: tap.port });
    client = await writing.client();
  });
  afterAll(() => writing.close());

  it('is left to the database where it is inside the grant', async () => {
    for (const sql of [
      "select nextval('shop.counter')",
      'do $$begin perform 1; end$$',
      'call shop.writes_as_owner()',
      'begin; lock table shop.secrets',
      'rollback',
      'begin read write; select * from shop.orders where id = 1 for update; commit',
      'notify somebody',
      'select pg_advisory_xact_lock(1)',
      'vacuum shop.orders',
      'create table shop.mine (a int)',
      'set default_transaction_read_only = off',
      'prepare p as update shop.orders set status = status where id = $1',
      'explain analyze execute p(1)',
      'execute nobody',
      "select query_to_xml('select ' || '1', true, true, '')",
    ]) {
      tap.clear();
      await client.query(sql).catch(() => {});
      expect(tap.sent()).toContain(sql);
    }
    expect(writing.notices).toEqual([]);
    await world.admin.query("update shop.orders set status = 'processing' where id = 500");
  });

  it('is refused where no grant has it: roles, files, other servers, the limits, what would outlive it (I3, I6)', async () => {
    const refused = attempts(1).filter(({ gate }) => gate === '42501' || gate === '0A000' || gate === '42601');
    expect(refused.length).toBeGreaterThan(45);
    for (const { sql, gate } of refused) {
      tap.clear();
      expect([sql, (await failure(client.query(sql))).code]).toEqual([sql, gate]);
      expect(tap.sent()).toBe('');
    }
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a text that the parser cannot read', () => {
  it('cannot swallow its tag, nor bring one, where the grant lets it pass', async () => {
    const lax = await openRig(shop, { limits: { unparsed: true } });
    try {
      const client = await lax.client();
      for (const tail of [
        ' /* open',
        ' /* /* */',
        " and status = 'open",
        ' and status = $$open',
        ' and status = $x$ $$',
        ' and "open',
        " and U&'open",
        " and E'open\\'",
      ]) {
        const sql = `delete from shop.orders where id = 600${tail}`;
        expect([sql, (await failure(client.query(sql))).code]).toEqual([sql, '42601']);
      }
      expect((await failure(client.query("selec '/*vitrine:'"))).code).toBe('0A000');
      expect((await world.admin.query('select from shop.orders where id = 600')).rowCount).toBe(1);
    } finally {
      await lax.close();
    }
  });

  it('is never one that the server reads in another way than the gate', async () => {
    const pieces = [
      ...['select', '1', ',', ' ', ';', '\n', '\r', '\f', '\v', '\u00a0', 'é', '::text', '=', '-', '*/', '/*', '--'],
      ...[
        "'",
        '"',
        '$$',
        '\\',
        "'a'",
        "'a\\'",
        "''",
        "E'a\\''",
        "e'\\\\'",
        "U&'\\0061'",
        'U&"a"',
        "N'x'",
        "b'01'",
        "x'1F'",
      ],
      ...['$a$ $$a$$ $a$', '$a$;$$;$a$', '"a;b"', '1e5', '0x1f', '1_0', '1a', '/* ; */', '/* /* ; */ */', '--;\n'],
      ...["-- '\n", "'a'\n'b'", "'a' 'b'", "'a' -- c\n 'b'", "uescape '!'", ';;'],
    ];
    let [readable, unreadable, strict] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 9 }), async (parts) => {
        const text = `select ${parts.join('')}`;
        const parsed = parse(text);
        const config = { text, queryMode: 'extended', rowMode: 'array' } as unknown as pg.QueryArrayConfig;
        const said = await other.query(config).then(
          ({ rows }) => ({ rows, error: '' }),
          (error: pg.DatabaseError) => ({ rows: [], error: error.message }),
        );
        const lexical = /syntax error|unterminated|trailing junk|invalid Unicode|zero-length|UESCAPE/.test(said.error);
        if (!parsed.ok) {
          // libpg-query does not join 'a' and 'b' over a comment, as the server does: refused, which is the safe side.
          if (!lexical) strict++;
          unreadable++;
          return;
        }
        readable++;
        if (parsed.statements.length > 1)
          expect(said.error).toBe('cannot insert multiple commands into a prepared statement');
        else expect([text, lexical]).toEqual([text, false]);
        if (said.error !== '' || said.rows.length !== 1) return;
        const values: unknown[] = said.rows[0] ?? [];
        const [, select] = unwrap(parsed.statements[0]?.stmt);
        for (const [i, target] of list(select.targetList).entries()) {
          const value = unwrap(target)[1].val;
          const [name, constant] = unwrap(value);
          if (name === 'A_Const' && constant.sval !== undefined)
            expect([text, values[i]]).toEqual([text, constantOf(value)]);
        }
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(readable, unreadable)).toBeGreaterThan(100);
    expect(strict).toBeLessThan(unreadable / 4);
  }, 180_000);
});

describe('what the gate cannot see', () => {
  const status = async (): Promise<string> =>
    (await world.admin.query('select status from shop.orders where id = 500')).rows[0].status;

  it('is held by the read-only transaction: a function with its owner’s rights cannot write, nor lift it', async () => {
    const client = await rig.client();
    expect(await failure(client.query('select shop.writes_as_owner_fn()'))).toMatchObject({ code: '25006' });
    for (const name of ['lifts_and_writes', 'sets_and_writes'])
      expect(await failure(client.query(`select shop.${name}()`))).toMatchObject({ code: '25001' });
    expect(await status()).toBe('processing');
    // A function that only reads is what an engineer wants, volatile as most are.
    expect((await client.query('select shop.total(7) as total')).rows).toEqual([{ total: '7.00' }]);
  });

  it('and a function that turns it off for later ends what the connection may do, until it is on again (I6)', async () => {
    const client = await rig.client();
    expect((await client.query('select shop.lifts_for_later() as v')).rows).toEqual([{ v: 'off' }]);
    tap.clear();
    expect(await failure(client.query('select shop.writes_as_owner_fn()'))).toMatchObject({
      code: '25006',
      message: 'this connection is not held to reading any more: default_transaction_read_only is off',
      hint: 'RESET default_transaction_read_only, or connect again.',
    });
    expect(await failure(client.query('select 1'))).toMatchObject({ code: '25006' });
    expect(tap.sent()).toBe('');
    await client.query('reset default_transaction_read_only');
    expect(await failure(client.query('select shop.writes_as_owner_fn()'))).toMatchObject({
      message: 'cannot execute UPDATE in a read-only transaction',
    });
    expect(await status()).toBe('processing');
  });

  it('a connection that the server does not hold to reading is not opened (I6)', async () => {
    const name = pg.escapeIdentifier(world.role);
    await world.admin.query(`
      create function shop.at_login() returns event_trigger language plpgsql as $$ begin
        if session_user = ${pg.escapeLiteral(world.role)} then
          perform set_config('default_transaction_read_only', 'off', false);
        end if; end $$;
      create event trigger lifts on login execute function shop.at_login();
      grant execute on function shop.at_login() to ${name}`);
    try {
      expect(await failure(rig.client())).toMatchObject({
        code: '25006',
        message: 'the database does not hold this connection to reading, as the grant does',
      });
    } finally {
      await world.admin.query('drop event trigger lifts; drop function shop.at_login() cascade');
    }
  });
});

describe('what tools say when they begin', () => {
  it('passes in a grant to read, in both protocols', async () => {
    const client = await rig.client();
    const greetings: readonly (readonly [tool: string, ...texts: string[]])[] = [
      ['psql', "set client_encoding to 'UTF8'", '\nselect pg_catalog.version()', 'show server_version'],
      [
        'pgAdmin',
        "SET DateStyle=ISO; SET client_min_messages=notice; SELECT set_config('bytea_output','hex',false) FROM pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='utf-8';",
      ],
      [
        'pgJDBC, DBeaver, DataGrip',
        'SET extra_float_digits = 3',
        "SET application_name = 'PostgreSQL JDBC Driver'",
        "SET application_name = 'DBeaver 25.2.0 - Main <shop>'",
        'SHOW search_path',
        'SET search_path = shop,"$user",public',
        'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY',
        'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED',
        'SHOW TRANSACTION ISOLATION LEVEL',
      ],
      [
        'psycopg, SQLAlchemy',
        "SET datestyle TO 'ISO'",
        'show standard_conforming_strings',
        'select pg_catalog.version()',
      ],
      ['Django', "SELECT set_config('TimeZone', 'UTC', false)", "SET TIME ZONE 'UTC'"],
      [
        'Rails, Sequelize',
        "SET client_min_messages TO 'warning'",
        'SET standard_conforming_strings = on;SET client_min_messages TO warning;',
        'SET intervalstyle = iso_8601',
        "SET SESSION timezone TO 'UTC'",
      ],
      ['asyncpg', 'SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;', "SET jit = 'off'"],
      ['Npgsql, poolers', 'DISCARD ALL'],
      [
        'pg_dump, until its statement_timeout = 0',
        "SELECT pg_catalog.set_config('search_path', '', false)",
        'SET INTERVALSTYLE = POSTGRES',
        'SET synchronize_seqscans TO off',
        'SET row_security = off',
        'BEGIN',
        'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
        'LOCK TABLE shop.orders IN ACCESS SHARE MODE',
        'COPY shop.orders (id) TO stdout',
        'COMMIT',
      ],
      ['an engineer', "set statement_timeout = '5s'", 'reset statement_timeout', "set work_mem = '64MB'", 'reset all'],
      ['applications', "set app.tenant = '7'", "select current_setting('app.tenant', true)", 'listen orders'],
    ];
    for (const [tool, ...texts] of greetings)
      for (const text of texts) {
        const outcome = await client.query(text).then(
          () => 'ok',
          (error: pg.DatabaseError) => `${error.code} ${error.message}`,
        );
        expect([tool, text, outcome]).toEqual([tool, text, 'ok']);
      }
    // None of it, RESET ALL and DISCARD ALL included, has lifted the fence.
    const { rows } = await client.query('show default_transaction_read_only');
    expect(rows).toEqual([{ default_transaction_read_only: 'on' }]);
  });

  it('a lowered timeout holds, and RESET goes back to that of the grant', async () => {
    const client = await rig.client();
    await client.query("set statement_timeout = '50ms'");
    expect(await failure(client.query('select pg_sleep(20)'))).toMatchObject({ code: '57014' });
    expect(await failure(client.query('set statement_timeout = 0'))).toMatchObject({
      code: '42501',
      message: 'setting statement_timeout is not allowed in this grant',
      hint: `Choose a value from 1ms to ${limits.statement_timeout_ms}ms, or RESET statement_timeout.`,
    });
    await client.query('reset statement_timeout');
    const { rows } = await client.query("select setting from pg_settings where name = 'statement_timeout'");
    expect(rows).toEqual([{ setting: String(limits.statement_timeout_ms) }]);
  });
});

describe('the place that is named', () => {
  it.each([
    ["select 'é😀', nextval('shop.counter')", 14],
    ['select 1;\n delete from shop.orders', 24],
    ["select 1, set_config('role', 'x', false)", 11],
    ["select 'é' /*vitrine:x*/", 12],
    ['do $$begin end$$', 1],
    ['  set statement_timeout = 0', 3],
    ['begin read write', 7],
  ])('of %s is %i', async (sql, position) => {
    const client = await rig.client();
    expect(Number((await failure(client.query(sql))).position)).toBe(position);
  });
});
