/** The way through the product as people walk it: alone, with an approver, denied, handed back, reviewed. */
import { approve, deny, downloadBundle, signOff, verified, visit } from './support/desk.ts';
import { breakTheGlass, editorReady, everyRecordArrived, fillRequest, inLedger, runSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

test('breaks the glass alone, queries, hands back, and every record reaches the ledger (I1, I2, I5)', async ({
  signedIn,
  roles,
}) => {
  const { page } = await signedIn();
  await breakTheGlass(page, SEV1);
  expect(await roles()).toHaveLength(1);
  expect(
    await runSql(
      page,
      "select count(*) from shop.orders where status = 'processing' and details->>'worker' = 'worker-7c9f'",
    ),
  ).toBe('1 row');
  await expect(page.getByRole('gridcell', { name: '37' }).first()).toBeVisible();
  await inLedger(page);
  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
  expect(await roles()).toEqual([]);
});

test('waits for an approver with a lower severity, opens by itself once approved, and is reviewed afterwards', async ({
  signedIn,
  desk,
  stack,
}, info) => {
  const app = await signedIn();
  const { page } = app;
  await fillRequest(page, { ...SEV1, severity: 'SEV2', ticket: 'INC-4712' });
  await page.getByLabel('Why').press('Enter');
  await page.getByRole('heading', { name: 'Waiting for approval' }).waitFor();
  const link = await page.locator('.waiting .link .mono').innerText();
  const lina = await desk();
  await visit(lina.page, link, 'Li Na');
  await approve(lina.page, 'Go ahead.');
  await editorReady(page);
  // Whoever waits looks elsewhere meanwhile.
  if (info.project.name !== 'electron')
    expect(app.notifications.map(({ title }) => title)).toEqual(['The glass is open: Orders']);
  await runSql(page, 'select 1 as one');
  await inLedger(page);
  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);

  const ingrid = await desk();
  await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
  await ingrid.page.locator('a[href^="/review/"]').filter({ hasText: 'INC-4712' }).first().click();
  await expect(ingrid.page.getByText('Go ahead.').first()).toBeVisible();
  expect(await verified(ingrid.page)).not.toContain('failed');
  await signOff(ingrid.page, 'As expected.');
  expect((await downloadBundle(ingrid.page)).length).toBeGreaterThan(1000);
});

test('says why a request was denied, and keeps the form', async ({ signedIn, desk }, info) => {
  const app = await signedIn();
  const { page } = app;
  await fillRequest(page, { ...SEV1, severity: 'SEV2' });
  await page.getByLabel('Why').press('Enter');
  const link = await page.locator('.waiting .link .mono').innerText();
  const lina = await desk();
  await visit(lina.page, link, 'Li Na');
  await deny(lina.page, 'Use the replica instead.');
  await expect(page.getByText('Use the replica instead.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Break the glass' })).toBeVisible();
  if (info.project.name !== 'electron')
    expect(app.notifications.map(({ body }) => body)).toEqual(['Your request was denied: “Use the replica instead.”']);
});

test('names the limit when a request asks for more than policy allows (I6)', async ({ signedIn }) => {
  const { page } = await signedIn();
  await fillRequest(page, { ...SEV1, minutes: 500 });
  await page.getByLabel('Why').press('Enter');
  await expect(page.getByText(/30 minutes/).first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Break the glass' })).toBeVisible();
});
