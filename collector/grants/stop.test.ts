import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { type Activation, activation, problem, type RequestView, requestView } from '../../shared/api.ts';
import { deviceRevoked, devices, live, stopAnswer } from '../../shared/api-stop.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { type CollectorRecord, collectorRecord } from '../../shared/audit/records.ts';
import type { RegisterRoom } from '../compose.ts';
import { withdrawReached } from '../envelopes/stopping.ts';
import { newSession } from '../ledger/test-session.ts';
import { openTargets, type Targets } from '../targets/index.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { openEndings } from './ending.ts';
import { openFlows } from './flows.ts';
import { registerGrants } from './index.ts';
import { openStop } from './stop.ts';
import { policyFor, wanted } from './testing.ts';
import { openWaiting } from './waiting.ts';

const envelopes = { withdraw: withdrawReached, clean: async () => {} };
let target: TestTarget;
let stack: TestStack;
/** Engineer; Ingrid is a reviewer who is on call, too; Li Na only approves. */
let amira: SignedInDevice;
let ingrid: SignedInDevice;
let desk: SignedInBrowser;
let lina: SignedInBrowser;
let hands: Targets;

/** Targets that do not answer when a role should be ended. */
const down = new Set<string>();
/** Targets that say nothing at all until this is settled. */
const hangs = new Map<string, Promise<unknown>>();
/** What an activation waits for before and after its role is made. */
let before: Promise<unknown> = Promise.resolve();
let after: Promise<unknown> = Promise.resolve();
function reachable(installation: string): Targets {
  const real = openTargets({ configOf: (id) => ({ ...target.config, id }), installation, onError: () => {} });
  return {
    ...real,
    async createRole(...asked) {
      await before;
      const made = await real.createRole(...asked);
      await after;
      return made;
    },
    endRole: async (id, ...asked) => {
      if (hangs.has(id)) await hangs.get(id);
      if (down.has(id)) throw new Error('connect ECONNREFUSED');
      return real.endRole(id, ...asked);
    },
  };
}
const rooms: readonly RegisterRoom[] = [
  (app, deps) => {
    hands = reachable(deps.config.publicUrl);
    return registerGrants(app, deps, { reapEveryMs: 300, targets: hands });
  },
];
/** A second target, on the same database. */
const twoTargets = (policy: string): string => {
  const [, orders = ''] = /^targets:\n([\s\S]*?)^scopes:/m.exec(policy) ?? [];
  const billing = orders.replace('  orders:', '  billing:').replace('label: Orders', 'label: Billing');
  return policy
    .replace('scopes:\n', `${billing}scopes:\n`)
    .replace('targets: [orders]', 'targets: [orders, billing]')
    .replace('engineer: [oncall]', 'engineer: [oncall, security]');
};

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: { ...SETTINGS, max_connections: '200' } });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms,
    policy: () => twoTargets(policyFor(target, server.caFile)),
    env: async () => ({
      VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl,
      VITRINE_TARGET_BILLING_ADMIN: target.config.adminUrl,
    }),
  });
  await stack.collector.app.ready();
  [amira, ingrid, desk, lina] = await Promise.all([
    stack.device('amira'),
    stack.device('ingrid'),
    stack.browser('ingrid'),
    stack.browser('lina'),
  ]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});
afterEach(async () => {
  down.clear();
  before = after = Promise.resolve();
  await stop(lina, { what: 'everything' });
});

type Caller = Pick<SignedInDevice, 'call'>;
const ask = async (by: Caller, changes: Record<string, unknown> = {}): Promise<RequestView> =>
  requestView.parse((await by.call('POST', '/v1/requests', wanted(changes))).json());
const activate = (by: Caller, id: string) => by.call('POST', `/v1/requests/${id}/activate`);
async function open(by: Caller, changes: Record<string, unknown> = {}): Promise<Activation & { id: string }> {
  const { id } = await ask(by, changes);
  return { id, ...activation.parse((await activate(by, id)).json()) };
}
const post = (by: Caller, body: object) => by.call('POST', '/v1/stop', { reason: 'laptop stolen', ...body });
async function stop(by: Caller, body: object) {
  const answer = await post(by, body);
  expect(answer.statusCode, answer.body).toBe(200);
  return stopAnswer.parse(answer.json());
}
const refusal = async (answer: Promise<{ json(): unknown }>) => problem.parse((await answer).json());
const stateOf = async (by: Caller, id: string) =>
  requestView.parse((await by.call('GET', `/v1/requests/${id}`)).json());
