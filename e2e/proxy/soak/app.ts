/**
 * The app without its window, in a process of its own, so that what is measured is the app alone: a signed-in engineer,
 * the audit log and its uploads, one live grant after the other, relay and local port. Started by `soak/index.ts`, which
 * tells it what to do.
 */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Engineer, openEngineer } from '../../../bench/engineer.ts';
import type { PortFacts } from '../../../main/proxy/port/index.ts';
import type { Sample } from './verdict.ts';

export type Order =
  | { readonly do: 'start'; readonly collectorUrl: string }
  | { readonly do: 'break glass'; readonly minutes: number }
  | { readonly do: 'open port' }
  | { readonly do: 'close port' }
  | { readonly do: 'hand back' }
  | { readonly do: 'sample' }
  /** How many records the ledger does not have yet. */
  | { readonly do: 'behind' }
  /** Waits until every record is in the ledger. */
  | { readonly do: 'deliver' }
  | { readonly do: 'close' };
export type Answer = {
  readonly facts?: PortFacts;
  readonly sample?: Sample;
  readonly behind?: number;
  readonly failed?: string;
};

let engineer: Engineer | null = null;
let live: Awaited<ReturnType<Engineer['breakGlass']>> | null = null;
const started = performance.now();
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'start':
      engineer = await openEngineer(order, 'amira');
      return {};
    case 'break glass':
      if (engineer === null) throw new Error('nobody has signed in');
      live = await engineer.breakGlass(order.minutes, () => void live?.close('expired'));
      return { facts: await live.port.open() };
    case 'open port':
      return live === null ? {} : { facts: await live.port.open() };
    case 'close port':
      await live?.port.close();
      return {};
    case 'hand back':
      await live?.close('handed_back');
      await live?.runner.dispose();
      if (live !== null) await engineer?.collector.end(live.claims.jti);
      live = null;
      return {};
    case 'sample':
      return { sample: sample() };
    case 'behind': {
      const state = engineer?.log.state();
      return { behind: (state?.recorded ?? 0) - (state?.in_ledger ?? 0) };
    }
    case 'deliver':
      await engineer?.log.drained();
      return {};
    case 'close':
      await engineer?.close();
      return {};
  }
}

function sample(): Sample {
  // What could go must not count; the app is started with the flag that makes this possible.
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const state = engineer?.log.state();
  const worst = delay.percentile(99) / 1e6;
  delay.reset();
  return {
    at: (performance.now() - started) / 1000,
    rss,
    heap: heapUsed,
    external,
    descriptors: readdirSync('/proc/self/fd').length,
    tools: live?.port.state().clients.length ?? 0,
    recorded: state?.recorded ?? 0,
    inLedger: state?.in_ledger ?? 0,
    delay: worst,
  };
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) =>
      process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
