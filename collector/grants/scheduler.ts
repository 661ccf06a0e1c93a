/**
 * What time does to requests: deadlines to the millisecond, lapses, and what another collector left half done. A sweep
 * of the store each second finds everything; for deadlines within its reach it sets a timer, so that they are on time.
 * Any number of collectors run it at once. (I3)
 */
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Endings } from './ending.ts';
import type { Flows } from './flows.ts';
import { type Pending, pending } from './store.ts';

type SchedulerDeps = Pick<CollectorDeps, 'store' | 'log'> & { readonly flows: Flows; readonly endings: Endings };

const SWEEP_MS = 1000;
/** How far ahead a sweep looks for deadlines: a little more than the time to the next but one. */
export const HORIZON_MS = 2500;

/** What a sweep does with one thing that it found; `arm` is told of a deadline within its reach. */
export function openSettle(
  { flows, endings }: Pick<SchedulerDeps, 'flows' | 'endings'>,
  arm: (id: string, expiresAt: number) => void,
): (item: Pending) => Promise<void> {
  return async (item) => {
    const now = flows.now();
    if (item.phase === 'requested' || item.phase === 'approved') {
      if (item.lapsesAt <= now) await flows.move(item.id, { type: 'lapse', at: now });
      return;
    }
    if (item.phase === 'ending') return endings.resume(item.id);
    if (item.expiresAt !== null && item.expiresAt <= now + HORIZON_MS) return arm(item.id, item.expiresAt);
    // Whoever was activating it is gone: nobody was told the credentials.
    if (item.phase === 'activating' && item.retryAt !== null && item.retryAt <= now)
      await endings.end(item.id, 'failed', null);
  };
}

export function startScheduler({ store, log, flows, endings }: SchedulerDeps): Again {
  const deadlines = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const expire = (id: string): void => {
    deadlines.delete(id);
    endings.expire(id).catch((error: unknown) => {
      // The next sweep finds it again.
      log.error({ err: error, grant: id }, 'a grant could not be ended at its deadline');
    });
  };

  const arm = (id: string, expiresAt: number): void => {
    if (stopped || deadlines.has(id)) return;
    // Timers may fire a millisecond early; before its deadline an end would change nothing.
    deadlines.set(id, setTimeout(expire, Math.max(0, expiresAt - flows.now() + 1), id));
  };

  const settle = openSettle({ flows, endings }, arm);
  const sweep = async (): Promise<void> => {
    const due = await pending(store, new Date(flows.now() + HORIZON_MS));
    const results = await Promise.allSettled(due.map(settle));
    for (const result of results)
      if (result.status === 'rejected') log.error({ err: result.reason }, 'a request could not be moved on');
  };
  const sweeps = again(sweep, SWEEP_MS, (error) => log.error({ err: error }, 'the sweep of requests failed'));

  return {
    async stop() {
      stopped = true;
      for (const deadline of deadlines.values()) clearTimeout(deadline);
      await sweeps.stop();
      await endings.idle();
    },
  };
}
