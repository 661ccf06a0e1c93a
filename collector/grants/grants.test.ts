import { readFile, writeFile } from 'node:fs/promises';
import { compactVerify } from 'jose';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import {
  activation,
  endResponse,
  options,
  problem,
  type RequestView,
  requestList,
  requestView,
} from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { grantClaims } from '../../shared/grants.ts';
import { openCollector, type RegisterRoom } from '../compose.ts';
import { openLog } from '../server/log.ts';
import { newPassword, newRoleName, openTargets, type Targets } from '../targets/index.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { openFlows } from './flows.ts';
import { registerGrants } from './index.ts';
import { signGrant } from './jws.ts';
import { stateOf } from './machine.ts';
import { load, overdueReviews } from './store.ts';
import { policyFor, wanted } from './testing.ts';
import { openWaiting } from './waiting.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let ingrid: SignedInBrowser;
/** Added to the collector's clock. */
let ahead = 0;
const now = (): Date => new Date(Date.now() + ahead);

/** The target's database does not answer when a role should be ended. */
let down = false;
function reachable(installation: string): Targets {
  const real = openTargets({ configOf: () => target.config, installation, onError: () => {} });
  return {
    ...real,
    endRole: (...asked) => (down ? Promise.reject(new Error('connect ECONNREFUSED')) : real.endRole(...asked)),
  };
}

const rooms: readonly RegisterRoom[] = [
  (app, deps) => registerGrants(app, deps, { reapEveryMs: 300, targets: reachable(deps.config.publicUrl) }),
];

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms,
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
    now,
  });
  [amira, lina, ingrid] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

type Caller = Pick<SignedInDevice, 'call'> | SignedInBrowser;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const post = async (by: Caller, path: string, body?: unknown) => by.call('POST', `/v1/requests${path}`, body);
async function ask(changes: Record<string, unknown> = {}, by = amira): Promise<RequestView> {
  const answer = await post(by, '', wanted(changes));
  expect(answer.body).toContain('"state"');
  return requestView.parse(answer.json());
}
const activate = async (id: string) => activation.parse((await post(amira, `/${id}/activate`)).json());
const view = async (id: string) => requestView.parse((await amira.call('GET', `/v1/requests/${id}`)).json());
/** As stored; for tests whose clock has left the tokens behind. */
const stateNow = async (id: string): Promise<string> => stateOf((await load(stack.collector.deps.store, id)).grant);
const refusal = async (answer: Promise<{ statusCode: number; json(): unknown }>) => {
  const got = await answer;
  return problem.parse(got.json());
};
const records = async (gid: string) =>
  (await stack.collector.deps.ledger.entriesOfGrant(gid)).map(({ line }) =>
    collectorRecord.parse(openEnvelope(line).record),
  );
const types = async (gid: string): Promise<string[]> => (await records(gid)).map((record) => record.typ);
const roleExists = async (role: string): Promise<boolean> =>
  (await target.root.query('select from pg_roles where rolname = $1', [role])).rowCount === 1;
const allRoles = async (): Promise<string[]> =>
  (await target.root.query("select rolname from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$'")).rows.map(
    (row) => row.rolname,
  );
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );
async function until(what: () => Promise<boolean>, ms = 5000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(20);
  }
}

