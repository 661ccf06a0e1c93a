/** Two people at two apps: one asks, the other answers from inside theirs, whatever they are doing there. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parseDocument } from 'yaml';
import type { Stack } from '../dev/stack/index.ts';
import { readRecords, setPolicy } from './support/collector.ts';
import { completeSignIn, visit } from './support/desk.ts';
import { breakTheGlass, editorReady, fillRequest, openKey, runSql } from './support/engineer.ts';
import type { Vitrine } from './support/launch.ts';
import { test as base, expect, SEV1 } from './support/vitrine.ts';

const STRONG = 'urn:vitrine:acr:strong';

const decisionsOn = (stack: Stack, ticket: string) =>
  readRecords<Record<string, unknown>>(
    stack,
    "select line from ledger_entries where typ = 'decision' and gid = (select id from grants where doc->>'ticket' = $1)",
    [ticket],
  );
/** Incident commanders are on call too; SEV2 asks approvers for a strong sign-in. */
const test = base.extend<{ rules: undefined; approver(): Promise<Vitrine> }>({
  rules: [
    async ({ stack }, use) => {
      const before = readFileSync(stack.policyPath, 'utf8');
      const policy = parseDocument(before);
      policy.setIn(['roles', 'engineer'], ['oncall', 'incident-commanders']);
      policy.setIn(['severities', 'SEV2', 'step_up'], { who: ['approver'], max_age_minutes: 5, acr: STRONG });
      await setPolicy(stack, policy.toString());
      await use(undefined);
      await setPolicy(stack, before);
    },
    { auto: true },
  ],
  approver: async ({ stack, launch, desk }, use) => {
    await use(async () => {
      const app = await launch({ env: { VITRINE_COLLECTOR: stack.collectorUrl } });
      await openKey(app.page);
      const opened = app.opened();
      await app.page.getByRole('button', { name: 'Sign in with the browser' }).press('Enter');
      await completeSignIn((await desk()).page, await opened, 'Li Na');
      await app.page.getByRole('heading', { name: 'Break the glass' }).waitFor();
      return app;
    });
  },
});

const panel = (page: Page) => page.getByRole('dialog', { name: 'Requests that wait' });
async function askForApproval(page: Page, ticket: string): Promise<void> {
  await fillRequest(page, { ...SEV1, severity: 'SEV2', ticket });
  await page.getByLabel('Why').press('Enter');
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
}

test('a request arrives while the approver works under a grant of their own; they give less, after a new sign-in (I3, I6)', async ({
  signedIn,
  approver,
  stack,
  desk,
}) => {
  const lina = await approver();
  await breakTheGlass(lina.page, { ...SEV1, severity: 'DRILL', minutes: 10, ticket: 'INC-4920' });
  await lina.page.getByRole('button', { name: 'No request waits for your answer' }).waitFor();
  const amira = await signedIn();
  await askForApproval(amira.page, 'INC-4921');

  await lina.page.getByRole('button', { name: '1 request waits for your answer' }).waitFor();
  await expect(() =>
    expect(lina.notifications).toContainEqual({
      title: 'Amira Haddad asks for Orders',
      body: `SEV2 · INC-4921 · 30 min · ${SEV1.reason}`,
    }),
  ).toPass();
  await lina.page.keyboard.press('ControlOrMeta+Shift+a');
  const shown = panel(lina.page);
  await expect(shown).toContainText('INC-4921');
  await expect(shown.getByRole('blockquote')).toHaveText(SEV1.reason);
  await expect(shown).toContainText('only id, name, country');
  await shown.getByRole('button', { name: 'Approve…' }).press('Enter');
  await expect(shown).toContainText('It takes a sign-in of the last 5 minutes');
  await shown.getByText('Give less').click();
  await shown.getByLabel('Minutes').fill('12');
  await shown.getByLabel('shop.payments').uncheck();
  await shown.getByLabel(/^Note/).fill('Only what you need');
  await expect(shown).toContainText('12 of the 30 minutes, without table payments.');

  // A closed browser leaves everything as it was chosen.
  const first = lina.opened();
  await lina.page.keyboard.press('ControlOrMeta+Enter');
  // Main asks in a dialog of the system, in words of its own.
  const no = await lina.messageBox();
  expect(no.message).toBe('Let Amira Haddad into Orders for 12 minutes?');
  expect(no.detail).toContain('You give 12 of the 30 minutes, without table payments.');
  expect(no.detail).toContain(`“${SEV1.reason}”`);
  no.press('Cancel');
  await expect(shown).toContainText('What you chose is kept.');
  await lina.page.keyboard.press('ControlOrMeta+Enter');
  (await lina.messageBox()).press('Approve');
  await first;
  const again = lina.page.getByRole('dialog', { name: 'Sign in once more' });
  await expect(again).toContainText('SEV2 on Orders asks for a sign-in of the last 5 minutes');
  await again.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(shown).toContainText('You did not sign in once more, so nothing was approved.');
  expect(await decisionsOn(stack, 'INC-4921')).toEqual([]);
  const second = lina.opened();
  await shown.getByRole('button', { name: 'Approve 12 minutes' }).press('Enter');
  (await lina.messageBox()).press('Approve');
  await completeSignIn((await desk()).page, await second, 'Li Na');
  await expect(shown).toContainText('You approved this. Amira can open Orders now, for 12 minutes.');
  await expect(shown).toContainText('Nobody waits for you.');
  await lina.page.keyboard.press('Escape');
  await lina.page.getByRole('button', { name: 'No request waits for your answer' }).waitFor();

  await editorReady(amira.page);
  expect((await decisionsOn(stack, 'INC-4921'))[0]).toMatchObject({
    by: { sub: 'lina' },
    minutes: 12,
    without: ['shop.payments'],
    note: 'Only what you need',
    auth: { acr: STRONG },
  });
  // Her own grant went on under the sign-in that it began with.
  expect(await runSql(lina.page, 'select count(*) from shop.orders')).toBe('1 row');
  await expect(lina.page.locator('.result-bar')).toContainText('recorded · ledger', { timeout: 15_000 });
});

