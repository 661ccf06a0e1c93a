/**
 * Takes the pictures: `node collector/web/gallery/shoot.ts FOLDER [state…]`. Each state in both themes at 1280×800;
 * `--sizes` adds 1920×1080 and 900×700.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openGallery } from './browser.ts';
import { states } from './states.ts';

const [folder = 'gallery-pictures', ...rest] = process.argv.slice(2);
const all = rest.includes('--sizes');
const names = rest.filter((name) => !name.startsWith('--'));
mkdirSync(folder, { recursive: true });
const gallery = await openGallery();
try {
  for (const name of names.length > 0 ? names : Object.keys(states)) {
    for (const theme of ['dark', 'light'] as const) {
      for (const [width, height] of all
        ? ([
            [1280, 800],
            [1920, 1080],
            [900, 700],
          ] as const)
        : ([[1280, 800]] as const)) {
        const page = await gallery.show(name, { theme, width, height });
        await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
        await page.context().close();
      }
    }
  }
} finally {
  await gallery.close();
}
