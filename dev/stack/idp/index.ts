/**
 * The embedded identity provider, a process of its own: a real, certified OpenID Connect implementation with three
 * people and a page to choose one of them. For development only; it binds to loopback and knows no passwords. (I4 rests
 * on its signature under the ID token's nonce.)
 *
 * Configuration comes as environment variables; readiness goes to the parent over IPC as `{ issuer }`.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { answerAsset } from './assets.ts';
import { answerInteraction } from './interactions.ts';
import { providerKeys } from './keys.ts';
import * as pages from './pages.ts';
import { openProvider } from './provider.ts';
import { openStore } from './store.ts';

const wanted = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const dir = wanted('VITRINE_IDP_DIR');
mkdirSync(dir, { recursive: true });
const host = '127.0.0.1';
const port = Number(wanted('VITRINE_IDP_PORT'));
const issuer = `http://${host}:${port}`;

const store = openStore(join(dir, 'store.json'));
const provider = openProvider({
  issuer,
  keys: await providerKeys(join(dir, 'keys.json')),
  store,
  collectorUrl: wanted('VITRINE_IDP_COLLECTOR'),
});
provider.on('server_error', (_ctx, error) => console.error('identity provider:', error));
const answerProtocol = provider.callback();

const server = createServer(async (request, response) => {
  try {
    if (request.headers.host !== `${host}:${port}`) {
      // A name that merely resolves to this machine (DNS rebinding) gets nothing.
      response.writeHead(421).end();
      return;
    }
    if (answerAsset(request, response)) return;
    if (await answerInteraction(provider, request, response)) return;
    await answerProtocol(request, response);
  } catch (error) {
    console.error('identity provider:', error);
    if (!response.headersSent) pages.write(response, pages.problem('server_error', 'The identity provider failed.'));
  }
});

const stop = (): void => {
  store.flush();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
process.on('disconnect', stop);

server.listen(port, host, () => process.send?.({ issuer }));
