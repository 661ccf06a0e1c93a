import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appClientId } from '../../dev/stack/idp/clients.ts';
import { answerInteraction } from '../../dev/stack/idp/interactions.ts';
import { providerKeys } from '../../dev/stack/idp/keys.ts';
import { openProvider } from '../../dev/stack/idp/provider.ts';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import { openStore } from '../../dev/stack/idp/store.ts';
import { freePort } from '../../dev/stack/postgres.ts';
import { bindingNonce } from '../../shared/audit/binding.ts';
import type { DeviceCode } from './device-code.ts';
import { type OidcLogin, openLogin } from './login.ts';

const key = { thumbprint: 'k'.repeat(43) };
const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const undo: (() => void)[] = [];
afterAll(() => {
  for (const step of undo) step();
});

/** The embedded provider in this process, so that a test can stand between it and the request. */
async function startProvider(meddle: (form: URLSearchParams) => void = () => {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-code-'));
  const store = openStore(join(folder, 'store.json'));
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = openProvider({
    issuer,
    keys: await providerKeys(join(folder, 'keys.json')),
    store,
    collectorUrl: 'http://127.0.0.1:9',
  });
  const protocol = provider.callback();
  const server: Server = createServer(async (request, response) => {
    if (await answerInteraction(provider, request, response)) return;
    if (request.url === '/device/auth') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const form = new URLSearchParams(body);
      meddle(form);
      Object.assign(request, { body: Object.fromEntries(form) });
    }
    await protocol(request, response);
  });
  undo.push(() => {
    server.close().closeAllConnections();
    // What it would write later, it writes now.
    store.flush();
    rmSync(folder, { recursive: true });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return issuer;
}

async function open(issuer: string, show: (code: DeviceCode) => void): Promise<OidcLogin> {
  return openLogin({
    issuer,
    clientId: appClientId,
    scope: 'openid profile email groups offline_access',
    openBrowser: () => Promise.reject(new Error('no browser may open')),
    deviceCode: { wanted: () => 'yes', show },
    now: Date.now,
  });
}

// A code is asked about every five seconds, so the tests wait together.
describe.concurrent('signing in by a code (RFC 8628)', () => {
  it('binds the login to the device key, as the browser does (I4)', async () => {
    const login = await open(await startProvider(), ({ verificationUri, userCode }) => {
      void openUserAgent().confirmCode(verificationUri, userCode, 'amira');
    });
    const { idToken, salt, sub, authTime } = await login.signIn(key, new AbortController().signal);
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ nonce: bindingNonce(key.thumbprint, salt, { sha256 }) });
    expect(sub).toBe('amira');
    expect(Math.abs((authTime ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('refuses a login whose token does not commit to the device key, and says so (I4)', async () => {
    // A provider that knows the device flow, and drops the nonce as RFC 8628 would let it.
    const issuer = await startProvider((form) => form.delete('nonce'));
    const login = await open(issuer, ({ verificationUri, userCode }) => {
      void openUserAgent().confirmCode(verificationUri, userCode, 'amira');
    });
    await expect(login.signIn(key, new AbortController().signal)).rejects.toMatchObject({ code: 'login_unbound' });
    await expect(login.current()).rejects.toMatchObject({ code: 'login_expired' });
  });

  it('refuses a token with somebody else’s nonce (I4)', async () => {
    const issuer = await startProvider((form) => form.set('nonce', 'of-another-device'));
    const login = await open(issuer, ({ verificationUri, userCode }) => {
      void openUserAgent().confirmCode(verificationUri, userCode, 'amira');
    });
    await expect(login.signIn(key, new AbortController().signal)).rejects.toMatchObject({ code: 'login_unbound' });
  });

  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const login = await open(await startProvider(), () => cancel.abort());
    await expect(login.signIn(key, cancel.signal)).rejects.toMatchObject({ code: 'login_cancelled' });
  });

  it('says that it was refused when the person stops on the page', async () => {
    const agent = openUserAgent();
    const login = await open(await startProvider(), async ({ verificationUri, userCode }) => {
      const asked = await (await agent.fetch(verificationUri)).text();
      const fields = new URLSearchParams({ user_code: userCode, abort: 'yes' });
      for (const [, name = '', value = ''] of asked.matchAll(/name="(\w+)" value="([^"]*)"/g)) fields.set(name, value);
      await agent.fetch(verificationUri, { method: 'POST', body: fields });
    });
    await expect(login.signIn(key, new AbortController().signal)).rejects.toMatchObject({ code: 'login_refused' });
  });
});
