/**
 * `npm run port -- …`: `vitrine port` from this repository. Builds what has changed, uses the embedded stack that runs
 * (`npm start`, `npm run stack`) or starts one for as long as it needs it, and runs the built main without a window: on
 * Electron where its binary is, else on this Node, with no browser at all. With `--login-as NAME` the sign-in is completed
 * through the embedded provider's own pages; that is done here, the product knows nothing of it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasDisplay, read } from '../main/terminal/index.ts';
import { build } from './build.ts';
import type { ToParent } from './chromium-shell/runtime.ts';
import { findElectron } from './electron.ts';
import { takeLoginAs } from './login-as.ts';
import { findStack } from './stack/find.ts';
import { entrust } from './stack/guard.ts';
import { openUserAgent } from './stack/idp/sign-in.ts';
import { startStack } from './stack/index.ts';
import { stateFolder } from './stack/state.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// The standard output is the product's.
const log = (line: string): void => console.error(line);

/** Where the collector is, and how to leave it as it was found. */
interface Place {
  readonly collectorUrl: string;
  leave(): Promise<void>;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Idle sockets of the parts must not keep a finished command waiting.
process.exit();

async function main(given: readonly string[]): Promise<number> {
  const taken = takeLoginAs(given, process.env);
  if ('problem' in taken) {
    console.error(taken.problem);
    return 2;
  }
  const { person, args } = taken;
  const wanted = read(args, process);
  if (typeof wanted === 'number') return wanted;
  const early = (): never => process.exit(130);
  process.on('SIGINT', early);
  const place = await findPlace();
  try {
    await build({ only: ['main'], log });
    const child = start(args, place, person !== null);
    process.off('SIGINT', early);
    if (person !== null) signInAs(person, child);
    return await followed(child);
  } finally {
    await place.leave();
  }
}

async function findPlace(): Promise<Place> {
  const named = process.env.VITRINE_COLLECTOR;
  if (named !== undefined && named !== '') return { collectorUrl: named, leave: async () => {} };
  const found = await findStack(stateFolder(), log);
  if (found !== null) return { collectorUrl: found.collectorUrl, leave: async () => {} };
  await build({ only: ['collector', 'web'], log });
  const stack = await startStack({ log });
  log(`Review desk and approvals: ${stack.collectorUrl}`);
  return { collectorUrl: stack.collectorUrl, leave: () => stack.stop() };
}

/** The product's own process; it ends with us, however we end. */
function start(args: readonly string[], { collectorUrl }: Place, controlled: boolean): ChildProcess {
  const userData = `--user-data-dir=${join(stateFolder(), 'app')}`;
  const electron = controlled ? { why: '--login-as is answered on Node' } : findElectron(stateFolder(), log);
  const [program, before] =
    'path' in electron
      ? [electron.path, [...electronSwitches(), userData, root]]
      : [
          process.execPath,
          [join(root, 'dev/chromium-shell/run.ts'), '--no-window', join(root, 'out/main/index.js'), userData],
        ];
  const child = spawn(program, [...before, 'port', ...args], {
    stdio: ['inherit', 'inherit', 'inherit', ...(controlled ? (['ipc'] as const) : [])],
    env: { ...process.env, VITRINE_COLLECTOR: collectorUrl },
  });
  if (child.pid !== undefined) {
    const release = entrust({ pid: child.pid, signal: 'SIGTERM', last: 'SIGKILL', graceMs: 20_000 });
    child.once('exit', release);
  }
  return child;
}

/** Electron refuses to run as root with its sandbox, and wants to be told that there is no display. */
const electronSwitches = (): string[] => [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...(process.platform === 'linux' && !hasDisplay(process.platform, process.env)
    ? ['--ozone-platform=headless', '--disable-gpu']
    : []),
];

/** Plays the person at the pages that the product opens in "the browser". */
function signInAs(person: string, child: ChildProcess): void {
  child.on('message', (message: ToParent) => {
    if (message.type !== 'open-external') return;
    openUserAgent()
      .signIn(message.url, person)
      .then((answer) => fetch(answer))
      .catch((error: unknown) => {
        log(`The sign-in as ${person} was not completed: ${error instanceof Error ? error.message : error}`);
        child.kill('SIGTERM');
      });
  });
}

/** The child's exit code. A terminal sends Ctrl+C to the child by itself; everything else is passed on. */
function followed(child: ChildProcess): Promise<number> {
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      done(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
