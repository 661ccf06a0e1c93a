/** The routes of the room: who may do what to which request. The acts themselves are in the files beside. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Activation,
  accessRequest,
  approve,
  decision,
  type Options,
  type RequestList,
  type RequestView,
} from '../../shared/api.ts';
import { grantState, hash, type Scope } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import { type AuthenticatedPerson, requireRole } from '../identity/index.ts';
import { optionsFor } from '../policy/index.ts';
import { limited } from '../server/limits.ts';
import { problem } from '../server/problem.ts';
import { idParameter, validate } from '../server/validate.ts';
import type { Activate } from './activation.ts';
import { registerChanges } from './change-routes.ts';
import type { Changes } from './changes.ts';
import type { Checks } from './checks.ts';
import type { Endings } from './ending.ts';
import { actorOf, type Flows } from './flows.ts';
import { type Grant, stateOf } from './machine.ts';
import type { Ask } from './request.ts';
import { listed, listedNow, load, overdueReviews, type Stored } from './store.ts';
import { narrowerScopes, viewOf } from './view.ts';
import { ANY, type Waiting } from './waiting.ts';

export interface Acts {
  readonly flows: Flows;
  readonly endings: Endings;
  readonly ask: Ask;
  readonly activate: Activate;
  readonly changes: Changes;
  readonly waiting: Waiting;
  readonly checks: Checks;
}

const LONGEST_WAIT_S = 30;
/** How soon a long poll notices what another collector changed. */
const LOOK_AGAIN_MS = 1000;
const holding = z.strictObject({
  wait: z.coerce.number().int().min(0).max(LONGEST_WAIT_S).optional(),
  not: grantState.optional(),
  /** `version` that the caller has seen. */
  since: z.coerce.number().int().min(0).optional(),
});

const listHolding = z.strictObject({ wait: holding.shape.wait, seen: hash.optional() });
const revisionOf = (listing: string): string => createHash('sha256').update(listing).digest('base64url');

/** Whoever asked, and everybody who is more than an engineer. Throws 403. */
export function requireReader(person: AuthenticatedPerson, grant: Grant): void {
  if (grant.by.sub === person.sub || person.roles.some((role) => role !== 'engineer')) return;
  throw problem(403, 'not_yours', 'This request is not yours', { hint: `Ask ${grant.by.name} or an approver.` });
}

/** Throws 403. */
export function requireOwn(person: AuthenticatedPerson, grant: Grant): void {
  if (grant.by.sub !== person.sub)
    throw problem(403, 'not_yours', `Only ${grant.by.name} can do this`, {
      hint: 'Approvers and reviewers can revoke.',
    });
}

