/** Disks and folders that fail while somebody works: nothing unrecorded is sent, nothing half written is called whole. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { breakTheGlass, finished, runSql, savedTexts, startSql, typeSql } from './support/engineer.ts';
import { expect, SEV1, test } from './support/vitrine.ts';

const notices = (page: Page) => page.getByRole('region', { name: 'Notices' });

test('a log that was deleted stops the work at once, and quitting still gives the grant back (I2, I3, I6)', async ({
  signedIn,
  target,
  roles,
}) => {
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-gone-'));
  const app = await signedIn({ userData });
  const { page } = app;
  await breakTheGlass(page, { ...SEV1, ticket: 'INC-4801' });
  expect(await runSql(page, 'select 1')).toBe('1 row');
  expect(await roles()).toHaveLength(1);
  // The app writes there all the time: what it made meanwhile goes, too.
  rmSync(userData, { recursive: true, maxRetries: 10, retryDelay: 10 });

  expect(await runSql(page, 'select 515151 as never')).toMatch(/Error|Not sent/);
  await expect(page.getByText(/audit log could not be written: its file was removed/).first()).toBeVisible();
  const { rows } = await target.query(
    "select from pg_stat_activity where query like '%515151%' and pid <> pg_backend_pid()",
  );
  expect(rows).toEqual([]);
  // The text is saved again, in a folder that was made again.
  await typeSql(page, 'select 2 as still_here');
  await page.keyboard.press('Escape');
  await expect.poll(() => savedTexts(userData).join()).toContain('still_here');
  await app.close();
  await expect.poll(() => roles()).toEqual([]);
  rmSync(userData, { recursive: true, force: true });
});

test('a disk that fills costs nothing that was there: tabs, exports and results say what they lack (I6, I8)', async ({
  signedIn,
}) => {
  test.setTimeout(240_000);
  const disk = mkdtempSync(join(tmpdir(), 'vitrine-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status === 0;
  test.skip(!mounted, 'needs the right to mount a small disk');
  try {
    const userData = join(disk, 'app');
    mkdirSync(userData);
    // A file that may not grow any more shall be an error, as on a full disk, and not the end of the process.
    const survive = `--import data:text/javascript,${encodeURIComponent("process.on('SIGXFSZ',()=>{})")}`;
    const app = await signedIn({ userData, env: { NODE_OPTIONS: survive } });
    const { page, saveDialog } = app;
    await breakTheGlass(page, { ...SEV1, ticket: 'INC-4802' });
    expect(await runSql(page, "select repeat('x', 100) as x from generate_series(1, 10000)")).toBe('10,000 rows');
    await expect.poll(() => savedTexts(userData).join()).toContain('generate_series');

    const ballast = join(disk, 'ballast');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    const long = `select 'kept in the window' as word /* ${'x'.repeat(5_000)} */`;
    await typeSql(page, long);
    await page.keyboard.press('Escape');
    await expect(notices(page)).toContainText('could not be saved: the disk is full');
    await expect(notices(page)).toContainText('Everything stays in this window');
    // What was saved before is whole.
    expect(savedTexts(userData).join()).toContain('generate_series');
    // The log has its room already.
    expect(await runSql(page, long)).toBe('1 row');

    expect(await runSql(page, "select repeat('x', 100) as x from generate_series(1, 10000)")).toBe('10,000 rows');
    const file = join(disk, 'rows.csv');
    const exportTo = async () => {
      await page.getByRole('button', { name: 'Export…' }).click();
      await page.keyboard.press('Enter');
      (await saveDialog()).answer(file);
    };
    await exportTo();
    await expect(page.getByText('The disk is full. What was written of it has been removed.')).toBeVisible();
    expect(readdirSync(disk).sort()).toEqual(['app', 'ballast']);

    rmSync(ballast);
    await typeSql(page, long);
    await page.keyboard.press('Escape');
    await expect.poll(() => savedTexts(userData).join(), { timeout: 10_000 }).toContain('kept in the window');

    // From now on no file may grow beyond 6 MB: the log's own are smaller.
    expect(spawnSync('prlimit', ['--pid', String(app.child.pid), '--fsize=6000000']).status).toBe(0);
    await startSql(page, "select i, repeat('y', 10000) as y from generate_series(1, 6000) i");
    await finished(page, 60_000);
    await expect(page.locator('.results')).toContainText('the disk for temporary files takes no more');
    await expect(page.getByRole('gridcell').filter({ hasText: 'yyy' }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    expect(await runSql(page, 'select 7 as goes_on')).toBe('1 row');
    await app.close();
  } finally {
    spawnSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});

test('every file of the workspace damaged: each is kept aside and told, and the window opens', async ({
  signedIn,
  launch,
  stack,
  enter,
}) => {
  test.setTimeout(240_000);
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-damaged-'));
  const first = await signedIn({ userData });
  await breakTheGlass(first.page, { ...SEV1, minutes: 1, ticket: 'INC-4803' });
  expect(await runSql(first.page, "select 'remember me' as word")).toBe('1 row');
  expect(await runSql(first.page, "select 'remember me' as word, 2")).toBe('1 row');
  await first.close();

  const garbage = Buffer.from([0x7b, 0xff, 0x00, 0x22]);
  const [history = ''] = readdirSync(join(userData, 'history'));
  const damaged = ['workspace.json', 'snippets.json', 'settings.json', 'window.json', join('history', history)];
  for (const name of damaged) writeFileSync(join(userData, name), Buffer.concat([garbage, Buffer.from('\nx\ny\n')]));
  for (const name of readdirSync(join(userData, 'tabs')))
    writeFileSync(join(userData, 'tabs', name), Buffer.concat([Buffer.from('select 1 /* '), Buffer.from([0xff])]));

  const second = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  await enter(second);
  await breakTheGlass(second.page, { ...SEV1, minutes: 1, ticket: 'INC-4803' });
  await expect(notices(second.page)).toContainText('The list of your tabs was damaged. It is kept at');
  await expect(notices(second.page)).toContainText('The text of a tab was damaged');
  await expect(notices(second.page)).toContainText('history could not be read');
  await expect(notices(second.page)).toContainText('settings was damaged');
  await expect(second.page.getByRole('tab', { name: 'recovered 1' })).toBeVisible();
  await expect(notices(second.page)).toContainText('your snippets was damaged');
  const kept = readdirSync(userData, { recursive: true }).filter((name) => String(name).includes('.damaged-'));
  expect(kept).toHaveLength(5);
  expect(await runSql(second.page, 'select 7 as goes_on')).toBe('1 row');
  await second.close();
  rmSync(userData, { recursive: true, force: true });
});
