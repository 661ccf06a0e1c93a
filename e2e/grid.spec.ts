/** The result grid as a person uses it: by keyboard, on a real PostgreSQL, and with data that is strange or huge. */
import type { Locator, Page } from '@playwright/test';
import { breakTheGlass, finished, runSql, startSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const MIXED = `select * from (values
  (1, '10'::numeric, 'beta',  '2026-11-23 12:00:00+02'::timestamptz, true),
  (2, 9.5,           'Alpha', '2026-11-23 10:30:00+00',              null),
  (3, null,          '',      null,                                  false),
  (4, 1e20,          null,    '2026-11-22 00:00:00+00',              true),
  (5, 100,           'alpha', '2027-01-01 00:00:00+00',              true)) as v(id, amount, word, at, yes)`;

const grid = (page: Page): Locator => page.getByRole('grid');
const foot = (page: Page): Locator => page.locator('.grid-foot');
const head = (page: Page, name: string): Locator =>
  page.getByRole('columnheader').filter({ has: page.locator('b', { hasText: new RegExp(`^${name}$`) }) });
/** The text of a column of the shown rows, from the top; `place` counts from 0. */
async function columnOf(page: Page, place: number): Promise<string[]> {
  const rows = await page.locator('.grid-row:visible').evaluateAll(
    (all, at) =>
      all
        .map((row) => ({
          at: Number(row.getAttribute('aria-rowindex')),
          text: row.querySelector(`[aria-colindex="${at + 2}"]`)?.textContent ?? '',
        }))
        .sort((a, b) => a.at - b.at)
        .map(({ text }) => text),
    place,
  );
  return rows;
}
const shows = (page: Page, place: number, values: readonly string[]) =>
  expect.poll(() => columnOf(page, place)).toEqual(values);
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}
/** Chooses a command by its name in the palette. */
async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+p');
  const search = page.getByRole('combobox', { name: 'Search commands' });
  await search.fill(title);
  await search.press('Enter');
  await expect(search).toHaveCount(0);
}

test('sorts, filters, searches, adds up and copies what is loaded, by keyboard', async ({ signedIn }) => {
  const { page, copied } = await signedIn();
  await breakTheGlass(page, SEV1);
  expect(await runSql(page, MIXED)).toBe('5 rows');
  await press(page, 'ControlOrMeta+j');
  await expect(grid(page)).toBeFocused();

  // Numbers as numbers, NULL last; descending NULL first, as PostgreSQL has it.
  await press(page, 'ArrowRight', 'Alt+ArrowUp');
  await shows(page, 1, ['9.5', '10', '100', '100000000000000000000', 'NULL']);
  await expect(head(page, 'amount')).toHaveAttribute('aria-sort', 'ascending');
  await expect(foot(page)).toContainText('Sorted here by amount ↑');
  await expect(foot(page)).toContainText('5 rows that are loaded');
  // The rows keep the numbers that they came with.
  await expect(page.locator('.grid-row [role=rowheader]').first()).toBeVisible();
  await press(page, 'Alt+ArrowDown');
  await shows(page, 0, ['3', '4', '5', '1', '2']);
  // Text by code point, and a second key.
  await press(page, 'ArrowRight', 'Alt+ArrowUp');
  await shows(page, 2, ['', 'Alpha', 'alpha', 'beta', 'NULL']);
  await expect(foot(page)).toContainText('text by code point');
  await press(page, 'ArrowRight', 'ArrowRight', 'Alt+ArrowUp', 'ArrowLeft', 'Alt+Shift+ArrowDown');
  await shows(page, 0, ['3', '5', '1', '4', '2']);
  await expect(foot(page)).toContainText('Sorted here by yes ↑, then at ↓');

  // A filter that makes no sense is told and kept to be mended.
  await press(page, 'ControlOrMeta+Shift+l');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Value')).toBeFocused();
  await page.keyboard.insertText('yesterday');
  await press(page, 'Enter');
  await expect(dialog).toContainText('“yesterday” is not a date or time.');
  await dialog.getByLabel('Value').fill('2026-11-23');
  await press(page, 'Enter');
  await expect(dialog).toHaveCount(0);
  await shows(page, 0, ['5', '1', '2']);
  await expect(foot(page)).toContainText('3 of the 5 rows that are loaded');

  // What is selected adds up exactly, in the order that is shown.
  await press(page, 'Home', 'ArrowRight', 'Control+ ');
  await expect(foot(page)).toContainText('Sum119.5');
  await expect(foot(page)).toContainText('Average39.833333');
  await expect(foot(page)).toContainText('Distinct3');
  const copies = [
    ['Copy as a list for IN', '(100, 10, 9.5)'],
    ['Copy as CSV', 'amount\r\n100\r\n10\r\n9.5'],
    ['Copy as INSERT', 'insert into "result" ("amount") values\n  (100),\n  (10),\n  (9.5);'],
  ] as const;
  for (const [title, text] of copies) {
    await command(page, title);
    await expect.poll(() => copied.at(-1)).toBe(text);
  }
  await press(page, 'ControlOrMeta+Shift+c');
  await expect.poll(() => copied.at(-1)).toBe('amount\n100\n10\n9.5');

  // The search counts and goes round.
  await press(page, 'ControlOrMeta+f');
  await page.keyboard.insertText('ALPHA');
  await expect(page.locator('.grid-found')).toHaveText('1 of 2');
  await press(page, 'Enter');
  await expect(page.locator('.grid-found')).toHaveText('2 of 2');
  await expect(page.locator('.grid-row:visible .grid-cell.hit')).toHaveCount(2);
  await expect(page.locator('.grid-cell.focus')).toHaveText('Alpha');
  await press(page, 'Enter');
  await expect(page.locator('.grid-cell.focus')).toHaveText('alpha');
  await press(page, 'Escape');
  await expect(grid(page)).toBeFocused();

  await command(page, 'Remove all filters');
  await command(page, 'Rows in the order they came');
  await shows(page, 0, ['1', '2', '3', '4', '5']);
});

