/** A collector killed in the middle, as a real process, beside another one on the same database and target. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { activation, problem, requestView } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { ath, makeProof, openTestStack, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { load } from './store.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
/** Added to the clock of the one that stays: how a takeover comes without a wait. */
let ahead = 0;

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms: [(app, deps) => registerGrants(app, deps, { reapEveryMs: 300 })],
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
    now: () => new Date(Date.now() + ahead),
  });
  amira = await stack.device('amira');
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

/** The other collector: its address, and how it ended. */
async function startDying(at: string) {
  const { config } = stack;
  const child = spawn(process.execPath, [fileURLToPath(new URL('./dying-collector.ts', import.meta.url))], {
    env: {
      DIE_AT: at,
      DATABASE_URL: config.databaseUrl,
      VITRINE_POLICY: config.policyPath,
      VITRINE_PUBLIC_URL: config.publicUrl,
      VITRINE_ISSUER: config.issuer,
      VITRINE_CLIENT_ID: config.clientId,
      VITRINE_DESK_CLIENT_ID: config.deskClientId,
      VITRINE_KEYS: config.keysDir,
      VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl,
      PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const killed = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    killed,
    /** As the app sends it; rejects when the collector dies before it answers. */
    async post(path: string): Promise<Response> {
      const htu = config.publicUrl + path;
      const dpop = await makeProof(amira.device, { htm: 'POST', htu, ath: ath(amira.accessToken) });
      return fetch(address + path, { method: 'POST', headers: { authorization: `DPoP ${amira.accessToken}`, dpop } });
    },
  };
}

const ask = async (): Promise<string> =>
  requestView.parse((await amira.call('POST', '/v1/requests', wanted())).json()).id;
const types = async (gid: string): Promise<string[]> =>
  (await stack.collector.deps.ledger.entriesOfGrant(gid)).map(
    ({ line }) => collectorRecord.parse(openEnvelope(line).record).typ,
  );
const roles = async (): Promise<string[]> =>
  (await target.root.query("select rolname from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'")).rows.map(
    ({ rolname }) => rolname,
  );
const phase = async (id: string): Promise<string> => (await load(stack.collector.deps.store, id)).grant.phase;
const until = async (what: () => Promise<boolean>): Promise<void> => {
  while (!(await what())) await new Promise((done) => setTimeout(done, 20));
};
/** The rule: no role without a grant in the ledger, at any moment. */
async function everyRoleHasItsGrant(id: string): Promise<void> {
  const { grant } = await load(stack.collector.deps.store, id);
  for (const role of await roles())
    expect([role, await types(id)]).toEqual([grant.role, expect.arrayContaining(['grant'])]);
}

describe('a collector that is killed while it lets somebody in', () => {
  it.each([
    ['before the role', ['request', 'decision', 'grant'], 0],
    ['after the role, before its record', ['request', 'decision', 'grant'], 1],
  ])('%s: the other one ends the grant as failed, and no role is left (I3, I4)', async (at, before, made) => {
    await stack.collector.app.ready();
    const id = await ask();
    const dying = await startDying(at);
    await expect(dying.post(`/v1/requests/${id}/activate`)).rejects.toThrow();
    expect(await dying.killed).toBe('SIGKILL');
    expect(await types(id)).toEqual(before);
    expect(await roles()).toHaveLength(made);
    await everyRoleHasItsGrant(id);
    // Whoever asks again meanwhile gets nothing either.
    expect(problem.parse((await amira.call('POST', `/v1/requests/${id}/activate`)).json()).code).toBe(
      'already_activated',
    );
    ahead = 21_000;
    try {
      await until(async () => (await phase(id)) === 'failed');
    } finally {
      ahead = 0;
    }
    expect(await roles()).toEqual([]);
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'revoked']);
  });

  it('after the record, before the answer: nobody was told, the role has its grant, and the other one can end it', async () => {
    const id = await ask();
    const dying = await startDying('after the record, before the answer');
    await expect(dying.post(`/v1/requests/${id}/activate`)).rejects.toThrow();
    expect(await dying.killed).toBe('SIGKILL');
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'activation']);
    expect([await phase(id), (await roles()).length]).toEqual(['active', 1]);
    await everyRoleHasItsGrant(id);
    expect(problem.parse((await amira.call('POST', `/v1/requests/${id}/activate`)).json()).code).toBe(
      'already_activated',
    );
    expect((await amira.call('POST', `/v1/requests/${id}/end`)).statusCode).toBe(200);
    expect(await roles()).toEqual([]);
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'activation', 'revoked']);
  });
});

describe('a collector that is killed while it ends a grant', () => {
  it.each([
    ['before the role goes', 1],
    ['after the role went, before its record', 0],
  ])('%s: the other one finishes, once (I3, I5)', async (at, left) => {
    const id = await ask();
    const { connection } = activation.parse((await amira.call('POST', `/v1/requests/${id}/activate`)).json());
    const session = await target.connect(connection.user, connection.password);
    const dying = await startDying(at);
    // The one that stays takes over when its clock says so, after the look at what was left.
    ahead = -60_000;
    try {
      await expect(dying.post(`/v1/requests/${id}/end`)).rejects.toThrow();
      expect(await dying.killed).toBe('SIGKILL');
      expect(await roles()).toHaveLength(left);
      expect([await phase(id), await types(id)]).toEqual(['ending', ['request', 'decision', 'grant', 'activation']]);
    } finally {
      ahead = 0;
    }
    await until(async () => (await phase(id)) === 'handed_back');
    expect(await roles()).toEqual([]);
    await expect(session.query('select 1')).rejects.toThrow();
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'activation', 'revoked']);
  });
});
