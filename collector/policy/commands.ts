/** `policy check`, `policy test`, `policy explain` and `policy schema`: what a policy says, before it is in force. */
import { explain, explanationText, type Question } from './explain.ts';
import { loadPolicy, readPolicy } from './load.ts';
import { policyJsonSchema } from './schema.ts';
import { stepUpCount } from './step-up.ts';
import { askedWords, runTests } from './tests.ts';

/** Exit code and what is printed. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}

/** Reads the file and runs its tests. Throws a PolicyFault with file, line and column. */
export async function policyCheck(path: string): Promise<Answer> {
  const policy = await loadPolicy(path);
  const counts = [
    `${policy.targets.size} targets`,
    `${policy.scopes.size} scopes`,
    `${policy.severities.size} severities`,
    `${policy.rules.length} rules`,
    `${policy.tests.length} tests passed`,
    ...stepUpCount(policy),
  ];
  return { code: 0, text: `${path}: good. ${counts.join(', ')}. SHA-256 ${policy.hash}` };
}

/** One line for each test of the file, and the count; 1 when any of them fails. Throws a PolicyFault. */
export async function policyTest(path: string): Promise<Answer> {
  const results = runTests(await readPolicy(path));
  const lines = results.map(({ test, good, expected, came }) => {
    const name = test.name === null ? '' : `${test.name}: `;
    const asked = `${good ? 'ok  ' : 'FAIL'} line ${test.line}: ${name}${askedWords(test)}`;
    return `${asked}; expected ${expected}, came ${came}`;
  });
  const failed = results.filter(({ good }) => !good).length;
  const count = `${results.length} ${results.length === 1 ? 'test' : 'tests'}, ${failed} failed`;
  return { code: failed === 0 ? 0 : 1, text: [...lines, `${path}: ${count}.`].join('\n') };
}

export const policySchema = (): Answer => ({ code: 0, text: policyJsonSchema().trimEnd() });

/** 1 when the question was about one request and the answer is no. The file's own tests are not run. */
export async function policyExplain(path: string, question: Question, json = false): Promise<Answer> {
  const explanation = explain(await readPolicy(path), question);
  const text = json ? JSON.stringify(explanation, null, 2) : explanationText(explanation);
  return { code: explanation.verdict?.allowed === false ? 1 : 0, text };
}
