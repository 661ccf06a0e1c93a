/** The server process: its settings, its port, when it is ready, how it ends. Used by postgres.ts only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, readdirSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { entrust } from './guard.ts';
import type { Binaries, SystemUser } from './postgres-binaries.ts';

export const host = '127.0.0.1';

const usualSettings: Readonly<Record<string, string>> = {
  listen_addresses: host,
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_level: 'replica',
  fsync: 'on',
  password_encryption: 'scram-sha-256',
  ssl: 'on',
  ssl_cert_file: 'server.pem',
  ssl_key_file: 'server.key',
  ssl_min_protocol_version: 'TLSv1.3',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'csvlog',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_connections: 'all',
  log_disconnections: 'on',
  // 'all' is set for the target database itself, so that it covers every role there and nothing else.
  log_statement: 'none',
};

export interface Running {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts it on the wanted port or another free one, and resolves when it accepts connections. */
export async function startOnFreePort(
  programs: Binaries,
  data: string,
  user: SystemUser | null,
  options: { readonly port?: number | undefined; readonly settings?: Readonly<Record<string, string>> },
): Promise<Running> {
  let wanted = options.port;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(wanted);
    writeSettings(data, port, user, options.settings ?? {});
    try {
      return await startOnce(programs, data, user, port);
    } catch (error) {
      const text = String(error);
      // Somebody else was faster with the port, or children of a killed predecessor still hold the shared memory.
      const passing = /could not bind|could not create any TCP\/IP sockets|pre-existing shared memory/.test(text);
      if (!passing || attempt === 20) throw error;
      if (/bind|TCP\/IP/.test(text)) wanted = undefined;
      await sleep(250);
    }
  }
}

function writeSettings(
  data: string,
  port: number,
  user: SystemUser | null,
  settings: Readonly<Record<string, string>>,
): void {
  const all = { ...usualSettings, ...sharedMemory(), ...settings, port: String(port) };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  giveFile(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`, 0o600, user);
}

/** Containers often have 64 MB of /dev/shm, on which parallel queries fail; files are slower and always work. */
function sharedMemory(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize < 512 * 2 ** 20 ? { dynamic_shared_memory_type: 'mmap' } : {};
  } catch {
    return { dynamic_shared_memory_type: 'mmap' };
  }
}

async function startOnce(programs: Binaries, data: string, user: SystemUser | null, port: number): Promise<Running> {
  const child = spawn(programs.postgres, ['-D', data], {
    cwd: data,
    // Its own group: Ctrl+C must not reach it before those who still write to it have ended.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
    ...identity(user),
  });
  const said = collect(child);
  const ended = new Promise<number | null>((done) => {
    child.once('error', () => done(null)).once('close', (code) => done(code));
  });
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${programs.postgres} could not be run`);
  const release = entrust({ pid, signal: 'SIGINT', last: 'SIGQUIT', graceMs: 5000 });
  void ended.then(release);

  const deadline = Date.now() + 60_000;
  while (!isReady(data, pid)) {
    if (hasEnded) throw new Error(`PostgreSQL did not start: ${said()}\n${lastLog(data)}`.trim());
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL was not ready after a minute. Its log is in ${join(data, 'log')}.`);
    }
    await sleep(10);
  }
  child.unref();
  if (child.stderr !== null && 'unref' in child.stderr && typeof child.stderr.unref === 'function')
    child.stderr.unref();

  return {
    port,
    pid,
    async stop() {
      if (hasEnded) return;
      child.ref();
      child.kill('SIGINT');
      const impatient = setTimeout(() => child.kill('SIGQUIT'), 10_000);
      await ended;
      clearTimeout(impatient);
    },
  };
}

/** The last line of postmaster.pid tells the state; the first, whose it is. */
function isReady(data: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && /^(ready|standby)$/.test(lines[7]?.trim() ?? '');
  } catch {
    return false;
  }
}

function lastLog(data: string): string {
  try {
    const folder = join(data, 'log');
    const newest = readdirSync(folder)
      .map((name) => join(folder, name))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
    return newest === undefined ? '' : readFileSync(newest, 'utf8').split('\n').slice(-6).join('\n');
  } catch {
    return '';
  }
}

/** A free loopback port: the wanted one when nobody has it, else any. */
export async function freePort(wanted?: number): Promise<number> {
  const attempt = (port: number): Promise<number> =>
    new Promise((done, fail) => {
      const server = createServer();
      server.once('error', fail);
      server.listen(port, host, () => {
        const address = server.address();
        server.close(() => done(address !== null && typeof address === 'object' ? address.port : port));
      });
    });
  if (wanted === undefined) return attempt(0);
  return attempt(wanted).catch(() => attempt(0));
}

/** Options of `spawn` that make a process run as this user. */
export function identity(user: SystemUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

/** Keeps the last few thousand characters a process said on stderr. */
export function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  return () => text.trim();
}

/** Writes a file that the server reads: it belongs to the user that the server runs as. */
export function giveFile(path: string, content: string, mode: number, user: SystemUser | null): void {
  writeFileSync(path, content, { mode });
  if (user !== null) chownSync(path, user.uid, user.gid);
}