test('moves, freezes, hides and fits columns, and remembers it for each result', async ({ signedIn }) => {
  const { page, copied } = await signedIn();
  await breakTheGlass(page, SEV1);
  await runSql(page, `${MIXED}; select 'other' as other;`, { all: true });
  await page.getByRole('tab', { name: '5 rows' }).click();
  await press(page, 'ControlOrMeta+j', 'ArrowRight', 'ArrowRight', 'Alt+Shift+ArrowLeft');
  await shows(page, 1, ['beta', 'Alpha', '', 'NULL', 'alpha']);
  // The menu is there by keyboard, and says the column.
  await press(page, 'Shift+F10');
  const menu = page.getByRole('menu');
  await expect(menu).toContainText('Column word');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await menu.getByRole('menuitem', { name: 'Keep this column at the left' }).press('Enter');
  await expect(grid(page)).toBeFocused();
  await shows(page, 0, ['beta', 'Alpha', '', 'NULL', 'alpha']);
  await expect(page.locator('.grid-cell.frozen').first()).toBeVisible();
  await head(page, 'at').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Hide this column' }).press('Enter');
  await expect(head(page, 'at')).toHaveCount(0);
  await expect(foot(page)).toContainText('1 column is hidden');
  // What is copied is what is shown, in its order.
  await press(page, 'Home', 'Shift+ ', 'ControlOrMeta+Shift+c');
  await expect.poll(() => copied.at(-1)).toBe('word\tid\tamount\tyes\nbeta\t1\t10\tt');
  await press(page, 'ArrowRight', 'Alt+ArrowDown');
  await shows(page, 1, ['5', '4', '3', '2', '1']);

  // By pointer: a header is dragged behind another one.
  const from = await head(page, 'yes').boundingBox();
  const to = await head(page, 'id').boundingBox();
  if (from === null || to === null) throw new Error('no headers');
  await page.mouse.move(from.x + 30, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await shows(page, 1, ['t', 't', 'f', 'NULL', 't']);

  await page.getByRole('tab', { name: '1 row' }).click();
  await expect(page.getByRole('gridcell', { name: 'other' })).toBeVisible();
  await page.getByRole('tab', { name: '5 rows' }).click();
  await shows(page, 2, ['5', '4', '3', '2', '1']);
  await expect(foot(page)).toContainText('Sorted here by id ↓');
  await page.getByRole('button', { name: '1 column is hidden' }).press('Enter');
  await expect(head(page, 'at')).toHaveCount(1);
});

test('shows strange names and values as what they are, and never interprets them', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  const dialogs: string[] = [];
  page.on('dialog', (one) => {
    dialogs.push(one.message());
    void one.dismiss();
  });
  await runSql(
    page,
    `select 1 as id, 2 as id, 'x' as "<img src=x onerror=alert(1)>", '<b>bold</b><script>alert(2)</script>' as html,
       'مرحبا' as "שלום", U&'e\\0301 Z\\0351\\036b' as combining, E'a\\tb\\r\\nc\\x1b[31m' as control,
       U&'user\\202egnp.exe' as turned, '' as empty, null::text as nothing, 'NULL' as word, 'x' as "with ""quotes"" and a
break"`,
  );
  await shows(page, 3, ['<b>bold</b><script>alert(2)</script>']);
  await shows(page, 6, ['a␉b␍␊c␛[31m']);
  await shows(page, 7, ['user[U+202E]gnp.exe']);
  await expect(page.locator('.grid b, .grid-head').locator('img, script')).toHaveCount(0);
  await expect(page.locator('.grid').locator('img, script')).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: '<img src=x onerror=alert(1)>' })).toBeVisible();
  expect(dialogs).toEqual([]);
  // NULL, an empty text and the word NULL are three things.
  await press(page, 'ControlOrMeta+j', 'End');
  const classes = (text: string) => page.locator('.grid-cell').filter({ hasText: new RegExp(`^${text}$`) });
  await expect(classes('NULL').and(page.locator('.null'))).toHaveCount(1);
  await expect(classes('NULL').and(page.locator(':not(.null)'))).toHaveCount(1);
  await expect(page.locator('.grid-cell.empty')).toHaveCount(1);
  // Columns of the same name are told apart in words.
  await press(page, 'Home', 'ArrowRight', 'Alt+ArrowUp');
  await expect(foot(page)).toContainText('Sorted here by id (column 2) ↑');
});

