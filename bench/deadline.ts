/**
 * Deadline precision over 100 one-minute grants, each with a statement running at its end: how long after the deadline
 * the client's connection is gone, and how long until the role and its backends are gone from the server.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startStack } from '../dev/stack/index.ts';
import { openEngineer } from './engineer.ts';
import { type Report, spread } from './support.ts';

const RUNS = Number(process.env.VITRINE_BENCH_RUNS ?? 100);
/** Grants that end at the same moment; more would measure this machine's two cores rather than the product. */
const AT_ONCE = 25;
/** Between the beginnings, and so the ends, of two; deadlines are whole seconds, so two may meet. */
const EVERY_MS = 700;

export async function deadline(report: Report): Promise<void> {
  // Twenty-five at once from one address are not one person in a loop.
  const collectorEnv = { VITRINE_RATE_SCALE: '100' };
  const stack = await startStack({
    orders: 10_000,
    collectorEnv,
    ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }),
  });
  const admin = new pg.Client({ connectionString: stack.target.superuserUrl });
  await admin.connect();
  const engineer = await openEngineer(stack, 'amira');
  const client: number[] = [];
  const server: number[] = [];
  try {
    while (client.length < RUNS) {
      const count = Math.min(AT_ONCE, RUNS - client.length);
      await Promise.all(
        Array.from({ length: count }, async (_, n) => {
          // Ends are spread over the round, as they are in life.
          await pause(n * EVERY_MS);
          const { clientMs, serverMs } = await one(engineer, admin);
          client.push(clientMs);
          server.push(serverMs);
        }),
      );
      console.error(`deadline: ${client.length} of ${RUNS}`);
    }
  } finally {
    await engineer.close();
    await admin.end();
    await stack.stop();
  }
  const cut = spread(client);
  const gone = spread(server);
  report({
    metric: 'client cut after the deadline, worst',
    unit: 'ms',
    value: cut.worst,
    budget: 250,
    beside: { ...cut, runs: RUNS },
  });
  report({
    metric: 'role gone from the server after the deadline, worst',
    unit: 'ms',
    value: gone.worst,
    budget: 2000,
    beside: { ...gone, runs: RUNS },
  });
}

async function one(
  engineer: Awaited<ReturnType<typeof openEngineer>>,
  admin: pg.Client,
): Promise<{ clientMs: number; serverMs: number }> {
  const over = Promise.withResolvers<void>();
  const live = await engineer.breakGlass(1, over.resolve);
  const until = live.claims.exp * 1000;
  live.runner.run({ tab: 'bench', text: 'select pg_sleep(600)', confirmed: true }).catch(() => undefined);
  const name = await roleOf(admin, live);
  await over.promise;
  // From the deadline, not from when the timer noticed it.
  const late = live.deadline.overshoot();
  const report = live.close('expired').then((cut) => late + cut.client_cut_ms);
  let serverMs = 0;
  for (;;) {
    const { rows } = await admin.query<{ left: boolean }>(
      'select exists (select from pg_roles where rolname = $1) or exists (select from pg_stat_activity where usename = $1) as left',
      [name],
    );
    serverMs = Date.now() - until;
    if (rows[0]?.left === false) break;
    await pause(10);
  }
  const clientMs = await report;
  await live.runner.dispose();
  return { clientMs, serverMs };
}

/** The ephemeral role of a grant: whoever the server knows behind the app's backend. */
async function roleOf(admin: pg.Client, live: { connection(): { backend_pid: number | null } }): Promise<string> {
  for (;;) {
    const pid = live.connection().backend_pid;
    if (pid !== null) {
      const { rows } = await admin.query<{ usename: string }>('select usename from pg_stat_activity where pid = $1', [
        pid,
      ]);
      if (rows[0] !== undefined) return rows[0].usename;
    }
    await pause(20);
  }
}
