/** What the editor does besides running: by keys, on the production bundles, with the real parser and a real PostgreSQL. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { breakTheGlass, finished, focusEditor, runSql, savedTexts, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const RUN = 'ControlOrMeta+Enter';
const text = async (page: Page): Promise<string> => {
  const lines = await page.locator('.editor .view-line').evaluateAll((all) =>
    all
      .map((line) => ({ top: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map((line) => line.text.replaceAll('\u00a0', ' ')),
  );
  return lines.join('\n');
};
/** Puts the cursor behind a piece of the text, by the find widget. */
async function goTo(page: Page, piece: string): Promise<void> {
  await focusEditor(page);
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.insertText(piece);
  await expect(page.locator('.find-widget .matchesCount')).toContainText('of');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
}
/** Performs a command of the palette by name. */
async function command(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.getByRole('combobox', { name: 'Search commands' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toHaveCount(0);
}

test('in a query inside a statement one is asked which part to run, and may stop being asked', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await typeSql(page, 'with few as (select id from shop.orders limit 7) select * from few, (values (1), (2)) as v(n)');
  await goTo(page, 'from shop');
  await page.keyboard.press(RUN);
  const list = page.getByRole('listbox', { name: 'Which part to run?' });
  await expect(list.getByRole('option')).toHaveText([/^Whole statement/, /^CTE few.*limit 7$/, /^Always/]);
  await expect(list).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(list.getByRole('option', { selected: true })).toContainText('CTE few');
  await expect(page.locator('.part-chosen').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('.result-bar')).toContainText('7 rows');

  await page.keyboard.press(RUN);
  await list.waitFor();
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(page.locator('.result-bar')).toContainText('7 rows');
  await page.keyboard.press(RUN);
  await list.waitFor();
  await page.keyboard.press('Enter');
  await expect(page.locator('.result-bar')).toContainText('14 rows');

  await page.keyboard.press(RUN);
  await list.waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  expect(await finished(page)).toBe('14 rows');
  await goTo(page, 'values (1');
  await page.keyboard.press(RUN);
  await expect(list).toHaveCount(0);
  await command(page, 'Ask which part of a nested query');
  await page.keyboard.press(RUN);
  await expect(list.getByRole('option').nth(1)).toContainText('values (1), (2)');
  await page.keyboard.press('Escape');

  // What is selected is what is run, wherever it stands.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press(RUN);
  expect(await finished(page)).toBe('14 rows');
});

test('warnings stand in the text before it runs, and none while it is half typed', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  const marks = page.locator('.editor .squiggly-warning, .editor .squiggly-info');
  const says = async (pattern: RegExp) => {
    // The mark of the text before may still stand there when the key comes.
    await expect(async () => {
      await page.keyboard.press('Alt+F8');
      await expect(page.locator('.editor .marker-widget')).toContainText(pattern, { timeout: 1500 });
    }).toPass({ timeout: 20_000 });
    await page.keyboard.press('Escape');
  };
  // Each of them is shown once the cursor is elsewhere.
  const cases: [sql: string, message: RegExp][] = [
    ['select * from shop.card_tokens;', /shop\.card_tokens is not in this grant/],
    ["update shop.orders set status = 'x' where id = 1;", /This grant only reads.*hands back/],
    ['selct 1;', /syntax error at or near "selct"/],
  ];
  for (const [sql, message] of cases) {
    await typeSql(page, `${sql}\n\nselect 1;\n`);
    await says(message);
  }
  await typeSql(page, 'delete from shop.orders;\n\nselect 1;\n');
  await says(/no WHERE|only reads/);

  // A line that somebody is in the middle of is not judged; the one above it is.
  await typeSql(page, 'selct 1;\n\nselect * from shop.orders o where o.');
  await expect(marks).toHaveCount(1);
  // What is offered there closes.
  await page.keyboard.press('Escape');
  await typeSql(page, 'select id from shop.orders where id = :id;\n\nselect 1 union select 2;\n');
  await expect(marks).toHaveCount(0);
});

