/**
 * End of write access over 100 one-minute elevations whose app is not there any more: each has a transaction open that has
 * written. How long after its end nothing can be written, and how long until that transaction is gone from the server.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startStack } from '../dev/stack/index.ts';
import { type Engineer, openEngineer } from './engineer.ts';
import { type Report, spread } from './support.ts';

const RUNS = Number(process.env.VITRINE_BENCH_RUNS ?? 100);
const AT_ONCE = 10;

export async function elevation(report: Report): Promise<void> {
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const admin = new pg.Pool({ connectionString: stack.target.superuserUrl, max: AT_ONCE });
  const engineer = await openEngineer(stack, 'amira');
  const revoked: number[] = [];
  const gone: number[] = [];
  try {
    while (gone.length < RUNS) {
      const count = Math.min(AT_ONCE, RUNS - gone.length);
      await Promise.all(
        Array.from({ length: count }, async (_, n) => {
          await pause(n * 150);
          const { revokedMs, goneMs } = await one(engineer.collector, admin, gone.length + n + 1);
          revoked.push(revokedMs);
          gone.push(goneMs);
        }),
      );
      console.error(`elevation: ${gone.length} of ${RUNS}`);
    }
  } finally {
    await engineer.close();
    await admin.end();
    await stack.stop();
  }
  const figures = [
    ['privileges gone after the end of an elevation, worst', spread(revoked)],
    ['what was written and not committed gone after it, worst', spread(gone)],
  ] as const;
  for (const [metric, value] of figures)
    report({ metric, unit: 'ms', value: value.worst, budget: 2000, beside: { ...value, runs: RUNS } });
}

async function one(
  collector: Engineer['collector'],
  admin: pg.Pool,
  row: number,
): Promise<{ revokedMs: number; goneMs: number }> {
  const asked = { target: 'orders', severity: 'SEV1', ticket: 'BENCH-1', reason: 'Measuring how exactly writing ends' };
  const { id } = await collector.submit({ ...asked, scope: 'support-read', minutes: 5, alone: true });
  const { connection } = await collector.activate(id);
  const { host, port, database, user, password, tls } = connection;
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    ssl: { ca: tls.ca, servername: tls.server_name },
  });
  client.on('error', () => undefined);
  const wanted = { kind: 'elevate' as const, scope: 'orders-repair', tables: ['shop.orders'], minutes: 1 };
  const view = await collector.askChange(id, { ...wanted, reason: asked.reason, alone: true });
  const until = Date.parse(view.changes?.at(-1)?.until ?? '');
  await client.connect();
  await client.query('begin');
  await client.query('update shop.orders set updated_at = now() where id = $1', [row]);
  await pause(until - Date.now() - 100);
  const after = async (left: string): Promise<number> => {
    for (;;) {
      const { rows } = await admin.query<{ left: boolean }>(left, [user]);
      if (rows[0]?.left !== true) return Math.max(0, Date.now() - until);
      await pause(10);
    }
  };
  const [revokedMs, goneMs] = await Promise.all([
    after("select has_column_privilege($1, 'shop.orders', 'status', 'update') as left"),
    after('select exists (select from pg_stat_activity where usename = $1 and backend_xid is not null) as left'),
  ]);
  await client.end().catch(() => undefined);
  await collector.end(id);
  return { revokedMs, goneMs };
}
