/**
 * Telling people: when somebody waits for an approval, breaks the glass, is stopped, or a review is overdue, the
 * channels that the policy names hear of it, by webhook, Slack or mail. The message is in the outbox with the step that
 * it tells of; a receiver that is away is tried for a day; the pages show what arrived and what did not. Upholds I6 (a
 * channel that cannot be used is said to be so, and stops nothing) and I8 (no SQL, no rows). Called by the composition
 * root; the rooms grants and review hand their steps to {@link Notify}.
 */
import type { FastifyInstance } from 'fastify';
import type { Told } from '../../shared/notify.ts';
import type { CollectorDeps } from '../deps.ts';
import { requireReader } from '../grants/routes.ts';
import { load } from '../grants/store.ts';
import { limited } from '../server/limits.ts';
import { idParameter } from '../server/validate.ts';
import { BACKOFF } from './retry.ts';
import { startRounds } from './rounds.ts';
import { type SenderOptions, startSender } from './sender.ts';
import { toldOf } from './view.ts';

export { openChannels } from './channels.ts';
export { type Notify, openNotify } from './outbox.ts';

export interface NotifyOptions extends Partial<SenderOptions> {
  readonly roundEveryMs?: number;
}
const SENDER: SenderOptions = {
  everyMs: 1000,
  timeoutMs: 15_000,
  leaseMs: 60_000,
  perChannel: 4,
  backoff: BACKOFF,
};

/** Adds the route, and with the service's start the sender and the rounds; both end with it. */
export function registerNotify(app: FastifyInstance, deps: CollectorDeps, options: NotifyOptions = {}): void {
  const { auth, config, metrics, notify, store } = deps;
  app.get('/v1/requests/:id/told', limited(config, 240), async (request): Promise<Told> => {
    const { person } = await auth.requirePerson(request);
    const { grant } = await load(store, idParameter(request.params, 'id'));
    requireReader(person, grant);
    return toldOf(store, grant.id, notify.channels());
  });

  metrics.counter('vitrine_notify_sent_total', 'Messages that a receiver took, by channel');
  metrics.counter('vitrine_notify_failed_total', 'Attempts that failed, by channel');
  metrics.counter('vitrine_notify_given_up_total', 'Messages given up after a day, by channel');
  let waiting = (): number => 0;
  metrics.gauge('vitrine_notify_waiting', 'Messages that have not arrived yet', () => waiting());
  metrics.gauge(
    'vitrine_notify_channels_unusable',
    'Channels of the policy whose address or secret is missing or wrong on this collector',
    () => [...notify.channels().values()].filter(({ way }) => way === null).length,
  );

  let stop = async (): Promise<void> => {};
  app.addHook('onReady', async () => {
    const sender = startSender(deps, { ...SENDER, ...options });
    const rounds = startRounds(deps, options.roundEveryMs ?? 15_000);
    waiting = rounds.waiting;
    stop = async () => {
      await rounds.stop();
      await sender.stop();
    };
  });
  app.addHook('onClose', () => stop());
}
