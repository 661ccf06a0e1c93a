import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { openAuditLog } from '../../audit/index.ts';
import { faultyFiles, newSigner, systemError, temporaryDir } from '../../audit/testing.ts';
import { systemClock } from '../../clock.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { disk, type ExportDeskOptions, MANY, openExportDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: ExportDeskOptions) => openExportDesk(world, options));

describe('an export that does not come to its end', () => {
  // In the list of columns the server makes the rows one by one; in FROM it would first make all of them.
  const LONG = "select generate_series(1, 100000000) as i, repeat('x', 1000) as text";

  it('is cancelled on the server, and leaves nothing behind but its record', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run(LONG);
    d.to('cancelled.csv');
    const id = await d.exporter.start(d.wish(result.id, { source: 'again' }));
    await expect.poll(() => d.exports.get(id ?? '')?.bytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(3_000_000);
    expect(d.files()).toEqual(['cancelled.csv.part']);
    d.exporter.cancel(id ?? '');
    expect(await d.ended(id)).toMatchObject({ status: 'cancelled', error: null });
    expect(d.files()).toEqual([]);
    expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'cancelled', sqlstate: '57014' });
    expect(d.rig.notices.map(({ code }) => code)).toEqual(['csv_begun', 'csv_removed']);
    expect(d.rig.notices.at(-1)?.rows).toBeGreaterThan(1000);
    expect(d.exporter.totals()).toEqual({ done: 0, rows: 0, bytes: 0, cut: 1 });
    expect((await d.run('select 1')).status).toBe('done');
  });

  it('is cut at the end of the grant, with its partial file (I3, I8)', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run(LONG);
    d.to('late.csv');
    const id = await d.exporter.start(d.wish(result.id, { source: 'again' }));
    await expect.poll(() => d.exports.get(id ?? '')?.bytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(3_000_000);
    const cut = d.rig.relay.cut('expired');
    await d.exporter.close();
    await cut;
    expect(d.files()).toEqual([]);
    expect((await d.ended(id)).status).toBe('cancelled');
    expect(d.rig.notices.map(({ code }) => code)).toContain('csv_begun');
    await expect(d.exporter.start(d.wish(result.id))).rejects.toMatchObject({ code: 'glass_closed' });
  });

  it('ends with the server’s words where the statement fails half-way', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run("select 10 / (5000 - i) as x, repeat('y', 1000) from generate_series(1, 10000) i");
    d.to('fails.csv');
    const failed = await d.export(result, { source: 'again' });
    expect(failed).toMatchObject({ status: 'failed', error: { code: '22012' } });
    expect(failed.error?.message).toBe('division by zero. What was written of it has been removed.');
    expect(d.files()).toEqual([]);
  });

  it.each([
    ['ENOSPC', 'write', 'The disk is full.'],
    ['EIO', 'sync', 'The disk does not work as it should.'],
    ['EACCES', 'rename', 'You may not write in that folder.'],
  ] as const)(
    'says what was wrong with the disk (%s at %s), removes what it wrote and stops the statement',
    async (code, at, words) => {
      const d = await desk({
        limits: { max_rows: 10 },
        disk: disk((operation, count) => {
          if (operation === at && (at !== 'write' || count > 4)) throw systemError(code);
        }),
      });
      const result = await d.run(at === 'write' ? LONG : MANY);
      d.to('broken.csv');
      const failed = await d.export(result, { source: 'again' });
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'export_failed' } });
      expect(failed.error?.message).toBe(`${words} What was written of it has been removed.`);
      expect(failed.error?.hint).toContain('disk' in failed ? '' : 'hoose');
      expect(d.files()).toEqual([]);
      expect(d.rig.notices.at(-1)?.code).toBe('csv_removed');
      if (at === 'write') expect(d.rig.outcomes.at(-1)).toMatchObject({ result: 'cancelled' });
      expect((await d.run('select 1')).status).toBe('done');
    },
  );

  it('says that the folder is gone before the statement runs again', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run(MANY);
    d.to('nowhere/x.csv');
    const sent = d.rig.intents.length;
    await expect(d.export(result, { source: 'again' })).rejects.toMatchObject({
      code: 'export_failed',
      message: expect.stringContaining('The folder is not there'),
    });
    expect(d.rig.intents).toHaveLength(sent);
    // A folder of that name is found out when the file gets its name.
    mkdirSync(join(d.folder, 'taken'));
    d.to('taken');
    expect((await d.export(result)).error?.message).toContain('There is a folder of that name');
    rmSync(join(d.folder, 'taken'), { recursive: true });
    expect(d.files()).toEqual([]);
  });

  it('says that its result was closed meanwhile', async () => {
    const d = await desk({
      disk: disk((operation, count) => {
        if (operation === 'write' && count === 1) d.runner.close(result.id);
      }),
    });
    const result = await d.run(MANY.replace('200', '2000'));
    d.to('closed.csv');
    expect(await d.export(result)).toMatchObject({ status: 'failed', error: { code: 'result_gone' } });
    expect(d.files()).toEqual([]);
  });

  it('writes nothing where the log has failed, and removes what it wrote when it fails on the way (I6)', async () => {
    let broken = false;
    const directory = temporaryDir();
    const log = await openAuditLog({
      dir: directory.dir,
      signer: newSigner(),
      clock: systemClock,
      app: { version: '0', build: 'test' },
      files: faultyFiles({
        before(operation) {
          if (broken && operation === 'datasync') throw systemError('EIO');
        },
      }),
    });
    const d = await desk({ log });
    const result = await d.run('select 1');
    d.to('unrecorded.csv');
    broken = true;
    const failed = await d.export(result);
    expect(failed.status).toBe('failed');
    expect(failed.error?.message).toMatch(/log/i);
    expect(d.files()).toEqual([]);
    await expect(d.exporter.start(d.wish(result.id))).rejects.toThrow(/log/i);
    expect(d.files()).toEqual([]);
    await log.close().catch(() => undefined);
    directory.remove();
  });
});
