/**
 * `npm start`: builds what has changed, starts the embedded stack, opens the app. Real Electron where its binary is or
 * can be fetched; else the same bundles in an app window of a system Chromium; else, without a display, the story.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './browser.ts';
import { build } from './build.ts';
import { findElectron } from './electron.ts';
import { entrust } from './stack/guard.ts';
import { type Stack, startStack } from './stack/index.ts';
import { untilTold } from './stack/lifetime.ts';
import { stateFolder } from './stack/state.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const log = (line: string): void => console.log(line);

try {
  process.exitCode = hasDisplay() ? await openApp() : await tellStory();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Idle sockets of the parts must not keep a finished command waiting.
process.exit();

function hasDisplay(): boolean {
  if (process.env.VITRINE_HEADLESS) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}

async function openApp(): Promise<number> {
  const told = untilTold();
  await build({ log });
  const electron = findElectron(stateFolder(), log);
  const chromium = 'path' in electron ? null : await findChromium({ install: true, log });
  const stack = await startStack({ log });
  try {
    const app = 'path' in electron ? inElectron(electron.path, stack) : inChromium(electron.why, chromium, stack);
    log(`Review desk and approvals: ${stack.collectorUrl}   (Ctrl+C stops everything)`);
    return await Promise.race([exitOf(app), told.then(() => endOf(app))]);
  } finally {
    log('Stopping…');
    await stack.stop();
  }
}

function environment(stack: Stack): NodeJS.ProcessEnv {
  return { ...process.env, VITRINE_COLLECTOR: stack.collectorUrl };
}

function inElectron(path: string, stack: Stack): ChildProcess {
  // Electron refuses to run as root with its sandbox; anybody else gets the sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...asRoot, `--user-data-dir=${join(stack.dir, 'app')}`, root];
  return keep(spawn(path, args, { cwd: root, stdio: 'inherit', env: environment(stack) }));
}

function inChromium(why: string, chromium: string | null, stack: Stack): ChildProcess {
  log(`${why}: the app runs on Node and opens in a window of ${chromium} instead.`);
  const args = [join(root, 'dev/chromium-shell/run.ts'), join(root, 'out/main/index.js')];
  return keep(
    spawn(process.execPath, [...args, `--user-data-dir=${join(stack.dir, 'app')}`], {
      cwd: root,
      stdio: 'inherit',
      env: { ...environment(stack), CHROMIUM: chromium ?? '', VITRINE_CHROMIUM: chromium ?? '' },
    }),
  );
}

async function tellStory(): Promise<number> {
  log('There is no display here, so the story runs instead: the same parts, with nobody at the keyboard.');
  const chromium = await findChromium({ install: true, log });
  const story = keep(
    spawn(process.execPath, [join(root, 'dev/story/index.ts')], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, CHROMIUM: chromium, VITRINE_CHROMIUM: chromium },
    }),
  );
  const code = await Promise.race([exitOf(story), untilTold().then(() => endOf(story))]);
  log(`Pictures and story.json: ${join(root, 'out', 'story')}`);
  return code;
}

/** Ends with us, however we end. */
function keep(child: ChildProcess): ChildProcess {
  if (child.pid !== undefined) {
    const release = entrust({ pid: child.pid, signal: 'SIGTERM', last: 'SIGKILL', graceMs: 5000 });
    child.once('exit', release);
  }
  return child;
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(signal === null ? (code ?? 1) : 1));
  });
}

/** The app gets time to hand its records over before it is ended. */
async function endOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return 0;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 8000);
  await ended;
  clearTimeout(impatient);
  return 0;
}
