/** Transactions as a person meets them, by keyboard alone, on the production bundles and a real PostgreSQL. */
import type { Page } from '@playwright/test';
import type pg from 'pg';
import { breakTheGlass, everyRecordArrived, finished, runSql, startSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const COMMIT = 'ControlOrMeta+Shift+y';
const ROLLBACK = 'ControlOrMeta+Shift+b';
const MODE = 'ControlOrMeta+Shift+m';

/** Opens a grant that may repair orders. */
async function repair(page: Page): Promise<void> {
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  await breakTheGlass(page, { ...SEV1, scope: labels.find((one) => /repair/i.test(one)) ?? 'no such scope' });
}
const statusOf = async (target: pg.Client, id: number): Promise<string> => {
  const { rows } = await target.query<{ status: string }>('select status from shop.orders where id = $1', [id]);
  return rows[0]?.status ?? '';
};
/** What the server says of the app's backends that hold a transaction. */
const holding = async (target: pg.Client): Promise<string[]> => {
  const { rows } = await target.query<{ state: string }>(
    "select state from pg_stat_activity where usename ~ '^vitrine_[a-z0-9]{8}$' and state like 'idle in transaction%'",
  );
  return rows.map(({ state }) => state);
};
const update = (id: number, status: string) => `update shop.orders set status = '${status}' where id = ${id}`;
const bar = (page: Page) => page.locator('footer.status');

test('manual mode keeps what is committed and nothing else', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await repair(page);
  const before = await statusOf(target, 101);
  await page.keyboard.press(MODE);
  await expect(page.getByRole('button', { name: 'Transactions: Manual' })).toBeVisible();

  expect(await runSql(page, update(101, 'cancelled'))).toBe('1 row changed');
  await expect(page.getByText('Not committed yet')).toBeVisible();
  await expect(page.locator('.tx-state')).toContainText('1 statement · 1 row changed');
  await expect(bar(page)).toContainText(/Transaction open since \d\d:\d\d UTC/);
  expect(await holding(target)).toEqual(['idle in transaction']);
  expect(await statusOf(target, 101)).toBe(before);
  // It is the same transaction in a tab that was opened since.
  await page.getByRole('button', { name: 'New tab' }).press('Enter');
  await expect(page.locator('.tx-state')).toContainText('1 row changed');
  await page.keyboard.press(ROLLBACK);
  await expect(page.locator('.tx-state')).toContainText('Rolled back');
  await expect(bar(page)).toContainText('No open transaction');
  expect(await holding(target)).toEqual([]);
  expect(await statusOf(target, 101)).toBe(before);

  expect(await runSql(page, update(101, 'cancelled'))).toBe('1 row changed');
  await page.keyboard.press(COMMIT);
  await expect(page.locator('.tx-state')).toContainText('Committed: 1 statement, 1 row changed');
  await expect(page.locator('.result-done')).toContainText('Committed.');
  expect(await statusOf(target, 101)).toBe('cancelled');
  expect(await holding(target)).toEqual([]);
});

test('switching the mode with an open transaction asks what becomes of it', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await repair(page);
  await page.keyboard.press(MODE);
  await runSql(page, update(102, 'cancelled'));
  await page.keyboard.press(MODE);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Switch to auto-commit?');
  await expect(dialog).toContainText('1 statement, 1 row changed');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Transactions: Manual' })).toBeVisible();
  expect(await holding(target)).toEqual(['idle in transaction']);

  await page.keyboard.press(MODE);
  await expect(dialog.getByRole('button', { name: 'Stay in manual' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(dialog.getByRole('button', { name: 'Commit and switch' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Transactions: Auto-commit' })).toBeVisible();
  expect(await statusOf(target, 102)).toBe('cancelled');
  await runSql(page, update(103, 'cancelled'));
  expect(await statusOf(target, 103)).toBe('cancelled');
});

test('a BEGIN that the user types is seen like any other; closing its tab asks and rolls back', async ({
  signedIn,
  target,
}) => {
  const { page } = await signedIn();
  await repair(page);
  const before = await statusOf(target, 104);
  await runSql(page, `begin; ${update(104, 'cancelled')};`, { all: true });
  await expect(page.locator('.tx-state')).toContainText('1 statement · 1 row changed');
  await runSql(page, 'select 1/0');
  await expect(bar(page)).toContainText('Transaction failed: only ROLLBACK is accepted');
  await expect(page.getByRole('button', { name: 'Commit', exact: true })).toBeDisabled();
  expect(await holding(target)).toEqual(['idle in transaction (aborted)']);
  await page.getByRole('tablist', { name: 'Queries' }).getByRole('tab', { selected: true }).press('Delete');
  await expect(page.getByRole('dialog')).toContainText('closing the tab rolls it back');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(bar(page)).toContainText('No open transaction');
  expect(await holding(target)).toEqual([]);
  expect(await statusOf(target, 104)).toBe(before);
});

test('Escape cancels from the editor, and the window waits for the server’s word', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await repair(page);
  await startSql(page, 'select pg_sleep(300)');
  await expect
    .poll(
      async () =>
        (
          await target.query(
            "select from pg_stat_activity where query like 'select pg_sleep(300)%' and state = 'active'",
          )
        ).rowCount,
    )
    .toBe(1);
  await page.keyboard.press('Escape');
  expect(await finished(page)).toBe('Cancelled');
  await expect(page.locator('.result-done')).toContainText('The server has confirmed it.');
  await startSql(page, 'select pg_sleep(301); select 2', { all: true });
  await page.keyboard.press('ControlOrMeta+.');
  await expect(page.getByRole('tablist', { name: 'Results' })).toContainText('Cancelled');
  await expect(page.getByRole('tablist', { name: 'Results' })).toContainText('Not sent');
});

test('handing back with an open transaction asks, and rolls it back', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await repair(page);
  const before = await statusOf(target, 105);
  await page.keyboard.press(MODE);
  await runSql(page, update(105, 'cancelled'));
  await page.getByRole('button', { name: 'Hand back' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Handing back rolls it back.');
  await page.keyboard.press('Escape');
  await expect(page.locator('.tx-state')).toContainText('1 row changed');
  await page.getByRole('button', { name: 'Hand back' }).press('Enter');
  await dialog.getByRole('button', { name: 'Roll back and hand back' }).press('Enter');
  await everyRecordArrived(page);
  await expect(page.getByText('The open transaction was rolled back.')).toBeVisible();
  expect(await statusOf(target, 105)).toBe(before);
  expect(await holding(target)).toEqual([]);
});

test('quitting with an open transaction asks first', async ({ signedIn, target }) => {
  const vitrine = await signedIn();
  const { page, child } = vitrine;
  await repair(page);
  const before = await statusOf(target, 106);
  await page.keyboard.press(MODE);
  await runSql(page, update(106, 'cancelled'));
  await page.keyboard.press('ControlOrMeta+q');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Quit Vitrine?');
  await dialog.getByRole('button', { name: 'Stay' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  expect(child.exitCode).toBeNull();
  expect(await holding(target)).toEqual(['idle in transaction']);
  await page.keyboard.press('ControlOrMeta+q');
  await expect(dialog).toContainText('Quit Vitrine?');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await dialog.getByRole('button', { name: 'Roll back and quit' }).press('Enter');
  await gone;
  expect(await statusOf(target, 106)).toBe(before);
  await expect.poll(() => holding(target)).toEqual([]);
});
