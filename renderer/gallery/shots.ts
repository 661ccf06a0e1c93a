/**
 * Builds the gallery, serves it under the app's own Content-Security-Policy, and looks at every scene in both themes:
 * a picture each, no violation of the CSP, no error in the console, no finding of axe.
 *
 *   node renderer/gallery/shots.ts [--out=out/gallery] [--only=live,locked] [--sizes=1280x800,1920x1080,960x640]
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright';
import { serveGallery } from './serve.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/gallery' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string', default: '1280x800' },
    themes: { type: 'string', default: 'dark,light' },
    axe: { type: 'boolean', default: true },
    serve: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const { origin, stop } = await serveGallery();
if (values.serve) {
  console.log(origin);
} else {
  const { scenes } = await import('./scenes.ts');
  const only = values.only === '' ? Object.keys(scenes) : values.only.split(',');
  await mkdir(values.out, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  let findings = 0;
  const complain = (scene: string, text: string) => {
    findings++;
    console.log(`${scene}: ${text}`);
  };
  for (const size of values.sizes.split(',')) {
    const [width = 1280, height = 800] = size.split('x').map(Number);
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    for (const theme of values.themes.split(',')) {
      for (const scene of only) {
        const page = await context.newPage();
        const name = `${scene}-${theme}`;
        page.on('pageerror', (error) => complain(name, error.message));
        page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') complain(name, message.text());
        });
        await page.goto(`${origin}/?scene=${scene}&theme=${theme}`);
        const { state, run, shows } = scenes[scene] ?? {};
        if (state?.phase === 'live') await page.locator('.editor[data-worker=answers]').waitFor({ timeout: 15_000 });
        if (run === true)
          await page
            .locator('.result-bar, dialog')
            .first()
            .waitFor({ timeout: 8000 })
            .catch((e: Error) => complain(name, e.message.split('\n')[0] ?? ''));
        if (shows !== undefined)
          await page
            .locator(shows)
            .first()
            .waitFor({ timeout: 8000 })
            .catch((e: Error) => complain(name, e.message.split('\n')[0] ?? ''));
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(scenes[scene]?.writing === undefined ? 350 : 1600);
        await page.screenshot({ path: join(values.out, `${name}-${size}.png`) });
        if (values.axe) {
          const { violations } = await new AxeBuilder({ page }).analyze();
          for (const found of violations) {
            complain(
              name,
              `axe ${found.id}: ${found.nodes
                .map(
                  (node) =>
                    `${node.target} ${node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? ''}`,
                )
                .slice(0, 4)
                .join(' | ')}`,
            );
          }
        }
        await page.close();
      }
    }
    await context.close();
  }
  await browser.close();
  await stop();
  console.log(`${only.length} scenes, ${findings} findings`);
  process.exitCode = findings === 0 ? 0 : 1;
}
