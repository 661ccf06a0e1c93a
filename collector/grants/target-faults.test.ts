/**
 * A target that fails, over the API and as the least privileged admin: away, read-only, full, shut to the collector, without
 * its TLS. Each is said to the engineer and to the operator, opens nothing, and leaves nothing. (I3, I6)
 */
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { activation, type Problem, problem, requestView } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { openTargets, type TargetConfig, type Targets } from '../targets/index.ts';
import { startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { load } from './store.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
/** Added to the collector's clock. */
let ahead = 0;
/** What the collector is told of where the target is: through a wire that can be cut. */
let config: TargetConfig;
let wire: { cut(): void; mend(): Promise<void>; stop(): void };
/** Called when a role was made, before the collector goes on. */
let afterCreate = (): void => {};

/** Takes the fault away, once it has been seen. */
let mended: (() => Promise<unknown>) | null = null;

/** A relay on a port of its own in front of the target. */
async function openWire(to: number) {
  let whole = true;
  const ends = new Set<Socket>();
  const server = createServer((client) => {
    if (!whole) return void client.destroy();
    const upstream = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      ends.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = (): void => {
    whole = false;
    for (const end of ends) end.destroy();
  };
  return {
    port: address.port,
    cut,
    async mend() {
      whole = true;
    },
    stop() {
      cut();
      server.close();
    },
  };
}

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: { max_connections: '20' } });
  target = await startTestTarget(server);
  const opened = await openWire(server.port);
  wire = opened;
  const url = new URL(target.leastConfig.adminUrl);
  url.port = String(opened.port);
  config = { ...target.leastConfig, port: opened.port, adminUrl: url.href };
  stack = await openTestStack({
    rooms: [
      (app, deps) => {
        const real: Targets = openTargets({
          configOf: () => config,
          installation: deps.config.publicUrl,
          onError: () => {},
        });
        const createRole: Targets['createRole'] = async (...asked) => {
          const made = await real.createRole(...asked);
          afterCreate();
          return made;
        };
        registerGrants(app, deps, { reapEveryMs: 400, targets: { ...real, createRole } });
      },
    ],
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.leastConfig.adminUrl }),
    now: () => new Date(Date.now() + ahead),
  });
  await stack.collector.app.ready();
  amira = await stack.device('amira');
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  wire?.stop();
  await target?.stop();
});
afterEach(async () => {
  await mended?.();
  mended = null;
  ahead = 0;
  afterCreate = () => {};
});

const ask = async (): Promise<string> =>
  requestView.parse((await amira.call('POST', '/v1/requests', wanted())).json()).id;
const activate = (id: string) => amira.call('POST', `/v1/requests/${id}/activate`);
const roles = async (): Promise<number> =>
  (await target.root.query("select from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'")).rowCount ?? 0;
const types = async (gid: string): Promise<string[]> =>
  (await stack.collector.deps.ledger.entriesOfGrant(gid)).map(
    ({ line }) => collectorRecord.parse(openEnvelope(line).record).typ,
  );
const phase = async (id: string): Promise<string> => (await load(stack.collector.deps.store, id)).grant.phase;
const until = async (what: () => Promise<boolean>): Promise<void> => {
  while (!(await what())) await new Promise((done) => setTimeout(done, 20));
};
/** Asks, and expects the activation to fail as said; then, that the grant failed on the record and nothing is left. */
async function fails(code: string, said: string): Promise<void> {
  const id = await ask();
  const answer = await activate(id);
  const told: Problem = problem.parse(answer.json());
  expect([answer.statusCode, told.code, told.title]).toEqual([503, code, 'Orders could not be prepared']);
  expect(told.detail).toContain(`Orders ${said}. No access was given`);
  expect(told.hint).toContain('Tell an operator');
  // Neither of the two reads an address, a password or the server's words.
  expect(answer.body).not.toMatch(/127\.0\.0\.1|least|ECONN|SELECT/);
  const log = stack.logged.filter((line) => line.includes(id)).join('\n');
  expect(log).toContain(`activation failed: orders ${said}`);
  expect(log).not.toContain(new URL(config.adminUrl).password.repeat(2));
  expect(['ending', 'failed']).toContain(await phase(id));
  await mended?.();
  mended = null;
  await until(async () => (await phase(id)) === 'failed');
  await until(async () => (await roles()) === 0);
  expect(await types(id)).toEqual(['request', 'decision', 'grant', 'revoked']);
}
/** The next connection of the collector is a new one. */
const fresh = (change: Partial<TargetConfig> = {}): void => {
  const url = new URL(change.adminUrl ?? config.adminUrl);
  url.searchParams.set('n', String(Math.random()));
  config = { ...config, ...change, adminUrl: url.href };
};
const server = async (setting: string): Promise<void> => {
  await target.root.query(`alter system ${setting}`);
  await target.root.query('select pg_reload_conf()');
  await new Promise((done) => setTimeout(done, 300));
};

