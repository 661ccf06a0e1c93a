/**
 * Walks through the gallery as a person does, with keys and clicks, and checks what the screen then says. For work on
 * the renderer alone; the whole product is walked by e2e/.
 *
 *   node renderer/gallery/walk.ts
 */
import assert from 'node:assert/strict';
import { chromium, type Page } from 'playwright';
import { serveGallery } from './serve.ts';

const { origin, stop } = await serveGallery();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
let failed = 0;

async function walk(name: string, scene: string, steps: (page: Page) => Promise<void>): Promise<void> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.setDefaultTimeout(8000);
  try {
    await page.goto(`${origin}/?scene=${scene}&theme=dark`);
    await steps(page);
    assert.deepEqual(errors, []);
    console.log(`ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}: ${error instanceof Error ? error.message.slice(0, 600) : error}`);
  }
  await page.close();
}
/** Calls that the page made, by name. */
const calls = (page: Page, name: string) =>
  page.evaluate(
    (n) =>
      (window as unknown as { gallery: { calls: [string, unknown[]][] } }).gallery.calls
        .filter(([c]) => c === n)
        .map(([, args]) => args),
    name,
  );
const ready = (page: Page) => page.locator('.editor[data-worker=answers]').waitFor({ timeout: 20_000 });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
const text = (page: Page, selector: string) => page.locator(selector).textContent();

