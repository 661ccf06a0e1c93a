/** Results as a person works with them: tabs, pins, a closer look, foreign keys, more rows, and two beside each other. */
import type { Page } from '@playwright/test';
import { breakTheGlass, finished, inLedger, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const grid = (page: Page) => page.getByRole('grid');
const panel = (page: Page) => page.getByRole('complementary', { name: 'A closer look' });
const tabs = (page: Page) => page.getByRole('tablist', { name: 'Results' }).getByRole('tab');
const PIN = 'ControlOrMeta+Alt+p';
/** 640 × 480, nothing of it but its head: known by its first bytes, and told that it cannot be drawn. */
const HEAD = '89504e470d0a1a0a0000000d4948445200000280000001e00806000000';

test('a pinned result stays when its tab runs again, and the two are compared', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4730' });
  const query = (from: number, word: string) =>
    `select i as id, case when i = 5 then '${word}' else 'same' end as word from generate_series(${from}, ${from + 9}) i`;
  expect(await runSql(page, query(1, 'before'))).toBe('10 rows');
  await page.keyboard.press(PIN);
  await expect(tabs(page)).toHaveAccessibleDescription('pinned');
  await page.keyboard.press('ControlOrMeta+Alt+r');
  await page.keyboard.insertText('before the fix');
  await page.keyboard.press('Enter');
  await expect(tabs(page)).toHaveText('before the fix · 10 rows');

  await runSql(page, query(3, 'after'));
  await expect(tabs(page)).toHaveText(['before the fix · 10 rows', '10 rows']);
  await expect(tabs(page).nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Alt+PageUp');
  await expect(page.getByRole('gridcell', { name: 'before', exact: true })).toBeVisible();
  await page.keyboard.press('Alt+PageDown');

  await page.keyboard.press('ControlOrMeta+Alt+c');
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByRole('status')).toContainText('1 changed, 2 added, 2 removed, 7 the same');
  await page.keyboard.press('F8');
  await expect(comparison.getByRole('status')).toContainText('Difference at line 1.');
  for (let i = 0; i < 2; i++) await page.keyboard.press('F8');
  await expect(comparison.getByRole('status')).toContainText('Difference at line 5.');
  await expect(comparison.locator('tr.on .differs')).toHaveText(['before', 'after']);
  await comparison.getByRole('region', { name: /^Left/ }).focus();
  await page.keyboard.press('Escape');
  await expect(comparison).toHaveCount(0);

  await tabs(page).nth(1).press('Delete');
  await expect(tabs(page)).toHaveText(['before the fix · 10 rows']);
  await expect(grid(page)).toBeVisible();
});

test('a closer look follows the selection: JSON, arrays and pictures', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4731' });
  await runSql(
    page,
    `select jsonb_build_object('n', 12345678901234567890.10::numeric, 'lines', array[1, 2, 3]) as doc,
  array['a', null, 'with, comma'] as list, '\\x${HEAD}'::bytea as photo, null::text as nothing,
  repeat('line of a log' || chr(10), 20000) as log, '<img src=x onerror=alert(1)>' as html
from generate_series(1, 3)`,
  );
  await grid(page).focus();
  await page.keyboard.press('Enter');
  const tree = panel(page).getByRole('tree');
  await expect(tree).toContainText('12345678901234567890.10');
  // The second Enter goes into the panel; the arrows of the tree open what they come to.
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('tab', { name: 'Value' })).toBeFocused();
  await tree.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(tree.getByRole('treeitem')).toHaveCount(6);
  await panel(page).getByLabel('Search in the JSON').fill('345');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByText('1 of 2', { exact: true })).toBeVisible();

  await grid(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(panel(page).locator('dd')).toHaveText(['a', 'NULL', 'with, comma']);
  await page.keyboard.press('ArrowRight');
  await expect(panel(page)).toContainText('PNG, 640 × 480');
  await expect(panel(page)).toContainText('cannot be drawn');
});

test('a foreign key leads to the rows at its other end, each with a record', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4732' });
  await runSql(page, 'select customer_id, id from shop.orders where id = 300');
  await grid(page).focus();
  const customer = await page.getByRole('gridcell').first().innerText();
  await page.keyboard.press('Alt+Enter');
  await expect(panel(page).getByRole('button', { name: /shop\.customers/ })).toBeVisible();
  await page.keyboard.press('F9');
  await expect(page.getByRole('tab', { name: 'customers', exact: true })).toHaveAttribute('aria-selected', 'true');
  expect(await finished(page)).toBe('1 row');
  await expect(page.locator('.editor .view-lines').first()).toContainText(`where id = ${customer}`);
  await expect(page.getByRole('gridcell', { name: customer, exact: true })).toBeVisible();
  await inLedger(page);
  // Back, and to those that point here.
  await runSql(page, 'select id from shop.orders where id = 300');
  await grid(page).focus();
  if ((await panel(page).count()) === 0) await page.keyboard.press('Alt+Enter');
  await panel(page)
    .getByRole('button', { name: /shop\.order_lines/ })
    .click();
  await expect(page.getByRole('tab', { name: 'order_lines', exact: true })).toHaveAttribute('aria-selected', 'true');
  await finished(page);
  await expect(page.getByRole('columnheader', { name: /order_id/ })).toBeVisible();
});

test('fetches more of a result that was cut, and says what the server remarked', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4733' });
  expect(await runSql(page, 'select generate_series(1, 300000) as i')).toBe('200,000 rows');
  await page.getByRole('button', { name: /^Fetch up to/ }).press('Enter');
  await expect(page.locator('.result-title')).toHaveText('300,000 rows', { timeout: 30_000 });
  await expect(page.getByRole('button', { name: /^Fetch up to/ })).toHaveCount(0);

  await runSql(page, 'rollback');
  const notices = page.getByRole('region', { name: 'Notices of the server' });
  await expect(notices).toContainText('WARNING: there is no transaction in progress');
  await notices.getByRole('button', { name: '1 warning' }).press('Enter');
  await expect(notices.getByText('no transaction in progress')).toHaveCount(0);
});
