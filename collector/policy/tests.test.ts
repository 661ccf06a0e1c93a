import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyCheck, policyExplain, policyTest } from './commands.ts';
import { keepPolicy, loadPolicy } from './index.ts';
import { changed, example, examplePath, lineOf } from './testing.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vitrine-policy-tests-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
const file = async (text: string): Promise<string> => {
  const path = join(dir, 'policy.yaml');
  await writeFile(path, text);
  return path;
};
/** On call gets half an hour at SEV1; with this they get an hour, and the test that says 31 minutes are refused fails. */
const loosened = () => changed('max_minutes: 30\n    alone', 'max_minutes: 60\n    alone');

describe('the tests of a policy', () => {
  it('all pass in the example, one line each', async () => {
    const { code, text } = await policyTest(examplePath);
    const lines = text.split('\n');
    const count = (await loadPolicy(examplePath)).tests.length;
    expect([code, lines.length]).toEqual([0, count + 1]);
    expect(lines.slice(0, -1).every((line) => line.startsWith('ok '))).toBe(true);
    expect(lines.at(-1)).toBe(`${examplePath}: ${count} tests, 0 failed.`);
    expect(text).toContain(
      'On call gets in alone while customers are affected: amira, orders, support-read, SEV1, 30 min',
    );
  });

  it('say what was expected and what came, and end with 1', async () => {
    const source = loosened();
    const { code, text } = await policyTest(await file(source));
    expect(code).toBe(1);
    const failed = text.split('\n').filter((line) => line.startsWith('FAIL'));
    expect(failed).toEqual([
      `FAIL line ${lineOf(source, 'minutes: 31')}: amira, orders, support-read, SEV1, 31 min, alone; expected refused by minutes, came allowed alone`,
    ]);
  });

  it('tell a refusal by another limit from the expected one', async () => {
    const { text } = await policyTest(await file(changed('expect: { refused: rule }', 'expect: { refused: minutes }')));
    expect(text).toContain('expected refused by minutes, came refused by rule (No rule lets you use');
  });

  it('tell another number of approvals from the expected one', async () => {
    const { code, text } = await policyTest(await file(changed('{ approvals: 1 }', '{ approvals: 2 }')));
    expect(code).toBe(1);
    expect(text).toContain('expected allowed with 2 approvals, came allowed with 1 approval');
  });

  it('fail the check with the line of the test', async () => {
    const source = loosened();
    const path = await file(source);
    const line = lineOf(source, 'minutes: 31');
    await expect(policyCheck(path)).rejects.toThrow(`${path}:${line}:5: the test amira, orders,`);
    expect((await policyCheck(examplePath)).text).toContain(' tests passed');
  });

  it('keep the last good policy in force when the changed one fails them, and refuse the start (I6)', async () => {
    const path = await file(example);
    const invalid: number[] = [];
    const keeper = await keepPolicy(
      path,
      { invalid: ({ line }) => void invalid.push(line), changed: () => {}, failed: () => {} },
      60_000,
    );
    try {
      const { hash } = keeper.current();
      await file(loosened());
      expect(await keeper.reload()).toBe(false);
      expect(keeper.current().hash).toBe(hash);
      expect(keeper.problem()?.line).toBe(lineOf(loosened(), 'minutes: 31'));
      expect(invalid).toEqual([keeper.problem()?.line]);
      await expect(keepPolicy(path, { invalid() {}, changed() {}, failed() {} })).rejects.toThrow('the test amira');
    } finally {
      keeper.close();
    }
  });
});

describe('policy explain', () => {
  const base = { user: 'amira', target: 'orders', scope: 'orders-repair', severity: 'SEV1' };
  const explained = async (change: Record<string, unknown>) => {
    const { code, text } = await policyExplain(examplePath, { ...base, ...change }, true);
    return { code, verdict: JSON.parse(text).verdict };
  };

  it('says of a yes which rule gives it', async () => {
    expect((await policyExplain(examplePath, base)).text).toContain(
      'Because of rule 1 of the file; review within 24 h.',
    );
    expect(await explained({})).toMatchObject({ code: 0, verdict: { allowed: true, rules: [1], approvals: [] } });
  });

  it('offers fewer minutes where only the duration is too long', async () => {
    const { code, verdict } = await explained({ minutes: '45' });
    expect(code).toBe(1);
    expect(verdict.nearest).toMatchObject([
      { scope: 'orders-repair', severity: 'SEV1', minutes: 30, alone: true, approvals: [], changes: ['minutes'] },
      // All the minutes, for more changes of another kind.
      { scope: 'orders-repair', severity: 'PLANNED', minutes: 45, alone: false, changes: ['alone', 'severity'] },
    ]);
  });

  it('offers another severity and another scope where no rule fits', async () => {
    const { verdict } = await explained({ severity: 'DRILL', minutes: '10' });
    const changes = verdict.nearest.map((near: { changes: string[] }) => near.changes);
    expect(changes).toEqual([['scope'], ['severity']]);
    expect(verdict.groups).toEqual([]);
  });

  it('offers approval where going alone is refused', async () => {
    const { verdict } = await explained({ severity: 'SEV2', alone: true });
    expect(verdict.limit).toBe('alone');
    expect(verdict.nearest).toContainEqual(
      expect.objectContaining({ changes: ['alone'], approvals: [{ count: 1, groups: null }], alone: false }),
    );
  });

  it('names the groups to somebody whose groups allow nothing', async () => {
    const { verdict } = await explained({ user: 'lina' });
    expect(verdict).toMatchObject({ limit: 'role', groups: ['oncall'], nearest: [] });
    expect((await policyExplain(examplePath, { ...base, user: 'lina' })).text).toContain('these groups: oncall');
  });

  it('says in words what would be needed', async () => {
    const { text } = await policyExplain(examplePath, { ...base, severity: 'SEV2', alone: true });
    expect(text).toContain('orders-repair, SEV2, 30 min, 1 approval (with approval)');
  });
});