await walk('Enter sends the request from a field', 'locked', async (page) => {
  await page.getByLabel('Incident').focus();
  await page.keyboard.press('Enter');
  await page.waitForTimeout(50);
  const [sent] = await calls(page, 'submitRequest');
  assert.deepEqual(sent, [
    {
      target: 'orders',
      scope: 'support-read',
      severity: 'SEV1',
      ticket: 'INC-4711',
      reason: 'Orders stuck in processing since the 11:40 deploy',
      minutes: 30,
      alone: true,
    },
  ]);
});
await walk('A request that is wrong names the fields and goes to the first', 'locked-empty', async (page) => {
  await page.getByRole('button', { name: 'Break the glass' }).click();
  await page.getByText('Which incident is it?').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-field')), 'ticket');
  assert.equal((await calls(page, 'submitRequest')).length, 0);
});
await walk('The severity is chosen with the arrow keys and changes what is said', 'locked', async (page) => {
  await page.getByRole('radio', { name: /SEV1/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Ask for approval' }).waitFor();
  await page.getByText('Somebody has to approve first').waitFor();
});
await walk('The database is picked by keyboard', 'locked', async (page) => {
  await page.getByLabel('Database').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByLabel('Database').getByText('Billing').first().waitFor();
  assert.equal((await calls(page, 'submitRequest')).length, 0);
});
await walk('Ctrl+Enter runs the current statement, and only that', 'live-empty', async (page) => {
  await ready(page);
  await page.locator('.monaco-editor .view-line').nth(8).click();
  await page.keyboard.press('Control+Enter');
  await page.locator('.result-title', { hasText: '37 rows' }).waitFor();
  const [run] = await calls(page, 'runSql');
  assert.deepEqual(run, [{ tab: 'a', text: 'select status, count(*) from shop.orders group by 1', confirmed: false }]);
});
await walk('F5 runs everything', 'live-empty', async (page) => {
  await ready(page);
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('F5');
  await page.locator('.result-bar').waitFor();
  const [run] = (await calls(page, 'runSql')) as [[{ text: string }]];
  assert.match(run[0].text, /^-- INC[\s\S]*group by 1;\n$/);
});
await walk('Typing is saved, and shows the mark of the statement', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('tab', { name: 'scratch' }).click();
  await page.keyboard.type('select 42');
  await page.locator('.statement-margin').waitFor();
  await page.waitForTimeout(400);
  const texts = (await calls(page, 'saveText')) as [{ id: string; text: string }][];
  assert.deepEqual(texts.at(-1), [{ id: 'b', text: 'select 42' }]);
  const indexes = (await calls(page, 'saveTabs')) as [{ active: string }][];
  assert.equal(indexes.at(-1)?.[0].active, 'b');
});
await walk('Escape asks to cancel what runs', 'running', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: /Cancel/ }).waitFor();
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(100);
  assert.equal((await calls(page, 'cancelSql')).length, 1);
});
await walk('Handing back while a statement runs is asked about first', 'running', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: /Cancel/ }).waitFor();
  await page.getByRole('button', { name: 'Hand back' }).click();
  await page.getByRole('dialog').getByText('still running').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal((await calls(page, 'handBack')).length, 0);
});
await walk('Handing back in peace is one click, and the page says that it closes', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Hand back' }).click();
  await page.getByText('Closing the connection…').waitFor();
  assert.match(await page.title(), /^Closing/);
});
await walk('The grid is walked by keys and copies a range', 'live', async (page) => {
  await ready(page);
  await page.getByRole('gridcell').first().waitFor();
  await page.getByRole('grid').focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowRight', 'Control+c'])
    await page.keyboard.press(key);
  await page.getByText('Copied 2 rows').first().waitFor();
  const [[copied]] = (await calls(page, 'copyRows')) as [[Record<string, unknown>]];
  assert.deepEqual(
    { ...copied, result: '' },
    {
      result: '',
      arrangement: null,
      columns: [0, 1, 2, 3, 4, 5],
      top: 1,
      bottom: 2,
      left: 1,
      right: 2,
      as: 'tsv',
    },
  );
  const active = await page.getByRole('grid').getAttribute('aria-activedescendant');
  assert.equal(await page.evaluate((id) => document.getElementById(id ?? '')?.textContent, active), 'Li Na');
});
await walk('Enter looks closely at one value, and copies it whole', 'value-parts', async (page) => {
  await ready(page);
  await page.getByRole('gridcell').first().waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'A closer look' });
  await panel.getByText('of 105 MB').waitFor();
  await panel.getByRole('button', { name: 'Copy value' }).press('Enter');
  const [[copied]] = (await calls(page, 'copyRows')) as [[Record<string, unknown>]];
  assert.deepEqual({ ...copied, result: '' }, { result: '', top: 1, bottom: 1, left: 0, right: 0, as: 'tsv' });
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'grid');
});
await walk('A result is exported by keyboard alone', 'export', async (page) => {
  await ready(page);
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+S');
  await page.getByRole('radio', { name: 'CSV' }).waitFor();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await page.keyboard.press('Tab');
  await page.keyboard.type('shop.copy');
  await page.keyboard.press('Enter');
  await page.getByText('is written').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const [[wish]] = (await calls(page, 'startExport')) as [[Record<string, unknown>]];
  assert.deepEqual(
    { ...wish, result: '' },
    { result: '', format: 'insert', source: 'kept', delimiter: ',', table: 'shop.copy' },
  );
  await page.getByRole('button', { name: 'Show in folder' }).press('Enter');
  assert.equal((await calls(page, 'showExport')).length, 1);
});
await walk('A capped result offers to run again, or only what is kept', 'export-again', async (page) => {
  await ready(page);
  await page.getByRole('radio', { name: /Only the 200,000 rows/ }).check();
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  await page.waitForTimeout(100);
  const [[wish]] = (await calls(page, 'startExport')) as [[Record<string, unknown>]];
  assert.equal(wish.source, 'kept');
});
await walk('Escape cancels the newest export, and its card says so', 'exporting', async (page) => {
  await ready(page);
  await page.getByText('1,900').or(page.getByText('47,895 rows/s')).first().waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(100);
  assert.deepEqual(await calls(page, 'cancelExport'), [['r0000000000000000000053']]);
});
await walk('A grant without exports says why', 'export-off', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Export…' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Export…' }).getAttribute('aria-disabled'), 'true');
  await page.keyboard.press('Control+Shift+S');
  await page.getByText('does not allow results to be written').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
});
await walk('The last of a million rows is one key away', 'million', async (page) => {
  await ready(page);
  await page.getByRole('gridcell').first().waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+End');
  await page.locator('.grid-number', { hasText: /^1000000$/ }).waitFor();
  await page.locator('.grid-cell.focus').waitFor();
});
await walk('Ctrl+K searches, and Enter puts a name into the editor', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('tab', { name: 'scratch' }).click();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('placed');
  await page.keyboard.press('Enter');
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.locator('.monaco-editor .view-line', { hasText: 'placed_at' }).waitFor();
});
await walk(
  'A tab is renamed by double click, and one that was closed comes back with its text',
  'live-empty',
  async (page) => {
    await ready(page);
    await page.getByRole('tab', { name: 'scratch' }).dblclick();
    await page.getByLabel('Name of the tab').fill('numbers');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'numbers' }).waitFor();
    await page.getByRole('tab', { name: 'stuck orders.sql' }).focus();
    await page.keyboard.press('Delete');
    await page.getByRole('tab', { name: 'stuck orders.sql' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+T');
    await page.getByRole('tab', { name: 'stuck orders.sql', selected: true }).waitFor();
    await page.locator('.view-line', { hasText: 'INC-4711' }).waitFor();
  },
);
await walk('An error leads to its place', 'error', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Go to the place' }).click();
  await page.locator('.squiggly-error').waitFor();
  assert.match((await text(page, '.status')) ?? '', /Ln 2, Col 14/);
});
await walk('A dangerous statement runs only when it was confirmed', 'confirm', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Run it anyway' }).click();
  await page.waitForTimeout(100);
  const runs = (await calls(page, 'runSql')) as [{ confirmed: boolean }][];
  assert.deepEqual(
    runs.map(([run]) => run.confirmed),
    [false, true],
  );
});
await walk('Data with markup and names with nothing in them are only text', 'hostile', async (page) => {
  await ready(page);
  await page.getByRole('columnheader', { name: '<img src=x onerror=alert(1)>' }).waitFor();
  assert.equal(await page.locator('.grid img').count(), 0);
});
await walk(
  'The local port is opened, used and closed by keys, and the focus goes back to the editor',
  'port-walk',
  async (page) => {
    await ready(page);
    await page.locator('.monaco-editor .view-line').first().click();
    await page.keyboard.press('Control+Shift+D');
    await page.getByRole('dialog', { name: 'Local port' }).waitFor();
    assert.equal(await focused(page), 'Open');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is connected. Paste the connection string into your tool.').waitFor();
    assert.equal(await focused(page), 'Copy connection string');
    await page.keyboard.press('Enter');
    await page.getByText('is on the clipboard').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Disconnect psql' }).waitFor();
    await page.getByText('psql is connected through the local port.').waitFor();
    await page.getByRole('button', { name: 'Disconnect psql' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is connected.').waitFor();
    // Its button is gone; the keys still belong to the panel.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.closest('.editor') !== null), true);
    assert.deepEqual(await calls(page, 'copyPort'), [['uri']]);
    assert.equal((await calls(page, 'cancelSql')).length, 0);
  },
);
await walk(
  'A tool with an open transaction is asked about, and so are tools when the port closes',
  'port-tools',
  async (page) => {
    await page.getByRole('dialog', { name: 'Local port' }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Disconnect DBeaver' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('A transaction is open; what it has done is rolled back.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Disconnect' }).waitFor({ state: 'detached' });
    assert.match((await focused(page)) ?? '', /Disconnect/);
    await page.getByRole('button', { name: 'Close port…' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByText('3 tools will be disconnected: psql, DBeaver 25.3 and pgcli. An open transaction rolls back.')
      .waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Open', exact: true }).waitFor();
    assert.deepEqual((await calls(page, 'disconnectClient')).length, 0);
    assert.equal((await calls(page, 'closePort')).length, 1);
  },
);
await walk(
  'A click outside closes the panel, the shortcut opens and closes it, and runs nothing',
  'port-empty',
  async (page) => {
    const panel = page.getByRole('dialog', { name: 'Local port' });
    await panel.waitFor({ timeout: 20_000 });
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Shift+D');
    await panel.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+Shift+D');
    await panel.waitFor();
    await page.locator('.monaco-editor .view-line').first().click();
    await panel.waitFor({ state: 'detached' });
    assert.equal((await calls(page, 'runSql')).length, 0);
  },
);
await walk('The theme is changed from the menu', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: /Settings/ }).click();
  await page.getByRole('menuitemradio', { name: 'Light' }).click();
  await page.locator('html[data-theme=light]').waitFor();
  const [saved] = (await calls(page, 'saveSettings')) as [[{ theme: string }]];
  assert.equal(saved[0].theme, 'light');
});

await walk('Keys commit, roll back and change the mode, wherever the focus is', 'live-write', async (page) => {
  await ready(page);
  await page.locator('.monaco-editor .view-line').first().click();
  await page.keyboard.press('Control+Shift+m');
  await page.getByRole('dialog').getByText('Switch to auto-commit?').waitFor();
  await page.keyboard.press('Control+Shift+y');
  await page.keyboard.press('Escape');
  assert.equal((await calls(page, 'endTransaction')).length, 0);
  await page.keyboard.press('Control+Shift+y');
  await page.getByText('No open transaction').waitFor();
  assert.deepEqual(await calls(page, 'endTransaction'), [['commit']]);
  await page.getByRole('grid').or(page.locator('.result-done')).first().click();
  await page.keyboard.press('Control+Shift+m');
  await page.getByRole('button', { name: 'Transactions: Auto-commit' }).waitFor();
  // Nothing is open any more: the keys do nothing.
  await page.keyboard.press('Control+Shift+b');
  assert.equal((await calls(page, 'endTransaction')).length, 1);
});
await walk('A failed transaction can only be rolled back', 'tx-failed', async (page) => {
  await ready(page);
  await page.keyboard.press('Control+Shift+y');
  assert.equal(await page.getByRole('button', { name: 'Commit', exact: true }).isDisabled(), true);
  await page.getByRole('button', { name: 'Hand back' }).click();
  await page.getByRole('dialog').getByText('it can only be rolled back').waitFor();
  assert.equal(
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Commit/ })
      .count(),
    0,
  );
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+b');
  await page.getByText('No open transaction').waitFor();
  assert.deepEqual(await calls(page, 'endTransaction'), [['rollback']]);
});
await walk('The mode is chosen from its menu by keyboard', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Transactions: Auto-commit' }).focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Transactions: Manual' }).waitFor();
});
await walk('A cancel that is not confirmed offers to let the connection go', 'cancel-unconfirmed', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: 'Close the connection…' }).press('Enter');
  await page.getByRole('dialog').getByText('said as soon as it is known').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close the connection' }).press('Enter');
  await page.waitForTimeout(50);
  assert.equal((await calls(page, 'reconnect')).length, 1);
});
await walk('What is said to all tabs stays until it is read', 'lost', async (page) => {
  await ready(page);
  await page.getByRole('alert').getByText('the open transaction was rolled back').waitFor();
  await page.getByRole('tab', { name: 'scratch' }).click();
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await page.locator('.messages').waitFor({ state: 'detached' });
  assert.deepEqual(await calls(page, 'dismissMessage'), [[1]]);
});
await walk('The statement timeout is set in the settings, and only to whole seconds', 'live-empty', async (page) => {
  await ready(page);
  await page.getByRole('button', { name: /Settings/ }).press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.waitFor();
  const field = settings.getByLabel('Statement timeout').first();
  await field.fill('1.5');
  await page.keyboard.press('Tab');
  await page.getByRole('alert').getByText('A whole number from 1 to 86,400').waitFor();
  assert.equal((await calls(page, 'saveSettings')).length, 0);
  await field.fill('30');
  await page.keyboard.press('Escape');
  await settings.waitFor({ state: 'detached' });
  const saved = (await calls(page, 'saveSettings')) as [{ statement_timeout_s: number }][];
  assert.equal(saved.at(-1)?.[0].statement_timeout_s, 30);
});
await walk('The settings are searched, reset and brought back by keyboard', 'settings-own', async (page) => {
  await page.getByRole('heading', { name: 'Break the glass' }).waitFor();
  await page.keyboard.press('Control+,');
  await page.keyboard.type('font');
  await page.getByRole('button', { name: 'Reset Font size' }).press('Enter');
  await page.getByLabel('Font size').and(page.locator('[value="13"]')).waitFor();
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.getByLabel('Font size').and(page.locator('[value="15"]')).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});
await walk('Somebody who wants to quit is asked, and may stay', 'live-write', async (page) => {
  await ready(page);
  await page.evaluate(() => (window as unknown as { gallery: { command(c: string): void } }).gallery.command('quit'));
  await page.getByRole('dialog').getByText('Quitting hands back').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(50);
  assert.deepEqual(await calls(page, 'quit'), [[false]]);
});

await browser.close();
await stop();
console.log(failed === 0 ? 'every walk ended well' : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