describe('breaking the glass alone', () => {
  it('runs from the request to the end, each step a record before its effect (I3, I4)', async () => {
    const request = await ask();
    expect(request).toMatchObject({ state: 'approved', alone: true, approvals: [{ sub: 'amira', alone: true }] });
    expect(await types(request.id)).toEqual(['request', 'decision']);
    const granted = await activate(request.id);
    expect(await types(request.id)).toEqual(['request', 'decision', 'grant', 'activation']);

    const { payload, protectedHeader } = await compactVerify(granted.grant, stack.collector.deps.keys.grant.publicKey);
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'vitrine-grant+jwt' });
    const claims = grantClaims.parse(JSON.parse(new TextDecoder().decode(payload)));
    expect(claims).toMatchObject({
      sub: 'amira',
      jti: request.id,
      cnf: { jkt: amira.device.jkt },
      scope: { id: 'orders-repair' },
    });
    expect(claims.exp * 1000).toBe(Date.parse(granted.expires_at));
    expect(claims.exp - claims.iat).toBe(30 * 60);

    const { user, password } = granted.connection;
    const client = await target.connect(user, password);
    expect(await failure(client.query("update shop.orders set status = 'shipped' where id = 3"))).toBe('ok');
    expect(await failure(client.query('select * from shop.card_tokens'))).toBe('42501');
    const running = failure(client.query('select pg_sleep(60)'));
    await sleep(50);
    const ended = endResponse.parse((await post(amira, `/${request.id}/end`)).json());
    expect(ended.request).toMatchObject({ state: 'handed_back', end_reason: 'handed_back', review: { state: 'due' } });
    expect(ended.gone_ms).toBeLessThan(20_000);
    expect(await running).toBe('57P01');
    expect(await roleExists(user)).toBe(false);
    const all = await records(request.id);
    expect(all.at(-1)).toMatchObject({ typ: 'revoked', why: 'handed_back', terminated: 1, gone_ms: ended.gone_ms });
    const again = endResponse.parse((await post(amira, `/${request.id}/end`)).json());
    expect(again).toEqual({ ...ended, request: { ...ended.request } });
    expect(await types(request.id)).toHaveLength(5);
  });

  it('tells the credentials exactly once, also when asked twice at the same moment (I3)', async () => {
    const { id } = await ask();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(amira, `/${id}/activate`)));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409, 409, 409]);
    for (const answer of answers)
      if (answer.statusCode !== 200) expect(problem.parse(answer.json()).code).toBe('already_activated');
    expect((await types(id)).filter((typ) => typ === 'grant')).toHaveLength(1);
    expect(await allRoles()).toHaveLength(1);
    await post(amira, `/${id}/end`);
    expect((await refusal(post(amira, `/${id}/activate`))).code).toBe('already_activated');
  });

  it('lets only the device that asked activate (I4)', async () => {
    const { id } = await ask();
    const other = await stack.device('amira');
    expect(await refusal(post(other, `/${id}/activate`))).toMatchObject({ status: 403, code: 'other_device' });
    expect(await types(id)).toEqual(['request', 'decision']);
    await post(amira, `/${id}/withdraw`);
  });
});

describe('the policy', () => {
  it.each([
    [{ minutes: 31 }, 'not_allowed_minutes', 'minutes', 'SEV1 allows at most 30 minutes, 31 were asked for'],
    [{ severity: 'SEV2', alone: true }, 'not_allowed_alone', 'alone', 'SEV2 does not let you in alone'],
    [{ target: 'billing' }, 'not_allowed_target', 'target', 'There is no target billing'],
  ])('refuses what is above its limits and names the limit: %j (I6)', async (changes, code, field, title) => {
    expect(await refusal(post(amira, '', wanted(changes)))).toMatchObject({ status: 403, code, field, title });
  });

  it('names the field that does not have its form', async () => {
    expect(await refusal(post(amira, '', wanted({ ticket: 'not a ticket' })))).toMatchObject({
      status: 400,
      field: 'ticket',
    });
    expect(await refusal(post(amira, '', wanted({ extra: 1 })))).toMatchObject({ status: 400, field: 'extra' });
  });

  it('does not serve a person without a rule (I6)', async () => {
    const approver = await stack.device('lina');
    expect(await refusal(post(approver, '', wanted()))).toMatchObject({ status: 403, code: 'not_allowed_role' });
  });

  it('offers what it would allow', async () => {
    const offered = options.parse((await amira.call('GET', '/v1/options')).json());
    expect(offered.targets[0]?.scopes.map((scope) => scope.id)).toEqual(['orders-read', 'orders-repair', 'misfit']);
    expect(offered.overdue_reviews).toBe(0);
  });

  it('is asked again at activation when it has changed since: what it no longer allows is not handed out (I6)', async () => {
    const { id } = await ask({ minutes: 30 });
    const before = await readFile(stack.policyPath, 'utf8');
    const { policy } = stack.collector.deps;
    try {
      await writeFile(stack.policyPath, before.replace('max_minutes: 30', 'max_minutes: 5'));
      await policy.reload();
      const refused = await refusal(post(amira, `/${id}/activate`));
      expect(refused).toMatchObject({
        status: 409,
        code: 'policy_changed',
        detail: expect.stringContaining('at most 5 minutes'),
      });
      await writeFile(stack.policyPath, before.replace('update: [status]', 'update: [total]'));
      await policy.reload();
      expect((await refusal(post(amira, `/${id}/activate`))).code).toBe('policy_changed');
    } finally {
      await writeFile(stack.policyPath, before);
      await policy.reload();
    }
    expect(await types(id)).toEqual(['request', 'decision']);
    expect((await activate(id)).connection.user).toMatch(/^vitrine_/);
    await post(amira, `/${id}/end`);
  });

  it('fails an activation whose scope does not fit the database, says why, and leaves no role (I6)', async () => {
    const { id } = await ask({ scope: 'misfit' });
    const refused = await refusal(post(amira, `/${id}/activate`));
    expect(refused).toMatchObject({ status: 409, code: 'scope_mismatch' });
    expect(refused.title).toContain('no_such_table');
    expect(await view(id)).toMatchObject({ state: 'failed', end_reason: 'failed', review: { state: 'none' } });
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'revoked']);
    expect(await allRoles()).toEqual([]);
  });
});

