/**
 * The cut of the server's side when nobody helps it: the app killed, suspended, or without its network at the deadline; and
 * the kill switch. Each over 100 grants with a statement running, in rounds, their ends spread as they are in life.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Stack, startStack } from '../dev/stack/index.ts';
import { type Held, openPages, startHolder, startWire, superuser, whenGone } from './cuts/parts.ts';
import { type Report, spread } from './support.ts';

const RUNS = Number(process.env.VITRINE_BENCH_RUNS ?? 100);
/** Grants at once: the last has to be open before the first ends. */
const AT_ONCE = 34;
const EVERY_MS = 700;

const openStack = (): Promise<Stack> =>
  startStack({
    orders: 10_000,
    // Thirty people at once from one address are not one person in a loop.
    collectorEnv: { VITRINE_RATE_SCALE: '100' },
    ...(process.env.VITRINE_STATE ? {} : { dir: 'out/bench-stack' }),
  });

async function inRounds(name: string, round: (count: number) => Promise<void>): Promise<void> {
  for (let done = 0; done < RUNS; ) {
    const count = Math.min(AT_ONCE, RUNS - done);
    await round(count);
    done += count;
    console.error(`${name}: ${done} of ${RUNS}`);
  }
}

const told = (report: Report, metric: string, samples: readonly number[], budget: number): void => {
  const { worst, ...beside } = spread(samples);
  report({ metric, unit: 'ms', value: worst, budget, beside: { ...beside, runs: samples.length } });
};
const lateness = (held: readonly Held[], gone: ReadonlyMap<string, number>): number[] =>
  held.map(({ role, until }) => (gone.get(role) ?? Number.NaN) - until);

/** What is done to the app before the first of its deadlines. */
async function atTheDeadline(name: string, report: Report, metric: string, signal: NodeJS.Signals): Promise<void> {
  const stack = await openStack();
  const admin = await superuser(stack);
  const server: number[] = [];
  try {
    await inRounds(name, async (count) => {
      const { child, held } = await startHolder(stack, admin, count, EVERY_MS);
      child.kill(signal);
      server.push(
        ...lateness(
          held,
          await whenGone(
            admin,
            held.map(({ role }) => role),
          ),
        ),
      );
      child.kill('SIGKILL');
    });
  } finally {
    await admin.end();
    await stack.stop();
  }
  told(report, metric, server, 2000);
}

export const killed = (report: Report): Promise<void> =>
  atTheDeadline('deadline-killed', report, 'role gone after the deadline, app killed, worst', 'SIGKILL');
export const suspended = (report: Report): Promise<void> =>
  atTheDeadline('deadline-suspended', report, 'role gone after the deadline, app suspended, worst', 'SIGSTOP');

/** The app runs on, but what it sends to the database arrives nowhere, and nothing comes back. */
export async function cutOff(report: Report): Promise<void> {
  const stack = await openStack();
  const admin = await superuser(stack);
  const before = readFileSync(stack.policyPath, 'utf8');
  const server: number[] = [];
  const client: number[] = [];
  try {
    await inRounds('deadline-cut-off', async (count) => {
      const wire = await startWire(stack.target.port);
      // Only the app goes this way: the collector's admin address names its own port.
      writeFileSync(stack.policyPath, before.replace(/(\n {4}port: )\d+/, `$1${wire.port}`));
      await pause(6000);
      const { child, held, cuts } = await startHolder(stack, admin, count, EVERY_MS);
      wire.child.kill('SIGSTOP');
      server.push(
        ...lateness(
          held,
          await whenGone(
            admin,
            held.map(({ role }) => role),
          ),
        ),
      );
      while (cuts.length < count) await pause(50);
      client.push(...cuts);
      for (const process of [child, wire.child]) process.kill('SIGKILL');
    });
  } finally {
    writeFileSync(stack.policyPath, before);
    await admin.end();
    await stack.stop();
  }
  told(report, 'role gone after the deadline, app without network, worst', server, 2000);
  told(report, 'client cut after the deadline, without network, worst', client, 250);
}

/** From the reviewer's click to neither role nor session. */
export async function killSwitch(report: Report): Promise<void> {
  const stack = await openStack();
  const admin = await superuser(stack);
  const server: number[] = [];
  try {
    const ingrid = await openPages(stack, 'ingrid');
    await inRounds('kill-switch', async (count) => {
      const { child, held } = await startHolder(stack, admin, count, EVERY_MS / 2);
      for (const { id, role } of held) {
        const clicked = Date.now();
        const [gone] = await Promise.all([whenGone(admin, [role]), ingrid.post(`/v1/requests/${id}/revoke`)]);
        server.push((gone.get(role) ?? Number.NaN) - clicked);
      }
      child.kill('SIGKILL');
    });
  } finally {
    await admin.end();
    await stack.stop();
  }
  told(report, 'role gone after the kill switch, worst', server, 1000);
}
