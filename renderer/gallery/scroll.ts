/**
 * Measures scrolling over a million rows of twenty columns in the gallery: frame times for the wheel and for a drag of
 * the scroll bar over the whole range, and how long until the last row is on screen. One JSON line each.
 *
 *   node renderer/gallery/scroll.ts
 */
import { chromium, type Page } from 'playwright';
import { serveGallery } from './serve.ts';

/** Runs `step` in every frame for `frames` frames and answers the times between them, sorted, in ms. */
async function frames(page: Page, kind: 'wheel' | 'drag', steps: number): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    let last = performance.now();
    const tick = (now: number) => {
      times.push(now - last);
      last = now;
      if (Object.hasOwn(window, 'frameTimes')) requestAnimationFrame(tick);
    };
    Object.assign(window, { frameTimes: times });
    requestAnimationFrame(tick);
  });
  if (kind === 'wheel') {
    for (let i = 0; i < steps; i++) {
      await page.mouse.wheel(0, 240);
      await page.waitForTimeout(16);
    }
  } else {
    await page.evaluate(async (n) => {
      const grid = document.querySelector('.grid');
      if (grid === null) return;
      for (let i = 0; i <= n; i++) {
        grid.scrollTop = (grid.scrollHeight * i) / n;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }, steps);
  }
  return page.evaluate(() => {
    const times = (window as unknown as { frameTimes: number[] }).frameTimes.slice(1);
    Reflect.deleteProperty(window, 'frameTimes');
    return times.sort((a, b) => a - b);
  });
}

const { origin, stop } = await serveGallery();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${origin}/?scene=million`);
await page.getByRole('gridcell').first().waitFor();
await page.waitForTimeout(500);
await page.locator('.grid').hover();
const devtools = await page.context().newCDPSession(page);
// CPU time of the page's main thread, which other work on the machine does not stretch as it does frame times.
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
const busy = async () =>
  ((await devtools.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration')?.value ?? 0) * 1000;
for (const kind of ['wheel', 'drag'] as const) {
  const before = await busy();
  const times = await frames(page, kind, 180);
  const cpu = Math.round((((await busy()) - before) / Math.max(1, times.length)) * 10) / 10;
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  console.log(
    JSON.stringify({
      metric: `grid_${kind}_frame_ms`,
      median: at(0.5),
      p95: at(0.95),
      worst: at(0.9999),
      cpu_per_frame: cpu,
      frames: times.length,
    }),
  );
}
const began = performance.now();
await page.locator('.grid').focus();
await page.keyboard.press('Control+End');
await page.locator('.grid-number', { hasText: /^1000000$/ }).waitFor();
const heap = await page.evaluate(
  () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
);
console.log(
  JSON.stringify({
    metric: 'grid_last_row_ms',
    value: Math.round(performance.now() - began),
    heap_mb: Math.round(heap / 1048576),
  }),
);
await browser.close();
await stop();
