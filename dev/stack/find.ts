/** A stack that somebody else runs on this machine (`npm start`, `npm run stack`), found by its folder. */
import { setTimeout as sleep } from 'node:timers/promises';
import { discovery } from '../../shared/api.ts';
import { readState, stackOwner } from './state.ts';

export interface FoundStack {
  /** The process that runs it. */
  readonly owner: number;
  readonly collectorUrl: string;
  readonly issuer: string;
}

/** Null when nobody runs one in this folder. One that is still starting is waited for. */
export async function findStack(dir: string, log: (line: string) => void): Promise<FoundStack | null> {
  let told = false;
  for (;;) {
    const owner = stackOwner(dir);
    if (owner === null) return null;
    // Read again each time: a stack that starts writes its ports shortly before it answers.
    const { collector } = readState(dir).ports;
    const found = collector === undefined ? null : await ask(`http://127.0.0.1:${collector}`);
    if (found !== null) return { owner, ...found };
    if (!told) log(`A stack is starting in ${dir} (process ${owner}); waiting for it…`);
    told = true;
    await sleep(200);
  }
}

async function ask(collectorUrl: string): Promise<Omit<FoundStack, 'owner'> | null> {
  try {
    const response = await fetch(`${collectorUrl}/.well-known/vitrine`, { signal: AbortSignal.timeout(2000) });
    const told = discovery.safeParse(await response.json());
    return told.success ? { collectorUrl, issuer: told.data.issuer } : null;
  } catch {
    return null;
  }
}
