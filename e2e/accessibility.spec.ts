/** Every screen of the real app under axe, in both themes, and the glass's state in a live region. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { completeSignIn } from './support/desk.ts';
import {
  breakTheGlass,
  everyRecordArrived,
  finished,
  lockKey,
  runSql,
  signIn,
  startSql,
  typeSql,
} from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

/** What axe finds, one line each. Monaco's own insides are Monaco's: its editor is labelled, and that is checked. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('.monaco-editor').analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** In both themes, chosen as a person does; `open` shows a dialog on top of the screen. */
async function clean(page: Page, screen: string, open?: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    await page.keyboard.press('ControlOrMeta+Shift+p');
    const name = theme === 'dark' ? 'Dark theme' : 'Light theme';
    await page.keyboard.type(name);
    if ((await page.locator('html').getAttribute('data-theme')) === theme) await page.keyboard.press('Escape');
    else await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expect(page.getByRole('dialog', { name: 'Commands' })).toHaveCount(0);
    if (open !== undefined) {
      await page.keyboard.press(open);
      await page.getByRole('dialog').waitFor();
    }
    expect(await findings(page), `${screen}, ${theme}`).toEqual([]);
    if (open !== undefined) await page.keyboard.press('Escape');
  }
}

test('no screen has an accessibility violation, and the glass says its state', async ({ launch, stack, desk }) => {
  test.slow();
  const { page, opened } = await launch({ env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await page.getByRole('button', { name: 'Lock the key' }).waitFor();
  await clean(page, 'choose a passphrase');
  await lockKey(page);
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await clean(page, 'signed out');
  const browser = await desk();
  await signIn(page, opened, (url) => completeSignIn(browser.page, url, 'Amira Haddad'));
  await clean(page, 'request form');
  await expect(page.getByRole('status').filter({ hasText: 'The glass is closed' })).toBeVisible();

  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4740' });
  await clean(page, 'live, nothing run');
  await expect(page.getByRole('timer')).toHaveAccessibleName(/left, until \d\d:\d\d UTC/);
  await runSql(page, 'select * from shop.orders limit 50');
  await clean(page, 'live, rows');
  await clean(page, 'palette', 'ControlOrMeta+Shift+p');
  await clean(page, 'keys', 'Shift+F1');
  await clean(page, 'export', 'ControlOrMeta+Shift+s');
  await runSql(page, 'select 1; select * from shop.card_tokens', { all: true });
  await clean(page, 'live, two results and an error');
  await startSql(page, 'select pg_sleep(30)');
  await clean(page, 'live, running');
  await page.keyboard.press('ControlOrMeta+.');
  await finished(page);
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await everyRecordArrived(page);
  await clean(page, 'handed back');
});

test('saved queries and the quick pick have none either', async ({ signedIn }) => {
  test.slow();
  const { page } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4741' });
  await page.keyboard.press('ControlOrMeta+3');
  await clean(page, 'nothing saved');
  await runSql(page, 'select * from shop.orders where id = 4711');
  await clean(page, 'saving a query', 'ControlOrMeta+s');
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('dialog').getByLabel('Name').fill('One order');
  await page.getByRole('dialog').getByLabel('Folder').fill('Incidents');
  await page.keyboard.press('Enter');
  await expect(page.locator('.link-bar')).toContainText('as saved');
  await clean(page, 'saved queries');
  await typeSql(page, 'select 2');
  await clean(page, 'a tab that differs from what is saved');
  await clean(page, 'quick pick', 'ControlOrMeta+p');
});

test('the settings have no accessibility violation, before a grant and over one', async ({ signedIn }) => {
  test.slow();
  const { page } = await signedIn();
  await clean(page, 'settings, locked', 'ControlOrMeta+,');
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4742' });
  await clean(page, 'settings, live', 'ControlOrMeta+,');
});
