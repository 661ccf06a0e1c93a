/** What the processes of a started app use. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import type { Vitrine } from '../e2e/support/launch.ts';

/** Resident, MB. */
export interface Memory {
  readonly main: number;
  readonly page: number;
}

export const memoryOf = async ({ child, page }: Pick<Vitrine, 'child' | 'page'>): Promise<Memory> => ({
  main: resident(child.pid),
  page: await residentOfPage(page),
});

const resident = (pid: number | undefined): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Of the page's process, once its garbage was collected. */
async function residentOfPage(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.detach();
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  await browser?.detach();
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => resident(id)));
}
