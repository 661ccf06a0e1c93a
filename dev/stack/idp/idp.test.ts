import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, startIdentity } from '../identity.ts';
import { openUserAgent, type UserAgent } from './sign-in.ts';

const collectorUrl = 'http://127.0.0.1:59999';
const dir = mkdtempSync(join(tmpdir(), 'vitrine-idp-'));
let idp: Identity;
let app: oidc.Configuration;

const discover = (clientId: string): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(idp.issuer), clientId, undefined, oidc.None(), { execute: [oidc.allowInsecureRequests] });

beforeAll(async () => {
  idp = await startIdentity({ dir, collectorUrl });
  app = await discover(idp.clientId);
}, 60_000);
afterAll(async () => {
  await idp.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Attempt {
  readonly person: string;
  readonly agent?: UserAgent;
  readonly config?: oidc.Configuration;
  readonly redirect?: string;
  readonly extra?: Record<string, string>;
}

async function login({ person, agent = openUserAgent(), config = app, redirect, extra = {} }: Attempt) {
  const redirect_uri = redirect ?? 'http://127.0.0.1:45671/callback';
  const [verifier, nonce, state] = [oidc.randomPKCECodeVerifier(), oidc.randomNonce(), oidc.randomState()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid profile email groups offline_access',
    prompt: 'consent',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...extra,
  });
  const answer = await agent.signIn(url.href, person);
  const tokens = await oidc.authorizationCodeGrant(config, answer, {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: state,
    idTokenExpected: true,
  });
  return { tokens, nonce, answer };
}

describe('the embedded identity provider', () => {
  it('signs an ID token that carries the nonce, the person and their groups (I4)', async () => {
    const { tokens, nonce } = await login({ person: 'amira' });
    const keys = createRemoteJWKSet(new URL(app.serverMetadata().jwks_uri ?? ''));
    const { payload } = await jwtVerify(tokens.id_token ?? '', keys, { issuer: idp.issuer, audience: idp.clientId });
    expect(payload).toMatchObject({
      nonce,
      sub: 'amira',
      name: 'Amira Haddad',
      email: 'amira@shop.example',
      groups: ['oncall'],
      acr: 'urn:vitrine:acr:basic',
      amr: ['user'],
    });
    expect(Math.abs(Number(payload.auth_time) - Date.now() / 1000)).toBeLessThan(10);
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
  });

  it('gives each of the three people their own group', async () => {
    for (const [person, groups] of [
      ['lina', ['incident-commanders']],
      ['ingrid', ['security']],
    ] as const) {
      expect((await login({ person })).tokens.claims()?.groups).toEqual(groups);
    }
  });

  it('rotates refresh tokens, keeps nonce and auth_time, and revokes the family when an old one is used', async () => {
    const { tokens, nonce } = await login({ person: 'amira' });
    const second = await oidc.refreshTokenGrant(app, tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect(second.claims()).toMatchObject({ nonce, auth_time: tokens.claims()?.auth_time });
    await expect(oidc.refreshTokenGrant(app, tokens.refresh_token ?? '')).rejects.toThrow();
    await expect(oidc.refreshTokenGrant(app, second.refresh_token ?? '')).rejects.toThrow();
  });

  it('asks nobody twice in one session, but always with prompt=login', async () => {
    const agent = openUserAgent();
    const first = await login({ person: 'amira', agent });
    const silent = await login({ person: 'nobody', agent });
    expect(silent.tokens.claims()?.auth_time).toBe(first.tokens.claims()?.auth_time);
    await new Promise((done) => setTimeout(done, 1100));
    const forced = await login({
      person: 'amira',
      agent,
      extra: { prompt: 'login consent', acr_values: 'urn:vitrine:acr:strong' },
    });
    expect(Number(forced.tokens.claims()?.auth_time)).toBeGreaterThan(Number(first.tokens.claims()?.auth_time));
    expect(forced.tokens.claims()).toMatchObject({ acr: 'urn:vitrine:acr:strong', amr: ['user', 'mfa'] });
  });

  it('lets the review desk in by its one redirect address and refuses any other', async () => {
    const config = await discover(idp.deskClientId);
    const { tokens } = await login({ person: 'ingrid', config, redirect: `${collectorUrl}/auth/callback` });
    expect(tokens.claims()?.aud).toBe(idp.deskClientId);
    await expect(login({ person: 'ingrid', config, redirect: 'http://127.0.0.1:1/auth/callback' })).rejects.toThrow(
      /This sign-in cannot go on/,
    );
  });

  it('refuses an authorization request without PKCE', async () => {
    const url = oidc.buildAuthorizationUrl(app, { redirect_uri: 'http://127.0.0.1:4/callback', scope: 'openid' });
    const answer = await openUserAgent().signIn(url.href, 'amira');
    expect(answer.searchParams.get('error')).toBe('invalid_request');
  });

  it('answers a cancelled sign-in with access_denied', async () => {
    const agent = openUserAgent();
    const url = oidc.buildAuthorizationUrl(app, {
      redirect_uri: 'http://127.0.0.1:4/callback',
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    const asked = new URL((await agent.fetch(url)).headers.get('location') ?? '', url);
    const resumed = await agent.fetch(asked, { method: 'POST', body: new URLSearchParams({ cancel: 'yes' }) });
    const back = await agent.fetch(new URL(resumed.headers.get('location') ?? '', url));
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied');
  });

  it('shows a designed page, without scripts and under a strict CSP, when a sign-in has ended', async () => {
    const response = await fetch(`${idp.issuer}/sign-in/gone`);
    expect(response.status).toBe(410);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain('This sign-in has ended');
    expect(html).not.toMatch(/<script|\son\w+=/);
  });

  it('finishes a device-code login after the code was confirmed, with the nonce in its ID token (I4)', async () => {
    const started = await oidc.initiateDeviceAuthorization(app, { scope: 'openid profile', nonce: 'n-of-this-device' });
    const page = await (await fetch(started.verification_uri)).text();
    expect(page).not.toContain('onfocus');
    const done = await openUserAgent().confirmCode(started.verification_uri, started.user_code, 'amira');
    expect(done).toContain('The device is signed in');
    const tokens = await oidc.pollDeviceAuthorizationGrant(app, started);
    expect(tokens.claims()).toMatchObject({ sub: 'amira', nonce: 'n-of-this-device' });
  }, 30_000);

  it('answers only to its own host name', async () => {
    const status = await new Promise<number | undefined>((done) => {
      const request = new URL(`${idp.issuer}/`);
      import('node:http').then(({ get }) =>
        get(request, { headers: { host: 'evil.example' } }, (response) => done(response.resume().statusCode)),
      );
    });
    expect(status).toBe(421);
  });

  it('keeps its name, keys and refresh tokens over a restart, and takes another port when its own is gone', async () => {
    const { tokens } = await login({ person: 'amira' });
    const { issuer, port } = idp;
    await idp.stop();
    idp = await startIdentity({ dir, collectorUrl, port });
    expect(idp.issuer).toBe(issuer);
    const again = await oidc.refreshTokenGrant(app, tokens.refresh_token ?? '');
    expect(again.claims()?.sub).toBe('amira');

    await idp.stop();
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(port, '127.0.0.1', done));
    idp = await startIdentity({ dir, collectorUrl, port });
    expect(idp.port).not.toBe(port);
    await new Promise((done) => squatter.close(done));
  }, 30_000);
});
