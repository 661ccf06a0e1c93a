import { serialize } from 'pg-protocol';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { Raw } from './raw.ts';
import { closedAfterEach, sharedWorld } from './test-hooks.ts';
import { openRig, type RigOptions } from './testing.ts';
import { readFields } from './wire/messages.ts';

const world = sharedWorld(temporaryPostgres);
const rig = closedAfterEach((options?: RigOptions) => openRig(world, { tls: false, ...options }));

const { parse, bind, execute, flush, query, sync } = serialize;
const bindTo = (portal: string, statement: string, ...values: string[]): Uint8Array =>
  bind({ portal, statement, values });
const run = (portal: string): Uint8Array => execute({ portal, rows: 0 });
/** Sends, waits for so many ReadyForQuery, and gives the answers. */
async function tell(raw: Raw, ready: number, ...messages: Uint8Array[]): Promise<string> {
  raw.send(...messages);
  await raw.ready(ready);
  const answers = raw.answers.join(' ');
  raw.take();
  return answers;
}
const status = async (id: number): Promise<string> =>
  (await world.admin.query('select status from shop.orders where id = $1', [id])).rows[0].status;

describe('names that a session prepares', () => {
  it('are one set for Parse and PREPARE: EXECUTE is judged as what runs (I6)', async () => {
    let mode: 'read' | 'write' = 'write';
    const r = await rig({ mode: 'write', modeNow: () => mode });
    const raw = await Raw.open(r);
    const update = "update shop.orders set status = 'prepared' where id = 20";
    expect(await tell(raw, 2, parse({ name: 'p', text: update }), sync(), query(`prepare s as ${update}`))).toBe(
      '1 ZI C:PREPARE ZI',
    );
    mode = 'read';
    // The connection was opened for writing, and says so: only what holds it to reading again may go.
    expect(await tell(raw, 2, query('select 1'), query('set default_transaction_read_only = on'))).toBe(
      'E25006 ZI C:SET S ZI',
    );
    expect(r.notices.splice(0).map(({ code }) => code)).toEqual(['fence:default_transaction_read_only']);
    expect(await tell(raw, 2, query('execute p'), query('execute s'))).toBe('E25006 ZI E25006 ZI');
    expect(await tell(raw, 1, parse({ text: 'execute s' }), bindTo('', ''), run(''), sync())).toBe('E25006 ZI');
    expect(await tell(raw, 1, query('explain analyze execute s'))).toBe('E25006 ZI');
    expect(await tell(raw, 1, bindTo('', 'p'), run(''), sync())).toBe('2 E25006 ZI');
    expect(await tell(raw, 1, query('explain (costs off) execute s'))).toContain('C:EXPLAIN ZI');
    expect(r.notices.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'read_only'));
    expect(await status(20)).toBe('processing');
    mode = 'write';
    expect(await tell(raw, 1, query('reset default_transaction_read_only'))).toBe('C:RESET S ZI');
    expect(await tell(raw, 1, query('execute s'))).toBe('C:UPDATE 1 ZI');
    expect(await status(20)).toBe('prepared');
  });

  it('follow PREPARE, failure, ROLLBACK, DEALLOCATE and DISCARD in a read grant', async () => {
    const r = await rig({ mode: 'read' });
    const raw = await Raw.open(r);
    const rows = 'T D C:SELECT 1 ZI';
    expect(await tell(raw, 1, query('execute p'))).toBe('E26000 ZI');
    expect(await tell(raw, 1, query('begin; prepare p as select 1; rollback'))).toBe('C:BEGIN C:PREPARE C:ROLLBACK ZI');
    // Prepared statements are not undone by a rollback.
    expect(await tell(raw, 1, query('execute p'))).toBe(rows);
    expect(await tell(raw, 1, query('prepare p as select 2'))).toBe('E42P05 ZI');
    expect(await tell(raw, 1, query('execute p'))).toBe(rows);
    expect(await tell(raw, 1, query('prepare q as select 1; select 1/0; prepare r as select 1'))).toBe(
      'C:PREPARE E22012 ZI',
    );
    expect(await tell(raw, 2, query('execute q'), query('execute r'))).toBe(`${rows} E26000 ZI`);
    expect(await tell(raw, 1, query('prepare n as select nope'))).toBe('E42703 ZI');
    expect(await tell(raw, 1, query('execute n'))).toBe('E26000 ZI');
    expect(await tell(raw, 2, query('deallocate q'), query('execute q'))).toBe('C:DEALLOCATE ZI E26000 ZI');
    // Inside a transaction block DISCARD ALL fails, and the name is still there.
    expect(await tell(raw, 2, query('begin'), query('discard all'))).toBe('C:BEGIN ZT E25001 ZE');
    expect(await tell(raw, 2, query('rollback'), query('execute p'))).toBe(`C:ROLLBACK ZI ${rows}`);
    expect(await tell(raw, 2, query('discard all'), query('execute p'))).toBe('C:DISCARD ALL ZI E26000 ZI');
    expect(await tell(raw, 1, parse({ text: 'prepare z as select 1' }), bindTo('', ''), run(''), sync())).toBe(
      '1 2 C:PREPARE ZI',
    );
    expect(await tell(raw, 1, query('execute z'))).toBe(rows);
    expect(await tell(raw, 1, query("do $$begin execute 'prepare hidden as select 1'; end$$"))).toBe('E25006 ZI');
    expect(r.notices.every(({ kind }) => kind === 'refused')).toBe(true);
  });

  it('tie every Execute message to the Parse that it runs, also where a pipeline tries to confuse (I4)', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const update = "update shop.orders set status = 'confused' where id = 21";
    // The second Parse fails; the Execute behind the Sync runs the first.
    const answers = await tell(
      raw,
      3,
      parse({ name: 'p', text: update }),
      sync(),
      parse({ name: 'p', text: 'select 1' }),
      sync(),
      bindTo('', 'p'),
      run(''),
      sync(),
    );
    expect(answers).toBe('1 ZI E42P05 ZI 2 C:UPDATE 1 ZI');
    expect(r.intents.at(-1)?.of).toBe(r.intents[0]?.id);
    expect(await status(21)).toBe('confused');
    // A name that PREPARE gave, or nobody, cannot be bound: the record could not name its Parse.
    expect(await tell(raw, 2, query('prepare s as select 1'), bindTo('', 's'), run(''), sync())).toBe(
      'C:PREPARE ZI E0A000 ZI',
    );
    expect(await tell(raw, 1, bindTo('', 'nobody'), run(''), sync())).toBe('E26000 ZI');
    expect(await tell(raw, 3, query('begin; declare c cursor for select 1'), run('c'), sync(), query('rollback'))).toBe(
      'C:BEGIN C:DECLARE CURSOR ZT E34000 ZE C:ROLLBACK ZI',
    );
    for (const { op, of } of r.intents) expect(of === null).toBe(op !== 'execute');
  });

  it('keep a portal apart from the one that has its name, and from a cursor (I4)', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const update = "update shop.orders set status = 'fetched' where id = 22 returning id";
    const both = [parse({ name: 'w', text: update }), parse({ name: 'r', text: 'select 1' })];
    // As any error of the server's own, it takes the transaction with it.
    const taken = await tell(raw, 3, query('begin'), ...both, bindTo('c', 'w'), sync(), bindTo('c', 'r'), sync());
    expect(taken).toBe('C:BEGIN ZT 1 1 2 ZT E42P03 ZE');
    const begin = [query('rollback'), query('begin'), bindTo('c', 'w'), sync()];
    const fetched = await tell(raw, 5, ...begin, query('fetch all from c'), query('fetch all from "C"'));
    expect(fetched).toBe('C:ROLLBACK ZI C:BEGIN ZT 2 ZT E0A000 ZT E34000 ZE');
    expect(await tell(raw, 1, query('rollback'))).toBe('C:ROLLBACK ZI');
    expect(await status(22)).toBe('processing');
    // The end of the transaction has closed it: the name is free again.
    expect(await tell(raw, 1, bindTo('c', 'r'), run('c'), sync())).toBe('2 D C:SELECT 1 ZI');
  });

  it('are free again behind a COMMIT in the same pipeline', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const both = [parse({ name: 'r', text: 'select 1' }), parse({ name: 'c', text: 'commit' })];
    const again = [bindTo('p', 'r'), run('p')];
    expect(await tell(raw, 2, query('begin'), ...both, ...again, bindTo('', 'c'), run(''), ...again, sync())).toBe(
      'C:BEGIN ZT 1 1 2 D C:SELECT 1 2 C:COMMIT 2 D C:SELECT 1 ZI',
    );
  });

  it('are free again after a cancel that came before anything of their cycle was sent', async () => {
    const r = await rig({ mode: 'read' });
    const raw = await Raw.open(r);
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    r.beforePermit = () => {
      asked.resolve();
      return held.promise;
    };
    const prepared = [parse({ name: 'p', text: 'select 1' }), bindTo('', 'p'), run(''), sync()];
    raw.send(...prepared);
    await asked.promise;
    await r.relay.cancel(raw.stream);
    r.beforePermit = null;
    held.resolve();
    await raw.ready(1);
    expect(raw.answers.join(' ')).toBe('E57014 ZI');
    raw.take();
    expect(await tell(raw, 1, ...prepared)).toBe('1 2 D C:SELECT 1 ZI');
    expect(await tell(raw, 1, query('select 2'))).toBe('T D C:SELECT 1 ZI');
  });
});

