import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open as openFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { programOr } from '../../../dev/programs.ts';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { type ExportState, type ExportWish, exportState, type ResultState } from '../../../shared/ipc.ts';
import { openAuditLog } from '../../audit/index.ts';
import { faultyFiles, newSigner, systemError, temporaryDir } from '../../audit/testing.ts';
import { systemClock } from '../../clock.ts';
import { type Exporter, openExporter, openRunner, type Runner } from '../index.ts';
import { limits, openRig, openWorld, type Rig, type RigOptions, type World } from '../testing.ts';
import type { Disk } from './destination.ts';

let world: World;
let folder = '';
const open: { rig: Rig; runner: Runner; exporter: Exporter }[] = [];
beforeAll(async () => {
  world = await openWorld(temporaryPostgres);
  await world.admin.query(`
    create table shop.wild(id int primary key, note text, total numeric, bytes bytea, at timestamptz, doc jsonb,
      parts text[], share float8, fine bool, span int4range, "Name, quoted" varchar(40));
    grant select on shop.wild to breaker;
    grant temporary on database shop to breaker;
  `);
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-export-'));
});
afterEach(async () => {
  for (const { rig, runner, exporter } of open.splice(0)) {
    await exporter.close();
    await runner.dispose();
    await rig.close();
  }
  rmSync(folder, { recursive: true });
});
afterAll(() => world.stop());

const finished = new Set<ResultState['status']>(['done', 'error', 'cancelled', 'unknown', 'not_sent']);
const over = new Set<ExportState['status']>(['done', 'cancelled', 'failed']);
interface DeskOptions extends RigOptions {
  readonly exports?: boolean;
  readonly disk?: Disk;
  readonly ask?: (proposal: { name: string; extension: string }) => Promise<string | null>;
}

async function desk(options: DeskOptions = {}) {
  const rig = await openRig(world, options);
  const states = new Map<string, ResultState>();
  const exports = new Map<string, ExportState>();
  const runner = openRunner({
    relay: rig.relay,
    limits: { ...limits, ...options.limits },
    clock: systemClock,
    onResult: (state) => states.set(state.id, state),
    onConnection: () => {},
  });
  let path = '';
  const exporter = openExporter({
    runner,
    allowed: options.exports ?? true,
    ask: options.ask ?? (async () => path),
    clock: systemClock,
    onExport(state) {
      expect(exportState.safeParse(state).error).toBeUndefined();
      exports.set(state.id, state);
    },
    ...(options.disk === undefined ? {} : { disk: options.disk }),
  });
  open.push({ rig, runner, exporter });
  const ended = async (id: string | null): Promise<ExportState> => {
    for (;;) {
      const state = exports.get(id ?? '');
      if (state !== undefined && over.has(state.status)) return state;
      await sleep(5);
    }
  };
  const wish = (result: string, part: Partial<ExportWish> = {}): ExportWish => ({
    result,
    format: 'csv',
    source: 'kept',
    delimiter: ',',
    table: '',
    ...part,
  });
  return {
    rig,
    runner,
    exporter,
    exports,
    ended,
    wish,
    async run(text: string): Promise<ResultState> {
      const answer = await runner.run({ tab: 't', text, confirmed: true });
      const id = answer.kind === 'started' ? (answer.results.at(-1) ?? '') : '';
      for (;;) {
        const state = states.get(id);
        if (state !== undefined && finished.has(state.status)) return state;
        await sleep(5);
      }
    },
    /** Where the next export goes. */
    to(file: string): string {
      path = join(folder, file);
      return path;
    },
    async export(result: ResultState, part: Partial<ExportWish> = {}): Promise<ExportState> {
      return ended(await exporter.start(wish(result.id, part)));
    },
  };
}

