/** Applies what is missing of `migrations`, in order, each in its own transaction, under one advisory lock. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './tables.ts';

export interface NamedMigration {
  /** Unique and final: `ledger-001-entries`. */
  readonly name: string;
  up(tx: Transaction<Database>): Promise<void>;
}

/** Arbitrary, constant: several collectors that start at once queue up here. */
const MIGRATION_LOCK = 0x5669_7401;

/** Returns the names that were applied now. Safe to call from several collectors at once. */
export async function migrate(store: Kysely<Database>, migrations: readonly NamedMigration[]): Promise<string[]> {
  return store.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
    try {
      await sql`create table if not exists migrations (name text primary key, at timestamptz not null default now())`.execute(
        connection,
      );
      const known = await sql<{ name: string }>`select name from migrations`.execute(connection);
      const done = new Set(known.rows.map((row) => row.name));
      const applied: string[] = [];
      for (const migration of migrations) {
        if (done.has(migration.name)) continue;
        await connection.transaction().execute(async (tx) => {
          await migration.up(tx);
          await sql`insert into migrations (name) values (${migration.name})`.execute(tx);
        });
        applied.push(migration.name);
      }
      return applied;
    } finally {
      await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
    }
  });
}
