/** A database with a small shop, hostile names and an admin of least privilege, for the tests of this room. */
import pg from 'pg';
import type { Limits, Scope, TableScope } from '../../shared/grants.ts';
import { openTargets, type TargetConfig, type Targets } from './index.ts';

export const DATABASE = 'shop';
export const INSTALLATION = 'https://collector.test';
export const HOSTILE = {
  quote: 'or"ders; drop table shop.orders; --',
  apostrophe: "it's $1 \\ {a,b} %I",
  unicode: 'Größe 訂單 🧨',
  /** 63 bytes exactly, the longest name there is. */
  longest: `x${'é'.repeat(31)}`,
} as const;

const id = pg.escapeIdentifier;
const SHOP = `
  create schema shop; create schema secret; create schema ${id(HOSTILE.quote)};
  create table shop.customers (id int primary key, name text, email text, phone text);
  create table shop.orders (id int generated always as identity primary key, status text, total numeric, customer int references shop.customers);
  create table shop.notes (id serial primary key, body text);
  create table shop.card_tokens (id int primary key, token text);
  create view shop.late as select id, status from shop.orders where status = 'processing';
  create table secret.keys (id int, key text);
  create table ${id(HOSTILE.quote)}.${id(HOSTILE.apostrophe)} (${id(HOSTILE.unicode)} text, ${id(HOSTILE.longest)} text, ${id(HOSTILE.quote)} text);
  create table shop.${id(HOSTILE.longest)} (a int);
  create function shop.lets_out() returns text language sql security definer as $$ select 'x' $$;
  insert into shop.customers select i, 'name ' || i, i || '@shop.test', '555' from generate_series(1, 20) i;
  insert into shop.orders (status, total, customer) select 'processing', i, i from generate_series(1, 20) i;
  insert into shop.card_tokens values (1, 'tok');`;

/**
 * Exactly what the least privileged admin needs, nothing more: see `create-role.ts`, and docs/operations.md, which has the
 * same for people. Until 14, everybody may create in the schema public, which is more than any scope says.
 */
const LEAST_ADMIN = `
  create role shop_owner nologin;
  create role least login createrole password 'least';
  grant connect on database ${DATABASE} to least with grant option;
  grant usage on schema shop, secret, ${id(HOSTILE.quote)} to least with grant option;
  grant select, insert, update, delete on all tables in schema shop, ${id(HOSTILE.quote)} to least with grant option;
  grant usage on all sequences in schema shop to least with grant option;
  revoke create on schema public from public;`;

/** What the tests need of a server; `temporaryPostgres` of the embedded stack gives it. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  database(name: string, options: { superuser: boolean }): Promise<string>;
  stop(): Promise<void>;
}
/** The tests end prepared transactions too. */
export const SETTINGS = { max_prepared_transactions: '5' } as const;

export interface TestTarget {
  readonly server: TestServer;
  /** As the superuser, on the target's database. */
  readonly root: pg.Pool;
  readonly config: TargetConfig;
  readonly leastConfig: TargetConfig;
  targets(config?: TargetConfig): Targets;
  /** A client of the ephemeral role, over verified TLS, as the app has it. */
  connect(user: string, password: string, database?: string): Promise<pg.Client>;
  stop(): Promise<void>;
}

export async function startTestTarget(server: TestServer): Promise<TestTarget> {
  const adminUrl = await server.database(DATABASE, { superuser: true });
  const root = new pg.Pool({ connectionString: adminUrl, max: 4 });
  root.on('error', () => {});
  await root.query(SHOP);
  await root.query(LEAST_ADMIN);
  const config: TargetConfig = {
    id: 'orders',
    host: server.host,
    port: server.port,
    database: DATABASE,
    tls: { mode: 'verify-full', ca: server.ca, server_name: 'localhost' },
    adminUrl,
  };
  const least = new URL(adminUrl);
  least.username = 'least';
  least.password = 'least';
  const opened: Targets[] = [];
  return {
    server,
    root,
    config,
    leastConfig: { ...config, adminUrl: least.href },
    targets(used = config) {
      const targets = openTargets({
        configOf: (target) => (target === used.id ? used : null),
        installation: INSTALLATION,
        onError: () => {},
      });
      opened.push(targets);
      return targets;
    },
    async connect(user, password, database = DATABASE) {
      const client = new pg.Client({
        host: server.host,
        port: server.port,
        database,
        user,
        password,
        ssl: { ca: server.ca, servername: 'localhost' },
      });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    async stop() {
      await Promise.all(opened.map((targets) => targets.close()));
      await root.end();
      await server.stop();
    },
  };
}

export const limits: Limits = {
  max_rows: 1000,
  max_bytes: 1_000_000,
  statement_timeout_ms: 60_000,
  idle_tx_timeout_ms: 60_000,
  connections: 3,
  strict: false,
  max_unacked: 100,
  max_age_s: 30,
  unparsed: false,
  exports: true,
  local_port: true,
  port_dangerous: 'refuse',
};

export const scopeOf = (mode: Scope['mode'], ...tables: TableScope[]): Scope => ({
  id: 'test-scope',
  label: 'Test scope',
  mode,
  tables,
});
export const on = (table: string, powers: Omit<TableScope, 'schema' | 'table'>, schema = 'shop'): TableScope => ({
  schema,
  table,
  ...powers,
});
