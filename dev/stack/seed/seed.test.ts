import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, temporaryPostgres } from '../postgres.ts';
import { seedFacts } from './functions.ts';
import { seedShop } from './index.ts';

const orders = 12_000;
const adminPassword = 'only for this test';
let server: Postgres;
let superuser: pg.Client;
let admin: pg.Client;

const urlOf = (role: string, password: string): string =>
  `postgres://${role}:${encodeURIComponent(password)}@${server.host}:${server.port}/shop`;

async function numbers(sql: string): Promise<Record<string, number>> {
  const { rows } = await superuser.query<Record<string, string>>(sql);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
}

beforeAll(async () => {
  server = await temporaryPostgres();
  await seedShop({ adminUrl: server.adminUrl, adminPassword, orders });
  superuser = new pg.Client({ connectionString: new URL('/shop', server.adminUrl).href });
  await superuser.connect();
  admin = new pg.Client({ connectionString: urlOf('vitrine_admin', adminPassword) });
  await admin.connect();
}, 120_000);
afterAll(async () => {
  await superuser.end();
  await admin.end();
  await server.stop();
});

describe('the incident database', () => {
  it('has exactly 37 orders in processing, all held by the dead worker since the deploy at 11:40', async () => {
    const { rows } = await superuser.query<{
      count: string;
      worker: string;
      first: string;
      last: string;
      old: boolean;
    }>(`
      select count(*), details->>'worker' as worker, to_char(min(placed_at), 'HH24:MI') as first,
        to_char(max(placed_at), 'HH24:MI') as last, max(placed_at) < now() - interval '2 hours' as old
      from shop.orders where status = 'processing' group by 2`);
    expect(rows).toEqual([{ count: '37', worker: 'worker-7c9f', first: '11:40', last: '12:17', old: true }]);
    expect(await numbers("select count(*) from shop.orders where details->>'worker' = 'worker-7c9f'")).toEqual({
      count: 37,
    });
  });

  it('has captured the payment of most of them', async () => {
    const states = await superuser.query(`
      select p.state, count(*)::int from shop.orders o left join shop.payments p on p.order_id = o.id
      where o.status = 'processing' group by 1 order by 1`);
    expect(states.rows).toEqual([
      { state: 'authorized', count: 2 },
      { state: 'captured', count: 32 },
      { state: null, count: 3 },
    ]);
  });

  it('keeps the proportions of a real shop, and its totals add up', async () => {
    const { rows } = await superuser.query<{ table: string; rows: number }>(`
      select 'customers' as table, count(*)::int as rows from shop.customers
      union all select 'orders', count(*)::int from shop.orders
      union all select 'order_lines', count(*)::int from shop.order_lines
      union all select 'payments', count(*)::int from shop.payments
      union all select 'shipments', count(*)::int from shop.shipments
      union all select 'card_tokens', count(*)::int from shop.card_tokens`);
    const per = Object.fromEntries(rows.map((row) => [row.table, row.rows / orders]));
    expect(per.orders).toBe(1);
    expect(per.customers).toBeCloseTo(0.178, 2);
    expect(per.order_lines).toBeCloseTo(2.8, 1);
    expect(per.payments).toBeCloseTo(0.92, 1);
    expect(per.shipments).toBeCloseTo(0.82, 1);
    expect(per.card_tokens).toBeGreaterThan(0.05);
    expect(
      await numbers(`select count(*) as wrong from shop.orders o
        where total <> (select sum(quantity * unit_price) from shop.order_lines l where l.order_id = o.id)`),
    ).toEqual({ wrong: 0 });
  });

  it('is joined by validated foreign keys, described by comments, and has statistics', async () => {
    expect(
      await numbers(`select count(*) as keys, count(*) filter (where not convalidated) as unchecked
        from pg_constraint where contype = 'f' and connamespace = 'shop'::regnamespace`),
    ).toEqual({ keys: 6, unchecked: 0 });
    expect(
      await numbers(`select count(*) filter (where obj_description(oid, 'pg_class') is null) as undescribed,
        count(*) filter (where reltuples < 1) as unknown
        from pg_class where relnamespace = 'shop'::regnamespace and relkind = 'r'`),
    ).toEqual({ undescribed: 0, unknown: 0 });
  });

  it('gives new orders ids after the old ones', async () => {
    const { rows } = await superuser.query<{ id: string }>(`
      insert into shop.orders (customer_id, status, placed_at, updated_at, total, currency)
      values (1, 'placed', now(), now(), 1, 'EUR') returning id`);
    expect(Number(rows[0]?.id)).toBe(orders + 1);
    await superuser.query('delete from shop.orders where id = $1', [orders + 1]);
  });

  it('logs every statement that reaches it, whoever sends it', async () => {
    const { rows } = await admin.query('show log_statement');
    expect(rows).toEqual([{ log_statement: 'all' }]);
  });
});

