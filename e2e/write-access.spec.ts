/** A live grant changed in place: write access for a while, more time; alone, with an approval, and where there is none. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { parseDocument } from 'yaml';
import { visit } from './support/desk.ts';
import {
  breakTheGlass,
  everyRecordArrived,
  fillRequest,
  finished,
  runSql,
  startSql,
  typeSql,
} from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const UPDATE = "update shop.orders set status = 'processing' where id = 102";
const elevating = (page: Page) => page.getByRole('dialog', { name: 'Write access for a while' });
const extending = (page: Page) => page.getByRole('dialog', { name: 'More time' });
const bar = (page: Page) => page.getByRole('banner');

/** The label of the scope that only reads, as the form has it. */
async function readScope(page: Page): Promise<string> {
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  return labels.find((one) => /read/i.test(one)) ?? 'no such scope';
}
async function reading(page: Page, ticket: string): Promise<void> {
  await breakTheGlass(page, { ...SEV1, ticket, scope: await readScope(page) });
}
async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.keyboard.insertText(title);
  await page.keyboard.press('Enter');
}

test('a write that a read grant refuses is one dialog away: in place, for minutes, and given back', async ({
  signedIn,
}) => {
  const app = await signedIn();
  const { page } = app;
  await reading(page, 'INC-4780');
  // Somebody looks first, in a connection that has to stay.
  expect(await runSql(page, 'select pg_backend_pid() as pid')).toBe('1 row');
  const backend = await page.getByRole('gridcell').first().innerText();
  expect(await runSql(page, UPDATE)).toBe('Error');
  await page.getByRole('button', { name: 'Ask for write access…' }).press('Enter');
  await expect(elevating(page)).toContainText('You may do this alone');
  await expect(elevating(page).getByRole('checkbox')).toBeChecked();
  // Nothing is sent without a reason; Escape leaves everything as it is.
  await elevating(page).getByRole('button', { name: 'Open for writing' }).press('Enter');
  await expect(elevating(page)).toContainText('Say why');
  await page.keyboard.press('Escape');
  await expect(elevating(page)).toHaveCount(0);

  await command(page, 'Write access for a while');
  await elevating(page).getByLabel('Why').fill('Order 102 is stuck and the customer waits');
  await elevating(page).getByLabel('For, minutes').fill('2');
  await elevating(page).getByLabel('Why').press('Enter');
  await expect(bar(page).getByText('Write · orders')).toBeVisible();
  await expect(bar(page).getByRole('timer', { name: /Writing for 0?1:/ })).toBeVisible();
  expect(await runSql(page, UPDATE)).toBe('1 row changed');
  expect(await runSql(page, 'select pg_backend_pid() as pid')).toBe('1 row');
  await expect(page.getByRole('gridcell').first()).toHaveText(backend);

  // A transaction that is open when write access is given back is rolled back, and said to be.
  expect(await runSql(page, 'begin')).not.toBe('Error');
  expect(await runSql(page, "update shop.orders set status = 'cancelled' where id = 102")).toBe('1 row changed');
  await command(page, 'Stop writing');
  await expect(
    page.getByText('The open transaction was rolled back, because write access is over').first(),
  ).toBeVisible();
  await expect(bar(page).getByText(/Read · /)).toBeVisible();
  expect(await runSql(page, 'select status from shop.orders where id = 102')).toBe('1 row');
  await expect(page.getByRole('gridcell').first()).toHaveText('processing');
  // What was meant for that transaction is not sent outside of it without a question.
  await typeSql(page, UPDATE);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).press('Enter');
  expect(await finished(page)).toBe('Error');
  await expect(page.locator('.results')).toContainText('this grant is read-only');
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
  // The evidence holds for somebody who trusts neither this machine nor the collector.
  await page.keyboard.press('ControlOrMeta+Shift+s');
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-elevated-'));
  const file = join(folder, 'evidence.ndjson');
  (await app.saveDialog()).answer(file);
  await expect(page.locator('.summary')).toContainText(/Saved evidence\.ndjson/);
  const { stdout } = await promisify(execFile)(process.execPath, ['verifier/index.ts', file]);
  expect(stdout).toMatch(/verified|passed|no finding/i);
  rmSync(folder, { recursive: true });
});

