/**
 * A browser that shows scenes so that the same code gives the same picture: the clocks stand still, nothing moves, no
 * caret blinks, and a picture is taken once two looks in a row saw the same.
 */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import type { Scene } from './scene.ts';

export type Theme = 'dark' | 'light';
export interface Camera {
  /** The page of a scene, brought to where its picture is taken. */
  show(name: string, scene: Scene, size: Size): Promise<Page>;
  close(): Promise<void>;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
/** Called with what went wrong on the page of a scene. */
type Complain = (scene: string, text: string) => void;

/** When all pictures are taken, by the clock on the wall. */
const NOW = '2026-11-23T14:08:30.000Z';
/** The page's own clock runs this much slower: it goes on, so that what waits for it ends, and no figure changes. */
const SLOWER = 10_000;

/** Runs in the page before anything else. */
function stopClocks([now, slower]: readonly [number, number]): void {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given: unknown[]) {
      // Every way to make a date but "now" is left as it is.
      super(...((given.length === 0 ? [now] : given) as [number]));
    }
    static override now(): number {
      return now;
    }
  } as DateConstructor; // Called without `new` it would throw; nothing here does.
  const real = performance.now.bind(performance);
  performance.now = () => 1000 + real() / slower;
}
/** Monaco draws its caret by itself; the hover of a mouse that is nowhere cannot be trusted either. */
const STILL = '.monaco-editor .cursor { visibility: hidden !important; } * { caret-color: transparent !important; }';

export async function openCamera(origin: string, complain: Complain): Promise<Camera> {
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--hide-scrollbars=false', '--font-render-hinting=none'],
  });
  // One for all pages of a size: what the browser has compiled once, it keeps.
  const contexts = new Map<string, Promise<BrowserContext>>();
  const contextOf = (size: Size): Promise<BrowserContext> => {
    const key = `${size.width}x${size.height}`;
    const there = contexts.get(key);
    if (there !== undefined) return there;
    const made = browser.newContext({
      viewport: size,
      reducedMotion: 'reduce',
      colorScheme: 'dark',
      timezoneId: 'UTC',
      locale: 'en-US',
    });
    contexts.set(key, made);
    return made;
  };
  return {
    async show(name, scene, size) {
      const context = await contextOf(size);
      const page = await context.newPage();
      await page.addInitScript(stopClocks, [Date.parse(NOW), SLOWER] as const);
      page.on('pageerror', (error) => complain(name, error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complain(name, message.text());
      });
      for (let tries = 1; ; tries++) {
        await page.goto(`${origin}/?scene=${name}`);
        await page.addStyleTag({ content: STILL });
        const missed = await reach(page, scene).then(
          () => null,
          (error: Error) => error.message.split('\n')[0] ?? '',
        );
        if (missed === null) break;
        // Keys may be lost on a busy machine, before the page listens; the second miss is the scene's own.
        if (tries === 2) {
          complain(name, missed);
          break;
        }
      }
      await page.evaluate(() => document.fonts.ready);
      return page;
    },
    close: () => browser.close(),
  };
}

/** Does what the scene says is done before it is looked at. */
async function reach(page: Page, { state, run, dialog, keys, shows, next, writing, calls }: Scene): Promise<void> {
  const live = state.phase === 'live' && calls?.loadTabs !== 'never';
  const wait = (selector: string) => page.locator(selector).first().waitFor({ timeout: 20_000 });
  if (live) {
    await page.locator('.editor[data-worker=answers]').waitFor({ timeout: 60_000 });
    // The colours of SQL come a moment after the text; a text too long for them has none.
    await page
      .locator('.view-line span[class^=mtk] + span[class^=mtk]')
      .first()
      .waitFor({ timeout: 4000 })
      .catch(() => {});
  }
  if (run === true) await wait('.result-bar, dialog');
  if (dialog === true) await wait('dialog');
  if (live && keys !== undefined) await page.locator('.tree-line').first().waitFor({ state: 'attached' });
  if (keys !== undefined) await wait('.glass');
  for (const key of keys ?? []) await page.keyboard.press(key);
  if (shows !== undefined) await wait(shows);
  await page.waitForTimeout(writing !== undefined || next !== undefined ? 1700 : 200);
}

/** Puts the page into a theme. The gallery follows the system, so that one page can be seen in both. */
export async function dress(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme=${theme}]`).waitFor();
}

export type Format = 'png' | 'webp';
/** Small text is still crisp; above, files grow faster than what one sees (50: a quarter more, 100: lossless, two times as much). */
const QUALITY = 30;

/** The picture of a page, once it stands still (or will not, after two seconds). */
export async function take(page: Page, format: Format): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  // Said in full, because the first page of a browser may be captured as small as its window once was.
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 };
  const look = async () => {
    const { data } = await session.send('Page.captureScreenshot', {
      format,
      clip: { x: 0, y: 0, width, height, scale: 1 },
      ...(format === 'webp' ? { quality: QUALITY } : {}),
    });
    return data;
  };
  let seen = await look();
  for (let looks = 0; looks < 14; looks++) {
    await page.waitForTimeout(140);
    const again = await look();
    if (again === seen) break;
    seen = again;
  }
  await session.detach();
  return Buffer.from(seen, 'base64');
}
