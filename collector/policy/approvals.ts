/** Whose approvals a severity or a rule asks for: how the file says it, which rule counts, and what is ambiguous. Pure. */
import { z } from 'zod';
import { type Requirement, total } from '../../shared/approvals.ts';
import type { Finding } from './meaning.ts';
import type { Policy, Rule, Severity } from './model.ts';
import { type Combination, covers, type Person, rulesFor } from './rules.ts';

const count = z.int().min(1).max(5);
export const approvals = z
  .union([
    count,
    z
      .array(
        z.strictObject({
          count: count.default(1),
          groups: z.array(z.string().min(1).max(200)).min(1).max(20).optional(),
        }),
      )
      .min(1)
      .max(5),
  ])
  .describe(
    'Approvals of others when the engineer does not go alone: a number, or how many from which groups. One person counts once.',
  );
export type ApprovalsFile = z.infer<typeof approvals>;

export const requirementsOf = (file: ApprovalsFile): readonly Requirement[] =>
  typeof file === 'number'
    ? [{ count: file, groups: null }]
    : file.map(({ count, groups }) => ({ count, groups: groups ?? null }));

/** A group that holds no role approver can approve nothing: a misspelt name would shut everybody out. */
export function checkGroups(
  file: ApprovalsFile | undefined,
  where: readonly PropertyKey[],
  approvers: readonly string[],
  refuse: (finding: Finding) => Error,
): void {
  if (file === undefined || typeof file === 'number') return;
  file.forEach(({ groups = [] }, at) => {
    groups.forEach((group, i) => {
      if (approvers.includes(group)) return;
      throw refuse({
        where: [...where, at, 'groups', i],
        reason: `the group ${group} does not hold the role approver`,
      });
    });
  });
}

const asked = (rule: Rule, severity: Severity): readonly Requirement[] => rule.approvals ?? severity.approvals;

/** Of the rules that allow these minutes, the one with the fewest approvals counts; of equal ones the first in the file. */
export function approvalsFor(
  person: Person,
  combination: Combination,
  minutes: number,
  severity: Severity,
  rules: readonly Rule[],
): readonly Requirement[] {
  const choices = rulesFor(combination, rules)
    .filter((rule) => covers(rule, person) && (rule.maxMinutes ?? minutes) >= minutes)
    .map((rule) => asked(rule, severity))
    .sort((a, b) => total(a) - total(b));
  return choices[0] ?? severity.approvals;
}

/** Two rules for the same request that ask the same number of different people: nobody could tell which of them counts. */
export function checkOverlaps(
  { rules, severities }: Pick<Policy, 'rules' | 'severities'>,
  refuse: (finding: Finding) => Error,
): void {
  const meet = (a: readonly string[], b: readonly string[]): boolean => a.some((one) => b.includes(one));
  rules.forEach((rule, at) => {
    rules.slice(0, at).forEach((earlier, before) => {
      if (
        !meet(rule.roles, earlier.roles) ||
        !meet(rule.groups ?? earlier.groups ?? [''], earlier.groups ?? rule.groups ?? ['']) ||
        !meet(rule.targets, earlier.targets) ||
        !meet(rule.scopes, earlier.scopes)
      )
        return;
      for (const severity of severities.values()) {
        if (!rule.severities.includes(severity.id) || !earlier.severities.includes(severity.id)) continue;
        const [one, other] = [asked(rule, severity), asked(earlier, severity)];
        if (total(one) !== total(other) || JSON.stringify(one) === JSON.stringify(other)) continue;
        throw refuse({
          where: ['rules', at],
          reason: `overlaps rule ${before + 1} at ${severity.id} and asks as many others: say how many more or fewer`,
        });
      }
    });
  });
}
