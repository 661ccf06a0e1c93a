/** Saved queries as an engineer keeps them: saved from the editor, sorted into folders, found again, run, taken along. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { breakTheGlass, savedTexts, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-saved-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SAVE = 'ControlOrMeta+s';
const saved = (page: Page) => page.getByRole('region', { name: 'Saved queries' });
const tree = (page: Page) => saved(page).getByRole('tree');
const bar = (page: Page) => page.locator('.link-bar');
const lines = (page: Page) => tree(page).getByRole('treeitem');
const notices = (page: Page) => page.getByRole('region', { name: 'Notices' });

/** From anywhere, by keyboard: the tree has the focus then. */
async function toTree(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+3');
  await page.keyboard.press('ArrowDown');
  await expect(tree(page)).toBeFocused();
}
/** Of the tab that is shown, with the dialog of the first time. */
async function saveAs(page: Page, name: string, into: string): Promise<void> {
  await page.keyboard.press(SAVE);
  const dialog = page.getByRole('dialog', { name: 'Save the query' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Folder').fill(into);
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(bar(page)).toContainText('as saved');
}

test('a query is saved, differs, is saved again, survives a crash with its tab, and what others do to it is said', async ({
  signedIn,
}) => {
  test.slow();
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-saved-user-'));
  const first = await signedIn({ userData });
  await breakTheGlass(first.page, { ...SEV1, minutes: 3, ticket: 'INC-4750' });
  const { page } = first;
  await typeSql(page, "select :city as city, 'saved-' || :n::int as number");
  await page.keyboard.press(SAVE);
  const dialog = page.getByRole('dialog', { name: 'Save the query' });
  await dialog.getByLabel('Name').fill('../up');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('A name holds no /');
  await dialog.getByLabel('Name').fill('Where it is');
  await dialog.getByLabel('Folder').fill('Incidents/Payments');
  await dialog.getByLabel('What :city is').fill('City of the customer');
  await dialog.getByRole('textbox', { name: 'Default of :city' }).fill('Oslo');
  await dialog.getByLabel('Kind of the default of :n').selectOption('Number');
  await dialog.getByRole('textbox', { name: 'Default of :n' }).fill('7');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'Where it is', selected: true })).toBeVisible();
  await expect(bar(page)).toContainText('as saved');

  // The form begins with the defaults, and says what each is.
  await page.keyboard.press('F5');
  const form = page.getByRole('dialog', { name: 'Values to run with' });
  await expect(form.getByRole('textbox', { name: ':city' })).toHaveValue('Oslo');
  await expect(form.getByRole('textbox', { name: ':city' })).toHaveAccessibleDescription('City of the customer');
  await form.getByRole('button', { name: 'Run' }).press('Enter');
  await expect(page.getByRole('gridcell', { name: 'saved-7' })).toBeVisible();

  // A change is marked in the tab, in words too, and goes with a silent save.
  await page.locator('.editor .view-lines').first().click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' -- more');
  await expect(page.getByRole('tab', { name: /differs from what is saved.*Where it is/ })).toBeVisible();
  await page.keyboard.press(SAVE);
  await expect(bar(page)).toContainText('as saved');
  await expect(notices(page)).toContainText('“Where it is” is saved.');
  const files = () => readdirSync(join(userData, 'queries')).filter((name) => name.endsWith('.sql'));
  const file = join(userData, 'queries', files()[0] ?? '');
  expect(readFileSync(file, 'utf8')).toContain('-- more');
  expect(readFileSync(file, 'utf8')).not.toContain('saved-7');
  await page.keyboard.type(' and unsaved');
  await expect(bar(page)).toContainText('differs from what is saved');
  await expect.poll(() => savedTexts(userData).join()).toContain('unsaved');
  await first.kill('SIGKILL');

  const second = await signedIn({ userData });
  await breakTheGlass(second.page, { ...SEV1, minutes: 3, ticket: 'INC-4750' });
  const again = second.page;
  await expect(bar(again)).toContainText('Where it is');
  await expect(bar(again)).toContainText('differs from what is saved');
  // Somebody changes the file while it is open.
  writeFileSync(file, readFileSync(file, 'utf8').replace('-- more', '-- from elsewhere'));
  await again.locator('.editor .view-lines').first().click();
  await again.keyboard.press(SAVE);
  const question = again.getByRole('dialog', { name: 'Save over “Where it is”?' });
  await expect(question).toBeVisible();
  await again.keyboard.press('Escape');
  await expect(bar(again)).toContainText('changed elsewhere');
  expect(readFileSync(file, 'utf8')).toContain('-- from elsewhere');
  await bar(again).getByRole('button', { name: 'Show what is saved' }).press('Enter');
  await expect(again.locator('.view-lines')).toContainText('from elsewhere');
  await again.locator('.editor .view-lines').first().click();
  await again.keyboard.press('ControlOrMeta+z');
  await expect(again.locator('.view-lines')).toContainText('unsaved');

  // Deleted in the side bar: the text stays, and the deletion can be undone.
  await toTree(again);
  await again.keyboard.type('wh');
  await again.keyboard.press('Delete');
  await expect(bar(again)).toContainText('This saved query was deleted. The text stays in this tab.');
  await expect(again.locator('.view-lines')).toContainText('unsaved');
  expect(files()).toEqual([]);
  await saved(again).getByRole('button', { name: 'Undo', exact: true }).press('Enter');
  await expect(bar(again)).toContainText('differs from what is saved');
  expect(files()).toHaveLength(1);
  await second.kill('SIGKILL');
  rmSync(userData, { recursive: true, force: true });
});

