/** A Chromium-based browser for the app's window, the story and the tests: found, or installed where that is possible. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findChromium as lookFor } from './chromium-shell/chromium/find.ts';

export interface FindOptions {
  /** Install one when there is none. */
  readonly install?: boolean;
  readonly log?: (line: string) => void;
}

/** Path of a browser. `CHROMIUM` names one; otherwise the system's is taken. Rejects, with what to do, when there is none. */
export async function findChromium({ install = false, log = console.log }: FindOptions = {}): Promise<string> {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM names ${named}, which does not exist.`);
  }
  const found = await lookFor();
  if (found !== null) return found;
  if (install) {
    for (const attempt of [installWithApt, installWithPlaywright]) {
      if (!attempt(log)) continue;
      const installed = await lookFor();
      if (installed !== null) return installed;
    }
  }
  throw new Error('There is no Chromium here. Install chromium or google-chrome, or set CHROMIUM to the path of one.');
}

function installWithApt(log: (line: string) => void): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  log('Installing Chromium with apt-get, because the app window and the pictures need a browser and none was found…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): boolean => spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0;
  const install = (): boolean => apt('install', '-y', '--no-install-recommends', 'chromium');
  return install() || (apt('update') && install());
}

function installWithPlaywright(log: (line: string) => void): boolean {
  log('Fetching Playwright’s Chromium, because a browser is needed and none was found…');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  return spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore', timeout: 300_000 }).status === 0;
}
