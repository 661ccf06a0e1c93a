import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discovery, problem } from '../../shared/api.ts';
import { readConfig } from '../config.ts';
import { openKeys } from '../keys.ts';
import { rooms } from '../rooms.ts';
import { newDevice, openTestStack, type TestStack } from '../testing.ts';
import { openLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { validate } from './validate.ts';

let stack: TestStack;
let dir: string;
/** Admin address of the target. */
let shop: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vitrine-server-'));
  const web = join(dir, 'web');
  mkdirSync(join(web, 'assets'), { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Vitrine</title>');
  writeFileSync(join(web, 'assets', 'index-abc.js'), 'export {};');
  stack = await openTestStack({
    env: async (postgres) => {
      shop = await postgres.database('shop', { superuser: true });
      return { VITRINE_WEB: web, VITRINE_TARGET_ORDERS_ADMIN: shop };
    },
    policy: (example, postgres) => example.replace('port: 5432', `port: ${postgres.port}`),
    rooms: [
      ...rooms,
      (app) => {
        app.get('/v1/test/failing', async () => {
          throw new Error('password=hunter2 in the guts');
        });
      },
    ],
  });
}, 120_000);
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
});

const app = () => stack.collector.app;
const refusal = (answer: { body: string }) => problem.parse(JSON.parse(answer.body));

describe('every refusal is a problem document (I6)', () => {
  it('names the field that is wrong, the unknown one and the missing one', async () => {
    const post = (payload: object) => app().inject({ method: 'POST', url: '/v1/tokens', payload });
    const device = { name: 'x', os: 'x', app: 'x' };
    const good = { id_token: 'x', salt: 'A'.repeat(22), device };
    for (const [payload, field] of [
      [{ ...good, salt: 7 }, 'salt'],
      [{ ...good, extra: 1 }, 'extra'],
      [{ ...good, device: { name: 'x', os: 'x' } }, 'device.app'],
      [{ ...good, device: { ...device, name: 'x'.repeat(121) } }, 'device.name'],
    ] as const) {
      const answer = await post(payload);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(refusal(answer)).toMatchObject({ status: 400, code: 'invalid_input', field });
    }
  });

  it('for bodies that are not JSON, of another type, or too large', async () => {
    const post = (payload: string, type: string) =>
      app().inject({ method: 'POST', url: '/v1/tokens', payload, headers: { 'content-type': type } });
    expect(refusal(await post('{', 'application/json'))).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(refusal(await post('<a/>', 'text/xml'))).toMatchObject({ status: 415 });
    expect(refusal(await post(`"${'x'.repeat(70_000)}"`, 'application/json'))).toMatchObject({ status: 413 });
  });

  it('for addresses where nothing is', async () => {
    expect(refusal(await app().inject('/v1/nothing'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(refusal(await app().inject('/../../etc/passwd'))).toMatchObject({ status: 404 });
  });

  it('and a defect shows none of its internals', async () => {
    const answer = await app().inject('/v1/test/failing');
    expect(refusal(answer)).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.body).not.toContain('hunter2');
  });

  it('names the branch of a union that was meant', () => {
    const schema = z.strictObject({
      key: z.union([z.strictObject({ a: z.strictObject({ b: z.int() }) }), z.literal('*')]),
    });
    expect(() => validate(schema, { key: { a: { b: 'x' } } })).toThrow(/^key\.a\.b: /);
  });
});

describe('the service', () => {
  it('tells a client everything it needs to begin', async () => {
    const found = discovery.parse((await app().inject('/.well-known/vitrine')).json());
    expect(found).toMatchObject({ issuer: stack.identity.issuer, api: `${stack.config.publicUrl}/v1` });
    expect(found.ledger_vkey).toMatch(/^127\.0\.0\.1\/vitrine-ledger\+[0-9a-f]{8}\+/);
  });

  it('says that it is up, ready, and how it does', async () => {
    expect((await app().inject('/healthz')).json()).toEqual({ status: 'up' });
    expect((await app().inject('/readyz')).json()).toMatchObject({ status: 'ready', policy_problem: null });
    const metrics = (await app().inject('/metrics')).body;
    expect(metrics).toContain('vitrine_http_requests_total{method="GET",route="/healthz",status="200"}');
    expect(metrics).toContain('vitrine_policy_invalid 0');
  });

  it('sends the pages with a policy that lets only its own parts in', async () => {
    for (const path of [
      '/',
      '/requests/AAAAAAAAAAAAAAAAAAAAAA',
      '/review',
      '/review/grants/x',
      '/live',
      '/devices',
      '/envelopes',
      '/audits',
      '/audits/2026-10-01..2026-11-01',
    ]) {
      const page = await app().inject(path);
      expect([page.statusCode, page.headers['content-type']], path).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers['content-security-policy']).toMatch(
        /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/,
      );
      expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
      expect(page.headers['cache-control']).toBe('no-cache');
    }
    const asset = await app().inject('/assets/index-abc.js');
    expect(asset.headers['cache-control']).toContain('immutable');
  });

  it('describes every /v1 route that it serves, and its inputs, as OpenAPI 3.1', async () => {
    const document = (await app().inject('/v1/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const routes = routesOf(app().printRoutes({ commonPrefix: false, includeHooks: false })).filter(
      (route) => route.startsWith('/v1/') && !route.startsWith('/v1/test/'),
    );
    const described = Object.keys(document.paths).map((path) => `/v1${path.replace(/\{(\w+)\}/g, ':$1')}`);
    expect([...new Set(routes)].sort()).toEqual(described.sort());
    expect(document.paths['/tokens'].post.requestBody.content['application/json'].schema.required).toContain(
      'id_token',
    );
  });

  it('limits how often one address may call, and says when to come back (I6)', async () => {
    const small = await openTestStackLimited();
    try {
      const codes: number[] = [];
      for (let i = 0; i < 4; i++)
        codes.push((await small.inject({ method: 'POST', url: '/v1/tokens', payload: {} })).statusCode);
      expect(codes).toEqual([400, 400, 429, 429]);
      const answer = await small.inject({ method: 'POST', url: '/v1/tokens', payload: {} });
      expect(refusal(answer)).toMatchObject({
        status: 429,
        code: 'too_many_requests',
        hint: expect.stringMatching(/Try again in \d+ s/),
      });
      // For clients that read no words.
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await small.close();
    }
  });
});

describe('an end that was asked for', () => {
  it('finishes the answer that is under way, takes no new request, and cuts what takes too long (I5)', async () => {
    const { openApp, closeApp } = await import('./app.ts');
    const face = await openApp({ ...stack.config, rateScale: 1 }, openLog('silent'), openMetrics());
    const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    face.get('/slow', async () => {
      arrived[0].resolve();
      await new Promise((wake) => setTimeout(wake, 300));
      return { done: true };
    });
    face.get('/endless', () => {
      arrived[1].resolve();
      return new Promise(() => undefined);
    });
    const address = await face.listen({ host: '127.0.0.1', port: 0 });
    const slow = fetch(`${address}/slow`).then((answer) => answer.status);
    const endless = fetch(`${address}/endless`).catch(() => 'cut');
    await Promise.all(arrived.map(({ promise }) => promise));
    const closing = closeApp(face, 1_000);
    expect(await slow).toBe(200);
    expect(await endless).toBe('cut');
    await closing;
    await expect(fetch(`${address}/slow`)).rejects.toThrow();
  });
});

/** Addresses in Fastify's drawing of its routes: a tree whose levels are four characters wide. */
function routesOf(drawing: string): string[] {
  const path: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^([│├└─ ]*)(\S*?)(?: \((.+)\))?$/.exec(line) ?? [];
    path.splice(indent.length / 4 - 1, Infinity, part);
    return methods === undefined || methods === 'HEAD' ? [] : [path.join('')];
  });
}

