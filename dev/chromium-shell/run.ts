/**
 * Runs the built app on Node and a system Chromium, as `electron .` would run it on Electron:
 *
 *     node dev/chromium-shell/run.ts [--headless] [--theme=dark|light] [--size=1440x900] [main.js] [arguments of the app]
 *     node dev/chromium-shell/run.ts --no-window [main.js] [arguments of the app]     for an app that opens none
 *
 * The same `out/main`, `out/preload` and `out/renderer` run, unchanged (I7 is tested on them). What the double cannot
 * cover: the operating system's sandbox, keychains, fuses, native dialogs, the updater.
 *
 * `hooks.ts` swaps the module, `electron/` is the double itself, `page/` what runs inside the page, `chromium/` the
 * browser and its protocol. With a controlling process (`process.send`) it also opens a debugging port, reports it, and
 * hands over the addresses that the app wants to open.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from './chromium/launch.ts';
import { hookElectron } from './hooks.ts';
import { controlled, type RunOptions, startRuntime, tellParent } from './runtime.ts';

const { options, main, rest } = parseArguments(process.argv.slice(2));
// Before main is read: the browser takes longest, and both can start at the same time.
const chromium = options.window
  ? launchChromium({
      headless: options.headless,
      port: controlled(),
      size: options.viewport ?? { width: 1440, height: 900 },
    })
  : null;
chromium
  ?.then((browser) => browser.endpoint)
  .then(
    (endpoint) => tellParent({ type: 'devtools', endpoint }),
    // Reported where the double waits for the browser.
    () => undefined,
  );
startRuntime({ ...options, chromium });

process.argv = [process.argv[0] ?? '', main, ...rest];
Object.defineProperty(process, 'type', { value: 'browser' });
Object.defineProperty(process, 'resourcesPath', { value: options.appPath });
hookElectron();
const { becomeReady } = await import('./electron/index.ts');
const late = setTimeout(() => {
  console.error(
    'chromium-shell: main is still being evaluated after 5 s. As in Electron, `ready` comes only after that, so main must not await `app.whenReady()` at its top level.',
  );
}, 5000);
await import(pathToFileURL(main).href);
clearTimeout(late);
becomeReady();

function parseArguments(args: readonly string[]): { options: RunOptions; main: string; rest: string[] } {
  const own = args.findIndex((arg) => !/^--(headless|no-window|theme=|size=)/.test(arg));
  const flags = own < 0 ? args : args.slice(0, own);
  const after = own < 0 ? [] : args.slice(own);
  const given = after[0] !== undefined && !after[0].startsWith('-');
  const main = resolve((given ? after[0] : undefined) ?? 'out/main/index.js');
  const rest = given ? after.slice(1) : after;
  if (!existsSync(main)) throw new Error(`There is no ${main}; build the app first`);
  const appPath = packageFolder(main);
  // The app's own file.
  const manifest = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')) as Record<string, string>;
  const [width, height] = (argumentOf(flags, 'size') ?? '').split('x').map(Number);
  return {
    main,
    rest,
    options: {
      headless: flags.includes('--headless'),
      window: !flags.includes('--no-window'),
      systemTheme: argumentOf(flags, 'theme') === 'light' ? 'light' : 'dark',
      viewport: width && height ? { width, height } : null,
      appPath,
      name: manifest.productName ?? manifest.name ?? 'Electron',
      version: manifest.version ?? '0.0.0',
      userData: argumentOf(rest, 'user-data-dir') ?? null,
    },
  };
}

function argumentOf(args: readonly string[], name: string): string | undefined {
  const prefix = `--${name}=`;
  return args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

function packageFolder(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`No package.json above ${file}`);
    folder = dirname(folder);
  }
  return folder;
}
