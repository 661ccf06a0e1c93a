import { readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { limits } from '../testing.ts';
import { disk, type ExportDeskOptions, MANY, openExportDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: ExportDeskOptions) => openExportDesk(world, options));
beforeAll(async () => {
  await world.admin.query('grant temporary on database shop to breaker');
});

describe('an export', () => {
  it('of a kept result does not run the statement again, and is recorded, durably, before the file has its name (I6)', async () => {
    const seen: unknown[] = [];
    const d = await desk({
      disk: disk((operation) => {
        if (operation === 'rename') seen.push([...d.rig.durable]);
      }),
    });
    const result = await d.run('select id, status from shop.orders where id < 4 order by id');
    const path = d.to('orders.csv');
    const sent = d.rig.intents.length;
    const done = await d.export(result);
    const text = 'id,status\r\n1,processing\r\n2,processing\r\n3,processing\r\n';
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(done).toMatchObject({ status: 'done', rows: 3, of: 3, bytes: text.length, file: 'orders.csv', error: null });
    expect(d.rig.intents).toHaveLength(sent);
    const record = {
      kind: 'export',
      of: result.intent,
      code: 'csv',
      fp: null,
      norm: null,
      rows: 3,
      bytes: text.length,
    };
    expect(seen).toEqual([[record]]);
    expect(d.rig.notices).toEqual([record]);
    expect(JSON.stringify(d.rig.notices)).not.toContain('orders.csv');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(d.exporter.totals()).toEqual({ done: 1, rows: 3, bytes: text.length, cut: 0 });
    expect(d.exporter.pathOf(done.id)).toBe(path);
    expect(d.files()).toEqual(['orders.csv']);
  });

  it('of a capped result runs it again as the statement that it is, with all of its rows (I1, I2)', async () => {
    const d = await desk({ limits: { max_rows: 100 } });
    expect((await d.run("create temp table mine as select 'only in this session' as t")).error).toBeNull();
    const result = await d.run('select i, t from mine, generate_series(1, 20000) i');
    expect(result).toMatchObject({ cap: 'grant_rows', stored: 100, repeatable: true });
    expect(d.exporter.offer(result.id)).toEqual({ rows: 100, complete: false, again: true, table: '' });
    const path = d.to('all.ndjson');
    const before = d.rig.intents.length;
    const done = await d.export(result, { source: 'again', format: 'ndjson' });
    expect(done).toMatchObject({ status: 'done', rows: 20_000, of: null });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(20_000);
    expect(JSON.parse(lines[19_999] ?? '')).toEqual({ i: 20_000, t: 'only in this session' });
    const again = d.rig.intents.slice(before);
    expect(new Set(again.map(({ text }) => text))).toEqual(new Set([result.text, null]));
    expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'ok', rows: 20_000 });
    expect(d.rig.notices.at(-1)).toMatchObject({
      code: 'ndjson',
      rows: 20_000,
      bytes: done.bytes,
      of: again.at(-1)?.id,
    });
    expect(d.rig.relay.tally().recent.at(-1)).toMatchObject({ result: 'ok', rows: 20_000 });
    // The kept part alone can be had, too.
    d.to('part.csv');
    expect(await d.export(result)).toMatchObject({ status: 'done', rows: 100, of: 100 });
  });

  it('never runs again what may do more than read', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    for (const text of [
      'update shop.orders set total = total where true returning id',
      'with u as (update shop.orders set total = total where id < 50 returning id) select * from u',
      'explain select 1',
      'show work_mem',
      'select id from shop.orders for update limit 3',
      "select set_config('work_mem', '8MB', false)",
      'select pg_advisory_xact_lock(1)',
    ]) {
      const result = await d.run(text);
      expect(result.status).toBe('done');
      expect(d.exporter.offer(result.id).again).toBe(false);
      const sent = d.rig.intents.length;
      await expect(d.exporter.start(d.wish(result.id, { source: 'again' }))).rejects.toMatchObject({
        code: 'not_repeatable',
      });
      expect(d.rig.intents).toHaveLength(sent);
    }
    expect(d.files()).toEqual([]);
  });

  it('as Markdown takes a thousand rows and asks the server for no more than it needs', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run('select i from generate_series(1, 1000000) i');
    const path = d.to('many.md');
    expect(await d.export(result, { format: 'markdown', source: 'again' })).toMatchObject({
      status: 'done',
      rows: 1000,
    });
    expect(d.rig.outcomes.at(-1)).toMatchObject({ rows: 1001 });
    expect(readFileSync(path, 'utf8')).toContain('there are more');
  });

  it('says that it begins, durably, before a long file has its first byte', async () => {
    const seen: unknown[] = [];
    const d = await desk({
      disk: disk((operation, count) => {
        if (operation === 'write' && count === 1) seen.push(...d.rig.durable);
      }),
    });
    const result = await d.run(MANY);
    const path = d.to('long.csv');
    const done = await d.export(result);
    expect(done).toMatchObject({ status: 'done', rows: limits.max_rows });
    expect(seen).toEqual([
      { kind: 'export', of: result.intent, code: 'csv_begun', fp: null, norm: null, rows: null, bytes: null },
    ]);
    expect(d.rig.notices.map(({ code, rows }) => [code, rows])).toEqual([
      ['csv_begun', null],
      ['csv', limits.max_rows],
    ]);
    expect(statSync(path).size).toBe(done.bytes);
  });
});
