/**
 * The incident database: an online shop in trouble, big enough to be real. Made once, by set-based SQL, in parallel; a
 * seeding that was interrupted is thrown away and begun again, because only a finished one carries its mark.
 */
import pg from 'pg';
import { seedFacts, seedFunctions } from './functions.ts';
import * as shop from './tables.ts';

export interface SeedOptions {
  /** Superuser on any database of the server. */
  readonly adminUrl: string;
  readonly database?: string;
  /** Rows of `shop.orders`, at least; the other tables follow. */
  readonly orders?: number;
  readonly now?: Date;
  /** Password of `vitrine_admin`, the role that a collector provisions with. */
  readonly adminPassword: string;
  readonly log?: (line: string) => void;
}

export interface Seeded {
  /** False when an earlier start had done it. */
  readonly made: boolean;
  readonly ms: number;
}

/** Raise when the tables change: a shop of another version is made anew. */
const version = 1;
const usualOrders = 1_200_000;

export async function seedShop(options: SeedOptions): Promise<Seeded> {
  const { adminUrl, database = 'shop', orders = usualOrders, now = new Date(), log = () => {} } = options;
  const began = performance.now();
  const mark = markOf(orders);
  const found = await withClient(adminUrl, async (client) => {
    await makeRoles(client, options.adminPassword);
    const { rows } = await client.query<{ mark: string | null }>(
      "select shobj_description(oid, 'pg_database') as mark from pg_database where datname = $1",
      [database],
    );
    if (isEnough(rows[0]?.mark ?? null, orders)) return true;
    if (rows.length > 0) await client.query(`drop database ${pg.escapeIdentifier(database)} with (force)`);
    await client.query(`create database ${pg.escapeIdentifier(database)} owner shop_owner`);
    return false;
  });
  if (found) return { made: false, ms: performance.now() - began };

  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  log(`Seeding the incident database (once): ${orders.toLocaleString('en')} orders…`);
  await fillDatabase(url.href, orders, now, log);
  await withClient(url.href, async (client) => {
    await client.query(`
      grant connect on database ${pg.escapeIdentifier(database)} to vitrine_admin with grant option;
      revoke connect, temporary on database ${pg.escapeIdentifier(database)}, postgres, template1 from public;
      alter database ${pg.escapeIdentifier(database)} set log_statement = 'all';
      checkpoint;
      comment on database ${pg.escapeIdentifier(database)} is ${pg.escapeLiteral(mark)};`);
  });
  const ms = performance.now() - began;
  log(`Seeded in ${(ms / 1000).toFixed(1)} s`);
  return { made: true, ms };
}

const markOf = (orders: number): string => `Vitrine incident database, version ${version}, ${orders} orders`;

/** A larger shop serves whoever asks for a smaller one: nobody's database is thrown away for that. */
function isEnough(mark: string | null, orders: number): boolean {
  const made = Number(/(\d+) orders$/.exec(mark ?? '')?.[1]);
  return mark === markOf(made) && made >= orders;
}

/**
 * `shop_owner` owns everything and cannot log in. `vitrine_admin` is what a collector gets: it makes roles and passes on
 * privileges it holds itself, ends sessions of roles it made, and reads statistics. It is no superuser.
 */
async function makeRoles(client: pg.Client, adminPassword: string): Promise<void> {
  await client.query(`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'shop_owner') then create role shop_owner nologin; end if;
      if not exists (select from pg_roles where rolname = 'vitrine_admin') then create role vitrine_admin; end if;
    end $$;
    alter role vitrine_admin login createrole password ${pg.escapeLiteral(adminPassword)};
    grant pg_monitor, pg_signal_backend to vitrine_admin;
    grant set on parameter log_statement to vitrine_admin;`);
}