describe('an approval', () => {
  it('lets the engineer in, is told at once to who waits, and counts once (I4)', async () => {
    const { id, state, approvers } = await ask({ severity: 'SEV2', alone: false });
    expect(state).toBe('requested');
    expect(approvers).toContain('Li Na');
    expect((await refusal(post(amira, `/${id}/activate`))).code).toBe('not_approved');
    const waiting = amira.call('GET', `/v1/requests/${id}?wait=20&not=requested`);
    await sleep(100);
    const started = performance.now();
    const approved = requestView.parse((await post(lina, `/${id}/approve`, { note: 'go' })).json());
    expect(approved).toMatchObject({ state: 'approved', approvals: [{ sub: 'lina', alone: false }] });
    expect(requestView.parse((await waiting).json()).state).toBe('approved');
    // Its own wait is 20 s.
    expect(performance.now() - started).toBeLessThan(15_000);
    expect((await post(lina, `/${id}/approve`, {})).statusCode).toBe(200);
    expect(await types(id)).toEqual(['request', 'decision']);
    const granted = await activate(id);
    expect(await roleExists(granted.connection.user)).toBe(true);
    await post(amira, `/${id}/end`);
    expect(await refusal(post(lina, `/${id}/approve`, {}))).toMatchObject({ status: 409, code: 'too_late' });
  });

  it('tells an approver’s device of a new request at once, and of its end, by one list that waits', async () => {
    const laptop = await stack.device('lina');
    const list = async (query = '') => requestList.parse((await laptop.call('GET', `/v1/requests${query}`)).json());
    const { revision: seen } = await list();
    const waiting = list(`?wait=20&seen=${seen}`);
    await sleep(100);
    const started = performance.now();
    const { id } = await ask({ severity: 'SEV2', alone: false });
    const told = await waiting;
    expect(told.requests.find((one) => one.id === id)).toMatchObject({ state: 'requested', approval_refused: null });
    expect(told.revision).not.toBe(seen);
    // The same list again waits; it is answered by what happens next.
    const next = list(`?wait=20&seen=${told.revision}`);
    await sleep(100);
    expect((await post(laptop, `/${id}/deny`, { note: 'not now' })).statusCode).toBe(200);
    expect((await next).requests.some((one) => one.id === id)).toBe(false);
    // Their own waits are 20 s.
    expect(performance.now() - started).toBeLessThan(15_000);
    const same = await list(`?wait=0&seen=${(await list()).revision}`);
    expect(same.revision).toBe((await list()).revision);
    expect((await laptop.call('GET', '/v1/requests?wait=31')).statusCode).toBe(400);
    expect((await laptop.call('GET', '/v1/requests?seen=x')).statusCode).toBe(400);
  });

  it('comes from somebody with the role approver only', async () => {
    const { id } = await ask({ severity: 'SEV2', alone: false });
    expect(await refusal(post(ingrid, `/${id}/approve`, {}))).toMatchObject({ status: 403, code: 'role_required' });
    expect(await refusal(post(amira, `/${id}/approve`, {}))).toMatchObject({ status: 403, code: 'role_required' });
    const denied = requestView.parse((await post(lina, `/${id}/deny`, { note: 'use the replica' })).json());
    expect(denied).toMatchObject({ state: 'denied', note: 'use the replica' });
    expect(await refusal(post(lina, `/${id}/approve`, {}))).toMatchObject({ status: 409, code: 'too_late' });
    expect(await refusal(post(amira, `/${id}/activate`))).toMatchObject({ status: 409, code: 'too_late' });
  });

  it('is asked for where approvers look, and withdrawn by who asked only', async () => {
    const { id } = await ask({ severity: 'SEV2', alone: false });
    const list = async () =>
      (await lina.call('GET', '/v1/requests')).json<{ requests: RequestView[] }>().requests.map((item) => item.id);
    expect(await list()).toContain(id);
    expect(await refusal(post(lina, `/${id}/withdraw`))).toMatchObject({ status: 403, code: 'not_yours' });
    expect(requestView.parse((await post(amira, `/${id}/withdraw`)).json()).state).toBe('withdrawn');
    expect(await list()).not.toContain(id);
  });

  it('that nobody gives lapses, and so does one that nobody uses (I3)', async () => {
    const unanswered = await ask({ severity: 'SEV2', alone: false });
    const unused = await ask();
    ahead += 15 * 60_000 + 1;
    try {
      await until(async () => (await stateNow(unused.id)) === 'lapsed');
      expect(await stateNow(unanswered.id)).toBe('requested');
      ahead += 15 * 60_000;
      await until(async () => (await stateNow(unanswered.id)) === 'lapsed');
      expect((await records(unanswered.id)).at(-1)).toMatchObject({ typ: 'decision', decision: 'lapsed', by: null });
    } finally {
      ahead = 0;
    }
  });
});