/** Only the HTTP face, with limits of two calls. */
async function openTestStackLimited() {
  const { openApp } = await import('./app.ts');
  const { limited } = await import('./limits.ts');
  const { problem: refuse } = await import('./problem.ts');
  const config = { ...stack.config, rateScale: 1 };
  const face = await openApp(config, openLog('silent'), openMetrics());
  face.post('/v1/tokens', limited(config, 2), async () => {
    throw refuse(400, 'invalid_input', 'no');
  });
  return face;
}

describe('the configuration', () => {
  const good = {
    DATABASE_URL: 'postgres://u:p4ss@127.0.0.1/x',
    VITRINE_POLICY: 'p.yaml',
    VITRINE_PUBLIC_URL: 'https://vitrine.example',
    VITRINE_ISSUER: 'https://id.example',
    VITRINE_CLIENT_ID: 'app',
    VITRINE_DESK_CLIENT_ID: 'desk',
    VITRINE_KEYS: 'keys',
  };
  it.each([
    [{ DATABASE_URL: '' }, 'DATABASE_URL is not set'],
    [{ DATABASE_URL: 'mysql://u:p4ss@x' }, 'DATABASE_URL must begin'],
    [{ VITRINE_PUBLIC_URL: 'http://vitrine.example' }, 'plain http is allowed on loopback only'],
    [{ VITRINE_PUBLIC_URL: 'https://vitrine.example/x' }, 'must be an origin'],
    [{ VITRINE_ISSUER: 'http://id.example' }, 'VITRINE_ISSUER must be https'],
    [{ VITRINE_ISSUER: 'nonsense' }, 'VITRINE_ISSUER is not a URL'],
    [{ PORT: '70000' }, 'PORT must be'],
    [{ VITRINE_RATE_SCALE: '-1' }, 'VITRINE_RATE_SCALE'],
  ])('refuses %o and never quotes a password (I6)', (change, reason) => {
    let message = '';
    try {
      readConfig({ ...good, ...change });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(reason);
    expect(message).not.toContain('p4ss');
  });

  it('finds the admin address of each target', () => {
    const { targetAdmins } = readConfig({ ...good, VITRINE_TARGET_ORDERS_EU_ADMIN: 'postgres://admin@x/y' });
    expect([...targetAdmins]).toEqual([['orders-eu', 'postgres://admin@x/y']]);
  });
});

describe('the keys', () => {
  it('are made once, for the owner only, and stay the same (I4)', async () => {
    const keys = join(dir, 'keys');
    const [first, second] = await Promise.all([openKeys(keys, 'a.example/log'), openKeys(keys, 'a.example/log')]);
    expect(first.ledger.vkey).toBe(second.ledger.vkey);
    const third = await openKeys(keys, 'b.example/log');
    expect(third.ledger.vkey).toBe(first.ledger.vkey);
    expect(third.entry.thumbprint).toBe(first.entry.thumbprint);
    expect(statSync(join(keys, 'grant.jwk')).mode & 0o777).toBe(0o600);
  });

  it('are refused when others can read them (I6)', async () => {
    const keys = join(dir, 'open-keys');
    await openKeys(keys, 'a.example/log');
    chmodSync(join(keys, 'entry.jwk'), 0o644);
    await expect(openKeys(keys, 'a.example/log')).rejects.toMatchObject({
      code: 'bad_keys',
      hint: expect.stringContaining('chmod 600'),
    });
  });
});

describe('the log of the service', () => {
  it('cuts out what could be a secret, wherever it stands', () => {
    const lines: string[] = [];
    const log = openLog('info', { write: (line) => void lines.push(line) });
    log.info(
      { authorization: 's3cret', req: { headers: { cookie: 's3cret', dpop: 's3cret' } }, body: { password: 's3cret' } },
      'x',
    );
    expect(lines.join('')).not.toContain('s3cret');
  });
});

describe('the process', () => {
  const script = fileURLToPath(new URL('../index.ts', import.meta.url));
  const run = (env: Record<string, string>) => {
    const child = spawn(process.execPath, [script], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        output += data;
      });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, ended, output: () => output };
  };
  const environment = () => ({
    DATABASE_URL: stack.config.databaseUrl,
    VITRINE_POLICY: stack.policyPath,
    VITRINE_PUBLIC_URL: 'http://127.0.0.1:1',
    VITRINE_ISSUER: stack.identity.issuer,
    VITRINE_CLIENT_ID: 'app',
    VITRINE_DESK_CLIENT_ID: 'desk',
    VITRINE_KEYS: stack.config.keysDir,
    PORT: '0',
    VITRINE_TARGET_ORDERS_ADMIN: shop,
  });

  it('refuses to start on an invalid policy, with file, line, column and reason, and ends with 1 (I6)', async () => {
    const bad = join(dir, 'bad.yaml');
    writeFileSync(bad, readFileSync(stack.policyPath, 'utf8').replace('version: 1', 'version: one'));
    const { ended, output } = run({ ...environment(), VITRINE_POLICY: bad });
    expect(await ended).toBe(1);
    expect(output()).toMatch(/bad\.yaml:\d+:1: version: /);
  }, 60_000);

  it('says that the database is not there, without its password (I6)', async () => {
    const { ended, output } = run({ ...environment(), DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' });
    expect(await ended).toBe(1);
    expect(output()).toContain('DATABASE_URL cannot be used');
    expect(output()).not.toContain('hunter2');
  }, 60_000);

  it('starts beside another collector on the same database, and ends at SIGTERM with 0 (I5)', async () => {
    const { child, ended, output } = run(environment());
    for (let i = 0; i < 600 && !output().includes('listening') && child.exitCode === null; i++) {
      await new Promise((wake) => setTimeout(wake, 50));
    }
    expect(output()).toContain('listening');
    const amira = await stack.device('amira', newDevice());
    expect(amira.accessToken).not.toBe('');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 60_000);
});
