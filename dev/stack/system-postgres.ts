/**
 * A PostgreSQL that the system has installed, older than the one from npm: for tests of what must work with both. Plain,
 * without TLS, gone with its files after `stop`.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { postgresUser } from './postgres-binaries.ts';
import { giveFile, host, identity, startOnFreePort } from './postgres-process.ts';

export interface SystemPostgres {
  readonly port: number;
  readonly ca: string;
  readonly logDir: string;
  /** The superuser's address of a database, which is made. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** `initdb`: path of that program, with `postgres` beside it. */
export async function temporarySystemPostgres(
  initdb: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<SystemPostgres> {
  const user = postgresUser();
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-old-'));
  chmodSync(dir, 0o711);
  const data = join(dir, 'data');
  const password = 'only-for-a-test';
  mkdirSync(data, { mode: 0o700 });
  if (user !== null) chownSync(data, user.uid, user.gid);
  const passwordFile = join(dir, 'password');
  giveFile(passwordFile, `${password}\n`, 0o600, user);
  const options = [`--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  execFileSync(initdb, [...options, '--encoding=UTF8', '--locale=C', '--no-sync'], {
    cwd: dir,
    env: {},
    stdio: 'ignore',
    ...identity(user),
  });
  giveFile(join(data, 'pg_hba.conf'), `host all all ${host}/32 scram-sha-256\n`, 0o600, user);
  const programs = { initdb, postgres: join(dirname(initdb), 'postgres') };
  const running = await startOnFreePort(programs, data, user, {
    settings: { shared_buffers: '32MB', ssl: 'off', log_connections: 'on', ...settings },
  });
  const address = (name: string): string => `postgres://postgres:${password}@${host}:${running.port}/${name}`;
  return {
    port: running.port,
    ca: '',
    logDir: join(data, 'log'),
    async database(name) {
      const admin = new pg.Client({ connectionString: address('postgres') });
      await admin.connect();
      await admin.query(`create database ${pg.escapeIdentifier(name)}`);
      await admin.end();
      return address(name);
    },
    async stop() {
      await running.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
