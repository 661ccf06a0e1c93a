/** Every state of every page, in both themes, through axe. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gallery, openGallery } from './browser.ts';
import { states } from './states.ts';

let gallery: Gallery;
beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);
afterAll(async () => {
  await gallery.close();
}, 30_000);

async function findings(page: Page, theme: 'dark' | 'light'): Promise<string[]> {
  // A theme that fades in is measured half-way on a busy machine.
  await page.addStyleTag({ content: '*, *::before, *::after { transition: none !important; }' });
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
  }, theme);
  await page.waitForTimeout(100);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${theme}: ${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

describe('a page for people who see, hear or steer it differently', () => {
  it.each(Object.keys(states))(
    'has no accessibility finding in either theme: %s',
    { timeout: 60_000 },
    async (state) => {
      const page = await gallery.show(state, { theme: 'dark', width: 1280, height: 800 });
      try {
        expect([...(await findings(page, 'dark')), ...(await findings(page, 'light'))]).toEqual([]);
      } finally {
        await page.context().close();
      }
    },
  );
});
