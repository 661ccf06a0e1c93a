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
export const hasRole = (rule: Rule, roles: readonly Role[]): boolean => rule.roles.some((role) => roles.includes(role));

/** Longest duration that the rules leave of a severity, for these roles on this target with this scope; null when no rule covers it. */
export function maxMinutes(
  roles: readonly Role[],
  target: string,
  scope: string,
  severity: Severity,
  rules: readonly Rule[],
): number | null {
  const caps = rulesFor({ target, scope, severity: severity.id }, rules)
    .filter((rule) => hasRole(rule, roles))
    .map((rule) => Math.min(rule.maxMinutes ?? severity.maxMinutes, severity.maxMinutes));
  return caps.length === 0 ? null : Math.max(...caps);
}
