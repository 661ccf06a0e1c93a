/**
 * Builds the gallery, serves it under the app's own Content-Security-Policy, and looks at every scene in both themes:
 * a picture each, no violation of the CSP, no error in the console, no finding of axe.
 *
 *   node renderer/gallery/shots.ts [--out=out/gallery] [--only=live,locked] [--sizes=1280x800,1920x1080,960x640]
 *   node renderer/gallery/shots.ts --docs [--out=docs/screenshots]     the set of the documentation, with its page
 */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { dress, openCamera, type Size, type Theme, take } from './camera.ts';
import { galleryPage, uncaptioned } from './captions.ts';
import type { Scene } from './scene.ts';
import { scenes } from './scenes.ts';
import { serveGallery } from './serve.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    only: { type: 'string', default: '' },
    sizes: { type: 'string' },
    themes: { type: 'string', default: 'dark,light' },
    axe: { type: 'boolean' },
    docs: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
/** So many pages are looked at side by side; most of the time a page waits. */
const AT_ONCE = 2;

const { origin, stop } = await serveGallery();
if (values.serve) console.log(origin);
else {
  const findings = values.docs ? await documentation() : await look();
  await stop();
  process.exitCode = findings === 0 ? 0 : 1;
}

interface Wish {
  readonly folder: string;
  readonly sizes: readonly Size[];
  readonly themes: readonly Theme[];
  readonly format: 'png' | 'webp';
  readonly axe: boolean;
}

async function look(): Promise<number> {
  return await pictures({
    folder: values.out ?? 'out/gallery',
    sizes: (values.sizes ?? '1280x800').split(',').map(sizeOf),
    themes: values.themes.split(',').map((theme) => (theme === 'light' ? 'light' : 'dark')),
    format: 'png',
    axe: values.axe ?? true,
  });
}

/** All scenes, both themes, two sizes; beside them the page that says what each shows. */
async function documentation(): Promise<number> {
  const out = values.out ?? 'docs/screenshots';
  const folder = join(out, 'gallery');
  if (values.only === '') await rm(folder, { recursive: true, force: true });
  let findings = await pictures({
    folder,
    sizes: ['1280x800', '1920x1080'].map(sizeOf),
    themes: ['dark', 'light'],
    format: 'webp',
    axe: values.axe ?? false,
  });
  for (const name of uncaptioned(Object.keys(scenes))) {
    findings++;
    console.log(`${name}: say in renderer/gallery/captions.ts what it shows`);
  }
  await writeFile(join(out, 'README.md'), galleryPage(Object.keys(scenes)));
  return findings;
}

function sizeOf(text: string): Size {
  const [width = 1280, height = 800] = text.split('x').map(Number);
  return { width, height };
}

async function pictures(wish: Wish): Promise<number> {
  const only = values.only === '' ? Object.keys(scenes) : values.only.split(',');
  let findings = 0;
  const complain = (scene: string, text: string) => {
    findings++;
    console.log(`${scene}: ${text}`);
  };
  await mkdir(wish.folder, { recursive: true });
  const camera = await openCamera(origin, complain);
  const waiting = wish.sizes.flatMap((size) => only.map((name) => ({ name, size })));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const scene: Scene | undefined = scenes[next.name];
      if (scene === undefined) {
        complain(next.name, 'There is no such scene.');
        continue;
      }
      const page = await camera.show(next.name, scene, next.size);
      for (const theme of wish.themes) {
        await dress(page, theme);
        const file = `${next.name}-${theme}-${next.size.width}x${next.size.height}.${wish.format}`;
        await writeFile(join(wish.folder, file), await take(page, wish.format));
        if (wish.axe) for (const text of await axe(page)) complain(`${next.name} ${theme}`, text);
      }
      await page.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await camera.close();
  console.log(`${only.length} scenes, ${findings} findings`);
  return findings;
}

/** What axe finds, a line for each rule. */
async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => {
    const said = nodes.map(({ target, any, all, none }) => `${target} ${(any[0] ?? all[0] ?? none[0])?.message ?? ''}`);
    return `axe ${id}: ${said.slice(0, 4).join(' | ')}`;
  });
}
