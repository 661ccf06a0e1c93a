/** What somebody may change about the grant that they hold: a change is decided like a new request, with limits of its own. Pure. (I6) */
import type { ChangeOption, ChangeOptions } from '../../shared/api-change.ts';
import type { Scope } from '../../shared/grants.ts';
import { isNarrower, tableName } from '../../shared/narrow.ts';
import { approvalsFor } from './approvals.ts';
import { type Decision, decide, OVERDUE } from './decide.ts';
import type { Policy, Severity } from './model.ts';
import { summaryOf } from './options.ts';
import { maxMinutes, type Person } from './rules.ts';

/** The grant that is to be changed, as far as the policy speaks of it. */
export interface Held {
  readonly target: { readonly id: string; readonly label: string };
  /** What was asked for first: an approver may have given less, which stays. */
  readonly scope: Scope;
  readonly severity: string;
  readonly ticket: string;
  readonly reason: string;
}
export interface ChangeFacts {
  readonly overdueReviews: number;
  /** Extensions so far. */
  readonly extensions: number;
}

/** The same decision as for a new request; an elevation of `minutes` must not be longer than the severity lets it be. */
export function decideChange(
  held: Held,
  wanted: { readonly scope: Scope; readonly minutes: number; readonly alone: boolean; readonly elevates: boolean },
  person: Person,
  policy: Policy,
  facts: ChangeFacts,
): Decision {
  const { target, severity, ticket, reason } = held;
  const { minutes, alone } = wanted;
  const asked = { target: target.id, scope: wanted.scope.id, severity, ticket, reason, minutes, alone };
  const decision = decide(asked, person, policy, facts);
  const longest = policy.severities.get(severity)?.elevationMinutes ?? 0;
  if (!decision.allowed || !wanted.elevates || minutes <= longest) return decision;
  return {
    allowed: false,
    limit: 'minutes',
    field: 'minutes',
    message: `${severity} allows elevations of at most ${longest} minutes, ${minutes} were asked for`,
    hint: `Ask for ${longest} minutes or less.`,
  };
}

/** The scope cut to these of its tables; null where one of them is not in it. */
export function onlyTables(scope: Scope, names: readonly string[]): Scope | null {
  const tables = scope.tables.filter((table) => names.includes(tableName(table)));
  return new Set(tables.map(tableName)).size === new Set(names).size ? { ...scope, tables } : null;
}

export function changeOptionsFor(held: Held, person: Person, policy: Policy, facts: ChangeFacts): ChangeOptions {
  const severity = policy.severities.get(held.severity);
  const optionOf = (scope: Scope, cap: number): ChangeOption | null => {
    if (severity === undefined) return null;
    const longest = maxMinutes(person, held.target.id, scope.id, severity, policy.rules);
    if (longest === null) return null;
    const max = Math.min(longest, cap);
    const at = { target: held.target.id, scope: scope.id, severity: severity.id };
    return {
      refused: refusal(severity, facts),
      max_minutes: max,
      default_minutes: Math.min(severity.defaultMinutes, max),
      alone: severity.alone,
      approvals_from: severity.alone ? [] : [...approvalsFor(person, at, max, severity, policy.rules)],
    };
  };
  const extend =
    optionOf(held.scope, Number.POSITIVE_INFINITY) ?? nothing(`The policy no longer offers you ${held.scope.label}`);
  const most = severity?.extensions ?? 0;
  const used = extend.refused === null && facts.extensions >= most;
  const elevate = [...policy.scopes.values()].flatMap((found) => {
    const { scope } = found;
    // Changing the schema needs a grant of its own: what was created under it belongs to its role until its end.
    if (scope.mode !== 'write' || scope.owner !== undefined || isNarrower(scope, held.scope)) return [];
    const option = optionOf(scope, severity?.elevationMinutes ?? 0);
    return option === null ? [] : [{ ...option, scope, summary: summaryOf(found) }];
  });
  return {
    extend: used ? { ...extend, refused: mostWords(held.severity, most) } : extend,
    elevate,
    elevate_refused:
      elevate.length > 0
        ? null
        : `The policy offers you nothing more to write on ${held.target.label} at ${held.severity}`,
  };
}

const nothing = (refused: string): ChangeOption => ({
  refused,
  max_minutes: 0,
  default_minutes: 0,
  alone: false,
  approvals_from: [],
});
const mostWords = (severity: string, most: number): string =>
  most === 0
    ? `The policy does not let a grant at ${severity} be extended`
    : `This grant was extended ${most === 1 ? 'once' : `${most} times`}, as often as the policy allows`;

/** As with a new request: an overdue review takes away going alone. */
const refusal = (severity: Severity, facts: ChangeFacts): string | null =>
  severity.alone && facts.overdueReviews > 0 ? OVERDUE(facts.overdueReviews) : null;
