import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { programOr } from '../../../dev/programs.ts';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { environment } from './index.ts';
import { openPortRig, type PortRig } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const reading = closedAfterEach(() => openPortRig(world, { mode: 'read' }));
beforeAll(async () => {
  await world.admin.query(`
    create function shop.total(int) returns numeric language sql as $$ select total from shop.orders where id = $1 $$;
    create table pgbench_accounts(aid int primary key, bid int, abalance int, filler char(84));
    create table pgbench_branches(bid int primary key, bbalance int, filler char(88));
    create table pgbench_tellers(tid int primary key, bid int, tbalance int, filler char(84));
    create table pgbench_history(tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
    insert into pgbench_branches values (1, 0);
    insert into pgbench_accounts select i, 1, 0, '' from generate_series(1, 100000) i;
    grant select on pgbench_accounts, pgbench_branches, pgbench_tellers, pgbench_history to breaker`);
});

async function run(
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; out: string; error: string; rig: PortRig }> {
  const rig = await reading();
  const env = { PATH: process.env.PATH ?? '', ...environment(await rig.port.open()) };
  const child = spawn(program, args, { env });
  let [out, error] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, error, rig };
}

describe('a grant to read, through the local port', () => {
  it('lets psql describe everything', async ({ skip }) => {
    const described = String.raw`
\d
\d+ shop.orders
\dt+ shop.*
\di+ shop.*
\dv+ shop.*
\ds
\df+ shop.*
\dn+
\dp shop.*
\ddp
\du+
\drds
\l+
\dx+
\dC
\do shop.*
\dT+
\dD
\dy
\dF
\dRp
\dRs
\des
\sf shop.total
\sv shop.late
\z
\dconfig *timeout*
\encoding UTF8
\set FETCH_COUNT 3
select id from shop.orders order by id limit 7;
\unset FETCH_COUNT
select 'select 1' \gexec
select 1 as a \gset
select :a;
select * from shop.orders where id = 1 \gdesc
\copy (select id from shop.orders where id < 3) to stdout
\timing on
explain (analyze, buffers, costs off) select * from shop.orders where id = 7;
begin;
declare c cursor for select id from shop.orders;
fetch 2 from c;
close c;
savepoint a;
rollback to a;
commit;
select shop.total(7);
`;
    const { code, out, error, rig } = await run(
      programOr(skip, 'psql'),
      ['-X', '-w', '-v', 'VERBOSITY=verbose'],
      described,
    );
    // An old psql asks a new server for columns that it does not have; that is between the two of them.
    expect(code).toBe(0);
    expect(error).not.toMatch(/grant|Vitrine/);
    expect(out).toContain('orders');
    expect(rig.notices).toEqual([]);
  });

  it.for(['simple', 'extended', 'prepared'])('runs pgbench -S in its mode %s', async (mode, { skip }) => {
    const args = ['-n', '-S', '-M', mode, '-c', '2', '-t', '20'];
    const { code, out, rig } = await run(programOr(skip, 'pgbench'), args);
    expect(code).toBe(0);
    expect(out).toContain('number of transactions actually processed: 40/40');
    expect(rig.notices).toEqual([]);
  });

  it('tells pgbench why its own script may not run', async ({ skip }) => {
    const { code, error } = await run(programOr(skip, 'pgbench'), ['-n', '-c', '1', '-t', '1']);
    expect(code).not.toBe(0);
    expect(error).toContain('this grant is read-only: UPDATE is not allowed');
  });
});
