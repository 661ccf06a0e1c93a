/** `shell.openExternal`: to the controlling process where there is one, else a normal window of the same browser. */
import { controlled, runtime, tellParent } from '../runtime.ts';
import { strict } from './strict.ts';

async function openExternal(url: string): Promise<void> {
  // Electron rejects what is not an address.
  const { href } = new URL(url);
  if (controlled()) return tellParent({ type: 'open-external', url: href });
  const { headless, chromium } = runtime();
  if (headless) throw new Error('No browser window can open here: the double runs headless and nobody controls it');
  const { browser } = (await chromium).cdp;
  // Its own context: the app's page shares neither cookies nor storage with the login page.
  const { browserContextId } = await browser.send('Target.createBrowserContext', { disposeOnDetach: false });
  await browser.send('Target.createTarget', { url: href, browserContextId, newWindow: true });
}

export const shellDouble = strict('shell', { openExternal, beep: () => undefined });
