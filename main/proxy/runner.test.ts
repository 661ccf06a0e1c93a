import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { Scope } from '../../shared/grants.ts';
import { columnsQuestion, treeQuestion } from './runner/catalog/index.ts';
import { type DeskOptions, openDesk } from './runner/testing.ts';
import { closedAfterEach, sharedWorld } from './test-hooks.ts';
import { expired, openTap } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: DeskOptions) => openDesk(world, options));

describe('the runner', () => {
  it('runs a script statement by statement, each with its intent, and stops at the first error', async () => {
    const d = await desk();
    const text = "select 1 as a; update shop.orders set status = 'x' where id = 1;\n select 'é' from nowhere; select 2";
    const results = await d.run(text);
    expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'error', 'not_sent']);
    expect(results[1]).toMatchObject({ tag: 'UPDATE 1', rows: 0 });
    expect(results[2]?.error).toMatchObject({ code: '42P01', position: text.indexOf('nowhere') });
    expect(results[0]?.columns).toEqual([{ name: 'a', type: 'integer', align: 'right' }]);
    expect(await d.cells(results[0])).toEqual([['1']]);
    const [first] = results;
    expect(first?.waited_ms).toBeGreaterThan(0);
    expect(first?.first_row_ms ?? 0).toBeGreaterThanOrEqual(first?.waited_ms ?? 0);
    expect(first?.done_ms ?? 0).toBeGreaterThanOrEqual(first?.first_row_ms ?? 0);
    expect(d.rig.relay.tally().recent.map(({ result, tag }) => [result, tag])).toEqual([
      ['ok', 'SELECT 1'],
      ['ok', 'UPDATE 1'],
      ['error', null],
    ]);
    expect(results.slice(0, 3).every(({ intent }) => d.rig.intents.some(({ id }) => id === intent))).toBe(true);
  });

  it('asks the database for the names of types that are not built in', async () => {
    await world.admin.query(`create type shop.mood as enum ('ok'); grant usage on type shop.mood to breaker`);
    const d = await desk();
    const [result] = await d.run(`select 'ok'::shop.mood as m, '1'::varchar(5) as v, array[1.5]::numeric(4,1)[] as n`);
    await expect
      .poll(() => d.states.get(result?.id ?? '')?.columns.map(({ type }) => type))
      .toEqual(['shop.mood', 'character varying(5)', 'numeric(4,1)[]']);
  });

  it('stops at the cap of rows without hurting an open transaction, and leaves no cursor', async () => {
    const d = await desk({ limits: { max_rows: 100 } });
    await d.run('begin');
    const [result] = await d.run('select i from generate_series(1, 1000000) i');
    expect(result).toMatchObject({ status: 'done', rows: 100, stored: 100, cap: 'grant_rows', tag: null });
    expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'ok', rows: 101 });
    // The one that is left is the query's own portal.
    const [after] = await d.run('select count(*) from pg_cursors');
    expect(await d.cells(after)).toEqual([['1']]);
    expect(d.connections.at(-1)?.tx).toBe('transaction');
    await d.run('rollback');
    expect(d.connections.at(-1)?.tx).toBe('idle');
    const [exact] = await d.run('select i from generate_series(1, 100) i');
    expect(exact).toMatchObject({ rows: 100, cap: null, tag: 'SELECT 100' });
  });

  it('keeps fewer rows than the grant allows where the person wants fewer, and says whose limit it was', async () => {
    let own = 50;
    const d = await desk({ limits: { max_rows: 100 }, keepRows: () => own });
    const many = 'select i from generate_series(1, 100000) i';
    expect((await d.run(many))[0]).toMatchObject({ status: 'done', stored: 50, cap: 'own_rows' });
    own = 100_000;
    expect((await d.run(many))[0]).toMatchObject({ status: 'done', stored: 100, cap: 'grant_rows' });
  });

  it('stops at the cap of bytes by a cancel on the server, and does not call it an error', async () => {
    const d = await desk({ limits: { max_rows: 1_000_000, max_bytes: 100_000 } });
    const [result] = await d.run("select repeat('x', 1000) from generate_series(1, 200000)");
    expect(result).toMatchObject({ status: 'done', cap: 'grant_bytes', error: null });
    expect(result?.stored).toBeLessThan(101);
    await d.run('begin');
    const [inside] = await d.run("select repeat('x', 1000) from generate_series(1, 2000)");
    expect(inside).toMatchObject({ status: 'done', cap: 'grant_bytes', tag: 'SELECT 2000', rows: 2000 });
    expect((await d.run('commit'))[0]?.tag).toBe('COMMIT');
  });

  it('ends a result where the disk for temporary files takes no more, keeps what it has, and stops the server', async () => {
    const big = { max_rows: 1_000_000, max_bytes: 512 * 1024 * 1024 };
    const d = await desk({ limits: big });
    await d.run('select 1');
    const { TMPDIR } = process.env;
    process.env.TMPDIR = '/nowhere/at/all';
    const [result] = await d.run("select generate_series(1, 1000000) as i, repeat('x', 1000) as text");
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    expect(result).toMatchObject({ status: 'done', cap: 'disk', error: null });
    const stored = result?.stored ?? 0;
    expect(stored).toBeGreaterThan(16_000);
    expect(stored).toBeLessThan(1_000_000);
    const [last] = await d.runner.results.rows({ result: result?.id ?? '', offset: stored - 1, count: 10 });
    expect(last?.[0]).toBe(String(stored));
    expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'cancelled', sqlstate: '57014' });
    expect((await d.run('select 2'))[0]?.status).toBe('done');
  });

  it('never cuts a statement that writes, however much it returns', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const [result] = await d.run('update shop.orders set total = total where id > 0 returning id');
    expect(result).toMatchObject({ status: 'done', tag: 'UPDATE 1000', stored: 10, cap: 'grant_rows' });
  });

  it('says cancelled only when the server did', async () => {
    const d = await desk();
    const answer = await d.runner.run({ tab: 't', text: 'select pg_sleep(20); select 2', confirmed: false });
    const [id = '', next = ''] = answer.kind === 'started' ? answer.results : [];
    await expect.poll(() => d.states.get(id)?.status).toBe('running');
    await d.runner.cancel(id);
    expect((await d.ended(id)).status).toBe('cancelled');
    expect((await d.ended(next)).status).toBe('not_sent');
    expect(d.rig.relay.tally().recent.at(-1)).toMatchObject({ result: 'cancelled', sqlstate: '57014' });
    expect((await d.run('select 3'))[0]?.status).toBe('done');
  });

  it('asks once before a dangerous shape and records the confirmation', async () => {
    const d = await desk();
    const text = 'update shop.orders set total = total';
    expect(await d.runner.run({ tab: 't', text, confirmed: false })).toMatchObject({
      kind: 'confirm',
      title: 'Update every row of shop.orders?',
    });
    expect(d.rig.intents).toHaveLength(0);
    expect((await d.run(text, true))[0]?.tag).toBe('UPDATE 1000');
    expect(d.rig.notices).toMatchObject([{ kind: 'confirmed', code: 'update_all', of: d.rig.intents[0]?.id }]);
  });

  it('shows notices, COPY TO STDOUT, and says what COPY FROM STDIN needs', async () => {
    const d = await desk();
    const [noticed] = await d.run("do $$begin raise warning 'careful'; end$$");
    expect(noticed?.notices).toEqual(['WARNING: careful']);
    const [copied] = await d.run('copy (select 1, 2 union all select 3, 4) to stdout');
    expect(await d.cells(copied)).toEqual([['1\t2'], ['3\t4']]);
    const before = d.rig.intents.length;
    await expect(d.run('copy shop.lines (id, order_id) from stdin')).rejects.toThrow(
      /data that the editor does not have/,
    );
    await expect(d.run('select 1; copy shop.lines (id, order_id) from stdin')).rejects.toThrow(
      'Statement 2 of 2 is a COPY',
    );
    expect(d.rig.intents).toHaveLength(before);
    expect((await d.run('select 1'))[0]?.status).toBe('done');
  });

  it('connects again after the connection was lost, and says what was lost', async () => {
    const tap = await openTap(world.postgres.port);
    const d = await desk({ tls: false, port: tap.port });
    await d.run('begin; update shop.orders set status = status where id = 3');
    const answer = await d.runner.run({ tab: 't', text: 'select pg_sleep(20)', confirmed: false });
    const [id = ''] = answer.kind === 'started' ? answer.results : [];
    await expect.poll(() => d.states.get(id)?.status).toBe('running');
    tap.break();
    expect(await d.ended(id)).toMatchObject({ status: 'unknown', error: { code: '08006' } });
    await expect.poll(() => d.connections.at(-1)?.status).toBe('lost');
    const [again] = await d.run('select 1');
    expect(again?.notices[0]).toContain('the open transaction was rolled back');
    expect(d.connections.at(-1)?.status).toBe('connected');
    await d.rig.relay.cut('handed_back');
    await tap.close();
  });

  it('gives the schema with what the role may do', async () => {
    const d = await desk();
    const scope: Scope = {
      id: 's',
      label: 'S',
      mode: 'read',
      tables: [{ schema: 'shop', table: 'orders', select: '*' }],
    };
    await world.admin.query('analyze shop.orders');
    const { relations } = await d.runner.catalog(treeQuestion(scope));
    expect(
      relations.map(({ name, kind, columns, readable, writes }) => [name, kind, readable, columns, writes]),
    ).toEqual([
      ['late', 'view', 2, 2, false],
      ['lines', 'table', 2, 3, true],
      ['orders', 'table', 4, 4, true],
      ['secrets', 'table', 0, 1, false],
    ]);
    expect(relations[2]?.rows).toBe(1000);
    const [lines, orders] = [relations[1]?.oid ?? 0, relations[2]?.oid ?? 0];
    const columns = await d.runner.catalog(columnsQuestion(scope, [lines, orders]));
    expect(columns.find((one) => one.relation === orders)).toEqual({
      relation: orders,
      name: 'id',
      type: 'integer',
      pk: true,
      references: null,
      comment: null,
      allowed: true,
    });
    expect(columns.filter((one) => one.relation === lines)[1]).toMatchObject({
      references: 'shop.orders',
      allowed: true,
    });
    expect(d.rig.intents.map(({ origin }) => origin)).toEqual(['introspection', 'introspection']);
  });

  it('has no way to the database but the relay: every backend of the role is a session of the log (I1)', async () => {
    // Backends of the tests before may still be ending.
    const since = (await world.admin.query<{ now: string }>('select clock_timestamp()::text as now')).rows[0]?.now;
    const d = await desk();
    await d.run('select 1');
    const orders = { id: 's', label: 'S', mode: 'read', tables: [{ schema: 'shop', table: 'orders' }] } as const;
    await d.runner.catalog(treeQuestion({ ...orders, tables: [...orders.tables] }));
    const { rows } = await world.admin.query(
      "select pid, client_port from pg_stat_activity where usename = 'breaker' and backend_start > $1 order by pid",
      [since],
    );
    const known = d.rig.targets.map(({ pid, client_port }) => ({ pid, client_port }));
    expect(rows).toEqual(known.sort((a, b) => a.pid - b.pid));
    expect(rows).toHaveLength(2);
    expect(d.rig.targets[0]?.cert).toMatch(/^[\w-]{43}$/);
  });

  it('wipes rows when the grant ends (I8)', async () => {
    const d = await desk();
    const [result] = await d.run('select 1');
    await d.rig.relay.cut('expired');
    await expect(d.cells(result)).rejects.toThrow(/not kept/);
  });

  it('tells a refusal of the gate as an error of the statement', async () => {
    const d = await desk();
    await d.run('select 1');
    d.rig.gate(expired);
    expect((await d.run('select 2'))[0]).toMatchObject({ status: 'error', error: { code: '57P01' }, intent: null });
  });
});
