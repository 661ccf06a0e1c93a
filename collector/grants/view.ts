/** A request as the API shows it. Pure. */
import type { RequestView } from '../../shared/api.ts';
import { type Grant, type Instant, reviewDueAt, reviewState, stateOf } from './machine.ts';

export interface ViewFacts {
  /** Who may approve, by name. */
  readonly approvers: readonly { readonly sub: string; readonly name: string }[];
  readonly publicUrl: string;
  readonly now: Instant;
}

const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString());

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
    approvals: [...grant.approvals],
    approvers: facts.approvers.filter(({ sub }) => sub !== grant.by.sub).map(({ name }) => name),
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
