/** A new request: the policy decides, the answer names the limit that says no, and what was allowed is frozen into it. (I6) */
import { randomBytes } from 'node:crypto';
import type { AccessRequest } from '../../shared/api.ts';
import { total } from '../../shared/approvals.ts';
import { Fault } from '../../shared/errors.ts';
import type { Scope } from '../../shared/grants.ts';
import type { CollectorDeps } from '../deps.ts';
import type { AuthenticatedPerson, Device } from '../identity/index.ts';
import { decide } from '../policy/index.ts';
import { problem } from '../server/problem.ts';
import type { Targets } from '../targets/index.ts';
import { actorOf, type Flows, refuse } from './flows.ts';
import { type Grant, opened } from './machine.ts';
import { stale } from './sign-in.ts';
import { overdueReviews } from './store.ts';

type RequestDeps = Pick<CollectorDeps, 'store' | 'policy' | 'now' | 'log'> & {
  readonly flows: Flows;
  readonly targets: Pick<Targets, 'expandScope'>;
};
export type Ask = (asked: AccessRequest, person: AuthenticatedPerson, device: Device) => Promise<Grant>;

/** 128 random bits, base64url. */
const newId = (): string => randomBytes(16).toString('base64url');

/** The tables that a scope of the policy means on a target now. Throws 409 or 503 where they cannot be named. */
export async function spelledOut(
  { targets, log }: Pick<RequestDeps, 'targets' | 'log'>,
  target: { readonly id: string; readonly label: string },
  scope: Scope,
): Promise<Scope> {
  try {
    return await targets.expandScope(target.id, scope);
  } catch (error) {
    if (error instanceof Fault)
      throw problem(409, error.code, error.message, { field: 'scope', hint: error.hint ?? 'Tell an operator.' });
    log.error({ err: error, target: target.id }, 'the tables of a scope could not be read');
    throw problem(503, 'target_unavailable', `${target.label} does not answer, so its tables cannot be named`, {
      detail: 'Nothing was asked for.',
      hint: 'Try again in a moment; tell an operator when it stays.',
    });
  }
}

export function openAsk({ store, policy, now, flows, targets, log }: RequestDeps): Ask {
  return async (asked, person, device) => {
    const current = policy.current();
    const facts = { overdueReviews: await overdueReviews(store, person.sub, now()) };
    const decision = decide(asked, person, current, facts);
    if (!decision.allowed)
      throw problem(403, `not_allowed_${decision.limit}`, decision.message, {
        field: decision.field,
        hint: decision.hint,
      });
    const { resolved } = decision;
    const scope = await spelledOut({ targets, log }, resolved.target, resolved.scope.scope);
    const createdAt = flows.now();
    const { auth } = person;
    const { stepUp } = resolved.severity;
    const asks = stepUp === null ? {} : { stepUp };
    const again = stale(asks, 'engineer', { at: createdAt, auth });
    if (again !== null) refuse(again, { severity: resolved.severity.id, target: resolved.target }, createdAt);
    const { grant, records } = opened({
      id: newId(),
      by: actorOf(person),
      jkt: device.jkt,
      target: { id: resolved.target.id, label: resolved.target.label, environment: resolved.target.environment },
      scope,
      severity: resolved.severity.id,
      ticket: asked.ticket,
      reason: asked.reason,
      minutes: resolved.minutes,
      alone: resolved.alone,
      limits: resolved.limits,
      policy: current.hash,
      approvalsNeeded: total(resolved.requirements),
      requirements: resolved.requirements,
      ...asks,
      auth,
      reviewHours: resolved.reviewHours,
      requestMinutes: current.lapse.requestMinutes,
      activateMinutes: current.lapse.activateMinutes,
      createdAt,
    });
    return flows.add(grant, records);
  };
}
