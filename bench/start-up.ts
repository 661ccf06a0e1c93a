/** From nothing to an editor that takes keys, without the time a person needs: process to first screen, grant to editor. */
import { readdirSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright';
import { findChromium } from '../dev/browser.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import { startStack } from '../dev/stack/index.ts';
import { fillRequest, openKey, signIn } from '../e2e/support/engineer.ts';
import { launchVitrine } from '../e2e/support/launch.ts';
import { type Memory, memoryOf } from './processes.ts';
import { quantile, type Report, round, spread, timed } from './support.ts';

const RUNS = 5;

export async function startUp(report: Report): Promise<void> {
  process.env.CHROMIUM = await findChromium({ install: true });
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const screen: number[] = [];
  const editor: number[] = [];
  const bare: number[] = [];
  const memory: Memory[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      bare.push(await bareWindow());
      const started = performance.now();
      const app = await launchVitrine({ env: { VITRINE_COLLECTOR: stack.collectorUrl } });
      await app.page.getByRole('button', { name: 'Lock the key' }).waitFor();
      screen.push(performance.now() - started);
      await openKey(app.page);
      const agent = openUserAgent();
      await signIn(app.page, app.opened, async (url) => void (await fetch(await agent.signIn(url, 'amira'))));
      await fillRequest(app.page, {
        severity: 'SEV1',
        minutes: 5,
        ticket: 'BENCH-1',
        reason: 'Measuring how soon the editor is there',
      });
      await app.page.getByLabel('Why').press('Enter');
      editor.push(await timed(() => editorUsable(app.page)));
      memory.push(await memoryOf(app));
      await app.page.getByRole('button', { name: /Hand back/ }).click();
      await app.close();
    }
  } finally {
    await stack.stop();
  }
  const first = quantile(screen, 0.5);
  const second = quantile(editor, 0.5);
  report({
    metric: 'start to usable editor, without the person’s own time, p50',
    unit: 'ms',
    value: round(first + second, 0),
    budget: 1500,
    beside: {
      process_to_first_screen: round(first, 0),
      grant_to_editor: round(second, 0),
      bare_window: round(quantile(bare, 0.5), 0),
      runs: RUNS,
      load: round(loadavg()[0] ?? 0, 1),
    },
  });
  report({
    metric: 'process to first screen, over a bare window of the same browser',
    unit: 'ratio',
    value: round(first / quantile(bare, 0.5), 2),
    beside: { ms: round(first, 0), bare_ms: round(quantile(bare, 0.5), 0) },
  });
  report({
    metric: 'memory with the editor open, main and page',
    unit: 'MB',
    value: round(middle(memory, 'main') + middle(memory, 'page'), 0),
    beside: { main: round(middle(memory, 'main'), 0), page: round(middle(memory, 'page'), 0) },
  });
  reportSizes(report);
  report({ metric: 'process to first screen', unit: 'ms', value: round(first, 0), beside: spread(screen) });
  report({ metric: 'break the glass to usable editor', unit: 'ms', value: round(second, 0), beside: spread(editor) });
}

/** The floor: the browser from its start to a page with one word, which the shell needs as well. */
async function bareWindow(): Promise<number> {
  const started = performance.now();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: ['--no-sandbox'] });
  await (await browser.newPage()).goto('data:text/html,bare');
  const ms = performance.now() - started;
  await browser.close();
  return ms;
}

/** The cursor is in it, and the database answers. */
async function editorUsable(page: Page): Promise<void> {
  await page.locator('.editor .monaco-editor.focused .view-lines').waitFor({ timeout: 30_000 });
  await page
    .getByText(/Connected/)
    .first()
    .waitFor();
}

const middle = (memory: readonly Memory[], of: keyof Memory): number =>
  quantile(
    memory.map((one) => one[of]),
    0.5,
  );

/** What the page is made of, MB on the disk; text is kept as it is, since nothing of it goes over a network. */
function reportSizes(report: Report): void {
  const folder = 'out/renderer/assets';
  const sizes = readdirSync(folder).map((file) => ({ file, mb: statSync(`${folder}/${file}`).size / 1e6 }));
  const sum = (wanted: RegExp): number =>
    round(
      sizes.filter(({ file }) => wanted.test(file)).reduce((mb, one) => mb + one.mb, 0),
      2,
    );
  report({
    metric: 'bundle of the renderer, everything',
    unit: 'MB',
    value: sum(/./),
    beside: {
      first_screen_js: sum(/^index-.*\.js$/),
      work_js: sum(/^WorkArea-.*\.js$/),
      workers: sum(/worker-.*\.js$/),
      css: sum(/\.css$/),
      fonts: sum(/\.(woff2|ttf)$/),
    },
  });
}
