import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { readScript } from '../../../shared/sql/index.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { openTap } from '../testing.ts';
import { type Desk, type DeskOptions, openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: DeskOptions) => openDesk(world, options));
const manual = (options: DeskOptions = {}): Promise<Desk> => desk({ ...options, runnerMode: 'manual' });

/** Machines are slow now and then; what is waited for comes all the same. */
const soon = { timeout: 20_000, interval: 20 };

/** What the server says of the desk's backend. */
async function backend(d: Desk): Promise<{ state: string; idle: boolean }> {
  const { backend_pid: pid } = d.runner.connection();
  const { rows } = await world.admin.query<{ state: string; idle: boolean }>(
    'select state, xact_start is null as idle from pg_stat_activity where pid = $1',
    [pid],
  );
  return rows[0] ?? { state: 'gone', idle: true };
}
const sentTexts = (d: Desk): (string | null)[] => d.rig.intents.map(({ text }) => text);
const status = async (id: number): Promise<string> => {
  const { rows } = await world.admin.query<{ status: string }>('select status from shop.orders where id = $1', [id]);
  return rows[0]?.status ?? '';
};
const texts = (d: Desk): string[] => d.runner.messages().map(({ text }) => text);

describe('manual mode', () => {
  it('opens a transaction with a BEGIN of its own, recorded first, and shows what is in it (I2)', async () => {
    const d = await manual();
    const [updated] = await d.run("update shop.orders set status = 'late' where id in (11, 12)");
    expect(updated).toMatchObject({ status: 'done', tag: 'UPDATE 2', fate: 'open' });
    expect(sentTexts(d)).toEqual(['begin', "update shop.orders set status = 'late' where id in (11, 12)"]);
    expect(await backend(d)).toEqual({ state: 'idle in transaction', idle: false });
    expect(await status(11)).toBe('processing');
    await d.run('select 1');
    const { tx, open: transaction } = d.runner.connection();
    expect(tx).toBe('transaction');
    expect(transaction).toMatchObject({ by: 'app', tab: 't', statements: 2, rows_changed: 2 });
    expect(Math.abs(Date.now() - Date.parse(transaction?.since ?? ''))).toBeLessThan(30_000);

    await d.runner.endTransaction('commit');
    expect(sentTexts(d).at(-1)).toBe('commit');
    expect(await status(11)).toBe('late');
    expect(await backend(d)).toEqual({ state: 'idle', idle: true });
    expect(d.runner.connection()).toMatchObject({ tx: 'idle', open: null, mode: 'manual' });
    expect(texts(d)).toEqual(['Committed: 2 statements, 2 rows changed.']);
    await expect.poll(() => d.states.get(updated?.id ?? '')?.fate, soon).toBe('committed');
    // The confirmation goes with the next run, which opens the next transaction.
    await d.run('select 1');
    expect(texts(d)).toEqual([]);
    expect(d.runner.connection().open?.n).toBe(2);
  });

  it('rolls back, and nothing is changed', async () => {
    const d = await manual();
    const [updated] = await d.run("update shop.orders set status = 'gone' where id = 13");
    await d.runner.endTransaction('rollback');
    await expect.poll(() => d.states.get(updated?.id ?? '')?.fate, soon).toBe('rolled_back');
    expect(await status(13)).toBe('processing');
    expect(texts(d)).toEqual(['Rolled back: 1 statement, 1 row changed, undone.']);
    await expect(d.runner.endTransaction('rollback')).rejects.toThrow('No transaction is open');
  });

  it('keeps a script in one transaction, and leaves BEGIN and COMMIT to a user who writes them', async () => {
    const d = await manual();
    const results = await d.run("update shop.orders set status = 'a' where id = 14; select 1; select 2");
    expect(results.map((one) => one.status)).toEqual(['done', 'done', 'done']);
    expect(sentTexts(d).filter((text) => text === 'begin')).toHaveLength(1);
    expect(d.runner.connection().open).toMatchObject({ statements: 3, rows_changed: 1 });
    await d.run("rollback; begin; update shop.orders set status = 'b' where id = 14; commit");
    expect(sentTexts(d).filter((text) => text === 'begin')).toHaveLength(2);
    expect(d.runner.connection().open).toBeNull();
    expect(await status(14)).toBe('b');
  });

  it('shows a failed transaction, in which COMMIT does not commit, and says so', async () => {
    const d = await manual();
    const [never] = await d.run("update shop.orders set status = 'never' where id = 15");
    const [failed] = await d.run('select 1/0');
    expect(failed).toMatchObject({ status: 'error', error: { code: '22012' } });
    expect(d.runner.connection()).toMatchObject({ tx: 'failed', open: { statements: 2, rows_changed: 1 } });
    expect(await backend(d)).toMatchObject({ state: 'idle in transaction (aborted)' });
    expect((await d.run('select 1'))[0]).toMatchObject({ status: 'error', error: { code: '25P02' } });
    await expect(d.runner.endTransaction('commit')).rejects.toThrow('was not committed');
    expect(texts(d)[0]).toContain('Not committed');
    await expect.poll(() => d.states.get(never?.id ?? '')?.fate, soon).toBe('rolled_back');
    expect(d.runner.connection().tx).toBe('idle');
    expect(await status(15)).toBe('processing');
  });

  it('says that a COMMIT failed when a deferred constraint refuses it', async () => {
    await world.admin.query(`
      create table shop.slots(id int primary key, unique (id) deferrable);
      create table shop.seats(id int unique deferrable initially deferred);
      grant insert, select on shop.seats to breaker`);
    const d = await manual();
    await d.run('insert into shop.seats values (1), (1)');
    await expect(d.runner.endTransaction('commit')).rejects.toThrow(/was not committed: duplicate key/);
    expect(d.runner.connection().tx).toBe('idle');
  });

  it('asks before what cannot be rolled back, and refuses it in words while a transaction is open', async () => {
    const d = await manual();
    expect(await d.runner.run({ tab: 't', text: 'vacuum shop.orders', confirmed: false })).toMatchObject({
      kind: 'confirm',
      title: 'Run VACUUM outside a transaction?',
    });
    expect(d.rig.intents).toHaveLength(0);
    expect((await d.run('vacuum shop.orders', true))[0]).toMatchObject({ status: 'done', tag: 'VACUUM' });
    expect(sentTexts(d)).toEqual(['vacuum shop.orders']);
    await expect(d.run('select 1; vacuum shop.orders', true)).rejects.toThrow(
      'Statement 2 of 2 is VACUUM, which cannot run inside a transaction',
    );
    await d.run('select 1');
    await expect(d.run('vacuum shop.orders', true)).rejects.toThrow('cannot run inside a transaction');
    expect(sentTexts(d).filter((text) => text !== null)).toEqual(['vacuum shop.orders', 'begin', 'select 1']);
  });

  it('opens nothing for a statement that is then not sent', async () => {
    const d = await manual({ mode: 'read' });
    const [refused] = await d.run("update shop.orders set status = 'x' where id = 1");
    expect(refused).toMatchObject({ status: 'error', error: { code: '25006' }, intent: null });
    await expect.poll(() => d.runner.connection().open, soon).toBeNull();
    await d.run('selec 1');
    expect(sentTexts(d)).toEqual(['begin', 'rollback']);
    expect(await backend(d)).toMatchObject({ idle: true });
  });

  it('changes the mode only when nothing runs and nothing is open', async () => {
    const d = await manual();
    await d.run('select 1');
    expect(() => d.runner.setMode('auto')).toThrow('A transaction is open');
    await d.runner.endTransaction('rollback');
    const [id = ''] = await d.start('select pg_sleep(20)');
    await expect.poll(() => d.states.get(id)?.status, soon).toBe('running');
    expect(() => d.runner.setMode('auto')).toThrow('A statement is running');
    await d.runner.cancel(id);
    await d.ended(id);
    await d.runner.endTransaction('rollback');
    d.runner.setMode('auto');
    expect(d.runner.connection().mode).toBe('auto');
    await d.run("update shop.orders set status = 'auto' where id = 16");
    expect(await status(16)).toBe('auto');
    expect([...d.states.values()].at(-1)?.fate).toBe('committed');
  });

  it('knows which commands the server refuses inside a transaction', async () => {
    await world.admin.query(`
      create table public.parted(a int) partition by range (a);
      create table public.part partition of public.parted for values from (0) to (9);
      create index part_a on public.part(a)`);
    const statements = [
      'vacuum public.part',
      'analyze public.part',
      'cluster',
      'cluster public.part using part_a',
      'create index concurrently on public.part(a)',
      'create index on public.part(a)',
      'drop index concurrently public.part_a',
      'drop index public.part_a',
      'reindex table concurrently public.part',
      'reindex table public.part',
      'reindex schema public',
      'reindex database shop',
      'create database other',
      'drop database nowhere',
      "create tablespace other location '/nowhere'",
      'drop tablespace nowhere',
      'alter system set work_mem = 1000',
      'alter database shop set tablespace pg_default',
      'alter database shop connection limit 50',
      'alter table public.parted detach partition public.part concurrently',
      'alter table public.parted detach partition public.part',
      'discard all',
      'discard plans',
      "alter type shop.nothing add value 'x'",
      'create table public.fresh(a int)',
      'truncate public.part',
    ];
    for (const text of statements) {
      await world.admin.query('begin');
      const code = await world.admin.query(text).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
      await world.admin.query('rollback');
      const known = [...readScript(text)].flat()[0]?.alone ?? null;
      expect({ text, refused: code === '25001' }).toEqual({ text, refused: known !== null });
    }
  });
});

