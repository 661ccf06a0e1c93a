import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { cstring, front, GSS_REQUEST, int32, message, SSL_REQUEST } from '../wire/messages.ts';
import { errorOf, firstColumn, openPortRig, type PortRig, type PortRigOptions, RawClient, until } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const rig = closedAfterEach((options?: PortRigOptions) => openPortRig(world, options));

/** Nobody got as far as the target: no session was opened for them, and they are not listed. */
const reachedNobody = (r: PortRig): void => {
  expect(r.targets).toEqual([]);
  expect(r.port.state().clients).toEqual([]);
};

describe('the door of the local port', () => {
  it('lets in who knows the password, with the same exchange for a wrong password and a wrong user', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const heard = async (user: string, password: string): Promise<string> => {
      const raw = await r.raw();
      raw.startup({ user, database: facts.database });
      const types: string[] = [];
      raw.socket.on('data', (chunk: Buffer) => types.push(`${String.fromCharCode(chunk[0] ?? 0)}${chunk.length}`));
      await raw.prove(password);
      await raw.end().catch(() => {});
      const error = raw.answers.find(({ type }) => type === 'E');
      return `${types.slice(0, 2).join(' ')} ${error === undefined ? 'in' : errorOf(error.body).replace(/".*"/, '…')}`;
    };
    const wrongPassword = await heard(facts.user, `${facts.password}x`);
    expect(wrongPassword).toMatch(/^R24 R\d+ FATAL 28P01 password authentication failed for user …$/);
    expect(await heard('postgres', 'whatever')).toBe(wrongPassword);
    // Knowing the password does not help under another name.
    expect(await heard('postgres', facts.password)).toBe(wrongPassword);
    expect(await heard('', facts.password)).toBe(wrongPassword);
    reachedNobody(r);
    const { count, recent } = r.port.state().turnedAway;
    expect(count).toBe(4);
    expect(recent.map(({ n, code, message, application }) => [n, code, message, application])).toEqual(
      [facts.user, 'postgres', 'postgres', ''].map((name, i) => [
        i + 1,
        '28P01',
        `password authentication failed for user "${name}"`,
        '',
      ]),
    );
    const client = await r.tool();
    expect((await client.query('select current_user as me')).rows).toEqual([{ me: world.role }]);
  });

  it.each([
    ['another database', { database: 'postgres' }, '3D000', 'database "postgres" is not offered here'],
    ['replication', { replication: 'true' }, '0A000', 'replication is not possible here'],
    [
      'another encoding',
      { client_encoding: 'LATIN1' },
      '22023',
      'client_encoding LATIN1 cannot be used here: only UTF8 can',
    ],
    [
      'a setting that leaves the fence',
      { options: '-c role=postgres' },
      '0A000',
      'the setting role cannot be chosen when connecting here',
    ],
  ])('refuses %s in words, after the password', async (_what, parameters, code, words) => {
    const r = await rig();
    const facts = await r.port.open();
    const stranger = await r.raw();
    await stranger.login(facts, { parameters, password: 'wrong' });
    expect(stranger.said()).toContain('28P01');
    const raw = await r.raw();
    await raw.login(facts, { parameters });
    expect(raw.said()).toContain(`E:FATAL ${code} ${words}`);
    await raw.end();
    expect(r.targets).toEqual([]);
    await until(() => r.port.state().clients.length === 0, 'it is not listed');
    expect(r.port.state().turnedAway.recent.map((one) => `${one.code} ${one.message}`)).toEqual([
      expect.stringMatching(/^28P01 /),
      `${code} ${words}`,
    ]);
  });

  it('shows a tool that the server itself has no room for, by the name it gives itself', async () => {
    const r = await rig();
    const facts = await r.port.open();
    await world.admin.query(`alter role ${world.role} connection limit 1`);
    try {
      await r.tool();
      await expect(r.tool({ application_name: 'one too many' })).rejects.toMatchObject({ code: '53300' });
    } finally {
      await world.admin.query(`alter role ${world.role} connection limit -1`);
    }
    await until(() => r.port.state().turnedAway.count === 1, 'it is remembered');
    expect(r.port.state().turnedAway.recent).toMatchObject([
      { code: '53300', application: 'one too many', message: expect.stringContaining(facts.user) },
    ]);
    expect(r.port.state().clients).toHaveLength(1);
  });

  it('remembers the last few that it turned away, until it is opened anew', async () => {
    const r = await rig();
    const facts = await r.port.open();
    for (let i = 0; i < 10; i++) {
      const stranger = await r.raw();
      await stranger.login(facts, { password: 'wrong' });
    }
    const { count, recent } = r.port.state().turnedAway;
    expect([count, recent.map(({ n }) => n)]).toEqual([10, [3, 4, 5, 6, 7, 8, 9, 10]]);
    await r.port.close();
    expect(r.port.state().turnedAway.count).toBe(10);
    const again = await r.port.open();
    expect(r.port.state().turnedAway).toEqual({ count: 0, recent: [] });
    const stranger = await r.raw();
    await stranger.login(again, { password: 'wrong' });
    expect(r.port.state().turnedAway).toMatchObject({ count: 1, recent: [{ n: 11 }] });
  });

  it('takes the settings that tools send, in their spelling', async () => {
    const r = await rig();
    const raw = await r.raw();
    await raw.login(await r.port.open(), {
      parameters: {
        client_encoding: 'UTF8',
        DateStyle: 'ISO, DMY',
        TimeZone: 'Europe/Berlin',
        EXTRA_FLOAT_DIGITS: '3',
        Application_Name: 'JDBC',
        options: '-c search_path=shop --IntervalStyle=iso_8601',
      },
    });
    const shown = ['datestyle', 'timezone', 'extra_float_digits', 'application_name', 'search_path', 'intervalstyle'];
    const answers = await raw.query(
      `select concat_ws(' | ', ${shown.map((name) => `current_setting('${name}')`).join()})`,
    );
    expect(firstColumn(answers)).toEqual(['ISO, DMY | Europe/Berlin | 3 | JDBC | shop | iso_8601']);
    expect(r.port.state().clients[0]?.application).toBe('JDBC');
  });

  it('answers N to those who ask for encryption first, once each', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const raw = await r.raw();
    expect(await raw.ask(GSS_REQUEST)).toBe('N');
    expect(await raw.ask(SSL_REQUEST)).toBe('N');
    await raw.login(facts);
    expect(raw.said()).toContain('Z');
    const asker = await r.raw();
    expect(await asker.ask(SSL_REQUEST)).toBe('N');
    expect(await asker.ask(SSL_REQUEST)).toBe('');
    await asker.end();
  });

  it.each([
    ['TLS without asking', Buffer.from('16030100050100000103', 'hex'), /TLS.*sslmode=disable/],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), /not a PostgreSQL client/],
    [
      'a huge startup message',
      Buffer.concat([int32(10_001), int32(196608), Buffer.alloc(9_993, 'x')]),
      /not a PostgreSQL client/,
    ],
    ['an impossible length', Buffer.from([0, 0, 0, 3, 0, 0, 0, 0]), /not a PostgreSQL client/],
  ])('closes without a word to %s, and remembers why', async (_what, bytes, why) => {
    const r = await rig();
    const raw = await r.raw();
    raw.send(bytes);
    await raw.end();
    expect(raw.answers).toEqual([]);
    const { turnedAway } = r.port.state();
    expect(turnedAway.count).toBe(1);
    expect(turnedAway.recent[0]?.message).toMatch(why);
    reachedNobody(r);
  });

  it.each<[string, (raw: RawClient) => void]>([
    ['a query instead of the password', (raw) => raw.send(message(front.query, cstring('select 1')))],
    ['a password in the clear', (raw) => raw.send(message(front.password, cstring('secret')))],
    ['an answer that is too long', (raw) => raw.send(Buffer.from([front.password, 0, 0, 4, 1]))],
    [
      'a mechanism that was not offered',
      (raw) => raw.send(message(front.password, cstring('SCRAM-SHA-256-PLUS'), int32(0))),
    ],
    ['a length that lies', (raw) => raw.send(message(front.password, cstring('SCRAM-SHA-256'), int32(4711)))],
    ['noise', (raw) => raw.send(message(front.password, cstring('SCRAM-SHA-256'), int32(3), Buffer.from([1, 2, 3])))],
  ])('ends a client that answers the password request with %s', async (_what, act) => {
    const r = await rig();
    const facts = await r.port.open();
    const raw = await r.raw();
    raw.startup({ user: facts.user, database: facts.database });
    await raw.next('R');
    act(raw);
    await raw.end();
    expect(raw.said()).toMatch(/^E:FATAL 08P01 /);
    reachedNobody(r);
  });

  it('speaks of versions that it does not speak', async () => {
    const r = await rig();
    await r.port.open();
    const raw = await r.raw();
    raw.startup({ user: 'x' }, 0x10000);
    await raw.end();
    expect(raw.said()).toBe('E:FATAL 0A000 unsupported frontend protocol 4.0: 3.0 and 3.2 are spoken here');
  });

  it('drops who does not finish in time, byte by byte or not at all', async () => {
    const r = await rig({ patience: 300 });
    const facts = await r.port.open();
    const silent = await r.raw();
    const halfway = await r.raw();
    halfway.startup({ user: facts.user, database: facts.database });
    const loris = await r.raw();
    loris.send(int32(1000));
    const dripping = setInterval(() => loris.send(Buffer.from([0])), 20);
    await Promise.all([silent.end(), halfway.end(), loris.end()]);
    clearInterval(dripping);
    expect(halfway.said()).toBe('R E:FATAL 57014 the client did not authenticate in time');
    expect(r.port.state().turnedAway.count).toBe(3);
    reachedNobody(r);
    await r.tool();
  });

  it('is not blocked by those who only connect, however many', async () => {
    const r = await rig();
    const { port } = await r.port.open();
    const idle = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(port)));
    const client = await r.tool();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await until(() => idle.filter(({ closed }) => closed).length >= 100 - 32, 'the oldest are dropped');
    for (const one of idle) one.socket.destroy();
  });

  it('survives whatever is sent to it, and lets nobody in for it', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const parameters = Buffer.from(`user\0${facts.user}\0database\0${facts.database}\0\0`);
    const hello = Buffer.concat([int32(8 + parameters.length), int32(196608), parameters]);
    const said = (body: Uint8Array): Buffer => message(front.password, body);
    const noise = fc.uint8Array({ maxLength: 200 });
    const hostile = fc.oneof(
      noise.map(Buffer.from),
      noise.map((body) => Buffer.concat([int32(8 + body.length), int32(196608), body])),
      noise.map((body) => Buffer.concat([hello, body])),
      noise.map((body) => Buffer.concat([hello, said(body)])),
      noise.map((body) =>
        Buffer.concat([hello, said(Buffer.concat([cstring('SCRAM-SHA-256'), int32(body.length), body]))]),
      ),
      fc.string().map((text) => {
        const first = Buffer.from(`n,,n=,r=x${text}`);
        return Buffer.concat([
          hello,
          said(Buffer.concat([cstring('SCRAM-SHA-256'), int32(first.length), first])),
          said(Buffer.from(`c=biws,r=x${text},p=${'A'.repeat(43)}=`)),
        ]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (bytes) => {
        const raw = await RawClient.connect(facts.port);
        raw.socket.end(bytes);
        await raw.end();
        expect(raw.answers.some(({ type }) => type === 'Z')).toBe(false);
      }),
      { numRuns: 400 },
    );
    reachedNobody(r);
    expect((await (await r.tool()).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('does not call it a refusal when a tool leaves to ask for the password', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const raw = await r.raw();
    raw.startup({ user: facts.user, database: facts.database });
    await raw.next('R');
    raw.socket.end();
    await raw.end();
    expect(r.port.state().turnedAway).toEqual({ count: 0, recent: [] });
  });

  it('keeps what a client has sent ahead of its admission for the relay', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const raw = await r.raw();
    const write = raw.socket.write.bind(raw.socket);
    // The last message of the exchange and the first query in one piece.
    raw.socket.write = (bytes: Uint8Array | string) => {
      const text = Buffer.from(bytes as Uint8Array);
      return write(text.includes(',p=') ? Buffer.concat([text, message(front.query, cstring('select 4711'))]) : text);
    };
    await raw.login(facts);
    await until(() => raw.answers.filter(({ type }) => type === 'Z').length === 2, 'the query is answered');
    expect(raw.said()).toMatch(/Z T D C Z$/);
  });

  it('cannot be reached from outside this machine (I1)', async ({ skip }) => {
    const r = await rig();
    const { port } = await r.port.open();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    const [address] = outside;
    if (address === undefined) return skip('this machine has no address but loopback');
    await expect(RawClient.connect(port, address.address)).rejects.toThrow('ECONNREFUSED');
    await expect(RawClient.connect(port, '::1')).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
  });

  it('allows as many clients as the grant has connections, but for the two of the app', async () => {
    const r = await rig({ limits: { connections: 4 } });
    expect(r.port.state().limit).toBe(2);
    const first = await r.tool();
    await r.tool();
    await expect(r.tool()).rejects.toMatchObject({
      code: '53300',
      message: 'too many connections: this port allows 2 at once',
      hint: expect.stringContaining('disconnect one in Vitrine'),
    });
    expect(r.targets).toHaveLength(2);
    // The app's own are not hindered.
    await (await r.client('user')).query('select 1');
    await (await r.client('introspection')).query('select 1');
    await first.end();
    await until(() => r.port.state().clients.length === 1, 'its place is free');
    await r.tool();
  });
});

describe('opening', () => {
  it.each([
    ['policy does not let tools in', { local_port: false }, 'port_not_allowed'],
    ['the app needs every connection itself', { connections: 2 }, 'port_no_connections'],
  ])('is refused with the reason where %s (I6)', async (_why, limits, code) => {
    const r = await rig({ limits });
    await expect(r.port.open()).rejects.toMatchObject({ name: 'Fault', code, hint: expect.any(String) });
    expect(r.port.state()).toMatchObject({ open: null });
  });

  it('is refused outside a live grant, in the words of its end (I3)', async () => {
    const r = await rig();
    r.gate({ code: '57P01', message: 'grant expired at 14:32 UTC', hint: 'Ask for access again.' });
    await expect(r.port.open()).rejects.toMatchObject({ name: 'Fault', message: 'grant expired at 14:32 UTC' });
    r.gate(null);
    // The grant ends while the port is being opened.
    const opening = r.port.open();
    r.port.end();
    await expect(opening).rejects.toMatchObject({ name: 'Fault' });
    expect(r.port.state().open).toBeNull();
    await expect(r.port.open()).rejects.toMatchObject({ code: 'glass_closed' });
  });

  it('is idempotent, and a new opening has a new password', async () => {
    const r = await rig();
    const [first, same] = await Promise.all([r.port.open(), r.port.open()]);
    expect(same).toBe(first);
    expect(r.port.facts()).toBe(first);
    expect(Buffer.from(first.password, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
    await r.port.close();
    expect(() => r.port.facts()).toThrow('The local port is closed.');
    await expect(RawClient.connect(first.port)).rejects.toThrow('ECONNREFUSED');
    const second = await r.port.open();
    expect(second.password).not.toBe(first.password);
    const stale = new pg.Client({ ...second, password: first.password });
    await expect(stale.connect()).rejects.toMatchObject({ code: '28P01' });
  });
});
