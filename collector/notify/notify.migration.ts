/** Tables of the room notify. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const notify: readonly NamedMigration[] = [
  {
    name: 'notify-001',
    async up(tx) {
      await sql
        .raw(`
  create table notify_messages (
    id text primary key,
    key text not null unique,
    gid text,
    notice jsonb not null,
    created_at timestamptz not null default clock_timestamp()
  );
  create index on notify_messages (gid, created_at) where gid is not null;
  create table notify_deliveries (
    message text not null references notify_messages,
    channel text not null,
    label text not null,
    kind text not null,
    state text not null default 'waiting',
    attempts int not null default 0,
    next_at timestamptz not null default clock_timestamp(),
    claim text,
    sent_at timestamptz,
    problem text,
    primary key (message, channel)
  );
  create index on notify_deliveries (next_at) where state = 'waiting';
`)
        .execute(tx);
    },
  },
];
