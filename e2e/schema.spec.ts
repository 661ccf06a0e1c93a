/** The schema as a person meets it: tree, pages, neighbourhood, by keys and clicks, against a real PostgreSQL. */
import type { Page } from '@playwright/test';
import { breakTheGlass, everyRecordArrived, finished, inLedger, runSql, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const tree = (page: Page) => page.getByRole('tree', { name: /^Schema/ });
const line = (page: Page, name: string) =>
  tree(page)
    .getByRole('treeitem')
    .filter({ hasText: new RegExp(`^${name}`) });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const section = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

/** Goes to the first table that the search finds; schema and group stand before it. */
async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.insertText(text);
  await expect(tree(page).getByRole('treeitem').nth(2)).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
}
async function openPage(page: Page, text: string): Promise<void> {
  await find(page, text);
  await page.keyboard.press('Enter');
}

test('the tree says what the grant allows, and is searched by names and comments', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await expect(line(page, 'customers')).toContainText('6 of 9 columns');
  await expect(line(page, 'card_tokens')).toContainText('not in this grant');

  await find(page, 'fulfilment');
  await expect(tree(page).getByRole('treeitem')).toHaveText([/^shop/, /^Tables/, /^orders/, /^status/]);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.press('Escape');

  // Columns come when their table is opened.
  await expect(line(page, 'email')).toHaveCount(0);
  await line(page, 'customers').click();
  await page.keyboard.press('ArrowRight');
  await expect(line(page, 'email')).toContainText('not in this grant');
  await expect(line(page, 'tier')).toContainText('text');
  await page.keyboard.press('ArrowLeft');

  // Types, too; the name of one goes into the editor.
  await line(page, 'Types').click();
  await page.keyboard.press('ArrowRight');
  await expect(line(page, 'order_status')).toContainText('processing');
  await line(page, 'order_status').dblclick();
  await expect(page.locator('.page-panel')).toContainText('order_status');
});

test('a page shows columns, keys, indexes and a definition, each when it is asked for', async ({
  signedIn,
  target,
}) => {
  // When it was analysed does not survive every restart of the server.
  await target.query('analyze shop.orders');
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await openPage(page, 'shop.orders');
  await expect(heading(page, 'shop.orders')).toBeVisible();
  await expect(page.locator('.object-may')).toHaveText('You may: read.');
  await expect(page.locator('.object-facts')).toContainText(/about 20k rows, analysed \d{4}-\d\d-\d\d/);
  await expect(page.locator('.object-facts')).toContainText(/[kM]B table · .* indexes/);
  await expect(page.getByRole('row', { name: /^status/ })).toContainText('Set by the fulfilment workers.');

  await section(page, 'Columns').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('row', { name: /orders_pkey/ })).toContainText('PRIMARY KEY (id)');
  await expect(page.getByRole('row', { name: /foreign key to this table/ })).not.toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('row', { name: /orders_pkey/ })).toContainText('CREATE UNIQUE INDEX');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('It has no triggers.')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.getByRole('region', { name: 'Definition' })).toContainText('create table shop.orders (');

  // A foreign key leads to the other table; its page is a tab of its own.
  await section(page, 'Columns').click();
  await page.getByRole('button', { name: 'shop.customers' }).press('Enter');
  await expect(page.locator('.object-may')).toHaveText('You may: read 6 of 9 columns.');
  await expect(page.getByRole('row', { name: /^email/ })).toContainText('not in this grant');
  await page.keyboard.press('ControlOrMeta+F4');
  await expect(heading(page, 'shop.orders')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+F4');
  await expect(page.locator('.editor')).toBeVisible();
});

test('sample rows are a statement of the user, with the allowed columns only', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await openPage(page, 'shop.customers');
  await page.getByRole('button', { name: 'Show first 100 rows' }).press('Enter');
  await page.getByRole('columnheader', { name: 'tier' }).waitFor();
  expect(await finished(page)).toBe('100 rows');
  await expect(page.getByRole('columnheader', { name: 'email' })).toHaveCount(0);
  await inLedger(page);

  // The same from the menu of a line, in a query of its own.
  await find(page, 'shop.customers');
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: /first 100 rows in a new tab/ }).press('Enter');
  await expect(page.locator('.editor .view-lines')).toContainText(
    'select id, name, country, tier, newsletter, created_at',
  );
  expect(await finished(page)).toBe('100 rows');

  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
});

test('F4 opens the page of the name under the cursor, and leaves the text alone', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await expect(line(page, 'orders')).toBeVisible();
  await typeSql(page, 'select * from shop.payments');
  await page.keyboard.press('F4');
  await expect(heading(page, 'shop.payments')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+F4');
  await expect(page.locator('.editor .view-lines')).toContainText('select * from shop.payments');
  await typeSql(page, 'select nothing');
  await page.keyboard.press('F4');
  await expect(page.getByText('Nothing in the schemas of this grant is called nothing.')).toBeVisible();
});

