/** Four drivers through the door: what each of them sees, and what the log says of it. */
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import postgres from 'postgres';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findDebianTools } from '../../dev/debian-tools.ts';
import type { OutcomeFacts } from '../../main/audit/index.ts';
import { shared } from '../../main/proxy/test-hooks.ts';
import type { Rig } from '../../main/proxy/testing.ts';
import { Copy, failure } from './drivers/node-postgres.ts';
import { type Opened, openStage } from './stage.ts';
import { environmentFor, run } from './tools.ts';

const { python, java } = findDebianTools();
const programs = join(import.meta.dirname, 'drivers');
const stage = shared(openStage);
let opened: Opened;
beforeAll(() => stage.watch());

/** Outcomes of the statements whose text fits; of a prepared one, those of its Executes. */
function outcomesOf({ intents, outcomes }: Rig, text: RegExp): OutcomeFacts[] {
  const fits = intents.filter((intent) => intent.text !== null && text.test(intent.text));
  const ids = new Set(fits.map(({ id }) => id));
  const run = intents.filter(({ id, op, of }) => (op === 'parse' ? false : ids.has(id) || ids.has(of ?? '')));
  return run.flatMap(({ id }) => outcomes.filter(({ of }) => of === id));
}
const told = (outcomes: readonly OutcomeFacts[]): string[] =>
  outcomes.map(({ result, sqlstate, tag, rows }) => [result, sqlstate ?? '-', tag ?? '-', rows].join(' '));

/** What holds for every driver, when it has gone. */
async function settled({ rig }: Opened): Promise<void> {
  while (rig.closes.length < rig.sessions.length) await sleep(10);
  const { intents, outcomes, closes } = rig;
  expect(outcomes.map(({ of }) => of).sort()).toEqual(intents.map(({ id }) => id).sort());
  expect(outcomes.filter(({ result }) => result === 'unknown' || result === 'not_sent')).toEqual([]);
  expect(new Set(closes.map(({ reason }) => reason))).toEqual(new Set(['disconnected']));
}

describe('node-postgres', () => {
  const clients: pg.Client[] = [];
  beforeAll(async () => {
    opened = await stage.open();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
  });
  async function connect(more: object = {}): Promise<pg.Client> {
    const client = new pg.Client({ ...opened.door.facts, ...more });
    await client.connect();
    clients.push(client);
    return client;
  }

  it('runs transactions, prepared statements and types as the server has them', async () => {
    const client = await connect();
    await client.query('create temp table stock (id int primary key, word text, raw bytea, at timestamptz)');
    await client.query('begin');
    await client.query('insert into stock values ($1, $2, $3, $4)', [1, "snö ☃ '", Buffer.from([0, 255]), new Date(0)]);
    expect(await failure(client.query('insert into stock (id) values (1)'))).toBe('23505');
    expect(await failure(client.query('select 1'))).toBe('25P02');
    await client.query('rollback');
    expect((await client.query('select count(*)::int as n from stock')).rows).toEqual([{ n: 0 }]);
    const named = { name: 'put', text: 'insert into stock (id, word) values ($1, $2)' };
    for (let i = 0; i < 10; i++) await client.query({ ...named, values: [i, `w${i}`] });
    expect(await failure(client.query({ ...named, values: [3, 'again'] }))).toBe('23505');
    const { rows } = await client.query({ text: 'select word from stock order by id', rowMode: 'array' });
    expect(rows).toHaveLength(10);
    const { intents } = opened.rig;
    const parse = intents.filter(({ op, text }) => op === 'parse' && text === named.text);
    expect(parse).toHaveLength(1);
    expect(intents.filter(({ of }) => of === parse[0]?.id).map(({ parameters }) => parameters)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => [`${i}`, `w${i}`]),
      ['3', 'again'],
    ]);
  });

  it('pipelines queries, a failing one among them', async () => {
    const client = await connect({ pipeline: true });
    const all = await Promise.allSettled([1, 2, 0, 4, 5].map((n) => client.query('select 20 / $1::int as v', [n])));
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value.rows[0].v : 'error'))).toEqual([
      20,
      10,
      'error',
      5,
      4,
    ]);
    expect(outcomesOf(opened.rig, /^select 20 /).map(({ result }) => result)).toEqual([
      'ok',
      'ok',
      'error',
      'ok',
      'ok',
    ]);
  });

  it('copies in and out, wrong data and a COPY that it gives up', async () => {
    const client = await connect();
    await client.query('create temp table inbox (id int, word text)');
    const copy = (...args: ConstructorParameters<typeof Copy>): Copy => {
      const one = new Copy(...args);
      client.query(one);
      return one;
    };
    expect(await copy('copy inbox from stdin', ['1\tone\n2\t', 'two\n', '3\t☃\n']).done).toBe(3);
    expect(await failure(copy('copy inbox (id) from stdin', ['x\n']).done)).toBe('22P02');
    expect(await failure(copy('copy inbox (word) from stdin', ['x\n'], 'changed my mind').done)).toBe('57014');
    const out = copy('copy inbox to stdout');
    expect(await out.done).toBe(3);
    expect(out.rows).toEqual(['1\tone\n', '2\ttwo\n', '3\t☃\n']);
    expect(told(outcomesOf(opened.rig, /^copy inbox/))).toEqual([
      'ok - COPY 3 3',
      'error 22P02 - 0',
      'error 57014 - 0',
      'ok - COPY 3 3',
    ]);
    expect(outcomesOf(opened.rig, /^copy inbox (from|to)/).map(({ bytes }) => bytes)).toEqual([18, 18]);
  });

  it('cancels through a connection of its own, and goes on', async () => {
    const client = await connect();
    const query = new pg.Query('select pg_sleep(60) as canceled');
    const ended = new Promise<string>((resolve) => {
      query.on('error', (error) => resolve(error instanceof pg.DatabaseError ? (error.code ?? '') : error.message));
      query.on('end', () => resolve('it did not fail'));
    });
    client.query(query);
    await running(/^select pg_sleep\(60\) as canceled/);
    // In the package, but not in its types.
    const other = new pg.Client(opened.door.facts) as unknown as { cancel(client: pg.Client, query: pg.Query): void };
    other.cancel(client, query);
    expect(await ended).toBe('57014');
    expect((await client.query('select 1 as v')).rows).toEqual([{ v: 1 }]);
    expect(told(outcomesOf(opened.rig, /as canceled/))).toEqual(['cancelled 57014 - 0']);
  });

  it('leaves one outcome for every intent', async () => {
    await settled(opened);
    await opened.close();
  });
});

