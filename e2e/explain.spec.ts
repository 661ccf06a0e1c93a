/** Plans, as a person asks for them: read, walked by keyboard, measured; and a measured write of which nothing is kept. */
import { breakTheGlass, everyRecordArrived, finished, inLedger, runSql, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const JOIN = `select c.name, count(*) from shop.orders o join shop.customers c on c.id = o.customer_id
  where o.status = 'processing' group by 1 order by 2 desc limit 10`;

test('shows the plan of a statement without running it, then measured, as tree, flame, text and JSON', async ({
  signedIn,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4750' });
  await typeSql(page, JOIN);
  await page.keyboard.press('ControlOrMeta+e');
  const tree = page.getByRole('tree', { name: 'Plan' });
  await expect(tree.getByRole('treeitem').first()).toHaveAccessibleName(/Limit, .* of the cost, 10 rows expected/);
  await expect(page.locator('.result-bar')).toContainText('not run');
  // Recorded like any statement: the place in the ledger, the recent list, the history.
  await inLedger(page);
  await expect(page.getByRole('region', { name: 'Recent statements' })).toContainText('explain (format json');
  await page.keyboard.press('ControlOrMeta+2');
  await expect(
    page.getByRole('region', { name: 'History' }).getByRole('listbox').getByRole('option').first(),
  ).toContainText('explain (');
  await page.keyboard.press('ControlOrMeta+1');

  await page.locator('.editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await expect(page.locator('.plan-note')).toContainText('It was run in a transaction that was rolled back');
  await expect(page.locator('.result-bar')).toContainText('Plan, measured');
  // The tree by keyboard: from the top to a leaf, whose details stand beside it.
  await tree.locator('[aria-selected=true]').focus();
  await page.keyboard.press('Home');
  await expect(tree.getByRole('treeitem').first()).toBeFocused();
  await page.keyboard.press('End');
  const details = page.getByRole('complementary', { name: 'The chosen step' });
  await expect(details).toContainText('scan');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(tree.getByRole('treeitem')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem').nth(1)).toBeVisible();

  await page.getByRole('radio', { name: 'Tree' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('group', { name: 'Flame of the plan, by time' })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'Plan as text' })).toContainText(/->\s+.*\(cost=.*\(actual time=/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'Plan as JSON' })).toContainText('"Actual Total Time"');

  // An error is marked where the server found it.
  await typeSql(page, 'select *\nfrom shop.orderz');
  await page.keyboard.press('ControlOrMeta+e');
  await expect(page.getByText('relation "shop.orderz" does not exist')).toBeVisible();
  await expect(page.locator('.editor .squiggly-error')).toHaveCount(1);
  await page.getByRole('button', { name: 'Go to the place' }).press('Enter');
  await expect(page.locator('footer.status')).toContainText(/2.*6/);
  // What does not go says why, and the rows are one key away.
  await typeSql(page, 'vacuum shop.orders');
  await page.keyboard.press('ControlOrMeta+e');
  await expect(page.getByText('PostgreSQL makes a plan only for')).toBeVisible();
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await page.getByRole('button', { name: 'Explain', exact: true }).press('Enter');
  await expect(tree.getByRole('treeitem').first()).toHaveAccessibleName(/^Result/);
  await page.getByRole('button', { name: 'Rows', exact: true }).press('Enter');
  await expect(page.getByRole('grid')).toBeVisible();

  // A grant to read measures no write, and says so.
  await typeSql(page, "update shop.orders set status = 'late' where id = 1");
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await expect(page.getByText('Measuring a plan runs the statement, and this grant is to read')).toBeVisible();
  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
});

test('measures a write in a transaction that is rolled back, and asks and says so', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  const scope = labels.find((one) => /repair/i.test(one)) ?? 'no such scope';
  await breakTheGlass(page, { ...SEV1, scope, ticket: 'INC-4751' });
  const status = async (): Promise<unknown> =>
    (await target.query('select status from shop.orders where id = 918231')).rows[0];
  const before = await status();
  await typeSql(page, "update shop.orders set status = 'cancelled' where id = 918231");
  await page.keyboard.press('ControlOrMeta+Shift+e');
  const question = page.getByRole('dialog', { name: 'Run this UPDATE to measure it?' });
  await expect(question).toContainText('then rolled back');
  await question.getByRole('button', { name: 'Run and roll back' }).press('Enter');
  await expect(page.locator('.result-note')).toContainText('nothing that it did was kept');
  await expect(page.getByRole('tree', { name: 'Plan' }).getByRole('treeitem').first()).toHaveAccessibleName(
    /^Update on shop\.orders/,
  );
  expect(await status()).toEqual(before);
  await expect(page.getByText('No open transaction')).toBeVisible();

  // A long one is cancelled as every statement is.
  await typeSql(page, 'select pg_sleep(60)');
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await expect(page.getByText('Running it to measure')).toBeVisible();
  await page.getByRole('button', { name: /Cancel/ }).press('Enter');
  await expect(page.locator('.result-bar')).toContainText('Cancelled');
  await page.getByRole('button', { name: 'Rows', exact: true }).press('Enter');
  await runSql(page, 'select 1');
  expect(await finished(page)).toBe('1 row');
  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
});