test('one’s own request is shown and cannot be approved; a denial carries its reason', async ({
  signedIn,
  approver,
}) => {
  const lina = await approver();
  await askForApproval(lina.page, 'INC-4922');
  await lina.page.keyboard.press('ControlOrMeta+Shift+a');
  const shown = panel(lina.page);
  await expect(shown).toContainText('This is your own request. Somebody else has to answer it.');
  await expect(shown.getByRole('button', { name: /Approve|Deny/ })).toHaveCount(0);

  const amira = await signedIn();
  await askForApproval(amira.page, 'INC-4923');
  // It comes to the top of the open panel by itself.
  await shown.getByRole('button', { name: /Amira Haddad/ }).press('Enter');
  await shown.getByRole('button', { name: 'Deny…' }).press('Enter');
  await shown.getByRole('button', { name: 'Deny request' }).press('Enter');
  await expect(shown).toContainText('Amira needs a reason to go on');
  await shown.getByLabel('Reason').fill('Use the read replica for this');
  await lina.page.keyboard.press('ControlOrMeta+Enter');
  await expect(shown).toContainText('You denied this.');
  await expect(amira.page.getByText('Use the read replica for this')).toBeVisible();
  await lina.page.keyboard.press('Escape');
  await lina.page.getByRole('button', { name: 'Withdraw…' }).press('Enter');
  await lina.page.getByRole('button', { name: 'Withdraw', exact: true }).press('Enter');
  await lina.page.getByRole('heading', { name: 'Break the glass' }).waitFor();
});

test('somebody else was faster: the panel says so, and nothing is sent', async ({
  signedIn,
  approver,
  desk,
  stack,
}) => {
  const lina = await approver();
  const amira = await signedIn();
  await askForApproval(amira.page, 'INC-4924');
  const link = await amira.page.locator('.waiting .link .mono').innerText();
  await lina.page.getByRole('button', { name: '1 request waits for your answer' }).press('Enter');
  const shown = panel(lina.page);
  await shown.getByRole('button', { name: 'Approve…' }).press('Enter');
  // The same person at the collector's page: whoever it is, the request is answered there.
  const other = (await desk()).page;
  await visit(other, link, 'Li Na');
  await other.getByRole('button', { name: /^Deny/ }).first().waitFor();
  await other.keyboard.press('d');
  await other.getByLabel('Reason').fill('Not during the freeze');
  await other.getByRole('button', { name: 'Deny request' }).click();
  await expect(shown).toContainText('Amira Haddad’s request for Orders no longer waits');
  await expect(shown).toContainText('Nobody waits for you.');
  expect(await decisionsOn(stack, 'INC-4924')).toHaveLength(1);
});

test('somebody who does not approve sees nothing of it (I7)', async ({ signedIn }) => {
  const { page } = await signedIn();
  await expect(page.getByRole('button', { name: /waits? for your answer/ })).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+Shift+a');
  await expect(panel(page)).toHaveCount(0);
});
