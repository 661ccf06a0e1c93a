/** What the composition root hands to every room of the collector that registers routes. */
import type { FastifyBaseLogger } from 'fastify';
import type { CollectorConfig } from './config.ts';
import type { Auth, Directory } from './identity/index.ts';
import type { CollectorKeys } from './keys.ts';
import type { Ledger, Seals } from './ledger/index.ts';
import type { Notify } from './notify/index.ts';
import type { PolicyKeeper } from './policy/index.ts';
import type { Metrics } from './server/metrics.ts';
import type { Store } from './store/index.ts';

export interface CollectorDeps {
  readonly config: CollectorConfig;
  readonly keys: CollectorKeys;
  readonly store: Store;
  readonly policy: PolicyKeeper;
  readonly ledger: Ledger;
  /** Opens and keeps the sealed full texts of statements. */
  readonly seals: Seals;
  readonly auth: Auth;
  /** Who is known to hold a role, for names and counts; never for decisions. */
  readonly directory: Directory;
  /** Tells people, by the channels of the policy. */
  readonly notify: Notify;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
  /** The collector's clock. */
  now(): Date;
}
