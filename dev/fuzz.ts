/**
 * `npm run fuzz -- [--cases N] [--seed N] [--real N] [--only INDEX]`: the wire of the proxy against clients and servers that
 * say what nobody should, in memory, then conversations with a real PostgreSQL, with the relay and without it. One line
 * for each phase and for each finding; exits with 0 only when everything held. `--only` tells one case in full.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { campaign, verdict } from '../e2e/proxy/fuzz/campaign.ts';
import { runCase } from '../e2e/proxy/fuzz/case.ts';
import { realCases } from '../e2e/proxy/fuzz/real.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, real: { type: 'string' }, only: { type: 'string' } },
});
function whole(name: 'cases' | 'seed' | 'real' | 'only', otherwise: number): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} wants a number from 0, not ${text}.`);
  process.exit(2);
}
const cases = whole('cases', 10_000);
const seed = whole('seed', randomInt(2 ** 31));
const real = whole('real', Math.ceil(cases / 100));
const only = whole('only', -1);

if (only >= 0) {
  const { kind, findings, story } = await runCase(seed, only);
  console.log(`case ${only} of seed ${seed} (${kind})\n${story.map((line) => `  ${line}`).join('\n')}`);
  for (const finding of findings) console.log(`✗ ${finding}`);
  if (findings.length === 0) console.log('✓ everything held');
  process.exit(findings.length === 0 ? 0 : 1);
}

const started = performance.now();
const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;
const problems: string[] = [];

console.log(`seed ${seed}: ${cases} cases in memory, ${real} on a real server`);
const report = await campaign({
  seed,
  cases,
  every: Math.max(100, Math.floor(cases / 20)),
  progress: (done, heap, failures) =>
    console.log(`${done} cases, ${failures} findings, heap ${(heap / 1e6).toFixed(1)} MB, ${seconds()}`),
});
problems.push(...verdict(report, seed));
const kinds = Object.entries(report.kinds).map(([kind, count]) => `${count} ${kind}`);
console.log(`in memory: ${report.cases} cases (${kinds.join(', ')}), ${report.statements} statements, ${seconds()}`);

if (real > 0) {
  const { failures, unexplained, statements } = await realCases({
    seed,
    cases: real,
    progress: (done) => console.log(`${done} conversations with a real server, ${seconds()}`),
  });
  for (const { index, findings, story } of failures)
    problems.push(`conversation ${index}: ${findings.join('; ')}\n    ${story.join('\n    ')}`);
  for (const { kind, detail, line } of unexplained)
    problems.push(`the server's log: ${kind} (${detail}): ${line.message.slice(0, 200)}`);
  console.log(`on a real server: ${real} conversations, ${statements} statements in its log, ${seconds()}`);
}

for (const problem of problems) console.log(`✗ ${problem}`);
console.log(problems.length === 0 ? '✓ everything held' : `${problems.length} findings`);
process.exit(problems.length === 0 ? 0 : 1);
