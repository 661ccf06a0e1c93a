import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { programOr } from '../../../dev/programs.ts';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { connectionUri, environment, psqlCommand, shellExports } from './index.ts';
import { openPortRig, type PortRigOptions, until } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const rig = closedAfterEach((options?: PortRigOptions) => openPortRig(world, options));

interface Ran {
  readonly child: ChildProcess;
  readonly said: { out: string; error: string };
  readonly ended: Promise<number | null>;
}
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>, input = ''): Ran {
  const child = spawn(program, args, { env: { PATH: process.env.PATH ?? '', PGCONNECT_TIMEOUT: '20', ...env } });
  const said = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.error += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return { child, said, ended: new Promise((resolve) => child.once('close', resolve)) };
}
const quiet = ['-X', '-q', '-A', '-t', '-w'];
const asked = "select current_user, 'é'";

describe('psql on the local port', () => {
  it.for<[string, Record<string, string>, string]>([
    ['as it comes', {}, 'UTC'],
    ['that asks for encryption first', { PGSSLMODE: 'prefer', PGGSSENCMODE: 'prefer' }, 'UTC'],
    [
      'with settings of its own',
      { PGOPTIONS: '-c search_path=shop -c DateStyle=ISO', PGTZ: 'Asia/Tokyo' },
      'Asia/Tokyo',
    ],
    ['in a terminal without a locale', { LANG: 'C', PGCLIENTENCODING: 'SQL_ASCII' }, 'UTC'],
  ])('works %s', async ([, changed, zone], { skip }) => {
    const psql = programOr(skip, 'psql');
    const r = await rig();
    const env = { ...environment(await r.port.open()), ...changed };
    const { said, ended } = run(psql, [...quiet, '-c', asked, '-c', 'show timezone'], env);
    expect([await ended, said]).toEqual([0, { out: `${world.role}|é\n${zone}\n`, error: '' }]);
  });

  it('is started by the lines that the user copies, and has no password in its arguments', async ({ skip }) => {
    programOr(skip, 'psql');
    const sh = programOr(skip, 'sh');
    const r = await rig();
    const facts = await r.port.open();
    const { said, ended, child } = run(
      sh,
      ['-c', `${shellExports(facts)}exec ${psqlCommand(facts)} -X`],
      {},
      'select pg_sleep(60);\n',
    );
    await until(() => r.port.state().clients.some(({ running }) => running), 'it runs');
    const [client] = r.port.state().clients;
    expect(client?.application).toBe('psql');
    if (process.platform === 'linux') {
      await until(() => r.port.state().clients[0]?.pid === child.pid, 'the system has told the process');
      expect(r.port.state().clients[0]?.program).toBe('psql');
    }
    expect(child.spawnargs.join(' ').split('exec ')[1]).not.toContain(facts.password);
    // Ctrl+C in a terminal.
    child.kill('SIGINT');
    await ended;
    expect(said.error).toContain('canceling statement due to user request');
    expect(r.outcomes.at(-1)).toMatchObject({ result: 'cancelled', sqlstate: '57014' });
  });

  it('takes the address as one argument', async ({ skip }) => {
    const psql = programOr(skip, 'psql');
    const r = await rig();
    const { said, ended } = run(psql, [connectionUri(await r.port.open()), ...quiet, '-c', asked], {});
    expect([await ended, said.out]).toEqual([0, `${world.role}|é\n`]);
  });

  it('describes tables, runs scripts with transactions and copies, as it does directly', async ({ skip }) => {
    const psql = programOr(skip, 'psql');
    const r = await rig();
    const script = String.raw`
\set ON_ERROR_STOP off
\d shop.orders
\dt shop.*
begin;
copy shop.lines(id, order_id) from stdin;
70001	1
70002	2
\.
select count(*) from shop.orders where status = :'wanted';
rollback;
selec 1;
select 1/0;
select id, status from shop.orders order by id limit 3 \gdesc
select 1 as a \gset
\echo :a
select 'a' || :a as "Name with space", null as n, 1.50::numeric(5,2), array[1,2];
do $$ begin raise notice 'from here'; end $$;
\copy (select 1 as x) to stdout csv header
`;
    const args = ['-X', '-w', '-v', 'wanted=processing'];
    const port = run(psql, args, environment(await r.port.open()), script);
    const direct = run(
      psql,
      args,
      {
        ...environment({
          host: '127.0.0.1',
          port: world.postgres.port,
          user: world.role,
          password: world.password,
          database: 'shop',
        }),
        PGSSLMODE: 'prefer',
      },
      script,
    );
    expect(await port.ended).toBe(await direct.ended);
    expect(port.said.out).toBe(direct.said.out);
    // The gate refuses what it cannot read before the server does, and adds why.
    const without = (text: string): string => text.replaceAll(/^(DETAIL|HINT): .*\n/gm, '');
    expect(without(port.said.error)).toBe(without(direct.said.error));
    expect(port.said.out).toContain('COPY 2');
  });

  it('is told in words what is wrong with its password, and why it was cut', async ({ skip }) => {
    const psql = programOr(skip, 'psql');
    const r = await rig();
    const env = environment(await r.port.open());
    const wrong = run(psql, [...quiet, '-c', 'select 1'], { ...env, PGPASSWORD: 'wrong' });
    expect(await wrong.ended).toBe(2);
    expect(wrong.said.error).toMatch(
      /FATAL: {2}password authentication failed for user "breaker"\nHINT: {2}Copy the connection again/,
    );
    const [refusal] = r.port.state().turnedAway.recent;
    expect(refusal?.code).toBe('28P01');
    if (process.platform === 'linux') expect([refusal?.program, refusal?.pid]).toEqual(['psql', wrong.child.pid]);
    const cut = run(psql, [...quiet, '-c', "select repeat('x', 1000), generate_series(1, 100000000)"], env);
    await until(() => r.port.state().clients.some(({ running }) => running), 'it runs');
    r.port.end();
    await r.relay.cut('expired');
    expect(await cut.ended).not.toBe(0);
    expect(cut.said.error).toMatch(
      /FATAL: {2}grant expired at \d\d:\d\d UTC\nDETAIL: {2}Nothing is sent outside a live grant\.\nHINT: {2}Ask for access again\./,
    );
  });
});
