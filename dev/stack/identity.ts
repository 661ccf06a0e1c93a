/** Starts the embedded identity provider and waits until it answers. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appClientId, deskClientId } from './idp/clients.ts';
import { startPart } from './part.ts';
import { freePort } from './postgres.ts';

export interface IdentityOptions {
  /** Keeps keys, sessions and the log. */
  readonly dir: string;
  /** Port of an earlier start: the issuer keeps its name when the port is still free. */
  readonly port?: number | undefined;
  /** Origin of the collector, whose `/auth/callback` may receive codes. */
  readonly collectorUrl: string;
}
export interface Identity {
  readonly issuer: string;
  readonly port: number;
  readonly pid: number;
  readonly clientId: string;
  readonly deskClientId: string;
  stop(): Promise<void>;
}

export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const port = await freePort(options.port);
  const part = startPart({
    name: 'identity provider',
    script: fileURLToPath(new URL('./idp/index.ts', import.meta.url)),
    env: {
      VITRINE_IDP_DIR: options.dir,
      VITRINE_IDP_PORT: String(port),
      VITRINE_IDP_COLLECTOR: options.collectorUrl,
    },
    logFile: join(options.dir, 'identity.log'),
  });
  // The only message that idp/index.ts sends.
  const ready = new Promise<{ issuer: string }>((done) =>
    part.child.once('message', (message) => done(message as { issuer: string })),
  );
  const first = await Promise.race([ready, part.ended]);
  if (typeof first === 'string') throw part.failure(`did not start (${first})`);
  part.background();
  return { issuer: first.issuer, port, pid: part.pid, clientId: appClientId, deskClientId, stop: () => part.stop() };
}
