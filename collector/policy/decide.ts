/** Whether a person may have what they ask for; when not, which limit says so (I6). Pure. */
import type { AccessRequest } from '../../shared/api.ts';
import type { Requirement } from '../../shared/approvals.ts';
import type { Limits } from '../../shared/grants.ts';
import { approvalsFor } from './approvals.ts';
import type { Policy, PolicyScope, Severity, Target } from './model.ts';
import { covers, maxMinutes, type Person } from './rules.ts';

/** What the policy cannot know by itself. */
export interface DecisionFacts {
  /** Reviews of this person's grants that are past their deadline. */
  readonly overdueReviews: number;
}

/** A request with everything the policy says about it. */
export interface Resolved {
  readonly target: Target;
  readonly scope: PolicyScope;
  readonly severity: Severity;
  readonly minutes: number;
  readonly alone: boolean;
  /** Approvals by others that are needed: none when alone. */
  readonly requirements: readonly Requirement[];
  readonly reviewHours: number | null;
  readonly limits: Limits;
}

export const LIMIT_NAMES = [
  'role',
  'target',
  'scope',
  'severity',
  'rule',
  'minutes',
  'alone',
  'overdue_review',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

export type Decision =
  | { readonly allowed: true; readonly resolved: Resolved }
  | {
      readonly allowed: false;
      /** The limit that says no. */
      readonly limit: LimitName;
      /** The input it concerns. */
      readonly field: keyof AccessRequest;
      readonly message: string;
      readonly hint: string;
    };

const no = (limit: LimitName, field: keyof AccessRequest, message: string, hint: string): Decision => ({
  allowed: false,
  limit,
  field,
  message,
  hint,
});

export const OVERDUE = (count: number): string =>
  `${count} ${count === 1 ? 'review' : 'reviews'} of your earlier access ${count === 1 ? 'is' : 'are'} overdue`;

/** The order of the checks is the order in which a person would fix them. */
export function decide(request: AccessRequest, person: Person, policy: Policy, facts: DecisionFacts): Decision {
  const target = policy.targets.get(request.target);
  if (target === undefined) {
    return no('target', 'target', `There is no target ${request.target}`, 'Pick one of the targets that are offered.');
  }
  const scope = policy.scopes.get(request.scope);
  if (scope === undefined) {
    return no('scope', 'scope', `There is no scope ${request.scope}`, 'Pick one of the scopes that are offered.');
  }
  const severity = policy.severities.get(request.severity);
  if (severity === undefined) {
    return no('severity', 'severity', `There is no severity ${request.severity}`, 'Pick one that is offered.');
  }
  if (!policy.rules.some((rule) => covers(rule, person))) {
    return no('role', 'target', 'No rule of the policy covers your groups', 'Ask an operator for access to a group.');
  }
  const longest = maxMinutes(person, target.id, scope.scope.id, severity, policy.rules);
  if (longest === null) {
    return no(
      'rule',
      'severity',
      `No rule lets you use ${scope.scope.label} on ${target.label} at ${severity.id}`,
      'Pick another scope or severity, or ask an operator about the policy.',
    );
  }
  if (request.minutes > longest) {
    return no(
      'minutes',
      'minutes',
      `${severity.id} allows at most ${longest} minutes, ${request.minutes} were asked for`,
      `Ask for ${longest} minutes or less.`,
    );
  }
  if (request.alone && !severity.alone) {
    return no('alone', 'alone', `${severity.id} does not let you in alone`, 'Ask for approval instead.');
  }
  if (request.alone && facts.overdueReviews > 0) {
    return no('overdue_review', 'alone', OVERDUE(facts.overdueReviews), 'Ask for approval, or have the review signed.');
  }
  return {
    allowed: true,
    resolved: {
      target,
      scope,
      severity,
      minutes: request.minutes,
      alone: request.alone,
      requirements: request.alone ? [] : approvalsFor(person, request, request.minutes, severity, policy.rules),
      reviewHours: severity.reviewHours,
      limits: severity.limits,
    },
  };
}