describe('a target that fails while somebody is let in', () => {
  it('is away', async () => {
    wire.cut();
    mended = () => wire.mend();
    await fails('target_down', 'does not answer the collector');
  });

  it('goes away when the role is made, before the collector knows', async () => {
    afterCreate = () => {
      wire.cut();
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    const id = await ask();
    const told = problem.parse((await activate(id)).json());
    expect(told.detail).toContain('No access was given, and whatever was made there is removed as soon as it answers');
    expect([await roles(), await phase(id)]).toEqual([1, 'ending']);
    await wire.mend();
    await until(async () => (await phase(id)) === 'failed');
    expect(await roles()).toBe(0);
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'revoked']);
  });

  it('is read-only', async () => {
    await server('set default_transaction_read_only = on');
    fresh();
    mended = () => server('reset default_transaction_read_only');
    // `alter system` itself is refused in a read-only transaction.
    target.root.on('connect', (client) => void client.query('set default_transaction_read_only = off'));
    await fails('target_read_only', 'takes no changes now (a standby, or set to read-only)');
  });

  it('does not take the admin’s password', async () => {
    const right = config.adminUrl;
    const wrong = new URL(right);
    wrong.password = 'not-this-one';
    fresh({ adminUrl: wrong.href });
    mended = async () => fresh({ adminUrl: right });
    await fails('target_login', 'does not let the collector in');
  });

  it('offers no TLS where the policy demands it', async () => {
    await server('set ssl = off');
    fresh();
    mended = () => server('reset ssl');
    await fails('target_no_tls', 'offers no TLS, which the policy demands');
  });

  it('shows another certificate', async () => {
    const { tls } = config;
    fresh({ tls: { ...tls, server_name: 'other.test' } });
    mended = async () => fresh({ tls });
    await fails('target_certificate', 'shows a certificate that the collector does not trust');
  });

  it('has no connection left', async () => {
    const crowd: pg.Client[] = [];
    // While the collector is cut off, others take every connection that there is.
    wire.cut();
    for (;;) {
      const one = new pg.Client({ connectionString: target.leastConfig.adminUrl });
      one.on('error', () => {});
      const full = await one.connect().then(
        () => false,
        () => true,
      );
      if (full) break;
      crowd.push(one);
    }
    await wire.mend();
    mended = () => Promise.all(crowd.map((one) => one.end()));
    await fails('target_full', 'has no connection left for the collector');
  });
});

describe('a target that fails while a grant ends', () => {
  it('is away for an hour: the end is stored, tried again, carried out once when it is back (I3)', async () => {
    const id = await ask();
    const { connection } = activation.parse((await activate(id)).json());
    const session = await target.connect(connection.user, connection.password);
    wire.cut();
    const told = problem.parse((await amira.call('POST', `/v1/requests/${id}/end`)).json());
    expect(told).toMatchObject({ status: 503, code: 'target_unavailable' });
    expect(told.detail).toContain('Orders does not answer the collector. The end of the grant is stored');
    expect(told.hint).toContain('The collector tries again until the role is gone');
    const operator =
      'a role could not be removed yet: orders does not answer the collector. See that the database runs';
    expect(stack.logged.join('\n')).toContain(operator);
    const attempts = async (): Promise<number> =>
      (
        await stack.collector.deps.store
          .selectFrom('grants')
          .select('attempts')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).attempts;
    // The clock of the retries goes on by ten minutes at a time; each time it is tried, and put off again.
    for (let tenMinutes = 1; tenMinutes <= 6; tenMinutes++) {
      const before = await attempts();
      ahead += 10 * 60_000;
      await until(async () => (await attempts()) > before);
      expect([await phase(id), await roles()]).toEqual(['ending', 1]);
    }
    await wire.mend();
    ahead += 61_000;
    await until(async () => (await phase(id)) === 'handed_back');
    expect(await roles()).toBe(0);
    await expect(session.query('select 1')).rejects.toThrow();
    expect((await types(id)).filter((typ) => typ === 'revoked')).toHaveLength(1);
    const { grant } = await load(stack.collector.deps.store, id);
    expect(grant.end?.goneMs).toBeGreaterThan(3_600_000);
  });

  it('was set to read-only meanwhile: the end is carried out all the same (I3)', async () => {
    const id = await ask();
    const { connection } = activation.parse((await activate(id)).json());
    const session = await target.connect(connection.user, connection.password);
    await server('set default_transaction_read_only = on');
    fresh();
    try {
      expect((await amira.call('POST', `/v1/requests/${id}/end`)).statusCode).toBe(200);
      expect([await phase(id), await roles()]).toEqual(['handed_back', 0]);
      await expect(session.query('select 1')).rejects.toThrow();
    } finally {
      await server('reset default_transaction_read_only');
    }
  });
});