test('folders are made, renamed, moved and deleted by keyboard, and a query is dragged', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, minutes: 3, ticket: 'INC-4751' });
  await page.keyboard.press('ControlOrMeta+3');
  await expect(saved(page)).toContainText('Nothing is saved yet.');
  await saved(page).getByRole('button', { name: 'New folder…' }).press('Enter');
  await page.keyboard.type('Incidents');
  await page.keyboard.press('Enter');
  await expect(lines(page)).toHaveText([/Incidents/]);
  await typeSql(page, 'select 1');
  await saveAs(page, 'One', 'Incidents');
  await page.keyboard.press('ControlOrMeta+Alt+n');
  await typeSql(page, 'select 2');
  await saveAs(page, 'Two', '');
  await expect(lines(page)).toHaveText([/Incidents/, /One/, /Two/]);

  await toTree(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('F2');
  await page.keyboard.type('Night');
  await page.keyboard.press('Enter');
  await expect(lines(page)).toHaveText([/Night/, /One/, /Two/]);
  await page.keyboard.press('ArrowLeft');
  await expect(lines(page)).toHaveText([/Night/, /Two/]);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('two');
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Move to…' }).press('Enter');
  await page.getByRole('dialog').getByLabel('To').selectOption('Night');
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).press('Enter');
  await expect(tree(page).getByRole('treeitem', { level: 2 })).toHaveText([/One/, /Two/]);
  await lines(page)
    .filter({ hasText: 'One' })
    .dragTo(tree(page), { targetPosition: { x: 60, y: 120 } });
  await expect(tree(page).getByRole('treeitem', { level: 2 })).toHaveText([/Two/]);

  await toTree(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toContainText('1 saved query goes with the folder');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter');
  await expect(lines(page)).toHaveText([/One/]);
  await saved(page).getByRole('button', { name: 'Undo', exact: true }).press('Enter');
  await expect(lines(page)).toHaveText([/Night/, /Two/, /One/]);
  await page.keyboard.press('ControlOrMeta+3');
  await page.keyboard.type('SELECT 2');
  await expect(lines(page)).toHaveText([/Night/, /Two/]);
});

test('the quick pick goes to tabs, saved queries, tables and statements, and runs a saved query', async ({
  signedIn,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, minutes: 3, ticket: 'INC-4752' });
  await typeSql(page, "select 'quick-' || 1 as found");
  await saveAs(page, 'Quick one', 'Incidents');
  await page.keyboard.press('ControlOrMeta+Alt+n');
  await expect(page.getByRole('tab', { name: 'query 1', selected: true })).toBeVisible();
  const pick = page.getByRole('dialog', { name: 'Go to' });
  const first = pick.getByRole('option', { selected: true });

  await page.keyboard.press('ControlOrMeta+p');
  await page.keyboard.type('qu on');
  await expect(pick.getByRole('group', { name: 'Saved query' })).toContainText('Quick one');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+p');
  await page.keyboard.type('incidents quick');
  await expect(first).toContainText('Saved query');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('tab', { name: 'Quick one', selected: true })).toBeVisible();
  await expect(page.getByRole('gridcell', { name: 'quick-1' })).toBeVisible();

  await page.keyboard.press('ControlOrMeta+p');
  await page.keyboard.type('order_lines');
  await expect(first).toContainText('Table');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: /order_lines/, selected: true })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+p');
  await page.keyboard.type("select 'quick");
  await expect(first).toContainText('Statement');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'query 2', selected: true })).toBeVisible();
  await expect(page.locator('.view-lines')).toContainText('quick-');

  // From the history into the saved ones.
  await page.keyboard.press('ControlOrMeta+2');
  await page.getByRole('region', { name: 'History' }).getByRole('button', { name: 'Save as query…' }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Save the query' }).getByLabel('Name')).toBeFocused();
  await page.keyboard.type('From the history');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+3');
  await expect(lines(page).filter({ hasText: 'From the history' })).toBeVisible();
});

