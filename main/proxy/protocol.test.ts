import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { programOr } from '../../dev/programs.ts';
import { freePort, temporaryPostgres } from '../../dev/stack/postgres.ts';
import { postgresUser } from '../../dev/stack/postgres-binaries.ts';
import { temporarySystemPostgres } from '../../dev/stack/system-postgres.ts';
import { openPortRig, type PortRig, type PortRigOptions, type RawClient, until } from './port/testing.ts';
import { closedAfterEach, sharedWorld } from './test-hooks.ts';
import { openTap, openWorld, type World } from './testing.ts';
import { cancelRequest, cstring, front, message, readFields } from './wire/messages.ts';

const world = sharedWorld(temporaryPostgres);
const rig = closedAfterEach((options?: PortRigOptions, at: World = world) => openPortRig(at, options));

const debianPrograms = ['/usr/lib/postgresql/17/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/15/bin'];

/** Runs a statement that sleeps, cancels it through the port with the client's own key, and reads on. */
async function cancelsOwn(r: PortRig, raw: RawClient): Promise<void> {
  const { pid, key } = raw.key();
  raw.answers.length = 0;
  raw.send(message(front.query, cstring('select pg_sleep(60)')));
  await until(() => r.port.state().clients.some(({ running }) => running), 'it runs');
  const request = await r.raw();
  request.send(cancelRequest(pid, key));
  await request.end();
  expect(readFields((await raw.next('E')).body).get('C')).toBe('57014');
  await raw.next('Z');
  expect((await raw.query('select 1')).map(({ type }) => type)).toContain('D');
}

/** Version and options of NegotiateProtocolVersion; null where there was none. */
function negotiated(raw: RawClient): { version: number; options: string[] } | null {
  const body = raw.answers.find(({ type }) => type === 'v')?.body;
  if (body === undefined) return null;
  const options = body.subarray(8).toString().split('\0').slice(0, -1);
  expect(options).toHaveLength(body.readInt32BE(4));
  return { version: body.readInt32BE(), options };
}

describe('the version that a client asks for', () => {
  it.each([
    [0, 4, null],
    // Reserved: no server has ever spoken it, so the next lower one is what there is.
    [1, 4, { version: 196608, options: [] }],
    [2, 32, null],
    [3, 32, { version: 196610, options: [] }],
    [9999, 32, { version: 196610, options: [] }],
  ])(
    '3.%i is answered with keys of %i bytes that cancel, and with the version that is spoken',
    async (minor, length, said) => {
      const r = await rig();
      const facts = await r.port.open();
      const raw = await r.raw();
      raw.startup({ user: facts.user, database: facts.database }, minor);
      await until(() => raw.answers.some(({ type }) => type === 'R'), 'it is asked for the password');
      // The first word of all, as from a server.
      expect(raw.answers.map(({ type }) => type)).toEqual(said === null ? ['R'] : ['v', 'R']);
      expect(negotiated(raw)).toEqual(said);
      await raw.prove(facts.password);
      expect(raw.key().key).toHaveLength(length);
      await cancelsOwn(r, raw);
    },
  );

  it('lists the protocol options that are not known, and goes on without them', async () => {
    const r = await rig();
    const facts = await r.port.open();
    const options = { '_pq_.test_protocol_negotiation': '', '_pq_.Compression': 'zstd' };
    for (const [minor, version] of [
      [0, 196608],
      [2, 196610],
      [7, 196610],
    ] as const) {
      const raw = await r.raw();
      raw.startup({ user: facts.user, database: facts.database, ...options }, minor);
      await until(() => raw.answers.some(({ type }) => type === 'R'), 'it is asked for the password');
      expect(negotiated(raw)).toEqual({ version, options: Object.keys(options) });
      await raw.prove(facts.password);
      expect(raw.said()).toMatch(/K Z$/);
      raw.socket.end();
      await raw.end();
      await until(() => r.port.state().clients.length === 0, 'it has left');
    }
  });

  it.each([3, 257, 5000])('closes on a cancel request with a key of %i bytes, without a word', async (length) => {
    const r = await rig();
    const raw = await r.raw();
    raw.send(cancelRequest(4711, Buffer.alloc(length)));
    await raw.end();
    expect(raw.answers).toEqual([]);
  });
});

