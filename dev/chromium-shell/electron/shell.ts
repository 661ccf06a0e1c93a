/**
 * `shell`: to the controlling process where there is one, else a normal window of the same browser, or, in a run without a
 * window, what the person's own system has for it.
 */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { controlled, runtime, tellParent } from '../runtime.ts';
import { strict } from './strict.ts';

async function openExternal(url: string): Promise<void> {
  // Electron rejects what is not an address.
  const { href } = new URL(url);
  if (controlled()) return tellParent({ type: 'open-external', url: href });
  const { headless, chromium } = runtime();
  if (chromium === null) return openWithSystem(href);
  if (headless) throw new Error('No browser window can open here: the double runs headless and nobody controls it');
  const { browser } = (await chromium).cdp;
  // Its own context: the app's page shares neither cookies nor storage with the login page.
  const { browserContextId } = await browser.send('Target.createBrowserContext', { disposeOnDetach: false });
  await browser.send('Target.createTarget', { url: href, browserContextId, newWindow: true });
}

/** As Electron does it on Linux and macOS: the desktop's own command, which answers once it has handed the address on. */
function openWithSystem(href: string): Promise<void> {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  return new Promise((done, fail) => {
    const child = spawn(command, [href], { stdio: 'ignore' });
    child.once('error', () => fail(new Error(`${command} could not be started`)));
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${command} found no browser`))));
  });
}

/** Opens the folder; that the file in it is marked, only a file manager can do. */
function showItemInFolder(path: string): void {
  tellParent({ type: 'show-item', path });
  if (controlled() || runtime().headless) return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [dirname(path)], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log(`No file manager can be opened here; the file is ${path}`));
  child.unref();
}

export const shellDouble = strict('shell', { openExternal, showItemInFolder, beep: () => undefined });
