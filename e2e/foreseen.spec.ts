/** What the database says to a scope is read in the form, before anything is sent, and by whoever has to approve. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../dev/stack/index.ts';
import { expect, test } from './support/vitrine.ts';

/** A change of the policy that changes nothing: the collector looks at its targets again. */
const touch = (stack: Stack): void =>
  writeFileSync(stack.policyPath, `${readFileSync(stack.policyPath, 'utf8')}# seen\n`);
const SAID = 'Every role on Orders can also read shop.card_tokens';

test('a table that everybody may read is named under the scope, and the request fails closed all the same', async ({
  signedIn,
  stack,
  target,
}) => {
  await target.query('grant select on shop.card_tokens to public');
  try {
    touch(stack);
    await expect
      .poll(() => readFileSync(join(stack.logs, 'collector.log'), 'utf8'), { timeout: 20_000 })
      .toContain('shop.card_tokens');
    const { page } = await signedIn();
    const note = page.getByRole('status', { name: 'What the database says to this' });
    await expect(note).toContainText('This would not open now.');
    await expect(note).toContainText(SAID);
    // Its words are a hint; the activation is what decides.
    await page.getByLabel('Incident').fill('INC-4940');
    await page.getByLabel('Why').fill('Orders stuck in processing since the deploy');
    await page.getByLabel('Why').press('Enter');
    await expect(page.getByText('would not be able to do exactly what the scope says')).toBeVisible();
    await expect(page.getByText('The glass is closed.').first()).toBeVisible();
  } finally {
    await target.query('revoke select on shop.card_tokens from public');
    touch(stack);
  }
});
