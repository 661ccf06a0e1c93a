/**
 * A million rows in the app's main parts, through relay and log into the encrypted store, beside raw `pg` that reads and
 * forgets the same rows from the same server: rows per second, first row, memory, and how long the event loop was kept
 * from anything else.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { startStack } from '../dev/stack/index.ts';
import type { ResultState } from '../shared/ipc.ts';
import { openEngineer } from './engineer.ts';
import { quantile, type Report, round } from './support.ts';

const ROWS = Number(process.env.VITRINE_BENCH_ROWS ?? 1_000_000);
const RUNS = 3;
/** About 110 bytes a row, of the types that a shop has. */
const QUERY = `select i as id, md5(i::text) as reference, timestamptz '2026-11-23' + i * interval '1 second' as placed_at,
  (i % 9000) * 1.37 as total, case when i % 7 = 0 then null else 'processing' end as status
  from generate_series(1, ${ROWS}) i`;

export async function results(report: Report): Promise<void> {
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const engineer = await openEngineer(stack, 'amira');
  const states = new Map<string, ResultState>();
  const live = await engineer.breakGlass(20, () => undefined, { onResult: (state) => states.set(state.id, state) });
  const raw = new pg.Client({ connectionString: stack.target.superuserUrl, ssl: { ca: stack.target.ca } });
  await raw.connect();
  const drains: Drain[] = [];
  const raws: { ms: number; firstMs: number }[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      raws.push(await readRaw(raw));
      drains.push(await drain(live.runner, states));
    }
  } finally {
    await raw.end();
    await live.close('handed_back');
    await live.runner.dispose();
    await engineer.close();
    await stack.stop();
  }
  const p50 = (values: readonly number[]): number => round(quantile(values, 0.5), 1);
  const ours = p50(drains.map(({ ms }) => ms));
  const theirs = p50(raws.map(({ ms }) => ms));
  report({
    metric: 'drain of 1 M rows into the store, rows/s over raw pg',
    unit: 'ratio',
    value: round(theirs / ours),
    beside: { ours_ms: ours, raw_ms: theirs, rows: ROWS, runs: RUNS },
  });
  report({
    metric: 'first row kept, after what raw pg needs for its first row',
    unit: 'ms',
    value: round(p50(drains.map(({ firstMs }) => firstMs)) - p50(raws.map(({ firstMs }) => firstMs)), 1),
    budget: 100,
    beside: { ours_ms: p50(drains.map(({ firstMs }) => firstMs)), raw_ms: p50(raws.map(({ firstMs }) => firstMs)) },
  });
  report({
    metric: 'event-loop delay while draining, p99',
    unit: 'ms',
    value: round(Math.max(...drains.map(({ delayP99 }) => delayP99)), 1),
    budget: 20,
    beside: { worst: round(Math.max(...drains.map(({ delayWorst }) => delayWorst)), 1) },
  });
  report({
    metric: 'growth of main while 1 M rows are drained and kept, worst',
    unit: 'MB',
    value: round(Math.max(...drains.map(({ grownMb }) => grownMb)), 0),
    budget: 250,
  });
}

interface Drain {
  readonly ms: number;
  readonly firstMs: number;
  readonly delayP99: number;
  readonly delayWorst: number;
  readonly grownMb: number;
}

type Runner = Awaited<ReturnType<Awaited<ReturnType<typeof openEngineer>>['breakGlass']>>['runner'];

async function drain(runner: Runner, states: ReadonlyMap<string, ResultState>): Promise<Drain> {
  await pause(300);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const answer = await runner.run({ tab: 'bench', text: QUERY, confirmed: true });
  const id = answer.kind === 'started' ? (answer.results[0] ?? '') : '';
  while (states.get(id)?.done_ms == null) await pause(5);
  delay.disable();
  clearInterval(watch);
  const state = states.get(id);
  if (state?.stored !== ROWS) throw new Error(`kept ${state?.stored} of ${ROWS} rows: ${JSON.stringify(state)}`);
  runner.close(id);
  return {
    ms: state.done_ms ?? 0,
    firstMs: state.first_row_ms ?? 0,
    // The resolution itself is counted by the histogram.
    delayP99: delay.percentile(99) / 1e6 - 1,
    delayWorst: delay.max / 1e6 - 1,
    grownMb: (most - before) / 1024 / 1024,
  };
}

function readRaw(client: pg.Client): Promise<{ ms: number; firstMs: number }> {
  const started = performance.now();
  let firstMs = 0;
  // Rows go to the listener and are forgotten.
  const query = client.query(new pg.Query(QUERY));
  return new Promise((resolve, reject) => {
    query.on('row', () => {
      if (firstMs === 0) firstMs = performance.now() - started;
    });
    query.on('error', reject);
    query.on('end', () => resolve({ ms: performance.now() - started, firstMs }));
  });
}
