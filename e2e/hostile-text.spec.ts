/** Texts that are huge or meant to deceive: pasted, in names, in data, in what the server says, and on their way to a ticket. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { visit } from './support/desk.ts';
import { breakTheGlass, everyRecordArrived, runSql, savedTexts, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

/** Pastes a script of so many lines of 100 characters, as the system does; the text is made in the page. */
const paste = (page: Page, lines: number): Promise<void> =>
  page.evaluate((n) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', `-- ${'x'.repeat(96)}\n`.repeat(n));
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(event);
  }, lines);

test('50 MB are pasted and saved; what would be too much to save is refused, and the text stays', async ({
  signedIn,
}) => {
  test.setTimeout(240_000);
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-paste-'));
  const app = await signedIn({ userData });
  const { page } = app;
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4821' });
  await typeSql(page, 'select 2 as large;\n');
  await paste(page, 520_000);
  const told = page.locator('.large-text').last();
  await expect(told).toContainText('This text has 52,000,019 characters', { timeout: 60_000 });
  await expect(page.getByText(/^Taking in/)).toHaveCount(0);
  await paste(page, 150_000);
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText(
    'The clipboard holds 15,000,000 characters, and a tab takes 64,000,000 in all. Nothing was pasted; the text is as it was.',
    { timeout: 60_000 },
  );
  await expect(told).toContainText('This text has 52,000,019 characters');
  const sizes = () => savedTexts(userData).map((text) => text.length);
  await expect.poll(sizes, { timeout: 60_000 }).toContain(52_000_019);

  // More than can be run at once is not sent, and a part of it runs.
  await page.keyboard.press('F5');
  await expect(page.locator('.results')).toContainText('can be run at once. Nothing was sent.', { timeout: 60_000 });
  for (const key of ['ControlOrMeta+Home', 'Shift+End', 'ControlOrMeta+Enter']) await page.keyboard.press(key);
  await expect(page.getByRole('gridcell').first()).toHaveText('2', { timeout: 60_000 });
  await app.close();
  rmSync(userData, { recursive: true, force: true });
});

test('deceiving texts are shown as what they are: names, comments, notices, errors, reason, ticket text and review', async ({
  signedIn,
  desk,
  stack,
}) => {
  test.setTimeout(240_000);
  const turned = 'user\u202egnp.exe';
  const html = '<img src=x onerror=alert(1)>';
  const { page, copied } = await signedIn();
  const dialogs: string[] = [];
  page.on('dialog', (one) => {
    dialogs.push(one.message());
    void one.dismiss();
  });
  const reason = `Orders ${turned} ${html} *now* @everyone https://evil.example \u0007`;
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4822', reason });

  // The server repeats what it was given: in a notice about a name that is too long, and in an error about a value.
  const results = page.locator('.results');
  await runSql(page, `select 1 as "${turned} ${html} ${'x'.repeat(60)}"`);
  await expect(results).toContainText(`identifier "user[U+202E]gnp.exe ${html} x`);
  await runSql(page, `select '${turned} ${html} \u0007'::int`);
  // The list of types may stand over the text.
  await page.keyboard.press('Escape');
  await expect(results).toContainText(`invalid input syntax for type integer: "user[U+202E]gnp.exe ${html} ␇"`);
  await runSql(page, `select 1 as id, 2 as id, '${turned}${html}' as "${turned}"`);
  await expect(page.getByRole('columnheader', { name: 'user[U+202E]gnp.exe' })).toBeVisible();
  await expect(page.locator('.recent-text').first()).toContainText('user[U+202E]gnp.exe');
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'A closer look' })).toBeVisible();
  await expect(page.locator('img[src=x], [onerror]')).toHaveCount(0);

  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
  await page.keyboard.press('ControlOrMeta+Shift+c');
  await expect.poll(() => copied.at(-1) ?? '').toContain('INC-4822');
  const text = copied.at(-1) ?? '';
  expect(text).not.toContain('\u202e');
  expect(text).toContain('\\<img src=x onerror=alert(1)\\> \\*now\\* \\@everyone https\\://evil.example');
  await expect(page.locator('img[src=x], [onerror]')).toHaveCount(0);

  const ingrid = await desk();
  ingrid.page.on('dialog', (one) => {
    dialogs.push(one.message());
    void one.dismiss();
  });
  await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
  await ingrid.page.locator('a[href^="/review/"]').filter({ hasText: 'INC-4822' }).first().click();
  await expect(ingrid.page.getByText('user[U+202E]gnp.exe').first()).toBeVisible();
  await expect(ingrid.page.locator('img[src=x], [onerror]')).toHaveCount(0);
  expect(await ingrid.page.locator('body').innerText()).not.toContain('\u202e');
  expect(dialogs).toEqual([]);
});
