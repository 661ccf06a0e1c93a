/** Starts relay and log in a process of their own and asks it what it has cost. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PortFacts } from '../../main/proxy/port/index.ts';
import type { Activation } from '../../shared/api.ts';

/** What the process is to serve. */
export type Serve =
  /** Relay and log alone: nobody takes the records away, and the grant sets no limit on how many may wait. */
  | { readonly kind: 'log'; readonly connection: Activation['connection'] }
  /** All of it: a grant of the embedded stack, whose collector receives every record. */
  | { readonly kind: 'grant'; readonly collectorUrl: string; readonly person: string };

export type Ask = { readonly ask: 'serve'; readonly serve: Serve } | { readonly ask: 'renew' | 'begin' | 'read' };

/** Since `begin`. */
export interface Cost {
  /** User and system time of all threads, ms. */
  readonly cpu: number;
  /** Of the thread that everything of ours runs on, ms. */
  readonly mainCpu: number;
  /** The same per record, µs, in the cheapest tenth of all slices of 100 ms: when others used the cores least. */
  readonly quietPerRecord: number;
  /** Share of the time that the event loop was not waiting, 0 to 1. */
  readonly busy: number;
  readonly records: number;
  readonly inLedger: number;
  readonly rssMb: number;
  readonly peakMb: number;
  /** How late the event loop came to a timer, ms. */
  readonly delayP99: number;
  readonly delayWorst: number;
}
export type Answer =
  | { readonly is: 'serving'; readonly facts: PortFacts }
  | { readonly is: 'done' }
  | { readonly is: 'cost'; readonly cost: Cost }
  | { readonly is: 'failed'; readonly why: string };

export interface RelayProcess {
  /** Where it listens now, and its password. */
  facts(): PortFacts;
  readonly pid: number;
  /** A new, empty log behind a new port: what was measured before must not weigh on what comes. */
  renew(): Promise<void>;
  begin(): Promise<void>;
  read(): Promise<Cost>;
  stop(): Promise<void>;
}

export async function startRelay(serve: Serve): Promise<RelayProcess> {
  // For profiles: VITRINE_BENCH_NODE='--cpu-prof --cpu-prof-dir=out/profiles'.
  const execArgv = (process.env.VITRINE_BENCH_NODE ?? '').split(' ').filter((word) => word !== '');
  const child = fork(fileURLToPath(new URL('./relay-process.ts', import.meta.url)), {
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const ask = (question: Ask): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('the relay process has ended'));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        // Cast: relay-process.ts answers every question with exactly one Answer.
        const answer = message as Answer;
        if (answer.is === 'failed') reject(new Error(answer.why));
        else resolve(answer);
      });
      child.send(question);
    });
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(impatient);
  };
  const serving = async (question: Ask): Promise<PortFacts> => {
    const answer = await ask(question);
    if (answer.is !== 'serving') throw new Error('the relay process did not say where it listens');
    return answer.facts;
  };
  let facts = await serving({ ask: 'serve', serve }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    facts: () => facts,
    pid: child.pid ?? 0,
    async renew() {
      facts = await serving({ ask: 'renew' });
    },
    async begin() {
      await ask({ ask: 'begin' });
    },
    async read() {
      const answer = await ask({ ask: 'read' });
      if (answer.is !== 'cost') throw new Error('the relay process did not say what it has cost');
      return answer.cost;
    },
    stop,
  };
}
