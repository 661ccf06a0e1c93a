/** Tables of the room grants. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const grants: readonly NamedMigration[] = [
  {
    name: 'grants-001',
    async up(tx) {
      await sql
        .raw(`
  create table grants (
    id text primary key,
    version bigint not null,
    phase text not null,
    sub text not null,
    target text not null,
    role text,
    created_at timestamptz not null,
    lapses_at timestamptz not null,
    expires_at timestamptz,
    due_at timestamptz,
    reviewed_at timestamptz,
    retry_at timestamptz,
    attempts int not null,
    doc jsonb not null
  );
  create index on grants (phase, expires_at) where phase in ('requested', 'approved', 'activating', 'active', 'ending');
  create unique index on grants (role) where role is not null;
  create index on grants (sub, created_at);
  create index on grants (due_at) where reviewed_at is null;
`)
        .execute(tx);
    },
  },
];
