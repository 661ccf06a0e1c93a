/** Sealing and opening an offline envelope as people do it: two approvers at the collector's page, an engineer at the app. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** SEV1 may be sealed, and reviewers may confirm: the embedded stack has three people. Takes effect at once. */
export function allowEnvelopes(policyPath: string): void {
  const policy = readFileSync(policyPath, 'utf8');
  const approvers = policy.replace(
    /approver: \[\s*incident-commanders\s*\]/,
    'approver: [incident-commanders, security]',
  );
  const wanted = approvers.includes('offline:')
    ? approvers
    : approvers.replace(
        /( +)alone: true\n +review_hours: 24\n/,
        (all, space: string) => `${all}${space}offline: { scopes: [support-read], minutes: 15, days: 7 }\n`,
      );
  writeFileSync(policyPath, wanted);
}

/** On the page of envelopes: asks for one for the only device that is offered for this person. */
export async function askForEnvelope(page: Page, holder: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Seal an envelope…' }).click();
  const dialog = page.getByRole('dialog');
  const device = dialog.getByLabel('For which device');
  const options = await device.locator('option').allInnerTexts();
  await device.selectOption({ index: options.findIndex((option) => option.startsWith(holder)) });
  await dialog.getByLabel('Reason').fill(reason);
  await page.keyboard.press('ControlOrMeta+Enter');
  await dialog.waitFor({ state: 'detached' });
}

/** Confirms the envelope that waits; answers with the opening key, which is shown once. */
export async function confirmEnvelope(page: Page, picture?: () => Promise<void>): Promise<string> {
  await page
    .getByRole('button', { name: /^Confirm the envelope/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Confirm and seal' }).click();
  const key = await page.getByRole('dialog').getByLabel('Opening key').innerText();
  await picture?.();
  await page.getByLabel('I have kept it').check();
  await page.getByRole('button', { name: 'Done' }).click();
  return key.trim();
}

/** In the app: from the list of envelopes to the challenge. */
export async function challenge(page: Page): Promise<string> {
  await page.getByRole('dialog').getByRole('button', { name: 'Open…' }).first().press('Enter');
  const shown = page.getByRole('dialog').getByLabel('Challenge');
  await shown.filter({ hasText: /^\w{5}$/ }).waitFor();
  return shown.innerText();
}