const ids = (lines: readonly { id: string }[]): string[] => lines.map(({ id }) => id).sort();
const roleExists = async (role: string): Promise<boolean> =>
  (await target.root.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;
const canLogIn = ({ connection }: Activation): Promise<boolean> =>
  target.connect(connection.user, connection.password).then(
    (client) => client.end().then(() => true),
    () => false,
  );
/** The collector's own records of a kind, oldest first. */
async function own<T extends CollectorRecord['typ']>(typ: T): Promise<Extract<CollectorRecord, { typ: T }>[]> {
  const { ledger } = stack.collector.deps;
  const all = await ledger.entries(0, (await ledger.head()).size);
  return all.flatMap(({ line }) => {
    const { record } = openEnvelope(line);
    const found = collectorRecord.safeParse(record);
    // The kind was compared.
    return found.success && found.data.typ === typ ? [found.data as Extract<CollectorRecord, { typ: T }>] : [];
  });
}
async function until(what: () => Promise<boolean>, ms = 8000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(20);
  }
}

describe('a stop', () => {
  it('ends every live grant of one person, on every target, and nobody else’s (I3, I4)', async () => {
    const [first, second, other] = [await open(amira), await open(amira, { target: 'billing' }), await open(ingrid)];
    const client = await target.connect(first.connection.user, first.connection.password);
    const running = client.query('select pg_sleep(60)').catch((error: pg.DatabaseError) => error.code);
    await sleep(50);
    const answer = await stop(lina, { what: 'person', id: 'amira' });
    expect(ids(answer.ended)).toEqual(ids([first, second]));
    expect(answer.ended.map(({ by, target: on }) => `${by} on ${on}`).sort()).toEqual([
      'Amira Haddad on Billing',
      'Amira Haddad on Orders',
    ]);
    expect(answer).toMatchObject({ not_yet: [], closed: [] });
    expect(await running).toBe('57P01');
    for (const { connection } of [first, second]) expect(await roleExists(connection.user)).toBe(false);
    expect(await canLogIn(other)).toBe(true);
    expect(await stateOf(amira, first.id)).toMatchObject({ state: 'revoked', ended_by: 'Li Na' });
    expect((await own('stop')).at(-1)).toMatchObject({
      gid: null,
      by: { sub: 'lina', name: 'Li Na', idt: expect.any(String) },
      what: 'person',
      id: 'amira',
      reason: 'laptop stolen',
      ended: 2,
      closed: 0,
    });
    const ends = (await own('revoked')).filter(({ gid }) => gid === first.id || gid === second.id);
    expect(ends.map(({ why }) => why)).toEqual(['revoked', 'revoked']);
  });

  it('reaches exactly one grant, one device, one target, or all of it', async () => {
    const laptop = await stack.device('amira');
    const all = {
      one: await open(amira),
      laptop: await open(laptop),
      billing: await open(amira, { target: 'billing' }),
      ingrid: await open(ingrid),
    };
    const ended = async (reach: object) => ids((await stop(desk, reach)).ended);
    expect(await ended({ what: 'grant', id: all.one.id })).toEqual([all.one.id]);
    expect(await ended({ what: 'device', id: laptop.device.jkt })).toEqual([all.laptop.id]);
    expect(await ended({ what: 'target', id: 'billing' })).toEqual([all.billing.id]);
    const more = await open(amira, { target: 'billing' });
    expect(await ended({ what: 'everything' })).toEqual(ids([all.ingrid, more]));
    expect(await ended({ what: 'everything' })).toEqual([]);
    expect((await own('stop')).at(-1)).toMatchObject({ what: 'everything', id: null, ended: 0, closed: 0 });
  });

  it('closes what is asked for and what is approved, so that nothing opens a moment later (I3)', async () => {
    const asked = await ask(amira, { severity: 'SEV2', alone: false });
    const approved = await ask(amira);
    const own_ = await ask(ingrid);
    const answer = await stop(desk, { what: 'everything' });
    expect(ids(answer.closed)).toEqual(ids([asked, approved, own_]));
    expect(await stateOf(amira, approved.id)).toMatchObject({ state: 'denied', note: 'Stopped by Ingrid Solheim.' });
    // Nobody denies their own request: it counts as withdrawn.
    expect((await stateOf(ingrid, own_.id)).state).toBe('withdrawn');
    expect(await refusal(activate(amira, approved.id))).toMatchObject({ status: 409, code: 'too_late' });
    const late = lina.call('POST', `/v1/requests/${asked.id}/approve`, {});
    expect(await refusal(late)).toMatchObject({ status: 409, code: 'too_late' });
    expect((await own('stop')).at(-1)).toMatchObject({ ended: 0, closed: 3 });
  });

  it('wakes the app that waits for an answer', async () => {
    const { id } = await ask(amira, { severity: 'SEV2', alone: false });
    const started = performance.now();
    const waiting = amira.call('GET', `/v1/requests/${id}?wait=25&not=requested`);
    await sleep(50);
    await stop(lina, { what: 'target', id: 'orders' });
    expect(requestView.parse((await waiting).json()).state).toBe('denied');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('is for approvers and reviewers; everybody may stop their own (I6)', async () => {
    const mine = await open(amira);
    const foreign = await open(ingrid);
    for (const reach of [
      { what: 'everything' },
      { what: 'person', id: 'ingrid' },
      { what: 'person', id: 'nobody' },
      { what: 'device', id: ingrid.device.jkt },
      { what: 'target', id: 'orders' },
      { what: 'grant', id: foreign.id },
    ])
      expect(await refusal(post(amira, reach))).toMatchObject({ status: 403, code: 'role_required' });
    expect(await canLogIn(foreign)).toBe(true);
    expect(ids((await stop(amira, { what: 'person', id: 'amira' })).ended)).toEqual([mine.id]);
    const again = await open(amira);
    expect(ids((await stop(amira, { what: 'device', id: amira.device.jkt })).ended)).toEqual([again.id]);
    expect((await own('stop')).at(-1)).toMatchObject({ by: { sub: 'amira' }, what: 'device', ended: 1 });
    expect(await refusal(amira.call('GET', '/v1/live'))).toMatchObject({ status: 403, code: 'role_required' });
  });

  it('names the field that is wrong, and does not take an unknown id for a stop (I6)', async () => {
    for (const [body, status, field] of [
      [{ what: 'planet', id: 'earth' }, 400, 'what'],
      [{ what: 'device', id: 'x' }, 400, 'id'],
      [{ what: 'person', id: 'a\0b' }, 400, 'id'],
      [{ what: 'everything', id: 'orders' }, 400, 'id'],
      [{ what: 'everything', reason: '   ' }, 400, 'reason'],
      [{ what: 'everything', reason: 'a\0b' }, 400, 'reason'],
      [{ what: 'everything', reason: 'x'.repeat(501) }, 400, 'reason'],
      [{ what: 'person', id: 'nobody' }, 404, 'id'],
      [{ what: 'device', id: 'A'.repeat(43) }, 404, 'id'],
      [{ what: 'target', id: 'no-such-target' }, 404, 'id'],
    ] as const)
      expect(await refusal(post(lina, body)), JSON.stringify(body)).toMatchObject({ status, field });
    expect(await refusal(post(lina, { what: 'grant', id: 'A'.repeat(22) }))).toMatchObject({ status: 404 });
    const bare = { what: 'everything', reason: 'x' };
    const headers = { cookie: lina.cookie, origin: stack.config.publicUrl };
    const noToken = stack.collector.app.inject({ method: 'POST', url: '/v1/stop', headers, payload: bare });
    expect(await refusal(noToken)).toMatchObject({ status: 403, code: 'csrf' });
  });

  it('says which target is down, hides and holds up no other, and the rest follows by itself (I3, I6)', async () => {
    const [here, there] = [await open(amira), await open(amira, { target: 'billing' })];
    down.add('billing');
    const answer = await stop(desk, { what: 'everything' });
    expect(ids(answer.ended)).toEqual([here.id]);
    expect(answer.not_yet).toEqual([{ id: there.id, by: 'Amira Haddad', target: 'Billing' }]);
    expect((await stateOf(amira, there.id)).state).toBe('revoked');
    const shown = live.parse((await desk.call('GET', '/v1/live')).json()).grants;
    expect(shown).toMatchObject([{ id: there.id, state: 'ending', end: { why: 'revoked', failed: 1 } }]);
    down.clear();
    await until(async () => !(await roleExists(there.connection.user)));
    await until(async () => (await own('revoked')).some(({ gid }) => gid === there.id));
    expect(live.parse((await desk.call('GET', '/v1/live')).json()).grants).toEqual([]);
  });

  it('does not wait for a target that says nothing', async () => {
    const [here, there] = [await open(amira), await open(amira, { target: 'billing' })];
    const { promise, resolve } = Promise.withResolvers<void>();
    hangs.set('billing', promise);
    const answer = await stop(desk, { what: 'everything' }).finally(() => {
      hangs.clear();
      resolve();
    });
    expect(ids(answer.ended)).toEqual([here.id]);
    expect(ids(answer.not_yet)).toEqual([there.id]);
    await until(async () => !(await roleExists(there.connection.user)));
  });

  it('given twice at once, ends each grant once, and both answers are true (I5)', async () => {
    const made = [await open(amira), await open(amira, { target: 'billing' }), await open(ingrid)];
    const pending = await ask(amira);
    const stops = (await own('stop')).length;
    const answers = await Promise.all([stop(lina, { what: 'everything' }), stop(desk, { what: 'everything' })]);
    for (const { connection } of made) expect(await roleExists(connection.user)).toBe(false);
    const records = (await own('stop')).slice(stops);
    expect(records).toHaveLength(2);
    expect(records.reduce((sum, { ended }) => sum + ended, 0)).toBe(3);
    expect(records.reduce((sum, { closed }) => sum + closed, 0)).toBe(1);
    expect(ids(answers.flatMap(({ closed }) => closed))).toEqual([pending.id]);
    const ends = (await own('revoked')).filter(({ gid }) => made.some(({ id }) => id === gid));
    expect(ends).toHaveLength(3);
    for (const { not_yet } of answers) expect(not_yet).toEqual([]);
  });

  it('ends what is live even if it cannot be written down, and says so (I6)', async () => {
    const granted = await open(amira);
    const waits = await ask(amira);
    const { deps } = stack.collector;
    const waiting = openWaiting();
    const flows = openFlows(deps, waiting);
    const endings = openEndings({ ...deps, targets: hands, flows });
    const unwritten = openStop({ ...deps, flows, endings, waiting, envelopes });
    const by = { sub: 'lina', name: 'Li Na', idt: null };
    const answer = unwritten({ what: 'everything' }, by, async () => {
      throw new Error('disk full');
    });
    await expect(answer).rejects.toMatchObject({ status: 503, code: 'stop_not_recorded' });
    await until(async () => !(await roleExists(granted.connection.user)));
    expect((await stateOf(amira, waits.id)).state).toBe('approved');
  });
});

describe('an activation at the moment of a stop', () => {
  it.each(['before', 'after'] as const)(
    'tells no credentials: its role is about to be made (%s) (I3)',
    async (when) => {
      const { id } = await ask(amira);
      const { promise: closed, resolve: release } = Promise.withResolvers<void>();
      if (when === 'before') before = closed;
      else after = closed;
      const activating = activate(amira, id);
      await until(async () => (await own('grant')).some(({ gid }) => gid === id));
      if (when === 'after') await sleep(200);
      const answer = await stop(lina, { what: 'person', id: 'amira' });
      expect(ids(answer.ended)).toEqual([id]);
      release();
      expect(await refusal(activating)).toMatchObject({ status: 409, code: 'ended_meanwhile' });
      expect((await stateOf(amira, id)).state).toBe('revoked');
      const left = await target.root.query("select from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'");
      expect(left.rowCount).toBe(0);
    },
  );

  it('is ended, too, where it became live after the stop had looked for what is live (I3)', async () => {
    const { id } = await ask(amira);
    const { deps } = stack.collector;
    const waiting = openWaiting();
    const flows = openFlows(deps, waiting);
    const endings = openEndings({ ...deps, targets: hands, flows });
    let granted: Activation | null = null;
    const ledger = {
      ...deps.ledger,
      decide: async (decide: Parameters<typeof deps.ledger.decide>[0]) => {
        granted = activation.parse((await activate(amira, id)).json());
        expect(await canLogIn(granted)).toBe(true);
        return deps.ledger.decide(decide);
      },
    };
    const late = openStop({ ...deps, ledger, flows, endings, waiting, envelopes });
    const counts: unknown[] = [];
    const answer = await late({ what: 'everything' }, { sub: 'lina', name: 'Li Na', idt: null }, async (_, sums) => {
      counts.push(sums);
      return [];
    });
    expect(ids(answer.ended)).toEqual([id]);
    expect(counts).toEqual([{ ended: 1, closed: 0 }]);
    expect(granted !== null && (await canLogIn(granted))).toBe(false);
  });

  it('gives no access after the stop answered, wherever the two meet (I3)', async () => {
    const outcomes = new Set<number>();
    for (let round = 0; round < 24; round++) {
      const made = await Promise.all([ask(amira), ask(amira, { target: 'billing' })]);
      const activations = made.map(({ id }) => activate(amira, id));
      await sleep(round * 4);
      await stop(desk, { what: 'everything' });
      for (const answered of await Promise.all(activations)) {
        outcomes.add(answered.statusCode);
        if (answered.statusCode !== 200) continue;
        expect(await canLogIn(activation.parse(answered.json())), `round ${round}`).toBe(false);
      }
      for (const { id } of made) expect(['revoked', 'denied']).toContain((await stateOf(amira, id)).state);
    }
    expect(outcomes.has(409)).toBe(true);
    await until(async () => {
      const left = await target.root.query("select from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'");
      return left.rowCount === 0;
    });
  }, 60_000);
});

describe('who has access now', () => {
  it('is shown with person, target, scope, device, deadline and the statements so far', async () => {
    const granted = await open(amira);
    const waits = await ask(amira, { target: 'billing', severity: 'SEV2', alone: false });
    const session = newSession(amira, { gid: granted.id, jws: granted.grant });
    session.statement('select 1');
    session.statement('select 2');
    const sent = await amira.call(
      'POST',
      `/v1/sessions/${session.sid}/entries`,
      session.lines.map(({ line }) => `${line}\n`).join(''),
      { 'content-type': 'application/x-ndjson' },
    );
    expect(sent.statusCode, sent.body).toBe(200);
    const read = async () => live.parse((await lina.call('GET', '/v1/live')).json()).grants;
    const [first, second] = await read();
    expect(first).toMatchObject({
      id: granted.id,
      state: 'active',
      by: { sub: 'amira', name: 'Amira Haddad' },
      target: { id: 'orders', label: 'Orders' },
      scope: { label: 'Repair orders', mode: 'write' },
      severity: 'SEV1',
      device: { jkt: amira.device.jkt, name: 'Test laptop' },
      expires_at: granted.expires_at,
      statements: 2,
      end: null,
    });
    expect(second).toMatchObject({ id: waits.id, state: 'requested', statements: 0, expires_at: null });
    // The second look counts only what is new.
    expect((await read())[0]?.statements).toBe(2);
  });
});

describe('a device', () => {
  const list = async (by: Caller, q = '') => devices.parse((await by.call('GET', `/v1/devices${q}`)).json());
  const revoke = (by: Caller, jkt: string, reason = 'stolen on the train') =>
    by.call('POST', `/v1/devices/${jkt}/revoke`, { reason });

  it('is listed: one’s own for engineers, everybody’s for approvers and reviewers', async () => {
    const engineer = await stack.browser('amira');
    const mine = await list(engineer);
    expect(mine.devices.every(({ own: is, person }) => is && person.sub === 'amira')).toBe(true);
    const all = await list(lina);
    expect(new Set(all.devices.map(({ person }) => person.name))).toEqual(new Set(['Amira Haddad', 'Ingrid Solheim']));
    expect(all.more).toBe(false);
    expect((await list(lina, '?q=solheim')).devices.map(({ person }) => person.sub)).toEqual(['ingrid']);
    expect((await list(lina, `?q=${amira.device.jkt}`)).devices).toHaveLength(1);
    expect((await list(lina, '?q=%25')).devices).toEqual([]);
    expect(await refusal(lina.call('GET', '/v1/devices?q=%00'))).toMatchObject({ status: 400, field: 'q' });
    await open(amira);
    const found = (await list(lina)).devices.find(({ jkt }) => jkt === amira.device.jkt);
    expect(found).toMatchObject({ name: 'Test laptop', own: false, revoked: null, live: 1, pending: 0 });
  });

  it('that is revoked has no access, no requests and no way back, for good (I3, I6)', async () => {
    const laptop = await stack.device('amira');
    const granted = await open(laptop);
    const waits = await ask(laptop);
    const other = await open(amira);
    const answer = await revoke(desk, laptop.device.jkt);
    expect(answer.statusCode, answer.body).toBe(200);
    const { device, stopped } = deviceRevoked.parse(answer.json());
    expect(ids(stopped.ended)).toEqual([granted.id]);
    expect(ids(stopped.closed)).toEqual([waits.id]);
    expect(device).toMatchObject({
      live: 0,
      pending: 0,
      revoked: { by: 'Ingrid Solheim', reason: 'stolen on the train' },
    });
    expect(await roleExists(granted.connection.user)).toBe(false);
    expect(await canLogIn(other)).toBe(true);
    expect(await refusal(laptop.call('GET', '/v1/requests'))).toMatchObject({ status: 403, code: 'device_revoked' });
    const { idToken, salt } = await stack.idToken('amira', laptop.device);
    expect(await refusal(stack.trade(laptop.device, idToken, salt))).toMatchObject({ code: 'device_revoked' });
    expect((await own('device.revoked')).at(-1)).toMatchObject({
      gid: null,
      by: { sub: 'ingrid' },
      dev: laptop.device.jkt,
      sub: 'amira',
      reason: 'stolen on the train',
      ended: 1,
      closed: 1,
    });
  });

  it('is revoked once: what is said again changes nothing', async () => {
    const laptop = await stack.device('amira');
    const first = deviceRevoked.parse((await revoke(lina, laptop.device.jkt, 'lost')).json());
    const [records, stops] = [(await own('device.revoked')).length, (await own('stop')).length];
    const again = await Promise.all([revoke(desk, laptop.device.jkt), revoke(lina, laptop.device.jkt, 'again')]);
    for (const answer of again) expect(deviceRevoked.parse(answer.json()).device).toEqual(first.device);
    expect([(await own('device.revoked')).length, (await own('stop')).length]).toEqual([records, stops]);
  });

  it('is revoked by its owner, from another one or the pages, and by nobody else without a role (I6)', async () => {
    const laptop = await stack.device('amira');
    const engineer = await stack.browser('amira');
    const elsewhere = await stack.browser('amira');
    expect(await refusal(revoke(engineer, ingrid.device.jkt))).toMatchObject({ status: 403, code: 'role_required' });
    expect(await refusal(revoke(engineer, 'A'.repeat(43)))).toMatchObject({ status: 403, code: 'role_required' });
    expect(await refusal(revoke(lina, 'A'.repeat(43)))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refusal(revoke(lina, 'x'))).toMatchObject({ status: 404 });
    expect(await refusal(revoke(lina, laptop.device.jkt, ' '))).toMatchObject({ status: 400, field: 'reason' });
    const { device } = deviceRevoked.parse((await revoke(engineer, laptop.device.jkt)).json());
    // Why is for those who may revoke any device.
    expect(device).toMatchObject({ own: true, revoked: { by: 'Amira Haddad', reason: null } });
    // The stolen laptop's browser is signed out; the one that revoked it is not.
    expect((await elsewhere.call('GET', '/v1/me')).statusCode).toBe(401);
    expect((await engineer.call('GET', '/v1/me')).statusCode).toBe(200);
  });

  it('cannot activate at the moment in which it is revoked (I3)', async () => {
    for (let round = 0; round < 8; round++) {
      const laptop = await stack.device('amira');
      const { id } = await ask(laptop);
      const activating = activate(laptop, id);
      await sleep(round * 6);
      expect((await revoke(lina, laptop.device.jkt)).statusCode).toBe(200);
      const answered = await activating;
      if (answered.statusCode === 200) expect(await canLogIn(activation.parse(answered.json()))).toBe(false);
      expect(['revoked', 'denied']).toContain((await stateOf(amira, id)).state);
    }
  }, 60_000);
});

describe('the kill switch with many grants', () => {
  it('ends twenty with a session each, and says how long each took (I3)', async () => {
    const made = [];
    for (let n = 0; n < 20; n++) made.push(await open(amira, n % 2 === 0 ? {} : { target: 'billing' }));
    const clients = await Promise.all(made.map(({ connection: { user, password } }) => target.connect(user, password)));
    const cutAt: number[] = [];
    const cut = clients.map((client) =>
      client.query('select pg_sleep(60)').catch((error: pg.DatabaseError) => {
        cutAt.push(performance.now());
        return error.code;
      }),
    );
    await sleep(100);
    const stopped = performance.now();
    const { ended } = await stop(lina, { what: 'everything' });
    expect(ended).toHaveLength(20);
    expect(await Promise.all(cut)).toEqual(made.map(() => '57P01'));
    const took = ended.map(({ gone_ms }) => gone_ms).sort((a, b) => a - b);
    console.log(
      JSON.stringify({
        metric: 'kill_20_grants',
        worst_ms: took.at(-1),
        median_ms: took[10],
        cut_worst_ms: Math.round(Math.max(...cutAt) - stopped),
      }),
    );
  }, 60_000);
});
