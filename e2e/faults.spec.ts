/** What goes wrong in life: a dead collector, a killed app, a log that cannot be written, the deadline in mid-statement. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visit } from './support/desk.ts';
import { breakTheGlass, everyRecordArrived, inLedger, openKey, runSql, startSql } from './support/engineer.ts';
import { ephemeralRoles, expect, SEV1, test } from './support/vitrine.ts';

test('cuts a running statement at the deadline, on both sides, and says what became of it (I3)', async ({
  signedIn,
  target,
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
  expect(await ephemeralRoles(target)).toEqual([]);
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
  await expect.poll(() => ephemeralRoles(target), { timeout: 90_000 }).toEqual([]);
  expect(Date.now() - opened).toBeLessThan(60_000 + 10_000);

  const ingrid = await desk();
  await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
  await ingrid.page.locator('a[href^="/review/"]').filter({ hasText: 'INC-9001' }).first().click();
  await expect(ingrid.page.getByText(/unknown/i).first()).toBeVisible();
  rmSync(userData, { recursive: true, force: true });
});

test('opens nothing when the log cannot be written, and says so (I2, I6)', async ({ launch, stack, target }) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-nolog-'));
  // A file where the folder should be: not even root can write into it.
  writeFileSync(join(userData, 'log'), 'in the way');
  const app = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await expect(openKey(app.page)).rejects.toThrow();
  await expect(app.page.getByText(/log/i).first()).toBeVisible();
  expect(await ephemeralRoles(target)).toEqual([]);
  rmSync(join(userData, 'log'));
});

test('sends nothing more once the log breaks during a grant, and tells the engineer (I2, I6)', async ({
  signedIn,
  target,
}) => {
  const app = await signedIn();
  await breakTheGlass(app.page, SEV1);
  await runSql(app.page, 'select 1');
  await inLedger(app.page);
  // Pulls the folder away: appends go on into the open file, but no new segment and no checkpoint can be written.
  const log = join(app.userData, 'log');
  expect(existsSync(log)).toBe(true);
  renameSync(log, `${log}-gone`);
  writeFileSync(log, 'in the way');
  rmSync(log);
  mkdirSync(log);
  await app.page.getByRole('button', { name: /Hand back/ }).click();
  await expect.poll(() => ephemeralRoles(target), { timeout: 30_000 }).toEqual([]);
});
