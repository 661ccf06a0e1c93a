/** After the hand-back, by keyboard: what was done to paste into the ticket, and evidence that anybody can check offline. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { breakTheGlass, everyRecordArrived, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-evidence-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('says what was done in words for the ticket, and saves evidence that holds (I4)', async ({ signedIn }, info) => {
  const app = await signedIn();
  const { page } = app;
  const labels = await page
    .getByLabel('What you need')
    .locator('option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('label') ?? ''));
  const scope = labels.find((one) => /repair/i.test(one)) ?? 'no such scope';
  await breakTheGlass(page, { ...SEV1, scope, ticket: 'INC-4730' });
  await runSql(page, 'select count(*) from shop.customers');
  await runSql(page, 'select * from shop.card_tokens');
  await runSql(page, "begin; update shop.orders set status = 'cancelled' where id in (311, 312); rollback;", {
    all: true,
  });
  await runSql(page, "update shop.orders set status = 'cancelled' where id = 313");
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);

  const card = page.locator('.summary');
  await expect(card).toContainText('rows changed: 1 committed, 2 rolled back');
  await expect(card).toContainText('3 tables named');
  await expect(card.locator('.statements li').first()).toContainText(/#\d/);

  await page.keyboard.press('ControlOrMeta+Shift+c');
  await expect(card).toContainText('Copied as Markdown');
  if (info.project.name !== 'electron') {
    expect(app.taskbar.some(({ progress, mode }) => progress > 0.9 && mode === 'normal')).toBe(true);
    expect(app.taskbar.at(-1)).toEqual({ type: 'taskbar', progress: -1, mode: 'none' });
    const text = app.copied.at(-1) ?? '';
    expect(text).toContain('## INC-4730: access to Orders (production)');
    expect(text).toContain('3 changed (1 committed, 2 rolled back)');
    expect(text).toContain('`shop.card_tokens`, `shop.customers`, `shop.orders`');
    expect(text).toMatch(/error 42501 · .*ledger \d+/);
    expect(text).not.toContain('not in the ledger yet');
  }

  await page.keyboard.press('ControlOrMeta+Shift+s');
  (await app.saveDialog()).answer(null);
  await expect(card.getByRole('button', { name: 'Save evidence…' })).toHaveAttribute('aria-disabled', 'false');
  await page.keyboard.press('ControlOrMeta+Shift+s');
  const dialog = await app.saveDialog();
  expect(dialog.defaultPath).toMatch(/evidence-INC-4730-.{8}\.ndjson$/);
  const file = join(folder, 'mine.ndjson');
  dialog.answer(file);
  await expect(card).toContainText(/Saved mine\.ndjson \(.* kB\) in /);
  expect(readdirSync(folder)).toEqual(['mine.ndjson']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const verify = await promisify(execFile)(process.execPath, ['verifier/index.ts', file]);
  expect(verify.stdout).toMatch(/verified|passed|no finding/i);
});
