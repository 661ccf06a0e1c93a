/**
 * A million rows in the app's main parts, through relay and log: into the encrypted store, beside raw `pg` that reads and
 * forgets the same rows from the same server; and into a CSV file, beside `psql \copy`. Rows per second, first row,
 * memory, and how long the event loop was kept from anything else.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Stack, startStack } from '../dev/stack/index.ts';
import type { ExportState, ExportWish, ResultState } from '../shared/ipc.ts';
import { openEngineer } from './engineer.ts';
import { quantile, type Report, round } from './support.ts';

const ROWS = Number(process.env.VITRINE_BENCH_ROWS ?? 1_000_000);
const RUNS = 3;
/** About 110 bytes a row, of the types that a shop has. */
const QUERY = `select i as id, md5(i::text) as reference, timestamptz '2026-11-23' + i * interval '1 second' as placed_at,
  (i % 9000) * 1.37 as total, case when i % 7 = 0 then null else 'processing' end as status
  from generate_series(1, ${ROWS}) i`;

/** What one piece of work cost. */
interface Cost {
  readonly ms: number;
  readonly firstMs: number;
  readonly delayP99: number;
  readonly delayWorst: number;
  readonly grownMb: number;
}

export async function results(report: Report): Promise<void> {
  const stack = await startStack({ orders: 10_000, ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }) });
  const engineer = await openEngineer(stack, 'amira');
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-export-'));
  const results = new Map<string, ResultState>();
  const exports = new Map<string, ExportState>();
  const live = await engineer.breakGlass(20, () => undefined, {
    onResult: (state) => results.set(state.id, state),
    onExport: (state) => exports.set(state.id, state),
    askFile: async () => join(folder, 'ours.csv'),
  });
  const raw = new pg.Client({ connectionString: stack.target.superuserUrl, ssl: { ca: stack.target.ca } });
  await raw.connect();
  const costs = { raw: [] as Cost[], drain: [] as Cost[], kept: [] as Cost[], again: [] as Cost[], copy: [] as Cost[] };
  const exporting = (result: string, source: ExportWish['source']): Promise<Cost> =>
    measured(async () => {
      const id = await live.exporter.start({ result, source, format: 'csv', delimiter: ',', table: '' });
      for (;;) {
        const state = exports.get(id ?? '');
        if (state?.status === 'failed') throw new Error(state.error?.message);
        if (state?.status === 'done') return { ms: state.ms, firstMs: 0 };
        await pause(5);
      }
    });
  try {
    for (let run = 0; run < RUNS; run++) {
      costs.raw.push(await measured(() => readRaw(raw)));
      let id = '';
      costs.drain.push(
        await measured(async () => {
          const answer = await live.runner.run({ tab: 'bench', text: QUERY, confirmed: true });
          id = answer.kind === 'started' ? (answer.results[0] ?? '') : '';
          while (results.get(id)?.done_ms == null) await pause(5);
          const state = results.get(id);
          if (state?.stored !== ROWS) throw new Error(`kept ${state?.stored} of ${ROWS} rows`);
          return { ms: state.done_ms ?? 0, firstMs: state.first_row_ms ?? 0 };
        }),
      );
      costs.kept.push(await exporting(id, 'kept'));
      costs.again.push(await exporting(id, 'again'));
      const copied = await psqlCopy(stack, join(folder, 'theirs.csv'));
      if (copied !== null) costs.copy.push(copied);
      live.runner.close(id);
    }
  } finally {
    await raw.end();
    await live.close('handed_back');
    await live.runner.dispose();
    await engineer.close();
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
  tell(report, costs);
}

function tell(report: Report, costs: Record<'raw' | 'drain' | 'kept' | 'again' | 'copy', Cost[]>): void {
  const p50 = (of: readonly Cost[], what: keyof Cost): number =>
    round(
      quantile(
        of.map((cost) => cost[what]),
        0.5,
      ),
      1,
    );
  const worst = (of: readonly Cost[], what: keyof Cost): number => round(Math.max(...of.map((cost) => cost[what])), 1);
  const load = round(loadavg()[0] ?? 0, 1);
  const ours = p50(costs.drain, 'ms');
  const theirs = p50(costs.raw, 'ms');
  report({
    metric: 'drain of 1 M rows into the store, rows/s over raw pg',
    unit: 'ratio',
    value: round(theirs / ours),
    beside: { ours_ms: ours, raw_ms: theirs, rows: ROWS, runs: RUNS, load },
  });
  report({
    metric: 'first row kept, after what raw pg needs for its first row',
    unit: 'ms',
    value: round(p50(costs.drain, 'firstMs') - p50(costs.raw, 'firstMs'), 1),
    budget: 100,
    beside: { ours_ms: p50(costs.drain, 'firstMs'), raw_ms: p50(costs.raw, 'firstMs') },
  });
  report({
    metric: 'event-loop delay while draining, p99',
    unit: 'ms',
    value: worst(costs.drain, 'delayP99'),
    budget: 20,
    beside: { worst: worst(costs.drain, 'delayWorst'), raw_pg: worst(costs.raw, 'delayP99') },
  });
  report({
    metric: 'growth of main while 1 M rows are drained and kept, worst',
    unit: 'MB',
    value: worst(costs.drain, 'grownMb'),
    budget: 250,
  });
  for (const [name, of] of [
    ['the kept result', costs.kept],
    ['the statement run again', costs.again],
  ] as const) {
    const copy = costs.copy.length === 0 ? null : p50(costs.copy, 'ms');
    report({
      metric: `export of 1 M rows as CSV from ${name}, time over psql \\copy`,
      unit: copy === null ? 'ms' : 'ratio',
      value: copy === null ? p50(of, 'ms') : round(p50(of, 'ms') / copy),
      beside: {
        ours_ms: p50(of, 'ms'),
        copy_ms: copy ?? 'psql is not installed',
        delay_p99: worst(of, 'delayP99'),
        grown_mb: worst(of, 'grownMb'),
        load,
      },
    });
  }
}

async function measured(work: () => Promise<Pick<Cost, 'ms' | 'firstMs'>>): Promise<Cost> {
  await pause(300);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times = await work();
  delay.disable();
  clearInterval(watch);
  return {
    ...times,
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

const run = promisify(execFile);
/** The same rows by psql, over TLS as well; null where it is not installed. */
async function psqlCopy(stack: Stack, path: string): Promise<Cost | null> {
  const url = `${stack.target.superuserUrl}?sslmode=require`;
  const started = performance.now();
  try {
    await run('psql', ['-X', '-q', '-d', url, '-c', `\\copy (${QUERY.replaceAll('\n', ' ')}) to '${path}' csv header`]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return { ms: performance.now() - started, firstMs: 0, delayP99: 0, delayWorst: 0, grownMb: 0 };
}
