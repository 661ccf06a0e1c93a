/** A severity that asks for a fresh, strong sign-in: at the app, on the approver's page, at the terminal. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import pg from 'pg';
import { parseDocument } from 'yaml';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import type { Stack } from '../dev/stack/index.ts';
import { readRecords, setPolicy } from './support/collector.ts';
import { choosePerson, completeSignIn, visit } from './support/desk.ts';
import { editorReady, everyRecordArrived, fillRequest, runSql } from './support/engineer.ts';
import { runPort } from './support/terminal.ts';
import { test as base, expect, SEV1 } from './support/vitrine.ts';

const STRONG = 'urn:vitrine:acr:strong';
const asks = { who: ['engineer', 'approver'], max_age_minutes: 5, acr: STRONG };

/** The policy of the stack asks for a strong sign-in at SEV1 and SEV2, while a test runs. */
const test = base.extend<{ strict: undefined }>({
  strict: [
    async ({ stack }, use) => {
      const before = readFileSync(stack.policyPath, 'utf8');
      const policy = parseDocument(before);
      for (const severity of ['SEV1', 'SEV2']) policy.setIn(['severities', severity, 'step_up'], asks);
      await setPolicy(stack, policy.toString());
      await use(undefined);
      await setPolicy(stack, before);
    },
    { auto: true },
  ],
});

const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in once more' });

/** The form says beforehand what will be asked for. */
async function formThatAsks(page: Page, severity: string, ticket: string): Promise<void> {
  await fillRequest(page, { ...SEV1, severity, ticket });
  await expect(page.getByText(/It takes a sign-in of the last 5 minutes/)).toBeVisible();
}

const recordsOf = (stack: Stack, ticket: string): Promise<Record<string, unknown>[]> =>
  readRecords(
    stack,
    "select line from ledger_entries where gid = (select id from grants where doc->>'ticket' = $1) order by index",
    [ticket],
  );

test('the engineer is asked once more, may say no and keeps the form, and gets in with a new sign-in (I4, I6)', async ({
  signedIn,
  stack,
  desk,
}) => {
  const app = await signedIn();
  const { page } = app;
  await formThatAsks(page, 'SEV1', 'INC-4901');
  const first = app.opened();
  await page.getByLabel('Why').press('Enter');
  await expect(again(page)).toContainText(`SEV1 on Orders asks for a sign-in of the last 5 minutes with ${STRONG}.`);
  const url = new URL(await first);
  expect(url.searchParams.get('prompt')).toContain('login');
  expect([url.searchParams.get('max_age'), url.searchParams.get('acr_values')]).toEqual(['300', STRONG]);

  await page.keyboard.press('Escape');
  await expect(again(page)).toHaveCount(0);
  await expect(page.getByText('You did not sign in once more, so nothing was sent.')).toBeVisible();
  await expect(page.getByLabel('Incident')).toHaveValue('INC-4901');
  await expect(page.getByLabel('Why')).toHaveValue(SEV1.reason);
  expect(await recordsOf(stack, 'INC-4901')).toEqual([]);

  // Somebody else at the browser is nobody for this.
  const stranger = app.opened();
  await page.getByLabel('Why').press('Enter');
  await completeSignIn((await desk()).page, await stranger, 'Li Na');
  await expect(page.getByText('Somebody else signed in, so it was not used.')).toBeVisible();
  await expect(page.getByLabel('Incident')).toHaveValue('INC-4901');

  const second = app.opened();
  await page.getByLabel('Why').press('Enter');
  await completeSignIn((await desk()).page, await second, 'Amira Haddad');
  await editorReady(page);
  expect(await runSql(page, 'select count(*) from shop.orders')).toBe('1 row');
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await page.keyboard.insertText('Hand back');
  await page.keyboard.press('Enter');
  await everyRecordArrived(page);

  const records = await recordsOf(stack, 'INC-4901');
  const [request, alone, grant] = records;
  expect(request).toMatchObject({ typ: 'request', step_up: { max_age: 300, acr: STRONG }, auth: { acr: STRONG } });
  expect(alone).toMatchObject({ typ: 'decision', auth: { acr: STRONG } });
  expect(grant).toMatchObject({ typ: 'grant', by: { sub: 'amira' }, auth: { acr: STRONG } });
  const opened = records.find(({ typ }) => typ === 'session.open');
  // The session names the ID token of the new sign-in.
  expect(grant?.by).toMatchObject({ idt: opened?.idt });
});