describe('postgres.js', () => {
  it('pipelines, prepares, walks a cursor, copies by stream, cancels and begins nested transactions', async () => {
    opened = await stage.open();
    const { rig, door } = opened;
    const { user: username, ...facts } = door.facts;
    const sql = postgres({ ...facts, username, max: 2, onnotice: () => {} });
    try {
      await sql`create table if not exists lab.stock (id int primary key, word text)`;
      await sql`insert into lab.stock ${sql(Array.from({ length: 100 }, (_, i) => ({ id: i, word: `w${i}` })))}`;
      // Sent at once on two connections, without waiting for one another.
      const many = await Promise.all(
        Array.from({ length: 50 }, (_, i) => sql`select word from lab.stock where id = ${i}`),
      );
      expect(many.map(([row]) => row?.word)).toEqual(Array.from({ length: 50 }, (_, i) => `w${i}`));
      expect(await failure(sql`insert into lab.stock values (1, 'again')`)).toBe('23505');
      const walked: number[] = [];
      await sql`select id from lab.stock order by id`.cursor(30, (rows) => void walked.push(rows.length));
      expect(walked).toEqual([30, 30, 30, 10]);
      await sql.begin(async (tx) => {
        await tx`update lab.stock set word = 'outer' where id = 1`;
        await tx.savepoint((inner) => inner`update lab.stock set word = 'inner' where id = ${'x'}`).catch(() => {});
      });
      expect(await sql`select word from lab.stock where id = 1`).toEqual([{ word: 'outer' }]);
      const rows = Array.from({ length: 5000 }, (_, i) => `${1000 + i}\t${'x'.repeat(50)}\n`);
      await pipeline(rows, await sql`copy lab.stock (id, word) from stdin`.writable());
      let bytes = 0;
      for await (const chunk of await sql`copy (select * from lab.stock where id >= 1000) to stdout`.readable())
        bytes += (chunk as Buffer).length;
      expect(bytes).toBe(rows.join('').length);
      const long = sql`select pg_sleep(60) as canceled`;
      const ended = failure(long);
      await running(/^\s*select pg_sleep\(60\) as canceled/);
      long.cancel();
      expect(await ended).toBe('57014');
      expect(await sql`select 1 as v`).toEqual([{ v: 1 }]);
    } finally {
      await sql.end();
    }
    expect(told(outcomesOf(rig, /as canceled/))).toEqual(['cancelled 57014 - 0']);
    expect(told(outcomesOf(rig, /^copy/))).toEqual(['ok - COPY 5000 5000', 'ok - COPY 5000 5000']);
    expect(outcomesOf(rig, /order by id$/).map((outcome) => outcome.rows)).toEqual([30, 30, 30, 10]);
    await settled(opened);
    await opened.close();
  });
});

