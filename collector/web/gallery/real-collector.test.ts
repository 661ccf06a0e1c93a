/** The built pages, served by a real collector under its real CSP, used by people in a real browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../../dev/build.ts';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { activation, requestView } from '../../../shared/api.ts';
import { policyFor, wanted } from '../../grants/testing.ts';
import { newSession } from '../../ledger/test-session.ts';
import { rooms } from '../../rooms.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../../targets/testing.ts';
import { openTestStack, type SignedInDevice, type TestStack } from '../../testing.ts';
import { findChromium } from './browser.ts';

const SLOW = 60_000;
const web = mkdtempSync(join(tmpdir(), 'vitrine-web-'));
let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let browser: Browser;
/** What the browser complained about: a blocked script or font, an exception. */
const complaints: string[] = [];

beforeAll(async () => {
  await build({ only: ['web'], out: web, log: () => {} });
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms,
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl, VITRINE_WEB: join(web, 'web') }),
  });
  await stack.collector.listen();
  amira = await stack.device('amira');
  const executablePath = findChromium();
  browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-gpu'],
    ...(executablePath === null ? {} : { executablePath }),
  });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await target?.stop();
  rmSync(web, { recursive: true, force: true });
}, SLOW);

async function signedIn(person: string, path: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser logs every refused fetch; that of `/v1/me` before signing in is meant.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  await page.goto(stack.config.publicUrl + path);
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await page.getByRole('button', { name: new RegExp(person) }).click();
  await page.waitForURL(stack.config.publicUrl + path);
  return page;
}

/** A grant that Amira gave herself, two statements under it, one with its text sealed, handed back. */
async function handedBack(devn: number): Promise<string> {
  const request = requestView.parse((await amira.call('POST', '/v1/requests', wanted())).json());
  const granted = activation.parse((await amira.call('POST', `/v1/requests/${request.id}/activate`)).json());
  const session = newSession(amira, { gid: request.id, jws: granted.grant }, { devn });
  const add = session.add;
  session.add = (fields, change = {}, signer) => add(fields, { devn, ...change }, signer);
  session.statement('select 1');
  const sealed = session.statement("select * from shop.orders where status = 'processing'");
  session.add({ typ: 'session.close', reason: 'handed_back', intents: 2, rows: 2, bytes: 8, delay: null });
  const send = (what: string, lines: string[]) =>
    amira.call('POST', `/v1/sessions/${session.sid}/${what}`, lines.map((line) => `${line}\n`).join(''), {
      'content-type': 'application/x-ndjson',
    });
  const entries = await send(
    'entries',
    session.lines.map(({ line }) => line),
  );
  expect(entries.statusCode, entries.body).toBe(200);
  const texts = await send('disclosures', [JSON.stringify({ i: sealed.intent, sql: sealed.sql, par: null })]);
  expect(texts.statusCode, texts.body).toBeLessThan(300);
  const ended = await amira.call('POST', `/v1/requests/${request.id}/end`);
  expect(ended.statusCode, ended.body).toBe(200);
  return request.id;
}

