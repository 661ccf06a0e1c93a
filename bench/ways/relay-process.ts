/**
 * The app's relay, log and local port, without the app: run by relay.ts as a process of its own. Every statement is
 * signed by a real key and durable on a real disk before it is sent.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { openAuditLog } from '../../main/audit/index.ts';
import { newSigner } from '../../main/audit/testing.ts';
import { systemClock } from '../../main/clock.ts';
import { openRelay } from '../../main/proxy/index.ts';
import { openLocalPort, type PortFacts } from '../../main/proxy/port/index.ts';
import type { Limits } from '../../shared/grants.ts';
import { openEngineer } from '../engineer.ts';
import type { Answer, Ask, Cost, Serve } from './relay.ts';

/** What a benchmark needs to be sure that it measures the relay and not a limit of the policy. */
const limits: Limits = {
  max_rows: 2_000_000,
  max_bytes: 2 ** 31,
  statement_timeout_ms: 600_000,
  idle_tx_timeout_ms: 600_000,
  connections: 100,
  strict: false,
  max_unacked: 1_000_000_000,
  max_age_s: 1_000_000,
  unparsed: false,
  exports: true,
  local_port: true,
  port_dangerous: 'refuse',
};

interface Serving {
  readonly facts: PortFacts;
  counts(): { recorded: number; inLedger: number };
  stop(): Promise<void>;
}

async function serveLog(connection: Extract<Serve, { kind: 'log' }>['connection']): Promise<Serving> {
  mkdirSync('out', { recursive: true });
  // Not in the system's temporary folder, which may be memory.
  const dir = mkdtempSync('out/bench-log-');
  const secret = newSigner().sign(new Uint8Array(1)).subarray(0, 32);
  const log = await openAuditLog({
    dir,
    signer: newSigner(),
    clock: systemClock,
    app: { version: '0', build: 'bench' },
    sealKey: secret,
  });
  const relay = openRelay({
    connection,
    target: { id: 'bench' },
    gate: { refusal: () => null },
    log,
    session: {
      gid: 'A'.repeat(22),
      grant: 'e30.eyJzY29wZSI6eyJtb2RlIjoicmVhZCJ9fQ.sig',
      idToken: 'e30.e30.sig',
      limits,
    },
    clock: systemClock,
  });
  const { user, database } = connection;
  const port = openLocalPort({ relay, limits, user, database, clock: systemClock, onChange: () => undefined });
  return {
    facts: await port.open(),
    counts: () => ({ recorded: log.state().recorded, inLedger: log.state().in_ledger }),
    async stop() {
      port.end();
      await relay.cut('handed_back');
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function serveGrant(collectorUrl: string, person: string): Promise<Serving> {
  const engineer = await openEngineer({ collectorUrl }, person);
  const live = await engineer.breakGlass(30, () => undefined);
  return {
    facts: await live.port.open(),
    counts: () => ({ recorded: engineer.log.state().recorded, inLedger: engineer.log.state().in_ledger }),
    async stop() {
      await live.close('handed_back');
      await live.runner.dispose();
      await engineer.close();
    },
  };
}

const open = (serve: Serve): Promise<Serving> =>
  serve.kind === 'log' ? serveLog(serve.connection) : serveGrant(serve.collectorUrl, serve.person);

let wanted: Serve | null = null;
let serving: Serving | null = null;
const delay = monitorEventLoopDelay({ resolution: 10 });
let since = {
  cpu: process.cpuUsage(),
  main: process.threadCpuUsage(),
  loop: performance.eventLoopUtilization(),
  records: 0,
  inLedger: 0,
};
let peak = 0;
/** CPU time of the main thread per record, in the slices of 100 ms in which enough was done to tell. */
let slices: number[] = [];
let slice = { main: process.threadCpuUsage(), records: 0 };
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
  const { recorded = 0 } = serving?.counts() ?? {};
  const { user, system } = process.threadCpuUsage(slice.main);
  const records = recorded - slice.records;
  if (records >= 50) slices.push((user + system) / records);
  slice = { main: process.threadCpuUsage(), records: recorded };
}, 100);
watch.unref();

function begin(): void {
  const { recorded = 0, inLedger = 0 } = serving?.counts() ?? {};
  since = {
    cpu: process.cpuUsage(),
    main: process.threadCpuUsage(),
    loop: performance.eventLoopUtilization(),
    records: recorded,
    inLedger,
  };
  slices = [];
  delay.reset();
  delay.enable();
  peak = process.memoryUsage.rss();
}

function read(): Cost {
  const { recorded = 0, inLedger = 0 } = serving?.counts() ?? {};
  const cpu = process.cpuUsage(since.cpu);
  const main = process.threadCpuUsage(since.main);
  const rss = process.memoryUsage.rss();
  const late = (ns: number): number => Math.max(0, ns / 1e6 - 10);
  return {
    cpu: (cpu.user + cpu.system) / 1000,
    mainCpu: (main.user + main.system) / 1000,
    quietPerRecord: slices.sort((a, b) => a - b)[Math.floor(slices.length / 10)] ?? Number.NaN,
    busy: performance.eventLoopUtilization(since.loop).utilization,
    records: recorded - since.records,
    inLedger: inLedger - since.inLedger,
    rssMb: rss / 2 ** 20,
    peakMb: Math.max(peak, rss) / 2 ** 20,
    delayP99: late(delay.percentile(99)),
    delayWorst: late(delay.max),
  };
}

async function answer(ask: Ask): Promise<Answer> {
  switch (ask.ask) {
    case 'serve':
      wanted = ask.serve;
      serving = await open(wanted);
      return { is: 'serving', facts: serving.facts };
    case 'renew':
      if (wanted === null) throw new Error('nothing is served');
      await serving?.stop();
      serving = await open(wanted);
      return { is: 'serving', facts: serving.facts };
    case 'begin':
      begin();
      return { is: 'done' };
    case 'read':
      return { is: 'cost', cost: read() };
  }
}

process.on('message', (message) => {
  // Cast: only relay.ts speaks to this process.
  answer(message as Ask).then(
    (said) => process.send?.(said),
    (error: unknown) =>
      process.send?.({ is: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => {
  void (async () => {
    await serving?.stop();
    process.exit(0);
  })();
});
