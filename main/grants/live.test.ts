import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engineer, openEngineer } from '../../bench/engineer.ts';
import { policyFor } from '../../collector/grants/testing.ts';
import { rooms } from '../../collector/rooms.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../../collector/targets/testing.ts';
import { openTestStack, type TestStack } from '../../collector/testing.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { summaryOf } from './view.ts';

let target: TestTarget | undefined;
let stack: TestStack | undefined;
let engineer: Engineer;
beforeAll(async () => {
  const server = await temporaryPostgres({ settings: SETTINGS });
  const shop = await startTestTarget(server);
  target = shop;
  stack = await openTestStack({
    rooms,
    policy: () => policyFor(shop, server.caFile),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: shop.config.adminUrl }),
  });
  engineer = await openEngineer({ collectorUrl: await stack.collector.listen() }, 'amira');
}, 120_000);
afterAll(async () => {
  await engineer?.close();
  await stack?.stop();
  await target?.stop();
});

it('lets tools in under a real grant, ends them with it, and counts what they did (I1, I3)', async () => {
  const live = await engineer.breakGlass(5, () => undefined);
  expect(live.port.state()).toMatchObject({ open: null, clients: [], limit: live.claims.limits.connections - 2 });
  const facts = await live.port.open();
  const tool = new pg.Client({ ...facts, application_name: 'a tool' });
  const heard: Error[] = [];
  tool.on('error', (error) => heard.push(error));
  await tool.connect();
  // The names are those of the grant itself.
  expect((await tool.query('select current_user as me, current_database() as db')).rows).toEqual([
    { me: facts.user, db: facts.database },
  ]);
  await tool.query('select id from shop.orders limit 7');
  expect(live.port.state().clients).toMatchObject([{ application: 'a tool', statements: 2, running: false }]);
  expect(JSON.stringify(live.port.state())).not.toContain(facts.password);
  const ended = new Promise((resolve) => tool.once('end', resolve));
  const report = await live.close('handed_back');
  await ended;
  expect(heard[0]).toMatchObject({ code: '57P01', message: expect.stringMatching(/^grant handed back at/) });
  const again = new pg.Client(facts);
  await expect(again.connect()).rejects.toThrow('ECONNREFUSED');
  await expect(live.port.open()).rejects.toMatchObject({ code: '57P01' });
  expect(live.port.state()).toMatchObject({ open: null, clients: [] });
  const summary = summaryOf({
    claims: live.claims,
    why: 'handed_back',
    usedMs: 1000,
    totalMs: live.deadline.total,
    report,
    tally: live.relay.tally(),
    goneMs: null,
    reviewDueAt: null,
    ledger: engineer.log.state(),
  });
  expect(summary).toMatchObject({ statements: 2, rows_read: 8, rows_changed: 0, denied: 0 });
  expect(summary.recent.map(({ text }) => text)).toContain('select id from shop.orders limit 7');
  await live.runner.dispose();
  await engineer.collector.end(live.claims.jti);
}, 60_000);
