/** The loopback redirect of RFC 8252: one HTTP listener on 127.0.0.1, a free port, one answer, then gone. */
import { createServer } from 'node:http';
import { Fault } from '../../shared/errors.ts';

export interface Callback {
  readonly redirectUri: string;
  /** The full callback address with its query; rejects with a Fault when cancelled. */
  readonly answer: Promise<URL>;
  /** Takes the answer from somebody who carried it here by hand; false when it is not one. */
  handIn(address: string): boolean;
  close(): void;
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export async function listenForCallback(signal: AbortSignal): Promise<Callback> {
  const { promise: answer, resolve, reject } = Promise.withResolvers<URL>();
  // A listener that is closed before anybody waits must not surface as an unhandled rejection.
  answer.catch(() => undefined);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', redirectUri());
    const ours = request.headers.host === url.host && request.method === 'GET';
    if (!ours || (url.pathname !== '/callback' && url.pathname !== '/done')) {
      response.writeHead(404, HEADERS).end();
      return;
    }
    if (url.pathname === '/callback') {
      // The code does not stay in the address bar.
      response.writeHead(303, { ...HEADERS, location: '/done' }).end();
      resolve(url);
      return;
    }
    response.writeHead(200, { ...HEADERS, connection: 'close' }).end(DONE);
  });
  const redirectUri = (): string => {
    const address = server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/callback`;
  };
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const cancel = () => reject(new Fault('login_cancelled', 'The sign-in was cancelled.'));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  return {
    redirectUri: redirectUri(),
    answer,
    handIn(address) {
      if (!URL.canParse(address) || !address.startsWith(`${redirectUri()}?`)) return false;
      resolve(new URL(address));
      return true;
    },
    close() {
      signal.removeEventListener('abort', cancel);
      // The browser still fetches /done; give it a moment, then take the listener away.
      setTimeout(() => {
        server.close();
        server.closeAllConnections();
      }, 1500).unref();
    },
  };
}

const DONE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Signed in · Vitrine</title>
<style>
  :root { color-scheme: dark light; --bg: #0f1318; --text: #e4e9ef; --muted: #9aa7b5; --accent: #5cc8e6; }
  @media (prefers-color-scheme: light) { :root { --bg: #f4f6f8; --text: #16202a; --muted: #526170; --accent: #0a7592; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
  main { display: grid; gap: 10px; justify-items: center; text-align: center; padding: 24px; }
  svg { color: var(--accent); }
  h1 { font-size: 20px; margin: 6px 0 0; letter-spacing: -.015em; }
  p { margin: 0; color: var(--muted); }
</style>
<main><svg width="44" height="44" viewBox="0 0 22 22" fill="none" aria-hidden="true"><rect x="1" y="1" width="20" height="20" rx="4" stroke="currentColor" stroke-width="2"/><path d="M7 4 L10 4 L7 14 L4.5 14 Z" fill="currentColor" opacity=".6"/></svg>
<h1>You can go back to Vitrine</h1><p>This page can be closed.</p></main></html>`;
