/**
 * A result of 1,000,000 rows and 20 columns in the real app: when its first rows are on the screen after the server's first
 * row, frames while it is scrolled by the wheel and by dragging the bar over its whole length, how long the last row takes,
 * and what main and page grow by. Beside the frames: the same wheel over a bare box of text in the same window.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright';
import { findChromium } from '../dev/browser.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import { startStack } from '../dev/stack/index.ts';
import { breakTheGlass, openKey, signIn, typeSql } from '../e2e/support/engineer.ts';
import { launchVitrine } from '../e2e/support/launch.ts';
import { type Memory, memoryOf } from './processes.ts';
import { quantile, type Report, round } from './support.ts';

const ROWS = Number(process.env.VITRINE_BENCH_ROWS ?? 1_000_000);
const STEPS = 240;
/** The kinds of value that take turns in the columns. */
const column = (n: number): string => `${n % 3 === 0 ? `md5((i + ${n})::text)` : `(i % ${900 + n}) * 1.37`} as c${n}`;
const wide = (rows: number): string =>
  `select i as id, ${Array.from({ length: 19 }, (_, n) => column(n)).join(', ')} from generate_series(1, ${rows}) i`;

interface Frames {
  /** Between two frames, ms. */
  readonly times: readonly number[];
  /** Of the page's main thread for one frame, ms: other work on the machine does not stretch it. */
  readonly cpu: number;
}