describe('a transaction that the user writes', () => {
  it('is shown like any other, with savepoints and AND CHAIN counted as the server does', async () => {
    const d = await desk();
    const [, first] = await d.run("begin; update shop.orders set status = 'c' where id = 21; savepoint a");
    const [second] = await d.run("update shop.orders set status = 'c' where id in (22, 23)");
    expect(d.runner.connection().open).toMatchObject({ by: 'user', statements: 2, rows_changed: 3 });
    await d.run('rollback to a');
    expect(d.runner.connection().open).toMatchObject({ statements: 2, rows_changed: 1 });
    await expect.poll(() => d.states.get(second?.id ?? '')?.fate, soon).toBe('rolled_back');
    expect(d.states.get(first?.id ?? '')?.fate).toBe('open');
    await d.run('commit and chain');
    await expect.poll(() => d.states.get(first?.id ?? '')?.fate, soon).toBe('committed');
    expect(d.runner.connection().open).toMatchObject({ n: 2, statements: 0, rows_changed: 0 });
    expect(await backend(d)).toMatchObject({ state: 'idle in transaction' });
    await d.runner.endTransaction('commit');
    expect([await status(21), await status(22)]).toEqual(['c', 'processing']);
  });

  it('refuses VACUUM behind its BEGIN before anything of the text is sent', async () => {
    const d = await desk();
    await expect(d.run('begin; vacuum shop.orders; commit')).rejects.toThrow('Statement 2 of 3 is VACUUM');
    expect(d.rig.intents).toHaveLength(0);
    const [warned] = await d.run('commit');
    expect(warned?.notices).toEqual(['WARNING: there is no transaction in progress']);
  });
});

