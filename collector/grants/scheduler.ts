/**
 * What time does to requests: deadlines and ends of elevations to the millisecond, lapses, and what another collector left
 * half done. A sweep
 * of the store each second finds everything; for deadlines within its reach it sets a timer, so that they are on time.
 * Any number of collectors run it at once. (I3)
 */
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import type { Changes } from './changes.ts';
import type { Endings } from './ending.ts';
import type { Flows } from './flows.ts';
import { type Pending, pending } from './store.ts';

type SchedulerDeps = Pick<CollectorDeps, 'store' | 'log'> & {
  readonly flows: Flows;
  readonly endings: Endings;
  readonly changes: Pick<Changes, 'settle'>;
};

const SWEEP_MS = 1000;
/** How far ahead a sweep looks for deadlines: a little more than the time to the next but one. */
export const HORIZON_MS = 2500;

/** What a sweep does with one thing that it found; `arm` is told of what is due within its reach. */
export function openSettle(
  { flows, endings }: Pick<SchedulerDeps, 'flows' | 'endings'>,
  arm: (act: 'expire' | 'change', id: string, at: number) => void,
): (item: Pending) => Promise<void> {
  return async (item) => {
    const now = flows.now();
    if (item.phase === 'requested' || item.phase === 'approved') {
      if (item.lapsesAt <= now) await flows.move(item.id, { type: 'lapse', at: now });
      return;
    }
    if (item.phase === 'ending') return endings.resume(item.id);
    if (item.phase === 'active' && item.retryAt !== null && item.retryAt <= now + HORIZON_MS)
      arm('change', item.id, item.retryAt);
    if (item.expiresAt !== null && item.expiresAt <= now + HORIZON_MS) return arm('expire', item.id, item.expiresAt);
    // Whoever was activating it is gone: nobody was told the credentials.
    if (item.phase === 'activating' && item.retryAt !== null && item.retryAt <= now)
      await endings.end(item.id, 'failed', null);
  };
}

export function startScheduler({ store, log, flows, endings, changes }: SchedulerDeps): Again {
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  const acts = {
    expire: (id: string) => endings.expire(id),
    change: (id: string) => changes.settle(id),
  };
  const arm = (act: keyof typeof acts, id: string, at: number): void => {
    const key = `${act} ${id}`;
    if (stopped || timers.has(key)) return;
    const fire = (): void => {
      timers.delete(key);
      acts[act](id).catch((error: unknown) => {
        // The next sweep finds it again.
        log.error({ err: error, grant: id, act }, 'a grant could not be moved on in time');
      });
    };
    // Timers may fire a millisecond early; before its time an end would change nothing.
    timers.set(key, setTimeout(fire, Math.max(0, at - flows.now() + 1)));
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
      for (const timer of timers.values()) clearTimeout(timer);
      await sweeps.stop();
      await endings.idle();
    },
  };
}
