/** From nothing to an editor that takes keys, without the time a person needs: process to first screen, grant to editor. */
import { findChromium } from '../dev/browser.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import { startStack } from '../dev/stack/index.ts';
import { editorReady, fillRequest, openKey, signIn } from '../e2e/support/engineer.ts';
import { launchVitrine } from '../e2e/support/launch.ts';
import { quantile, type Report, round, spread, timed } from './support.ts';

const RUNS = 5;

export async function startUp(report: Report): Promise<void> {
  process.env.CHROMIUM = await findChromium({ install: true });
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const screen: number[] = [];
  const editor: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
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
      editor.push(await timed(() => editorReady(app.page)));
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
    beside: { process_to_first_screen: round(first, 0), grant_to_editor: round(second, 0), runs: RUNS },
  });
  report({ metric: 'process to first screen', unit: 'ms', value: round(first, 0), beside: spread(screen) });
  report({ metric: 'break the glass to usable editor', unit: 'ms', value: round(second, 0), beside: spread(editor) });
}
