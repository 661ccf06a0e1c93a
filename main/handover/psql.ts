/**
 * Opens a terminal of the operating system with psql connected through the local port. The password is in nobody's
 * arguments or environment: it lies in a password file of libpq (0600) in a folder of its own (0700) in the person's
 * runtime directory, until psql has connected, the port is closed, or a minute has passed. Why so: docs/threat-model.md. (I7)
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../shared/errors.ts';
import { conninfo, type PortFacts, passfileLine } from '../proxy/index.ts';
import { findProgram, findPsql } from './programs.ts';
import { commandScript, shellScript } from './script.ts';
import { terminalsOf } from './terminals.ts';

export interface PsqlParts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The first one that can be used; best one of this person alone, in memory. */
  readonly runtimeDirs: readonly string[];
  /** How long a terminal is watched for ending at once with an error, ms. */
  readonly watchMs: number;
}

export interface StartedPsql {
  /** psql has the password, or has waited too long: nobody needs the file any more. Idempotent. */
  removePassword(): Promise<void>;
  /** The port is closed: nothing of it is left on disk. Idempotent. */
  remove(): Promise<void>;
}

/** Resolves when a terminal was started. Throws a Fault where psql or a terminal is missing, or none starts. */
export async function startPsql(facts: PortFacts, parts: PsqlParts): Promise<StartedPsql> {
  const { platform, env } = parts;
  const psql = await findPsql(platform, env);
  if (psql === null) throw noPsql(platform);
  const found: { program: string; args: (script: string) => readonly string[] }[] = [];
  for (const terminal of terminalsOf(platform, env)) {
    const program = await findProgram(terminal.program, env);
    if (program !== null) found.push({ ...terminal, program });
  }
  if (found.length === 0) throw noTerminal('No terminal program was found on this machine.');

  const folder = await privateFolder(parts.runtimeDirs);
  const passfile = join(folder, 'password');
  const started: StartedPsql = {
    removePassword: () => rm(passfile, { force: true }),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
  try {
    const settings = conninfo(facts, passfile);
    const windows = platform === 'win32';
    const script = join(folder, windows ? 'psql.cmd' : 'psql.command');
    await writeFile(script, windows ? commandScript(psql, settings) : shellScript(psql, settings), { mode: 0o700 });
    await writeFile(passfile, passfileLine(facts), { mode: 0o600, flag: 'wx' });
    const failures: string[] = [];
    for (const { program, args } of found) {
      const failure = await start(program, args(script), parts);
      if (failure === null) return started;
      failures.push(`${basename(program)} ${failure}`);
    }
    throw noTerminal(`No terminal could be opened: ${failures.join('; ')}.`);
  } catch (error) {
    await started.remove();
    throw error;
  }
}

/** 0700, with a name that nobody can know before. */
async function privateFolder(inside: readonly string[]): Promise<string> {
  const failures: string[] = [];
  for (const directory of inside) {
    try {
      return await mkdtemp(join(directory, 'vitrine-psql-'));
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Fault(
    'no_private_folder',
    `The password could not be handed to psql: there is no folder for it (${failures.join('; ')}).`,
    'Copy the psql command, run it in a terminal of your own, and paste the password.',
  );
}

/** Null when it runs, or has handed the script to a terminal that runs already; else what went wrong. */
function start(program: string, args: readonly string[], { env, watchMs }: PsqlParts): Promise<string | null> {
  return new Promise((resolve) => {
    // It outlives the app if it must, and neither holds the other up. No pipe: its end would be the terminal's.
    const child = spawn(program, args, { env: { ...env }, detached: true, stdio: 'ignore' });
    const watched = setTimeout(() => resolve(null), watchMs);
    const over = (failure: string | null): void => {
      clearTimeout(watched);
      resolve(failure);
    };
    child.once('error', (error) => over(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => over(code === 0 ? null : `ended at once (${signal ?? code})`));
    child.unref();
  });
}

const installs: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Install it (brew install libpq)',
  win32: 'Install the command line tools of PostgreSQL',
};
const noPsql = (platform: NodeJS.Platform): Fault =>
  new Fault(
    'no_psql',
    'psql was not found on this machine.',
    `${installs[platform] ?? 'Install it (Debian, Ubuntu: postgresql-client; Fedora, Arch: postgresql)'}, or copy the connection string into another tool.`,
  );
const noTerminal = (message: string): Fault =>
  new Fault('no_terminal', message, 'Copy the psql command, run it in a terminal of your own, and paste the password.');