export function registerRoutes(app: FastifyInstance, deps: CollectorDeps, acts: Acts): void {
  const { auth, config, directory, policy, store } = deps;
  const { flows, endings, waiting, checks } = acts;
  const limit = (perMinute: number) => limited(config, perMinute);

  const view = async (grant: Grant, person: AuthenticatedPerson, version?: number): Promise<RequestView> =>
    viewOf(grant, {
      ...(version === undefined ? {} : { version }),
      approvers: await directory.withRole('approver'),
      ...(person.roles.includes('approver') ? { approver: person, policy: policy.current() } : {}),
      check: checks.of(grant.target.id, grant.scope),
      publicUrl: config.publicUrl,
      now: flows.now(),
    });

  app.get('/v1/options', limit(120), async (request): Promise<Options> => {
    const { person } = await auth.requirePerson(request);
    const others = async (role: 'approver' | 'reviewer'): Promise<number> =>
      (await directory.withRole(role)).filter(({ sub }) => sub !== person.sub).length;
    return optionsFor(person, policy.current(), {
      overdueReviews: await overdueReviews(store, person.sub, deps.now()),
      approvers: await others('approver'),
      reviewers: await others('reviewer'),
      check: checks.of,
    });
  });

  app.post('/v1/requests', limit(30), async (request) => {
    const { person, device } = await auth.requireDevice(request);
    requireRole(person, 'engineer', 'approver', 'reviewer', 'operator');
    return view(await acts.ask(validate(accessRequest, request.body), person, device), person);
  });

  app.get('/v1/requests', limit(240), async (request): Promise<RequestList> => {
    const { person } = await auth.requirePerson(request);
    const { wait = 0, seen } = validate(listHolding, request.query);
    const approver = person.roles.includes('approver');
    const revisionNow = async (): Promise<string> => revisionOf(await listedNow(store, person.sub, approver));
    if (seen !== undefined) await heldUntil(request, ANY, wait, async () => (await revisionNow()) !== seen);
    // Taken before the list: what changes between the two is found by the next question.
    const revision = await revisionNow();
    const grants = await listed(store, person.sub, approver);
    return { requests: await Promise.all(grants.map((grant) => view(grant, person))), revision };
  });

  app.get('/v1/requests/:id', limit(600), async (request) => {
    const { person } = await auth.requirePerson(request);
    const id = idParameter(request.params, 'id');
    const { wait = 0, not, since } = validate(holding, request.query);
    const { grant, version } = await load(store, id);
    requireReader(person, grant);
    const seen = since ?? version;
    const unchanged = (now: Stored): boolean =>
      now.version === seen && (not === undefined || stateOf(now.grant) === not);
    const now = await held(request, id, wait, unchanged);
    return view(now.grant, person, now.version);
  });

  /** The request as soon as it is no longer `unchanged`, at the latest after `wait` seconds or when the client has gone. */
  async function held(
    request: FastifyRequest,
    id: string,
    wait: number,
    unchanged: (now: Stored) => boolean,
  ): Promise<Stored> {
    let now = await load(store, id);
    await heldUntil(request, id, wait, async () => {
      now = await load(store, id);
      return !unchanged(now);
    });
    return now;
  }

  /** Returns once `changed`, at the latest after `wait` seconds or when the client has gone. */
  async function heldUntil(
    request: FastifyRequest,
    id: string,
    wait: number,
    changed: () => Promise<boolean>,
  ): Promise<void> {
    const until = performance.now() + wait * 1000;
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    request.raw.socket.once('close', leave);
    try {
      for (;;) {
        // Heard before it is looked: a change between the two wakes us at once.
        const left = until - performance.now();
        const change = waiting.change(id, Math.max(0, Math.min(LOOK_AGAIN_MS, left)), gone.signal);
        if ((await changed()) || left <= 0 || gone.signal.aborted) return;
        await change;
      }
    } finally {
      request.raw.socket.off('close', leave);
    }
  }

  /** The scope of the policy that an approver picked in place of the one that was asked for. */
  async function chosenScope(request: string, id: string): Promise<Scope> {
    const { grant } = await load(store, request);
    const asked = grant.asked?.scope ?? grant.scope;
    const found = [asked, ...narrowerScopes(grant, policy.current())].find((scope) => scope.id === id);
    if (found !== undefined) return found;
    throw problem(400, 'not_narrower', `The policy has no scope ${id} that allows less than ${asked.label} here`, {
      field: 'scope',
      hint: 'Pick one of those that the request offers, or leave tables out.',
    });
  }

  app.post('/v1/requests/:id/approve', limit(60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver');
    const id = idParameter(request.params, 'id');
    const { note, scope, ...given } = validate(approve, request.body ?? {});
    const chosen = scope === undefined ? {} : { scope: await chosenScope(id, scope) };
    const by = actorOf(person);
    const event = {
      type: 'approve',
      at: flows.now(),
      by,
      groups: person.groups,
      auth: person.auth,
      note: note || null,
      ...given,
      ...chosen,
    } as const;
    return view((await flows.move(id, event)).grant, person);
  });

  app.post('/v1/requests/:id/deny', limit(60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver');
    const { note } = validate(decision, request.body ?? {});
    const event = { type: 'deny', at: flows.now(), by: actorOf(person), note: note || null } as const;
    return view((await flows.move(idParameter(request.params, 'id'), event)).grant, person);
  });

  app.post('/v1/requests/:id/withdraw', limit(60), async (request) => {
    const { person } = await auth.requirePerson(request);
    const id = idParameter(request.params, 'id');
    requireOwn(person, (await load(store, id)).grant);
    return view((await flows.move(id, { type: 'withdraw', at: flows.now(), by: actorOf(person) })).grant, person);
  });

  app.post('/v1/requests/:id/activate', limit(30), async (request): Promise<Activation> => {
    const { person, device } = await auth.requireDevice(request);
    return acts.activate(idParameter(request.params, 'id'), person, device);
  });

  registerChanges(app, { ...deps, flows, changes: acts.changes, view });

  const ended = async (grant: Grant, person: AuthenticatedPerson) => ({
    request: await view(grant, person),
    gone_ms: grant.end?.goneMs ?? 0,
  });

  app.post('/v1/requests/:id/end', limit(60), async (request) => {
    const { person } = await auth.requirePerson(request);
    const id = idParameter(request.params, 'id');
    requireOwn(person, (await load(store, id)).grant);
    return ended(await endings.end(id, 'handed_back', actorOf(person)), person);
  });

  app.post('/v1/requests/:id/revoke', limit(60), async (request) => {
    const { person } = await auth.requirePerson(request);
    requireRole(person, 'approver', 'reviewer');
    return ended(await endings.end(idParameter(request.params, 'id'), 'revoked', actorOf(person)), person);
  });
}
