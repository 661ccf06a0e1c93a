/** Tables of the room envelopes. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const envelopes: readonly NamedMigration[] = [
  {
    name: 'envelopes-001',
    async up(tx) {
      await sql
        .raw(`
  create table envelopes (
    id text primary key,
    version bigint not null,
    phase text not null,
    sub text not null,
    jkt text not null,
    target text not null,
    role text unique,
    asked_at timestamptz not null,
    lapses_at timestamptz not null,
    until timestamptz,
    clean boolean not null,
    retry_at timestamptz,
    jws text,
    sealed text,
    fetched_at timestamptz,
    doc jsonb not null
  );
  create index on envelopes (jkt) where phase = 'sealed';
  create index on envelopes (phase) where phase in ('asked', 'sealing', 'sealed') or not clean;
  create table envelope_keys (
    jkt text primary key references devices (jkt),
    x text not null,
    sig text not null,
    at timestamptz not null
  );
`)
        .execute(tx);
    },
  },
];
