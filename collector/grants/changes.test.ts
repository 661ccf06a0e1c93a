import { readFileSync, writeFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { type Activation, activation, problem, type RequestView, requestView } from '../../shared/api.ts';
import { type ChangeView, changeOptions } from '../../shared/api-change.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { type CollectorRecord, collectorRecord } from '../../shared/audit/records.ts';
import type { RegisterRoom } from '../compose.ts';
import { openTargets, type Targets } from '../targets/index.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
/** What an elevation waits for before its answer, and whether the target takes one back. */
let answered: Promise<unknown> = Promise.resolve();
let stuck = false;
let ahead = 0;

const rooms: readonly RegisterRoom[] = [
  (app, deps) => {
    const configOf = (id: string) => ({ ...target.config, id });
    const real = openTargets({ configOf, installation: deps.config.publicUrl, onError: () => {} });
    const targets: Targets = {
      ...real,
      async elevateRole(...asked) {
        const made = await real.elevateRole(...asked);
        await answered;
        return made;
      },
      lowerRole: (...asked) => (stuck ? Promise.reject(new Error('connect ECONNREFUSED')) : real.lowerRole(...asked)),
    };
    return registerGrants(app, deps, { reapEveryMs: 300, targets });
  },
];

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms,
    now: () => new Date(Date.now() + ahead),
    policy: () => policyFor(target, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
  });
  await stack.collector.app.ready();
  [amira, lina] = await Promise.all([stack.device('amira'), stack.browser('lina')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});
afterEach(async () => {
  stuck = false;
  ahead = 0;
  answered = Promise.resolve();
});

type Caller = Pick<SignedInDevice, 'call'>;
interface Open extends Activation {
  readonly id: string;
  readonly client: pg.Client;
  path(rest?: string): string;
  ask(changes: Record<string, unknown>): ReturnType<Caller['call']>;
  change(): Promise<ChangeView>;
  view(): Promise<RequestView>;
  end(): Promise<void>;
}

/** A live grant that reads, and a session under it. */
async function open(severity = 'SEV1'): Promise<Open> {
  const asked = wanted({ scope: 'orders-read', severity, minutes: 10, alone: severity === 'SEV1' });
  const { id } = requestView.parse((await amira.call('POST', '/v1/requests', asked)).json());
  if (severity === 'SEV2') await lina.call('POST', `/v1/requests/${id}/approve`, {});
  const given = activation.parse((await amira.call('POST', `/v1/requests/${id}/activate`)).json());
  const client = await target.connect(given.connection.user, given.connection.password);
  client.on('error', () => undefined);
  await client.query('set default_transaction_read_only = off');
  const path = (rest = '') => `/v1/requests/${id}/changes${rest}`;
  const view = async () => requestView.parse((await amira.call('GET', `/v1/requests/${id}`)).json());
  return {
    ...given,
    id,
    client,
    path,
    view,
    ask: (changes) =>
      amira.call('POST', path(), { reason: 'the stuck order has to go on', minutes: 5, alone: true, ...changes }),
    async change() {
      const last = (await view()).changes?.at(-1);
      if (last === undefined) throw new Error('no change');
      return last;
    },
    async end() {
      await client.end().catch(() => undefined);
      await amira.call('POST', `/v1/requests/${id}/end`);
    },
  };
}
const ELEVATE = { kind: 'elevate', scope: 'orders-repair', tables: ['shop.orders'] };
const EXTEND = { kind: 'extend' };
const outcome = (client: pg.Client, text: string): Promise<string> =>
  client.query(text).then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );
const WRITE = "update shop.orders set status = 'repaired' where id = 1";
const codeOf = async (answer: ReturnType<Caller['call']>): Promise<string> => problem.parse((await answer).json()).code;

const records = async (gid: string): Promise<CollectorRecord[]> =>
  (await stack.collector.deps.ledger.entriesOfGrant(gid)).map(({ line }) =>
    collectorRecord.parse(openEnvelope(line).record),
  );
const until = async (is: () => Promise<boolean>): Promise<void> => {
  await expect.poll(is, { timeout: 8000, interval: 20 }).toBe(true);
};

