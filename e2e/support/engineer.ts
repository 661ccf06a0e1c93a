/** An engineer at the app: keys and clicks only, what a person sees is all this knows. Used by the specs and the story. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';

export interface Wanted {
  readonly severity: string;
  readonly scope?: string;
  readonly minutes: number;
  readonly ticket: string;
  readonly reason: string;
}

const PASSPHRASE = 'a passphrase for tests';

/** First start on a system without a keychain: locks the device key with a passphrase. */
export async function lockKey(page: Page): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('The same again').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Lock the key' }).press('Enter');
}

/** First start: locks the device key; later starts: unlocks it. */
export async function openKey(page: Page): Promise<void> {
  const choose = page.getByRole('button', { name: 'Lock the key' });
  await choose
    .or(page.getByRole('button', { name: /unlock/i }))
    .first()
    .waitFor();
  if (await choose.isVisible()) await lockKey(page);
  else {
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
}

/** Signs in; `complete` plays the person at the browser page that the app opened. */
export async function signIn(
  page: Page,
  opened: () => Promise<string>,
  complete: (url: string) => Promise<void>,
): Promise<void> {
  const url = opened();
  await page.getByRole('button', { name: 'Sign in with the browser' }).press('Enter');
  await complete(await url);
  await page.getByRole('heading', { name: 'Break the glass' }).waitFor();
}

export async function fillRequest(page: Page, wanted: Wanted): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(wanted.severity) }).check({ force: true });
  if (wanted.scope !== undefined) await page.getByLabel('What you need').selectOption({ label: wanted.scope });
  await page.getByLabel('For, minutes').fill(String(wanted.minutes));
  await page.getByLabel('Incident').fill(wanted.ticket);
  await page.getByLabel('Why').fill(wanted.reason);
}

/** Sends the filled form with Enter and waits for the working window. */
export async function breakTheGlass(page: Page, wanted: Wanted): Promise<void> {
  await fillRequest(page, wanted);
  await page.getByLabel('Why').press('Enter');
  await editorReady(page);
}

export async function editorReady(page: Page): Promise<void> {
  await page.locator('.editor[data-worker=answers]').waitFor({ timeout: 30_000 });
  await page
    .getByText(/Connected/)
    .first()
    .waitFor();
}

/** Puts the keyboard into the editor. A click could meet a widget that lies over the text, or text that is scrolled away. */
export const focusEditor = (page: Page): Promise<void> =>
  page.locator('.editor .native-edit-context, .editor textarea.inputarea').first().focus();

/** Replaces the text of the tab by keyboard. */
export async function typeSql(page: Page, text: string): Promise<void> {
  await focusEditor(page);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** Types a statement, runs it with Ctrl+Enter, and answers with the title of its result: `37 rows`, `Error`. */
export async function runSql(page: Page, text: string, { all = false } = {}): Promise<string> {
  await startSql(page, text, { all });
  return finished(page);
}

/** Returns once the app has taken the statement: the run button sleeps while something runs. */
export async function startSql(page: Page, text: string, { all = false } = {}): Promise<void> {
  await typeSql(page, text);
  const bar = page.locator('.result-bar');
  const before = (await bar.count()) === 0 ? null : await bar.textContent();
  await page.keyboard.press(all ? 'F5' : 'ControlOrMeta+Enter');
  await expect(async () => {
    const now = await bar.textContent({ timeout: 100 });
    if (now === before) throw new Error('not taken yet');
  }).toPass({ timeout: 10_000, intervals: [20] });
}

/** Waits until nothing runs any more; answers with the title of the shown result. */
export async function finished(page: Page, timeout = 30_000): Promise<string> {
  const title = page.locator('.result-bar').locator('.result-title, [role=tab][aria-selected=true]').first();
  await expect(page.locator('.result-bar .spinner')).toHaveCount(0, { timeout });
  await expect(title).not.toHaveText(/Sending|Running/, { timeout });
  return (await title.innerText()).trim();
}

/** The chip says that the statement's record is proven to be in the ledger. */
export async function inLedger(page: Page): Promise<void> {
  await expect(page.locator('.result-bar')).toContainText('recorded · ledger', { timeout: 15_000 });
}

/** Waits until the hand-back page says that every record arrived; answers with that line. */
export async function everyRecordArrived(page: Page): Promise<string> {
  const line = page.getByText(/Every record is in the ledger: /);
  await line.waitFor({ timeout: 30_000 });
  return line.innerText();
}

/**
 * The texts of the tabs as they lie on the disk, in no order. A file that is still being written has another name, and
 * one that was replaced between the listing and the reading is read the next time.
 */
export function savedTexts(userData: string): string[] {
  const folder = join(userData, 'tabs');
  if (!existsSync(folder)) return [];
  const complete = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return complete.map((name) => readFileSync(join(folder, name), 'utf8'));
}
