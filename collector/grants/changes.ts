/**
 * Changes of a live grant carried out: signed and in the ledger first, then in the database, then on record as made. An
 * elevation that cannot be taken back ends its grant: write access that nobody can end in time is not left open. (I3, I4, I6)
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeAsk, ChangeEnd, ChangeOptions } from '../../shared/api-change.ts';
import { Fault } from '../../shared/errors.ts';
import type { Scope } from '../../shared/grants.ts';
import { isNarrower, writes } from '../../shared/narrow.ts';
import type { CollectorDeps } from '../deps.ts';
import type { AuthenticatedPerson, Device } from '../identity/index.ts';
import { changeOptionsFor, decideChange, onlyTables } from '../policy/index.ts';
import { ProblemError, problem } from '../server/problem.ts';
import type { Targets } from '../targets/index.ts';
import { type Change, changeOf, extensionsOf } from './change.ts';
import { type Due, dueChanges } from './change-due.ts';
import type { Endings } from './ending.ts';
import { actorOf, type Flows, refuse } from './flows.ts';
import { elevationUntil, signElevation, signExtension } from './jws.ts';
import { type Actor, type Grant, next } from './machine.ts';
import { spelledOut } from './request.ts';
import { load, overdueReviews } from './store.ts';

/** Milliseconds that the app has to end by itself what writes; see `ending.ts`. */
const GRACE_MS: Readonly<Record<ChangeEnd, number>> = { expired: 400, handed_back: 250, revoked: 0, failed: 0 };
/** A connection to the target that broke meanwhile is replaced at the second try. */
const TRIES = 2;
const AGAIN_MS = 100;

export interface Changes {
  options(grant: Grant, person: AuthenticatedPerson): Promise<ChangeOptions>;
  /** Answers when it was made, or waits for an approval. Throws 403 where the policy, 409 where the grant does not allow it. */
  ask(id: string, asked: ChangeAsk, person: AuthenticatedPerson, device: Device): Promise<Grant>;
  /** Carries out what is approved. Throws 409 or 503 when it could not be made; then nothing is changed. */
  make(id: string, change: string): Promise<Grant>;
  /** Ends an elevation and answers when its privileges are gone. Idempotent. */
  end(id: string, change: string, why: ChangeEnd, by: Actor | null): Promise<Grant>;
  /** Does what time has made due; for the scheduler. */
  settle(id: string): Promise<void>;
}

type ChangeDeps = Pick<CollectorDeps, 'store' | 'policy' | 'keys' | 'config' | 'log' | 'now'> & {
  readonly targets: Pick<Targets, 'expandScope' | 'extendRole' | 'elevateRole' | 'lowerRole'>;
  readonly flows: Flows;
  readonly endings: Endings;
};

