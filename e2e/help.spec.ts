/** Commands and help, by keyboard alone. */
import { breakTheGlass, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const PALETTE = 'ControlOrMeta+Shift+p';

test('every command is found by name, and its key is on one page', async ({ signedIn }) => {
  const { page } = await signedIn();
  // Before the glass is open there are fewer of them.
  await page.keyboard.press(PALETTE);
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette.getByRole('option', { name: /Run everything/ })).toHaveCount(0);
  await page.keyboard.type('light');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.keyboard.press('F1');
  await page.keyboard.type('dark th');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4731' });
  await runSql(page, 'select 1 as one;\nselect 2 as two;');
  await expect(page.locator('.result-bar')).toContainText('1 row');
  await page.keyboard.press(PALETTE);
  await page.keyboard.type('run every');
  await expect(palette.getByRole('option').first()).toHaveText(/Run everything in this tab/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: /1 row/ })).toHaveCount(2);
  // The focus is where it was: in the editor, which can do things of its own.
  await page.keyboard.press(PALETTE);
  await page.keyboard.type('comment the line');
  await page.keyboard.press('Enter');
  await expect(page.locator('.editor .view-lines')).toContainText('-- select');

  await page.keyboard.press('Shift+F1');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByRole('searchbox').fill('hand back');
  await expect(keys.getByRole('term')).toHaveText(['Hand back: close the glass']);
  await page.keyboard.press('Escape');
  await expect(keys).toHaveCount(0);
});

test('an error says what helps, a tour shows the window, and diagnostics hold no secret (I7)', async ({
  signedIn,
}, info) => {
  const app = await signedIn();
  const { page } = app;
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4732', reason: 'a reason that stays here' });

  await page.getByRole('button', { name: /Look around/ }).press('Enter');
  const tour = page.getByRole('dialog', { name: /./ });
  for (const title of ['The glass', 'What you may see', 'Your statements', 'Results', 'Other tools', 'Hand back']) {
    await expect(tour.getByRole('heading')).toContainText(title);
    await page.keyboard.press('Enter');
  }
  await expect(tour).toHaveCount(0);

  await runSql(page, 'select * from shop.card_tokens');
  await page.getByRole('button', { name: 'What helps?' }).press('Enter');
  await expect(page.getByRole('dialog').getByRole('article').first()).toContainText('Not allowed');
  await page.keyboard.press('Escape');

  await page.keyboard.press(PALETTE);
  await page.keyboard.type('about');
  await page.keyboard.press('Enter');
  const about = page.getByRole('dialog', { name: 'About Vitrine' });
  await expect(about).toContainText(/Version 0\.1\.0, build [0-9a-f]{10}/);
  await expect(about.getByText('monaco-editor')).toBeVisible();
  await expect(about.locator('.diagnostics')).toContainText('phase: live');
  const text = await about.locator('.diagnostics').innerText();
  expect(text).not.toMatch(/a reason that stays|card_tokens|Amira|INC-4732|password/i);
  await about.getByRole('button', { name: 'Copy diagnostics' }).press('Enter');
  await expect(about.getByRole('status')).toContainText('Copied');
  if (info.project.name !== 'electron') expect(app.copied.at(-1)?.trim()).toBe(text.trim());
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+Shift+h');
});
