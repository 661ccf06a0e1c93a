/**
 * The store: one connection pool to PostgreSQL behind Kysely, and the migrations that make its tables. All state of
 * the collector lives here, so that several collectors can run beside each other. Any room of the collector may query
 * it; a room writes only to its own tables, and nobody writes to the ledger's except the ledger (I5).
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import { openPool } from '../pool.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import type { Database } from './tables.ts';

export type { NamedMigration } from './migrate.ts';
export type { Database } from './tables.ts';
export type Store = Kysely<Database>;

/** Counts and indexes stay far below 2^53, so int8 comes back as a number instead of text. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.INT8) return Number;
    return pg.types.getTypeParser(oid, format);
  },
};

export interface OpenStore {
  readonly store: Store;
  /** Names of the migrations that this start applied. */
  readonly applied: readonly string[];
  close(): Promise<void>;
}

/** Connects, migrates, and answers when the tables are there. `onError` hears of connections that broke. */
export async function openStore(url: string, onError: (error: Error) => void): Promise<OpenStore> {
  const pool = openPool(
    {
      connectionString: url,
      max: 12,
      types,
      application_name: 'vitrine-collector',
      connectionTimeoutMillis: 10_000,
    },
    onError,
  );
  const store = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    const applied = await migrate(store, migrations);
    return { store, applied, close: () => store.destroy() };
  } catch (cause) {
    await store.destroy();
    // The address may hold a password; the driver's own message never does.
    const reason =
      cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : 'unknown';
    throw new Fault(
      'store_unavailable',
      `The database of DATABASE_URL cannot be used: ${reason}.`,
      'Check that it runs, and the user, password and database in the address.',
      { cause },
    );
  }
}
