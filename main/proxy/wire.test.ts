import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { serialize } from 'pg-protocol';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { Raw } from './raw.ts';
import { closedAfterEach, sharedWorld } from './test-hooks.ts';
import { brokenLog, expired, openRig, openTap, type Rig, type RigOptions } from './testing.ts';
import { FrameReader, WireError } from './wire/frames.ts';
import { front, message } from './wire/messages.ts';

const world = sharedWorld(temporaryPostgres);
const rig = closedAfterEach((options?: RigOptions) => openRig(world, { tls: false, ...options }));

const { parse, bind, execute, describe: describeMessage, close, sync, flush, query } = serialize;
const bindTo = (portal: string, statement: string, ...values: string[]): Uint8Array =>
  bind({ portal, statement, values });
const run = (portal: string, rows = 0): Uint8Array => execute({ portal, rows });
const terminate = message(front.terminate);

describe('the extended protocol', () => {
  it('names the right Parse for every Execute of portals that are bound again', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(
      parse({ name: 'a', text: 'select $1::int' }),
      parse({ name: 'b', text: 'select $1::text' }),
      bindTo('p', 'a', '1'),
      bindTo('q', 'b', 'two'),
      run('p'),
      run('q'),
      close({ type: 'P', name: 'p' }),
      bindTo('p', 'b', 'three'),
      run('p'),
      sync(),
    );
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 1 2 2 D C:SELECT 1 D C:SELECT 1 3 2 D C:SELECT 1 ZI');
    const [a, b, ...executes] = r.intents;
    expect(executes.map(({ of, parameters }) => [of, parameters])).toEqual([
      [a?.id, ['1']],
      [b?.id, ['two']],
      [b?.id, ['three']],
    ]);
    // One batch: one sync of the log for five intents.
    expect(r.outcomes).toHaveLength(5);
  });

  it('writes what belongs together in one piece, to the client and to the server', async () => {
    const tap = await openTap(world.postgres.port);
    const r = await rig({ port: tap.port });
    const raw = await Raw.open(r);
    const pieces: number[] = [];
    raw.stream.on('data', (chunk: Buffer) => pieces.push(chunk.length));
    tap.clear();
    raw.send(query('select 1 as a'));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('T D C:SELECT 1 ZI');
    expect(pieces).toHaveLength(1);
    expect(tap.chunks()).toBe(1);
    tap.clear();
    raw.send(parse({ text: 'select $1::int' }), bindTo('', '', '1'), describeMessage({ type: 'P' }), run(''), sync());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 2 T D C:SELECT 1 ZI');
    expect(tap.chunks()).toBe(1);
    tap.break();
    await tap.close();
  });

  it.each([
    ['selec 1', '42601'],
    ['copy shop.lines (id) from stdin', '08P01'],
  ])('goes on after an error before an Execute that might have asked for COPY data: %s', async (text, code) => {
    const r = await rig({ limits: { unparsed: true } });
    const raw = await Raw.open(r);
    // The Bind brings a parameter that neither wants.
    raw.send(parse({ text }), bindTo('', '', 'x'), run(''), sync(), query('select 1'));
    await raw.ready(2);
    expect(
      raw
        .take()
        .filter((answer) => answer !== '1')
        .join(' '),
    ).toBe(`E${code} ZI T D C:SELECT 1 ZI`);
  });

  it('skips with the server until the Sync, also what is no part of the extended protocol', async () => {
    const r = await rig({ limits: { unparsed: true } });
    const raw = await Raw.open(r);
    // A client should send a Sync behind its error first; the server takes no notice of any of this.
    raw.send(parse({ text: 'selec 1' }), flush(), query('select 2'));
    await raw.until(() => raw.answers.includes('E42601'));
    raw.send(parse({ text: 'select 3' }), bindTo('', ''), run(''));
    raw.send(sync(), query('select 4'), parse({ text: 'select 5' }), bindTo('', ''), run(''), sync());
    await raw.ready(3);
    expect(raw.take().join(' ')).toBe('E42601 ZI T D C:SELECT 1 ZI 1 2 D C:SELECT 1 ZI');
    expect(r.intents.map(({ text }) => text)).toEqual(['selec 1', 'select 2', 'select 4', 'select 5', null]);
    expect(r.outcomes.map(({ result }) => result)).toEqual(['error', 'error', 'ok', 'ok', 'ok']);
  });

  it('does not send what waited for its permit while the server began to skip', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const slow = 'select 1 / (pg_sleep(0.2) is null)::int';
    raw.send(parse({ text: slow }), bindTo('', ''), run(''), flush());
    await raw.until(() => r.intents.length === 2);
    r.beforePermit = () => raw.until(() => raw.answers.includes('E22012'));
    raw.send(parse({ text: 'select 2' }), bindTo('', ''), run(''), sync(), query('select 3'));
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('1 2 E22012 ZI T D C:SELECT 1 ZI');
    const results = new Map(r.outcomes.map(({ of, result }) => [of, result]));
    expect(r.intents.map(({ id, text }) => [text, results.get(id)])).toEqual([
      [slow, 'ok'],
      [null, 'error'],
      // Recorded before the error was known; then taken back.
      ['select 2', 'not_sent'],
      [null, 'not_sent'],
      ['select 3', 'not_sent'],
      ['select 3', 'ok'],
    ]);
  });

  it('says of an Execute that it failed when its transaction is undone by what comes behind it', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const write = "update shop.orders set status = 'undone' where id = 11";
    const failing = [parse({ text: 'select 1/0' }), bindTo('', ''), run(''), sync()];
    raw.send(parse({ text: write }), bindTo('', ''), run(''), ...failing);
    await raw.ready(1);
    raw.take();
    const told = (): string[] => r.outcomes.splice(0).map(({ result, sqlstate }) => `${result} ${sqlstate}`);
    expect(told()).toEqual(['ok null', 'ok null', 'error 22012', 'error 22012']);
    // Not so where it was committed before that.
    raw.send(parse({ text: 'begin' }), bindTo('', ''), run(''), parse({ text: write }), bindTo('', ''), run(''));
    raw.send(parse({ text: 'commit' }), bindTo('', ''), run(''), ...failing);
    await raw.ready(1);
    expect(told()).toEqual([...Array(7).fill('ok null'), 'error 22012']);
    expect((await world.admin.query('select status from shop.orders where id = 11')).rows[0].status).toBe('undone');
  });

  it('takes back the name of a Parse that failed', async () => {
    const r = await rig({ limits: { unparsed: true } });
    const raw = await Raw.open(r);
    raw.send(parse({ name: 'a', text: 'select 1' }), sync());
    await raw.ready(1);
    raw.take();
    raw.send(parse({ name: 'a', text: 'select 2' }), bindTo('', 'a'), run(''), sync());
    await raw.ready(1);
    expect(raw.take()).toEqual(['E42P05', 'ZI']);
    raw.send(bindTo('', 'a'), run(''), sync());
    await raw.ready(1);
    expect(raw.take()).toEqual(['2', 'D', 'C:SELECT 1', 'ZI']);
    expect(r.intents.at(-1)?.of).toBe(r.intents[0]?.id);
    expect(r.outcomes.map(({ result, sqlstate }) => [result, sqlstate])).toEqual([
      ['ok', null],
      ['error', '42P05'],
      ['error', '42P05'],
      ['ok', null],
    ]);
  });

  it('suspends and resumes a portal with one intent for each Execute', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(parse({ text: 'select generate_series(1, 5)' }), bindTo('p', ''), run('p', 2), flush());
    await raw.until(() => raw.answers.includes('s'));
    raw.send(run('p', 2), flush());
    await raw.until(() => raw.answers.filter((answer) => answer === 's').length === 2);
    raw.send(run('p', 2), sync());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 2 D D s D D s D C:SELECT 1 ZI');
    const executes = r.intents.filter(({ op }) => op === 'execute').map(({ id }) => id);
    expect(executes.map((id) => r.outcomes.find(({ of }) => of === id)?.rows)).toEqual([2, 2, 1]);
  });

  it('refuses in its place of a pipeline, and nothing before it in that cycle is committed', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(
      parse({ text: "update shop.orders set status = 'half' where id = 10" }),
      bindTo('', ''),
      run(''),
      parse({ text: 'selec 1' }),
      bindTo('', ''),
      run(''),
      sync(),
      parse({ text: 'select 1' }),
      bindTo('', ''),
      run(''),
      sync(),
    );
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('1 2 C:UPDATE 1 E42601 ZI 1 2 D C:SELECT 1 ZI');
    expect((await world.admin.query('select status from shop.orders where id = 10')).rows[0].status).toBe('processing');
    expect(r.notices.map(({ code }) => code)).toEqual(['unparsed']);
    expect(r.intents.map(({ op }) => op)).toEqual(['parse', 'execute', 'parse', 'execute']);
  });

  it('keeps an open transaction when the first statement of a cycle is refused', async () => {
    const r = await rig({ mode: 'read' });
    const raw = await Raw.open(r);
    raw.send(query('begin'));
    await raw.ready(1);
    raw.take();
    raw.send(
      parse({ text: 'delete from shop.orders' }),
      bindTo('', ''),
      run(''),
      sync(),
      query('select 1'),
      query('commit'),
    );
    await raw.ready(3);
    expect(raw.take().join(' ')).toBe('E25006 ZT T D C:SELECT 1 ZT C:COMMIT ZI');
  });

  it('describes, closes and flushes without an intent', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(
      parse({ name: 's', text: 'select 1' }),
      describeMessage({ type: 'S', name: 's' }),
      close({ type: 'S', name: 's' }),
      flush(),
    );
    await raw.until(() => raw.answers.includes('3'));
    raw.send(sync());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 t T 3 ZI');
    expect(r.intents.map(({ op }) => op)).toEqual(['parse']);
  });

  it('holds the outcome of an Execute back until its Sync has committed it', async () => {
    await world.admin.query(`
      create table if not exists shop.late_check(id int primary key, other int references shop.orders deferrable initially deferred);
      grant select, insert on shop.late_check to breaker`);
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(parse({ text: 'insert into shop.late_check values (1, 999999)' }), bindTo('', ''), run(''), sync());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 2 C:INSERT 0 1 E23503 ZI');
    expect(r.outcomes.at(-1)).toMatchObject({ result: 'error', sqlstate: '23503' });
  });

  it('records a FunctionCall', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const { rows } = await world.admin.query("select 'pg_catalog.int4pl'::regproc::oid as oid");
    const body = Buffer.alloc(4 + 2 + 2 + 5 + 5 + 2);
    body.writeUInt32BE(Number(rows[0].oid), 0);
    body.writeUInt16BE(2, 6);
    body.writeUInt32BE(1, 8);
    body.write('2', 12);
    body.writeUInt32BE(1, 13);
    body.write('3', 17);
    raw.send(message(front.functionCall, body));
    await raw.ready(1);
    expect(
      raw.bodies
        .find(({ type }) => type === 'V')
        ?.body.subarray(4)
        .toString(),
    ).toBe('5');
    expect(r.intents).toMatchObject([
      { op: 'function', kind: 'function', parameters: [`function ${rows[0].oid}`, '2', '3'] },
    ]);
    expect(r.outcomes).toMatchObject([{ result: 'ok' }]);
  });

  it('records binary and invalid text parameters without loss', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const values = [Buffer.from([1, 2, 255]), 'plain'];
    raw.send(parse({ text: 'select $1::bytea, $2::text' }), bind({ values }), run(''), sync());
    await raw.ready(1);
    expect(r.intents[1]?.parameters).toEqual(['\\x0102ff', 'plain']);
  });
});

