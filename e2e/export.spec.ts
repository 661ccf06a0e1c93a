/** Results into files: the whole way from the result bar to the ledger, one that is cancelled, and a grant without. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { parseDocument } from 'yaml';
import { visit } from './support/desk.ts';
import { breakTheGlass, everyRecordArrived, finished, runSql, startSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-exports-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STUCK = `select id, status, details->>'worker' as worker from shop.orders
  where status = 'processing' and details->>'worker' = 'worker-7c9f' order by id`;
/** Rows come one by one, and never end within a test. */
const ENDLESS = "select generate_series(1, 100000000) as i, repeat('x', 500) as text";

/** Opens the dialog by keyboard and waits for what it offers. */
async function openExport(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+s');
  await page.getByRole('radio', { name: 'CSV' }).waitFor();
}

test('rows of a large result are nowhere on the disk in the clear, while the app lives and after it was killed (I8)', async ({
  signedIn,
}) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-canary-'));
  const temporary = mkdtempSync(join(tmpdir(), 'vitrine-canary-tmp-'));
  const { page, kill } = await signedIn({ userData, env: { TMPDIR: temporary } });
  // Short, because nobody will hand it back; the last test waits for its end.
  await breakTheGlass(page, { ...SEV1, minutes: 1, ticket: 'INC-4723' });
  // Put together by the server: the text of the statement does not hold it.
  await startSql(
    page,
    "select 'canary-' || '9e1b-' || i % 10 || repeat(' of a row', 20) as secret from generate_series(1, 150000) i",
  );
  expect(await finished(page, 60_000)).toBe('150,000 rows');
  await expect(page.getByRole('gridcell').filter({ hasText: 'canary-9e1b-' }).first()).toBeVisible();
  const holdsCanary = (path: string): boolean => {
    try {
      return readFileSync(path).includes('canary-9e1b-');
    } catch {
      // The browser tidies up while we look: what is gone holds nothing.
      return false;
    }
  };
  const found = (): string[] =>
    [userData, temporary].flatMap((place) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter(holdsCanary),
    );
  expect(found()).toEqual([]);
  // The search would see it.
  const control = join(temporary, 'control');
  writeFileSync(control, 'a canary-9e1b- in the clear');
  expect(found()).toEqual([control]);
  rmSync(control);
  await kill('SIGKILL');
  expect(found()).toEqual([]);
  for (const place of [userData, temporary]) rmSync(place, { recursive: true, force: true });
});

test('exports a result as CSV and as JSON, by keyboard, and the reviewer sees how much of what (I6, I7)', async ({
  signedIn,
  target,
  desk,
  stack,
}) => {
  const { page, saveDialog, shownFiles } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4720' });
  expect(await runSql(page, STUCK)).toBe('37 rows');

  await openExport(page);
  await expect(page.getByText('nothing is sent to the database')).toBeVisible();
  await page.keyboard.press('Enter');
  const first = await saveDialog();
  expect(basename(first.defaultPath)).toMatch(/^orders-\d{4}-\d\d-\d\d-\d{4}\.csv$/);
  const csv = join(folder, 'stuck orders.csv');
  first.answer(csv);
  await expect(page.getByText('is written')).toBeVisible();
  const { rows } = await target.query<{ id: string; status: string; worker: string }>(STUCK);
  expect(readFileSync(csv, 'utf8')).toBe(
    `id,status,worker\r\n${rows.map(({ id, status, worker }) => `${id},${status},${worker}\r\n`).join('')}`,
  );
  expect(statSync(csv).mode & 0o777).toBe(0o600);
  await page.getByRole('button', { name: 'Show in folder' }).press('Enter');
  await expect.poll(() => shownFiles).toEqual([csv]);

  // Choosing nothing leaves the dialog open and writes nothing; the other format is one key away.
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await page.getByRole('button', { name: 'Export…' }).press('Enter');
  await page.getByRole('radio', { name: 'CSV' }).press('ArrowRight');
  await page.keyboard.press('Enter');
  (await saveDialog()).answer(null);
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toHaveAttribute('aria-disabled', 'false');
  await page.getByRole('button', { name: 'Choose a file…' }).press('Enter');
  const json = join(folder, 'stuck.json');
  (await saveDialog()).answer(json);
  await expect(page.getByText('stuck.json')).toBeVisible();
  const written: unknown = JSON.parse(readFileSync(json, 'utf8'));
  expect(written).toEqual(rows.map((row) => ({ ...row, id: Number(row.id) })));

  await page.getByRole('button', { name: /Hand back/ }).click();
  await everyRecordArrived(page);
  await expect(page.getByText('2 exports: 74 rows')).toBeVisible();

  const ingrid = await desk();
  await visit(ingrid.page, stack.collectorUrl, 'Ingrid Solheim');
  await ingrid.page.locator('a[href^="/review/"]').filter({ hasText: 'INC-4720' }).first().click();
  const exported = ingrid.page.locator('.event').filter({ hasText: 'Exported a result as CSV' });
  await expect(exported).toContainText('37 rows');
  await expect(exported).toContainText('shop.orders');
  await expect(ingrid.page.locator('.event').filter({ hasText: 'Exported a result as JSON' })).toHaveCount(1);
  // Where the files are is recorded nowhere.
  await expect(ingrid.page.getByText(/stuck orders\.csv|stuck\.json/)).toHaveCount(0);
});

