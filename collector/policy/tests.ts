/** Runs the tests that a policy holds, with the same `decide` that real requests meet. Pure. */

import { type Requirement, requirementWords, total } from '../../shared/approvals.ts';
import { requirementsOf } from './approvals.ts';
import { type Decision, decide } from './decide.ts';
import type { Finding } from './meaning.ts';
import type { Expectation, Policy, PolicyPerson, PolicyTest, Severity } from './model.ts';
import { rolesOf } from './roles.ts';
import type { PolicyTestFile } from './test-schema.ts';

export interface TestResult {
  readonly test: PolicyTest;
  readonly good: boolean;
  readonly expected: string;
  /** What came, with the reason of a refusal. */
  readonly came: string;
}

export const runTests = (policy: Policy): readonly TestResult[] => policy.tests.map((test) => runTest(test, policy));

function runTest(test: PolicyTest, policy: Policy): TestResult {
  const { target, scope, severity, minutes, alone, overdueReviews, groups, expect } = test;
  const request = { target, scope, severity, minutes, alone, ticket: 'TEST-1', reason: 'a test of the policy' };
  const decision = decide(request, { roles: rolesOf(groups, policy), groups }, policy, { overdueReviews });
  return { test, good: meets(decision, expect), expected: expectedWords(expect), came: cameWords(decision) };
}

function meets(decision: Decision, expect: Expectation): boolean {
  if (expect.kind === 'refused') return !decision.allowed && decision.limit === expect.limit;
  if (!decision.allowed) return false;
  if (expect.kind === 'allowed') return true;
  const { requirements } = decision.resolved;
  // A number says how many; a list also says from whom.
  return typeof expect.approvals === 'number'
    ? total(requirements) === expect.approvals
    : JSON.stringify(requirements) === JSON.stringify(expect.approvals);
}

const approvals = (requirements: readonly Requirement[]): string =>
  requirements.length === 0 ? 'allowed alone' : `allowed with ${requirementWords(requirements)}`;

function expectedWords(expect: Expectation): string {
  if (expect.kind === 'refused') return `refused by ${expect.limit}`;
  if (expect.kind === 'allowed') return 'allowed';
  const { approvals: wanted } = expect;
  if (wanted === 0) return approvals([]);
  return approvals(typeof wanted === 'number' ? requirementsOf(wanted) : wanted);
}

const cameWords = (decision: Decision): string =>
  decision.allowed ? approvals(decision.resolved.requirements) : `refused by ${decision.limit} (${decision.message})`;

/** `amira, orders, support-read, SEV1, 30 min, alone` */
export const askedWords = (test: PolicyTest): string =>
  [
    test.who,
    test.target,
    test.scope,
    test.severity,
    `${test.minutes} min`,
    test.alone ? 'alone' : 'with approval',
    ...(test.overdueReviews === 0 ? [] : [`${test.overdueReviews} overdue`]),
  ].join(', ');

interface Known {
  readonly people: readonly PolicyPerson[];
  readonly severities: ReadonlyMap<string, Severity>;
  place(where: readonly PropertyKey[]): { readonly line: number; readonly column: number };
  refuse(finding: Finding): Error;
}

/** Fills in what a test leaves out. A target, scope or severity that does not exist is kept: that it is refused may be the point. */
export function testOf(file: PolicyTestFile, at: number, { people, severities, place, refuse }: Known): PolicyTest {
  const { name, who, target, scope, severity, expect } = file;
  const person = typeof who === 'string' ? people.find(({ sub }) => sub === who) : undefined;
  if (typeof who === 'string' && person === undefined)
    throw refuse({
      where: ['tests', at, 'who'],
      reason: `${who} is not one of the file's people; groups are a list, [${who}]`,
    });
  const known = severities.get(severity);
  return {
    name: name ?? null,
    ...place(['tests', at]),
    who: typeof who === 'string' ? who : who.join('+'),
    groups: typeof who === 'string' ? (person?.groups ?? []) : who,
    target,
    scope,
    severity,
    minutes: file.minutes ?? known?.defaultMinutes ?? 1,
    alone: file.alone ?? known?.alone ?? false,
    overdueReviews: file.overdue_reviews,
    expect: expectationOf(expect),
  };
}

function expectationOf(expect: PolicyTestFile['expect']): Expectation {
  if (expect === 'allowed') return { kind: 'allowed' };
  return 'refused' in expect
    ? { kind: 'refused', limit: expect.refused }
    : {
        kind: 'approvals',
        approvals: typeof expect.approvals === 'number' ? expect.approvals : requirementsOf(expect.approvals),
      };
}
