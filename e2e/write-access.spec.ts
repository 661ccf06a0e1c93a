/** From a grant that reads to one that writes: offered where a write is refused, and nothing is lost before a yes. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parseDocument } from 'yaml';
import { breakTheGlass, editorReady, runSql, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const UPDATE = "update shop.orders set status = 'processing' where id = 102";
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Hand back and ask for write access?' });
const read = { ...SEV1, scope: /read/i };

/** Opens a grant that only reads. */
async function reading(page: Page, ticket: string): Promise<void> {
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  await breakTheGlass(page, { ...SEV1, ticket, scope: labels.find((one) => read.scope.test(one)) ?? 'no such scope' });
}
async function askByCommand(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.keyboard.insertText('Ask for write access');
  await page.keyboard.press('Enter');
}

test('a write that a read grant refuses leads to the form, filled in, and only after a yes', async ({ signedIn }) => {
  const { page } = await signedIn();
  await reading(page, 'INC-4780');
  await typeSql(page, UPDATE);
  await page.keyboard.press('End');
  await expect(page.locator('.editor .squiggly-warning')).toHaveCount(1);
  // The command says what it will do; no is no.
  await askByCommand(page);
  await expect(dialog(page)).toContainText('This grant ends now, with its results.');
  await expect(dialog(page)).toContainText('the same severity');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  expect(await runSql(page, 'select 1')).toBe('1 row');

  expect(await runSql(page, UPDATE)).toBe('Error');
  await page.getByRole('button', { name: 'Ask for write access…' }).press('Enter');
  await expect(dialog(page)).toContainText('Orders repair');
  await dialog(page).getByRole('button', { name: 'Hand back and ask' }).press('Enter');

  await expect(page.getByRole('heading', { name: 'Break the glass' })).toBeVisible();
  await expect(page.getByLabel('Incident')).toHaveValue('INC-4780');
  await expect(page.getByLabel('Why')).toHaveValue(SEV1.reason);
  await expect(page.getByRole('radio', { name: /SEV1/ })).toBeChecked();
  await expect(page.getByLabel('What you need').locator('option:checked')).toHaveAttribute('label', /Orders repair/);
  // Nothing was sent: the glass is closed until the person sends the form.
  await expect(page.getByText('The glass is closed.').first()).toBeVisible();
  await page.getByLabel('Why').press('Enter');
  await editorReady(page);
  await expect(page.locator('.editor .view-lines').first()).toContainText('update shop.orders');
  await expect(page.locator('.editor .squiggly-warning')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.keyboard.insertText('Ask for write access');
  await expect(page.getByText('this grant writes already')).toBeVisible();
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
  try {
    // The policy is read again when its file changes.
    await expect(async () => {
      await askByCommand(page);
      const no = page.getByText('The policy offers you no access that writes to');
      await expect(no.or(dialog(page)).first()).toBeVisible();
      if (await dialog(page).isVisible()) await page.keyboard.press('Escape');
      await expect(no).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 60_000 });
    expect(await runSql(page, 'select 1')).toBe('1 row');
  } finally {
    writeFileSync(stack.policyPath, before);
  }
});
