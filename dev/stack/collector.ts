/** The collector as a process of its own, from its production bundle, that can be stopped and started on the same port. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type RunningPart, startPart } from './part.ts';

export interface CollectorPart {
  readonly url: string;
  /** Process id; null while stopped. */
  pid(): number | null;
  /** Ends it politely; or as a crash would, with SIGKILL. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

export interface CollectorPartOptions {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const bundle = fileURLToPath(new URL('../../out/collector/index.js', import.meta.url));
export const webFolder = join(bundle, '..', '..', 'web');

export function collectorPart({ url, env, logFile }: CollectorPartOptions): CollectorPart {
  let part: RunningPart | null = null;
  return {
    url,
    pid: () => (part === null || part.hasEnded() ? null : part.pid),
    async stop(signal) {
      await part?.stop(signal);
      part = null;
    },
    async start() {
      if (part !== null && !part.hasEnded()) return;
      if (!existsSync(bundle)) throw new Error('The collector is not built yet. Run npm run build first.');
      const { hostname, port } = new URL(url);
      part = startPart({
        name: 'collector',
        script: bundle,
        env: { ...env, HOST: hostname, PORT: port, VITRINE_PUBLIC_URL: url },
        logFile,
      });
      await answers(part, `${url}/.well-known/vitrine`);
      part.background();
    },
  };
}

async function answers(part: RunningPart, url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (part.hasEnded()) throw part.failure(`did not start (${await part.ended})`);
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (response?.ok === true) return;
    if (Date.now() > deadline) {
      await part.stop();
      throw part.failure(
        response === null ? 'did not answer for a minute' : `answered ${response.status} for a minute`,
      );
    }
    await sleep(40);
  }
}
