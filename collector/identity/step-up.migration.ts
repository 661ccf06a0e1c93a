/** Sign-ins on the web pages keep how they were made, and remember what was asked of them. */
import { sql } from 'kysely';
import type { NamedMigration } from '../store/migrate.ts';

export const stepUp: readonly NamedMigration[] = [
  {
    name: 'identity-002-step-up',
    async up(tx) {
      // A refresh is compared with the sign-in that it is of.
      await sql.raw('create index on id_tokens (jkt, salt)').execute(tx);
      await sql.raw('alter table web_sessions add column acr text, add column amr jsonb').execute(tx);
      await sql
        .raw('alter table web_logins add column max_age integer, add column acr text, add column sub text')
        .execute(tx);
    },
  },
];