test('the approver is sent to sign in, comes back to the same dialog, and one press approves (I6)', async ({
  signedIn,
  stack,
  desk,
}) => {
  const app = await signedIn();
  const { page } = app;
  await formThatAsks(page, 'SEV2', 'INC-4902');
  await expect(page.getByText(/Whoever approves needs a sign-in of the last 5 minutes/)).toBeVisible();
  const own = app.opened();
  await page.getByLabel('Why').press('Enter');
  await completeSignIn((await desk()).page, await own, 'Amira Haddad');
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
  const link = await page.locator('.waiting .link .mono').innerText();

  const lina = (await desk()).page;
  await visit(lina, link, 'Li Na');
  await lina.getByRole('button', { name: /^Approve/ }).waitFor();
  await lina.keyboard.press('a');
  const dialog = lina.getByRole('dialog');
  await expect(dialog).toContainText('Approving takes a sign-in of the last 5 minutes');
  await dialog.getByText('Give less').click();
  await dialog.getByLabel('Minutes').fill('12');
  await dialog.getByLabel('shop.payments').uncheck();
  await dialog.getByLabel(/^Note/).fill('Only what you need');
  await lina.keyboard.press('ControlOrMeta+Enter');
  // Cancelled there: the page is as it was.
  await lina.getByRole('heading', { name: /Who is there|Confirm that it is you/ }).waitFor();
  await lina.getByRole('button', { name: /Cancel/ }).click();
  await expect(dialog).toContainText('The sign-in was cancelled or refused. Nothing was approved');
  await expect(dialog.getByLabel('Minutes')).toHaveValue('12');
  await dialog.getByRole('button', { name: 'Approve 12 minutes' }).click();

  await choosePerson(lina, 'Li Na');
  await expect(dialog).toContainText('You have signed in again.');
  await expect(dialog.getByLabel(/^Note/)).toHaveValue('Only what you need');
  await expect(dialog.getByLabel('shop.payments')).not.toBeChecked();
  await lina.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(lina.getByRole('status').first()).toContainText(/approved/i);

  await editorReady(page);
  const decision = (await recordsOf(stack, 'INC-4902')).find(({ typ }) => typ === 'decision');
  expect(decision).toMatchObject({ minutes: 12, without: ['shop.payments'], note: 'Only what you need' });
  expect(decision).toMatchObject({ auth: { acr: STRONG, amr: ['user', 'mfa'] } });
});

test('what was approved waits for a sign-in that the policy has come to ask for, and may be given up', async ({
  signedIn,
  stack,
  desk,
}) => {
  const before = readFileSync(stack.policyPath, 'utf8');
  const lax = parseDocument(before);
  lax.deleteIn(['severities', 'SEV2', 'step_up']);
  await setPolicy(stack, lax.toString());
  const app = await signedIn();
  const { page } = app;
  // Approved without one, because the policy does not ask for it yet.
  await fillRequest(page, { ...SEV1, severity: 'SEV2', ticket: 'INC-4903' });
  await expect(page.getByText(/Somebody has to approve first/)).toBeVisible();
  await page.getByLabel('Why').press('Enter');
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
  const link = await page.locator('.waiting .link .mono').innerText();
  const lina = (await desk()).page;
  await visit(lina, link, 'Li Na');
  await setPolicy(stack, before);
  await lina.keyboard.press('a');
  await lina.keyboard.press('ControlOrMeta+Enter');
  await lina.getByRole('dialog').waitFor({ state: 'detached' });

  await page.getByText('Sign in once more, and the glass opens').waitFor();
  const cancelled = app.opened();
  await page.getByRole('button', { name: 'Sign in with the browser' }).press('Enter');
  await cancelled;
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  // The approval is not thrown away by that.
  const good = app.opened();
  await page.getByRole('button', { name: 'Sign in with the browser' }).press('Enter');
  await completeSignIn((await desk()).page, await good, 'Amira Haddad');
  await editorReady(page);
});

test('vitrine port signs in once more by itself, and goes on (I6)', async ({ stack }) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-step-up-'));
  const why = ['--ticket', 'INC-4904', '--reason', SEV1.reason, '--scope', 'support-read', '--severity', 'SEV1'];
  const run = runPort({
    userData,
    person: 'amira',
    env: { VITRINE_COLLECTOR: stack.collectorUrl },
    args: ['--json', '--memory-key', '--browser', ...why],
  });
  try {
    await run.event('sign_in');
    expect((await run.event('step_up')).message).toContain('SEV1 on Orders asks for a sign-in');
    const second = await run.event('sign_in');
    expect('url' in second && new URL(second.url).searchParams.get('acr_values')).toBe(STRONG);
    const { connection } = await run.event('live');
    const client = new pg.Client({ connectionString: connection.uri });
    await client.connect();
    expect((await client.query('select 42 as n')).rows).toEqual([{ n: 42 }]);
    await client.end();
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  } finally {
    run.child.kill('SIGKILL');
    await run.ended;
    rmSync(userData, { recursive: true, force: true });
  }
});

test('vitrine port gives up a new sign-in on Ctrl+C and leaves nothing behind', async ({ stack, roles }) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-step-up-'));
  const why = ['--ticket', 'INC-4905', '--reason', SEV1.reason, '--scope', 'support-read', '--severity', 'SEV1'];
  const run = runPort({
    userData,
    env: { VITRINE_COLLECTOR: stack.collectorUrl },
    args: ['--json', '--memory-key', '--browser', ...why],
  });
  try {
    const first = await run.event('sign_in');
    const url = 'url' in first ? first.url : '';
    await fetch(await openUserAgent().signIn(url, 'amira'));
    await run.event('step_up');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(await roles()).toEqual([]);
    expect(await recordsOf(stack, 'INC-4905')).toEqual([]);
  } finally {
    run.child.kill('SIGKILL');
    await run.ended;
    rmSync(userData, { recursive: true, force: true });
  }
});