describe('COPY', () => {
  const line = (text: string): Uint8Array => serialize.copyData(Buffer.from(text));
  it('passes in both directions in the simple and the extended protocol', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(query('copy shop.lines (id, order_id) from stdin'));
    await raw.until(() => raw.answers.includes('G'));
    raw.send(line('1\t1\n2\t2\n'), line('3\t3\n'), serialize.copyDone());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('G C:COPY 3 ZI');
    expect(r.outcomes[0]).toMatchObject({ result: 'ok', tag: 'COPY 3', rows: 3, bytes: 12 });

    raw.send(parse({ text: 'copy shop.lines (id, order_id) from stdin' }), bindTo('', ''), run(''), sync());
    await raw.until(() => raw.answers.includes('G'));
    raw.send(line('4\t4\n'), serialize.copyDone(), sync());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('1 2 G C:COPY 1 ZI');

    raw.send(query('copy shop.lines (id) to stdout'));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('H d d d d c C:COPY 4 ZI');
    raw.send(query('select 1'));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('T D C:SELECT 1 ZI');
  });

  it.each([
    ['simple', [query('copy shop.eager from stdin')], 'G C:COPY 2 ZI'],
    ['extended', [parse({ text: 'copy shop.eager from stdin' }), bindTo('', ''), run('')], '1 2 G C:COPY 2 ZI'],
  ])('takes data that come before the server has asked for them: %s', async (_protocol, begin, answers) => {
    await world.admin.query(
      'create table if not exists shop.eager(t text); truncate shop.eager; grant insert on shop.eager to breaker',
    );
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(...begin, line('one\n'), line('two\n'), serialize.copyDone(), ...(begin.length > 1 ? [sync()] : []));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe(answers);
    expect(r.outcomes.at(-1)).toMatchObject({ result: 'ok', rows: 2, bytes: 8 });
  });

  it('takes the data of two COPYs in one text', async () => {
    await world.admin.query('create table if not exists shop.eager(t text); grant insert on shop.eager to breaker');
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(query('copy shop.eager from stdin; copy shop.eager from stdin; select 1'));
    raw.send(line('one\n'), serialize.copyDone(), line('two\n'), line('three\n'), serialize.copyDone());
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('G C:COPY 1 G C:COPY 2 T D C:SELECT 1 ZI');
  });

  it('ends a COPY that the client or the server refuses, and forgets stray data', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(query('copy shop.lines (id, order_id) from stdin'));
    await raw.until(() => raw.answers.includes('G'));
    raw.send(line('9\tnot a number\n'), line('10\t1\n'), serialize.copyDone(), line('stray'), query('select 1'));
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('G E22P02 ZI T D C:SELECT 1 ZI');
    raw.send(query('copy shop.secrets from stdin'), line('x'), serialize.copyDone(), query('select 2'));
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('E42501 ZI T D C:SELECT 1 ZI');
    raw.send(query('copy shop.lines (id, order_id) from stdin'));
    await raw.until(() => raw.answers.includes('G'));
    raw.send(serialize.copyFail('no'));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('G E57014 ZI');
  });

  it('streams a large COPY with backpressure and flat memory', async () => {
    await world.admin.query(
      'create table if not exists shop.bulk(t text); grant insert, select on shop.bulk to breaker',
    );
    const r = await rig();
    const raw = await Raw.open(r);
    raw.send(query('copy shop.bulk from stdin'));
    await raw.until(() => raw.answers.includes('G'));
    const chunk = serialize.copyData(Buffer.from(`${'x'.repeat(65_000)}\n`));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 1500; i++)
      if (!raw.stream.write(chunk)) await new Promise((resolve) => raw.stream.once('drain', resolve));
    raw.send(serialize.copyDone());
    await raw.ready(1);
    expect(raw.take().at(-2)).toBe('C:COPY 1500');
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  }, 30_000);
});