describe('a refusal in a pipeline', () => {
  it('does not lose an open transaction, whatever was sent before it in the same cycle', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const update = "update shop.orders set status = 'kept' where id = 23";
    expect(await tell(raw, 1, query('begin'))).toBe('C:BEGIN ZT');
    const answers = await tell(
      raw,
      1,
      parse({ text: update }),
      bindTo('', ''),
      run(''),
      parse({ text: 'set role postgres' }),
      bindTo('', ''),
      run(''),
      sync(),
    );
    expect(answers).toBe('1 2 C:UPDATE 1 E42501 ZT');
    expect(await tell(raw, 1, query('commit'))).toBe('C:COMMIT ZI');
    expect(await status(23)).toBe('kept');
    expect(r.intents.map(({ op }) => op)).toEqual(['query', 'parse', 'execute', 'query']);
  });

  it('answers a Flush at once, before the Sync', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    await tell(raw, 1, query('begin'));
    raw.send(parse({ text: 'select 1' }), bindTo('', ''), run(''), parse({ text: 'selec 1' }), flush());
    await raw.until(() => raw.answers.includes('E42601'));
    expect(raw.take().join(' ')).toBe('1 2 D C:SELECT 1 E42601');
    expect(await tell(raw, 1, sync())).toBe('ZT');
    expect(await tell(raw, 1, query('commit'))).toBe('C:COMMIT ZI');
  });

  it('keeps the transaction that a BEGIN of the same cycle has opened', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    const answers = await tell(
      raw,
      2,
      parse({ text: 'begin' }),
      bindTo('', ''),
      run(''),
      parse({ text: 'set role postgres' }),
      sync(),
      query('commit'),
    );
    expect(answers).toBe('1 2 C:BEGIN E42501 ZT C:COMMIT ZI');
  });

  it.each([
    ['outside a transaction block', [], 'ZI'],
    ['behind the COMMIT of one', ['begin'], 'ZI'],
  ])('takes back what was sent in its cycle %s', async (_where, before, end) => {
    const r = await rig();
    const raw = await Raw.open(r);
    for (const text of before) await tell(raw, 1, query(text));
    const committing = before.length === 0 ? [] : [parse({ text: 'commit' }), bindTo('', ''), run('')];
    const answers = await tell(
      raw,
      1,
      ...committing,
      parse({ text: "update shop.orders set status = 'half' where id = 24" }),
      bindTo('', ''),
      run(''),
      parse({ text: 'set role postgres' }),
      sync(),
    );
    expect(answers.endsWith(`1 2 C:UPDATE 1 E42501 ${end}`)).toBe(true);
    expect(await status(24)).toBe('processing');
  });

  it('is one the server would have refused too late: what came before is answered first', async () => {
    const r = await rig();
    const raw = await Raw.open(r);
    await tell(raw, 1, query('begin'));
    // The first statement fails at the server; its error is the one that the client gets.
    const answers = await tell(
      raw,
      1,
      parse({ text: 'select 1 / (id - 1) from shop.orders where id = 1' }),
      bindTo('', ''),
      run(''),
      parse({ text: 'set role postgres' }),
      sync(),
    );
    expect(answers).toBe('1 2 E22012 ZE');
    expect(await tell(raw, 1, query('rollback'))).toBe('C:ROLLBACK ZI');
  });
});

