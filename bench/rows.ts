/**
 * A million rows through the port beside the same straight from the server: as a SELECT that psql prints, as a COPY that
 * it only copies, and as rows of node-postgres. Interleaved in rounds; a ratio of throughputs in each. The relay runs in
 * a process of its own, whose memory and event loop are watched meanwhile.
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { median, type Report, round, timed } from './support.ts';
import { type Cost, load, missingTools, openWays, psql, startBenchServer, type Way, type Ways } from './ways/index.ts';

const ROUNDS = Number(process.env.VITRINE_BENCH_ROUNDS ?? 3);
/** Short rows are the hardest for a relay: most messages per byte. */
const SHORT = 'select aid, abalance from pgbench_accounts';
const LONG = 'select * from pgbench_accounts';
const clients: Readonly<Record<string, (way: Way) => Promise<number>>> = {
  'SELECT in psql, short rows': (way) => psql(way, SHORT),
  'SELECT in psql, rows of 100 bytes': (way) => psql(way, LONG),
  'COPY in psql, rows of 100 bytes': (way) => psql(way, `copy (${LONG}) to stdout`),
  'SELECT in node-postgres, short rows': (way) => nodePostgres(way, SHORT),
};

export async function rows(report: Report): Promise<void> {
  const missing = missingTools('pgbench', 'psql', 'pgbouncer');
  if (missing !== null) {
    report({
      metric: '1 M rows through the port',
      unit: 'ratio',
      value: Number.NaN,
      beside: { not_measured: missing },
    });
    return;
  }
  const server = await startBenchServer();
  const ways = await openWays(server, true);
  try {
    for (const [name, run] of Object.entries(clients)) await one(report, ways, name, run);
  } finally {
    await ways.stop();
    await server.stop();
  }
}

async function one(report: Report, ways: Ways, name: string, run: (way: Way) => Promise<number>): Promise<void> {
  const rounds: { direct: number; pgbouncer: number; port: number; cost: Cost }[] = [];
  for (let n = -1; n < ROUNDS; n++) {
    const times = { direct: 0, pgbouncer: 0, port: 0 };
    await ways.relay.begin();
    for (const way of ways.all) {
      if (way.name === 'port') await ways.relay.begin();
      times[way.name] = await run(way);
    }
    // The first round only warms up.
    if (n >= 0) rounds.push({ ...times, cost: await ways.relay.read() });
  }
  const middle = (pick: (one: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
  report({
    metric: `1 M rows, ${name}: of direct throughput`,
    unit: 'ratio',
    value: round(middle((one) => one.direct / one.port)),
    budget: 0.8,
    beside: {
      direct_ms: round(
        middle((one) => one.direct),
        0,
      ),
      pgbouncer_ms: round(
        middle((one) => one.pgbouncer),
        0,
      ),
      port_ms: round(
        middle((one) => one.port),
        0,
      ),
      main_cpu_ms: round(
        middle((one) => one.cost.mainCpu),
        0,
      ),
      busy: round(
        middle((one) => one.cost.busy),
        2,
      ),
      loop_delay_p99_ms: round(
        middle((one) => one.cost.delayP99),
        1,
      ),
      loop_delay_worst_ms: round(Math.max(...rounds.map((one) => one.cost.delayWorst)), 1),
      rss_first_mb: round(rounds[0]?.cost.rssMb ?? 0, 0),
      rss_last_mb: round(rounds.at(-1)?.cost.rssMb ?? 0, 0),
      rss_peak_mb: round(Math.max(...rounds.map((one) => one.cost.peakMb)), 0),
      rounds: ROUNDS,
      load: load(),
    },
  });
}

async function nodePostgres({ env }: Way, text: string): Promise<number> {
  const client = new pg.Client({
    host: env.PGHOST,
    port: Number(env.PGPORT),
    database: env.PGDATABASE,
    user: env.PGUSER,
    password: env.PGPASSWORD ?? '',
    ...(env.PGSSLROOTCERT === undefined ? {} : { ssl: { ca: readFileSync(env.PGSSLROOTCERT, 'utf8') } }),
  });
  await client.connect();
  try {
    return await timed(() => client.query({ text, rowMode: 'array' }));
  } finally {
    await client.end();
  }
}
