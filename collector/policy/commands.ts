/** `policy check`, `policy explain` and `policy schema`: what a policy says, before it is in force. */
import { Fault } from '../../shared/errors.ts';
import { decide } from './decide.ts';
import { loadPolicy } from './load.ts';
import type { Policy } from './model.ts';
import { optionsFor } from './options.ts';
import { rolesOf } from './roles.ts';
import { policyJsonSchema } from './schema.ts';

/** Exit code and what is printed. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}
export interface Question {
  /** A person of the file's `people`, or group names separated by commas. */
  readonly user: string;
  readonly target?: string | undefined;
  readonly scope?: string | undefined;
  readonly severity?: string | undefined;
  readonly minutes?: string | undefined;
  readonly alone?: boolean | undefined;
}

/** Throws a PolicyFault with file, line and column. */
export async function policyCheck(path: string): Promise<Answer> {
  const policy = await loadPolicy(path);
  const counts = [
    `${policy.targets.size} targets`,
    `${policy.scopes.size} scopes`,
    `${policy.severities.size} severities`,
    `${policy.rules.length} rules`,
  ];
  return { code: 0, text: `${path}: good. ${counts.join(', ')}. SHA-256 ${policy.hash}` };
}

export const policySchema = (): Answer => ({ code: 0, text: policyJsonSchema().trimEnd() });

/** What this person may do; with a target, a scope and a severity also whether one request would pass, and which limit stops it. */
export async function policyExplain(path: string, question: Question): Promise<Answer> {
  const policy = await loadPolicy(path);
  const person = policy.people.find(({ sub }) => sub === question.user);
  const groups = person?.groups ?? question.user.split(',').map((group) => group.trim());
  const roles = rolesOf(groups, policy);
  const lines = [
    `${person?.name ?? 'Somebody'} in ${groups.join(', ')}: ${roles.length === 0 ? 'no role' : roles.join(', ')}`,
  ];
  const { targets } = optionsFor({ roles }, policy, { overdueReviews: 0, approvers: 0, reviewers: 0 });
  const wanted = <T extends { id: string }>(items: readonly T[], id: string | undefined): readonly T[] =>
    id === undefined ? items : items.filter((item) => item.id === id);
  for (const target of wanted(targets, question.target)) {
    for (const scope of wanted(target.scopes, question.scope)) {
      lines.push(`${target.label} (${target.id}), ${scope.label} (${scope.id}): ${scope.summary}`);
      for (const severity of wanted(scope.severities, question.severity)) {
        const review = severity.review_hours === null ? 'no review' : `review within ${severity.review_hours} h`;
        lines.push(`  ${severity.id}: ${severity.summary}, ${review}`);
      }
    }
  }
  if (lines.length === 1) lines.push('No rule covers that.');
  const verdict = judge(policy, roles, question);
  return verdict === null
    ? { code: 0, text: lines.join('\n') }
    : { code: verdict.code, text: [...lines, verdict.text].join('\n') };
}

function judge(policy: Policy, roles: ReturnType<typeof rolesOf>, question: Question): Answer | null {
  const { target, scope, severity } = question;
  if (target === undefined || scope === undefined || severity === undefined) return null;
  const known = policy.severities.get(severity);
  const minutes = Number(question.minutes ?? known?.defaultMinutes ?? 1);
  if (!Number.isInteger(minutes) || minutes < 1) throw new Fault('bad_usage', '--minutes is a whole number from 1.');
  const alone = question.alone ?? known?.alone ?? false;
  const request = { target, scope, severity, minutes, alone, ticket: 'INC-1', reason: 'explained' };
  const decision = decide(request, { roles }, policy, { overdueReviews: 0 });
  return decision.allowed
    ? {
        code: 0,
        text: `Allowed: ${minutes} min, ${alone ? 'alone' : `${decision.resolved.approvalsNeeded} approval(s)`}.`,
      }
    : { code: 1, text: `Refused by ${decision.limit}: ${decision.message}. ${decision.hint}` };
}
