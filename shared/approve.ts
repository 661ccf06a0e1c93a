/** Answering somebody's request: whose it is to answer, and what is left of it with what an approver has chosen. Pure; pages and app share it. */
import type { RequestView } from './api.ts';
import type { Scope } from './grants.ts';
import { intersection, isNarrower, withoutTables } from './narrow.ts';

export type Standing =
  /** Waits for this person. */
  | 'answer'
  /** Their own: somebody else has to. */
  | 'own'
  /** They have approved it; others are missing. */
  | 'given'
  /** They are in none of the groups that are missing; they may still deny it. */
  | 'uncounted';

/** Where a request that waits stands for somebody who may approve. */
export function standingOf(request: Pick<RequestView, 'by' | 'approvals' | 'approval_refused'>, sub: string): Standing {
  if (request.by.sub === sub) return 'own';
  if (request.approvals.some((approval) => approval.sub === sub)) return 'given';
  return (request.approval_refused ?? null) === null ? 'answer' : 'uncounted';
}

/** What the approver has chosen so far; the request as it stands until they touch it. */
export interface Choice {
  /** As typed. */
  readonly minutes: string;
  /** Id of a narrower scope of the policy; empty: as asked. */
  readonly scope: string;
  /** Tables to leave out, `schema.table`. */
  readonly dropped: readonly string[];
}
export const asAsked = (request: Pick<RequestView, 'minutes'>): Choice => ({
  minutes: String(request.minutes),
  scope: '',
  dropped: [],
});

/** Scopes of the policy that leave something of what is asked for, and not all of it. */
export const offered = (request: RequestView): Scope[] =>
  (request.narrower ?? []).filter(
    (scope) => !isNarrower(request.scope, scope) && intersection(scope, request.scope) !== null,
  );

export interface Left {
  /** Where the tables to tick come from. */
  readonly chosen: Scope;
  /** Null where nothing is left. */
  readonly scope: Scope | null;
  /** Null where what was typed is no number of minutes that may be given. */
  readonly minutes: number | null;
  /** What is sent: only what is less than was asked for. */
  readonly less: { readonly minutes?: number; readonly scope?: string; readonly without?: string[] };
  /** Of the narrower scope that was picked. */
  readonly label: string | undefined;
}

export function leftOf(request: RequestView, { minutes: typed, scope, dropped }: Choice): Left {
  const picked = request.narrower?.find(({ id }) => id === scope);
  const chosen = picked === undefined ? request.scope : (intersection(picked, request.scope) ?? request.scope);
  const number = Number(typed);
  const fits = Number.isInteger(number) && number >= 1 && number <= request.minutes;
  return {
    chosen,
    scope: withoutTables(chosen, dropped),
    minutes: fits ? number : null,
    less: {
      ...(fits && number < request.minutes ? { minutes: number } : {}),
      ...(picked === undefined ? {} : { scope }),
      ...(dropped.length === 0 ? {} : { without: [...dropped] }),
    },
    label: picked?.label,
  };
}
