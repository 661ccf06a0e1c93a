/** `policy explain`: what a person may do; and of one request why it would pass, or why not and what would be needed. */
import type { Options } from '../../shared/api.ts';
import { type Requirement, requirementWords } from '../../shared/approvals.ts';
import { Fault } from '../../shared/errors.ts';
import type { Role } from '../../shared/grants.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { type Decision, decide } from './decide.ts';
import type { Policy } from './model.ts';
import { groupsThatMay, type Nearby, nearest } from './nearest.ts';
import { optionsFor } from './options.ts';
import { rolesOf } from './roles.ts';
import { covers, type Person, rulesFor } from './rules.ts';
import { stepUpSentence } from './step-up.ts';

export interface Question {
  /** A person of the file's `people`, or group names separated by commas. */
  readonly user: string;
  readonly target?: string | undefined;
  readonly scope?: string | undefined;
  readonly severity?: string | undefined;
  readonly minutes?: string | undefined;
  readonly alone?: boolean | undefined;
}

/** What `--json` prints. */
export interface Explanation {
  readonly who: { readonly name: string | null; readonly groups: readonly string[]; readonly roles: readonly Role[] };
  readonly targets: Options['targets'];
  /** Null unless target, scope and severity were given. */
  readonly verdict: Verdict | null;
}
interface Asked {
  readonly target: string;
  readonly scope: string;
  readonly severity: string;
  readonly minutes: number;
  readonly alone: boolean;
}
export type Verdict =
  | {
      readonly allowed: true;
      readonly asked: Asked;
      readonly approvals: readonly Requirement[];
      /** Numbers of the rules that let it pass, from 1 in the order of the file. */
      readonly rules: readonly number[];
      readonly review_hours: number | null;
      readonly step_up: StepUp | null;
    }
  | {
      readonly allowed: false;
      readonly asked: Asked;
      readonly limit: string;
      readonly message: string;
      readonly hint: string;
      /** Groups that a rule lets use this target, scope and severity. */
      readonly groups: readonly string[];
      readonly nearest: readonly Nearby[];
    };

export function explain(policy: Policy, question: Question): Explanation {
  const person = policy.people.find(({ sub }) => sub === question.user);
  const groups = person?.groups ?? question.user.split(',').map((group) => group.trim());
  const roles = rolesOf(groups, policy);
  const { targets } = optionsFor({ roles, groups }, policy, { overdueReviews: 0, approvers: 0, reviewers: 0 });
  const wanted = <T extends { id: string }>(items: readonly T[], id: string | undefined): T[] =>
    items.filter((item) => id === undefined || item.id === id);
  return {
    who: { name: person?.name ?? null, groups, roles },
    targets: wanted(targets, question.target).map((target) => ({
      ...target,
      scopes: wanted(target.scopes, question.scope).map((scope) => ({
        ...scope,
        severities: wanted(scope.severities, question.severity),
      })),
    })),
    verdict: verdictOf(policy, { roles, groups }, question),
  };
}

function verdictOf(policy: Policy, person: Person, question: Question): Verdict | null {
  const { target, scope, severity } = question;
  if (target === undefined || scope === undefined || severity === undefined) return null;
  const known = policy.severities.get(severity);
  const minutes = Number(question.minutes ?? known?.defaultMinutes ?? 1);
  if (!Number.isInteger(minutes) || minutes < 1) throw new Fault('bad_usage', '--minutes is a whole number from 1.');
  const asked = { target, scope, severity, minutes, alone: question.alone ?? known?.alone ?? false };
  const request = { ...asked, ticket: 'INC-1', reason: 'explained' };
  const facts = { overdueReviews: 0 };
  const decision: Decision = decide(request, person, policy, facts);
  if (!decision.allowed) {
    const { limit, message, hint } = decision;
    const groups = groupsThatMay(asked, policy);
    return { allowed: false, asked, limit, message, hint, groups, nearest: nearest(request, person, policy, facts) };
  }
  const fitting = rulesFor(asked, policy.rules).filter(
    (rule) => covers(rule, person) && (rule.maxMinutes ?? minutes) >= minutes,
  );
  return {
    allowed: true,
    asked,
    approvals: decision.resolved.requirements,
    rules: fitting.map((rule) => policy.rules.indexOf(rule) + 1),
    review_hours: decision.resolved.reviewHours,
    step_up: decision.resolved.severity.stepUp,
  };
}

export function explanationText({ who, targets, verdict }: Explanation): string {
  const { name, groups, roles } = who;
  const lines = [`${name ?? 'Somebody'} in ${groups.join(', ')}: ${roles.length === 0 ? 'no role' : roles.join(', ')}`];
  for (const target of targets)
    for (const scope of target.scopes) {
      lines.push(`${target.label} (${target.id}), ${scope.label} (${scope.id}): ${scope.summary}`);
      for (const severity of scope.severities)
        lines.push(
          `  ${severity.id}: ${severity.summary}, ${reviewWords(severity.review_hours)}${stepUpWords(severity.step_up)}`,
        );
    }
  if (lines.length === 1) lines.push('No rule covers that.');
  if (verdict !== null) lines.push(...verdictLines(verdict));
  return lines.join('\n');
}

const stepUpWords = (asked: StepUp | undefined): string => (asked === undefined ? '' : `, ${stepUpSentence(asked)}`);
const reviewWords = (hours: number | null): string => (hours === null ? 'no review' : `review within ${hours} h`);
const approvalWords = (requirements: readonly Requirement[]): string =>
  requirements.length === 0 ? 'alone' : requirementWords(requirements);

function verdictLines(verdict: Verdict): string[] {
  if (verdict.allowed) {
    const { asked, approvals, rules, review_hours, step_up } = verdict;
    return [
      `Allowed: ${asked.minutes} min, ${approvalWords(approvals)}.`,
      `  Because of rule ${rules.join(' and rule ')} of the file; ${reviewWords(review_hours)}.`,
      ...(step_up === null ? [] : [`  A fresh sign-in is asked for: ${stepUpSentence(step_up)}.`]),
    ];
  }
  const { limit, message, hint, groups, asked } = verdict;
  const lines = [`Refused by ${limit}: ${message}. ${hint}`];
  if (groups.length > 0 && (limit === 'role' || limit === 'rule'))
    lines.push(`  A rule lets these groups: ${groups.join(', ')}.`);
  if (verdict.nearest.length === 0) lines.push(`  Nothing on ${asked.target} would be allowed.`);
  else lines.push('  Would be allowed:', ...verdict.nearest.map((near) => `    ${nearWords(near)}`));
  return lines;
}

const CHANGE = { minutes: 'fewer minutes', severity: 'another severity', scope: 'another scope' } as const;

/** `support-read, SEV2, 30 min, 1 approval (another severity, with approval)` */
function nearWords({ scope, severity, minutes, approvals, alone, changes }: Nearby): string {
  const said = changes.map((key) => (key === 'alone' ? (alone ? 'alone' : 'with approval') : CHANGE[key]));
  return `${scope}, ${severity}, ${minutes} min, ${approvalWords(approvals)} (${said.join(', ')})`;
}
