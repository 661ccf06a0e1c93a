/**
 * `npm test`: types, lint, dead code, unit and integration tests, the build, and the e2e specs, each with its own words
 * on the terminal; the last line counts them all. A stage that fails does not stop the ones after it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { electronBinary } from '../e2e/support/electron-binary.ts';
import { findChromium } from './browser.ts';
import { findDebianTools } from './debian-tools.ts';
import { fetchOldPostgres } from './stack/postgres-versions.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const secondTries: string[] = [];
const bin = (name: string): string => `node_modules/.bin/${name}`;
const node = process.execPath;
const reports = 'out/test';

/** Runs a command with its output on the terminal; true when it exited with 0. */
function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** A stage that counts as one test. */
async function check(title: string, command: string, ...args: string[]): Promise<boolean> {
  console.log(`\n▸ ${title}`);
  const started = Date.now();
  const passed = await run(command, args);
  total[passed ? 'passed' : 'failed'] += 1;
  if (!passed) failures.push(title);
  console.log(`${passed ? '✓' : '✗'} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

const vitestReport = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int() });
interface SpecFile {
  readonly suites?: readonly SpecFile[] | undefined;
  readonly specs: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
}
const specFile: z.ZodType<SpecFile> = z.object({
  suites: z.lazy(() => specFile.array().optional()),
  specs: z.object({ title: z.string(), tests: z.object({ status: z.string() }).array() }).array(),
});
const playwrightReport = z.object({
  suites: specFile.array(),
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/** The titles of the specs that failed at first and passed when they were run again. */
function flakyTitles(files: readonly SpecFile[]): string[] {
  return files.flatMap((file) => [
    ...file.specs.filter((spec) => spec.tests.some((test) => test.status === 'flaky')).map((spec) => spec.title),
    ...flakyTitles(file.suites ?? []),
  ]);
}

/** A test runner that leaves a JSON report; a run without a readable report is itself a failure. */
async function suite(
  title: string,
  report: string,
  count: (json: unknown) => Count,
  args: readonly string[],
  env = {},
): Promise<void> {
  console.log(`\n▸ ${title}`);
  const passed = await run(node, args, env);
  const found: Count = existsSync(report)
    ? count(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  // A crash outside any test still has to fail the run.
  if (!passed && found.failed === 0) found.failed = 1;
  total.passed += found.passed;
  total.failed += found.failed;
  total.skipped += found.skipped;
  if (found.failed > 0) failures.push(`${title}: ${found.failed} failed`);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

await check('Types', bin('tsc'), '--noEmit', '-p', '.');
await check('Types of shared, with neither Node nor DOM', bin('tsc'), '--noEmit', '-p', 'shared');
await check('Lint and format', bin('biome'), 'ci', '--error-on-warnings', '.');
await check('No dead files, exports or packages', bin('knip'));
const chromium = await findChromium({ install: true });
const { missing } = findDebianTools({ install: true });
for (const one of [...missing, ...fetchOldPostgres()]) console.log(`\nTests that need it are skipped: ${one}.`);
const built = await check('Production build', node, 'dev/build.ts');

await suite(
  'Unit and integration tests',
  `${reports}/vitest.json`,
  (json) => {
    const report = vitestReport.parse(json);
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
  },
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reports}/vitest.json`,
  ],
  { CHROMIUM: chromium },
);

if (built) {
  await suite(
    'End-to-end specs on the production bundles',
    `${reports}/playwright.json`,
    (json) => {
      const { stats, suites } = playwrightReport.parse(json);
      secondTries.push(...flakyTitles(suites));
      return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
    },
    ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: `${reports}/playwright.json` },
  );
}

const electron = electronBinary();
if ('missing' in electron) console.log(`\nThe project electron was skipped: ${electron.missing}`);
if (secondTries.length > 0)
  console.log(`\nFailed at first, passed at the second try:\n${secondTries.map((one) => `  ${one}`).join('\n')}`);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((one) => `  ${one}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
