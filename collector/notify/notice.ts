/**
 * What is told: which steps of a request are news, and the facts of each, frozen when it happened. Never SQL, never row
 * data (I8): nothing that a statement or a result contains is within reach here. Pure.
 */
import type { NotifyEvent } from '../../shared/notify.ts';
import { type Grant, reviewDueAt } from '../grants/machine.ts';

export interface Notice {
  readonly event: NotifyEvent | 'channel_test';
  /** ISO 8601, the collector's clock. */
  readonly at: string;
  /** Page of the collector that shows more. */
  readonly url: string;
  readonly request: {
    readonly id: string;
    readonly by: { readonly sub: string; readonly name: string };
    readonly target: Grant['target'];
    readonly scope: { readonly id: string; readonly label: string; readonly mode: 'read' | 'write' };
    readonly severity: string;
    readonly ticket: string;
    readonly reason: string;
    readonly minutes: number;
    readonly alone: boolean;
    readonly approvals_needed: number;
    readonly lapses_at: string;
    readonly review_due_at: string | null;
  } | null;
  /** Who did it, where that is not the one who asked. */
  readonly by: string | null;
  /** What is wrong, for a policy that was not taken. */
  readonly detail: string | null;
}

/** The news in a step from `before` (null: a new request) to `after`; null when there is none. */
export function newsIn(before: Grant | null, after: Grant): NotifyEvent | null {
  if (before === null && after.offline) return 'envelope_opened';
  if (before === null) return after.alone ? 'glass_broken' : 'request_waiting';
  if (before.end === null && after.end?.why === 'revoked') return 'grant_revoked';
  return null;
}

const iso = (at: number): string => new Date(at).toISOString();

export function noticeOf(event: NotifyEvent, grant: Grant, publicUrl: string, at: number): Notice {
  const due = reviewDueAt(grant);
  const page = event === 'review_overdue' ? 'review' : 'requests';
  return {
    event,
    at: iso(at),
    url: `${publicUrl}/${page}/${grant.id}`,
    request: {
      id: grant.id,
      by: { sub: grant.by.sub, name: grant.by.name },
      target: grant.target,
      scope: { id: grant.scope.id, label: grant.scope.label, mode: grant.scope.mode },
      severity: grant.severity,
      ticket: grant.ticket,
      reason: grant.reason,
      minutes: grant.minutes,
      alone: grant.alone,
      approvals_needed: grant.approvalsNeeded,
      lapses_at: iso(grant.lapsesAt),
      review_due_at: due === null ? null : iso(due),
    },
    by: event === 'grant_revoked' ? (grant.end?.by?.name ?? null) : null,
    detail: null,
  };
}