test('a grant is extended once, and says why not twice', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4782', minutes: 3 });
  await bar(page).getByRole('button', { name: 'Extend…' }).press('Enter');
  await extending(page).getByLabel('Why').fill('The repair takes longer than thought');
  await extending(page).getByLabel('For, minutes').fill('7');
  await extending(page).getByLabel('Why').press('Enter');
  await expect(page.getByText(/The grant was extended; the glass closes at/).first()).toBeVisible();
  await expect(bar(page).getByRole('timer', { name: /0?9:\d\d left/ })).toBeVisible();
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await command(page, 'More time');
  await expect(page.getByRole('dialog', { name: 'No more time' })).toContainText('was extended once');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
});

test('where an approval is needed an approver gives it and takes it back, and a running statement is cut', async ({
  signedIn,
  stack,
  desk,
}) => {
  const { page } = await signedIn();
  const wanted = { ...SEV1, severity: 'SEV2', ticket: 'INC-4783', scope: await readScope(page) };
  await fillRequest(page, wanted);
  await page.getByLabel('Why').press('Enter');
  const { page: approver } = await desk();
  await visit(approver, `${stack.collectorUrl}/requests`, 'Li Na');
  await approver.getByRole('link', { name: /INC-4783/ }).press('Enter');
  await approver.getByRole('button', { name: 'Approve…' }).waitFor();
  await approver.keyboard.press('a');
  await approver.keyboard.press('ControlOrMeta+Enter');
  await page.locator('.editor .view-lines').first().waitFor();

  await page.keyboard.press('ControlOrMeta+Shift+u');
  await expect(elevating(page)).toContainText('It needs 1 approval');
  await elevating(page).getByLabel('Why').fill('Two orders have to be moved on');
  await elevating(page).getByLabel('Why').press('Enter');
  await expect(bar(page).getByText('Write access: waits for 1 approval')).toBeVisible();
  await approver.getByRole('button', { name: 'Approve write access…' }).press('Enter');
  await approver.getByLabel('Note').fill('go on');
  await approver.keyboard.press('ControlOrMeta+Enter');
  await expect(bar(page).getByText('Write · orders')).toBeVisible();
  await expect(approver.getByText('writing now')).toBeVisible();

  await startSql(page, "update shop.orders set status = 'cancelled' from pg_sleep(60) where id = 102");
  await expect(page.getByRole('button', { name: /Cancel|Stop/ }).first()).toBeVisible();
  await approver.getByRole('button', { name: 'End write access…' }).press('Enter');
  await approver.getByRole('dialog').getByRole('button', { name: 'End write access' }).press('Enter');
  await expect(page.getByText('Li Na ended your write access.').first()).toBeVisible();
  expect(await finished(page)).not.toMatch(/row/);
  expect(await runSql(page, 'select status from shop.orders where id = 102')).toBe('1 row');
  await expect(page.getByRole('gridcell').first()).toHaveText('processing');
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
});

test('where the policy offers nothing that writes, that is said and the grant stays (I6)', async ({
  signedIn,
  stack,
}) => {
  const before = readFileSync(stack.policyPath, 'utf8');
  const { page } = await signedIn();
  await reading(page, 'INC-4781');
  const policy = parseDocument(before);
  policy.setIn(['rules', 0, 'scopes'], ['support-read']);
  writeFileSync(stack.policyPath, policy.toString());
  const none = page.getByRole('dialog', { name: 'No write access in this grant' });
  try {
    // The policy is read again when its file changes.
    await expect(async () => {
      await command(page, 'Write access for a while');
      await expect(none.or(elevating(page))).toBeVisible();
      if (await elevating(page).isVisible()) await page.keyboard.press('Escape');
      await expect(none).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 60_000 });
    await expect(none).toContainText('nothing more to write');
    // The way that ends this grant first is asked about once more, and finds no scope either.
    await none.getByRole('button', { name: 'Hand back and ask…' }).press('Enter');
    await expect(page.getByText('The policy offers you no access that writes to')).toBeVisible();
    expect(await runSql(page, 'select 1')).toBe('1 row');
  } finally {
    writeFileSync(stack.policyPath, before);
  }
});
