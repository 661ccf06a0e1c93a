/**
 * Keystroke to paint while somebody types in the middle of a script of 2,000 lines, in the real app: the mark of the
 * statement, the warnings and the saving of the tab go on meanwhile, as they do for a person.
 */
import { loadavg } from 'node:os';
import type { Page } from 'playwright';
import { findChromium } from '../dev/browser.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import { startStack } from '../dev/stack/index.ts';
import { breakTheGlass, openKey, signIn, typeSql } from '../e2e/support/engineer.ts';
import { launchVitrine } from '../e2e/support/launch.ts';
import { quantile, type Report, round, spread } from './support.ts';

const LINES = 2000;
const TYPED =
  'select o.id, o.status, c.name from shop.orders o join shop.customers c on c.id = o.customer_id where o.id = 4711; ';
/** About six keys in a second: a fast typist, so that pauses in which the text is checked come, too. */
const BETWEEN_MS = 160;

const statement = (n: number): string =>
  `select o.id, o.placed_at, c.name -- ${n}\nfrom shop.orders o\njoin shop.customers c on c.id = o.customer_id\nwhere o.id = ${n};\n\n`;
const DOUBLED = 4;

/** A part of the script is typed, and pasted behind itself until it is the whole; then to the line in the middle. */
async function fill(page: Page): Promise<void> {
  const count = LINES / 2 ** DOUBLED / 5;
  await typeSql(page, Array.from({ length: count }, (_, n) => statement(n)).join(''));
  for (let time = 0; time < DOUBLED; time++)
    for (const key of ['a', 'c', 'End', 'v']) await page.keyboard.press(`ControlOrMeta+${key}`);
  await page.locator('footer.status', { hasText: `Ln ${(LINES + 1).toLocaleString('en')}` }).waitFor();
  await page.keyboard.press('ControlOrMeta+g');
  await page.keyboard.type(`${LINES / 2}`);
  await page.keyboard.press('Enter');
  await page.locator('footer.status', { hasText: `Ln ${(LINES / 2).toLocaleString('en')}` }).waitFor();
}

/** The floor: nothing but the browser stands between a key and the screen. */
const intoBareBox = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const box = document.createElement('textarea');
    box.id = 'bare';
    box.style.cssText = 'position: fixed; inset: 300px 300px 300px 300px; z-index: 9';
    document.body.append(box);
    box.focus();
  });

/** From each key to the pixels, ms. */
async function type(page: Page, text: string): Promise<readonly number[]> {
  await page.evaluate(() => {
    const strokes: number[] = [];
    const listening = new AbortController();
    Object.assign(window, { strokes, listening });
    const onKey = (event: KeyboardEvent) => {
      if (event.key.length !== 1) return;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => void strokes.push(performance.now() - event.timeStamp);
        port2.postMessage(null);
      });
    };
    window.addEventListener('keydown', onKey, { capture: true, signal: listening.signal });
  });
  await page.keyboard.type(text, { delay: BETWEEN_MS });
  return page.evaluate(() => {
    // The function above has put them there.
    const { strokes, listening } = window as unknown as { strokes: number[]; listening: AbortController };
    listening.abort();
    return strokes;
  });
}

export async function typing(report: Report): Promise<void> {
  process.env.CHROMIUM = await findChromium({ install: true });
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  try {
    const app = await launchVitrine({ env: { VITRINE_COLLECTOR: stack.collectorUrl } });
    await openKey(app.page);
    const agent = openUserAgent();
    await signIn(app.page, app.opened, async (url) => void (await fetch(await agent.signIn(url, 'amira'))));
    await breakTheGlass(app.page, {
      severity: 'SEV1',
      minutes: 5,
      ticket: 'BENCH-2',
      reason: 'Measuring how typing feels',
    });
    await fill(app.page);
    const strokes = await type(app.page, TYPED.repeat(2));
    await intoBareBox(app.page);
    const bare = await type(app.page, TYPED);
    await app.page.locator('#bare').evaluate((box) => box.remove());
    const [ours, floor] = [quantile(strokes, 0.95), quantile(bare, 0.95)];
    report({
      metric: `keystroke to paint in ${LINES} lines, p95`,
      unit: 'ms',
      value: round(ours, 1),
      budget: 16,
      beside: { ...spread(strokes), strokes: strokes.length },
    });
    report({
      metric: `keystroke to paint in ${LINES} lines, p95 over a bare text box of the same window`,
      unit: 'ratio',
      value: round(ours / floor, 2),
      beside: { ms: round(ours, 1), bare_ms: round(floor, 1), load: round(loadavg()[0] ?? 0, 1) },
    });
    await app.page.getByRole('button', { name: /Hand back/ }).click();
    await app.close();
  } finally {
    await stack.stop();
  }
}
