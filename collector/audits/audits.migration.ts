/** Tables of the room audits. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const audits: readonly NamedMigration[] = [
  {
    name: 'audits-001',
    async up(tx) {
      await sql
        .raw(`
  create table audits (
    id text primary key,
    from_at timestamptz not null,
    until_at timestamptz not null,
    at timestamptz not null,
    body text not null,
    digest text not null,
    grants int not null,
    findings int not null,
    index bigint not null
  );
`)
        .execute(tx);
    },
  },
];