describe('the version that the target speaks', () => {
  it('is 3.2 with PostgreSQL 18: its long key comes from there and cancels there', async () => {
    const tap = await openTap(world.postgres.port);
    const r = await rig({ tls: false, port: tap.port });
    const raw = await r.raw();
    await raw.login(await r.port.open());
    expect(tap.sent().slice(4, 8)).toBe('\0\x03\0\x02');
    tap.clear();
    await cancelsOwn(r, raw);
    // The relay's own cancel request on the way to the server: length, code, pid, and a key of 32 bytes.
    expect(tap.sent()).toContain('\0\0\0\x2c\x04\xd2\x16\x2e');
    await r.relay.cut('handed_back');
    await tap.close();
  });

  it('is 3.0 with an older server, to which a client that speaks 3.2 does not matter', async ({ skip }) => {
    const initdb = programOr(skip, 'initdb', debianPrograms);
    const old = await openWorld(({ settings }) => temporarySystemPostgres(initdb, settings));
    onTestFinished(() => old.stop());
    const { rows } = await old.admin.query('show server_version_num');
    expect(Number(rows[0].server_version_num)).toBeLessThan(180_000);
    const tap = await openTap(old.postgres.port);
    onTestFinished(() => tap.close());
    const r = await rig({ tls: false, port: tap.port }, old);
    const raw = await r.raw();
    await raw.login(await r.port.open(), { minor: 2 });
    expect(raw.key().key).toHaveLength(32);
    tap.clear();
    await cancelsOwn(r, raw);
    expect(tap.sent()).toContain('\0\0\0\x10\x04\xd2\x16\x2e');
    const own = await r.client('user');
    expect((await own.query('select 1 as v')).rows).toEqual([{ v: 1 }]);
  }, 60_000);

  it('is asked again as 3.0 where a pooler says no to 3.2', async ({ skip }) => {
    const program = programOr(skip, 'pgbouncer', ['/usr/sbin']);
    const [, major = 0, minor = 0] =
      /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(program, ['-V']).toString())?.map(Number) ?? [];
    if (major > 1 || minor > 20) return skip('this pgbouncer is new enough to negotiate');
    const user = postgresUser();
    const dir = mkdtempSync(join(tmpdir(), 'vitrine-pooler-'));
    const port = await freePort();
    chmodSync(dir, 0o711);
    writeFileSync(join(dir, 'users'), `"${world.role}" "${world.password}"\n`, { mode: 0o644 });
    writeFileSync(
      join(dir, 'ini'),
      `[databases]\nshop = host=127.0.0.1 port=${world.postgres.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = ${join(dir, 'users')}\nserver_tls_sslmode = disable\nignore_startup_parameters = extra_float_digits\n`,
      { mode: 0o644 },
    );
    if (user !== null) chownSync(dir, user.uid, user.gid);
    const pooler = spawn(program, ['-q', join(dir, 'ini')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    });
    onTestFinished(() => {
      pooler.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    });
    const tap = await openTap(port);
    onTestFinished(() => tap.close());
    await until(async () => {
      const r = await rig({ tls: false, port: tap.port });
      return r.client('user').then(
        (client) => client.query('select 1').then(() => true),
        (error: Error & { code?: string }) => {
          if (error.code !== 'target_unreachable' && error.code !== 'XX000') throw error;
          return false;
        },
      );
    }, 'the pooler is there');
    const sent = tap.sent();
    expect(sent).toContain('\0\x03\0\x02user');
    expect(sent).toContain('\0\x03\0\0user');
  });
});