test('formatting keeps the statement, its comments and the cursor, and is one step to undo', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  const before = "select id,status from shop.orders -- the stuck ones\nwhere status='processing';\n\nselct   2;";
  await typeSql(page, before);
  await goTo(page, 'status=');
  await page.keyboard.press('Shift+Alt+f');
  const after = `select
  id,
  status
from
  shop.orders -- the stuck ones
where
  status = 'processing';

selct   2;`;
  await expect.poll(() => text(page)).toBe(after);
  await expect(page.locator('footer.status')).toContainText('Ln 7, Col 12');
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => text(page)).toBe(before);

  // What does not parse is left alone, and that is said.
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.press('Shift+Alt+f');
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText('could not be formatted safely');
  expect(await text(page)).toBe(before);
  await command(page, 'Format everything');
  await expect.poll(() => text(page)).toBe(after);
});

test('parameters are asked for, put in safely, shown, and remembered for the tab only', async ({ signedIn }) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-parameters-'));
  const { page, close } = await signedIn({ userData });
  await breakTheGlass(page, SEV1);
  const sql =
    "select :name::text as name, $1 + 1 as next, ':no' as no, (array[1, 2])[1:2] as slice, :at > now() as later";
  await typeSql(page, sql);
  await page.keyboard.press(RUN);
  const form = page.getByRole('dialog', { name: 'Values to run with' });
  await expect(form.locator('.parameter label')).toHaveText([':name', '$1', ':at']);
  await expect(form.getByLabel(':name', { exact: true })).toBeFocused();
  await page.keyboard.insertText("o'hara \\ 4711-secret");
  await form.getByLabel('Kind of $1').selectOption('Number');
  await form.getByLabel('$1', { exact: true }).fill('4x');
  await form.getByLabel('Kind of :at').selectOption('SQL expression');
  await form.getByLabel(':at', { exact: true }).fill("now() - interval '1 hour'");
  await page.keyboard.press('Enter');
  await expect(form.getByRole('alert')).toHaveText('This is not a number.');
  await expect(form.getByLabel('$1', { exact: true })).toBeFocused();
  await page.keyboard.insertText('41');
  const sent = form.getByRole('region', { name: 'Will be sent and recorded' });
  await expect(sent).toContainText("E'o''hara \\\\ 4711-secret'::text as name, 41 + 1 as next, ':no' as no");
  await page.keyboard.press('Enter');
  expect(await finished(page)).toBe('1 row');
  const cell = (n: number) => page.locator('.grid-row').first().getByRole('gridcell').nth(n);
  await expect(page.getByRole('gridcell').filter({ hasText: "o'hara \\ 4711-secret" }).first()).toBeVisible();
  await expect(page.getByRole('gridcell', { name: '42', exact: true })).toBeVisible();
  await expect(cell(0)).toBeVisible();

  // The same names in this tab have their values still; Escape sends nothing.
  await page.keyboard.press(RUN);
  await expect(form.getByLabel('$1', { exact: true })).toHaveValue('41');
  await page.keyboard.press('Escape');
  await expect(form).toHaveCount(0);
  await page.getByRole('button', { name: 'New tab' }).press('Enter');
  await typeSql(page, 'select $1::int');
  await page.keyboard.press(RUN);
  await expect(form.getByLabel('$1', { exact: true })).toHaveValue('');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Hand back/ }).click();
  await page.getByText(/Every record is in the ledger: /).waitFor();
  await close();
  const kept = ['workspace.json', ...readdirSync(join(userData, 'tabs')).map((name) => join('tabs', name))];
  for (const name of kept) expect(readFileSync(join(userData, name), 'utf8')).not.toContain('4711-secret');
  rmSync(userData, { recursive: true, force: true });
});

