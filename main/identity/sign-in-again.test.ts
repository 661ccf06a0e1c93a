import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity } from '../../dev/stack/identity.ts';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import { type OidcLogin, openLogin } from './login.ts';

const key = { thumbprint: 'k'.repeat(43) };
const STRONG = 'urn:vitrine:acr:strong';
const asked = { max_age: 300, acr: STRONG };
const never = new AbortController().signal;

let dir: string;
let identity: Identity;
/** Who sits at the browser; nobody: it stays open. */
let person: string | null = 'amira';
let asking: URL | null = null;
/** Added to this machine's clock. */
let ahead = 0;
let login: OidcLogin;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'vitrine-again-'));
  identity = await startIdentity({ dir, collectorUrl: 'http://127.0.0.1:9' });
  login = await openLogin({
    issuer: identity.issuer,
    clientId: identity.clientId,
    scope: 'openid profile email groups offline_access',
    now: () => Date.now() + ahead,
    async openBrowser(url) {
      asking = new URL(url);
      if (person !== null) await fetch(await openUserAgent().signIn(url, person));
    },
  });
  await login.signIn(key, never);
}, 60_000);
afterAll(async () => {
  await identity?.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('proving once more who one is, with the real identity provider', () => {
  it('asks for the credentials, the age and the class, and binds the answer to the device key anew (I4)', async () => {
    const before = await login.current();
    const again = await login.signInAgain(key, asked, never);
    expect(asking?.searchParams.get('prompt')).toContain('login');
    expect([asking?.searchParams.get('max_age'), asking?.searchParams.get('acr_values')]).toEqual(['300', STRONG]);
    expect(decodeJwt(again.idToken)).toMatchObject({ sub: 'amira', acr: STRONG });
    expect(again.salt).not.toBe(before.salt);
    expect((await login.current()).idToken).toBe(again.idToken);
  });

  it('refuses somebody else, and the login before it stays (I6)', async () => {
    const before = await login.current();
    person = 'lina';
    await expect(login.signInAgain(key, asked, never)).rejects.toMatchObject({ code: 'login_other_person' });
    person = 'amira';
    expect((await login.current()).idToken).toBe(before.idToken);
  });

  it('refuses an answer of another class than was asked for (I6)', async () => {
    const before = await login.current();
    const answer = login.signInAgain(key, { max_age: 300, acr: 'urn:nobody:has:this' }, never);
    await expect(answer).rejects.toMatchObject({
      code: 'login_not_fresh',
      message: expect.stringContaining('another way'),
    });
    expect((await login.current()).idToken).toBe(before.idToken);
  });

  it('is cancelled while the browser is open', async () => {
    person = null;
    const cancel = new AbortController();
    const answer = login.signInAgain(key, asked, cancel.signal);
    cancel.abort();
    await expect(answer).rejects.toMatchObject({ code: 'login_cancelled' });
    person = 'amira';
  });

  it('is not what a refresh is: that keeps the time of the sign-in (I6)', async () => {
    const before = await login.current();
    // Tokens of one second are the same.
    await new Promise((done) => setTimeout(done, 1100));
    ahead = 580_000;
    const refreshed = await login.current();
    ahead = 0;
    expect(refreshed.idToken).not.toBe(before.idToken);
    expect([refreshed.authTime, refreshed.salt]).toEqual([before.authTime, before.salt]);
  });

  it('needs somebody who is signed in', async () => {
    await login.signOut();
    await expect(login.signInAgain(key, asked, never)).rejects.toMatchObject({ code: 'login_expired' });
  });
});
