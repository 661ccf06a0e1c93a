/** Names and words that are SQL, in every place that takes one, through the API to a real database and into the ledger. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { activation, problem, requestView } from '../../shared/api.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { HOSTILE, SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import { openTestStack, type SignedInBrowser, type SignedInDevice, type TestStack } from '../testing.ts';
import { registerGrants } from './index.ts';
import { policyFor, wanted } from './testing.ts';

let target: TestTarget;
let stack: TestStack;
let amira: SignedInDevice;
let lina: SignedInBrowser;
const q = JSON.stringify;
const id = pg.escapeIdentifier;
const REASON = `'; drop table shop.orders; -- $1 \${x} "quoted" \\' %s 訂單 🧨`;

beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  const odd = `  odd:
    label: ${q(REASON)}
    mode: write
    tables:
      - { schema: ${q(HOSTILE.quote)}, table: ${q(HOSTILE.apostrophe)}, select: [${q(HOSTILE.unicode)}, ${q(HOSTILE.longest)}], update: [${q(HOSTILE.longest)}] }
      - { schema: shop, table: ${q(HOSTILE.longest)}, select: '*' }
  misfit:`;
  stack = await openTestStack({
    rooms: [registerGrants],
    policy: () =>
      policyFor(target, server.caFile).replace('  misfit:', odd).replace('[orders-read, ', '[odd, orders-read, '),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.leastConfig.adminUrl, VITRINE_RATE_SCALE: '1' }),
  });
  await target.root.query('grant select on all tables in schema shop to least with grant option');
  [amira, lina] = await Promise.all([stack.device('amira'), stack.browser('lina')]);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );

describe('names and words that are SQL', () => {
  it('are nothing but names and words, from the request to the ledger, on a real database (I4, I6)', async () => {
    const asked = await amira.call(
      'POST',
      '/v1/requests',
      wanted({ scope: 'odd', severity: 'SEV2', alone: false, reason: REASON }),
    );
    const view = requestView.parse(asked.json());
    expect([view.reason, view.scope.label]).toEqual([REASON, REASON]);
    // An approver's note and what they leave out are words, too.
    const wrong = await lina.call('POST', `/v1/requests/${view.id}/approve`, { without: [`shop."x"; drop table y`] });
    expect(wrong.statusCode).toBeGreaterThanOrEqual(400);
    expect((await lina.call('POST', `/v1/requests/${view.id}/approve`, { note: REASON })).statusCode).toBe(200);
    const answer = await amira.call('POST', `/v1/requests/${view.id}/activate`);
    const { connection } = activation.parse(answer.json());
    const client = await target.connect(connection.user, connection.password);
    const table = `${id(HOSTILE.quote)}.${id(HOSTILE.apostrophe)}`;
    expect(await code(client.query(`select ${id(HOSTILE.unicode)} from ${table}`))).toBe('ok');
    expect(await code(client.query(`update ${table} set ${id(HOSTILE.longest)} = ''`))).toBe('ok');
    expect(await code(client.query(`update ${table} set ${id(HOSTILE.unicode)} = ''`))).toBe('42501');
    expect(await code(client.query(`select ${id(HOSTILE.quote)} from ${table}`))).toBe('42501');
    expect(await code(client.query(`select * from shop.${id(HOSTILE.longest)}`))).toBe('ok');
    expect(await code(client.query('select * from shop.orders'))).toBe('42501');
    await client.end();
    expect((await amira.call('POST', `/v1/requests/${view.id}/end`)).statusCode).toBe(200);
    const records = (await stack.collector.deps.ledger.entriesOfGrant(view.id)).map(({ line }) =>
      collectorRecord.parse(openEnvelope(line).record),
    );
    expect(records.map(({ typ }) => typ)).toEqual(['request', 'decision', 'grant', 'activation', 'revoked']);
    expect(records[0]).toMatchObject({ reason: REASON });
    expect(records[1]).toMatchObject({ note: REASON });
    // Everything that they named is still there, and no role is.
    const left = await target.root.query(
      "select (select count(*)::int from shop.orders) as orders, (select count(*)::int from pg_roles where rolname ~ '^vitrine_[a-z0-9]{8}$') as roles",
    );
    expect(left.rows).toEqual([{ orders: 20, roles: 0 }]);
  });

  it.each([
    ['target', `orders"; drop table x`],
    ['target', 'orders\u0000'],
    ['severity', `SEV1' or '1'='1`],
    ['ticket', `INC-1'; drop table x; --`],
    ['ticket', 'INC-\u202e1'],
    ['scope', 'x'.repeat(65)],
    ['reason', 'x'.repeat(501)],
    ['reason', 'short'],
    ['minutes', '30; drop table x'],
    ['alone', 'true'],
  ])('are refused where they have no form, and the field is named: %s %j', async (field, value) => {
    const answer = await amira.call('POST', '/v1/requests', wanted({ [field]: value }));
    expect(problem.parse(answer.json())).toMatchObject({ status: 400, code: 'invalid_input', field });
  });

  it('are unknown where they have a form, and change nothing', async () => {
    for (const path of [`/v1/requests/${encodeURIComponent("' or 1=1 --")}`, `/v1/requests/${'A'.repeat(22)}`])
      expect([400, 404]).toContain((await amira.call('GET', path)).statusCode);
    const answer = await amira.call('POST', '/v1/requests', wanted({ scope: "odd' or 1=1 --" }));
    expect(problem.parse(answer.json())).toMatchObject({ status: 403, field: 'scope' });
  });
});

it('takes no more requests than somebody in an incident sends: the loop gets 429 and the time to come back (I6)', async () => {
  const codes: number[] = [];
  for (;;) {
    const answer = await amira.call('POST', '/v1/requests', wanted({ severity: 'DRILL', minutes: 5 }));
    codes.push(answer.statusCode);
    if (answer.statusCode !== 429) continue;
    expect(problem.parse(answer.json()).code).toBe('too_many_requests');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    break;
  }
  expect(codes.length).toBeLessThanOrEqual(31);
  // Whoever is in can still end: the limit is the route's own.
  expect((await amira.call('GET', '/v1/options')).statusCode).toBe(200);
});