test('saved queries go out and come in on a fresh folder; what is hostile is refused in words, and nothing is half done', async ({
  signedIn,
}) => {
  test.slow();
  const first = await signedIn();
  await breakTheGlass(first.page, { ...SEV1, minutes: 1, ticket: 'INC-4753' });
  await typeSql(first.page, 'select :a as one');
  await saveAs(first.page, 'One', 'Incidents/Payments');
  await first.page.keyboard.press('ControlOrMeta+Shift+p');
  await first.page.keyboard.type('Export all saved');
  await first.page.keyboard.press('Enter');
  const out = join(folder, 'all.json');
  (await first.saveDialog()).answer(out);
  await expect(notices(first.page)).toContainText('1 query written to all.json');
  const { exported: _, ...bundle } = JSON.parse(readFileSync(out, 'utf8'));
  expect(bundle).toMatchObject({
    format: 'vitrine-queries',
    version: 1,
    queries: [{ name: 'One', text: 'select :a as one' }],
  });

  const { page, openDialog, userData } = await signedIn();
  await breakTheGlass(page, { ...SEV1, minutes: 3, ticket: 'INC-4753' });
  const read = async (...names: string[]) => {
    await page.keyboard.press('ControlOrMeta+Shift+p');
    await page.keyboard.type('Import saved');
    await page.keyboard.press('Enter');
    (await openDialog()).answer(names.map((name) => join(folder, name)));
  };
  const dialog = page.getByRole('dialog', { name: 'Import saved queries' });
  await page.keyboard.press('ControlOrMeta+3');
  await read('all.json');
  await expect(dialog.getByRole('row', { name: /One/ })).toContainText('New');
  await expect(saved(page)).toContainText('Nothing is saved yet.');
  await dialog.getByRole('button', { name: 'Add 1' }).press('Enter');
  await expect(lines(page)).toHaveText([/Incidents/, /Payments/, /One/]);

  writeFileSync(join(folder, 'large.json'), Buffer.alloc(50_000_000, 0x20));
  writeFileSync(join(folder, 'wrong.json'), '{"format": ');
  writeFileSync(join(folder, 'latin.sql'), Buffer.from([0x73, 0xe9]));
  const refused = [
    ['large.json', '“large.json” has 50 MB; at most 16 MB are read at once. Nothing was added.'],
    ['wrong.json', '“wrong.json” is not JSON. Nothing was added.'],
    ['latin.sql', '“latin.sql” is not text in UTF-8. Nothing was added.'],
  ] as const;
  for (const [name, words] of refused) {
    await read(name);
    await expect(notices(page)).toContainText(words);
  }
  const queries = [
    { name: '../../etc/passwd', text: 'select 1' },
    { name: 'turned\u202Eround', text: 'select 1' },
    { name: 'deep', folder: Array.from({ length: 50 }, () => 'x'), text: 'select 1' },
    { name: 'One', folder: ['Incidents', 'Payments'], text: 'select 2' },
    { name: 'Fine', text: 'select 3' },
  ];
  writeFileSync(join(folder, 'mixed.json'), JSON.stringify({ format: 'vitrine-queries', version: 1, queries }));
  await read('mixed.json');
  await expect(dialog.locator('[data-status=refused]')).toHaveCount(3);
  await expect(dialog).toContainText('A name holds no / and no \\');
  await expect(dialog).toContainText('turned[U+202E]round');
  await dialog.getByLabel('Another text has this name: One').selectOption('Keep both');
  await dialog.getByRole('button', { name: 'Add 2' }).press('Enter');
  await expect(lines(page)).toHaveText([/Incidents/, /Payments/, /One/, /One \(2\)/, /Fine/]);
  expect(readdirSync(join(userData, 'queries')).filter((name) => name.endsWith('.sql'))).toHaveLength(3);
  await read('mixed.json');
  await expect(dialog.locator('[data-status=same]')).toHaveCount(1);
  await page.keyboard.press('Escape');
});
