/** pgbouncer with session pooling in front of the server: the yardstick for a proxy that only forwards. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { entrust } from '../../dev/stack/guard.ts';
import { freePort } from '../../dev/stack/postgres.ts';
import { postgresUser } from '../../dev/stack/postgres-binaries.ts';
import { collect, giveFile, identity } from '../../dev/stack/postgres-process.ts';
import type { BenchServer } from './server.ts';
import { find } from './tools.ts';

export interface Pooler {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startPooler(server: BenchServer, tls: boolean): Promise<Pooler> {
  const program = find('pgbouncer');
  if (program === null) throw new Error('pgbouncer is not installed');
  // It refuses to run as root, as PostgreSQL does.
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-pgbouncer-'));
  chmodSync(folder, 0o711);
  const port = await freePort();
  const { host, database, user: role, password } = server;
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'session',
    default_pool_size: 64,
    max_client_conn: 200,
    ignore_startup_parameters: 'extra_float_digits',
    server_tls_sslmode: tls ? 'verify-full' : 'disable',
    ...(tls ? { server_tls_ca_file: join(folder, 'ca.pem') } : {}),
  };
  const file = join(folder, 'pgbouncer.ini');
  giveFile(join(folder, 'ca.pem'), server.ca, 0o600, user);
  giveFile(
    file,
    [
      '[databases]',
      `${database} = host=${host} port=${server.port} dbname=${database} user=${role} password=${password}`,
      '[pgbouncer]',
      ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
      '',
    ].join('\n'),
    0o600,
    user,
  );
  const child = spawn(program, ['--quiet', file], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
    ...identity(user),
  });
  const said = collect(child);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve()).once('close', () => resolve());
  });
  const release =
    child.pid === undefined ? () => {} : entrust({ pid: child.pid, signal: 'SIGINT', last: 'SIGKILL', graceMs: 2000 });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    const impatient = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(impatient);
    release();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries > 200) {
      await stop();
      throw new Error(`pgbouncer did not start: ${said()}`);
    }
    await pause(25);
  }
  return { port, stop };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
