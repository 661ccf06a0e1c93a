/** Where a Chromium-based browser is on this machine. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
  'brave-browser',
];
/** Debian's launcher is a shell script in front of this file; going straight to it saves its start. */
const DIRECT = ['/usr/lib/chromium/chromium', '/usr/lib64/chromium-browser/chromium-browser'];
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const PROGRAMS = [
  'Chromium\\Application\\chrome.exe',
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

type Env = Readonly<Record<string, string | undefined>>;

/** Every place that is looked at, best first. `VITRINE_CHROMIUM` goes before all others. */
export function chromiumCandidates(env: Env, platform: NodeJS.Platform): string[] {
  const chosen = env.VITRINE_CHROMIUM ? [env.VITRINE_CHROMIUM] : [];
  if (platform === 'darwin') return [...chosen, ...APPLICATIONS];
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((root) => root !== undefined);
    return [...chosen, ...roots.flatMap((root) => PROGRAMS.map((program) => join(root, program)))];
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...chosen, ...DIRECT, ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))];
}

/** The first browser that exists: a system one, else the one that Playwright has installed; null where there is none. */
export async function findChromium(env: Env = process.env): Promise<string | null> {
  const found = chromiumCandidates(env, process.platform).find((file) => existsSync(file));
  if (found !== undefined) return found;
  const { chromium } = await import('playwright');
  const installed = chromium.executablePath();
  return installed !== '' && existsSync(installed) ? installed : null;
}
