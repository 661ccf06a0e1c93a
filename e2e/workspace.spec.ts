/** What an engineer would hate to lose: tabs, texts and places, across a crash, a damaged file and a closed tab. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { breakTheGlass, editorReady, inLedger, runSql, savedTexts, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const userData = mkdtempSync(join(tmpdir(), 'vitrine-workspace-'));
test.afterAll(() => rmSync(userData, { recursive: true, force: true }));

const CLOSE = 'ControlOrMeta+F4';
const REOPEN = 'ControlOrMeta+Shift+t';

test('tabs, unsent text and the cursor survive a crash, and a damaged file costs names only', async ({ signedIn }) => {
  const first = await signedIn({ userData });
  await breakTheGlass(first.page, { ...SEV1, minutes: 2, ticket: 'INC-4730' });
  const { page } = first;
  await typeSql(page, 'select 1;\nselect 2 as unsent;\nselect 3;');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await expect(page.locator('footer.status')).toContainText('Ln 2, Col 1');
  await page.keyboard.press('ControlOrMeta+Alt+n');
  await expect(page.getByRole('tab', { name: 'query 1', selected: true })).toBeVisible();
  await typeSql(page, 'select 4 as second_tab');
  // A closed tab is not lost, and neither is its place among the closed ones.
  await page.keyboard.press(CLOSE);
  await expect(page.getByRole('tab', { name: 'query 1' })).toHaveCount(0);
  await page.keyboard.press(REOPEN);
  await expect(page.getByRole('tab', { name: 'query 1', selected: true })).toBeVisible();
  await expect(page.locator('.view-lines')).toContainText('second_tab');
  await page.keyboard.press('ControlOrMeta+Shift+PageUp');
  await expect(page.getByLabel('Queries').getByRole('tab')).toHaveText([/query 1/, /scratch/]);
  await page.keyboard.press('ControlOrMeta+PageDown');
  await expect(page.getByRole('tab', { name: 'scratch', selected: true })).toBeVisible();
  await expect(page.locator('.view-lines')).toContainText('unsent');
  await page.keyboard.press('End');
  await page.keyboard.type(' -- last words');
  await expect.poll(() => savedTexts(userData).sort().at(-2)).toContain('-- last words');
  await first.kill('SIGKILL');

  const second = await signedIn({ userData });
  await breakTheGlass(second.page, { ...SEV1, minutes: 2, ticket: 'INC-4730' });
  const again = second.page;
  await expect(again.getByLabel('Queries').getByRole('tab')).toHaveText([/query 1/, /scratch/]);
  await expect(again.getByRole('tab', { name: 'scratch', selected: true })).toBeVisible();
  await expect(again.locator('.view-lines')).toContainText('-- last words');
  await expect(again.locator('footer.status')).toContainText('Ln 2,');
  await second.kill('SIGKILL');

  const index = join(userData, 'workspace.json');
  writeFileSync(index, readFileSync(index).subarray(0, 60));
  const third = await signedIn({ userData });
  await breakTheGlass(third.page, { ...SEV1, minutes: 2, ticket: 'INC-4730' });
  await editorReady(third.page);
  const told = third.page.getByRole('region', { name: 'Notices' });
  await expect(told).toContainText('The list of your tabs was damaged. It is kept at');
  await expect(told).toContainText('workspace.json.damaged-');
  expect(readdirSync(userData).filter((name) => name.startsWith('workspace.json.damaged-'))).toHaveLength(1);
  await expect(third.page.getByLabel('Queries').getByRole('tab')).toHaveText([/recovered 1/, /recovered 2/]);
  expect(savedTexts(userData).join('\n')).toContain('second_tab');
});

test('the history finds what was run, says where its record is, runs it again, and holds no row and no clear text', async ({
  signedIn,
}) => {
  const { page, userData: folder } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4731' });
  expect(await runSql(page, "select 'history-' || 'row' as found")).toBe('1 row');
  await inLedger(page);
  expect(await runSql(page, 'select * from shop.card_tokens')).toBe('Error');

  await page.keyboard.press('ControlOrMeta+2');
  const history = page.getByRole('region', { name: 'History' });
  const list = history.getByRole('listbox');
  await expect(list.getByRole('option')).toHaveText([/card_tokens.*denied/, /history-/]);
  await page.keyboard.type('HISTORY-');
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(history).toContainText(/ledger [\d,]+/);
  await history.getByLabel('Outcome').selectOption('Error');
  await expect(history).toContainText('Nothing was run that matches');
  await history.getByLabel('Outcome').selectOption('Any outcome');
  await list.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'query 1', selected: true })).toBeVisible();
  await expect(page.locator('.view-lines')).toContainText('history-');
  await history.getByRole('button', { name: 'Run again' }).press('Enter');
  await expect(page.getByRole('tab', { name: 'query 2', selected: true })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'history-row' })).toBeVisible();
  await expect(list.getByRole('option')).toHaveCount(2);

  const kept = join(folder, 'history');
  await expect.poll(() => readdirSync(kept).length).toBe(1);
  for (const name of readdirSync(kept)) expect(readFileSync(join(kept, name), 'utf8')).not.toMatch(/history-|select/);
  await history.getByLabel('Search the history').fill('');
  await expect(list.getByRole('option')).toHaveCount(3);
  await history.getByRole('button', { name: 'Clear the history…' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).press('Enter');
  await expect(history).toContainText('Nothing was run yet');
  expect(readdirSync(kept)).toEqual([]);
});
