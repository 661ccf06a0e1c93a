import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policyCheck, policyExplain } from './commands.ts';
import { parsePolicy } from './load.ts';

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
const STEP_UP = 'step_up: { who: [engineer, approver], max_age_minutes: 5 }';
const none = (): Promise<string> => Promise.reject(new Error('no file'));
const parsed = (stepUp: string) =>
  parsePolicy(new TextEncoder().encode(example.replace(STEP_UP, stepUp)), 'policy.yaml', none);

const dir = mkdtempSync(join(tmpdir(), 'vitrine-policy-'));
afterAll(() => rmSync(dir, { recursive: true }));
const written = (stepUp: string): string => {
  const path = join(dir, 'policy.yaml');
  writeFileSync(path, example.replace(STEP_UP, stepUp));
  return path;
};

describe('step_up of a severity', () => {
  it.each<[string, object | null]>([
    ['', null],
    ['step_up: {}', { who: ['engineer', 'approver'], max_age: 300 }],
    ['step_up: { who: [approver] }', { who: ['approver'], max_age: 300 }],
    [
      'step_up: { max_age_minutes: 1, acr: urn:x:mfa }',
      { who: ['engineer', 'approver'], max_age: 60, acr: 'urn:x:mfa' },
    ],
  ])('means what it says: %s', async (text, meaning) => {
    const policy = await parsed(text);
    expect(policy.severities.get('SEV1')?.stepUp).toEqual(meaning);
    expect(policy.severities.get('SEV2')?.stepUp).toBeNull();
  });

  it.each([
    ['step_up: { who: [] }', 'severities.SEV1.step_up.who'],
    ['step_up: { who: [reviewer] }', 'severities.SEV1.step_up.who.0'],
    ['step_up: { who: [approver, approver] }', 'severities.SEV1.step_up.who: approver is listed twice'],
    ['step_up: { max_age_minutes: 0 }', 'severities.SEV1.step_up.max_age_minutes'],
    ['step_up: { max_age_minutes: 2.5 }', 'severities.SEV1.step_up.max_age_minutes'],
    // `acr_values` is a list of words in quotation marks: neither may be inside one.
    ['step_up: { acr: two words }', 'severities.SEV1.step_up.acr'],
    ["step_up: { acr: 'a\"b' }", 'severities.SEV1.step_up.acr'],
    ['step_up: { max_age: 5 }', 'severities.SEV1.step_up.max_age: is not a known field'],
  ])('is refused with its place: %s (I6)', async (text, words) => {
    await expect(parsed(text)).rejects.toThrow(words);
  });

  it('is named by policy check and policy explain', async () => {
    const path = written('step_up: { who: [engineer], max_age_minutes: 10, acr: urn:x:mfa }');
    expect((await policyCheck(path)).text).toContain('fresh sign-in for SEV1');
    const question = { user: 'amira', target: 'orders', scope: 'support-read', severity: 'SEV1' };
    const { text } = await policyExplain(path, question);
    expect(text).toContain(
      'A fresh sign-in is asked for: engineer needs a sign-in of the last 10 minutes with urn:x:mfa.',
    );
    const said: unknown = JSON.parse((await policyExplain(path, question, true)).text);
    expect(said).toMatchObject({ verdict: { step_up: { who: ['engineer'], max_age: 600, acr: 'urn:x:mfa' } } });
    expect((await policyExplain(path, { ...question, severity: 'SEV2' })).text).not.toContain('sign-in');
  });
});
