/**
 * `pgbench -S` straight to the server, through pgbouncer, and through our port with every statement signed and durable
 * first: 1, 8 and 32 clients, three protocols, interleaved in rounds, so that whatever else the machine does meets all
 * three alike. A ratio is taken in each round; the median of the rounds is reported, with what the relay's thread paid
 * for one statement beside it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../dev/stack/index.ts';
import { openFloor } from './floor.ts';
import { median, type Report, round } from './support.ts';
import {
  type Cost,
  type Load,
  type LoadOptions,
  load,
  missingTools,
  openWays,
  portWay,
  pgbench as runPgbench,
  startBenchServer,
  startRelay,
  type Ways,
} from './ways/index.ts';

const ROUNDS = Number(process.env.VITRINE_BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.VITRINE_BENCH_SECONDS ?? 2);
const CLIENTS = (process.env.VITRINE_BENCH_CLIENTS ?? '1 8 32').split(' ').map(Number);
const MODES = ['simple', 'extended', 'prepared'] as const;
type Mode = LoadOptions['mode'];

export async function pgbench(report: Report): Promise<void> {
  const missing = missingTools('pgbench', 'pgbouncer');
  if (missing !== null) {
    report({
      metric: 'pgbench -S through the port',
      unit: 'ratio',
      value: Number.NaN,
      beside: { not_measured: missing },
    });
    return;
  }
  const server = await startBenchServer();
  try {
    for (const tls of [true, false]) {
      const ways = await openWays(server, tls);
      try {
        for (const clients of tls ? CLIENTS : CLIENTS.filter((count) => count === 8))
          for (const mode of MODES) await cell(report, ways, clients, mode, tls);
      } finally {
        await ways.stop();
      }
    }
  } finally {
    await server.stop();
  }
  await delivered(report).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    report({ metric: DELIVERED, unit: '1/s', value: Number.NaN, beside: { not_measured: why } });
  });
}
const DELIVERED = 'pgbench by primary key, 4 clients, while the embedded collector receives';

interface Round {
  readonly direct: Load;
  readonly pgbouncer: Load;
  readonly port: Load;
  readonly cost: Cost;
  /** Milliseconds of one write with `fdatasync`, and of one signature. */
  readonly sync: number;
  readonly sign: number;
}

async function cell(report: Report, ways: Ways, clients: number, mode: Mode, tls: boolean): Promise<void> {
  const rounds: Round[] = [];
  await ways.relay.renew();
  // Both sides compile what they run.
  const transactions = Math.ceil(2000 / clients);
  for (const way of ways.all) await runPgbench(way, { clients, mode, seconds: 0, transactions });
  for (let n = 0; n < ROUNDS; n++) rounds.push(await oneRound(ways, { clients, mode, seconds: SECONDS }));
  const middle = (pick: (one: Round) => number): number => median(rounds.map(pick));
  const name = `pgbench -S ${mode}, ${clients} ${clients === 1 ? 'client' : 'clients'}${tls ? '' : ', server without TLS'}`;
  const statements = (one: Round): number => one.port.transactions;
  const beside = {
    of_direct: round(middle((one) => one.port.tps / one.direct.tps)),
    direct_tps: round(
      middle((one) => one.direct.tps),
      0,
    ),
    pgbouncer_tps: round(
      middle((one) => one.pgbouncer.tps),
      0,
    ),
    port_tps: round(
      middle((one) => one.port.tps),
      0,
    ),
    main_cpu_us: round(
      middle((one) => (one.cost.mainCpu * 1000) / statements(one)),
      1,
    ),
    main_cpu_quiet_us: round(Math.min(...rounds.map(quietCpu)), 1),
    all_cpu_us: round(
      middle((one) => (one.cost.cpu * 1000) / statements(one)),
      1,
    ),
    busy: round(
      middle((one) => one.cost.busy),
      2,
    ),
    records_per_tx: round(
      middle((one) => one.cost.records / statements(one)),
      2,
    ),
    // What the signatures alone cost, whatever else is done: a bound that no relay of this log can go below.
    signatures_us: round(
      middle((one) => (one.cost.records / statements(one)) * one.sign * 1000),
      1,
    ),
    rounds: ROUNDS,
    load: load(),
  };
  report({
    metric: `${name}, of pgbouncer`,
    unit: 'ratio',
    value: round(middle((one) => one.port.tps / one.pgbouncer.tps)),
    ...(clients === 8 ? { budget: 0.35 } : {}),
    beside,
  });
  if (clients !== 1) return;
  const floor = (one: Round): number => one.direct.p50 + one.sync + one.sign;
  report({
    metric: `${name}, over the floor, p50`,
    unit: 'ratio',
    value: round(middle((one) => one.port.p50 / floor(one))),
    budget: 1.3,
    beside: {
      port_ms: round(middle((one) => one.port.p50)),
      floor_ms: round(middle(floor)),
      direct_ms: round(middle((one) => one.direct.p50)),
      sync_ms: round(middle((one) => one.sync)),
      sign_ms: round(middle((one) => one.sign)),
      pgbouncer_ms: round(middle((one) => one.pgbouncer.p50)),
    },
  });
}

