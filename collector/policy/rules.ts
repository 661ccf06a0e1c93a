/** Which rules of a policy speak about a request, and how long they let it be. Pure. */
import type { Role } from '../../shared/grants.ts';
import type { Rule, Severity } from './model.ts';

/** What a rule is asked about. */
export interface Combination {
  readonly target: string;
  readonly scope: string;
  readonly severity: string;
}
/** The rules that name this target, scope and severity, for whichever role. */
export const rulesFor = ({ target, scope, severity }: Combination, rules: readonly Rule[]): readonly Rule[] =>
  rules.filter(
    (rule) => rule.targets.includes(target) && rule.scopes.includes(scope) && rule.severities.includes(severity),
  );
/** Whom a rule is asked about. Without groups, no rule that names groups speaks of them. */
export interface Person {
  readonly roles: readonly Role[];
  readonly groups?: readonly string[];
}
/** One of the rule's roles is theirs, and, where it names groups, one of those. */
export const covers = (rule: Rule, { roles, groups = [] }: Person): boolean =>
  rule.roles.some((role) => roles.includes(role)) &&
  (rule.groups === null || rule.groups.some((group) => groups.includes(group)));

/** Longest duration that the rules leave of a severity, for this person on this target with this scope; null when no rule covers it. */
export function maxMinutes(
  person: Person,
  target: string,
  scope: string,
  severity: Severity,
  rules: readonly Rule[],
): number | null {
  const caps = rulesFor({ target, scope, severity: severity.id }, rules)
    .filter((rule) => covers(rule, person))
    .map((rule) => Math.min(rule.maxMinutes ?? severity.maxMinutes, severity.maxMinutes));
  return caps.length === 0 ? null : Math.max(...caps);
}
