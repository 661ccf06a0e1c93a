/** `npm run reset [-- --yes]`: stops what still runs in the state folder and removes it, with everything in it. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import { endOrphan } from './stack/orphan.ts';
import { standIn } from './stack/postgres-binaries.ts';
import { stackOwner, stateFolder } from './stack/state.ts';

const dir = stateFolder();
const postgres = join(dir, 'postgres');
const folders = [dir, standIn(postgres)].filter(existsSync);

if (folders.length === 0) {
  console.log(`Nothing to remove: ${dir} does not exist.`);
} else if (!looksLikeState()) {
  console.error(`${dir} does not look like a state folder of Vitrine, so it was left alone.`);
  process.exitCode = 1;
} else if (await confirmed()) {
  await stopOwner();
  for (const folder of [postgres, standIn(postgres)]) await endOrphan(join(folder, 'data'), console.log);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  console.log(`Removed ${folders.join(' and ')}. The next start begins from nothing.`);
} else {
  console.log('Nothing was removed.');
}

/** VITRINE_STATE may name anything; only what a stack has made is removed. */
function looksLikeState(): boolean {
  return ['state.json', 'running', 'postgres', 'postgres-versions', 'electron-not-available'].some((name) =>
    existsSync(join(dir, name)),
  );
}

async function confirmed(): Promise<boolean> {
  if (process.argv.includes('--yes') || !process.stdin.isTTY) return true;
  const ask = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await ask.question(
    `Remove ${dir}? The seeded database, the ledger with its keys, and everybody’s sign-in go with it. [y/N] `,
  );
  ask.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function stopOwner(): Promise<void> {
  const owner = stackOwner(dir);
  if (owner === null) return;
  console.log(`Stopping the stack that runs there (process ${owner})…`);
  process.kill(owner, 'SIGTERM');
  for (let waited = 0; waited < 20_000 && isAlive(owner); waited += 100) await sleep(100);
  if (isAlive(owner)) process.kill(owner, 'SIGKILL');
  // Its guard needs a moment to end the parts.
  for (let waited = 0; waited < 6000 && existsSync(join(postgres, 'data', 'postmaster.pid')); waited += 100)
    await sleep(100);
}
