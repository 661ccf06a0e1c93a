/**
 * `npm run soak -- [--minutes N] [--seed N] [--grant SECONDS]`: the app behind its local port with a real target, collector
 * and ledger, and eight tools that work, dawdle, err, cancel and leave. A line every ten seconds; exits with 0 only when
 * memory and descriptors were flat, every piece of work went as it should, and every record is in the ledger.
 */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { soak } from '../e2e/proxy/soak/index.ts';
import { LEFT_DESCRIPTORS, type Sample, trends } from '../e2e/proxy/soak/verdict.ts';
import { build } from './build.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, grant: { type: 'string' } },
});
function number(name: 'minutes' | 'seed' | 'grant', otherwise: number): number {
  const value = Number(values[name] ?? otherwise);
  if (Number.isFinite(value) && value > 0) return value;
  console.error(`--${name} wants a number above 0, not ${values[name]}.`);
  process.exit(2);
}
const minutes = number('minutes', 30);
const seed = number('seed', randomInt(1, 2 ** 31));
const dir = 'out/soak-stack';
rmSync(dir, { recursive: true, force: true });

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const tell = (sample: Sample): void =>
  console.log(
    `${sample.at.toFixed(0).padStart(5)} s  rss ${mb(sample.rss)}  heap ${mb(sample.heap)}  buffers ${mb(sample.external)}  descriptors ${sample.descriptors}  tools ${sample.tools}  records ${sample.recorded} (${sample.recorded - sample.inLedger} on their way)  delay p99 ${sample.delay.toFixed(0)} ms`,
  );

await build({ only: ['collector', 'web'], log: console.log });
console.log(`seed ${seed}: ${minutes} minutes of eight tools`);
const grant = number('grant', 300);
const report = await soak({
  seed,
  seconds: minutes * 60,
  dir,
  grant,
  look: tell,
  log: (line) => console.log(`        ${line}`),
});
console.log('before the first tool, and after the last:');
tell(report.before);
tell(report.after);
for (const [name, times] of Object.entries(report.done).sort()) console.log(`${String(times).padStart(7)} × ${name}`);
console.log(`${String(report.interrupted).padStart(7)} × interrupted by the end of a grant or of the port`);

const problems = [...report.problems];
if (report.samples.length < 32) problems.push('too short for a trend: at least six minutes are needed');
else
  for (const { figure, mean, growth, bound, flat } of trends(report.samples)) {
    const unit = figure === 'descriptors' ? (value: number): string => value.toFixed(1) : mb;
    console.log(
      `${figure}: ${unit(mean)} on average in the second half, growth over it ${unit(growth)} (bound ${unit(bound)})`,
    );
    if (!flat) problems.push(`${figure} grows`);
  }
if (report.after.descriptors > report.before.descriptors + LEFT_DESCRIPTORS)
  problems.push(`${report.after.descriptors - report.before.descriptors} descriptors are left`);
if (report.after.tools > 0) problems.push(`${report.after.tools} tools are still listed`);
for (const problem of problems) console.log(`✗ ${problem}`);
console.log(
  problems.length === 0 ? '✓ flat, and every piece of work went as it should' : `${problems.length} problems`,
);
process.exit(problems.length === 0 ? 0 : 1);