describe('an elevation (I3, I4)', () => {
  it('writes in place where the policy lets the engineer go alone, and is given back, each on record', async () => {
    const grant = await open();
    expect(await outcome(grant.client, WRITE)).toBe('42501');
    const asked = await grant.ask(ELEVATE);
    expect(asked.statusCode, asked.body).toBe(200);
    const change = await grant.change();
    expect(change).toMatchObject({ kind: 'elevate', state: 'in_force', alone: true, jws: expect.any(String) });
    expect(await outcome(grant.client, WRITE)).toBe('ok');
    expect((await amira.call('POST', grant.path(`/${change.id}/end`))).statusCode).toBe(200);
    expect(await grant.change()).toMatchObject({ state: 'over', jws: null, ended: { why: 'handed_back' } });
    expect(await outcome(grant.client, WRITE)).toBe('42501');
    expect(await outcome(grant.client, 'select id from shop.orders')).toBe('ok');
    expect((await grant.view()).state).toBe('active');
    await grant.end();
    expect((await records(grant.id)).map(({ typ }) => typ)).toEqual([
      'request',
      'decision',
      'grant',
      'activation',
      'change',
      'decision',
      'elevation',
      'change.made',
      'change.end',
      'revoked',
    ]);
  });

  it('ends on time, whatever the client does: an open transaction that wrote is not committed', async () => {
    const grant = await open();
    await grant.ask(ELEVATE);
    await grant.client.query('begin');
    await grant.client.query("update shop.orders set status = 'too late' where id = 1");
    // The clock is moved to a moment before the end: whole minutes are too long for a test.
    ahead = Date.parse((await grant.change()).until ?? '') - Date.now() - 1500;
    await until(async () => (await records(grant.id)).some(({ typ }) => typ === 'change.end'));
    ahead = 0;
    expect((await grant.change()).state).toBe('over');
    expect(await outcome(grant.client, 'commit')).not.toBe('ok');
    const found = await target.root.query("select from shop.orders where status = 'too late'");
    expect(found.rowCount).toBe(0);
    const end = (await records(grant.id)).find(({ typ }) => typ === 'change.end');
    expect(end).toMatchObject({ why: 'expired', by: null, terminated: 1 });
    expect((await grant.view()).state).toBe('active');
    await grant.end();
  });

  it('waits for an approval where the policy says so; the last approval makes it, and an approver ends it', async () => {
    const grant = await open('SEV2');
    await grant.ask({ ...ELEVATE, alone: false });
    const { id } = await grant.change();
    expect(await grant.change()).toMatchObject({
      state: 'asked',
      approvals_missing: [{ count: 1, people: ['Li Na'] }],
    });
    expect(await outcome(grant.client, WRITE)).toBe('42501');
    const waiting = (await lina.call('GET', '/v1/requests')).json() as { requests: RequestView[] };
    expect(waiting.requests.map((one) => one.id)).toContain(grant.id);
    expect(await codeOf(amira.call('POST', grant.path(`/${id}/approve`), {}))).toBe('role_required');
    expect((await lina.call('POST', grant.path(`/${id}/approve`), {})).statusCode).toBe(200);
    expect(await grant.change()).toMatchObject({ state: 'in_force', approvals: [{ name: 'Li Na' }] });
    expect(await outcome(grant.client, WRITE)).toBe('ok');
    // Twice is once.
    expect((await lina.call('POST', grant.path(`/${id}/approve`), {})).statusCode).toBe(200);
    expect((await lina.call('POST', grant.path(`/${id}/revoke`))).statusCode).toBe(200);
    expect(await grant.change()).toMatchObject({ state: 'over', ended: { why: 'revoked', by: 'Li Na' } });
    expect(await outcome(grant.client, WRITE)).toBe('42501');
    await grant.end();
  });

  it('is denied with a reason, withdrawn, and lapses with its grant', async () => {
    const grant = await open('SEV2');
    await grant.ask({ ...ELEVATE, alone: false });
    const denied = await grant.change();
    await lina.call('POST', grant.path(`/${denied.id}/deny`), { note: 'read first' });
    expect(await grant.change()).toMatchObject({ state: 'denied', note: 'read first' });
    expect(await codeOf(lina.call('POST', grant.path(`/${denied.id}/approve`), {}))).toBe('too_late');
    await grant.ask({ ...ELEVATE, alone: false });
    await amira.call('POST', grant.path(`/${(await grant.change()).id}/withdraw`));
    expect(await grant.change()).toMatchObject({ state: 'withdrawn' });
    await grant.ask({ ...ELEVATE, alone: false });
    await grant.end();
    expect(await grant.change()).toMatchObject({ state: 'lapsed' });
  });

  it('is refused where the policy, the tables or another elevation say no, with the words for it', async () => {
    const grant = await open();
    expect(await codeOf(grant.ask({ ...ELEVATE, scope: 'orders-read' }))).toBe('no_such_scope');
    expect(await codeOf(grant.ask({ ...ELEVATE, tables: ['shop.nothing'] }))).toBe('not_in_scope');
    expect(await codeOf(grant.ask({ ...ELEVATE, minutes: 16 }))).toBe('not_allowed_minutes');
    const other = await stack.device('amira');
    const foreign = { ...ELEVATE, reason: 'from another device', minutes: 5, alone: true };
    expect(await codeOf(other.call('POST', grant.path(), foreign))).toBe('other_device');
    await grant.ask(ELEVATE);
    expect(await codeOf(grant.ask(ELEVATE))).toBe('change_open');
    await grant.end();
    expect(await codeOf(grant.ask(ELEVATE))).toBe('not_active');
  });

  it('is taken back when its grant ends while it is being made, and never counts', async () => {
    const grant = await open();
    const gate = Promise.withResolvers<void>();
    answered = gate.promise;
    // Sent now, not when it is waited for.
    const asked = Promise.resolve(grant.ask(ELEVATE));
    await until(async () => (await outcome(grant.client, WRITE)) === 'ok');
    await amira.call('POST', `/v1/requests/${grant.id}/end`);
    gate.resolve();
    expect((await asked).statusCode).toBe(409);
    expect(await grant.change()).toMatchObject({ state: 'over', jws: null });
    const roles = await target.root.query('select from pg_roles where rolname = $1', [grant.connection.user]);
    expect(roles.rowCount).toBe(0);
  });

  it('that cannot be taken back ends the whole grant (I6)', async () => {
    const grant = await open();
    await grant.ask(ELEVATE);
    stuck = true;
    await amira.call('POST', grant.path(`/${(await grant.change()).id}/end`));
    await until(async () => (await grant.view()).state === 'failed');
    const roles = await target.root.query('select from pg_roles where rolname = $1', [grant.connection.user]);
    expect(roles.rowCount).toBe(0);
    await grant.client.end().catch(() => undefined);
  });

  it('is offered as the policy has it', async () => {
    const grant = await open();
    const offered = changeOptions.parse((await amira.call('GET', grant.path())).json());
    expect(offered.elevate.map(({ scope }) => scope.id)).toEqual(['orders-repair']);
    expect(offered.elevate[0]).toMatchObject({ refused: null, max_minutes: 15, alone: true });
    expect(offered.extend).toMatchObject({ refused: null, max_minutes: 30, alone: true });
    await grant.end();
  });
});

