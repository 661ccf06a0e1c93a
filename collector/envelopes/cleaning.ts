/**
 * What an envelope leaves behind: its role. Once it has ended the role goes; once it was opened its credentials do, and the
 * role follows with the grant. A target that is down is tried again until it is done. (I3)
 */
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Targets } from '../targets/index.ts';
import type { EnvelopeFlows } from './flows.ts';
import type { Envelope } from './machine.ts';
import { due, postpone } from './store.ts';

type CleaningDeps = Pick<CollectorDeps, 'store' | 'log'> & {
  readonly targets: Pick<Targets, 'endRole' | 'shutLogin'>;
  readonly flows: EnvelopeFlows;
};

const SWEEP_MS = 1000;
const RETRY_MS = 15_000;

/** Never throws: what fails is logged and tried again by the sweep. */
export function openCleaning(
  { store, log, targets, flows }: CleaningDeps,
  retryMs = RETRY_MS,
): (envelope: Envelope) => Promise<void> {
  return async ({ id, phase, role, target, clean, opened }) => {
    if (clean) return;
    try {
      // Postponed first: another collector's sweep does not do it a second time meanwhile.
      await postpone(store, id, new Date(flows.now() + retryMs));
      if (role !== null) {
        if (phase === 'opened') await targets.shutLogin(target.id, role);
        else if (opened === null) await targets.endRole(target.id, role, 0);
      }
      await flows.move(id, { type: 'clean' });
    } catch (error) {
      log.error(
        { err: error, envelope: id, target: target.id, retry_ms: retryMs },
        'a role of an envelope could not be dealt with yet',
      );
    }
  };
}

/** Lapses, expiries, and what a collector left half done. Any number of collectors run it at once. */
export function startCleaning(
  { store, log, flows }: Pick<CleaningDeps, 'store' | 'log' | 'flows'>,
  clean: (envelope: Envelope) => Promise<void>,
): Again {
  const settle = async (envelope: Envelope): Promise<void> => {
    const at = flows.now();
    const { id, phase } = envelope;
    if (phase === 'asked') return void (await flows.move(id, { type: 'lapse', at }));
    if (phase === 'sealed') return clean((await flows.move(id, { type: 'expire', at })).envelope);
    // Whoever was sealing it is gone: nobody was told its opening key.
    if (phase === 'sealing') return clean((await flows.move(id, { type: 'fail', at })).envelope);
    return clean(envelope);
  };
  const sweep = async (): Promise<void> => {
    const results = await Promise.allSettled((await due(store, new Date(flows.now()))).map(settle));
    for (const result of results)
      if (result.status === 'rejected') log.error({ err: result.reason }, 'an envelope could not be moved on');
  };
  return again(sweep, SWEEP_MS, (error) => log.error({ err: error }, 'the sweep of envelopes failed'));
}
