/**
 * Starts Chromium for one run of the app: a throw-away profile, DevTools pipes on descriptors 3 and 4, and everything
 * off that would talk to the network or ask the user something.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { isAlive } from '../../processes.ts';
import { Cdp } from './cdp.ts';
import { findChromium } from './find.ts';

const PROFILE = 'vitrine-chromium-';

const QUIET = [
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-extensions-with-background-pages',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-search-engine-choice-screen',
  '--disable-sync',
  '--disable-features=Translate,MediaRouter,OptimizationHints,InterestFeedContentSuggestions,HttpsUpgrades,OmniboxPopup,WebUIOmniboxPopup',
  '--metrics-recording-only',
  '--password-store=basic',
  '--use-mock-keychain',
];
/** A window that nobody looks at must not be slowed down. */
const UNSEEN = [
  '--headless',
  '--disable-gpu',
  '--hide-scrollbars',
  '--mute-audio',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

export interface LaunchOptions {
  readonly headless: boolean;
  /** Opens a debugging port as well, so that a test can drive the same page. Never in a run for a person. */
  readonly port: boolean;
  readonly size: { readonly width: number; readonly height: number };
}
export interface Chromium {
  readonly cdp: Cdp;
  readonly process: ChildProcess;
  /** `ws://…` of the debugging port; rejects when Chromium ends first. Only with `port`. */
  readonly endpoint: Promise<string>;
  /** Resolves with the reason once the browser is gone. */
  readonly gone: Promise<string>;
  /** Ends the browser and removes its profile. */
  stop(): void;
}

/** Throws, naming what to install, when this machine has no browser that would do. */
export async function launchChromium(options: LaunchOptions): Promise<Chromium> {
  const file = await findChromium();
  if (file === null) throw new Error('No Chromium, Chrome or Edge was found; install one or set VITRINE_CHROMIUM');
  removeAbandonedProfiles();
  const profile = mkdtempSync(join(tmpdir(), `${PROFILE}${process.pid}-`));
  const child = spawn(
    file,
    [
      ...QUIET,
      ...(options.headless ? UNSEEN : ['--test-type=']),
      // Chromium refuses to run as root with its own sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--remote-debugging-pipe',
      ...(options.port ? ['--remote-debugging-port=0'] : []),
      `--user-data-dir=${profile}`,
      `--window-size=${options.size.width},${options.size.height}`,
      options.headless ? 'about:blank' : '--app=data:text/html,<title>Vitrine</title>',
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  let errors = '';
  const stop = () => {
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`Chromium ended (${signal ?? code}). ${errors.slice(-800).trim()}`));
  });
  const endpoint = new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-16_384);
      const line = /DevTools listening on (ws:\S+)/.exec(errors);
      if (line?.[1]) resolve(line[1]);
    });
    void gone.then((reason) => reject(new Error(reason)));
  });
  // Without a port nobody waits for it.
  endpoint.catch(() => undefined);
  const [, , , output, input] = child.stdio;
  if (!(output instanceof Writable && input instanceof Readable)) throw new Error('Chromium has no DevTools pipes');
  const cdp = new Cdp(output, input);
  await Promise.race([
    cdp.browser.send('Browser.getVersion'),
    gone.then((reason) => {
      throw new Error(reason);
    }),
  ]);
  return { cdp, process: child, endpoint, gone, stop };
}

/** A killed main process could not remove its profile; the next one does. */
function removeAbandonedProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PROFILE)) continue;
    const owner = Number.parseInt(name.slice(PROFILE.length), 10);
    if (Number.isInteger(owner) && !isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