export function openChanges(deps: ChangeDeps): Changes {
  const { store, policy, keys, config, targets, flows, endings, log } = deps;
  /** One attempt to take an elevation back at a time; whoever else asks waits for the same one. */
  const lowering = new Map<string, Promise<void>>();

  const factsOf = async (grant: Grant, person: AuthenticatedPerson) => ({
    overdueReviews: await overdueReviews(store, person.sub, deps.now()),
    extensions: extensionsOf(grant),
  });
  const heldOf = (grant: Grant) => ({ ...grant, scope: (grant.asked ?? grant).scope });

  const ask: Changes['ask'] = async (id, asked, person, device) => {
    const { grant } = await load(store, id);
    if (grant.by.sub !== person.sub || grant.jkt !== device.jkt)
      throw problem(403, 'other_device', 'Only the device that holds this grant can change it', {
        hint: 'Open the app on that device.',
      });
    const held = heldOf(grant);
    const current = policy.current();
    const offered = asked.kind === 'elevate' ? current.scopes.get(asked.scope)?.scope : undefined;
    const whole = offered && (await spelledOut(deps, grant.target, offered));
    const added = asked.kind === 'elevate' ? addedScope(asked, whole) : null;
    if (added !== null && isNarrower(added, grant.scope))
      throw problem(409, 'allowed_already', 'This grant allows that already', { field: 'tables' });
    const wanted = {
      scope: added ?? held.scope,
      minutes: asked.minutes,
      alone: asked.alone,
      elevates: added !== null,
    };
    const facts = await factsOf(grant, person);
    const decision = decideChange(held, wanted, person, current, facts);
    if (!decision.allowed)
      throw problem(403, `not_allowed_${decision.limit}`, decision.message, {
        field: decision.field,
        hint: decision.hint,
      });
    const { resolved } = decision;
    const at = flows.now();
    const change = {
      id: randomBytes(16).toString('base64url'),
      kind: asked.kind,
      by: actorOf(person),
      minutes: asked.minutes,
      reason: asked.reason,
      scope: added,
      alone: resolved.alone,
      policy: current.hash,
      requirements: resolved.requirements,
      lapsesAt: at + current.lapse.requestMinutes * 60_000,
    };
    const mostExtensions = resolved.severity.extensions;
    const { auth } = person;
    const moved = await flows.move(id, { type: 'change', at, change, mostExtensions, auth });
    return resolved.alone ? make(id, change.id) : moved.grant;
  };

  const make: Changes['make'] = async (id, changeId) => {
    const { grant } = await load(store, id);
    const change = changeOf(grant, changeId);
    if (change?.phase !== 'approved') return grant;
    const at = flows.now();
    const until =
      change.kind === 'extend'
        ? (grant.expiresAt ?? at) + change.minutes * 60_000
        : elevationUntil(grant, change.minutes, at);
    const event = { type: 'change_make', at, id: changeId, until } as const;
    // Refused before anything is signed.
    refuse(next(grant, { ...event, jws: '' }), grant, at);
    const issuer = config.publicUrl;
    const jws =
      change.kind === 'extend'
        ? await signExtension(grant, issuer, until, keys.grant)
        : await signElevation(grant, change, { issuer, at, until }, keys.grant);
    if (!(await flows.move(id, { ...event, jws })).moved) return (await load(store, id)).grant;
    try {
      const tables = await changeRole(grant, change, until);
      return (await flows.move(id, { type: 'change_made', at: flows.now(), id: changeId, tables })).grant;
    } catch (error) {
      await abandon(id, changeId);
      throw explained(error, grant);
    }
  };

  /** Tables that the change is about. */
  async function changeRole(grant: Grant, change: Change, until: number): Promise<number> {
    const role = { name: grant.role ?? '', scope: grant.scope };
    if (change.scope === null) {
      await targets.extendRole(grant.target.id, role, () => until - flows.now());
      return 0;
    }
    const { tables, warnings } = await targets.elevateRole(grant.target.id, role, change.scope);
    if (warnings.length > 0) log.warn({ grant: grant.id, target: grant.target.id, warnings }, 'every role can do this');
    return tables;
  }

  const abandon = async (id: string, change: string): Promise<void> => {
    await end(id, change, 'failed', null).catch((error: unknown) => {
      log.error({ err: error, grant: id, change }, 'a change that failed could not be closed yet');
    });
  };

  const end: Changes['end'] = async (id, changeId, why, by) => {
    const { grant } = await flows.move(id, { type: 'change_end', at: flows.now(), id: changeId, why, by });
    if (changeOf(grant, changeId)?.phase !== 'ending') return grant;
    await lowerOnce(id, changeId);
    return (await load(store, id)).grant;
  };

  const lowerOnce = (id: string, change: string): Promise<void> => {
    const running = lowering.get(change);
    if (running !== undefined) return running;
    const started = lower(id, change).finally(() => lowering.delete(change));
    lowering.set(change, started);
    return started;
  };

  async function lower(id: string, changeId: string): Promise<void> {
    const { grant } = await load(store, id);
    const change = changeOf(grant, changeId);
    if (grant.phase !== 'active' || change?.phase !== 'ending' || change.scope === null || change.end === null) return;
    const grace = Math.max(0, GRACE_MS[change.end.why] - (flows.now() - change.end.at));
    const role = { name: grant.role ?? '', scope: grant.scope };
    for (let tries = 1; ; tries++) {
      try {
        const { terminated } = await targets.lowerRole(grant.target.id, role, change.scope, grace);
        await flows.move(id, { type: 'change_gone', at: flows.now(), id: changeId, terminated });
        return;
      } catch (error) {
        log.error({ err: error, grant: id, change: changeId, tries }, 'an elevation could not be taken back');
        if (tries >= TRIES) break;
        await sleep(AGAIN_MS);
      }
    }
    await endings.end(id, 'failed', null);
  }

  const act = async (id: string, due: Due): Promise<void> => {
    if (due.do === 'lapse') await flows.move(id, { type: 'change_lapse', at: flows.now(), id: due.id });
    else if (due.do === 'make') await make(id, due.id);
    else if (due.do === 'lower') await lowerOnce(id, due.id);
    else await end(id, due.id, due.do === 'end' ? 'expired' : 'failed', null);
  };

  return {
    async options(grant, person) {
      const options = changeOptionsFor(heldOf(grant), person, policy.current(), await factsOf(grant, person));
      const named = options.elevate.map(async (one) => ({
        ...one,
        scope: await spelledOut(deps, grant.target, one.scope),
      }));
      return { ...options, elevate: await Promise.all(named) };
    },
    ask,
    make,
    end,
    async settle(id) {
      const { grant } = await load(store, id);
      if (grant.phase !== 'active') return;
      for (const due of dueChanges(grant, flows.now())) await act(id, due);
    },
  };

  function explained(error: unknown, grant: Grant): unknown {
    if (error instanceof ProblemError) return error;
    if (error instanceof Fault)
      return problem(409, error.code, error.message, { hint: error.hint ?? 'Tell an operator, then ask again.' });
    log.error({ err: error, grant: grant.id, target: grant.target.id }, 'a change failed');
    return problem(503, 'target_unavailable', `${grant.target.label} did not take the change`, {
      detail: 'The database did not answer as it should. Your grant goes on as it was.',
      hint: 'Try again; tell an operator when it stays.',
    });
  }
}

function addedScope(asked: Extract<ChangeAsk, { kind: 'elevate' }>, scope: Scope | undefined): Scope {
  if (scope === undefined || scope.mode !== 'write' || scope.owner !== undefined)
    throw problem(400, 'no_such_scope', `The policy has no scope ${asked.scope} that writes`, {
      field: 'scope',
      hint: 'Pick one of those that are offered.',
    });
  const cut = onlyTables(scope, asked.tables);
  if (cut === null)
    throw problem(400, 'not_in_scope', `Not all of these tables are in ${scope.label}`, {
      field: 'tables',
      hint: 'Pick from the tables of the scope.',
    });
  if (!cut.tables.some(writes))
    throw problem(400, 'writes_nothing', 'None of these tables could be written to', {
      field: 'tables',
      hint: 'Pick a table that the scope writes to.',
    });
  return cut;
}
