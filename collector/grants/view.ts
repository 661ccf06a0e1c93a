/** A request as the API shows it. Pure. */
import type { RequestView } from '../../shared/api.ts';
import type { ChangeState, ChangeView } from '../../shared/api-change.ts';
import type { ScopeCheck } from '../../shared/api-check.ts';
import { total } from '../../shared/approvals.ts';
import type { Scope } from '../../shared/grants.ts';
import { isNarrower } from '../../shared/narrow.ts';
import type { Policy } from '../policy/index.ts';
import { digestOf, missingOf, notCounting } from './approving.ts';
import { type Change, type ChangePhase, changeNotCounting, missingOfChange } from './change.ts';
import { type Grant, type Instant, isOpen, reviewDueAt, reviewState, stateOf } from './machine.ts';

export interface ViewFacts {
  /** Who may approve, by name. */
  readonly approvers: readonly { readonly sub: string; readonly name: string; readonly groups: readonly string[] }[];
  /** Whoever is told, where they may approve. */
  readonly approver?: { readonly sub: string; readonly groups: readonly string[] };
  /** Of the request in the store; left out where nobody waits for the next one. */
  readonly version?: number;
  /** In force now; left out where nobody approves. */
  readonly policy?: Policy;
  /** What is known of the scope on the target. */
  readonly check?: ScopeCheck | undefined;
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

const CHANGE_STATE: Readonly<Record<ChangePhase, ChangeState>> = {
  asked: 'asked',
  approved: 'approved',
  making: 'approved',
  in_force: 'in_force',
  // It is over for everybody, also while its privileges are being taken back.
  ending: 'over',
  made: 'made',
  over: 'over',
  denied: 'denied',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
  failed: 'failed',
};

function changeViewOf(grant: Grant, change: Change, { approvers, approver }: ViewFacts): ChangeView {
  const { id, kind, phase, minutes, reason, scope, alone, approvals, requirements, note, end } = change;
  const givers = approvers.filter(({ sub }) => sub !== grant.by.sub && approvals.every((one) => one.sub !== sub));
  const counts = phase === 'in_force' || phase === 'made';
  return {
    id,
    kind,
    state: CHANGE_STATE[phase],
    minutes,
    reason,
    scope,
    alone,
    approvals_needed: total(requirements),
    approvals: approvals.map(({ sub, name, alone, at }) => ({ sub, name, alone, at })),
    ...(phase === 'asked'
      ? {
          approvals_missing: missingOfChange(change).map(({ count, groups }) => ({
            count,
            groups,
            people: givers
              .filter((person) => groups === null || groups.some((group) => person.groups.includes(group)))
              .map(({ name }) => name),
          })),
          ...(approver === undefined ? {} : { approval_refused: changeNotCounting(change, approver) }),
        }
      : {}),
    note,
    asked_at: new Date(change.askedAt).toISOString(),
    lapses_at: new Date(change.lapsesAt).toISOString(),
    from: iso(change.from),
    until: iso(change.until),
    ended: end === null ? null : { why: end.why, by: end.by?.name ?? null, at: new Date(end.at).toISOString() },
    jws: counts ? change.jws : null,
  };
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
    ...(grant.stepUp === undefined ? {} : { step_up: grant.stepUp }),
    approvals: grant.approvals.map(({ groups: _groups, without, ...given }) =>
      without === undefined ? given : { ...given, without: [...without] },
    ),
    ...waitingParts(grant, facts),
    ...(facts.check === undefined || !isOpen(grant) ? {} : { check: facts.check }),
    ...(grant.asked === undefined ? {} : { asked: grant.asked }),
    approvers: facts.approvers.filter(({ sub }) => sub !== grant.by.sub).map(({ name }) => name),
    ...(grant.changes === undefined
      ? {}
      : { changes: grant.changes.map((change) => changeViewOf(grant, change, facts)) }),
    ...(facts.version === undefined ? {} : { version: facts.version }),
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