describe('hostile clients', () => {
  const startup = (r: Rig): Promise<Raw> => Raw.open(r);
  it.each([
    ['an unknown message', message(0x7a, Buffer.from('x'))],
    ['a length that cannot be', Buffer.from([0x51, 0, 0, 0, 3])],
    ['a huge length', Buffer.from([0x45, 0xff, 0xff, 0xff, 0xff])],
    ['a query without an end', message(front.query, Buffer.from('select 1'))],
    ['a query with bytes behind its end', message(front.query, Buffer.from('select 1\0; select 2\0'))],
    [
      'a Bind that lies about its size',
      message(front.bind, Buffer.from('\0\0\0\x01\0\0\0\x01\x7f\xff\xff\xff'), Buffer.alloc(0)),
    ],
    ['a Sync with a body', message(front.sync, Buffer.from('select 1'))],
  ])('are told 08P01 and closed, and it is recorded: %s', async (_name, bytes) => {
    const r = await rig();
    const raw = await startup(r);
    raw.send(bytes, sync());
    await raw.until(() => raw.stream.destroyed || raw.answers.includes('E08P01'));
    expect(raw.take()).toEqual(['E08P01']);
    await raw.until(() => raw.stream.destroyed && r.closes.length === 1);
    expect(r.notices.map(({ code }) => code)).toEqual(['protocol_violation']);
    expect(r.closes).toEqual([{ reason: 'failed', delay: null }]);
    expect(r.intents).toHaveLength(0);
  });

  it('may send a statement above the limit, which is thrown away while the connection stays usable', async () => {
    const r = await rig();
    const raw = await startup(r);
    const head = Buffer.from([0x51, 0, 0, 0, 0]);
    const size = 65 * 1024 * 1024;
    head.writeUInt32BE(size + 4, 1);
    raw.stream.write(head);
    const block = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 65; i++)
      if (!raw.stream.write(block)) await new Promise((resolve) => raw.stream.once('drain', resolve));
    raw.send(query('select 1'));
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('E54000 ZI T D C:SELECT 1 ZI');
  }, 20_000);

  it('cannot say what the log cannot record: invalid UTF-8, and another client encoding', async () => {
    const r = await rig();
    const raw = await startup(r);
    raw.send(
      message(front.query, Buffer.from("select '\xff'\0", 'latin1')),
      query("set client_encoding = 'SJIS'"),
      query('select 1'),
    );
    await raw.ready(3);
    expect(raw.take().join(' ')).toBe('E22021 ZI E42501 ZI T D C:SELECT 1 ZI');
  });

  it('cannot bring startup parameters that would widen the grant', async () => {
    const r = await rig();
    const raw = new Raw(r.relay.connect('driver'));
    raw.stream.write(serialize.startup({ user: 'x', options: '-c role=postgres' }));
    await raw.until(() => raw.answers.length > 0);
    expect(raw.take()).toEqual(['E0A000']);
  });

  it('get no answer out of turn when the log fails in the middle of a pipeline (I6)', async () => {
    const r = await rig();
    const raw = await startup(r);
    r.beforePermit = brokenLog;
    raw.send(parse({ text: 'select 1' }), bindTo('', ''), run(''), sync(), query('select 2'));
    await raw.ready(2);
    expect(raw.take().join(' ')).toBe('E58030 ZI E58030 ZI');
    r.beforePermit = null;
    raw.send(query('select 1'));
    await raw.ready(1);
    expect(raw.take().join(' ')).toBe('T D C:SELECT 1 ZI');
  });

  it('get the refusal of a closed gate in both protocols, in order (I3)', async () => {
    const r = await rig();
    const raw = await startup(r);
    r.gate(expired);
    raw.send(
      query('select 1'),
      parse({ text: 'select 1' }),
      bindTo('', ''),
      describeMessage({ type: 'P' }),
      run(''),
      sync(),
      sync(),
    );
    await raw.ready(3);
    expect(raw.take().join(' ')).toBe('E57P01 ZI E57P01 ZI ZI');
  });
});

