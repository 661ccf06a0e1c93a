/**
 * An app without a window, as a process of its own that can be killed or suspended: opens grants of one minute one after
 * the other, with a statement that runs in each, and cuts each at its deadline, as the app does.
 * Words: the collector's address, how many, milliseconds between two. A line of JSON for each step.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { openEngineer } from '../engineer.ts';

const [collectorUrl = '', count = '0', everyMs = '0'] = process.argv.slice(2);
const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const engineer = await openEngineer({ collectorUrl }, 'amira');

async function hold(): Promise<void> {
  const over = Promise.withResolvers<void>();
  const live = await engineer.breakGlass(1, over.resolve);
  live.runner.run({ tab: 'bench', text: 'select pg_sleep(600)', confirmed: true }).catch(() => undefined);
  let pid = live.connection().backend_pid;
  for (; pid === null; pid = live.connection().backend_pid) await pause(20);
  const id = live.claims.jti;
  say({ held: id, pid, until: live.claims.exp * 1000 });
  await over.promise;
  const late = live.deadline.overshoot();
  const { client_cut_ms } = await live.close('expired');
  say({ cut: id, ms: late + client_cut_ms });
}

const held: Promise<void>[] = [];
for (let n = 0; n < Number(count); n++) {
  held.push(hold());
  await pause(Number(everyMs));
}
await Promise.all(held);
await pause(600_000);
