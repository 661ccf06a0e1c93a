/**
 * `npm run bench [name …]`: prints one JSON line per metric. Figures that are compared are measured in the same run,
 * interleaved, and reported as a ratio beside both sides. A benchmark reports; it never fails a build.
 */
import { completion } from './completion.ts';
import { cutOff, killed, killSwitch, suspended } from './cuts.ts';
import { deadline } from './deadline.ts';
import { elevation } from './elevation.ts';
import { pgbench } from './pgbench.ts';
import { results } from './results.ts';
import { rows } from './rows.ts';
import { scroll } from './scroll.ts';
import { startUp } from './start-up.ts';
import { statement } from './statement.ts';
import type { Report } from './support.ts';
import { typing } from './typing.ts';

const benchmarks: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  statement,
  results,
  'start-up': startUp,
  typing,
  scroll,
  deadline,
  elevation,
  'deadline-killed': killed,
  'deadline-suspended': suspended,
  'deadline-cut-off': cutOff,
  'kill-switch': killSwitch,
  pgbench,
  rows,
  completion,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await run((metric) => console.log(JSON.stringify({ bench: name, ...metric })));
}
process.exit(0);
