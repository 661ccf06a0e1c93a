/** A person in a browser: the identity provider's page, the approver's page, the review desk. Keys and clicks only. */
import { readFile } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium, expect, type Page } from '@playwright/test';

export interface Desk {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

/** Debian's Chromium as root needs `--no-sandbox`; the rest keeps it from looking for the internet. */
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: FLAGS });

/** A fresh profile: nobody is signed in. */
export async function openDesk(browser: Browser, viewport = { width: 1280, height: 800 }): Promise<Desk> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  return { context, page, close: () => context.close() };
}

/** Chooses a person on the identity provider's page that is open, and waits to be sent on. */
export async function choosePerson(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name: /Who is there|Confirm that it is you/ }).waitFor();
  await page.getByRole('button', { name: new RegExp(name) }).click();
}

/** The app opened this address in "the browser": completes the sign-in there. */
export async function completeSignIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await choosePerson(page, name);
  await page.getByText('You can go back to Vitrine').waitFor();
}

/** Opens a page of the collector, signing in on the way. */
export async function visit(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await choosePerson(page, name);
  await page.waitForURL((now) => now.href.startsWith(new URL(url).origin) && !now.pathname.startsWith('/auth/'));
}

/** On a request's page: approves it with the keyboard. */
export async function approve(page: Page, note: string): Promise<void> {
  await page
    .getByRole('button', { name: /^Approve/ })
    .first()
    .waitFor();
  await page.keyboard.press('a');
  await page.getByLabel(/^Note/).fill(note);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** On a request's page: denies it with a reason. */
export async function deny(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: /^Deny/ }).first().waitFor();
  await page.keyboard.press('d');
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Deny request' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Waits for the completeness panel to finish its checks in the browser; answers with its summary. */
export async function verified(page: Page): Promise<string> {
  const words = page.locator('.panel-summary');
  await expect(words).toContainText(/passed|failed|could not/, { timeout: 30_000 });
  return words.innerText();
}

export async function signOff(page: Page, note: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign off…' }).click();
  await page.getByRole('dialog').getByLabel('Note').fill(note);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign off' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect(page.getByText(/Signed off/i).first()).toBeVisible();
}

/** Downloads the evidence bundle of the grant that is shown; answers with its bytes. */
export async function downloadBundle(page: Page): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: /evidence bundle/i })
      .or(page.getByRole('button', { name: /evidence bundle/i }))
      .first()
      .click(),
  ]);
  return readFile(await download.path());
}
