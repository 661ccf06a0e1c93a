/** The gallery's server and a browser for it, for pictures and for axe. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright';
import { build, preview } from 'vite';
import { states } from './states.ts';

/** A Chromium of the system, or of VITRINE_CHROMIUM; null lets Playwright use its own. */
export function findChromium(): string | null {
  const given = process.env.VITRINE_CHROMIUM;
  if (given !== undefined && given !== '') return given;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here; look on.
      }
    }
  }
  return null;
}

export interface Gallery {
  /** A page in this state, after its steps. */
  show(state: string, look: { theme: 'dark' | 'light'; width: number; height: number }): Promise<Page>;
  close(): Promise<void>;
}

async function perform(page: Page, state: string): Promise<void> {
  await page.waitForFunction(() => (document.getElementById('root')?.childElementCount ?? 0) > 0);
  await page.waitForTimeout(700);
  for (const step of states[state]?.steps ?? []) {
    if (typeof step === 'string') await page.keyboard.press(step);
    else if ('type' in step) await page.keyboard.type(step.type);
    else await page.getByRole('button', { name: step.click }).last().click();
    await page.waitForTimeout(60);
  }
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(250);
}

export async function openGallery(): Promise<Gallery> {
  // Built once: a development server would send every module again for every picture.
  const outDir = mkdtempSync(join(tmpdir(), 'vitrine-gallery-'));
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    plugins: [react()],
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, minify: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  const server = await preview({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
    appType: 'spa',
  });
  const stop = async (): Promise<void> => {
    await server.close();
    rmSync(outDir, { recursive: true, force: true });
  };
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const executable = findChromium();
  let browser: Browser;
  try {
    browser = await chromium.launch({
      args: ['--no-sandbox', '--disable-gpu'],
      ...(executable === null ? {} : { executablePath: executable }),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async show(state, { theme, width, height }) {
      const context = await browser.newContext({
        viewport: { width, height },
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        colorScheme: theme,
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`${state}: ${error.message}`));
      page.on('console', (message) => message.type() === 'error' && console.error(`${state}: ${message.text()}`));
      await page.goto(`http://127.0.0.1:${address.port}/?state=${state}&theme=${theme}`);
      await perform(page, state);
      return page;
    },
    async close() {
      await browser.close();
      await stop();
    },
  };
}