describe('a FunctionCall', () => {
  const call = (oid: number, ...values: string[]): Buffer => {
    const args = values.map((value) => {
      const bytes = Buffer.from(value);
      const head = Buffer.alloc(4);
      head.writeInt32BE(bytes.length);
      return Buffer.concat([head, bytes]);
    });
    const head = Buffer.alloc(8);
    head.writeUInt32BE(oid, 0);
    head.writeUInt16BE(values.length, 6);
    const body = Buffer.concat([head, ...args, Buffer.alloc(2)]);
    const frame = Buffer.alloc(5);
    frame[0] = 0x46;
    frame.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([frame, body]);
  };
  it('cannot set what SET may not, nor reach files; in a read grant none is sent', async () => {
    const writing = await Raw.open(await rig());
    expect(await tell(writing, 1, call(2078, 'statement_timeout', '0', 'f'))).toBe('E42501 ZI');
    expect(await tell(writing, 1, call(3826, '/etc/passwd'))).toBe('E42501 ZI');
    expect(await tell(writing, 1, call(177, '2', '3'))).toBe('V ZI');
    const r = await rig({ mode: 'read' });
    const reading = await Raw.open(r);
    reading.send(call(177, '2', '3'));
    await reading.ready(1);
    const told = reading.bodies.find(({ type }) => type === 'E');
    expect([...readFields(told?.body ?? Buffer.alloc(0))].filter(([letter]) => 'CMDH'.includes(letter))).toEqual([
      ['C', '25006'],
      ['M', 'this grant is read-only: a function call by number is not allowed'],
      ['D', 'What it does cannot be read before it runs. It was not sent.'],
      ['H', 'Call it with SELECT.'],
    ]);
    expect(r.intents).toEqual([]);
  });
});