/** A real disk that does what a test says before each operation. */
const disk = (before: (operation: 'write' | 'sync' | 'rename', count: number) => Promise<void> | void): Disk => {
  let writes = 0;
  return {
    async create(path) {
      const file = await openFile(path, 'wx', 0o600);
      return Object.assign(Object.create(file), {
        async write(...args: Parameters<typeof file.write>) {
          await before('write', ++writes);
          return file.write(...args);
        },
        async sync() {
          await before('sync', 0);
          await file.sync();
        },
        close: () => file.close(),
      });
    },
    async rename(from, to) {
      await before('rename', 0);
      await rename(from, to);
    },
  };
};
const files = (): string[] => readdirSync(folder).sort();
const MANY = "select i, repeat('x', 200) as text from generate_series(1, 50000) i";

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
    expect(files()).toEqual(['orders.csv']);
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
    expect(files()).toEqual([]);
  });

  it('as CSV goes back into PostgreSQL unchanged, whatever is in it', async ({ skip }) => {
    programOr(skip, 'psql');
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 300, seed: 1 });
    const grim = [
      ...texts,
      '',
      '\\.',
      '\\N',
      'NULL',
      '"',
      '""',
      ',',
      '\r',
      '\n',
      '\r\n',
      ' a ',
      '=1+1',
      "'; drop",
      '😀é',
    ];
    await fillWild(grim);
    const d = await desk();
    const result = await d.run('select * from shop.wild order by id');
    for (const delimiter of [',', ';', '\t'] as const) {
      const path = d.to('wild.csv');
      expect(await d.export(result, { delimiter })).toMatchObject({ status: 'done', rows: grim.length + 1 });
      await world.admin.query('drop table if exists shop.back; create table shop.back (like shop.wild)');
      await psql(`\\copy shop.back from '${path}' with (format csv, header, delimiter E'${delimiter}')`);
      expect(await differences()).toBe(0);
    }
  });

  it('as INSERT fills a copy of the table with the same rows', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { numRuns: 300, seed: 2 });
    await fillWild([...texts, "it's", '\\', "\\'", '--', '/*', '$1', '$$', '']);
    const d = await desk();
    const result = await d.run('select * from shop.wild');
    expect(d.exporter.offer(result.id).table).toBe('shop.wild');
    await world.admin.query('drop table if exists shop.back; create table shop.back (like shop.wild)');
    const path = d.to('wild.sql');
    expect(await d.export(result, { format: 'insert', table: 'shop."back"' })).toMatchObject({ status: 'done' });
    await world.admin.query(readFileSync(path, 'utf8'));
    expect(await differences()).toBe(0);
  });

  it('as JSON says what the server’s own JSON says, but for numbers that would be rounded', async () => {
    await fillWild(['plain', 'with "quotes" and \\', '\t\n', 'é😀']);
    const d = await desk();
    const columns = 'id, note, doc, fine, parts, total';
    const result = await d.run(`select ${columns} from shop.wild order by id`);
    const path = d.to('wild.json');
    await d.export(result, { format: 'json' });
    const { rows } = await world.admin.query<{ row: Record<string, unknown> }>(
      `select row_to_json(w) as row from (select ${columns.replace('parts', 'parts::text')} from shop.wild order by id) w`,
    );
    const mine: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const theirs = rows.map(({ row }) => row);
    expect(mine).toEqual(theirs.map((row) => (row.total === null ? row : { ...row, total: expect.anything() })));
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

describe('an export that does not come to its end', () => {
  // In the list of columns the server makes the rows one by one; in FROM it would first make all of them.
  const LONG = "select generate_series(1, 100000000) as i, repeat('x', 1000) as text";

  it('is cancelled on the server, and leaves nothing behind but its record', async () => {
    const d = await desk({ limits: { max_rows: 10 } });
    const result = await d.run(LONG);
    d.to('cancelled.csv');
    const id = await d.exporter.start(d.wish(result.id, { source: 'again' }));
    await expect.poll(() => d.exports.get(id ?? '')?.bytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(3_000_000);
    expect(files()).toEqual(['cancelled.csv.part']);
    d.exporter.cancel(id ?? '');
    expect(await d.ended(id)).toMatchObject({ status: 'cancelled', error: null });
    expect(files()).toEqual([]);
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
    expect(files()).toEqual([]);
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
    expect(files()).toEqual([]);
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
      expect(files()).toEqual([]);
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
    mkdirSync(join(folder, 'taken'));
    d.to('taken');
    expect((await d.export(result)).error?.message).toContain('There is a folder of that name');
    rmSync(join(folder, 'taken'), { recursive: true });
    expect(files()).toEqual([]);
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
    expect(files()).toEqual([]);
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
    expect(files()).toEqual([]);
    await expect(d.exporter.start(d.wish(result.id))).rejects.toThrow(/log/i);
    expect(files()).toEqual([]);
    await log.close().catch(() => undefined);
    directory.remove();
  });
});

describe('the exporter', () => {
  it('refuses everything where the policy does, whatever the page asks (I6, I7)', async () => {
    let asked = 0;
    const d = await desk({
      exports: false,
      ask: async () => {
        asked++;
        return join(folder, 'forbidden.csv');
      },
    });
    const result = await d.run('select 1');
    for (const source of ['kept', 'again'] as const)
      await expect(d.exporter.start(d.wish(result.id, { source }))).rejects.toMatchObject({ code: 'exports_off' });
    expect(asked).toBe(0);
    expect(d.rig.notices).toEqual([]);
    expect(files()).toEqual([]);
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
    answer.resolve(join(folder, 'too-late.csv'));
    await expect(first).rejects.toMatchObject({ code: 'glass_closed' });
    expect(files()).toEqual([]);
  });

  it('makes no file where the result was closed while the dialog was open', async () => {
    const d = await desk({
      ask: async () => {
        d.runner.close(result.id);
        return join(folder, 'gone.csv');
      },
    });
    const result = await d.run('select 1');
    await expect(d.exporter.start(d.wish(result.id))).rejects.toMatchObject({ code: 'result_gone' });
    expect(files()).toEqual([]);
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
    expect(files()).toEqual(['one.csv', 'three.csv', 'two.csv']);
  });

  it('touches neither a partial file that is there nor what a link of that name points to', async () => {
    const d = await desk();
    const result = await d.run('select 1');
    writeFileSync(join(folder, 'victim'), 'precious');
    symlinkSync(join(folder, 'victim'), join(folder, 'x.csv.part'));
    writeFileSync(join(folder, 'x.csv.1.part'), 'left behind');
    const path = d.to('x.csv');
    writeFileSync(path, 'to be replaced: the dialog has asked');
    expect((await d.export(result)).status).toBe('done');
    expect(readFileSync(path, 'utf8')).toBe('?column?\r\n1\r\n');
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
    expect(readlinkSync(join(folder, 'x.csv.part'))).toBe(join(folder, 'victim'));
    expect(readFileSync(join(folder, 'x.csv.1.part'), 'utf8')).toBe('left behind');
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

async function fillWild(notes: readonly string[]): Promise<void> {
  await world.admin.query('truncate shop.wild');
  for (const [i, note] of notes.entries())
    await world.admin.query(
      `insert into shop.wild values ($1::int, $2, $1::numeric / 7, convert_to($2, 'UTF8'), timestamptz 'epoch' + $1 * interval '1 day',
        jsonb_build_object('note', $2::text, 'n', $1), array[$2, null, 'x'], $1 / 3.0::float8, $1 % 2 = 0, int4range($1, $1 + 5), left($2, 40))`,
      // PostgreSQL has no NUL in texts, and half a surrogate pair is no character.
      [i, note.replaceAll('\0', '').toWellFormed()],
    );
  await world.admin.query(
    `insert into shop.wild values (-2, '', 'NaN', '', '-infinity', 'null', '{}', '-0', null, 'empty', '')`,
  );
}

/** Rows of one table that the other does not have, both ways; float8's -0 and 0 are told apart by their text. */
async function differences(): Promise<number> {
  const all = (table: string): string => `select w::text from shop.${table} w`;
  const { rows } = await world.admin.query<{ n: string }>(
    `select count(*) as n from ((${all('wild')} except all ${all('back')}) union all (${all('back')} except all ${all('wild')})) d`,
  );
  const { rows: counts } = await world.admin.query<{ a: string; b: string }>(
    'select (select count(*) from shop.wild) as a, (select count(*) from shop.back) as b',
  );
  expect(counts[0]?.a).toBe(counts[0]?.b);
  return Number(rows[0]?.n);
}

const run = promisify(execFile);
async function psql(command: string): Promise<void> {
  const { user, password } = world.admin;
  const url = `host=127.0.0.1 port=${world.postgres.port} dbname=shop user=${user}`;
  await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', command], {
    env: { ...process.env, PGPASSWORD: String(password), PGCLIENTENCODING: 'UTF8' },
  });
}