test('F4 leads from an alias to its table, from a common table to where it is written, from a type to its page', async ({
  signedIn,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await expect(line(page, 'orders')).toBeVisible();
  // The names are read a moment after the tree.
  const open = async (text: string, shown: string) => {
    await typeSql(page, text);
    await expect(async () => {
      await page.keyboard.press('F4');
      await expect(heading(page, shown)).toBeVisible({ timeout: 2000 });
    }).toPass({ timeout: 30_000 });
  };
  await open("select 'paid'::shop.order_status", 'shop.order_status');
  await expect(page.getByRole('region', { name: 'Definition' })).toContainText(
    "create type shop.order_status as enum ('placed'",
  );
  await page
    .getByRole('region', { name: 'Where it is used' })
    .getByRole('button', { name: 'shop.orders' })
    .press('Enter');
  await expect(heading(page, 'shop.orders')).toBeVisible();
  await page.getByRole('tab', { name: 'Dependencies' }).press('Enter');
  await page.getByRole('button', { name: 'shop.order_status' }).press('Enter');
  await expect(heading(page, 'shop.order_status')).toBeVisible();
  for (let n = 0; n < 2; n++) await page.keyboard.press('ControlOrMeta+F4');

  await open('select 1 from shop.orders o where o.status', 'shop.orders');
  await page.keyboard.press('ControlOrMeta+F4');
  await typeSql(page, 'with late as (select 1 as n) select * from late');
  await page.keyboard.press('F4');
  await expect(page.locator('footer.status')).toContainText('14');
  await expect(page.getByText(/is called/)).toHaveCount(0);
});

test('the neighbourhood is walked by arrows, recentred by Enter, and there as a list', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await find(page, 'shop.orders');
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Show its neighbourhood' }).press('Enter');
  const box = (name: string) => page.locator('.er-box').filter({ hasText: new RegExp(`^${name}`) });
  await expect(box('orders')).toHaveAttribute('aria-current', 'true');
  await expect(box('products')).toHaveCount(0);
  await box('orders').focus();
  await page.keyboard.press('ArrowRight');
  await expect(box('customers')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('+');
  await page.keyboard.press('0');
  await page.getByRole('button', { name: '2 keys away' }).press('Enter');
  await expect(box('products')).toBeVisible();
  await box('customers').focus();
  await page.keyboard.press('Enter');
  await expect(box('customers')).toHaveAttribute('aria-current', 'true');
  await page.getByRole('button', { name: 'List' }).press('Enter');
  await expect(page.getByRole('region', { name: 'Neighbourhood as a list' })).toContainText(
    'orders (customer_id) refers to one row of customers; any number of rows of orders for each',
  );
});

test('a schema that changes while it is open says what has vanished and keeps the rest', async ({
  signedIn,
  target,
}) => {
  const hostile = 'Odd "one"\n<img src=x onerror=alert(1)>\u202egpj';
  await target.query(`
    create table shop.for_a_while(id int primary key, note text);
    create table shop.${target.escapeIdentifier(hostile)}(id int);`);
  try {
    const { page } = await signedIn();
    await breakTheGlass(page, SEV1);
    // Names are text, with nothing unseen in them.
    await expect(line(page, 'Odd')).toContainText('Odd "one"␊<img src=x onerror=alert(1)>[U+202E]gpj');
    await line(page, 'Odd').dblclick();
    await section(page, 'Definition').click();
    await expect(page.getByRole('region', { name: 'Definition' })).toContainText('shop."Odd ""one"');
    await expect(page.locator('img')).toHaveCount(0);

    await line(page, 'orders').click();
    await page.keyboard.press('ArrowRight');
    await expect(line(page, 'placed_at')).toBeVisible();
    await line(page, 'for_a_while').dblclick();
    await expect(page.getByRole('row', { name: /^note/ })).toBeVisible();
    await line(page, 'orders').click();
    await target.query('drop table shop.for_a_while; create table shop.new_one(id int)');
    await page.getByRole('button', { name: 'Read the schema again' }).press('Enter');
    await expect(page.locator('.vanished')).toContainText('Not there any more: shop.for_a_while');
    await expect(line(page, 'new_one')).toBeVisible();
    await expect(line(page, 'for_a_while')).toHaveCount(0);
    await expect(line(page, 'placed_at')).toBeVisible();
    await expect(line(page, 'orders')).toHaveAttribute('aria-selected', 'true');
    // The page keeps what it showed, and says that it is old.
    await expect(page.locator('.object-page')).toContainText('It is not in the database any more.');
    await expect(page.getByRole('row', { name: /^note/ })).toBeVisible();

    await target.query('create table shop.for_a_while(id int primary key, other text)');
    await page.getByRole('button', { name: 'Read the schema again' }).press('Enter');
    await page.getByRole('button', { name: 'Open the new one' }).press('Enter');
    await expect(page.getByRole('row', { name: /^other/ })).toBeVisible();
    await expect(page.getByText('It is not in the database any more.')).toHaveCount(0);
  } finally {
    await target.query(`drop table if exists shop.for_a_while, shop.new_one, shop.${target.escapeIdentifier(hostile)}`);
  }
});

test('the editor is used while the schema is read: a statement never waits for it', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await target.query(`do $$ begin for i in 1..3000 loop
    execute format('create table shop.many_%s(id int, a text, b text)', i); end loop; end $$`);
  try {
    await breakTheGlass(page, SEV1);
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.insertText('many_2999');
    expect(await runSql(page, 'select 41 + 1 as answer')).toBe('1 row');
    await expect(line(page, 'many_2999')).toBeVisible();
    // Only the lines in view are drawn.
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.press('Escape');
    await expect(line(page, 'many_1')).not.toHaveCount(0);
    expect(await tree(page).getByRole('treeitem').count()).toBeLessThan(100);
    await tree(page).focus();
    await page.keyboard.press('End');
    await expect(line(page, 'Types')).toBeVisible();
  } finally {
    for (let from = 1; from <= 3000; from += 500)
      await target.query(`do $$ begin for i in ${from}..${from + 499} loop
        execute format('drop table shop.many_%s', i); end loop; end $$`);
  }
});