describe('the pages on a real collector', () => {
  it('let a reviewer check, open and sign off a grant (I4)', { timeout: SLOW }, async () => {
    const gid = await handedBack(0);
    const page = await signedIn('Ingrid Solheim', `/review/${gid}`);
    await page.getByText(/\d+ checks passed/).waitFor({ timeout: 30_000 });
    expect(await page.locator('.check[data-state=failed]').count()).toBe(0);

    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('1');
    await page.keyboard.press('j');
    await page.keyboard.press('2');
    await page.getByText('2 of 2 statements with a verdict').waitFor();

    await page.keyboard.press('o');
    await page.getByLabel('Why do you need the full text?').fill('Check which orders it read');
    await page.getByRole('button', { name: 'Open and record' }).click();
    await page.getByText("where status = 'processing'").waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    await page.keyboard.press('s');
    await page.getByLabel('Note').fill('Read every statement.');
    await page.getByRole('button', { name: 'Sign off', exact: true }).click();
    // The opening is an entry too; the page has read it, so this is no surprise to the collector.
    await page.getByText('Signed off by Ingrid Solheim.').waitFor();
    await page.context().close();
  });

  it('let an approver approve with the keyboard, and show it live', { timeout: SLOW }, async () => {
    const asked = await amira.call('POST', '/v1/requests', wanted({ severity: 'SEV2', alone: false }));
    const { id } = requestView.parse(asked.json());
    const page = await signedIn('Li Na', `/requests/${id}`);
    await page.getByText('Amira waits for your answer').waitFor();
    await page.keyboard.press('a');
    await page.getByLabel('Note (optional)').fill('Go ahead.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('You approved this').waitFor();
    expect((await amira.call('POST', `/v1/requests/${id}/activate`)).statusCode).toBe(200);
    await page.getByText('Orders is open').waitFor();
    await amira.call('POST', `/v1/requests/${id}/end`);
    await page.getByText('Orders is closed again').waitFor();
    await page.context().close();
  });

  it('tell the engineer why a request was denied', { timeout: SLOW }, async () => {
    const asked = await amira.call('POST', '/v1/requests', wanted({ severity: 'SEV2', alone: false }));
    const { id } = requestView.parse(asked.json());
    const page = await signedIn('Li Na', '/requests');
    await page.getByRole('link', { name: /Amira Haddad/ }).click();
    await page.getByRole('button', { name: 'Deny…' }).click();
    await page.getByLabel('Reason').fill('Use the refund desk.');
    await page.getByRole('button', { name: 'Deny request' }).click();
    await page.getByText('You denied this').waitFor();
    await page.getByText('Nobody by message').waitFor();
    const answer = await amira.call('GET', `/v1/requests/${id}`);
    expect(requestView.parse(answer.json())).toMatchObject({ state: 'denied', note: 'Use the refund desk.' });
    await page.context().close();
  });

  it('show an engineer which role the desk takes', { timeout: SLOW }, async () => {
    const page = await signedIn('Amira Haddad', '/');
    await page.getByRole('heading', { name: 'Your role does not open this' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in with your organisation' }).waitFor();
    await page.context().close();
  });

  it('let an approver stop a person with the keyboard, and an engineer revoke a lost device (I3)', {
    timeout: SLOW,
  }, async () => {
    const laptop = await stack.device('amira');
    const { id } = requestView.parse((await laptop.call('POST', '/v1/requests', wanted())).json());
    const granted = activation.parse((await laptop.call('POST', `/v1/requests/${id}/activate`)).json());
    const client = await target.connect(granted.connection.user, granted.connection.password);
    const cut = client.query('select pg_sleep(60)').catch(() => 'cut');
    const page = await signedIn('Li Na', '/live');
    await page.getByText('Amira Haddad on Orders').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /^Amira Haddad/ }).check();
    await page.getByRole('button', { name: 'Stop 1 grant' }).click();
    await page.getByText('A reason is needed').waitFor();
    await page.getByLabel('Reason').fill('Does not answer the phone');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/gone after/).waitFor();
    expect(await cut).toBe('cut');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Every glass is shut').waitFor();
    await page.context().close();

    const own = await signedIn('Amira Haddad', '/devices');
    await own.getByRole('searchbox', { name: 'Search devices' }).fill(laptop.device.jkt);
    await own.getByText('1 device', { exact: true }).waitFor();
    await own.getByRole('button', { name: /^Revoke Test laptop/ }).click();
    await own.getByLabel('Reason').fill('Lost');
    await own.getByRole('button', { name: 'Revoke device' }).click();
    await own.getByText('This device is revoked').waitFor();
    await own.getByRole('button', { name: 'Close' }).click();
    await own.getByText(/by Amira Haddad/).waitFor();
    expect((await laptop.call('GET', '/v1/requests')).statusCode).toBe(403);
    await own.context().close();
  });

  it('break no rule of the CSP and throw nothing', () => {
    expect(complaints).toEqual([]);
  });
});
