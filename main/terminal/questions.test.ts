import { describe, expect, it } from 'vitest';
import type { Options, SeverityOption } from '../../shared/api.ts';
import type { Scope } from '../../shared/grants.ts';
import { inOneLine, questionsOf } from './questions.ts';

// Cast: the limits decide nothing here.
const severity = (id: string, more: Partial<SeverityOption> = {}): SeverityOption =>
  ({
    id,
    label: `${id} label`,
    summary: '30 min, alone',
    max_minutes: 30,
    default_minutes: 15,
    approvals: 0,
    alone: true,
    review_hours: 24,
    told: { approvers: 1, reviewers: 1, alone: [], asked: [] },
    refused: null,
    ...more,
  }) as SeverityOption;
const scope = (id: string, severities: SeverityOption[]) => ({
  id,
  label: id,
  mode: 'read' as const,
  summary: 'Read 6 tables',
  // Cast: nor do its tables.
  scope: { id, label: id, mode: 'read', tables: [] } as unknown as Scope,
  severities,
});
const target = (id: string, scopes: ReturnType<typeof scope>[]) => ({
  id,
  label: id,
  environment: 'production' as const,
  database: 'shop',
  scopes,
});
const options = (...targets: ReturnType<typeof target>[]): Options => ({
  policy: 'p'.repeat(43),
  targets,
  overdue_reviews: 0,
});
const one = options(target('orders', [scope('read', [severity('SEV1')])]));
const two = options(
  target('orders', [scope('read', [severity('SEV1'), severity('SEV2', { alone: false, approvals: 1 })])]),
  target('billing', [scope('read', [severity('SEV1')]), scope('repair', [severity('SEV1')])]),
);
const why = { ticket: 'INC-1', reason: 'Orders are stuck' };

describe('what is still missing in a request', () => {
  it('is nothing where there is one choice, and the policy’s own minutes are taken', () => {
    expect(questionsOf(one, why, false)).toMatchObject({
      kind: 'ready',
      request: { target: 'orders', scope: 'read', severity: 'SEV1', minutes: 15, alone: true, ...why },
    });
  });

  it('is named all at once, with what may be chosen', () => {
    const answered = questionsOf(two, { severity: 'SEV9' }, false);
    expect(
      answered.kind === 'asks' && answered.questions.map(({ problem, choices }) => [problem, choices.map((c) => c.id)]),
    ).toEqual([
      ['--target is missing', ['orders', 'billing']],
      ['--scope is missing', ['read', 'repair']],
      ['--severity SEV9 is not offered', ['SEV1', 'SEV2']],
      ['--ticket is missing: a ticket or incident, like INC-4711', []],
      ['--reason is missing: a sentence of 8 to 500 characters', []],
    ]);
  });

  it('depends on what was chosen before', () => {
    expect(questionsOf(two, { target: 'billing', scope: 'repair', ...why }, false)).toMatchObject({
      kind: 'ready',
      request: { severity: 'SEV1' },
    });
    expect(questionsOf(two, { target: 'orders', scope: 'repair', severity: 'SEV1', ...why }, false)).toMatchObject({
      kind: 'asks',
      questions: [{ field: 'scope', problem: '--scope repair is not offered' }],
    });
  });

  it('is the minutes where they are more than the severity allows', () => {
    expect(questionsOf(one, { ...why, minutes: 90 }, false)).toMatchObject({
      questions: [{ field: 'minutes', problem: 'SEV1 allows at most 30 minutes, 90 were asked for' }],
    });
  });

  it('is another severity where this one is refused now, unless approval is asked for', () => {
    const refused = options(
      target('orders', [scope('read', [severity('SEV1', { refused: '1 review is overdue' }), severity('SEV2')])]),
    );
    const given = { ...why, severity: 'SEV1' };
    expect(questionsOf(refused, given, false)).toMatchObject({
      questions: [{ problem: 'SEV1 is refused now: 1 review is overdue', choices: [{ id: 'SEV2' }] }],
    });
    expect(questionsOf(refused, given, true)).toMatchObject({ kind: 'ready', request: { alone: false } });
  });

  it('never asks to go in alone where approval was wanted or is needed', () => {
    expect(questionsOf(one, why, true)).toMatchObject({ request: { alone: false } });
    const given = { ...why, target: 'orders', severity: 'SEV2' };
    expect(questionsOf(two, given, false)).toMatchObject({ request: { alone: false } });
  });

  it('says so where the policy opens nothing', () => {
    expect(questionsOf(options(), why, false)).toMatchObject({ kind: 'nothing' });
  });

  it('says in one line what will be sent', () => {
    const answered = questionsOf(one, { ...why, minutes: 1 }, false);
    expect(answered.kind === 'ready' && inOneLine(answered.chosen, answered.request)).toBe(
      'SEV1 on orders (production), read, 1 minute, INC-1',
    );
  });
});