describe('a transaction that nobody works in', () => {
  it('is rolled back by the app, recorded, on a connection that is kept; the window is warned before', async () => {
    const d = await desk({ limits: { idle_tx_timeout_ms: 1500 } });
    await d.run("begin; update shop.orders set status = 'idle' where id = 31");
    const before = d.runner.connection();
    expect(before.open?.warn_ms).toBe(750);
    expect(before.open?.rollback_in_ms).toBeGreaterThan(0);
    expect(before.open?.rollback_in_ms).toBeLessThanOrEqual(1350);
    await expect.poll(() => d.runner.connection().tx, soon).toBe('idle');
    expect(sentTexts(d).at(-1)).toBe('rollback');
    expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'ok', tag: 'ROLLBACK' });
    expect(d.runner.connection()).toMatchObject({ status: 'connected', backend_pid: before.backend_pid });
    expect(texts(d)[0]).toMatch(/was rolled back, because nothing was sent in it for .*: 1 statement, 1 row changed/);
    expect(await status(31)).toBe('processing');
    expect(await backend(d)).toEqual({ state: 'idle', idle: true });
  });

  it('starts to count again with every statement, and not while one runs', async () => {
    const d = await manual({ limits: { idle_tx_timeout_ms: 1000 } });
    await d.run('select 1');
    const [id = ''] = await d.start('select pg_sleep(1.3)');
    await expect.poll(() => d.states.get(id)?.status, soon).toBe('running');
    expect(d.runner.connection().open?.rollback_in_ms).toBeNull();
    expect((await d.ended(id)).status).toBe('done');
    expect(d.runner.connection()).toMatchObject({ tx: 'transaction', open: { statements: 2 } });
    expect(d.runner.connection().open?.rollback_in_ms).toBeGreaterThan(0);
  });

  it('lets nothing that was meant for it run outside of it without asking', async () => {
    const d = await desk({ limits: { idle_tx_timeout_ms: 400 } });
    await d.run('begin');
    await expect.poll(() => d.runner.connection().tx, soon).toBe('idle');
    const text = "update shop.orders set status = 'alone' where id = 32";
    const question = await d.runner.run({ tab: 't', text, confirmed: false });
    expect(question).toMatchObject({ kind: 'confirm', title: 'Your transaction is gone. Run this outside of it?' });
    expect(await status(32)).toBe('processing');
    // What only reads is not asked about.
    expect((await d.run('select 1'))[0]?.status).toBe('done');
    await d.runner.run({ tab: 't', text, confirmed: false });
    expect((await d.run(text, true))[0]?.tag).toBe('UPDATE 1');
    expect((await d.run("update shop.orders set status = 'again' where id = 32"))[0]?.tag).toBe('UPDATE 1');
  });

  it('asks again when the transaction ended while another question was open', async () => {
    const d = await desk({ limits: { idle_tx_timeout_ms: 500 } });
    const text = 'update shop.orders set total = total';
    await d.run('begin');
    expect(await d.runner.run({ tab: 't', text, confirmed: false })).toMatchObject({ action: 'Update every row' });
    await expect.poll(() => d.runner.connection().tx, soon).toBe('idle');
    const again = await d.runner.run({ tab: 't', text, confirmed: true });
    expect(again).toMatchObject({ kind: 'confirm', title: 'Your transaction is gone. Run this outside of it?' });
    expect(again).toMatchObject({ action: 'Update every row' });
    expect(sentTexts(d)).toEqual(['begin', 'rollback']);
  });

  it('says so when the server was faster and ended the connection', async () => {
    await world.admin.query("alter role breaker set idle_in_transaction_session_timeout = '300ms'");
    try {
      const d = await desk();
      await d.run('begin; select 1');
      await expect.poll(() => d.runner.connection().status, soon).toBe('lost');
      expect(texts(d)).toEqual([
        'The server ended the connection, because its transaction was idle for too long; the open transaction was rolled back (1 statement, 0 rows changed).',
      ]);
      expect(d.runner.messages()[0]?.action).toBe('reconnect');
      const [again] = await d.run('select 1');
      expect(again?.notices).toEqual([
        'The connection was lost, and the open transaction was rolled back. This ran on a new one.',
      ]);
      // What is said stays until it is read; a connection is not offered any more.
      expect(d.runner.messages()[0]?.action).toBeNull();
    } finally {
      await world.admin.query('alter role breaker reset idle_in_transaction_session_timeout');
    }
  });
});

