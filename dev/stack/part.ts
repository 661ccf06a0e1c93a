/** One process of the stack: started with its log in a file, ended politely, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { entrust } from './guard.ts';

export interface PartOptions {
  /** In words, for messages: `identity provider`. */
  readonly name: string;
  readonly script: string;
  /** The whole environment besides PATH, HOME and TMPDIR; secrets travel here, never in arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** How long it may take to end after SIGTERM. */
  readonly graceMs?: number;
}

export interface RunningPart {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when it has ended, with words about how. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** From now on this process may end while the part still runs; the guard then ends the part. */
  background(): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** An error that names the part and quotes the end of its log. */
  failure(what: string): Error;
}

export function startPart(options: PartOptions): RunningPart {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(process.execPath, [options.script], {
    // Its own group: Ctrl+C reaches the stack, which then ends its parts in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...inherited(), ...options.env },
    windowsHide: true,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`The ${options.name} could not be started.`);
  const graceMs = options.graceMs ?? 5000;
  const release = entrust({ pid, signal: 'SIGTERM', last: 'SIGKILL', graceMs });
  let over = false;
  const ended = new Promise<string>((done) => {
    child.once('exit', (code, signal) => {
      over = true;
      release();
      done(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  return {
    pid,
    child,
    ended,
    hasEnded: () => over,
    background() {
      child.unref();
      child.channel?.unref();
    },
    async stop(signal = 'SIGTERM') {
      if (over) return;
      child.ref();
      child.kill(signal);
      const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(impatient);
    },
    failure(what) {
      const tail = readFileSync(options.logFile, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
      return new Error(`The ${options.name} ${what}. The end of its log, ${options.logFile}:\n${tail}`);
    },
  };
}

function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NO_COLOR'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
