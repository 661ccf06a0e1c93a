import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { passfileLine } from '../proxy/port/index.ts';
import { environmentOf, removeAbandoned, runCommand } from './command.ts';

const connection = {
  host: '127.0.0.1' as const,
  port: 40_711,
  user: 'vitrine_ab12cd34',
  password: 'pa:ss\\word',
  database: 'shop',
  uri: 'postgresql://…',
};
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vitrine-command-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a Node program that writes what it sees into a file. */
async function run(script: string): Promise<{ code: number; words: string | null; seen: string }> {
  const out = join(directory, 'seen');
  writeFileSync(out, '');
  const { code, words } = await runCommand({
    command: [process.execPath, '-e', script, out],
    connection,
    env: { PATH: process.env.PATH, PGHOSTADDR: '192.0.2.1', PGPASSWORD: 'of another database' },
    directory,
    input: 'ignore',
  }).ended;
  return { code, words, seen: readFileSync(out, 'utf8') };
}

describe('a command with the connection in its environment', () => {
  it('finds the password in a file that only this account can read, and it is gone afterwards (I7)', async () => {
    const { code, seen } = await run(`
      const fs = require('node:fs');
      const file = process.env.PGPASSFILE;
      fs.writeFileSync(process.argv[1], JSON.stringify({
        line: fs.readFileSync(file, 'utf8'),
        mode: (fs.statSync(file).mode & 0o777).toString(8),
        folder: (fs.statSync(require('node:path').dirname(file)).mode & 0o777).toString(8),
        secret: Object.entries(process.env).filter(([name, value]) => value.includes('pa:ss') || name === 'PGPASSWORD'),
        argv: process.argv.join(' ').includes('pa:ss'),
        port: process.env.PGPORT,
      }));
    `);
    expect(code).toBe(0);
    expect(JSON.parse(seen)).toEqual({
      line: '127.0.0.1:40711:*:vitrine_ab12cd34:pa\\:ss\\\\word\n',
      mode: '600',
      folder: '700',
      secret: [],
      argv: false,
      port: '40711',
    });
    expect(readdirSync(directory)).toEqual(['seen']);
  });

  it('passes on exit codes and signals as a shell does', async () => {
    expect((await run('process.exit(7)')).code).toBe(7);
    expect((await run("process.kill(process.pid, 'SIGTERM')")).code).toBe(143);
    const missing = runCommand({
      command: ['no-such-program-here'],
      connection,
      env: process.env,
      directory,
      input: 'ignore',
    });
    expect(await missing.ended).toEqual({ code: 127, words: 'no-such-program-here was not found.' });
    expect(readdirSync(directory)).toEqual(['seen']);
  });

  it('lets no variable of the person send it, or the password, elsewhere', () => {
    const env = environmentOf(
      {
        PGHOSTADDR: 'x',
        PGSERVICE: 'x',
        PGSSLMODE: 'require',
        PGPASSWORD: 'x',
        PGOPTIONS: 'x',
        PGTZ: 'UTC',
        HOME: '/h',
      },
      connection,
      '/p',
    );
    expect(env).toEqual({
      HOME: '/h',
      PGTZ: 'UTC',
      PGHOST: '127.0.0.1',
      PGPORT: '40711',
      PGUSER: 'vitrine_ab12cd34',
      PGDATABASE: 'shop',
      PGPASSFILE: '/p',
      PGSSLMODE: 'disable',
      PGGSSENCMODE: 'disable',
      PGREQUIREAUTH: 'scram-sha-256',
    });
    expect(passfileLine(connection)).toBe('127.0.0.1:40711:*:vitrine_ab12cd34:pa\\:ss\\\\word\n');
  });

  it('is cleaned up after by the next run where this one was killed', () => {
    mkdirSync(join(directory, 'pgpass-left'));
    writeFileSync(join(directory, 'pgpass-left', 'pgpass'), 'x');
    writeFileSync(join(directory, 'settings.json'), '{}');
    removeAbandoned(directory);
    expect(readdirSync(directory)).toEqual(['settings.json']);
  });
});
