/** A result as a chart, chosen by keyboard, saved as SVG and PNG, and the record of that. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { breakTheGlass, everyRecordArrived, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-charts-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('draws rows as a chart and saves it, recorded as an export (I6, I7)', async ({ signedIn }) => {
  const { page, saveDialog } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4760' });
  await runSql(page, 'select status::text, count(*) as orders from shop.orders group by 1');
  await page.getByRole('button', { name: 'Chart', exact: true }).press('Enter');
  await expect(page.getByRole('img', { name: 'Bar chart of sum of orders over status' })).toBeVisible();

  await page.getByRole('button', { name: 'Save the chart' }).press('Enter');
  await page.getByRole('menuitem', { name: 'As SVG' }).press('Enter');
  const svg = join(folder, 'orders.svg');
  (await saveDialog()).answer(svg);
  await expect(page.getByText('Saved as orders.svg')).toBeVisible();
  const text = readFileSync(svg, 'utf8');
  expect(text).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect(text).toContain('processing');
  expect(text).not.toContain('<style');

  await page.getByRole('button', { name: 'Save the chart' }).press('Enter');
  await page.getByRole('menuitem', { name: 'As PNG' }).press('Enter');
  const png = join(folder, 'orders.png');
  (await saveDialog()).answer(png);
  await expect(page.getByText('Saved as orders.png')).toBeVisible();
  expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');

  // Another kind, and a large result: what is not in the drawing is said.
  await runSql(page, 'select i as n, (i * 7919) % 1000 as value from generate_series(1, 50000) i');
  await page.getByRole('button', { name: 'Chart', exact: true }).press('Enter');
  await expect(page.getByRole('img', { name: 'Scatter plot of value over n' })).toBeVisible();
  await expect(page.getByText('Drawn from 20,000 of 50,000 rows')).toBeVisible();
  await expect(page.getByText('One of every 4 points is shown')).toBeVisible();
  await page.getByRole('radio', { name: 'Scatter' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('img', { name: 'Histogram of rows over n' })).toBeVisible();

  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
  await expect(page.getByText(/2 exports/)).toBeVisible();
});
