/** Completion, hover and signature help as a person meets them, by keyboard, on the production bundles and a real PostgreSQL. */
import type { Page } from '@playwright/test';
import { breakTheGlass } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const suggestions = (page: Page) => page.locator('.suggest-widget.visible .monaco-list-row');
/** The text of the tab, as it stands. */
const text = async (page: Page): Promise<string> =>
  (await page.locator('.editor .view-line').allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');

/** Clears the tab and types; what is offered depends on the last letters. */
async function type(page: Page, sql: string): Promise<void> {
  // What is offered would cover the place to click on.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page
    .locator('.editor .view-lines')
    .first()
    .click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(sql.slice(0, -3));
  await page.keyboard.type(sql.slice(-3));
}
/** The names of the database arrive a moment after the editor. */
async function namesKnown(page: Page): Promise<void> {
  await expect(async () => {
    await type(page, 'select * from shop.');
    await expect(suggestions(page).filter({ hasText: 'orders' })).not.toHaveCount(0, { timeout: 1000 });
  }).toPass({ timeout: 20_000 });
}

test('offers what fits and puts it in: a column, a join along a foreign key, its condition, a function', async ({
  signedIn,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await namesKnown(page);

  await type(page, 'select o. from shop.orders o');
  for (let n = 0; n < ' from shop.orders o'.length; n++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('st');
  await expect(suggestions(page).first()).toContainText('status');
  await expect(suggestions(page).first()).toContainText('order_status');
  await page.keyboard.press('Enter');
  await expect.poll(() => text(page)).toBe('select o.status from shop.orders o');

  await type(page, 'select * from shop.orders o join pay');
  await expect(suggestions(page).first()).toContainText('payments p on p.order_id = o.id');
  await page.keyboard.press('Enter');
  await expect.poll(() => text(page)).toBe('select * from shop.orders o join payments p on p.order_id = o.id');

  await type(page, 'SELECT * FROM shop.orders o JOIN shop.shipments s ON ');
  await expect(suggestions(page).first()).toContainText('s.order_id = o.id');
  await page.keyboard.press('Enter');
  await expect.poll(() => text(page)).toBe('SELECT * FROM shop.orders o JOIN shop.shipments s ON s.order_id = o.id');

  await type(page, 'select date_tr');
  await expect(suggestions(page).first()).toContainText('date_trunc');
  await page.keyboard.press('Enter');
  await expect(page.locator('.parameter-hints-widget.visible')).toContainText('date_trunc(text, ');
  await page.keyboard.type("'day', ");
  await expect(page.locator('.parameter-hints-widget .parameter.active')).not.toHaveText('text');
  await page.keyboard.press('Escape');
  await expect.poll(() => text(page)).toContain("select date_trunc('day', )");
});

test('a table outside the grant comes last and says so', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await namesKnown(page);
  await type(page, 'select * from shop.c');
  await expect(suggestions(page).first()).toContainText('customers');
  await expect(suggestions(page).filter({ hasText: 'card_tokens' })).toContainText('not in this grant');
});

test('hover tells type, comment and what the grant allows, as text', async ({ signedIn, target }) => {
  await target.query("comment on column shop.orders.currency is 'ISO 4217 <img src=x> [see](https://vitrine.example)'");
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await namesKnown(page);
  await type(page, 'select currency from shop.orders');
  await page.keyboard.press('Escape');
  await page
    .locator('.editor .view-line')
    .first()
    .hover({ position: { x: 75, y: 10 } });
  const hover = page.locator('.monaco-hover:visible');
  await expect(hover).toContainText('shop.orders.currency character(3) not null');
  await expect(hover).toContainText('ISO 4217 <img src=x> [see](https://vitrine.example)');
  await expect(hover).toContainText('This grant may read it.');
  await expect(hover.locator('a[href], img')).toHaveCount(0);
});

test('a table that was made meanwhile is offered once the schema is read again', async ({ signedIn, target }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  await namesKnown(page);
  await target.query('create table shop.zebra (stripe int)');
  try {
    await page.getByRole('button', { name: 'Read the schema again' }).press('Enter');
    await expect(async () => {
      await type(page, 'select * from zeb');
      await expect(suggestions(page).filter({ hasText: 'zebra' })).toContainText('not in this grant', {
        timeout: 1000,
      });
    }).toPass({ timeout: 15_000 });
  } finally {
    await target.query('drop table shop.zebra');
  }
});
