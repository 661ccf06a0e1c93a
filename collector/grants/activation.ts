/**
 * From an approved request to credentials, told exactly once: grant signed, in the ledger, then the role, verified, its
 * record, then the answer. Whatever fails after the grant's record ends the grant as failed and leaves no role. (I3, I4)
 */
import type { Activation } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import { isNarrower } from '../../shared/narrow.ts';
import type { CollectorDeps } from '../deps.ts';
import type { AuthenticatedPerson, Device } from '../identity/index.ts';
import { decide } from '../policy/index.ts';
import { ProblemError, problem } from '../server/problem.ts';
import { newPassword, newRoleName, type Targets, targetFault } from '../targets/index.ts';
import type { Endings } from './ending.ts';
import { actorOf, type Flows, refuse } from './flows.ts';
import { deadlineOf, signGrant } from './jws.ts';
import { type Grant, next } from './machine.ts';
import { spelledOut } from './request.ts';
import { stale } from './sign-in.ts';
import { load, overdueReviews } from './store.ts';

type ActivationDeps = Pick<CollectorDeps, 'store' | 'policy' | 'keys' | 'config' | 'log' | 'now'> & {
  readonly targets: Targets;
  readonly flows: Flows;
  readonly endings: Endings;
};

export type Activate = (id: string, person: AuthenticatedPerson, device: Device) => Promise<Activation>;

export function openActivation(deps: ActivationDeps): Activate {
  const { store, policy, keys, config, targets, flows, endings, log } = deps;

  /** The policy may have changed since the request: what it does not allow now is not handed out. */
  const stillAllowed = async (grant: Grant, person: AuthenticatedPerson): Promise<void> => {
    const current = policy.current();
    if (current.hash === grant.policy) return;
    const facts = { overdueReviews: await overdueReviews(store, person.sub, deps.now()) };
    const { target, severity, ticket, reason, alone } = grant;
    // What an approver gave is less than what was asked for, which is what the policy speaks of.
    const { minutes, scope } = grant.asked ?? grant;
    const asked = { target: target.id, scope: scope.id, severity, ticket, reason, minutes, alone };
    const decision = decide(asked, person, current, facts);
    if (decision.allowed) {
      const { target: on, scope: now, severity: with_ } = decision.resolved;
      if (isNarrower(scope, await spelledOut({ targets, log }, on, now.scope))) {
        const at = flows.now();
        const again = stale(with_.stepUp === null ? {} : { stepUp: with_.stepUp }, 'engineer', {
          at,
          auth: person.auth,
        });
        if (again !== null) refuse(again, grant, at);
        return;
      }
    }
    throw problem(409, 'policy_changed', 'The policy has changed since this was asked for', {
      detail: decision.allowed ? `The scope ${scope.label} is another one now.` : decision.message,
      hint: 'Withdraw this request and ask again.',
    });
  };

  /** Answers whether nothing is left on the target. */
  const abandon = async (grant: Grant, role: string): Promise<boolean> => {
    try {
      await endings.end(grant.id, 'failed', null);
    } catch (error) {
      log.error({ err: error, grant: grant.id }, 'a failed activation could not be cleaned up yet');
    }
    // Somebody may have ended the grant before the role was there; then this was the only one who knew of it.
    try {
      await targets.endRole(grant.target.id, role, 0);
      return true;
    } catch (error) {
      log.error({ err: error, grant: grant.id }, 'the reaper will remove this role');
      return false;
    }
  };

  return async (id, person, device) => {
    const { grant } = await load(store, id);
    if (grant.by.sub !== person.sub || grant.jkt !== device.jkt)
      throw problem(403, 'other_device', 'Only the device that asked can activate this grant', {
        hint: 'Open the app on that device, or send a new request from this one.',
      });
    const target = policy.current().targets.get(grant.target.id);
    if (target === undefined)
      throw problem(409, 'policy_changed', `${grant.target.label} is no longer in the policy`, {
        hint: 'Ask an operator.',
      });
    if (grant.phase === 'approved') await stillAllowed(grant, person);

    const at = flows.now();
    const role = newRoleName();
    const expiresAt = deadlineOf(grant, at);
    const activate = { type: 'activate', at, role, expiresAt, by: actorOf(person), auth: person.auth } as const;
    // Refused before anything is signed: a grant without approvals never exists, not even for a moment.
    refuse(next(grant, { ...activate, jws: '' }), grant, at);
    const jws = await signGrant(grant, config.publicUrl, at, keys.grant);
    await flows.move(id, { ...activate, jws });

    const password = newPassword();
    try {
      const created = await targets.createRole(grant.target.id, {
        name: role,
        password,
        grant: id,
        scope: grant.scope,
        limits: grant.limits,
        // A clock that was set back since must not make more of it than was asked for.
        remainingMs: () => Math.min(expiresAt - flows.now(), expiresAt - at),
      });
      if (created.warnings.length > 0)
        log.warn({ grant: id, target: grant.target.id, warnings: created.warnings }, 'every role can do this');
      await flows.move(id, { type: 'activated', at: flows.now(), role, tables: created.tables });
    } catch (error) {
      throw explained(error, grant, await abandon(grant, role));
    }
    return {
      grant: jws,
      connection: {
        host: target.host,
        port: target.port,
        database: target.database,
        user: role,
        password,
        tls: { mode: target.tls.mode, ca: target.tls.ca, server_name: target.tls.serverName },
      },
      now: deps.now().toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    };
  };

  function explained(error: unknown, grant: Grant, clean: boolean): unknown {
    if (error instanceof ProblemError) return error;
    if (error instanceof Fault)
      return problem(409, error.code, error.message, { hint: error.hint ?? 'Tell an operator, then ask again.' });
    const { code, said, todo } = targetFault(error);
    const { label, id: target } = grant.target;
    log.error({ err: error, grant: grant.id, target, code }, `activation failed: ${target} ${said}. ${todo}`);
    const left = clean ? 'nothing is left on it' : 'whatever was made there is removed as soon as it answers';
    return problem(503, code, `${label} could not be prepared`, {
      detail: `${label} ${said}. No access was given, and ${left}.`,
      hint: `Tell an operator, then send a new request. ${todo}`,
    });
  }
}