/** The main thread's time per statement while the cores were left to us, µs. */
const quietCpu = ({ cost, port }: Round): number => (cost.quietPerRecord * cost.records) / port.transactions;

async function oneRound(ways: Ways, options: LoadOptions): Promise<Round> {
  const [direct, pgbouncer, port] = ways.all;
  if (direct === undefined || pgbouncer === undefined || port === undefined) throw new Error('three ways are compared');
  const straight = await runPgbench(direct, options);
  const pooled = await runPgbench(pgbouncer, options);
  await ways.relay.begin();
  const ours = await runPgbench(port, options);
  const cost = await ways.relay.read();
  // One intent and one outcome for each transaction at least, or this was not what it says it is.
  if (cost.records < 2 * ours.transactions) throw new Error(`${ours.transactions} statements, ${cost.records} records`);
  return { direct: straight, pgbouncer: pooled, port: ours, cost, ...(await floorParts()) };
}

/** On the disk and with the kind of key that the log uses, right after the round. */
async function floorParts(): Promise<{ sync: number; sign: number }> {
  const floor = await openFloor();
  const syncs: number[] = [];
  const signs: number[] = [];
  try {
    for (let n = 0; n < 400; n++) {
      syncs.push(await floor.sync());
      signs.push(await floor.sign());
    }
  } finally {
    await floor.close();
  }
  return { sync: median(syncs), sign: median(signs) };
}

/** The same with a grant of the embedded stack, whose collector receives every record meanwhile. */
async function delivered(report: Report): Promise<void> {
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-script-'));
  const script = join(folder, 'orders.sql');
  writeFileSync(script, '\\set id random(1, 10000)\nselect status from shop.orders where id = :id;\n');
  try {
    const relay = await startRelay({ kind: 'grant', collectorUrl: stack.collectorUrl, person: 'amira' });
    try {
      const way = portWay(relay);
      await runPgbench(way, { clients: 4, mode: 'simple', seconds: 1, script });
      await relay.begin();
      const seconds = Math.max(5, SECONDS);
      const load1 = await runPgbench(way, { clients: 4, mode: 'simple', seconds, script });
      const cost = await relay.read();
      report({
        metric: DELIVERED,
        unit: '1/s',
        value: round(load1.tps, 0),
        beside: {
          records_recorded: cost.records,
          records_receipted: cost.inLedger,
          main_cpu_us: round((cost.mainCpu * 1000) / load1.transactions, 1),
          all_cpu_us: round((cost.cpu * 1000) / load1.transactions, 1),
          busy: round(cost.busy, 2),
          load: load(),
        },
      });
    } finally {
      await relay.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stack.stop();
  }
}