describe('an extension (I3)', () => {
  it('moves deadline and role in place, once, and is signed', async () => {
    const grant = await open();
    const before = Date.parse(grant.expires_at);
    const roleUntil = async (): Promise<number> => {
      const found = await target.root.query<{ until: Date }>(
        'select rolvaliduntil as until from pg_roles where rolname = $1',
        [grant.connection.user],
      );
      return found.rows[0]?.until.getTime() ?? 0;
    };
    const validBefore = await roleUntil();
    const asked = await grant.ask(EXTEND);
    expect(asked.statusCode, asked.body).toBe(200);
    const after = Date.parse((await grant.view()).expires_at ?? '');
    expect(after - before).toBe(5 * 60_000);
    expect(Math.abs((await roleUntil()) - validBefore - 5 * 60_000)).toBeLessThan(2000);
    expect(await grant.change()).toMatchObject({ state: 'made', jws: expect.any(String) });
    expect(await outcome(grant.client, 'select 1')).toBe('ok');
    expect(await codeOf(grant.ask(EXTEND))).toBe('no_more_extensions');
    const offered = changeOptions.parse((await amira.call('GET', grant.path())).json());
    expect(offered.extend.refused).toContain('was extended once');
    await grant.end();
    expect((await records(grant.id)).filter(({ typ }) => typ === 'grant')).toHaveLength(2);
  });

  it('is heard of by a long poll that saw an older version', async () => {
    const grant = await open('SEV2');
    const { version } = await grant.view();
    await grant.ask({ ...EXTEND, alone: false });
    // It changed between two polls: answered at once.
    const started = performance.now();
    const heard = await amira.call('GET', `/v1/requests/${grant.id}?wait=20&not=active&since=${version}`);
    expect(requestView.parse(heard.json()).changes).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(15_000);
    await grant.end();
  });
});

describe('a scope of every table', () => {
  it('names the tables when it is asked for, and the grant has them signed', async () => {
    const { policyPath } = stack;
    const before = readFileSync(policyPath, 'utf8');
    const every = before.replace(
      "      - { schema: shop, table: orders, select: '*' }\n      - { schema: shop, table: customers",
      "      - { schema: shop, table: '*', except: [notes], select: '*' }\n      - { schema: shop, table: customers",
    );
    expect(every).not.toBe(before);
    writeFileSync(policyPath, every);
    await until(async () => stack.collector.deps.policy.current().text === every);
    try {
      const grant = await open();
      const { scope } = await grant.view();
      const names = scope.tables.map(({ table }) => table);
      expect(names).toEqual(expect.arrayContaining(['orders', 'customers', 'late']));
      expect(names).not.toContain('notes');
      expect(names).not.toContain('*');
      expect(await outcome(grant.client, 'select * from shop.orders')).toBe('ok');
      expect(await outcome(grant.client, 'select * from shop.notes')).toBe('42501');
      await grant.end();
    } finally {
      writeFileSync(policyPath, before);
      await until(async () => stack.collector.deps.policy.current().text === before);
    }
  });
});