describe('the role that a collector gets', () => {
  it('is no superuser, and cannot see card tokens', async () => {
    const { rows } = await admin.query(
      'select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
    );
    expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: true }]);
    await expect(admin.query('select token from shop.card_tokens limit 1')).rejects.toThrow(/permission denied/);
  });

  it('can make a narrow role, see it work, and take it away again', async () => {
    await admin.query(`
      create role probe login noinherit password 'probe' connection limit 2;
      grant connect on database shop to probe;
      grant usage on schema shop to probe;
      grant select (id, name) on shop.customers to probe;
      grant update (status) on shop.orders to probe;
      alter role probe set log_statement = 'all';
      grant probe to current_user with inherit true, set true`);
    const probe = new pg.Client({ connectionString: urlOf('probe', 'probe') });
    probe.on('error', () => {});
    await probe.connect();
    await probe.query('select id, name from shop.customers limit 1');
    await expect(probe.query('select email from shop.customers limit 1')).rejects.toThrow(/permission denied/);
    await expect(probe.query('select 1 from shop.card_tokens')).rejects.toThrow(/permission denied/);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'probe'");
    await expect(probe.query('select 1')).rejects.toThrow();
    await admin.query('drop owned by probe; drop role probe');
  });

  it('finds that an unknown role cannot connect to any database', async () => {
    await superuser.query("create role stranger login password 'stranger'");
    for (const database of ['shop', 'postgres', 'vitrine', 'template1']) {
      const url = new URL(`/${database}`, urlOf('stranger', 'stranger'));
      const client = new pg.Client({ connectionString: url.href });
      await expect(client.connect()).rejects.toThrow(/permission denied for database/);
    }
    await superuser.query('drop role stranger');
  });
});

describe('seeding', () => {
  it('is done once, and not again for somebody who needs less', async () => {
    expect((await seedShop({ adminUrl: server.adminUrl, adminPassword, orders: 500 })).made).toBe(false);
    expect((await seedShop({ adminUrl: server.adminUrl, adminPassword, orders })).made).toBe(false);
  });

  it('begins again when it was interrupted', async () => {
    const options = { adminUrl: server.adminUrl, adminPassword, orders: 2000, database: 'second' };
    await seedShop(options);
    // As a crash would leave it: rows, but no mark.
    await superuser.query('comment on database second is null');
    const client = new pg.Client({ connectionString: new URL('/second', server.adminUrl).href });
    await client.connect();
    await client.query('drop table shop.shipments');
    await client.end();
    expect((await seedShop(options)).made).toBe(true);
  }, 60_000);

  it('puts the deploy three hours back at least, on the same day where that is possible', () => {
    expect(seedFacts(1000, new Date('2026-11-23T15:26:00Z')).deploy.toISOString()).toBe('2026-11-23T11:40:00.000Z');
    expect(seedFacts(1000, new Date('2026-11-23T14:39:59Z')).deploy.toISOString()).toBe('2026-11-22T11:40:00.000Z');
  });
});
