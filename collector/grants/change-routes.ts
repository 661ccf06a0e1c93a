/** Routes of changes of a live grant: who may ask for, answer and end which. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decision, type RequestView } from '../../shared/api.ts';
import { type ChangeOptions, changeAsk } from '../../shared/api-change.ts';
import type { CollectorDeps } from '../deps.ts';
import { type AuthenticatedPerson, requireRole } from '../identity/index.ts';
import { limited } from '../server/limits.ts';
import { idParameter, validate } from '../server/validate.ts';
import type { Changes } from './changes.ts';
import { actorOf, type Flows } from './flows.ts';
import type { Grant } from './machine.ts';
import { requireOwn } from './routes.ts';
import { load } from './store.ts';

type ChangeRouteDeps = Pick<CollectorDeps, 'auth' | 'config' | 'store' | 'log'> & {
  readonly flows: Flows;
  readonly changes: Changes;
  /** A request as this person sees it. */
  view(grant: Grant, person: AuthenticatedPerson): Promise<RequestView>;
};

export function registerChanges(app: FastifyInstance, deps: ChangeRouteDeps): void {
  const { auth, config, store, log, flows, changes, view } = deps;
  const path = '/v1/requests/:id/changes';
  const ids = ({ params }: FastifyRequest) => ({
    id: idParameter(params, 'id'),
    change: idParameter(params, 'change'),
  });

  app.get(path, limited(config, 120), async (request): Promise<ChangeOptions> => {
    const { person } = await auth.requirePerson(request);
    const { grant } = await load(store, idParameter(request.params, 'id'));
    requireOwn(person, grant);
    return changes.options(grant, person);
  });

  app.post(path, limited(config, 30), async (request) => {
    const { person, device } = await auth.requireDevice(request);
    const id = idParameter(request.params, 'id');
    return view(await changes.ask(id, validate(changeAsk, request.body), person, device), person);
  });

  app.post(`${path}/:change/approve`, limited(config, 60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver');
    const { id, change } = ids(request);
    const { note } = validate(decision, request.body ?? {});
    const { groups, auth: signedIn } = person;
    const given = { by: actorOf(person), groups, note: note || null, auth: signedIn };
    await flows.move(id, { type: 'change_approve', at: flows.now(), id: change, ...given });
    // The approval stands whatever becomes of it; that it could not be made is on the change.
    await changes.make(id, change).catch((error: unknown) => {
      log.warn({ err: error, grant: id, change }, 'an approved change could not be made');
    });
    return view((await load(store, id)).grant, person);
  });

  app.post(`${path}/:change/deny`, limited(config, 60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver');
    const { id, change } = ids(request);
    const { note } = validate(decision, request.body ?? {});
    const event = {
      type: 'change_deny',
      at: flows.now(),
      id: change,
      by: actorOf(person),
      note: note || null,
    } as const;
    return view((await flows.move(id, event)).grant, person);
  });

  app.post(`${path}/:change/withdraw`, limited(config, 60), async (request) => {
    const { person } = await auth.requirePerson(request);
    const { id, change } = ids(request);
    requireOwn(person, (await load(store, id)).grant);
    const event = { type: 'change_withdraw', at: flows.now(), id: change, by: actorOf(person), note: null } as const;
    return view((await flows.move(id, event)).grant, person);
  });

  app.post(`${path}/:change/end`, limited(config, 60), async (request) => {
    const { person } = await auth.requirePerson(request);
    const { id, change } = ids(request);
    requireOwn(person, (await load(store, id)).grant);
    return view(await changes.end(id, change, 'handed_back', actorOf(person)), person);
  });

  app.post(`${path}/:change/revoke`, limited(config, 60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver', 'reviewer');
    const { id, change } = ids(request);
    return view(await changes.end(id, change, 'revoked', actorOf(person)), person);
  });
}
