import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engineer, openEngineer } from '../../bench/engineer.ts';
import { policyFor } from '../../collector/grants/testing.ts';
import { rooms } from '../../collector/rooms.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../../collector/targets/testing.ts';
import { openTestStack, type TestStack } from '../../collector/testing.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { requestView } from '../../shared/api.ts';
import type { ExportState, ResultState } from '../../shared/ipc.ts';
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
  await tool.query('begin');
  const tools = live.port.state().clients;
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
    endedAt: Date.now(),
    totalMs: live.deadline.total(),
    report,
    tally: live.relay.tally(),
    exports: live.exporter.totals(),
    tools,
    goneMs: null,
    reviewDueAt: null,
    ledger: engineer.log.state(),
  });
  expect(summary).toMatchObject({ statements: 3, rows_read: 8, rows_changed: 0, denied: 0 });
  expect(summary.tools).toEqual([{ name: 'a tool', statements: 3, transaction: true }]);
  expect(summary.recent.map(({ port }) => port)).toEqual([true, true, true]);
  expect(summary.recent.map(({ text }) => text)).toContain('select id from shop.orders limit 7');
  await live.runner.dispose();
  await engineer.collector.end(live.claims.jti);
}, 60_000);

it('writes files under a real grant, cuts what is being written at its end, and counts both (I3, I8)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-live-export-'));
  const results = new Map<string, ResultState>();
  const exports = new Map<string, ExportState>();
  let file = '';
  const live = await engineer.breakGlass(5, () => undefined, {
    onResult: (state) => results.set(state.id, state),
    onExport: (state) => exports.set(state.id, state),
    askFile: async () => join(folder, file),
    wishes: { mode: () => 'auto', statementTimeoutMs: () => null, keepRows: () => 100, confirmsWrites: () => false },
  });
  const run = async (text: string): Promise<string> => {
    const answer = await live.runner.run({ tab: 't', text, confirmed: false });
    const id = answer.kind === 'started' ? (answer.results[0] ?? '') : '';
    await expect.poll(() => results.get(id)?.status, { timeout: 20_000 }).toBe('done');
    return id;
  };
  const wish = { format: 'csv', delimiter: ',', table: '' } as const;
  file = 'orders.csv';
  const seven = await live.exporter.start({ ...wish, source: 'kept', result: await run('select 7 as n') });
  await expect.poll(() => exports.get(seven ?? '')?.status).toBe('done');
  expect(readFileSync(join(folder, file), 'utf8')).toBe('n\r\n7\r\n');
  file = 'endless.csv';
  const endless = await run("select generate_series(1, 100000000) as i, repeat('x', 1000) as text");
  expect(results.get(endless)).toMatchObject({ cap: 'own_rows', stored: 100 });
  const cut = await live.exporter.start({ ...wish, source: 'again', result: endless });
  await expect.poll(() => exports.get(cut ?? '')?.bytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(3_000_000);
  expect(readdirSync(folder).sort()).toEqual(['endless.csv.part', 'orders.csv']);
  const report = await live.close('expired');
  expect(report.statement?.text).toContain('generate_series');
  await expect.poll(() => readdirSync(folder)).toEqual(['orders.csv']);
  expect(live.exporter.totals()).toEqual({ done: 1, rows: 1, bytes: 6, cut: 1 });
  await live.runner.dispose();
  await engineer.collector.end(live.claims.jti);
  rmSync(folder, { recursive: true });
}, 60_000);

it('says in the window who gave less, and holds to it (I3)', async () => {
  const asked = await engineer.collector.submit({
    target: 'orders',
    scope: 'orders-read',
    severity: 'SEV2',
    ticket: 'INC-4711',
    reason: 'Orders stuck in processing',
    minutes: 45,
    alone: false,
  });
  const lina = await stack?.browser('lina');
  const less = { minutes: 20, without: ['shop.customers'], digest: asked.digest };
  const approved = requestView.parse((await lina?.call('POST', `/v1/requests/${asked.id}/approve`, less))?.json());
  const live = await engineer.open(approved, () => undefined);
  expect(live.runner.messages()).toMatchObject([
    { kind: 'warn', text: 'Li Na gave 20 of the 45 minutes, without table customers.' },
  ]);
  expect(live.claims.exp - live.claims.iat).toBe(20 * 60);
  expect(live.claims.scope.tables.map(({ table }) => table)).toEqual(['orders']);
  await live.close('handed_back');
  await live.runner.dispose();
  await engineer.collector.end(live.claims.jti);
}, 60_000);