describe('the end of a grant', () => {
  it('comes at the deadline, though the client does nothing (I3)', async () => {
    const { id } = await ask({ minutes: 1 });
    const { connection, expires_at } = await activate(id);
    const client = await target.connect(connection.user, connection.password);
    const running = failure(client.query('select pg_sleep(600)'));
    ahead = Date.parse(expires_at) - Date.now() - 1500;
    try {
      expect(await roleExists(connection.user)).toBe(true);
      expect(await running).toBe('57P01');
      await until(async () => !(await roleExists(connection.user)));
      expect(now().getTime() - Date.parse(expires_at)).toBeLessThan(20_000);
      await until(async () => (await types(id)).includes('revoked'));
      const end = (await records(id)).at(-1);
      expect(end).toMatchObject({ typ: 'revoked', why: 'expired', by: null, terminated: 1 });
      expect(end?.typ === 'revoked' && end.gone_ms).toBeLessThan(20_000);
      expect(await view(id)).toMatchObject({ state: 'expired', ended_at: expires_at });
    } finally {
      ahead = 0;
    }
  });

  it('comes at once when an approver or a reviewer revokes it (I3)', async () => {
    const { id } = await ask();
    const { connection } = await activate(id);
    const client = await target.connect(connection.user, connection.password);
    const running = failure(client.query('select pg_sleep(600)'));
    await sleep(50);
    const started = performance.now();
    const revoked = endResponse.parse((await post(ingrid, `/${id}/revoke`)).json());
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(revoked.request).toMatchObject({ state: 'revoked', ended_by: 'Ingrid Solheim' });
    expect(await running).toBe('57P01');
    expect(await roleExists(connection.user)).toBe(false);
    expect((await refusal(post(amira, `/${id}/revoke`))).code).toBe('role_required');
  });

  it('comes even if the collector was away at the deadline: the next start removes the role (I3)', async () => {
    const { id } = await ask({ minutes: 1 });
    const { connection, expires_at } = await activate(id);
    const client = await target.connect(connection.user, connection.password);
    await stack.collector.close();
    ahead = Date.parse(expires_at) - Date.now() + 60_000;
    try {
      expect(await roleExists(connection.user)).toBe(true);
      const log = openLog('error', { write: () => {} });
      stack.collector = await openCollector(stack.config, rooms, { log, now });
      await stack.collector.app.ready();
      await until(async () => (await types(id)).includes('revoked'));
      expect(await roleExists(connection.user)).toBe(false);
      expect(await failure(client.query('select 1'))).not.toBe('ok');
      expect((await records(id)).at(-1)).toMatchObject({ why: 'expired' });
    } finally {
      ahead = 0;
    }
  });

  it('is carried out once where two collectors share the work (I3, I5)', async () => {
    const log = openLog('error', { write: () => {} });
    const second = await openCollector(stack.config, rooms, { log, now });
    await second.app.ready();
    try {
      const made = await Promise.all([1, 2, 3, 4].map(() => ask({ minutes: 1 })));
      const live = await Promise.all(made.map(({ id }) => activate(id)));
      ahead = 58_000;
      for (const { id } of made) await until(async () => (await types(id)).includes('revoked'), 10_000);
      await sleep(300);
      for (const { id } of made) expect((await types(id)).filter((typ) => typ === 'revoked')).toHaveLength(1);
      for (const { connection } of live) expect(await roleExists(connection.user)).toBe(false);
    } finally {
      ahead = 0;
      await second.close();
    }
  });

  it('is stored while the target is down, and carried out when it answers again (I3, I6)', async () => {
    const { id } = await ask();
    const { connection } = await activate(id);
    down = true;
    const refused = await refusal(post(amira, `/${id}/end`)).finally(() => {
      down = false;
    });
    expect(refused).toMatchObject({ status: 503, code: 'target_unavailable' });
    expect((await view(id)).state).toBe('handed_back');
    await until(async () => (await types(id)).includes('revoked'));
    expect(await roleExists(connection.user)).toBe(false);
    expect((await types(id)).filter((typ) => typ === 'revoked')).toHaveLength(1);
  });

  it('follows an activation whose collector died half-way: failed, on the record, and no role (I3, I6)', async () => {
    const { id } = await ask();
    const { deps } = stack.collector;
    const flows = openFlows(deps, openWaiting());
    const role = newRoleName();
    const { grant } = await load(deps.store, id);
    const at = flows.now();
    const jws = await signGrant(grant, 'https://dying.test', at, deps.keys.grant);
    await flows.move(id, { type: 'activate', at, role, expiresAt: at + 600_000, jws });
    const dying = reachable(stack.config.publicUrl);
    const scope = grant.scope;
    await dying.createRole('orders', {
      name: role,
      password: newPassword(),
      grant: id,
      scope,
      limits,
      remainingMs: () => 60_000,
    });
    await dying.close();
    await sleep(700);
    // The reaper has been by: a role that is being activated is not a stray.
    expect(await roleExists(role)).toBe(true);
    ahead = 21_000;
    try {
      await until(async () => (await types(id)).includes('revoked'));
    } finally {
      ahead = 0;
    }
    expect(await stateNow(id)).toBe('failed');
    expect(await roleExists(role)).toBe(false);
    expect(await types(id)).toEqual(['request', 'decision', 'grant', 'revoked']);
  });

  it('removes a role that no grant stands behind, and says so in the ledger (I3)', async () => {
    const ours = openTargets({
      configOf: () => target.config,
      installation: stack.config.publicUrl,
      onError: () => {},
    });
    const name = newRoleName();
    const { id } = await ask();
    await ours.createRole('orders', {
      name,
      password: newPassword(),
      grant: id,
      scope: scopeOf('read', on('orders', { select: '*' })),
      limits,
      remainingMs: () => 60_000,
    });
    await ours.close();
    await stack.restart();
    await stack.collector.app.ready();
    await until(async () => !(await roleExists(name)));
    await until(async () => (await types(id)).includes('alert'));
    expect((await records(id)).at(-1)).toMatchObject({ typ: 'alert', kind: 'role_outlived' });
  });
});

describe('an overdue review', () => {
  it('stops its engineer from breaking the glass alone, and nobody else (I6)', async () => {
    const { id } = await ask();
    await activate(id);
    await post(amira, `/${id}/end`);
    const { store } = stack.collector.deps;
    const due = (at: Date) => store.updateTable('grants').set({ due_at: at }).where('id', '=', id).execute();
    await due(new Date(Date.now() - 1000));
    try {
      expect(await refusal(post(amira, '', wanted()))).toMatchObject({
        status: 403,
        code: 'not_allowed_overdue_review',
        field: 'alone',
      });
      const offered = options.parse((await amira.call('GET', '/v1/options')).json());
      expect(offered.overdue_reviews).toBe(1);
      expect(offered.targets[0]?.scopes[0]?.severities[0]?.refused).toContain('overdue');
      expect((await ask({ severity: 'SEV2', alone: false })).state).toBe('requested');
      expect(await overdueReviews(store, 'lina', now())).toBe(0);
    } finally {
      await due(new Date(Date.now() + 60_000));
    }
    expect((await ask()).state).toBe('approved');
  });
});
