import { existsSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { disk, type ExportDeskOptions, openExportDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: ExportDeskOptions) => openExportDesk(world, options));

describe('the exporter', () => {
  it('refuses everything where the policy does, whatever the page asks (I6, I7)', async () => {
    let asked = 0;
    const d = await desk({
      exports: false,
      ask: async () => {
        asked++;
        return join(d.folder, 'forbidden.csv');
      },
    });
    const result = await d.run('select 1');
    for (const source of ['kept', 'again'] as const)
      await expect(d.exporter.start(d.wish(result.id, { source }))).rejects.toMatchObject({ code: 'exports_off' });
    expect(asked).toBe(0);
    expect(d.rig.notices).toEqual([]);
    expect(d.files()).toEqual([]);
  });

  it('asks for a name that says what it is, and does nothing where no file is chosen', async () => {
    const proposals: string[] = [];
    const d = await desk({
      ask: async ({ name }) => {
        proposals.push(name);
        return null;
      },
    });
    const orders = await d.run('select * from shop.orders where id = 1');
    expect(await d.exporter.start(d.wish(orders.id))).toBeNull();
    const other = await d.run('select 1');
    expect(await d.exporter.start(d.wish(other.id, { format: 'markdown' }))).toBeNull();
    expect(proposals[0]).toMatch(/^orders-\d{4}-\d\d-\d\d-\d{4}\.csv$/);
    expect(proposals[1]).toMatch(/^result-.*\.md$/);
    expect(d.rig.notices).toEqual([]);
  });

  it('refuses a table that is none, a result that is not there, and a second dialog (I7)', async () => {
    const answer = Promise.withResolvers<string | null>();
    const d = await desk({ ask: () => answer.promise });
    const result = await d.run('select 1');
    await expect(
      d.exporter.start(d.wish(result.id, { format: 'insert', table: 'a; drop table b' })),
    ).rejects.toMatchObject({ code: 'bad_table' });
    await expect(d.exporter.start(d.wish('x'.repeat(22)))).rejects.toMatchObject({ code: 'result_gone' });
    expect(() => d.exporter.offer('x'.repeat(22))).toThrow(/not kept/);
    expect(() => d.exporter.pathOf('x'.repeat(22))).toThrow(/not there/);
    const first = d.exporter.start(d.wish(result.id));
    await expect(d.exporter.start(d.wish(result.id))).rejects.toMatchObject({ code: 'export_asks' });
    // The grant ends while the dialog is open.
    await d.exporter.close();
    answer.resolve(join(d.folder, 'too-late.csv'));
    await expect(first).rejects.toMatchObject({ code: 'glass_closed' });
    expect(d.files()).toEqual([]);
  });

  it('makes no file where the result was closed while the dialog was open', async () => {
    const d = await desk({
      ask: async () => {
        d.runner.close(result.id);
        return join(d.folder, 'gone.csv');
      },
    });
    const result = await d.run('select 1');
    await expect(d.exporter.start(d.wish(result.id))).rejects.toMatchObject({ code: 'result_gone' });
    expect(d.files()).toEqual([]);
  });

  it('writes three at a time', async () => {
    const gate = Promise.withResolvers<void>();
    const d = await desk({ disk: disk(() => gate.promise) });
    const result = await d.run('select 1');
    const ids: (string | null)[] = [];
    for (const name of ['one.csv', 'two.csv', 'three.csv']) {
      d.to(name);
      ids.push(await d.exporter.start(d.wish(result.id)));
    }
    d.to('four.csv');
    await expect(d.exporter.start(d.wish(result.id))).rejects.toMatchObject({ code: 'too_many_exports' });
    gate.resolve();
    for (const id of ids) expect((await d.ended(id)).status).toBe('done');
    expect(d.files()).toEqual(['one.csv', 'three.csv', 'two.csv']);
  });

  it('touches neither a partial file that is there nor what a link of that name points to', async () => {
    const d = await desk();
    const result = await d.run('select 1');
    writeFileSync(join(d.folder, 'victim'), 'precious');
    symlinkSync(join(d.folder, 'victim'), join(d.folder, 'x.csv.part'));
    writeFileSync(join(d.folder, 'x.csv.1.part'), 'left behind');
    const path = d.to('x.csv');
    writeFileSync(path, 'to be replaced: the dialog has asked');
    expect((await d.export(result)).status).toBe('done');
    expect(readFileSync(path, 'utf8')).toBe('?column?\r\n1\r\n');
    expect(readFileSync(join(d.folder, 'victim'), 'utf8')).toBe('precious');
    expect(readlinkSync(join(d.folder, 'x.csv.part'))).toBe(join(d.folder, 'victim'));
    expect(readFileSync(join(d.folder, 'x.csv.1.part'), 'utf8')).toBe('left behind');
  });

  it('reads no faster than the disk writes', async () => {
    const gate = Promise.withResolvers<void>();
    const d = await desk({
      limits: { max_rows: 10 },
      disk: disk((operation, count) => (operation === 'write' && count > 2 ? gate.promise : undefined)),
    });
    // 200 MB, of which the disk takes half a megabyte and then waits.
    const result = await d.run("select i, repeat('x', 1000) from generate_series(1, 200000) i");
    const path = d.to('slow.csv');
    const id = await d.exporter.start(d.wish(result.id, { source: 'again' }));
    const bytes = (): number => d.exports.get(id ?? '')?.bytes ?? 0;
    await expect.poll(bytes, { timeout: 20_000 }).toBeGreaterThan(4_000_000);
    let before = -1;
    while (bytes() !== before) {
      before = bytes();
      await sleep(300);
    }
    expect(bytes()).toBeLessThan(16_000_000);
    gate.resolve();
    expect(await d.ended(id)).toMatchObject({ status: 'done', rows: 200_000 });
    expect(existsSync(path)).toBe(true);
  });
});