describe('a lost connection', () => {
  it('takes its transaction with it: what waited in it is not sent on the next one', async () => {
    const tap = await openTap(world.postgres.port);
    const d = await desk({ tls: false, port: tap.port });
    await d.run("begin; update shop.orders set status = 'lost' where id = 41");
    const [running = ''] = await d.start('select pg_sleep(20)');
    await expect.poll(() => d.states.get(running)?.status, soon).toBe('running');
    const [waiting = ''] = await d.start("update shop.orders set status = 'outside' where id = 42");
    tap.break();
    expect(await d.ended(running)).toMatchObject({
      status: 'unknown',
      error: { detail: 'It belonged to the open transaction, which is rolled back.' },
    });
    expect(await d.ended(waiting)).toMatchObject({ status: 'not_sent', error: { code: 'transaction_gone' } });
    expect(texts(d)[0]).toContain('the open transaction was rolled back (2 statements, 1 row changed)');
    expect(await status(42)).toBe('processing');
    expect(sentTexts(d).filter((text) => text?.includes('outside'))).toEqual([]);
    await d.rig.relay.cut('handed_back');
    await tap.close();
  });

  it('leaves open whether a COMMIT took effect that was on its way, and calls nothing rolled back', async () => {
    await world.admin.query(`
      create table shop.slow(id int);
      create function shop.wait() returns trigger language plpgsql as $$begin perform pg_sleep(20); return null; end$$;
      create constraint trigger slow after insert on shop.slow deferrable initially deferred
        for each row execute function shop.wait();
      grant insert on shop.slow to breaker`);
    const tap = await openTap(world.postgres.port);
    const d = await manual({ tls: false, port: tap.port });
    const [inserted] = await d.run('insert into shop.slow values (1)');
    const committing = d.runner.endTransaction('commit');
    const told = expect(committing).rejects.toThrow('whether the transaction was committed is not known');
    await expect.poll(async () => (await backend(d)).state, soon).toBe('active');
    tap.break();
    await told;
    await expect.poll(() => texts(d), soon).toHaveLength(1);
    await expect.poll(() => d.states.get(inserted?.id ?? '')?.fate, soon).toBe('unknown');
    expect(texts(d)[0]).toBe(
      'The connection to the database was lost; whether the transaction was committed is not known.',
    );
    await d.rig.relay.cut('handed_back');
    await tap.close();
    await world.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'breaker'");
  });
});
