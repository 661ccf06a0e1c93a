import { describe, expect, it } from 'vitest';
import { decide, optionsFor, PolicyFault } from './index.ts';
import { changed, example, lineOf, parse } from './testing.ts';

const groups = changed('approver: [incident-commanders, dba]', 'approver: [incident-commanders, dba, security]');
const DBA_AND_SECURITY = '[{ groups: [dba] }, { count: 2, groups: [security, incident-commanders] }]';
const named = changed('approvals: 1\n', `approvals: ${DBA_AND_SECURITY}\n`, groups);
const requirements = [
  { count: 1, groups: ['dba'] },
  { count: 2, groups: ['security', 'incident-commanders'] },
];
const asked = {
  target: 'orders',
  scope: 'orders-repair',
  severity: 'SEV2',
  ticket: 'INC-1',
  reason: 'a reason to look',
  minutes: 30,
  alone: false,
};
const engineer = { roles: ['engineer' as const] };
const wanted = async (text: string, minutes = 30) => {
  const decision = decide({ ...asked, minutes }, engineer, await parse(text), { overdueReviews: 0 });
  return decision.allowed ? decision.resolved.requirements : decision.limit;
};
const withRule = (rule: string, text = groups): string => changed('lapse:\n', `  - ${rule}\n\nlapse:\n`, text);
const RULE = '{ roles: [engineer], targets: [orders], scopes: [orders-repair], severities: [SEV2]';
/** Without the tests of the file, which speak of the example as it is. */
const bare = (text: string): string => text.slice(0, text.indexOf('tests:\n'));

describe('approvals from named groups', () => {
  it('are asked for by a severity, and told to who asks', async () => {
    expect(await wanted(bare(named))).toEqual(requirements);
    const policy = await parse(bare(named));
    const options = optionsFor(engineer, policy, { overdueReviews: 0, approvers: 1, reviewers: 1 });
    const sev2 = options.targets[0]?.scopes[0]?.severities.find(({ id }) => id === 'SEV2');
    expect(sev2).toMatchObject({ approvals: 3, approvals_from: requirements, summary: '30 min, 3 approvals' });
  });

  it('are asked for by a rule in place of the severity', async () => {
    const text = bare(withRule(`${RULE}, approvals: [{ groups: [dba] }] }`)).replace(
      'scopes: [support-read, orders-repair]',
      'scopes: [support-read]',
    );
    expect(await wanted(text)).toEqual([{ count: 1, groups: ['dba'] }]);
  });

  it('of two rules the one with fewer approvals counts, as far as its minutes go', async () => {
    const text = bare(withRule(`${RULE}, approvals: 3 }`)).replace(
      'severities: [SEV1, SEV2]',
      'severities: [SEV1, SEV2]\n    max_minutes: 10',
    );
    expect(await wanted(text, 10)).toEqual([{ count: 1, groups: null }]);
    expect(await wanted(text, 11)).toEqual([{ count: 3, groups: null }]);
  });

  it('can be what a test of the policy expects', async () => {
    const text = changed('{ approvals: 1 }', `{ approvals: ${DBA_AND_SECURITY} }`, named);
    const [, test] = (await parse(text)).tests;
    expect(test?.expect).toEqual({ kind: 'approvals', approvals: requirements });
  });
});

describe('what nobody could mean is refused with its line (I6)', () => {
  it.each([
    [
      'a group that holds no role approver',
      () => changed('[{ groups: [dba]', '[{ groups: [dbas]', named),
      'approvals: [',
      'dbas does not hold',
    ],
    ['no approval at all', () => changed('approvals: 1\n', 'approvals: 0\n'), 'approvals: 0', 'approvals'],
    ['an empty list', () => changed('approvals: 1\n', 'approvals: []\n'), 'approvals: []', 'approvals'],
    [
      'a requirement of nobody',
      () => changed('approvals: 1\n', 'approvals: [{ groups: [] }]\n'),
      'approvals: [',
      'approvals',
    ],
    [
      'an unknown key',
      () => changed('approvals: 1\n', 'approvals: [{ group: [dba] }]\n'),
      'approvals: [',
      'not a known field',
    ],
    [
      'two rules that ask as many others',
      () => withRule(`${RULE}, approvals: [{ groups: [dba] }] }`),
      `  - ${RULE}`,
      'overlaps rule 1 at SEV2',
    ],
  ])('%s', async (_name, text, place, reason) => {
    const source = text();
    const fault = await parse(source).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(PolicyFault);
    expect((fault as PolicyFault).message).toContain(reason);
    expect((fault as PolicyFault).line).toBe(lineOf(source, place));
  });

  it('two rules that overlap and ask the same are no trouble', async () => {
    expect(await wanted(bare(withRule(`${RULE}, approvals: 1 }`, example)))).toEqual([{ count: 1, groups: null }]);
  });
});
