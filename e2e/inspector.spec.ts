/** A closer look at values and rows, by keyboard: pictures, bytes, long texts, NULL, arrays, JSON, the row as a form. */
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { breakTheGlass, finished, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const grid = (page: Page) => page.getByRole('grid');
const panel = (page: Page) => page.getByRole('complementary', { name: 'A closer look' });
async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** A grey picture of that size, as hex. */
function png(width: number, height: number): string {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8);
  const lines = Buffer.alloc(height * (width + 1), 0x80);
  for (let line = 0; line < height; line++) lines[line * (width + 1)] = 0;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]).toString('hex');
}

test('bytes are hex and pictures, each of the row that is looked at', async ({ signedIn }) => {
  const { page, copied } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4770' });
  await runSql(
    page,
    `select photo, raw from (values ('\\x${png(8, 4)}'::bytea, decode(repeat('0001feff', 5000), 'hex')),
      ('\\x${png(5, 9)}', '\\x'), (null, '\\x00')) as t(photo, raw)`,
  );
  await grid(page).focus();
  await press(page, 'Enter');
  const picture = panel(page).getByRole('img');
  await expect(picture).toHaveAccessibleName('PNG, 8 × 4');
  const size = () => picture.evaluate((canvas) => [canvas.getAttribute('width'), canvas.getAttribute('height')]);
  await expect.poll(size).toEqual(['8', '4']);
  await press(page, 'ArrowDown');
  await expect(picture).toHaveAccessibleName('PNG, 5 × 9');
  await expect.poll(size).toEqual(['5', '9']);
  await press(page, 'ArrowDown');
  await expect(panel(page).getByText('NULL', { exact: true })).toBeVisible();
  await press(page, 'ArrowRight', 'ArrowUp');
  await expect(panel(page)).toContainText('No bytes, and not NULL.');

  await press(page, 'ArrowUp');
  const bytes = panel(page).getByRole('group', { name: 'Bytes: offset, hex, text' });
  await expect(bytes).toContainText(/^0*0\s+00 01 fe ff/);
  await panel(page).getByRole('button', { name: 'Next part' }).press('Enter');
  await expect(bytes).toContainText(/^0*2000\s/);
  await panel(page).getByLabel('Go to an offset, decimal or 0x').fill('0x4e2f');
  await press(page, 'Enter');
  await expect(bytes).toContainText('fe ff');
  await panel(page).getByLabel('Go to an offset, decimal or 0x').fill('0x4e20');
  await expect(panel(page)).toContainText('up to 0x4e1f');
  await panel(page).getByRole('button', { name: 'Copy value' }).press('Enter');
  await expect.poll(() => copied.at(-1)?.length).toBe(2 + 40_000);
});

test('a long value is paged through to its end and back, the focus staying', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4771' });
  await runSql(
    page,
    `select string_agg('line ' || i || ' ü', chr(10) order by i) as log from generate_series(1, 8000) i`,
  );
  await grid(page).focus();
  await press(page, 'Enter');
  const lines = panel(page).getByRole('list', { name: 'Lines of the value' });
  await expect(lines.getByRole('listitem').first()).toHaveText('line 1 ü');
  const next = panel(page).getByRole('button', { name: 'Next part' });
  await next.focus();
  for (let parts = 0; (await next.getAttribute('aria-disabled')) !== 'true'; parts++) {
    expect(parts).toBeLessThan(8);
    const before = await panel(page).locator('.pager').innerText();
    await press(page, 'Enter');
    await expect(panel(page).locator('.pager')).not.toHaveText(before);
  }
  await expect(lines.getByRole('listitem').last()).toHaveText('line 8000 ü');
  await expect(next).toBeFocused();
  const before = panel(page).getByRole('button', { name: 'Part before' });
  await before.focus();
  for (let n = 0; n < 2; n++) await press(page, 'Enter');
  await expect(lines.getByRole('listitem').first()).toHaveText('line 1 ü');
  await expect(before).toBeFocused();
});

