/**
 * Offline envelopes: access that is sealed in advance for one device, for the day when the identity provider, the approvers'
 * pages or this collector are away (docs/decisions/029). Two approvers mint one; its role waits on the target; the device
 * opens it with a code that an approver computes, and reports that first of all. Upholds I3 (what was opened, withdrawn or
 * has expired lets nobody in), I4 and I5 (every step is a record, and an opening that contradicts one is kept and named).
 * Called by `collector/grants`, which lends its targets and takes over each envelope that was opened.
 */
import type { FastifyInstance } from 'fastify';
import type { Transaction } from 'kysely';
import type { CollectorDeps } from '../deps.ts';
import type { Endings } from '../grants/ending.ts';
import type { Actor } from '../grants/machine.ts';
import type { Reach } from '../grants/reach.ts';
import type { Database } from '../store/index.ts';
import type { Targets } from '../targets/index.ts';
import { openCleaning, startCleaning } from './cleaning.ts';
import { openEnvelopeFlows } from './flows.ts';
import { openMint } from './mint.ts';
import { openOpenings } from './opening.ts';
import { registerEnvelopeRoutes } from './routes.ts';
import { cleanStopped, type StoppedEnvelopes, withdrawReached } from './stopping.ts';
import { startWatching } from './watching.ts';

export type { StoppedEnvelopes } from './stopping.ts';
export { rolesKept, targetsOfEnvelopes } from './store.ts';

/** For the kill switch. */
export interface EnvelopeStop {
  withdraw(tx: Transaction<Database>, reach: Reach, by: Actor, at: number): Promise<StoppedEnvelopes>;
  /** After the commit. */
  clean(stopped: StoppedEnvelopes): Promise<void>;
}
export interface OpenEnvelopes extends EnvelopeStop {
  /** Ends the sweep; before the targets are closed. */
  stop(): Promise<void>;
}

interface Lent {
  readonly targets: Targets;
  readonly endings: Endings;
  /** For tests: how often it looks, and tries again. */
  readonly watchEveryMs?: number | undefined;
  readonly retryEveryMs?: number | undefined;
}

/** Adds the routes, and with the service's start the sweep. */
export function registerEnvelopes(
  app: FastifyInstance,
  deps: CollectorDeps,
  { targets, endings, watchEveryMs, retryEveryMs }: Lent,
): OpenEnvelopes {
  const { store, log } = deps;
  const flows = openEnvelopeFlows(deps);
  const clean = openCleaning({ store, log, targets, flows }, retryEveryMs);
  const mint = openMint({ ...deps, targets, flows, clean });
  const hear = openOpenings({ ...deps, flows, endings, clean });
  registerEnvelopeRoutes(app, deps, { flows, mint, hear, clean });
  let stop = async (): Promise<void> => {};
  app.addHook('onReady', async () => {
    const sweeps = startCleaning({ store, log, flows }, clean);
    const watch = startWatching({ store, log, targets, flows, clean }, watchEveryMs);
    stop = async () => {
      await watch.stop();
      await sweeps.stop();
    };
  });
  return {
    withdraw: withdrawReached,
    clean: (stopped) => cleanStopped(store, stopped, clean),
    stop: () => stop(),
  };
}
