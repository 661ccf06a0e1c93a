/** Electron's binary: the npm package brings none, so it is looked for, and fetched once where the network allows it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type ElectronFound = { readonly path: string } | { readonly why: string };

/** Longest time a start may lose to a network that swallows the request. */
const patienceMs = 20_000;

/** `dir` remembers a failed attempt, so that only the first start waits for it; `npm run reset` forgets it. */
export function findElectron(dir: string, log: (line: string) => void): ElectronFound {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const present = binaryIn(folder);
  if (present !== null) return { path: present };

  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const why = `Electron ${version} is not here and could not be fetched`;
  const remembered = join(dir, 'electron-not-available');
  if (existsSync(remembered) && readFileSync(remembered, 'utf8') === version) return { why };
  log(`Fetching Electron ${version} (tried once, at most ${patienceMs / 1000} s)…`);
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: patienceMs });
  const fetched = binaryIn(folder);
  if (fetched !== null) return { path: fetched };
  mkdirSync(dir, { recursive: true });
  writeFileSync(remembered, version);
  return { why };
}

/** As the package itself does it: `path.txt` names the program inside `dist`. */
function binaryIn(folder: string): string | null {
  const note = join(folder, 'path.txt');
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!existsSync(note) && given === undefined) return null;
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  };
  const name = existsSync(note) ? readFileSync(note, 'utf8') : (names[process.platform] ?? 'electron');
  const path = join(given ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : null;
}
