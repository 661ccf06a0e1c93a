/** Routes that end access at once: the kill switch, and what it could be about. */
import type { FastifyInstance } from 'fastify';
import { type Live, type StopAnswer, stopRequest } from '../../shared/api-stop.ts';
import type { CollectorDeps } from '../deps.ts';
import { findDevice } from '../identity/devices.ts';
import { type AuthenticatedPerson, requireRole } from '../identity/index.ts';
import { limited } from '../server/limits.ts';
import { validate } from '../server/validate.ts';
import { actorOf } from './flows.ts';
import { openLive } from './live.ts';
import { type Reach, requireKnown } from './reach.ts';
import type { Stop } from './stop.ts';
import { find } from './store.ts';

type StopRouteDeps = Pick<CollectorDeps, 'auth' | 'config' | 'policy' | 'store' | 'log'>;

export function registerStop(app: FastifyInstance, deps: StopRouteDeps, stop: Stop): void {
  const { auth, config, policy, store, log } = deps;
  const readLive = openLive(store);

  /** Whether what is to be stopped is this person's own. */
  const isOwn = async ({ what, id }: Reach, { sub }: AuthenticatedPerson): Promise<boolean> => {
    if (what === 'person') return id === sub;
    if (what === 'device') return (await findDevice(store, id))?.person.sub === sub;
    if (what === 'grant') return (await find(store, id))?.grant.by.sub === sub;
    return false;
  };

  app.get('/v1/live', limited(config, 600), async (request): Promise<Live> => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver', 'reviewer');
    return { grants: await readLive() };
  });

  app.post('/v1/stop', limited(config, 60), async (request): Promise<StopAnswer> => {
    const { person } = await auth.requirePerson(request);
    const { reason, ...reach } = validate(stopRequest, request.body);
    // Their own access everybody may stop; who may not stop others learns nothing about them here.
    if (!(await isOwn(reach, person))) requireRole(person, 'approver', 'reviewer');
    await requireKnown(store, reach, policy.current());
    const by = actorOf(person);
    const id = reach.what === 'everything' ? null : reach.id;
    const answer = await stop(reach, by, async (_tx, counts) => [
      { typ: 'stop', gid: null, by, what: reach.what, id, reason, ...counts },
    ]);
    log.warn({ what: reach.what, id, by: by.sub, ...sizes(answer) }, 'access was stopped');
    return answer;
  });
}

/** For the service's own log. */
export const sizes = ({ ended, not_yet, closed }: StopAnswer) => ({
  ended: ended.length,
  not_yet: not_yet.length,
  closed: closed.length,
});
