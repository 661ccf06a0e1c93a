/**
 * A program that runs with the connection in its environment, as `env` would run it. The password is in a file that only
 * this account can read and `PGPASSFILE` names, not in the environment: that is inherited by everything the program
 * starts, shown by `env`, and kept in crash dumps. Nothing of it is in an argument.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { passfileLine } from '../proxy/port/index.ts';
import type { Connection } from './events.ts';

export interface CommandOptions {
  readonly command: readonly [string, ...string[]];
  readonly connection: Connection;
  readonly env: NodeJS.ProcessEnv;
  /** A folder of this app; the password's file is made in it and removed with the end of the program. */
  readonly directory: string;
  /** Its input is ours, unless ours was read for a passphrase. */
  readonly input: 'inherit' | 'ignore';
}

export interface RunningCommand {
  /** Its exit code; 128 + the number of the signal that ended it; 126 or 127 where it could not be started. */
  readonly ended: Promise<{ readonly code: number; readonly words: string | null }>;
  kill(signal: NodeJS.Signals): void;
}

const PREFIX = 'pgpass-';

export function runCommand(options: CommandOptions): RunningCommand {
  const { command, connection, env, directory, input } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(directory, PREFIX));
  const passfile = join(folder, 'pgpass');
  writeFileSync(passfile, passfileLine(connection), { mode: 0o600 });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);

  const [program, ...args] = command;
  const child = spawn(program, args, {
    stdio: [input, 'inherit', 'inherit'],
    env: environmentOf(env, connection, passfile),
  });
  const ended = endOf(child, program).finally(() => {
    process.off('exit', remove);
    remove();
  });
  return { ended, kill: (signal) => child.kill(signal) };
}

/** What a killed run could not remove. Only while nobody else uses the folder. */
export function removeAbandoned(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(directory)) {
    if (name.startsWith(PREFIX)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function endOf(child: ChildProcess, program: string): RunningCommand['ended'] {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT';
      const words = missing ? `${program} was not found.` : `${program} could not be started: ${error.message}`;
      resolve({ code: missing ? 127 : 126, words });
    });
    child.once('exit', (code, signal) => {
      const number = signal === null ? 0 : constants.signals[signal];
      resolve({ code: code ?? 128 + number, words: null });
    });
  });
}

/** These say how things look, not where to connect and as whom; everything else that libpq reads is ours to set. */
const KEPT = new Set(['PGAPPNAME', 'PGCLIENTENCODING', 'PGDATESTYLE', 'PGTZ', 'PGGEQO', 'PGCONNECT_TIMEOUT']);

/**
 * The environment of the program. The person's own `PG*` variables are left out: a `PGHOSTADDR` or `PGSERVICE` would
 * send the program, and the password, elsewhere.
 */
export function environmentOf(env: NodeJS.ProcessEnv, connection: Connection, passfile: string): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^PG[A-Z]/.test(name) || KEPT.has(name));
  return {
    ...Object.fromEntries(others),
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    PGDATABASE: connection.database,
    PGPASSFILE: passfile,
    // It never leaves this machine; and nothing that merely listens there is told the password.
    PGSSLMODE: 'disable',
    PGGSSENCMODE: 'disable',
    PGREQUIREAUTH: 'scram-sha-256',
  };
}
