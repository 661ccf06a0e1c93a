/** What a start finds when its predecessor was killed: a PostgreSQL that still runs, or a stale lock file. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, isAlive } from '../processes.ts';

/** Ends a PostgreSQL that still runs on this data folder, and removes a lock file that nobody holds. */
export async function endOrphan(data: string, log: (line: string) => void): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !commandOf(pid).includes(data)) {
    rmSync(lock, { force: true });
    return;
  }
  log(`Ending a PostgreSQL that was left running (process ${pid})`);
  // Fast shutdown, then immediate shutdown; both keep every committed transaction.
  for (const [signal, patience] of [
    ['SIGINT', 5000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 2000],
  ] as const) {
    if (!isAlive(pid)) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < patience && isAlive(pid); waited += 20) await sleep(20);
  }
  rmSync(lock, { force: true });
}
