/** What goes wrong in life: a dead collector, a killed app, a log that cannot be written, the deadline in mid-statement. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visit } from './support/desk.ts';
import { breakTheGlass, everyRecordArrived, inLedger, lockKey, runSql, startSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

test('cuts a running statement at the deadline, on both sides, and says what became of it (I3)', async ({
  signedIn,
  target,
  roles,
}) => {
  test.setTimeout(180_000);
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, minutes: 1 });
  await startSql(page, 'select pg_sleep(600)');
  await page.getByRole('heading', { name: 'The time was over' }).waitFor({ timeout: 90_000 });
  await expect(page.getByText(/A statement was still running/)).toBeVisible();
  await everyRecordArrived(page);
  const { rows } = await target.query(
    "select from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
  );
  expect(rows).toHaveLength(0);
  expect(await roles()).toEqual([]);
});

test('gives not a second more when the system clock is moved back an hour during a grant (I3)', async ({
  signedIn,
  roles,
}) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-clock-'));
  const clock = join(folder, 'offset');
  writeFileSync(clock, '0');
  const shifted = new URL('./support/shifted-clock.mjs', import.meta.url).href;
  const { page } = await signedIn({ env: { VITRINE_TEST_CLOCK: clock, NODE_OPTIONS: `--import ${shifted}` } });
  const opened = Date.now();
  await breakTheGlass(page, { ...SEV1, minutes: 1, ticket: 'INC-4713' });
  writeFileSync(clock, String(-3_600_000));
  await page.waitForTimeout(500);
  // Work goes on, and the collector still takes the records: its own time counts, not the engineer's.
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await inLedger(page);
  await page.getByRole('heading', { name: 'The time was over' }).waitFor({ timeout: 90_000 });
  expect(Date.now() - opened).toBeLessThan(60_000 + 15_000);
  await everyRecordArrived(page);
  expect(await roles()).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('keeps records while the collector is down and sends them in order, once, when it is back (I5)', async ({
  signedIn,
  stack,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await runSql(page, 'select 1');
  await inLedger(page);
  await stack.collector.stop();
  for (const n of [2, 3, 4]) expect(await runSql(page, `select ${n}`)).toBe('1 row');
  await expect(page.locator('.result-bar')).toContainText('waiting for the ledger');
  await stack.collector.start();
  await inLedger(page);
  await page.getByRole('button', { name: /Hand back/ }).click();
  const line = await everyRecordArrived(page);
  const [inside, all] = line.match(/\d[\d,]*/g) ?? [];
  expect(inside).toBe(all);
});

test('after SIGKILL in the middle of a statement, the record says unknown and the role is gone at the deadline (I3, I5)', async ({
  signedIn,
  launch,
  enter,
  stack,
  target,
  roles,
  desk,
}) => {
  test.setTimeout(240_000);
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-kill-'));
  const first = await signedIn({ userData });
  await breakTheGlass(first.page, { ...SEV1, minutes: 1, ticket: 'INC-9001' });
  const opened = Date.now();
  await startSql(first.page, 'select pg_sleep(500)');
  await expect
    .poll(
      async () =>
        (
          await target.query(
            "select from pg_stat_activity where query like '%pg_sleep(500)%' and pid <> pg_backend_pid()",
          )
        ).rowCount,
    )
    .toBe(1);
  await first.kill('SIGKILL');

  const second = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await enter(second);
  // The grant is not over yet; its role goes at the deadline although nobody closed it.
  await expect.poll(() => roles(), { timeout: 90_000 }).toEqual([]);
  expect(Date.now() - opened).toBeLessThan(60_000 + 10_000);

  const ingrid = await desk();
  await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
  await ingrid.page.locator('a[href^="/review/"]').filter({ hasText: 'INC-9001' }).first().click();
  await expect(ingrid.page.getByText(/unknown/i).first()).toBeVisible();
  rmSync(userData, { recursive: true, force: true });
});

test('opens nothing while the log cannot be written, says so, and goes on once it can (I2, I6)', async ({
  launch,
  stack,
  roles,
}) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-nolog-'));
  // A file where the folder should be: not even root can write into it.
  writeFileSync(join(userData, 'log'), 'in the way');
  const { page } = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await lockKey(page);
  await expect(page.getByText(/audit log .* cannot be opened/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in with the browser' })).toHaveCount(0);
  expect(await roles()).toEqual([]);
  rmSync(join(userData, 'log'));
  await expect(page.getByRole('button', { name: 'Sign in with the browser' })).toBeVisible();
});

test('sends nothing once the disk takes no more, tells the engineer, and the server never sees the statement (I2, I6)', async ({
  signedIn,
  target,
}) => {
  test.skip(spawnSync('prlimit', ['--version']).status !== 0, 'needs prlimit to make writes fail');
  // The write shall fail with an error, as on a full disk, instead of ending the process.
  const survive = `--import data:text/javascript,${encodeURIComponent("process.on('SIGXFSZ',()=>{})")}`;
  const { page, child } = await signedIn({ env: { NODE_OPTIONS: survive } });
  await breakTheGlass(page, SEV1);
  expect(await runSql(page, 'select 1')).toBe('1 row');
  // From now on every write of the app to a file fails.
  expect(spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=0']).status).toBe(0);
  expect(await runSql(page, 'select 424242')).toMatch(/Error|Not sent/);
  await expect(page.getByText(/audit log/i).first()).toBeVisible();
  const { rows } = await target.query<{ query: string }>(
    "select query from pg_stat_activity where usename ~ '^vitrine_[a-z0-9]{8}$'",
  );
  expect(rows.filter(({ query }) => query.includes('424242'))).toEqual([]);
});