test('cancels a long export with Escape: the statement is cancelled on the server and no file is left', async ({
  signedIn,
  target,
}) => {
  const { page, saveDialog } = await signedIn();
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4721' });
  await startSql(page, ENDLESS);
  expect(await finished(page)).toBe('200,000 rows');
  await expect(page.getByText('Showing the first 200,000 rows: your settings keep no more')).toBeVisible();
  await openExport(page);
  await expect(page.getByRole('radio', { name: /Run it again and write all rows/ })).toBeChecked();
  await page.getByRole('button', { name: 'Choose a file…' }).press('Enter');
  (await saveDialog()).answer(join(folder, 'endless.csv'));
  await expect(page.getByText(/rows\/s/)).toBeVisible();
  expect(readdirSync(folder)).toContain('endless.csv.part');
  await page.getByRole('grid').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByText('export was cancelled')).toBeVisible();
  await expect.poll(() => readdirSync(folder).filter((name) => name.startsWith('endless'))).toEqual([]);
  const { rows } = await target.query(
    "select from pg_stat_activity where state = 'active' and query like '%100000000%' and pid <> pg_backend_pid()",
  );
  expect(rows).toHaveLength(0);
  // The connection is as good as before.
  expect(await runSql(page, 'select 1')).toBe('1 row');

  // Whoever wants to quit is asked about one; the end of the grant stops it as well, and says so.
  await startSql(page, ENDLESS);
  await finished(page);
  await openExport(page);
  await page.getByRole('button', { name: 'Choose a file…' }).press('Enter');
  (await saveDialog()).answer(join(folder, 'endless again.csv'));
  await expect(page.getByText(/rows\/s/)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+q');
  const question = page.getByRole('dialog', { name: 'Quit Vitrine?' });
  await expect(question).toContainText('An export is being written; it is stopped, and its partial file removed.');
  await question.getByRole('button', { name: 'Stay' }).press('Enter');
  await expect(question).toHaveCount(0);
  expect(readdirSync(folder)).toContain('endless again.csv.part');
  await page.getByRole('button', { name: /Hand back/ }).click();
  await page.getByRole('dialog').getByText('An export is being written').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Hand back' }).click();
  await expect(page.getByText('2 exports did not come to an end')).toBeVisible({ timeout: 30_000 });
  expect(readdirSync(folder).filter((name) => name.startsWith('endless'))).toEqual([]);
});

test('a policy without exports: the button says why, and main refuses a page that asks all the same (I6, I7)', async ({
  signedIn,
  stack,
  roles,
}) => {
  test.setTimeout(240_000);
  const before = readFileSync(stack.policyPath, 'utf8');
  const policy = parseDocument(before);
  policy.setIn(['severities', 'SEV1', 'limits'], { exports: false });
  writeFileSync(stack.policyPath, policy.toString());
  try {
    const { page } = await signedIn();
    // The policy is read again when its file changes; a grant has the limits of the moment.
    await expect(async () => {
      await breakTheGlass(page, { ...SEV1, ticket: 'INC-4722' });
      await runSql(page, 'select 42 as answer');
      const off = await page.getByRole('button', { name: 'Export…' }).getAttribute('aria-disabled');
      if (off === 'true') return;
      await page.getByRole('button', { name: /Hand back/ }).click();
      await page.getByRole('button', { name: 'Request again' }).click();
      throw new Error('the grant was made before the policy was read again');
    }).toPass({ timeout: 60_000 });
    await page.keyboard.press('ControlOrMeta+Shift+s');
    await expect(page.getByText('does not allow results to be written to files')).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    // What a script in the page could do.
    const answer = await page.evaluate(async () => {
      const result = new Promise<string>((resolve) => window.vitrine.onResult(({ id }) => resolve(id)));
      await window.vitrine.runSql({ tab: 'x', text: 'select 1', confirmed: false });
      const wish = { result: await result, format: 'csv', source: 'kept', delimiter: ',', table: '' } as const;
      return window.vitrine.startExport(wish);
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'exports_off' } });
    // A chart is rows as a picture: the same holds for it.
    await runSql(page, 'select i as n, i * i as square from generate_series(1, 9) i');
    await page.getByRole('button', { name: 'Chart', exact: true }).press('Enter');
    await expect(page.getByRole('button', { name: 'Save…' })).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByRole('button', { name: 'Save…' })).toHaveAttribute('title', /does not allow results/);
    const picture = await page.evaluate(async () => {
      const result = new Promise<string>((resolve) => window.vitrine.onResult(({ id }) => resolve(id)));
      await window.vitrine.runSql({ tab: 'x', text: 'select 1', confirmed: false });
      return window.vitrine.saveChart({ result: await result, kind: 'svg', svg: '<svg></svg>' });
    });
    expect(picture).toMatchObject({
      ok: false,
      error: { code: 'exports_off', message: expect.stringContaining('may not be written to files') },
    });
    await page.getByRole('button', { name: /Hand back/ }).click();
    await everyRecordArrived(page);
    await expect.poll(() => roles(), { timeout: 100_000 }).toEqual([]);
  } finally {
    writeFileSync(stack.policyPath, before);
  }
});
