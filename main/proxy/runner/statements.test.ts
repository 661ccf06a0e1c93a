import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import type { Scope } from '../../../shared/grants.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { openTap } from '../testing.ts';
import { treeQuestion } from './catalog/index.ts';
import { type Desk, type DeskOptions, openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: DeskOptions) => openDesk(world, options));

/** Machines are slow now and then; what is waited for comes all the same. */
const soon = { timeout: 20_000, interval: 20 };
const running = async (d: Desk, text: string): Promise<string> => {
  const [id = ''] = await d.start(text);
  await expect.poll(() => d.states.get(id)?.status, soon).toBe('running');
  return id;
};
/** Statements that the server has begun since, by its own log of the role's backends. */
const active = async (text: string): Promise<number> => {
  const { rowCount } = await world.admin.query(
    "select from pg_stat_activity where state = 'active' and query like $1 and pid <> pg_backend_pid()",
    [`${text}%`],
  );
  return rowCount ?? 0;
};
const scope: Scope = { id: 's', label: 'S', mode: 'read', tables: [{ schema: 'shop', table: 'orders', select: '*' }] };

describe('cancelling', () => {
  it('calls it cancelled when the server has confirmed it, and sends nothing of the text any more', async () => {
    const d = await desk();
    const [id = '', next = '', last = ''] = await d.start('select pg_sleep(30); select 2; select 3');
    await expect.poll(() => active('select pg_sleep(30)'), soon).toBe(1);
    await d.runner.cancel(id);
    expect(await d.ended(id)).toMatchObject({ status: 'cancelled', error: null });
    expect(d.statuses.get(id)).toEqual(['waiting', 'recording', 'running', 'cancelling', 'cancelled']);
    expect(d.states.get(id)?.cancel_ms).toBeGreaterThan(0);
    expect([(await d.ended(next)).status, (await d.ended(last)).status]).toEqual(['not_sent', 'not_sent']);
    expect(await active('select pg_sleep(30)')).toBe(0);
    expect(d.rig.relay.tally().recent.map(({ result }) => result)).toEqual(['cancelled']);
  });

  it('does not send what still waits for others, or for its record, and does not call that cancelled', async () => {
    const d = await desk();
    await d.run('select 1');
    const first = await running(d, 'select pg_sleep(30)');
    const [queued = ''] = await d.start('select 22');
    expect(d.states.get(queued)?.status).toBe('waiting');
    await d.runner.cancel(queued);
    expect((await d.ended(queued)).status).toBe('not_sent');
    await d.runner.cancel(first);
    await d.ended(first);
    // The log takes its time with the record.
    const held = Promise.withResolvers<void>();
    d.rig.beforePermit = () => held.promise;
    const [recording = ''] = await d.start('select 33');
    await expect.poll(() => d.states.get(recording)?.status, soon).toBe('recording');
    await d.runner.cancel(recording);
    held.resolve();
    expect(await d.ended(recording)).toMatchObject({ status: 'not_sent', error: null, intent: null });
    expect(d.rig.outcomes.map(({ result }) => result).slice(-2)).toEqual(['not_sent', 'not_sent']);
    d.rig.beforePermit = null;
    expect((await d.run('select 44'))[0]?.status).toBe('done');
    expect(d.rig.relay.tally().recent.filter(({ text }) => /22|33/.test(text))).toEqual([]);
  });

  it('says done of a statement that was faster than the cancel', async () => {
    const d = await desk();
    for (let i = 0; i < 20; i++) {
      const [id = ''] = await d.start(`select ${i}, pg_sleep(0.005)`);
      await new Promise((resolve) => setTimeout(resolve, i));
      await d.runner.cancel(id);
      const state = await d.ended(id);
      // Whatever it is called: the server agrees, and a row was shown exactly when it finished.
      const recorded = d.rig.relay.tally().recent.find(({ intent }) => intent === state.intent)?.result ?? null;
      const said = { done: 'ok', cancelled: 'cancelled', not_sent: null }[state.status as string];
      expect({ status: state.status, recorded }).toEqual({ status: state.status, recorded: said });
      expect(state.rows).toBe(state.status === 'done' ? 1 : 0);
    }
    expect((await d.run('select 1'))[0]?.status).toBe('done');
  });

  it('says so when the server cannot be asked: the statement still runs', async () => {
    const tap = await openTap(world.postgres.port);
    const d = await desk({ tls: false, port: tap.port });
    const id = await running(d, 'select pg_sleep(30)');
    // The connection lives on; no new one can be made, and a cancel request needs one.
    const closed = tap.close();
    await expect(d.runner.cancel(id)).rejects.toThrow(/could not be asked to cancel.*may still be running/);
    expect(d.states.get(id)).toMatchObject({ status: 'running', cancel_ms: null });
    tap.break();
    await closed;
    expect((await d.ended(id)).status).toBe('unknown');
    await world.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'breaker'");
  });

  it('lets the connection go when asked: unknown, until the server has said what became of the statement', async () => {
    const d = await desk();
    const id = await running(d, 'select pg_sleep(30)');
    const before = d.runner.connection().backend_pid;
    await d.runner.reconnect();
    expect(d.runner.connection()).toMatchObject({ status: 'connected' });
    expect(d.runner.connection().backend_pid).not.toBe(before);
    await expect.poll(() => d.states.get(id)?.status, soon).toBe('cancelled');
    expect(d.statuses.get(id)).toEqual(['waiting', 'recording', 'running', 'unknown', 'cancelled']);
    expect(await active('select pg_sleep(30)')).toBe(0);
    expect(d.runner.messages()[0]?.text).toBe('The connection was closed.');
    const [again] = await d.run('select 1');
    expect(again?.notices[0]).toContain('This ran on a new one');
  });
});

