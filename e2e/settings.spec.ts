/** The settings by keyboard: reached from every screen, at once in force, kept over a restart, and told where damaged. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { breakTheGlass, everyRecordArrived, finished, runSql, startSql, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const userData = mkdtempSync(join(tmpdir(), 'vitrine-settings-'));
test.afterAll(() => rmSync(userData, { recursive: true, force: true }));

const SETTINGS = 'ControlOrMeta+,';
const page$ = (page: Page) => page.getByRole('dialog', { name: 'Settings' });

/** Opens the settings and looks for one. */
async function find(page: Page, words: string): Promise<void> {
  await page.keyboard.press(SETTINGS);
  await expect(page.getByLabel('Search settings')).toBeFocused();
  await page.keyboard.type(words);
}
async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page$(page)).toHaveCount(0);
}
const fontSize = (page: Page) =>
  page
    .locator('.view-line')
    .first()
    .evaluate((line) => getComputedStyle(line).fontSize);

test('a target’s colour, note and timeout are set before the glass is broken, and are in force behind it', async ({
  signedIn,
}) => {
  const first = await signedIn({ userData });
  const { page } = first;
  // On the first day the environment gives the colour.
  await expect(page.getByRole('img', { name: 'Colour: Pink' }).first()).toBeVisible();
  await find(page, 'colour');
  await page.keyboard.press('Tab');
  const card = page.getByRole('group', { name: /Orders/ });
  await card.getByLabel('Colour', { exact: true }).selectOption({ label: 'Blue' });
  await card.getByLabel('Note').fill('Read replica, lags 5 min');
  await card.getByLabel('Statement timeout').fill('1');
  await leave(page);
  await expect(page.getByRole('img', { name: 'Colour: Blue' }).first()).toBeVisible();
  await expect(page.getByRole('paragraph').filter({ hasText: 'Read replica, lags 5 min' })).toBeVisible();

  await breakTheGlass(page, { ...SEV1, minutes: 3, ticket: 'INC-4790' });
  const bar = page.getByRole('banner');
  await expect(bar.getByRole('img', { name: 'Colour: Blue' })).toBeVisible();
  await expect(bar.getByRole('heading')).toHaveAttribute('title', 'Read replica, lags 5 min');
  await expect(page.locator('.strip')).toHaveAttribute('data-colour', 'blue');
  expect(await runSql(page, 'select pg_sleep(30)')).toBe('Error');
  await expect(page.getByText('Stopped after 1 s by your statement timeout.').first()).toBeVisible();

  // The page over a live grant: the clock stays in sight, a statement goes on, the font changes behind it.
  const before = await fontSize(page);
  await find(page, 'statement timeout target');
  await page
    .getByRole('group', { name: /Orders/ })
    .getByLabel('Statement timeout')
    .fill('20');
  await leave(page);
  await startSql(page, 'select pg_sleep(2), 42 as answer');
  await find(page, 'font');
  await expect(page.getByRole('timer')).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.getByRole('spinbutton', { name: 'Font size' }).press('ControlOrMeta+a');
  await page.keyboard.type('18');
  await leave(page);
  expect(await finished(page)).toBe('1 row');
  await expect.poll(() => fontSize(page)).toBe('18px');
  expect(before).toBe('13px');
  await expect(page.getByRole('gridcell', { name: '42' })).toBeVisible();

  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
  await expect(page.getByRole('main').getByRole('img', { name: 'Colour: Blue' })).toBeVisible();
  await find(page, 'font');
  await expect(page.getByRole('spinbutton', { name: 'Font size' })).toHaveValue('18');
  await leave(page);
  await first.close();
});

test('everything is as it was after a restart; one damaged value costs itself only, and is told', async ({
  signedIn,
}) => {
  const file = join(userData, 'settings.json');
  const kept = JSON.parse(readFileSync(file, 'utf8'));
  expect(kept.settings).toMatchObject({ editor_font_size: 18, targets: { orders: { colour: 'blue' } } });
  writeFileSync(file, JSON.stringify({ ...kept, settings: { ...kept.settings, theme: 'purple', sparkles: true } }));

  const app = await signedIn({ userData });
  const { page } = app;
  const told = page.getByRole('region', { name: 'Notices' });
  await expect(told).toContainText('could not be read and is as on the first day now: theme.');
  await expect(told).toContainText('settings.json.damaged-');
  const aside = readdirSync(userData).filter((name) => name.startsWith('settings.json.damaged-'));
  expect(aside).toHaveLength(1);
  expect(readFileSync(join(userData, aside[0] ?? ''), 'utf8')).toContain('purple');
  await expect(page.getByRole('img', { name: 'Colour: Blue' }).first()).toBeVisible();

  // Reset, and back again.
  await find(page, 'font');
  await page.getByRole('button', { name: 'Reset Font size' }).press('Enter');
  await expect(page.getByRole('spinbutton', { name: 'Font size' })).toHaveValue('13');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(page.getByRole('spinbutton', { name: 'Font size' })).toHaveValue('18');
  await page.getByRole('button', { name: 'Reset all' }).press('Enter');
  await expect(page.getByRole('spinbutton', { name: 'Font size' })).toHaveValue('13');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await leave(page);
  await expect
    .poll(() => JSON.parse(readFileSync(file, 'utf8')).settings)
    .toMatchObject({ editor_font_size: 18, theme: 'system', sparkles: true, targets: { orders: { colour: 'blue' } } });
  await app.close();
});

test('every write is asked about where that was set, and reading is not', async ({ signedIn }) => {
  const { page } = await signedIn();
  await find(page, 'ask before writing');
  await page.getByRole('radio', { name: 'Every one' }).check({ force: true });
  await leave(page);
  await breakTheGlass(page, { ...SEV1, minutes: 2, ticket: 'INC-4791' });
  expect(await runSql(page, 'select 1')).toBe('1 row');
  await typeSql(page, "set application_name = 'mine'");
  await page.keyboard.press('ControlOrMeta+Enter');
  const question = page.getByRole('dialog', { name: 'Run this? It may change something.' });
  await expect(question).toContainText("set application_name = 'mine'");
  await question.getByRole('button', { name: 'Do not run' }).press('Enter');
  await expect(question).toHaveCount(0);
});

test('the editor and the grid are as they were set, also while they are shown', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, minutes: 2, ticket: 'INC-4792' });
  expect(await runSql(page, 'select null as nothing')).toBe('1 row');
  const cell = page.locator('.grid-cell.null').first();
  await expect(cell).toHaveText('NULL');
  const height = () => cell.evaluate((element) => element.getBoundingClientRect().height);
  expect(await height()).toBe(24);
  await find(page, 'grid');
  await page.getByRole('radio', { name: 'Roomy' }).check({ force: true });
  await page.getByRole('radio', { name: '∅' }).check({ force: true });
  await leave(page);
  await expect(cell).toHaveText('∅');
  expect(await height()).toBe(30);

  await expect(page.locator('.line-numbers').first()).toBeVisible();
  await find(page, 'editor');
  await page.getByLabel('Line numbers').press('Space');
  await page.getByLabel('Minimap').press('Space');
  await page.getByLabel('Wrap long lines').press('Space');
  await page.getByLabel('Completion while typing').press('Space');
  await leave(page);
  await expect(page.locator('.line-numbers')).toHaveCount(0);
  await expect(page.locator('.minimap')).toBeVisible();
  await typeSql(page, `select ${'1 + '.repeat(200)}1`);
  await expect(page.locator('.view-line')).not.toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('select * from shop.');
  await expect(page.locator('.suggest-widget')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+ ');
  await expect(page.locator('.suggest-widget')).toBeVisible();
});
