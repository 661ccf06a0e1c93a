/** The day when nothing answers: an envelope is sealed by two, opened with a code, used, and told of first of all. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startIdentity } from '../dev/stack/identity.ts';
import { completeSignIn, downloadBundle, visit } from './support/desk.ts';
import { editorReady, runSql, signIn } from './support/engineer.ts';
import { allowEnvelopes, askForEnvelope, challenge, confirmEnvelope } from './support/envelope.ts';
import { expect, test } from './support/vitrine.ts';

/** The stack is everybody's: what a spec lets in is taken out again behind it. */
let policy: { readonly path: string; readonly text: string };
test.beforeEach(({ stack }) => {
  policy = { path: stack.policyPath, text: readFileSync(stack.policyPath, 'utf8') };
});
test.afterEach(() => writeFileSync(policy.path, policy.text));

const respond = (asked: string, key: string) =>
  spawnSync(process.execPath, ['collector/index.ts', 'envelope', 'respond', asked], {
    input: `${key}\n`,
    encoding: 'utf8',
  });

test('opens an envelope while collector and identity provider are away, and tells of it first (I1, I2, I3, I4, I5)', async ({
  stack,
  launch,
  signedIn,
  desk,
  roles,
}) => {
  test.setTimeout(100_000);
  allowEnvelopes(stack.policyPath);
  const app = await signedIn();
  const [lina, ingrid] = [(await desk()).page, (await desk()).page];
  await visit(lina, `${stack.collectorUrl}/envelopes`, 'Li Na');
  await expect(async () => {
    await lina.reload();
    await askForEnvelope(lina, 'Amira Haddad', 'On call this week, for when the sign-in is down');
  }).toPass({ timeout: 30_000 });
  await visit(ingrid, `${stack.collectorUrl}/envelopes`, 'Ingrid Solheim');
  const key = await confirmEnvelope(ingrid);
  expect(key).toMatch(/^(\w{5} ){7}\w{5}$/);
  expect(await roles()).toHaveLength(1);

  // It arrives by itself, and lies on the disk without anything that could be read.
  const folder = join(app.userData, 'envelopes');
  await expect
    .poll(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.sealed')), { timeout: 30_000 })
    .toBe(true);
  const [file = ''] = readdirSync(folder);
  expect(readFileSync(join(folder, file), 'utf8')).not.toContain('orders');

  // The night comes: neither the collector nor the sign-in answers, and the app is started anew.
  const { userData } = app;
  await app.kill('SIGTERM');
  await stack.collector.stop();
  await stack.identity.stop();
  const night = await launch({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
  try {
    const dark = night.page;
    await dark.getByLabel('Passphrase').fill('a passphrase for tests');
    await dark.keyboard.press('Enter');
    await dark.getByRole('button', { name: 'Open an envelope…' }).press('Enter');
    const asked = await challenge(dark);
    const code = respond(asked, key).stdout.trim();
    expect(code).toMatch(/^(\w{5}-){4}\w{5}$/);

    // A mistyped group is named, and nothing is used up.
    const typo = code.slice(0, 12) + (code[12] === 'A' ? 'B' : 'A') + code.slice(13);
    await dark.getByLabel('Code').fill(typo);
    await dark.getByLabel('Incident').fill('INC-4950');
    await dark.getByLabel('Why').fill('Nothing answers and orders are stuck');
    await dark.keyboard.press('Enter');
    await expect(dark.getByText('Group 3 of the code is mistyped.')).toBeVisible();
    expect(readdirSync(folder).some((name) => name.endsWith('.opened'))).toBe(false);
    await dark.getByLabel('Code').fill(code);
    await dark.keyboard.press('Enter');
    await editorReady(dark);
    expect(readdirSync(folder).map((name) => name.replace(/^.*\./, ''))).toEqual(['opened']);
    await expect(dark.locator('.chip', { hasText: 'Offline' })).toBeVisible();
    expect(await runSql(dark, 'select count(*) from shop.orders')).toBe('1 row');
    expect(await runSql(dark, 'delete from shop.orders where id = 1')).toMatch(/Error|Refused|Not sent/);

    await dark.getByRole('button', { name: 'Hand back' }).press('Enter');
    await dark
      .getByRole('heading', { name: /handed back|glass is closed|Handed back/i })
      .first()
      .waitFor();
    // Used is used.
    await dark.keyboard.press('Escape');
    expect(await roles()).toHaveLength(1);

    // Morning. The collector hears of it without anybody signing in, and takes the role away.
    await stack.collector.start();
    await expect.poll(roles, { timeout: 30_000 }).toEqual([]);
    await startIdentity({
      dir: join(stack.dir, 'identity'),
      port: stack.identity.port,
      collectorUrl: stack.collectorUrl,
    });
    await dark.getByRole('button', { name: 'Request again' }).first().press('Enter');
    const browser = await desk();
    await dark.getByRole('button', { name: 'Sign in with the browser' }).waitFor({ timeout: 30_000 });
    await signIn(dark, night.opened, (url) => completeSignIn(browser.page, url, 'Amira Haddad'));
    await dark.getByText('No database can be reached').waitFor();

    await ingrid.goto(`${stack.collectorUrl}/review`);
    await ingrid.getByText('INC-4950').first().click();
    await expect(ingrid.getByText('Envelope opened on the device, without the collector.')).toBeVisible();
    const bundle = await downloadBundle(ingrid);
    const typs = bundle
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((line) => line.line === 'entry')
      .map((line) => JSON.parse(Buffer.from(JSON.parse(line.entry).payload, 'base64').toString()).typ);
    expect(typs.indexOf('envelope.opened')).toBeGreaterThan(typs.indexOf('activation'));
    expect(typs.indexOf('session.open')).toBeGreaterThan(typs.indexOf('envelope.opened'));
  } finally {
    await night.close();
  }
});

test('works on when the collector returns, lets nobody else in, and closes when an approver stops it (I3)', async ({
  stack,
  signedIn,
  desk,
  roles,
  target,
}) => {
  test.setTimeout(120_000);
  allowEnvelopes(stack.policyPath);
  const { page, userData } = await signedIn();
  const [lina, ingrid] = [(await desk()).page, (await desk()).page];
  await visit(lina, `${stack.collectorUrl}/envelopes`, 'Li Na');
  await askForEnvelope(lina, 'Amira Haddad', 'On call this week, for when the sign-in is down');
  await visit(ingrid, `${stack.collectorUrl}/envelopes`, 'Ingrid Solheim');
  const key = await confirmEnvelope(ingrid);
  const folder = join(userData, 'envelopes');
  await expect
    .poll(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.sealed')), { timeout: 30_000 })
    .toBe(true);
  // The collector goes away while she is signed in: the menu leads to the envelope, too.
  await stack.collector.stop();
  await page.getByRole('button', { name: /^Settings, signed in/ }).press('Enter');
  await page.getByRole('menuitem', { name: 'Offline envelopes…' }).press('Enter');
  const code = respond(await challenge(page), key).stdout.trim();
  await page.getByLabel('Code').fill(code);
  await page.getByRole('dialog').getByLabel('Incident').fill('INC-4951');
  await page.getByRole('dialog').getByLabel('Why').fill('The collector is away and orders are stuck');
  await page.keyboard.press('Enter');
  await editorReady(page);
  expect(await runSql(page, 'select 1')).toBe('1 row');
  const [role = ''] = await roles();

  await stack.collector.start();
  const mayLogIn = async () =>
    (await target.query<{ may: boolean }>('select rolcanlogin as may from pg_roles where rolname = $1', [role])).rows[0]
      ?.may;
  await expect.poll(mayLogIn, { timeout: 30_000 }).toBe(false);
  expect(await runSql(page, 'select 2')).toBe('1 row');

  await lina.goto(`${stack.collectorUrl}/live`);
  await lina.getByText('INC-4951').waitFor();
  await lina
    .getByRole('button', { name: /^Stop the|^Stop Amira|^Stop…|^Stop / })
    .first()
    .click();
  await lina.getByRole('dialog').getByLabel('Reason').fill('The sign-in is back');
  await lina.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('heading', { name: 'The grant was revoked' }).waitFor({ timeout: 30_000 });
  expect(await roles()).toEqual([]);
});
