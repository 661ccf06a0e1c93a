/** What a live grant is made of, whoever gave it: the collector at this moment, or an envelope that was sealed earlier. (I3) */
import type { Activation, Options, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import type { SessionFacts } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Collector } from '../collector/index.ts';
import type { Opened } from '../envelopes/index.ts';
import type { DeviceKey, Login } from '../identity/index.ts';
import { type Deadline, deadlineOf } from './deadline.ts';
import { verifyGrant } from './grant-token.ts';

export interface Given {
  readonly claims: GrantClaims;
  /** The grant JWS. */
  readonly grant: string;
  readonly connection: Activation['connection'];
  readonly deadline: Deadline;
  readonly idToken: SessionFacts['idToken'];
}

export interface Giving {
  readonly clock: Clock;
  /** Null while it is away. */
  readonly collector: Collector | null;
  readonly key: DeviceKey;
  /** Null where nobody is signed in. */
  readonly login: Login | null;
  readonly request: RequestView;
  /** An envelope that was opened: then neither the collector nor the login is asked. */
  readonly envelope?: Opened;
}

export async function given({ clock, collector, key, login, request, envelope }: Giving): Promise<Given> {
  if (envelope !== undefined) {
    const { claims, grant, connection, idt, at, totalMs } = envelope;
    const deadline = deadlineOf(clock, { ...at, collectorNow: 0, expiresAt: totalMs });
    return { claims, grant, connection, deadline, idToken: { idt } };
  }
  if (collector === null || login === null)
    throw new Fault('login_expired', 'Your sign-in has ended.', 'Sign in again.');
  const asked = { mono: clock.mono(), wall: clock.wall() };
  const activation = await collector.activate(request.id);
  const claims = await verifyGrant(activation.grant, {
    grantKey: collector.discovery.grant_key,
    requestId: request.id,
    jkt: key.thumbprint,
    sub: login.sub,
  });
  const times = { collectorNow: Date.parse(activation.now), expiresAt: claims.exp * 1000 };
  const { grant, connection } = activation;
  return { claims, grant, connection, deadline: deadlineOf(clock, { ...asked, ...times }), idToken: login.idToken };
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
