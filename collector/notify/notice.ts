/**
 * What is told: which steps of a request are news, and the facts of each, frozen when it happened. Never SQL, never row
 * data (I8): nothing that a statement or a result contains is within reach here. Pure.
 */
import type { ChangeKind } from '../../shared/api-change.ts';
import { writtenTables } from '../../shared/narrow.ts';
import type { NotifyEvent } from '../../shared/notify.ts';
import { type Change, changeOf, changesOf } from '../grants/change.ts';
import { type Grant, reviewDueAt } from '../grants/machine.ts';

/** A change of the live grant that it is about. */
interface NoticeChange {
  readonly id: string;
  readonly kind: ChangeKind;
  readonly minutes: number;
  readonly reason: string;
  /** What an elevation writes to. */
  readonly tables: readonly string[];
}

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
  readonly change?: NoticeChange;
  /** Who did it, where that is not the one who asked. */
  readonly by: string | null;
  /** What is wrong, for a policy that was not taken. */
  readonly detail: string | null;
}

export interface News {
  readonly event: NotifyEvent;
  readonly change?: Change;
}

/** The news in a step from `before` (null: a new request) to `after`; null when there is none. */
export function newsIn(before: Grant | null, after: Grant): News | null {
  if (before === null && after.offline) return { event: 'envelope_opened' };
  if (before === null) return { event: after.alone ? 'glass_broken' : 'request_waiting' };
  if (before.end === null && after.end?.why === 'revoked') return { event: 'grant_revoked' };
  for (const change of changesOf(after)) {
    const was = changeOf(before, change.id)?.phase;
    if (was === undefined && change.phase === 'asked') return { event: 'change_waiting', change };
    if (was === 'making' && change.phase === 'in_force') return { event: 'elevated', change };
  }
  return null;
}

const changeIn = ({ id, kind, minutes, reason, scope }: Change): NoticeChange => ({
  id,
  kind,
  minutes,
  reason,
  tables: writtenTables(scope),
});

const iso = (at: number): string => new Date(at).toISOString();

export function noticeOf(event: NotifyEvent, grant: Grant, publicUrl: string, at: number, change?: Change): Notice {
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
    ...(change === undefined ? {} : { change: changeIn(change) }),
    by: event === 'grant_revoked' ? (grant.end?.by?.name ?? null) : null,
    detail: null,
  };
}
