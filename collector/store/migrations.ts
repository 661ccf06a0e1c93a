/**
 * Every migration, in the order of application. A room keeps its migrations in its own folder and lists them here;
 * names are never changed or reordered once released.
 */
import { audits } from '../audits/audits.migration.ts';
import { envelopes } from '../envelopes/envelopes.migration.ts';
import { grants } from '../grants/grants.migration.ts';
import { identity } from '../identity/identity.migration.ts';
import { stepUp } from '../identity/step-up.migration.ts';
import { notify } from '../notify/notify.migration.ts';
import { core } from './core.migration.ts';
import type { NamedMigration } from './migrate.ts';

export const migrations: readonly NamedMigration[] = [
  ...core,
  ...grants,
  ...identity,
  ...audits,
  ...notify,
  ...stepUp,
  ...envelopes,
];
