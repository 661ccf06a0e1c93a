/** What somebody could ask for instead of what they asked for: the combinations that differ in the fewest things. Pure. */
import type { AccessRequest } from '../../shared/api.ts';
import type { Requirement } from '../../shared/approvals.ts';
import { type DecisionFacts, decide } from './decide.ts';
import type { Policy } from './model.ts';
import { type Person, rulesFor } from './rules.ts';

const KEYS = ['minutes', 'alone', 'severity', 'scope'] as const;
type Key = (typeof KEYS)[number];

export interface Nearby {
  readonly target: string;
  readonly scope: string;
  readonly severity: string;
  readonly minutes: number;
  readonly alone: boolean;
  /** Approvals of others that it needs. */
  readonly approvals: readonly Requirement[];
  /** What differs from the request. */
  readonly changes: readonly Key[];
}

const MOST = 5;

/**
 * Allowed combinations on the same target, at most five, those with the fewest changes first. One that changes
 * everything that another one changes, and more, is left out: nobody gives up more than they have to. A duration is
 * shortened, never made longer.
 */
export function nearest(
  request: AccessRequest,
  person: Person,
  policy: Policy,
  facts: DecisionFacts,
): readonly Nearby[] {
  const found: Nearby[] = [];
  for (const scope of policy.scopes.keys())
    for (const severity of policy.severities.values())
      for (const alone of [request.alone, !request.alone]) {
        const asked = { ...request, scope, severity: severity.id, alone };
        const longest = longestAllowed(asked, person, policy, facts);
        if (longest === null) continue;
        const { minutes, approvals } = longest;
        const changed: Record<Key, boolean> = {
          minutes: minutes !== request.minutes,
          alone: alone !== request.alone,
          severity: severity.id !== request.severity,
          scope: scope !== request.scope,
        };
        const changes = KEYS.filter((key) => changed[key]);
        found.push({ target: request.target, scope, severity: severity.id, minutes, alone, approvals, changes });
      }
  const more = (a: Nearby, b: Nearby): boolean =>
    a.changes.length > b.changes.length && b.changes.every((key) => a.changes.includes(key));
  return found
    .filter((one) => !found.some((other) => more(one, other)))
    .sort((a, b) => a.changes.length - b.changes.length)
    .slice(0, MOST);
}

function longestAllowed(
  asked: AccessRequest,
  person: Person,
  policy: Policy,
  facts: DecisionFacts,
): { readonly minutes: number; readonly approvals: readonly Requirement[] } | null {
  const caps = policy.rules.flatMap((rule) => (rule.maxMinutes === null ? [] : [rule.maxMinutes]));
  const severity = policy.severities.get(asked.severity);
  const tries = [asked.minutes, severity?.maxMinutes ?? 0, ...caps].filter((n) => n >= 1 && n <= asked.minutes);
  for (const minutes of [...new Set(tries)].sort((a, b) => b - a)) {
    const decision = decide({ ...asked, minutes }, person, policy, facts);
    if (decision.allowed) return { minutes, approvals: decision.resolved.requirements };
  }
  return null;
}

/** Groups whose members a rule lets use this combination. */
export function groupsThatMay(request: Pick<AccessRequest, 'target' | 'scope' | 'severity'>, policy: Policy): string[] {
  const groups = rulesFor(request, policy.rules).flatMap(
    (rule) => rule.groups ?? rule.roles.flatMap((role) => policy.groups[role]),
  );
  return [...new Set(groups)];
}
