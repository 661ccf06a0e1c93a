/**
 * The soak: the app behind its local port with a real target, collector and ledger, and eight tools that work, dawdle, err,
 * cancel and leave, while grants and openings of the port come and go. What is watched is whether the app keeps its size.
 * (I5; memory flat, no descriptor leaked)
 *
 *   app      the app without its window, in a process of its own
 *   work     what the tools do
 *   verdict  whether the figures are flat
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../../../dev/stack/index.ts';
import type { PortFacts } from '../../../main/proxy/port/index.ts';
import { Random } from '../fuzz/random.ts';
import type { Answer, Order } from './app.ts';
import type { Sample } from './verdict.ts';
import { Interrupted, interruptedOr, works } from './work.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Where the stack keeps its files. */
  readonly dir: string;
  readonly tools?: number;
  /** Rows of a large result. */
  readonly rows?: number;
  readonly every?: number;
  /** How long a grant lasts, and an opening of the port at most, seconds. */
  readonly grant?: number;
  readonly opening?: number;
  readonly look?: (sample: Sample) => void;
  readonly log?: (line: string) => void;
}
export interface SoakReport {
  readonly samples: readonly Sample[];
  /** Before the first tool and after the last. */
  readonly before: Sample;
  readonly after: Sample;
  /** How often each piece of work was done, and how often it was interrupted by the end of a grant or of the port. */
  readonly done: Readonly<Record<string, number>>;
  readonly interrupted: number;
  readonly problems: readonly string[];
}

const MOST_BEHIND = 3000;

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seed, seconds, dir, tools = 8, rows = 1_000_000, every = 10, grant = 300, opening = 60 } = options;
  const { look = () => {}, log = () => {} } = options;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'policy.yaml'), policy);
  const stack = await startStack({ orders: 10_000, dir });
  const app = startApp();
  const problems: string[] = [];
  const done: Record<string, number> = {};
  let interrupted = 0;
  let facts: PortFacts | null = null;
  let over = false;
  /** Records that the ledger does not have yet. */
  let behind = 0;

  async function tool(number: number): Promise<void> {
    const random = new Random(seed, number);
    while (!over) {
      const now = facts;
      // Many short connections make more records than the ledger of a small machine takes; the log on disk would grow.
      if (now === null || behind > MOST_BEHIND) {
        await sleep(100);
        continue;
      }
      const [, name, work] = random.weighted(works.map((one) => [one[0], one] as const));
      try {
        await work({ facts: now, random, rows });
        done[name] = (done[name] ?? 0) + 1;
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (error instanceof Interrupted || interruptedOr(code ?? message) instanceof Interrupted) interrupted++;
        else problems.push(`${name}: ${code ?? ''} ${message}`);
      }
      await sleep(random.between(10, 200));
    }
  }

  /** Grants and openings of the port, one after the other. */
  async function access(until: number): Promise<void> {
    const random = new Random(seed, tools);
    while (performance.now() < until) {
      facts = (await app.ask({ do: 'break glass', minutes: Math.ceil(grant / 60) + 1 })).facts ?? null;
      log('the glass is broken, the port is open');
      const end = Math.min(until, performance.now() + grant * 1000);
      while (performance.now() < end) {
        const open = random.between(opening * 300, opening * 1000);
        await sleep(Math.min(open, Math.max(0, end - performance.now())));
        if (performance.now() >= end) break;
        facts = null;
        await app.ask({ do: 'close port' });
        facts = (await app.ask({ do: 'open port' })).facts ?? null;
        log('the port was closed and opened again');
      }
      facts = null;
      await app.ask({ do: 'hand back' });
      log('handed back');
    }
  }

  const samples: Sample[] = [];
  async function watch(): Promise<void> {
    let next = performance.now() + every * 1000;
    while (!over) {
      await sleep(1000);
      if (over) break;
      behind = (await app.ask({ do: 'behind' })).behind ?? 0;
      if (performance.now() < next) continue;
      next += every * 1000;
      const { sample } = await app.ask({ do: 'sample' });
      if (sample === undefined) continue;
      samples.push(sample);
      look(sample);
    }
  }

  try {
    await app.ask({ do: 'start', collectorUrl: stack.collectorUrl });
    const before = await calm(app);
    const watching = watch();
    const working = Array.from({ length: tools }, (_, number) => tool(number));
    await access(performance.now() + seconds * 1000);
    over = true;
    await Promise.all([...working, watching]);
    await app.ask({ do: 'deliver' });
    const after = await calm(app);
    await app.ask({ do: 'close' });
    return { samples, before, after, done, interrupted, problems };
  } finally {
    over = true;
    app.stop();
    await stack.stop();
  }
}

/** A sample when nothing happens any more: connections that were left, and those to the collector, take seconds to end. */
async function calm(app: App): Promise<Sample> {
  await sleep(8000);
  const { sample } = await app.ask({ do: 'sample' });
  if (sample === undefined) throw new Error('the app gives no sample');
  return sample;
}

interface App {
  ask(order: Order): Promise<Answer>;
  stop(): void;
}

/** Orders are obeyed side by side and answered in any order, so each kind is asked one at a time. */
function startApp(): App {
  const child: ChildProcess = fork(join(import.meta.dirname, 'app.ts'), { execArgv: ['--expose-gc'] });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  child.on('message', (answer: Answer) => {
    const one = waiting.shift();
    if (answer.failed !== undefined) one?.reject(new Error(answer.failed));
    else one?.resolve(answer);
  });
  child.on('exit', (code, signal) => {
    for (const one of waiting.splice(0)) one.reject(new Error(`the app has ended: ${signal ?? code}`));
  });
  return {
    ask(order) {
      const answer = turn.then(
        () =>
          new Promise<Answer>((resolve, reject) => {
            if (!child.connected) reject(new Error('the app has ended'));
            waiting.push({ resolve, reject });
            child.send(order);
          }),
      );
      turn = answer.catch(() => {});
      return answer;
    },
    stop: () => void (child.connected ? child.disconnect() : child.kill()),
  };
}

/** One scope in which all of the work is possible; the target's address is filled in by the stack. */
const policy = `version: 1
roles: { engineer: [oncall], approver: [incident-commanders], reviewer: [security] }
people:
  - { sub: amira, name: Amira Haddad, groups: [oncall] }
targets:
  orders: { label: Orders, environment: production, host: 127.0.0.1, port: 5432, database: shop, tls: { mode: verify-full } }
scopes:
  soak:
    label: Soak
    mode: write
    tables:
      - { schema: shop, table: orders, select: '*', update: [status] }
      - { schema: shop, table: order_lines, select: '*', insert: '*' }
severities:
  SEV1: { label: Customers are affected now, max_minutes: 60, alone: true }
rules:
  - { roles: [engineer], targets: [orders], scopes: [soak], severities: [SEV1] }
`;
