/** The connection is ended from outside in every state: what the person sees, what is recorded, and that nothing is run twice. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import pg from 'pg';
import { breakTheGlass, finished, runSql, startSql, typeSql } from './support/engineer.ts';
import { ephemeralRoles, expect, SEV1, test } from './support/vitrine.ts';

const bar = (page: Page) => page.locator('footer.status');
const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** Opens a grant that may repair orders; answers with its role. */
async function repair(page: Page, target: pg.Client, ticket: string): Promise<string> {
  const before = await ephemeralRoles(target);
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  await breakTheGlass(page, { ...SEV1, ticket, scope: labels.find((one) => /repair/i.test(one)) ?? 'no such scope' });
  const [role = ''] = (await ephemeralRoles(target)).filter((name) => !before.includes(name));
  return role;
}
/** Ends the connections of the role from outside, as an operator would; answers how many. */
async function terminate(target: pg.Client, role: string, name = 'Vitrine%'): Promise<number> {
  const { rowCount } = await target.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and application_name like $2',
    [role, name],
  );
  return rowCount ?? 0;
}
/** What the server runs for the role at this moment. */
async function running(target: pg.Client, role: string, part: string): Promise<number> {
  const { rowCount } = await target.query(
    "select from pg_stat_activity where usename = $1 and state = 'active' and query like $2",
    [role, `%${part}%`],
  );
  return rowCount ?? 0;
}
const cancelled = async (target: pg.Client, order: number): Promise<boolean> =>
  (await target.query("select from shop.orders where status = 'cancelled' and id = $1", [order])).rowCount === 1;
/** The next statement opens a new connection, and says so. */
async function goesOn(page: Page): Promise<void> {
  expect(await runSql(page, 'select 7 as goes_on')).toBe('1 row');
  await expect(bar(page)).toContainText('Connected');
}

test('ended while idle, running, answering, cancelling or explaining: each says what is known, and the next one connects', async ({
  signedIn,
  target,
}) => {
  test.setTimeout(180_000);
  const { page } = await signedIn();
  const role = await repair(page, target, 'INC-4811');
  await runSql(page, 'select 1');

  await terminate(target, role);
  await expect(bar(page)).toContainText('Connection lost');
  await expect(messages(page)).toContainText('The connection to the database was lost');
  await expect(messages(page)).toContainText('terminating connection due to administrator command', {
    ignoreCase: true,
  });
  await goesOn(page);
  await expect(page.getByText('This ran on a new one.')).toBeVisible();

  // Running: a statement that changes something may have taken effect, and is not sent again.
  await startSql(page, "update shop.orders set status = 'cancelled' where id = 104 and pg_sleep(300) is not null");
  await expect.poll(() => running(target, role, 'pg_sleep(300)')).toBe(1);
  await terminate(target, role);
  expect(await finished(page)).toBe('Outcome unknown');
  await expect(page.locator('.results')).toContainText('Whether the statement was committed is not known.');
  await goesOn(page);
  expect(await running(target, role, 'pg_sleep(300)')).toBe(0);
  expect(await cancelled(target, 104)).toBe(false);

  // Answering: the rows that came stay, and the result says that they are not all.
  await startSql(page, "select generate_series(1, 100000000) as i, repeat('x', 5000) as x, pg_sleep(0.001)");
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await terminate(target, role);
  expect(await finished(page)).toBe('Outcome unknown');
  await expect(page.locator('.results')).toContainText('these are the rows that had come by then');
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await goesOn(page);

  // While a cancel is asked for.
  await startSql(page, 'select pg_sleep(301)');
  await expect.poll(() => running(target, role, 'pg_sleep(301)')).toBe(1);
  await Promise.all([page.keyboard.press('Escape'), terminate(target, role)]);
  expect(await finished(page)).toMatch(/Outcome unknown|Cancelled/);
  await goesOn(page);

  // While a plan is measured.
  await typeSql(page, 'select pg_sleep(302)');
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await expect.poll(() => running(target, role, 'pg_sleep(302)')).toBe(1);
  await terminate(target, role);
  await expect(page.getByRole('alert').filter({ hasText: 'terminating connection' }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await goesOn(page);
});

test('ended with an open transaction, while a file is written and behind other tools: nothing half done is kept', async ({
  signedIn,
  target,
}) => {
  test.setTimeout(420_000);
  const { page, saveDialog } = await signedIn();
  const role = await repair(page, target, 'INC-4812');
  await page.keyboard.press('ControlOrMeta+Shift+m');
  expect(await runSql(page, "update shop.orders set status = 'cancelled' where id = 104")).toBe('1 row changed');
  await terminate(target, role);
  await expect(messages(page)).toContainText('the open transaction was rolled back (1 statement, 1 row changed)');
  expect(await cancelled(target, 104)).toBe(false);
  await page.keyboard.press('ControlOrMeta+Shift+m');
  // What would be committed by itself now is asked about first.
  await page.locator('.editor .view-lines').first().click();
  await page.keyboard.press('F5');
  await expect(page.getByRole('dialog')).toContainText('Your transaction is gone');
  await page.keyboard.press('Escape');
  expect(await cancelled(target, 104)).toBe(false);

  const folder = mkdtempSync(join(tmpdir(), 'vitrine-cut-'));
  expect(await runSql(page, "select generate_series(1, 50000000) as i, repeat('x', 1000) as x")).toMatch(/rows/);
  await page.keyboard.press('ControlOrMeta+Shift+s');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Enter');
  (await saveDialog()).answer(join(folder, 'all.csv'));
  await expect.poll(() => readdirSync(folder)).toEqual(['all.csv.part']);
  await terminate(target, role);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  await expect(page.locator('.toasts')).toContainText('What was written of it has been removed.');
  rmSync(folder, { recursive: true });
  await goesOn(page);
});

test('the database crashes and comes back: the window says so, connects again, and the ledger has every record', async ({
  signedIn,
  stack,
}) => {
  test.setTimeout(180_000);
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4813' });
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await startSql(page, 'select pg_sleep(303)');
  const killer = new pg.Client({ connectionString: stack.target.superuserUrl });
  killer.on('error', () => {});
  await killer.connect();
  const { rows } = await killer.query<{ pid: number }>('select pg_backend_pid() as pid');
  // One process that dies makes the server end all of them and recover.
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  await finished(page);
  await expect(page.locator('.results')).toContainText('Whether the statement was committed is not known.');
  await expect(messages(page)).toContainText('The connection to the database was lost');
  await expect(async () => {
    expect(await runSql(page, 'select 7 as goes_on')).toBe('1 row');
  }).toPass({ timeout: 30_000 });
  await page.getByRole('button', { name: /Hand back/ }).click();
  await page.getByText(/Every record is in the ledger: /).waitFor({ timeout: 60_000 });
});
