/** A request as the API shows it. Pure. */
import type { RequestView } from '../../shared/api.ts';
import type { Scope } from '../../shared/grants.ts';
import { isNarrower } from '../../shared/narrow.ts';
import type { Policy } from '../policy/index.ts';
import { digestOf, missingOf, notCounting } from './approving.ts';
import { type Grant, type Instant, reviewDueAt, reviewState, stateOf } from './machine.ts';

export interface ViewFacts {
  /** Who may approve, by name. */
  readonly approvers: readonly { readonly sub: string; readonly name: string; readonly groups: readonly string[] }[];
  /** Whoever is told, where they may approve. */
  readonly approver?: { readonly sub: string; readonly groups: readonly string[] };
  /** In force now; left out where nobody approves. */
  readonly policy?: Policy;
  readonly publicUrl: string;
  readonly now: Instant;
}

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

/** What an approver needs to know, and the engineer who waits for them. */
function waitingParts(grant: Grant, { approvers, approver, policy }: ViewFacts): Partial<RequestView> {
  if (grant.phase !== 'requested') return {};
  const givers = approvers.filter(({ sub }) => sub !== grant.by.sub && grant.approvals.every((one) => one.sub !== sub));
  const missing = missingOf(grant).map(({ count, groups }) => ({
    count,
    groups,
    people: givers
      .filter((person) => groups === null || groups.some((group) => person.groups.includes(group)))
      .map(({ name }) => name),
  }));
  return {
    approvals_missing: missing,
    digest: digestOf(grant),
    ...(approver === undefined || approver.sub === grant.by.sub
      ? {}
      : {
          approval_refused: notCounting(grant, { by: { ...approver, name: '', idt: null }, groups: approver.groups }),
        }),
    ...(policy === undefined ? {} : { narrower: narrowerScopes(grant, policy) }),
  };
}

/** Scopes that a rule has for the same target and that allow less than what was asked for. */
export function narrowerScopes(grant: Grant, policy: Policy): Scope[] {
  const asked = grant.asked?.scope ?? grant.scope;
  const used = new Set(
    policy.rules.filter(({ targets }) => targets.includes(grant.target.id)).flatMap(({ scopes }) => scopes),
  );
  return [...policy.scopes.values()]
    .map(({ scope }) => scope)
    .filter((scope) => used.has(scope.id) && isNarrower(scope, asked) && !isNarrower(asked, scope));
}

export function viewOf(grant: Grant, facts: ViewFacts): RequestView {
  return {
    id: grant.id,
    state: stateOf(grant),
    by: { sub: grant.by.sub, name: grant.by.name, roles: [] },
    target: grant.target,
    scope: grant.scope,
    severity: grant.severity,
    ticket: grant.ticket,
    reason: grant.reason,
    minutes: grant.minutes,
    alone: grant.alone,
    approvals_needed: grant.approvalsNeeded,
    approvals: grant.approvals.map(({ groups: _groups, without, ...given }) =>
      without === undefined ? given : { ...given, without: [...without] },
    ),
    ...waitingParts(grant, facts),
    ...(grant.asked === undefined ? {} : { asked: grant.asked }),
    approvers: facts.approvers.filter(({ sub }) => sub !== grant.by.sub).map(({ name }) => name),
    ...(grant.offline === undefined ? {} : { offline: true }),
    note: grant.note,
    created_at: new Date(grant.createdAt).toISOString(),
    lapses_at: new Date(grant.lapsesAt).toISOString(),
    activated_at: iso(grant.activatedAt),
    expires_at: iso(grant.expiresAt),
    ended_at: iso(grant.end?.at ?? null),
    end_reason: grant.end?.why ?? null,
    ended_by: grant.end?.by?.name ?? null,
    review: { state: reviewState(grant, facts.now), due_at: iso(reviewDueAt(grant)) },
    url: `${facts.publicUrl}/requests/${grant.id}`,
  };
}
