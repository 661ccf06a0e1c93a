import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOf, isAlive } from '../processes.ts';
import { type Postgres, startPostgres, temporaryPostgres } from './postgres.ts';

async function ask<T extends pg.QueryResultRow>(config: pg.ClientConfig, sql: string): Promise<T[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a running PostgreSQL', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await temporaryPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  it('is version 18 with checksums, fsync, SCRAM and CSV logs', async () => {
    const rows = await ask<{ name: string; setting: string }>(
      { connectionString: server.adminUrl },
      `select name, setting from pg_settings where name in
       ('data_checksums', 'fsync', 'password_encryption', 'log_destination', 'server_version_num', 'ssl')`,
    );
    const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
    expect(settings).toMatchObject({
      data_checksums: 'on',
      fsync: 'on',
      password_encryption: 'scram-sha-256',
      log_destination: 'csvlog',
      ssl: 'on',
    });
    expect(Number(settings.server_version_num)).toBeGreaterThanOrEqual(180000);
  });

  it('proves who it is to a client that checks the name and the authority', async () => {
    const rows = await ask<{ version: string }>(
      { connectionString: server.url, ssl: { ca: server.ca, servername: 'localhost' } },
      'select version from pg_stat_ssl where pid = pg_backend_pid()',
    );
    expect(rows).toEqual([{ version: 'TLSv1.3' }]);
    await expect(
      ask({ connectionString: server.url, ssl: { ca: server.ca, servername: 'elsewhere.example' } }, 'select 1'),
    ).rejects.toThrow(/altnames|Host/);
    await expect(ask({ connectionString: server.url, ssl: true }, 'select 1')).rejects.toThrow(/certificate/);
  });

  it('refuses a wrong password', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    await expect(ask({ connectionString: url.href }, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('gives the role vitrine its own database and nothing else', async () => {
    const rows = await ask(
      { connectionString: server.url },
      `select current_database() as db, rolsuper or rolcreaterole or rolcreatedb or rolreplication as powerful
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([{ db: 'vitrine', powerful: false }]);
    const second = await server.database('second');
    expect(await server.database('second')).toBe(second);
    expect(await ask({ connectionString: second }, 'select current_database() as db')).toEqual([{ db: 'second' }]);
  });

  it('shows no password in the command line of any process', () => {
    const password = new URL(server.adminUrl).password;
    expect(commandOf(server.pid)).toContain('postgres');
    expect(commandOf(server.pid)).not.toContain(password);
  });

  it('removes its files and its process when it stops', async () => {
    const other = await temporaryPostgres();
    await other.stop();
    expect(isAlive(other.pid)).toBe(false);
    expect(existsSync(other.dir)).toBe(false);
  }, 60_000);
});

describe('a PostgreSQL whose starter was killed', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-orphan-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const startElsewhere = async (): Promise<{ starter: number; server: number }> => {
    const module = fileURLToPath(new URL('./postgres.ts', import.meta.url));
    const program = `import { startPostgres } from ${JSON.stringify(module)};
      const server = await startPostgres({ dir: ${JSON.stringify(dir)}, quickInit: true, settings: { shared_buffers: '32MB' } });
      console.log(server.pid); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const server = await new Promise<number>((done) => {
      child.stdout.once('data', (chunk: Buffer) => done(Number(chunk.toString())));
    });
    return { starter: child.pid ?? 0, server };
  };

  it('is gone within a few seconds', async () => {
    const { starter, server } = await startElsewhere();
    expect(isAlive(server)).toBe(true);
    process.kill(starter, 'SIGKILL');
    for (let waited = 0; waited < 5000 && isAlive(server); waited += 50) await sleep(50);
    expect(isAlive(server)).toBe(false);
  }, 60_000);

  it('does not hinder the next start on the same folder, even when the server itself was killed', async () => {
    const { starter, server } = await startElsewhere();
    process.kill(server, 'SIGKILL');
    process.kill(starter, 'SIGKILL');
    const next = await startPostgres({ dir, settings: { shared_buffers: '32MB' } });
    expect(await ask({ connectionString: next.url }, 'select 1 as one')).toEqual([{ one: 1 }]);
    await next.stop();
  }, 60_000);

  it('ends the old server when a second start finds it running', async () => {
    const { starter, server } = await startElsewhere();
    const next = await startPostgres({ dir, settings: { shared_buffers: '32MB' } });
    expect(isAlive(server)).toBe(false);
    await next.stop();
    process.kill(starter, 'SIGKILL');
  }, 60_000);

  it('starts again on the same folder', async () => {
    const again = await startPostgres({ dir, settings: { shared_buffers: '32MB' } });
    expect(await ask({ connectionString: again.url }, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.stop();
  }, 60_000);
});
