import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { activation, options, problem, type RequestView, requestView } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { grantClaims } from '../../shared/grants.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
let ingrid: SignedInBrowser;

const LOOK = `  orders-look:
    label: Look at orders
    mode: read
    tables:
      - { schema: shop, table: orders, select: [id, status] }
  misfit:`;
/** SEV2 needs one commander and one of security; SEV3 one of security. */
const policy = (caFile: string): string =>
  policyFor(target, caFile)
    .replace('approver: [incident-commanders]', 'approver: [incident-commanders, security]')
    .replace('approvals: 1,', 'approvals: [{ groups: [incident-commanders] }, { groups: [security] }],')
    .replace('  DRILL:', '  SEV3: { label: Later, max_minutes: 60, approvals: [{ groups: [security] }] }\n  DRILL:')
    .replace('  misfit:', LOOK)
    .replace('[orders-read, ', '[orders-look, orders-read, ')
    .replace('[SEV1, SEV2, DRILL]', '[SEV1, SEV2, SEV3, DRILL]');

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openTestStack({
    rooms: [registerGrants],
    policy: () => policy(server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl }),
  });
  [amira, lina, ingrid] = await Promise.all([stack.device('amira'), stack.browser('lina'), stack.browser('ingrid')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

const ask = async (changes: Record<string, unknown> = {}): Promise<RequestView> =>
  requestView.parse(
    (
      await amira.call(
        'POST',
        '/v1/requests',
        wanted({ severity: 'SEV2', alone: false, scope: 'orders-read', ...changes }),
      )
    ).json(),
  );
const approve = (by: SignedInBrowser, id: string, body: unknown = {}) =>
  by.call('POST', `/v1/requests/${id}/approve`, body);
const refusal = async (answer: ReturnType<typeof approve>) => problem.parse((await answer).json());
const seen = async (by: SignedInBrowser | SignedInDevice, id: string) =>
  requestView.parse((await by.call('GET', `/v1/requests/${id}`)).json());
const decisions = async (id: string) =>
  (await stack.collector.deps.ledger.entriesOfGrant(id))
    .map(({ line }) => collectorRecord.parse(openEnvelope(line).record))
    .filter(({ typ }) => typ === 'decision' || typ === 'request');

describe('approvals from named groups', () => {
  it('are told before asking, and named while they are missing', async () => {
    const offered = options.parse((await amira.call('GET', '/v1/options')).json());
    const sev2 = offered.targets[0]?.scopes[0]?.severities.find(({ id }) => id === 'SEV2');
    expect(sev2).toMatchObject({
      approvals: 2,
      approvals_from: [{ groups: ['incident-commanders'] }, { groups: ['security'] }],
    });
    const { id, approvals_missing, narrower } = await ask();
    expect(approvals_missing).toMatchObject([
      { count: 1, groups: ['incident-commanders'], people: expect.arrayContaining(['Li Na']) },
      { count: 1, groups: ['security'], people: expect.arrayContaining(['Ingrid Solheim']) },
    ]);
    // What an approver could give is no business of who asks.
    expect(narrower).toBeUndefined();
    await approve(lina, id);
    expect(await seen(amira, id)).toMatchObject({ state: 'requested', approvals_missing: [{ groups: ['security'] }] });
    expect((await seen(ingrid, id)).approval_refused).toBeNull();
    expect((await approve(ingrid, id)).json()).toMatchObject({ state: 'approved' });
    const [request, ...answers] = await decisions(id);
    expect(request).toMatchObject({ approvals: [{ count: 1 }, { count: 1 }] });
    expect(answers).toMatchObject([{ groups: ['incident-commanders'] }, { groups: ['security'] }]);
  });

  it('refuse an approver who counts for nothing that is missing, before and after they try (I6)', async () => {
    const { id } = await ask({ severity: 'SEV3' });
    expect((await seen(lina, id)).approval_refused).toContain('1 approval by security');
    expect(await refusal(approve(lina, id))).toMatchObject({ status: 409, code: 'does_not_count' });
    expect((await seen(ingrid, id)).approval_refused).toBeNull();
    expect(await decisions(id)).toMatchObject([{ typ: 'request' }]);
    expect((await approve(ingrid, id)).json()).toMatchObject({ state: 'approved' });
  });

  it('count once, however often they come', async () => {
    const { id } = await ask();
    await approve(lina, id);
    expect((await approve(lina, id)).statusCode).toBe(200);
    expect(await decisions(id)).toMatchObject([{ typ: 'request' }, { typ: 'decision' }]);
    expect(await refusal(approve(lina, id, { minutes: 5 }))).toMatchObject({ code: 'already_approved' });
  });
});

describe('an approver who gives less', () => {
  it('gives a grant of so many minutes without the table, and the database holds to it (I3, I4)', async () => {
    const { id, digest } = await ask();
    const [commander] = [await seen(lina, id)];
    expect(commander.digest).toBe(digest);
    await approve(lina, id, { digest, minutes: 20, without: ['shop.customers'] });
    const half = await seen(amira, id);
    expect(half).toMatchObject({
      state: 'requested',
      minutes: 20,
      asked: { minutes: 30 },
      approvals: [{ name: 'Li Na', minutes: 20, without: ['shop.customers'] }],
    });
    expect(await refusal(approve(ingrid, id, { digest }))).toMatchObject({ status: 409, code: 'request_changed' });
    await approve(ingrid, id, { digest: half.digest });

    const granted = activation.parse((await amira.call('POST', `/v1/requests/${id}/activate`)).json());
    const claims = grantClaims.parse(
      JSON.parse(Buffer.from(granted.grant.split('.')[1] ?? '', 'base64url').toString()),
    );
    expect(claims.exp - claims.iat).toBe(20 * 60);
    expect(claims.scope.tables.map(({ table }) => table)).toEqual(['orders']);
    const { user, password } = granted.connection;
    const client = await target.connect(user, password);
    await client.query('select id from shop.orders limit 1');
    await expect(client.query('select id from shop.customers limit 1')).rejects.toMatchObject({ code: '42501' });
    await client.end();
    expect(await decisions(id)).toMatchObject([
      { minutes: 30 },
      { minutes: 20, scope: 'orders-read', without: ['shop.customers'], scope_hash: expect.any(String) },
      { groups: ['security'] },
    ]);
  });

  it('picks a narrower scope of the policy, and no other (I6)', async () => {
    const { id } = await ask();
    expect((await seen(lina, id)).narrower).toMatchObject([{ id: 'orders-look' }]);
    expect(await refusal(approve(lina, id, { scope: 'orders-repair' }))).toMatchObject({
      code: 'not_narrower',
      field: 'scope',
    });
    expect(await refusal(approve(lina, id, { scope: 'nothing' }))).toMatchObject({ status: 400, field: 'scope' });
    expect(await refusal(approve(lina, id, { minutes: 31 }))).toMatchObject({ code: 'not_narrower', field: 'minutes' });
    expect(await refusal(approve(lina, id, { minutes: 0 }))).toMatchObject({ status: 400, field: 'minutes' });
    expect(await refusal(approve(lina, id, { without: ['shop.orders', 'shop.customers'] }))).toMatchObject({
      code: 'nothing_left',
    });
    expect((await seen(amira, id)).approvals).toEqual([]);
    await approve(lina, id, { scope: 'orders-look' });
    await approve(ingrid, id);
    expect(await seen(amira, id)).toMatchObject({
      state: 'approved',
      scope: { id: 'orders-look' },
      asked: { scope: { id: 'orders-read' } },
      approvals: [{ scope: 'Look at orders' }, { name: 'Ingrid Solheim' }],
    });
    expect((await amira.call('POST', `/v1/requests/${id}/activate`)).statusCode).toBe(200);
  });

  it('wakes who waits, though the request still waits for others', async () => {
    const { id } = await ask();
    const waiting = amira.call('GET', `/v1/requests/${id}?wait=20&not=requested`);
    const started = performance.now();
    await new Promise((done) => setTimeout(done, 100));
    await approve(lina, id, { minutes: 5 });
    expect(requestView.parse((await waiting).json())).toMatchObject({ state: 'requested', minutes: 5 });
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
