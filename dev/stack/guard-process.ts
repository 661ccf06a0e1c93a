/** The guard's own process; see guard.ts. Reads one JSON line per change, and acts when its input ends. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ward } from './guard.ts';

const wards = new Map<number, Ward>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  // Written by guard.ts of the same version, on a private pipe.
  const message = JSON.parse(line) as { add: Ward } | { remove: number };
  if ('add' in message) wards.set(message.add.pid, message.add);
  else wards.delete(message.remove);
}
await Promise.all([...wards.values()].map(end));

async function end(ward: Ward): Promise<void> {
  if (!send(ward.pid, ward.signal)) return;
  for (let waited = 0; waited < ward.graceMs; waited += 50) {
    await sleep(50);
    if (!send(ward.pid, 0)) return;
  }
  send(ward.pid, ward.last);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