async function fillDatabase(url: string, orders: number, now: Date, log: (line: string) => void): Promise<void> {
  const facts = seedFacts(orders, now);
  const size: shop.SeedSize = { orders, customers: facts.customers, products: facts.products, end: now.toISOString() };
  await withClient(url, async (client) => {
    await client.query(`begin;
      revoke all on schema public from public;
      create extension pg_stat_statements;
      create schema shop authorization shop_owner;
      comment on schema shop is 'The online shop';
      set local role shop_owner; ${shop.types} reset role;
      ${seedFunctions(facts)}
      commit;`);
  });

  // Two lanes of work side by side, one for each core that a small machine has, about equally long. Payments and
  // shipments read the orders, so they follow them.
  const filling = [
    [shop.orders(size), shop.payments, shop.shipments],
    [shop.orderLines(size), shop.customers(size), shop.products(size), shop.cardTokens(size)],
  ];
  await Promise.all(
    filling.map(async (tables) => {
      for (const table of tables) await fillTable(url, table, log);
    }),
  );

  const lanes = [
    [shop.orderLines(size)],
    [
      shop.orders(size),
      shop.payments,
      shop.shipments,
      shop.cardTokens(size),
      shop.customers(size),
      shop.products(size),
    ],
  ];
  await Promise.all(lanes.map((tables) => withClient(url, (client) => analyze(client, tables))));
  log('  statistics gathered');
  // Declared first, then checked: checking takes locks that let the lanes work side by side.
  await withClient(url, (client) => declareReferences(client, lanes.flat()));
  await Promise.all(lanes.map((tables) => withClient(url, (client) => checkReferences(client, tables))));
  log('  foreign keys checked');

  await withClient(url, (client) =>
    client.query(`
      drop schema seed cascade;
      grant usage on schema shop to vitrine_admin with grant option;
      grant select, insert, update, delete on all tables in schema shop to vitrine_admin with grant option;
      grant usage on all sequences in schema shop to vitrine_admin with grant option;
      revoke all on shop.card_tokens from vitrine_admin;`),
  );
}

async function analyze(client: pg.Client, tables: readonly shop.SeedTable[]): Promise<void> {
  await client.query(`analyze ${tables.map((table) => `shop.${table.name}`).join(', ')}`);
}

const nameOf = (reference: string): string => reference.split(' ')[0] ?? reference;

async function declareReferences(client: pg.Client, tables: readonly shop.SeedTable[]): Promise<void> {
  for (const { name, references } of tables) {
    for (const reference of references) {
      await client.query(`alter table shop.${name} add constraint ${reference} not valid`);
    }
  }
}

async function checkReferences(client: pg.Client, tables: readonly shop.SeedTable[]): Promise<void> {
  for (const { name, references } of tables) {
    for (const reference of references) {
      await client.query(`alter table shop.${name} validate constraint ${nameOf(reference)}`);
    }
  }
}

/** In one transaction with its creation, so that nothing has to be written twice; indexes come after the rows. */
async function fillTable(url: string, table: shop.SeedTable, log: (line: string) => void): Promise<void> {
  const began = performance.now();
  const name = `shop.${table.name}`;
  const comments = Object.entries(table.comments).map(
    ([column, text]) =>
      `comment on ${column === '' ? 'table' : 'column'} ${name}${column === '' ? '' : `.${column}`} is ${pg.escapeLiteral(text)};`,
  );
  await withClient(url, async (client) => {
    await client.query(`begin; set local role shop_owner; create table ${name} (${table.create})`);
    const { rowCount } = await client.query(`insert into ${name} ${table.fill}`);
    await client.query(`alter table ${name} add primary key (${table.key})`);
    for (const index of table.indexes) await client.query(index);
    await client.query(comments.join('\n'));
    if (table.key === 'id') {
      await client.query(`select setval(pg_get_serial_sequence('${name}', 'id'), (select max(id) from ${name}))`);
    }
    await client.query('commit');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    log(`  ${table.name.padEnd(12)} ${(rowCount ?? 0).toLocaleString('en').padStart(9)} rows  ${seconds} s`);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    // For this session only; the last step is a checkpoint, which flushes everything.
    options: '-c synchronous_commit=off -c maintenance_work_mem=256MB -c work_mem=64MB',
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