export async function scroll(report: Report): Promise<void> {
  process.env.CHROMIUM = await findChromium({ install: true });
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const userData = mkdtempSync(join(tmpdir(), 'vitrine-bench-scroll-'));
  keepAMillion(userData);
  try {
    const app = await launchVitrine({ userData, env: { VITRINE_COLLECTOR: stack.collectorUrl } });
    const { page } = app;
    await openKey(page);
    const agent = openUserAgent();
    await signIn(page, app.opened, async (url) => void (await fetch(await agent.signIn(url, 'amira'))));
    await breakTheGlass(page, {
      severity: 'SEV1',
      minutes: 10,
      ticket: 'BENCH-3',
      reason: 'Measuring a result of a million rows',
    });
    // A small one first: what every statement needs is there then.
    await typeSql(page, wide(1000));
    await runAndSee(page);
    const small = await runAndSee(page);
    const before = await memoryOf(app);
    await typeSql(page, wide(ROWS));
    const late = await runAndSee(page);
    await page
      .getByText(`${ROWS.toLocaleString('en')} rows`)
      .first()
      .waitFor({ timeout: 300_000 });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const wheel = await framesWhile(page, devtools, () => turnWheel(page, '.grid'));
    const drag = await framesWhile(page, devtools, () => dragBar(page));
    const lastMs = await toLastRow(page);
    const after = await memoryOf(app);
    const bare = await framesWhile(page, devtools, async () => {
      await putBareBox(page);
      await turnWheel(page, '#bare');
    });
    await page.locator('#bare').evaluate((box) => box.remove());
    await page.getByRole('button', { name: /Hand back/ }).click();
    await app.close();
    tell(report, { late, small, wheel, drag, bare, lastMs, before, after });
  } finally {
    await stack.stop();
    rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Found {
  readonly late: number;
  readonly small: number;
  readonly wheel: Frames;
  readonly drag: Frames;
  readonly bare: Frames;
  readonly lastMs: number;
  readonly before: Memory;
  readonly after: Memory;
}

function tell(report: Report, { late, small, wheel, drag, bare, lastMs, before, after }: Found): void {
  const load = round(loadavg()[0] ?? 0, 1);
  report({
    metric: `first rows of ${ROWS} on the screen, after the server's first row`,
    unit: 'ms',
    value: round(late, 0),
    budget: 100,
    beside: { of_1000_rows: round(small, 0), load },
  });
  for (const [name, { times, cpu }] of Object.entries({ wheel, drag }))
    report({
      metric: `frame while scrolling 1 M rows of 20 columns by ${name}, median over the same wheel on bare text`,
      unit: 'ratio',
      value: round(quantile(times, 0.5) / quantile(bare.times, 0.5), 2),
      beside: {
        ms: round(quantile(times, 0.5), 1),
        p95_ms: round(quantile(times, 0.95), 1),
        worst_ms: round(quantile(times, 1), 1),
        over_50_ms: times.filter((ms) => ms > 50).length,
        page_cpu_ms: round(cpu, 1),
        frames: times.length,
        bare_ms: round(quantile(bare.times, 0.5), 1),
        bare_worst_ms: round(quantile(bare.times, 1), 1),
        load,
      },
    });
  report({ metric: 'from the first to the last of 1 M rows, by key', unit: 'ms', value: round(lastMs, 0) });
  report({
    metric: 'growth of main and page for 1 M rows of 20 columns',
    unit: 'MB',
    value: round(after.main - before.main + after.page - before.page, 0),
    budget: 250,
    beside: { main: round(after.main - before.main, 0), page: round(after.page - before.page, 0) },
  });
}

/** The setting as a person would have made it, before the first start. */
function keepAMillion(userData: string): void {
  mkdirSync(userData, { recursive: true });
  writeFileSync(join(userData, 'settings.json'), JSON.stringify({ settings: { result_rows: ROWS } }));
}

/** Runs what is in the editor; from the server's first row, as the result's own timing tells it, to rows that are painted, ms. */
async function runAndSee(page: Page): Promise<number> {
  await page.evaluate(() => {
    const started = performance.now();
    let gone = false;
    const look = () => {
      const cell = document.querySelector('.grid [role=gridcell]');
      if (cell === null) gone = true;
      if (gone && cell !== null) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => Object.assign(window, { paintedMs: performance.now() - started });
        port2.postMessage(null);
      } else requestAnimationFrame(look);
    };
    Reflect.deleteProperty(window, 'paintedMs');
    requestAnimationFrame(look);
  });
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForFunction(() => 'paintedMs' in window, null, { timeout: 60_000 });
  const painted = await page.evaluate(() => (window as unknown as { paintedMs: number }).paintedMs);
  const told = page.getByText(/first row [\d.,]+ m?s/).first();
  await told.waitFor({ timeout: 300_000 });
  const [, amount = '0', unit] = /first row ([\d.,]+) (m?s)/.exec((await told.textContent()) ?? '') ?? [];
  return painted - Number(amount.replace(',', '')) * (unit === 's' ? 1000 : 1);
}

async function framesWhile(page: Page, devtools: CDPSession, work: () => Promise<void>): Promise<Frames> {
  const busy = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  await page.evaluate(() => {
    const times: number[] = [];
    let last: number | null = null;
    const tick = (now: number) => {
      if (last !== null) times.push(now - last);
      last = now;
      if (Object.hasOwn(window, 'frameTimes')) requestAnimationFrame(tick);
    };
    Object.assign(window, { frameTimes: times });
    requestAnimationFrame(tick);
  });
  const before = await busy();
  await work();
  const cpu = (await busy()) - before;
  const times = await page.evaluate(() => {
    const { frameTimes } = window as unknown as { frameTimes: number[] };
    Reflect.deleteProperty(window, 'frameTimes');
    return frameTimes;
  });
  return { times, cpu: cpu / Math.max(1, times.length) };
}

async function turnWheel(page: Page, over: string): Promise<void> {
  await page.locator(over).hover();
  for (let step = 0; step < STEPS; step++) {
    await page.mouse.wheel(0, 240);
    await pause(16);
  }
}

/** As a drag of the bar does it: another place in every frame, over the whole length. */
const dragBar = (page: Page): Promise<void> =>
  page.evaluate(async (steps) => {
    const grid = document.querySelector('.grid');
    if (grid === null) return;
    for (let step = 0; step <= steps; step++) {
      grid.scrollTop = (grid.scrollHeight * step) / steps;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    grid.scrollTop = 0;
  }, STEPS);

async function toLastRow(page: Page): Promise<number> {
  await page.locator('.grid').focus();
  const started = performance.now();
  await page.keyboard.press('ControlOrMeta+End');
  await page.locator('.grid-number', { hasText: new RegExp(`^${ROWS}$`) }).waitFor();
  return performance.now() - started;
}

const putBareBox = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const box = document.createElement('pre');
    box.id = 'bare';
    box.style.cssText = 'position: fixed; inset: 300px 0 40px 300px; overflow: auto; margin: 0; z-index: 9';
    box.textContent = Array.from({ length: 4000 }, (_, n) => `${n} `.repeat(30)).join('\n');
    document.body.append(box);
  });