test('holds 1,600 columns', async ({ signedIn }) => {
  test.setTimeout(240_000);
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  const many = Array.from({ length: 1600 }, (_, n) => `${n} as "column ${n}"`).join(', ');
  expect(await runSql(page, `select ${many} from generate_series(1, 300)`)).toBe('300 rows');
  await press(page, 'ControlOrMeta+j', 'End');
  await expect(page.locator('.grid-cell.focus')).toHaveText('1599');
  // To a column by its name.
  await command(page, 'Choose columns');
  await page.getByLabel('Find a column').fill('column 812');
  await press(page, 'Enter');
  await expect(page.locator('.grid-cell.focus')).toHaveText('812');
  await press(page, 'Alt+ArrowDown', 'ControlOrMeta+f');
  await page.keyboard.insertText('1598');
  await expect(page.locator('.grid-found')).toHaveText('1 of 300');
  await expect(page.locator('.grid-cell.focus')).toHaveText('1598');
});

test('holds a cell of 100 MB', async ({ signedIn }) => {
  test.setTimeout(240_000);
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await startSql(page, "select repeat('x', 100 * 1024 * 1024) || 'end' as huge, 7 as next");
  expect(await finished(page, 90_000)).toBe('1 row');
  const cell = page.getByRole('gridcell').filter({ hasText: /^x+…$/ });
  await expect(cell).toBeVisible();
  expect((await cell.innerText()).length).toBeLessThan(600);
  // It is searched and sorted to its end all the same.
  await press(page, 'ControlOrMeta+j', 'Alt+ArrowUp', 'ControlOrMeta+f');
  await page.keyboard.insertText('xend');
  await expect(page.locator('.grid-found')).toHaveText('1 of 1', { timeout: 30_000 });
});