test('snippets are made from a selection, inserted, changed, deleted and kept', async ({
  signedIn,
  launch,
  enter,
  stack,
}) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-snippets-'));
  const first = await signedIn({ userData });
  await breakTheGlass(first.page, SEV1);
  await typeSql(first.page, "select '$5' as price");
  await first.page.keyboard.press('ControlOrMeta+a');
  await first.page.keyboard.press('ControlOrMeta+Shift+j');
  const dialog = first.page.getByRole('dialog');
  await expect(dialog.getByLabel('Text', { exact: true })).toHaveValue("select '\\$5' as price");
  await dialog.getByLabel('Prefix').press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('What do you want to type');
  await dialog.getByLabel('Prefix').fill('price');
  await first.page.keyboard.press('Enter');
  const list = dialog.getByRole('listbox', { name: 'Snippets' });
  await expect(list.getByRole('option')).toHaveText([/^price/]);
  await expect(list).toBeFocused();
  await first.page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await first.page.keyboard.press('Escape');
  await typeSql(first.page, '');
  await first.page.keyboard.press('ControlOrMeta+Alt+j');
  await first.page.keyboard.press('Enter');
  await expect.poll(() => text(first.page)).toBe("select '$5' as price");

  // Edit: now with a place to fill in.
  await first.page.keyboard.press('ControlOrMeta+Alt+j');
  await first.page.keyboard.press('F2');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the notation of snippets
  await dialog.getByLabel('Text', { exact: true }).fill('select ${1:what} from shop.orders where id = ${2:id}');
  await first.page.keyboard.press('ControlOrMeta+Enter');
  await list.waitFor();
  await first.page.keyboard.press('Escape');
  await typeSql(first.page, '');
  await first.page.keyboard.press('ControlOrMeta+Alt+j');
  await first.page.keyboard.press('Enter');
  await expect.poll(() => text(first.page)).toContain('select what');
  await first.page.keyboard.type('status');
  await first.page.keyboard.press('Tab');
  await first.page.keyboard.type('7');
  await expect.poll(() => text(first.page)).toBe('select status from shop.orders where id = 7');
  await first.page.getByRole('button', { name: /Hand back/ }).click();
  await first.page.getByText(/Every record is in the ledger: /).waitFor();
  await first.close();

  const second = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await enter(second);
  await breakTheGlass(second.page, SEV1);
  await second.page.keyboard.press('ControlOrMeta+Alt+j');
  const again = second.page.getByRole('dialog');
  await expect(again.getByRole('option')).toHaveText([/^price/]);
  await second.page.keyboard.press('Delete');
  await expect(again.getByRole('status')).toContainText('price is deleted');
  await expect(again.getByText('None yet.')).toBeVisible();
  await again.getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(again.getByRole('option')).toHaveText([/^price/]);
  // Closing hands back, and that is recorded: the folder is needed until then.
  await second.close();
  rmSync(userData, { recursive: true, force: true });
});

test('a very long text is told about, can be run in parts, and takes nothing else with it', async ({ signedIn }) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-large-'));
  const app = await signedIn({ userData });
  const { page } = app;
  await breakTheGlass(page, SEV1);
  const told = page.locator('.large-text');
  await typeSql(page, `select 2 as large;\n${`-- ${'x'.repeat(96)}\n`.repeat(10)}`);
  // Pasted twice as long each time.
  for (let length = 1019; length <= 8_000_000; length *= 2) {
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('ControlOrMeta+c');
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.press('ControlOrMeta+v');
  }
  // While the last paste is taken in, two of these are there.
  await expect(told.filter({ hasText: 'This text has 8,347,648 characters' })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press(RUN);
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText('too long to find the statement');
  await page.keyboard.press('Shift+End');
  await page.keyboard.press(RUN);
  expect(await finished(page)).toBe('1 row');
  // It is saved, and other tabs beside it.
  await page.getByRole('button', { name: 'New tab' }).press('Enter');
  await expect(told).toHaveCount(0);
  await typeSql(page, 'select 3 as beside');
  await expect.poll(() => savedTexts(userData).some((text) => text.includes('select 3 as beside'))).toBe(true);
  await expect.poll(() => Math.max(...savedTexts(userData).map((text) => text.length))).toBe(8_347_648);
  expect(await runSql(page, 'select 4')).toBe('1 row');
  await app.close();
  rmSync(userData, { recursive: true, force: true });
});