describe('a first fuzz', () => {
  const name = fc.constantFrom('', 'a', 'b');
  const text = fc.constantFrom(
    'select 1',
    'selec',
    'begin',
    'commit',
    'select 1; select 2',
    '',
    'select 1/0',
    'delete from shop.secrets',
    'copy shop.lines (id) from stdin',
  );
  const frame = fc.oneof(
    text.map((sql) => query(sql)),
    fc.record({ name, text }).map((one) => parse(one)),
    fc.record({ portal: name, statement: name }).map((one) => bind(one)),
    fc.record({ portal: name, rows: fc.nat(2) }).map((one) => execute(one)),
    fc.record({ type: fc.constantFrom('S' as const, 'P' as const), name }).map((one) => describeMessage(one)),
    fc.record({ type: fc.constantFrom('S' as const, 'P' as const), name }).map((one) => close(one)),
    fc.constantFrom(
      sync(),
      flush(),
      serialize.copyDone(),
      serialize.copyData(Buffer.from('1\n')),
      serialize.copyFail('x'),
    ),
    fc.uint8Array({ maxLength: 12 }),
  );

  it('leaves no statement without its intent, no intent without its outcome, and the relay alive', async () => {
    const r = await rig();
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 14 }), async (frames) => {
        r.intents.length = 0;
        r.outcomes.length = 0;
        const closed = r.closes.length;
        const raw = await Raw.open(r);
        raw.send(...frames);
        await sleep(15);
        raw.stream.write(terminate);
        await sleep(5);
        raw.stream.destroy();
        await raw.until(() => r.closes.length > closed);
        const open = new Set(r.intents.map(({ id }) => id));
        for (const { of } of r.outcomes) expect(open.delete(of)).toBe(true);
        expect([...open]).toEqual([]);
      }),
      { numRuns: 120, endOnFailure: true },
    );
    const client = await r.client();
    expect((await client.query('select 1 as v')).rows).toEqual([{ v: 1 }]);
  }, 120_000);

  it('takes a long message byte by byte, in a time that grows with its length only', () => {
    let ended = 0;
    const reader = new FrameReader({
      treat: () => ({ take: 'whole', limit: 2 ** 20 }),
      passed() {},
      ended: (_type, length) => {
        ended = length;
      },
    });
    const bytes = message(front.query, Buffer.alloc(100_000));
    for (let at = 0; at < bytes.length; at++) reader.push(bytes.subarray(at, at + 1));
    expect(ended).toBe(100_000);
  });

  it('cuts any stream into the same frames, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0x44, 0x43, 0x5a, 0x54), fc.uint8Array({ maxLength: 40 }))),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(([type, body]) => message(type, body)));
          const seen: string[] = [];
          let passed = '';
          const reader = new FrameReader({
            treat: (type) =>
              type === 0x44 || type === 0x54
                ? { take: 'pass' }
                : { take: type === 0x5a ? 'peek' : 'whole', limit: 100 },
            passed: (part) => {
              passed += part.toString('hex');
            },
            ended: (type, length, body) => {
              seen.push(`${type} ${length} ${body?.toString('hex') ?? '-'}`);
              // Whoever is told of an end may speak: all that passes has been handed over by then.
              if (type === 0x5a)
                expect(passed.endsWith(message(type, body ?? Buffer.alloc(0)).toString('hex'))).toBe(true);
            },
          });
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            reader.push(Buffer.from(bytes.subarray(at, at + size)));
            at += size;
          }
          const whole = (type: number): boolean => type !== 0x44 && type !== 0x54;
          const passes = (type: number): boolean => type !== 0x43;
          expect(seen).toEqual(
            frames.map(
              ([type, body]) => `${type} ${body.length} ${whole(type) ? Buffer.from(body).toString('hex') : '-'}`,
            ),
          );
          expect(passed).toBe(
            Buffer.concat(frames.filter(([type]) => passes(type)).map(([type, body]) => message(type, body))).toString(
              'hex',
            ),
          );
          expect(reader.atBoundary).toBe(true);
        },
      ),
    );
    const reader = new FrameReader({ treat: () => ({ take: 'pass' }), passed() {}, ended() {} });
    expect(() => reader.push(Buffer.from([0x44, 0xff, 0, 0, 0]))).toThrow(WireError);
  });
});