describe('the statement timeout of the user', () => {
  it('is in force on the server, can only be lower than the grant, and is named when it fires', async () => {
    const d = await desk({ statementTimeoutMs: () => 300, limits: { statement_timeout_ms: 60_000 } });
    const [shown] = await d.run('show statement_timeout');
    expect(await d.cells(shown)).toEqual([['300ms']]);
    const [stopped] = await d.run('select pg_sleep(30)');
    expect(stopped).toMatchObject({
      status: 'error',
      error: { code: '57014', message: 'Stopped after 0.3 s by your statement timeout.' },
    });
    await d.run('begin');
    const [inside] = await d.run('select pg_sleep(30)');
    expect(inside?.error?.detail).toContain('only ROLLBACK is accepted');
    await d.run('rollback');
    expect(d.rig.outcomes.find(({ sqlstate }) => sqlstate === '57014')).toMatchObject({ result: 'error' });

    const generous = await desk({ statementTimeoutMs: () => 90_000, limits: { statement_timeout_ms: 60_000 } });
    const [own] = await generous.run('show statement_timeout');
    // The role's own: the wish was above the grant's.
    expect(await generous.cells(own)).toEqual([['0']]);
  });

  it('names the timeout of the grant where the user has none', async () => {
    await world.admin.query("alter role breaker set statement_timeout = '250ms'");
    try {
      const d = await desk({ limits: { statement_timeout_ms: 250 } });
      const [stopped] = await d.run('select pg_sleep(30)');
      expect(stopped?.error?.message).toBe('Stopped after 0.3 s by the statement timeout of this grant.');
    } finally {
      await world.admin.query('alter role breaker reset statement_timeout');
    }
  });

  it('is refused as a startup parameter above the grant, whoever asks (I3)', async () => {
    const d = await desk({ limits: { statement_timeout_ms: 1000 } });
    const started = async (value: string): Promise<string> => {
      const stream = d.rig.relay.connect('port');
      const answer = new Promise<string>((resolve) => {
        stream.on('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
      });
      const body = Buffer.from(`user\0x\0database\0x\0statement_timeout\0${value}\0\0`);
      const head = Buffer.alloc(8);
      head.writeUInt32BE(body.length + 8);
      head.writeUInt32BE(196608, 4);
      stream.write(Buffer.concat([head, body]));
      const text = await answer;
      stream.destroy();
      return text;
    };
    for (const value of ['0', '1001', '-1', '2s', '', '1e3', '0x10'])
      expect(await started(value), value).toContain('leaves the limits of the grant');
    expect(await started('1000')).toContain('server_version');
  });

  it('is changed on the next connection, offered at once, when the gate does not let it be set on this one', async () => {
    let wish: number | null = null;
    const d = await desk({ statementTimeoutMs: () => wish });
    await d.run('select 1');
    wish = 400;
    const [shown] = await d.run('show statement_timeout');
    const told = d.runner.messages().filter(({ action }) => action === 'reconnect');
    // Either it is set with a recorded SET, or the user is told; never neither.
    expect((await d.cells(shown))[0]?.[0] === '400ms' || told.length === 1).toBe(true);
    await d.run('select 1');
    expect(d.runner.messages().filter(({ action }) => action === 'reconnect')).toHaveLength(told.length);
    await d.runner.reconnect();
    expect(await d.cells((await d.run('show statement_timeout'))[0])).toEqual([['400ms']]);
    expect(d.rig.notices).toEqual([]);
  });
});

describe('what the server says beside the rows', () => {
  it('is shown while the statement still runs, with detail and hint', async () => {
    const d = await desk();
    const [id = ''] = await d.start(
      "do $$begin raise notice 'half' using detail = 'of it', hint = 'wait'; perform pg_sleep(30); end$$",
    );
    await expect.poll(() => d.states.get(id)?.notices, soon).toEqual(['NOTICE: half\nDETAIL: of it\nHINT: wait']);
    expect(d.states.get(id)?.status).toBe('running');
    await d.runner.cancel(id);
    await d.ended(id);
  });

  it('comes from others too: NOTIFY reaches whoever listens, idle or not, and a flood of it is bounded', async () => {
    const d = await desk();
    await d.run('listen orders');
    await world.admin.query("notify orders, 'paid 918231'");
    await expect.poll(() => d.runner.messages().map(({ text }) => text), soon).toEqual(['orders: paid 918231']);
    expect(d.runner.messages()[0]).toMatchObject({ kind: 'notify', detail: expect.stringMatching(/^backend \d+$/) });
    d.runner.dismiss(d.runner.messages()[0]?.id ?? 0);
    expect(d.runner.messages()).toEqual([]);
    const id = await running(d, 'select pg_sleep(30)');
    for (let i = 0; i < 200; i++) await world.admin.query(`notify orders, '${i} ${'x'.repeat(2000)}'`);
    await d.runner.cancel(id);
    await expect.poll(() => d.runner.messages().at(-1)?.text, soon).toMatch(/^orders: 199 x+…$/);
    expect(d.runner.messages().length).toBeLessThanOrEqual(8);
  });
});

describe('the times of a statement', () => {
  it('are those of its parts: queue, record, first row, last row, in order and exact', async () => {
    const d = await desk();
    await d.run('select 1');
    const blocker = await running(d, 'select pg_sleep(0.4)');
    d.rig.beforePermit = async () => new Promise((resolve) => setTimeout(resolve, 200));
    const [id = ''] = await d.start('select 1, pg_sleep(0.3) union all select 2, pg_sleep(0.3)');
    const state = await d.ended(id);
    await d.ended(blocker);
    const { queued_ms: queued = 0, waited_ms: waited = 0, first_row_ms: first = 0, done_ms: done = 0 } = state;
    // Node's timers may come a millisecond early.
    expect(queued).toBeGreaterThan(100);
    expect((waited ?? 0) - (queued ?? 0)).toBeGreaterThanOrEqual(199);
    expect((first ?? 0) - (waited ?? 0)).toBeGreaterThanOrEqual(299);
    expect((done ?? 0) - (waited ?? 0)).toBeGreaterThanOrEqual(599);
    expect(done).toBeGreaterThanOrEqual(first ?? 0);
    d.rig.beforePermit = null;
  });

  it('of a statement in a script are its own: what ran before it is not its waiting', async () => {
    const d = await desk();
    const [slow, quick] = await d.run('select pg_sleep(1); select 1');
    expect(slow?.done_ms).toBeGreaterThanOrEqual(999);
    expect(quick?.queued_ms).toBeLessThan(500);
  });

  it('have no first row where no row came', async () => {
    const d = await desk();
    const results = await d.run(
      'update shop.orders set total = total where id = 1; select 1 where false; listen x; select 1/0',
    );
    expect(results.map((one) => one.first_row_ms)).toEqual([null, null, null, null]);
    expect(results.every((one) => one.waited_ms !== null && (one.done_ms ?? 0) >= one.waited_ms)).toBe(true);
    const [, never = ''] = await d.start('select 1/0; select 2');
    expect(await d.ended(never)).toMatchObject({ status: 'not_sent', waited_ms: null, done_ms: null });
  });
});

describe('a long script', () => {
  it('runs to its end with a bounded number of results, and says which were let go', async () => {
    const d = await desk();
    const count = 1000;
    const ids = await d.start(Array.from({ length: count }, (_, i) => `select ${i}`).join(';\n'));
    expect(ids).toHaveLength(count);
    const last = await d.ended(ids.at(-1) ?? '');
    expect(last).toMatchObject({ n: count, of: count, status: 'done', let_go: false });
    expect(await d.cells(last)).toEqual([[String(count - 1)]]);
    await expect.poll(() => [...d.states.values()].filter(({ let_go: gone }) => !gone).length, soon).toBe(200);
    expect(d.states.get(ids[count - 201] ?? '')).toMatchObject({ let_go: true, status: 'done' });
    await expect(d.cells(d.states.get(ids[0] ?? ''))).rejects.toThrow('not kept');
    expect(d.rig.relay.tally().statements).toBe(count);
  });

  it('stops at the first error; of the rest nothing is sent', async () => {
    const d = await desk();
    const texts = Array.from({ length: 600 }, (_, i) => (i === 300 ? 'select 1/0' : 'select 1'));
    const ids = await d.start(texts.join(';'));
    expect(await d.ended(ids[300] ?? '')).toMatchObject({ status: 'error', n: 301, of: 600 });
    expect((await d.run('select 2'))[0]?.status).toBe('done');
    expect(d.rig.relay.tally().statements).toBe(302);
    expect(d.states.has(ids[301] ?? '')).toBe(false);
  });

  it('is refused in words when it is too long, or one of its statements is', async () => {
    const d = await desk();
    await expect(d.run('select 1;'.repeat(20_001))).rejects.toThrow('more than 20,000 statements. Nothing was sent.');
    const long = `select '${'x'.repeat(1024 * 1024)}'`;
    await expect(d.run(`select 1; ${long}`)).rejects.toThrow(/Statement 2 of 2 is 1 MiB long.*Nothing was sent/);
    expect(d.rig.intents).toEqual([]);
  });
});

describe('the catalog', () => {
  const tree = (d: Desk) => d.runner.catalog(treeQuestion(scope));
  const names = (read: Awaited<ReturnType<typeof tree>>) => read.relations.map(({ name }) => name);
  const SHOP = ['late', 'lines', 'orders', 'secrets'];
  /** Nobody can read pg_description, which the schema tree needs and `select 1` does not. */
  const locked = async (work: () => Promise<void>): Promise<void> => {
    await world.admin.query('begin; lock table pg_catalog.pg_description in access exclusive mode');
    try {
      await work();
    } finally {
      await world.admin.query('rollback');
    }
  };
  const blocked = async (): Promise<number> => {
    const { rowCount } = await world.admin.query(
      "select from pg_stat_activity where wait_event_type = 'Lock' and query like '(select json_build_object%'",
    );
    return rowCount ?? 0;
  };

  it('never keeps the user waiting: a schema query that hangs, hangs beside the statement', async () => {
    const d = await desk();
    // Both connections are there: the lock is only about the query.
    await d.run('select 1');
    await tree(d);
    let answered = false;
    let schema: Promise<unknown> = Promise.resolve();
    await locked(async () => {
      schema = tree(d).then(() => (answered = true));
      await expect.poll(blocked, soon).toBe(1);
      expect((await d.run('select 1'))[0]?.status).toBe('done');
      expect(answered).toBe(false);
    });
    await schema;
    expect(answered).toBe(true);
  });

  it('waits while a statement of the user waits for its record', async () => {
    const d = await desk();
    await d.run('select 1');
    const held = Promise.withResolvers<void>();
    d.rig.beforePermit = () => held.promise;
    const [id = ''] = await d.start('select 2');
    await expect.poll(() => d.states.get(id)?.status, soon).toBe('recording');
    const schema = tree(d);
    const same = tree(d);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Not even its connection was opened.
    expect(d.rig.targets).toHaveLength(1);
    held.resolve();
    d.rig.beforePermit = null;
    await d.ended(id);
    expect(await schema).toEqual(await same);
    expect(d.rig.intents.map(({ origin }) => origin).filter((origin) => origin === 'introspection')).toHaveLength(1);
  });

  it('borrows the user’s connection where the role has no other, and gives way at once', async () => {
    await world.admin.query('alter role breaker connection limit 1');
    try {
      const d = await desk({ limits: { connections: 1 } });
      await d.run('select 1');
      expect(names(await tree(d))).toEqual(SHOP);
      expect(d.rig.intents.at(-1)).toMatchObject({ origin: 'introspection' });
      expect(d.rig.targets).toHaveLength(1);
      // It is the app's own question: the summary of what the user did does not name it.
      expect(d.rig.relay.tally().statements).toBe(1);
      let schema = Promise.withResolvers<string[]>().promise;
      await locked(async () => {
        schema = tree(d).then(names);
        await expect.poll(blocked, soon).toBe(1);
        expect((await d.run('select 2'))[0]).toMatchObject({ status: 'done' });
        const [own] = d.rig.intents.filter(({ text }) => text === 'select 2');
        expect(own).toMatchObject({ origin: 'user' });
      });
      expect(await schema).toEqual(SHOP);
      // Nothing of the app's runs inside a transaction of the user.
      await d.run('begin');
      const later = tree(d);
      await d.run('select 3');
      const before = d.rig.intents.filter(({ origin }) => origin === 'introspection').length;
      await d.run('rollback');
      expect(names(await later)).toEqual(SHOP);
      expect(d.rig.intents.filter(({ origin }) => origin === 'introspection')).toHaveLength(before + 1);
    } finally {
      await world.admin.query('alter role breaker connection limit -1');
    }
  });

  it('gives its connection to the user, who has none left after a reconnect, and borrows from then on', async () => {
    const d = await desk();
    await d.run('select 1');
    await tree(d);
    await world.admin.query('alter role breaker connection limit 1');
    try {
      await d.runner.reconnect();
      expect((await d.run('select 2'))[0]?.status).toBe('done');
      expect(names(await tree(d))).toEqual(SHOP);
      expect(d.rig.targets).toHaveLength(3);
    } finally {
      await world.admin.query('alter role breaker connection limit -1');
    }
  });
});