test('NULL, empty, arrays and JSON are told apart, and a JSON tree is walked and copied by keyboard', async ({
  signedIn,
}) => {
  const { page, copied } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4772' });
  await runSql(
    page,
    `select null::text as nothing, '' as empty, 'NULL' as word, '{}'::int[] as none, '[2:3]={a,""}'::text[] as two,
      '{"a": {"deep": [1, "x y"]}, "b": null}'::jsonb as doc`,
  );
  await grid(page).focus();
  await press(page, 'Enter');
  await expect(panel(page).locator('.value-null')).toHaveText('NULL');
  await press(page, 'ArrowRight');
  await expect(panel(page)).toContainText('An empty text: no characters, and not NULL.');
  await press(page, 'ArrowRight');
  await expect(panel(page).getByRole('listitem')).toHaveText('NULL');
  await expect(panel(page).locator('.value-null')).toHaveCount(0);
  await press(page, 'ArrowRight');
  await expect(panel(page)).toContainText('An empty array, and not NULL.');
  await press(page, 'ArrowRight');
  await expect(panel(page).locator('.array-line')).toHaveText(['[2]a', '[3](empty)']);

  await press(page, 'ArrowRight');
  const tree = panel(page).getByRole('tree');
  await tree.focus();
  const on = tree.locator('[aria-selected=true]');
  await press(page, 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown');
  await expect(on).toHaveText(/"x y"/);
  await press(page, 'ControlOrMeta+c');
  await expect.poll(() => copied.at(-1)).toBe('x y');
  await panel(page).getByRole('button', { name: 'Copy path' }).press('Enter');
  await expect.poll(() => copied.at(-1)).toBe('$.a.deep[1]');
  await tree.focus();
  await press(page, 'ArrowLeft', 'ArrowLeft');
  await expect(on).toHaveAttribute('aria-expanded', 'false');
  await press(page, 'End');
  await expect(on).toContainText('null');
  await press(page, 'Home');
  await expect(on).toHaveAttribute('aria-level', '1');
});

test('the row as a form is walked in the order that is shown, copied, and follows foreign keys', async ({
  signedIn,
}) => {
  const { page, copied } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4773' });
  await runSql(
    page,
    'select id, customer_id, null::text as note from shop.orders where id between 11 and 13 order by id',
  );
  await grid(page).focus();
  await press(page, 'Home', 'Alt+ArrowDown');
  await expect(page.locator('.grid-foot')).toContainText('Sorted here by id ↓');
  await press(page, 'Alt+Shift+Enter');
  const form = panel(page).getByLabel('Columns of the row');
  const fields = form.locator('dd');
  await expect(fields.first()).toHaveText('13');
  await expect(fields.last()).toHaveText('NULL');
  await expect(panel(page).getByRole('button', { name: 'Row before' })).toHaveAttribute('aria-disabled', 'true');
  // Row by row, as they are sorted; the focus stays where it is.
  await form.focus();
  await press(page, 'PageDown');
  await expect(fields.first()).toHaveText('12');
  const next = panel(page).getByRole('button', { name: 'Next row' });
  await next.press('Enter');
  await expect(fields.first()).toHaveText('11');
  await expect(next).toHaveAttribute('aria-disabled', 'true');
  await expect(next).toBeFocused();

  await form.focus();
  await press(page, 'End', 'ArrowUp');
  await expect(form.locator('.on dt button')).toHaveText('customer_id');
  const customer = await fields.nth(1).innerText();
  await press(page, 'ControlOrMeta+c');
  await expect.poll(() => copied.at(-1)).toBe(customer);
  await panel(page).getByRole('button', { name: 'Copy as JSON' }).press('Enter');
  await expect
    .poll(() => JSON.parse(copied.at(-1) ?? ''))
    .toEqual([{ id: 11, customer_id: Number(customer), note: null }]);
  await panel(page).getByRole('button', { name: 'Copy as INSERT' }).press('Enter');
  await expect
    .poll(() => copied.at(-1))
    .toMatch(/^insert into "shop"\."orders" \("id", "customer_id", "note"\) values\s+\(11, \d+, null\);$/i);
  await panel(page).getByLabel('Filter columns by name').fill('NOTE');
  await expect(fields).toHaveText(['NULL']);
  await panel(page).getByLabel('Filter columns by name').fill('');

  // From the form along the foreign key of the marked column.
  await form.focus();
  await expect(panel(page).getByRole('button', { name: /shop\.customers/ })).toBeVisible();
  await press(page, 'F9');
  await expect(page.getByRole('tab', { name: 'customers', exact: true })).toHaveAttribute('aria-selected', 'true');
  await finished(page);
  await expect(page.getByRole('gridcell', { name: customer, exact: true })).toBeVisible();
});

test('a name and a pin stay through a restart of the run; two results stand side by side', async ({ signedIn }) => {
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4774' });
  const tabs = page.getByRole('tablist', { name: 'Results' }).getByRole('tab');
  await runSql(page, 'select 1 as id, now() - now() as gap');
  await press(page, 'ControlOrMeta+Alt+r');
  await page.keyboard.insertText('first');
  await press(page, 'Enter');
  await press(page, 'ControlOrMeta+Alt+p');
  await expect(tabs).toHaveText(['first · 1 row']);
  // The same text runs again: what was pinned keeps its name, the new one has none.
  await page.locator('.editor .view-lines').first().click();
  await press(page, 'ControlOrMeta+Enter');
  await expect(tabs).toHaveText(['first · 1 row', '1 row']);
  await press(page, 'ControlOrMeta+Enter');
  await expect(tabs).toHaveText(['first · 1 row', '1 row']);
  // A connection that is given up takes no result with it.
  await press(page, 'ControlOrMeta+Shift+p');
  await page.keyboard.insertText('Close the connection');
  await press(page, 'Enter');
  await expect(page.getByText(/Connected/).first()).toBeVisible();
  await expect(tabs).toHaveText(['first · 1 row', '1 row']);
  await press(page, 'ControlOrMeta+Alt+c');
  const comparison = page.getByRole('region', { name: 'Comparison' });
  await expect(comparison.getByRole('status')).toContainText('No difference: 1 row');
  await expect(comparison.getByRole('region', { name: /^Left: first/ })).toBeVisible();
});
