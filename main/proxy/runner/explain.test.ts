import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { type ExplainAnswer, explainAnswer } from '../../../shared/ipc-explain.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { type Desk, type DeskOptions, openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: DeskOptions) => openDesk(world, options));
const texts = (d: Desk): (string | null)[] => d.rig.intents.map(({ text }) => text);
const status = async (id: number): Promise<string> => {
  const { rows } = await world.admin.query<{ status: string }>('select status from shop.orders where id = $1', [id]);
  return rows[0]?.status ?? '';
};
const UPDATE = "update shop.orders set status = 'measured' where id = 31";

async function explain(d: Desk, text: string, { analyze = true, confirmed = true } = {}): Promise<ExplainAnswer> {
  const answer = await d.runner.explain({ tab: 't', text, analyze, confirmed });
  expect(explainAnswer.safeParse(answer).error).toBeUndefined();
  return answer;
}
const nodeOf = (answer: ExplainAnswer): Record<string, unknown> => {
  if (answer.kind !== 'plan') throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.json)[0].Plan;
};

describe('a plan without running', () => {
  it('is asked for as one recorded statement, and opens no transaction, not even in manual mode (I2)', async () => {
    const d = await desk({ runnerMode: 'manual' });
    const answer = await explain(d, UPDATE, { analyze: false, confirmed: false });
    expect(answer).toMatchObject({ kind: 'plan', analyze: false, writes: true, undone: 'nothing' });
    expect(nodeOf(answer)['Node Type']).toBe('ModifyTable');
    expect(texts(d)).toEqual([`explain (format json, verbose, settings, costs) ${UPDATE}`]);
    expect(d.runner.connection()).toMatchObject({ tx: 'idle', open: null });
    expect(await status(31)).toBe('processing');
  });
  it('answers with the words of the server where there is none', async () => {
    const d = await desk();
    expect(await explain(d, 'select * from nowhere', { analyze: false })).toMatchObject({
      kind: 'failed',
      status: 'error',
      code: '42P01',
      detail: null,
    });
  });
  it('says where the error stands in the text that was asked about, and keeps its record', async () => {
    const d = await desk();
    const text = '  -- why\n  select * from nowhere';
    const failed = await explain(d, text, { analyze: false });
    if (failed.kind !== 'failed') throw new Error('there is a plan');
    expect(text.slice(failed.position ?? 0)).toBe('nowhere');
    expect(failed.record.intent).toBe(d.rig.intents[0]?.id);
  });
  it('is in the list of what was run, as the statement that was sent, with its place in the ledger and without rows', async () => {
    const d = await desk();
    const plan = await explain(d, 'select 1', { analyze: false });
    if (plan.kind !== 'plan') throw new Error('there is no plan');
    const told = d.states.get(plan.record.result);
    expect(told).toMatchObject({
      tab: '',
      text: 'explain (format json, verbose, settings, costs) select 1',
      status: 'done',
      intent: plan.record.intent,
      rows: 0,
      stored: 0,
    });
    expect(await d.runner.results.rows({ result: plan.record.result, offset: 0, count: 1 })).toEqual([]);
  });
  it.each([
    ['vacuum shop.orders', 'no_plan_utility'],
    ['select 1; select 2', 'no_plan_several'],
  ])('sends nothing for %s', async (text, code) => {
    const d = await desk();
    await expect(explain(d, text)).rejects.toMatchObject({ code });
    expect(texts(d)).toEqual([]);
  });
});

describe('ANALYZE', () => {
  it('asks before it runs a write, then runs it in a transaction that is rolled back', async () => {
    const d = await desk();
    const question = await explain(d, UPDATE, { confirmed: false });
    expect(question).toMatchObject({ kind: 'confirm', action: 'Run and roll back' });
    expect(texts(d)).toEqual([]);
    const answer = await explain(d, UPDATE);
    expect(answer).toMatchObject({ kind: 'plan', writes: true, undone: 'transaction' });
    expect(nodeOf(answer)['Actual Loops']).toBe(1);
    expect(texts(d)).toEqual([
      'begin',
      expect.stringContaining(`analyze, buffers, wal, timing) ${UPDATE}`),
      'rollback',
    ]);
    expect(await status(31)).toBe('processing');
    expect(d.runner.connection()).toMatchObject({ tx: 'idle', open: null });
  });
  it('keeps nothing of what a function does that nobody can see into', async () => {
    const d = await desk();
    await world.admin.query(
      "create or replace function public.sneaky() returns int language sql volatile security definer as $$ update shop.orders set status = 'sneaky' where id = 32 returning 1 $$",
    );
    // Reads as far as its text shows, so it is not asked about.
    expect(await explain(d, 'select public.sneaky()', { confirmed: false })).toMatchObject({
      kind: 'plan',
      writes: false,
      undone: 'transaction',
    });
    expect(await status(32)).toBe('processing');
  });
  it('goes back to a savepoint in a transaction of the person, which stays open and whole', async () => {
    const d = await desk();
    await d.run("begin; update shop.orders set status = 'mine' where id = 33");
    expect(await explain(d, UPDATE)).toMatchObject({ kind: 'plan', undone: 'savepoint' });
    // A statement that fails would have spoilt it.
    expect(await explain(d, 'select 1/(id - id) from shop.orders')).toMatchObject({
      kind: 'failed',
      code: '22012',
      detail: 'What the statement did was rolled back.',
    });
    expect(d.runner.connection().tx).toBe('transaction');
    await d.run('commit');
    expect([await status(31), await status(33)]).toEqual(['processing', 'mine']);
  });
  it('does not begin in a transaction that has failed', async () => {
    const d = await desk();
    await d.run('begin; select 1/0');
    expect(await explain(d, 'select 1')).toMatchObject({ kind: 'failed', status: 'not_sent', code: '25P02' });
  });
  it('is rolled back, too, when it is cancelled', async () => {
    const d = await desk();
    const answer = explain(d, `${UPDATE} and pg_sleep(30) is not null`);
    while (!texts(d).some((text) => text?.includes('pg_sleep'))) await sleep(5);
    await sleep(50);
    await d.runner.cancelExplain('t');
    expect(await answer).toMatchObject({ kind: 'failed', status: 'cancelled' });
    expect(texts(d).at(-1)).toBe('rollback');
    expect(d.runner.connection()).toMatchObject({ tx: 'idle', open: null });
  });
  it('is not sent when it is cancelled while it waits', async () => {
    const d = await desk();
    const [first = ''] = await d.start('select pg_sleep(30)');
    const answer = explain(d, 'select 1');
    await sleep(50);
    await d.runner.cancelExplain('t');
    expect(await answer).toMatchObject({ kind: 'failed', status: 'not_sent' });
    await d.runner.cancel(first);
    await d.ended(first);
    expect(texts(d).filter((text) => text?.startsWith('explain'))).toEqual([]);
  });
  it('of a write is refused under a grant to read, before anything is asked or sent (I6)', async () => {
    const d = await desk({ mode: 'read' });
    await expect(explain(d, UPDATE, { confirmed: false })).rejects.toMatchObject({ code: 'explain_writes' });
    expect(texts(d)).toEqual([]);
    expect(await explain(d, 'select 1')).toMatchObject({ kind: 'plan', undone: 'transaction' });
  });
});
