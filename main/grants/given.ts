/** What a live grant is made of, whoever gave it: the collector at this moment, or an envelope that was sealed earlier. (I3) */
import type { Activation, Options, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import type { SessionFacts } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Collector } from '../collector/index.ts';
import type { Opened } from '../envelopes/index.ts';
import type { DeviceKey, Login } from '../identity/index.ts';
import { type Activated, type Deadline, deadlineOf } from './deadline.ts';
import { type Expected, verifyGrant } from './grant-token.ts';

export interface Given {
  readonly claims: GrantClaims;
  /** The grant JWS. */
  readonly grant: string;
  readonly connection: Activation['connection'];
  readonly deadline: Deadline;
  readonly idToken: SessionFacts['idToken'];
  /** What the clock was carried over from, and what a change of the grant has to match; null: it cannot be changed. */
  readonly activated: Activated;
  readonly expected: Expected | null;
}

export interface Giving {
  readonly clock: Clock;
  /** Null while it is away. */
  readonly collector: Collector | null;
  readonly key: DeviceKey;
  /** The sign-in, asked for once the collector has taken it: it may have wanted another one. */
  readonly login: () => Promise<Login>;
  /** Makes the call, once more after a new sign-in where the collector asks for one. */
  readonly steppedUp: <T>(call: () => Promise<T>) => Promise<T>;
  readonly request: RequestView;
  /** An envelope that was opened: then neither the collector nor the login is asked. */
  readonly envelope?: Opened;
}

export async function given(options: Giving): Promise<Given> {
  const { clock, collector, key, request, envelope } = options;
  if (envelope !== undefined) return sealed(clock, envelope);
  if (collector === null) throw new Fault('login_expired', 'Your sign-in has ended.', 'Sign in again.');
  let asked = { mono: clock.mono(), wall: clock.wall() };
  const activation = await options.steppedUp(() => {
    // The deadline counts from the call that is answered, not from one before a new sign-in.
    asked = { mono: clock.mono(), wall: clock.wall() };
    return collector.activate(request.id);
  });
  const login = await options.login();
  const { grant_key: grantKey } = collector.discovery;
  const expected = { grantKey, requestId: request.id, jkt: key.thumbprint, sub: login.sub };
  const claims = await verifyGrant(activation.grant, expected);
  const activated = { ...asked, collectorNow: Date.parse(activation.now), expiresAt: claims.exp * 1000 };
  const deadline = deadlineOf(clock, activated);
  const { grant, connection } = activation;
  return { claims, grant, connection, deadline, idToken: login.idToken, activated, expected };
}

/** Its minutes count from its opening, by this machine's own clocks: there is nobody to ask for the time. */
function sealed(clock: Clock, { claims, grant, connection, idt, at, totalMs }: Opened): Given {
  const activated = { ...at, collectorNow: at.wall, expiresAt: at.wall + totalMs };
  const deadline = deadlineOf(clock, activated);
  return { claims, grant, connection, deadline, idToken: { idt }, activated, expected: null };
}

/** An opened envelope as a request that was approved long ago: what the window and the glass know a grant by. */
export function requestOf({ claims, at, totalMs }: Opened, collectorOrigin: string): RequestView {
  const { jti: id, sub, name, target, scope, severity, ticket, reason, approvals, offline } = claims;
  const opened = new Date(at.wall).toISOString();
  return {
    id,
    state: 'approved',
    by: { sub, name, roles: ['engineer'] },
    target,
    scope,
    severity,
    ticket,
    reason,
    minutes: offline?.minutes ?? 0,
    alone: false,
    approvals_needed: approvals.length,
    approvals,
    offline: true,
    approvers: [],
    note: null,
    created_at: opened,
    lapses_at: opened,
    activated_at: opened,
    expires_at: new Date(at.wall + totalMs).toISOString(),
    ended_at: null,
    end_reason: null,
    ended_by: null,
    review: { state: 'due', due_at: null },
    url: `${collectorOrigin}/requests/${id}`,
  };
}

/** Nothing can be asked for while the collector is away. */
export const noOptions = (claims: GrantClaims): Options => ({ policy: claims.policy, targets: [], overdue_reviews: 0 });
