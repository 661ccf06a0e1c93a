/** What the room identity keeps beside its first tables. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const identity: readonly NamedMigration[] = [
  {
    name: 'identity-001-revoked-devices',
    async up(tx) {
      await sql.raw('alter table devices add column revoked_by text, add column revoked_for text').execute(tx);
      await sql.raw('create index on devices (seen_at)').execute(tx);
    },
  },
];
