import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discovery } from '../../shared/api.ts';
import { build } from '../build.ts';
import { commandOf, isAlive } from '../processes.ts';
import { findStack } from './find.ts';
import { type Stack, startStack } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'vitrine-stack-'));
const orders = 2000;
let stack: Stack;

beforeAll(async () => {
  await build({ only: ['collector', 'web'], log: () => {} });
  stack = await startStack({ dir, orders });
}, 180_000);
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

const ask = async (): Promise<Response> => fetch(`${stack.collectorUrl}/.well-known/vitrine`);

describe('the embedded stack', () => {
  it('runs a collector that names the identity provider and serves the review desk', async () => {
    const told = discovery.parse(await (await ask()).json());
    expect(told.issuer).toBe(stack.issuer);
    expect(told.client_id).toBe(stack.clientId);
    expect(await (await fetch(stack.collectorUrl)).text()).toContain('<div id="root">');
    expect((await fetch(`${stack.issuer}/.well-known/openid-configuration`)).status).toBe(200);
  });

  it('gives the collector an admin connection to the target that checks the certificate', async () => {
    const client = new pg.Client({
      connectionString: stack.target.adminUrl,
      ssl: { ca: stack.target.ca, servername: 'localhost' },
    });
    await client.connect();
    expect((await client.query('select count(*)::int as n from shop.orders')).rows).toEqual([{ n: orders }]);
    await client.end();
  });

  it('stops and starts the collector alone, on the same port', async () => {
    const before = stack.collector.pid();
    await stack.collector.stop();
    await expect(ask()).rejects.toThrow();
    await stack.collector.start();
    expect(stack.collector.pid()).not.toBe(before);
    expect((await ask()).status).toBe(200);
  }, 60_000);

  it('brings the collector back after it was killed', async () => {
    await stack.collector.stop('SIGKILL');
    await stack.collector.start();
    expect((await ask()).status).toBe(200);
  }, 60_000);

  it('refuses a second stack in the same folder and says who has it', async () => {
    await expect(startStack({ dir, orders })).rejects.toThrow(new RegExp(`process ${process.pid}`));
  });

  it('is found by a command that wants to use it, and only while it runs', async () => {
    expect(await findStack(dir, () => {})).toEqual({
      owner: process.pid,
      collectorUrl: stack.collectorUrl,
      issuer: stack.issuer,
    });
    const empty = mkdtempSync(join(tmpdir(), 'vitrine-no-stack-'));
    expect(await findStack(empty, () => {})).toBeNull();
    rmSync(empty, { recursive: true });
  });

  it('shows no secret in the command line of any part', () => {
    const secrets = [stack.postgres.adminUrl, stack.postgres.url, stack.target.adminUrl].map(
      (url) => new URL(url).password,
    );
    for (const pid of [stack.postgres.pid, stack.identity.pid, stack.collector.pid() ?? 0]) {
      for (const secret of secrets) expect(commandOf(pid)).not.toContain(secret);
    }
  });

  it('starts again with the same addresses and keeps an edited policy', async () => {
    const before = { collector: stack.collectorUrl, issuer: stack.issuer, port: stack.target.port };
    await stack.stop();
    const edited = readFileSync(stack.policyPath, 'utf8').replace('max_minutes: 10', 'max_minutes: 9');
    writeFileSync(stack.policyPath, edited);
    stack = await startStack({ dir, orders });
    expect({ collector: stack.collectorUrl, issuer: stack.issuer, port: stack.target.port }).toEqual(before);
    expect(readFileSync(stack.policyPath, 'utf8')).toContain('max_minutes: 9');
  }, 60_000);

  it('says why a collector did not start, and leaves nothing running', async () => {
    await stack.stop();
    const policy = readFileSync(stack.policyPath, 'utf8');
    writeFileSync(stack.policyPath, policy.replace('max_minutes: 30', 'max_minutes: never'));
    await expect(startStack({ dir, orders })).rejects.toThrow(/collector did not start[\s\S]*max_minutes/);
    writeFileSync(stack.policyPath, policy);
    stack = await startStack({ dir, orders });
  }, 60_000);
});

describe('npm run stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-run-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (): Promise<{ child: ChildProcess; pids: number[] }> => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./main.ts', import.meta.url)), '--json', '--built', '--orders', String(orders)],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, VITRINE_STATE: folder } },
    );
    let text = '';
    for await (const chunk of child.stdout ?? []) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    // Written by main.ts.
    const { pids } = JSON.parse(text) as { pids: Record<string, number> };
    return { child, pids: Object.values(pids) };
  };
  const gone = async (pids: readonly number[], ms: number): Promise<number[]> => {
    for (let waited = 0; waited < ms && pids.some(isAlive); waited += 50) await sleep(50);
    return pids.filter(isAlive);
  };

  it('leaves no process behind after Ctrl+C', async () => {
    const { child, pids } = await run();
    expect(pids).toHaveLength(4);
    await sleep(1500);
    expect(pids.filter(isAlive)).toHaveLength(4);
    child.kill('SIGINT');
    expect(await gone(pids, 15_000)).toEqual([]);
  }, 60_000);

  it('leaves no process behind when it is killed, and starts again afterwards', async () => {
    const { child, pids } = await run();
    expect(pids.filter(isAlive)).toHaveLength(4);
    child.kill('SIGKILL');
    expect(await gone(pids, 8000)).toEqual([]);
    const again = await run();
    again.child.kill('SIGTERM');
    expect(await gone(again.pids, 15_000)).toEqual([]);
  }, 90_000);
});