describe.skipIf(python === null)('psycopg2', () => {
  it('sees what it would see straight on the server, and every statement is recorded for what it was', async () => {
    opened = await stage.open();
    const { rig, door } = opened;
    const ran = await run(python ?? '', [join(programs, 'psycopg.py')], {
      cwd: stage.dir,
      env: environmentFor(door.facts),
    });
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toEqual({
      unicode: "snö ☃ 'quoted' \\ %",
      bytes: '00ff275c',
      'after rollback': 0,
      inserted: 25,
      duplicate: '23505',
      aborted: '25P02',
      'named cursor': 325,
      prepared: 'w7',
      values: 100,
      'copy out': 'id,word\n1,w1\n2,w2\n3,w3\n',
      'copy in': 2,
      'copy wrong': '22P02',
      'copy given up': '57014',
      'copy big': 20_000,
      sum: [20_000, 2_000_000],
      syntax: '42601',
      notice: 'NOTICE:  heard',
      notified: [['proof', 'payload']],
      cancelled: '57014',
      'cancelled soon': true,
      'after cancel': 'still here',
    });
    expect(outcomesOf(rig, /^FETCH FORWARD/i).map(({ tag }) => tag)).toEqual([
      'FETCH 10',
      'FETCH 10',
      'FETCH 5',
      'FETCH 0',
    ]);
    expect(told(outcomesOf(rig, /^copy/))).toEqual([
      'ok - COPY 3 3',
      'ok - COPY 2 2',
      'error 22P02 - 0',
      'error 57014 - 0',
      'ok - COPY 20000 20000',
    ]);
    expect(outcomesOf(rig, /^copy/).map(({ bytes }) => bytes)).toEqual([
      23,
      18,
      2,
      0,
      20_000 * 101 + 9_000 * 5 + 11_000 * 6,
    ]);
    expect(told(outcomesOf(rig, /pg_sleep/))).toEqual(['cancelled 57014 - 0']);
    expect(told(outcomesOf(rig, /^execute pick/))).toEqual(['ok - SELECT 1 1']);
    await settled(opened);
    await opened.close();
  }, 60_000);
});

describe.skipIf(java === null)('JDBC', () => {
  it('sees what it would see straight on the server, and every statement is recorded for what it was', async () => {
    opened = await stage.open();
    const { rig, door } = opened;
    const url = `jdbc:postgresql://127.0.0.1:${door.facts.port}/shop`;
    const ran = await run(java?.program ?? '', ['-cp', java?.driver ?? '', join(programs, 'Jdbc.java'), url], {
      cwd: stage.dir,
      env: environmentFor(door.facts),
    });
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: '' });
    const seen = ran.out
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    expect(Object.fromEntries(seen)).toEqual({
      'after rollback': '0',
      duplicate: '23505',
      aborted: '25P02',
      'after commit': '2',
      multi: 'true',
      'multi updated': '2',
      picked: "snö ☃ '12 12345678901234567890.123 [0, 12, -1]",
      none: 'false',
      division: '22012',
      'division again': '1',
      syntax: '42601',
      columns: '4',
      batch: '300',
      'batch duplicate': '23505',
      'after batches': '300',
      texts: '[1, 1, 1, 1, 1]',
      walked: `300 ${(1000 + 1299) * 150}`,
      'first of walk': '1000',
      'copy in': '2',
      'copy out': '2',
      copied: '3000\ta,b|3001\t☃|',
      'copy wrong': '22P02',
      'copy given up': '0',
      'copy big': '20000',
      warning: 'heard',
      notified: 'proof payload',
      cancelled: '57014',
      'after cancel': '42',
      'timed out': '57014',
      'after timeout': '43',
      'prepared timed out': '57014',
      'after all': '44',
    });
    // A portal of 300 rows in fetches of 50, and one that was left after its first fetch.
    expect(outcomesOf(rig, /^select id from stock where id >= /).map(({ rows }) => rows)).toEqual([
      ...[50, 50, 50, 50, 50, 50, 0],
      50,
    ]);
    expect(told(outcomesOf(rig, /pg_sleep/))).toEqual(Array(3).fill('cancelled 57014 - 0'));
    expect(told(outcomesOf(rig, /^copy/i))).toEqual([
      'ok - COPY 2 2',
      'ok - COPY 2 2',
      'error 22P02 - 0',
      'error 57014 - 0',
      'ok - COPY 20000 20000',
    ]);
    // A parameter in binary is recorded as bytes.
    const pick = rig.intents.find(({ op, text }) => op === 'parse' && text?.startsWith('select word, amount, raw'));
    expect(rig.intents.filter(({ of }) => of === pick?.id).map(({ parameters }) => parameters)).toEqual(
      [10, 11, 12, 13, 14, 99].map((id) => [`\\x${id.toString(16).padStart(8, '0')}`]),
    );
    await settled(opened);
    await opened.close();
  }, 120_000);
});

describe('all of them', () => {
  it('have an intent for every statement that the server logged, in order, with the same fingerprint (I2, I5)', async () => {
    const { findings, confirmed, statements } = await stage.verdict();
    expect(findings).toEqual([]);
    expect(statements).toBe(confirmed.size);
    // So that nothing was lost on the way to the verdict: what the installed drivers send, at least.
    expect(statements).toBeGreaterThan(80 + (python === null ? 0 : 30) + (java === null ? 0 : 30));
  });
});

/** Waits until the server runs a statement whose text fits. */
async function running(text: RegExp): Promise<void> {
  for (;;) {
    const { rows } = await stage.world.admin.query<{ query: string }>(
      "select query from pg_stat_activity where state = 'active' and usename = $1",
      [stage.world.role],
    );
    if (rows.some(({ query }) => text.test(query))) return;
    await sleep(20);
  }
}
