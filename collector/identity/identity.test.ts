import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import { problem, tokenResponse } from '../../shared/api.ts';
import { toBase64url, utf8 } from '../../shared/encoding.ts';
import { cookieOf, makeProof, newDevice, newId, openTestStack, type TestStack } from '../testing.ts';

let stack: TestStack;
let clock = 0;
beforeAll(async () => {
  stack = await openTestStack({ now: () => new Date(Date.now() + clock) });
}, 120_000);
afterAll(() => stack.stop());

const codeOf = (answer: { body: string; statusCode: number }): [number, string] => [
  answer.statusCode,
  problem.parse(JSON.parse(answer.body)).code,
];
const inject = (
  url: string,
  options: { method?: 'GET' | 'POST'; headers?: Record<string, string>; payload?: object } = {},
) => stack.collector.app.inject({ method: 'GET', url, ...options });

describe('trading an ID token for a collector token', () => {
  it('enrols the device and keeps the token and the published keys as evidence (I4)', async () => {
    const amira = await stack.device('amira');
    const { store } = stack.collector.deps;
    const device = await store
      .selectFrom('devices')
      .selectAll()
      .where('jkt', '=', amira.device.jkt)
      .executeTakeFirstOrThrow();
    expect(device).toMatchObject({ sub: 'amira', name: 'Test laptop', revoked_at: null });
    const kept = await store
      .selectFrom('id_tokens')
      .innerJoin('jwks_snapshots', 'jwks_snapshots.hash', 'id_tokens.jwks')
      .select(['token', 'salt', 'jkt', 'body', 'auth_time'])
      .where('jkt', '=', amira.device.jkt)
      .executeTakeFirstOrThrow();
    expect(kept).toMatchObject({ token: amira.idToken, salt: amira.salt });
    expect(JSON.parse(kept.body).keys.length).toBeGreaterThan(0);
    expect(kept.auth_time).toBeInstanceOf(Date);
  });

  it('answers with the roles that the policy gives to the groups', async () => {
    const device = newDevice();
    const { idToken, salt } = await stack.idToken('amira', device);
    const answer = tokenResponse.parse((await stack.trade(device, idToken, salt)).json());
    expect(answer.person).toMatchObject({ sub: 'amira', name: 'Amira Haddad', roles: ['engineer'] });
    expect(answer.token_type).toBe('DPoP');
    expect(answer.expires_in).toBe(600);
  });

  it('takes the same ID token again with the same key, and only with it (I4)', async () => {
    const device = newDevice();
    const { idToken, salt } = await stack.idToken('amira', device);
    expect((await stack.trade(device, idToken, salt)).statusCode).toBe(200);
    expect((await stack.trade(device, idToken, salt)).statusCode).toBe(200);
    expect(codeOf(await stack.trade(newDevice(), idToken, salt))).toEqual([401, 'id_token_nonce']);
  });

  it('refuses a nonce that was made with another salt (I4)', async () => {
    const device = newDevice();
    const { idToken } = await stack.idToken('amira', device);
    expect(codeOf(await stack.trade(device, idToken, newId()))).toEqual([401, 'id_token_nonce']);
  });

  it('refuses an expired ID token (I6)', async () => {
    const device = newDevice();
    const { idToken, salt } = await stack.idToken('amira', device);
    const { exp = 0 } = decodeJwt(idToken);
    const ahead = exp * 1000 - Date.now() + 10_000;
    const proof = await makeProof(device, {
      htm: 'POST',
      htu: `${stack.config.publicUrl}/v1/tokens`,
      iat: Math.floor((Date.now() + ahead) / 1000),
    });
    clock = ahead;
    try {
      const answer = await inject('/v1/tokens', {
        method: 'POST',
        headers: { dpop: proof },
        payload: { id_token: idToken, salt, device: { name: 'x', os: 'x', app: 'x' } },
      });
      expect(codeOf(answer)).toEqual([401, 'id_token_expired']);
    } finally {
      clock = 0;
    }
  });

  it('refuses an ID token of another person for an enrolled device (I4)', async () => {
    const amira = await stack.device('amira');
    const { idToken, salt } = await stack.idToken('lina', amira.device);
    expect(codeOf(await stack.trade(amira.device, idToken, salt))).toEqual([403, 'foreign_device']);
  });

  it('refuses a revoked device (I6)', async () => {
    const amira = await stack.device('amira');
    const { store } = stack.collector.deps;
    await store.updateTable('devices').set({ revoked_at: new Date() }).where('jkt', '=', amira.device.jkt).execute();
    expect(codeOf(await amira.call('GET', `/v1/sessions/${newId()}`))).toEqual([403, 'device_revoked']);
    expect(codeOf(await stack.trade(amira.device, amira.idToken, amira.salt))).toEqual([403, 'device_revoked']);
  });

  describe('with a forged ID token', () => {
    type Forgery = { readonly header: Record<string, unknown>; readonly payload: Record<string, unknown> };
    const set = (part: keyof Forgery, claim: string, value: unknown) => (token: Forgery) => {
      token[part][claim] = value;
    };
    const forge = async (change: (token: Forgery) => void, sign: 'none' | 'foreign' | 'keep') => {
      const device = newDevice();
      const { idToken, salt } = await stack.idToken('amira', device);
      const [head = '', body = '', signature = ''] = idToken.split('.');
      const header = JSON.parse(Buffer.from(head, 'base64url').toString());
      const payload = JSON.parse(Buffer.from(body, 'base64url').toString());
      change({ header, payload });
      const encode = (value: unknown): string => toBase64url(utf8(JSON.stringify(value)));
      const input = `${encode(header)}.${encode(payload)}`;
      if (sign === 'keep') return stack.trade(device, `${input}.${signature}`, salt);
      if (sign === 'none') return stack.trade(device, `${input}.`, salt);
      const { privateKey } = await generateKeyPair('RS256');
      const forged = await new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: String(header.kid) })
        .sign(privateKey);
      return stack.trade(device, forged, salt);
    };

    it.each([
      ['alg none', 'none', set('header', 'alg', 'none'), 'id_token_algorithm'],
      ['alg HS256', 'keep', set('header', 'alg', 'HS256'), 'id_token_algorithm'],
      ['a changed claim', 'keep', set('payload', 'sub', 'lina'), 'id_token_signature'],
      ['a key of its own', 'foreign', () => undefined, 'id_token_signature'],
    ] as const)('refuses %s (I4)', async (_name, sign, change, code) => {
      expect(codeOf(await forge(change, sign))).toEqual([401, code]);
    });
  });

  it('refuses an ID token for another client (I4)', async () => {
    const browser = await stack.browser('amira');
    expect(browser.cookie).not.toBe('');
    const { store } = stack.collector.deps;
    const { token } = await store
      .selectFrom('id_tokens')
      .select('token')
      .where('jkt', 'is', null)
      .executeTakeFirstOrThrow();
    expect(codeOf(await stack.trade(newDevice(), token, newId()))).toEqual([401, 'id_token_audience']);
  });

  it('refuses what is not a JWT at all, and names the field (I6)', async () => {
    expect(codeOf(await stack.trade(newDevice(), 'hello', newId()))).toEqual([401, 'id_token_malformed']);
    const answer = await stack.trade(newDevice(), 'hello', 'short');
    expect(problem.parse(answer.json())).toMatchObject({ status: 400, code: 'invalid_input', field: 'salt' });
  });
});

describe('a DPoP proof', () => {
  const path = (): string => `/v1/sessions/${newId()}`;

  it('is accepted once (I4)', async () => {
    const amira = await stack.device('amira');
    const url = path();
    const ath = (await import('node:crypto')).createHash('sha256').update(amira.accessToken).digest('base64url');
    const proof = await makeProof(amira.device, { htm: 'GET', htu: stack.config.publicUrl + url, ath });
    const headers = { authorization: `DPoP ${amira.accessToken}`, dpop: proof };
    expect((await inject(url, { headers })).statusCode).toBe(200);
    expect(codeOf(await inject(url, { headers }))).toEqual([401, 'dpop_replayed']);
  });

  it('is refused for each part that is wrong, with a code of its own (I6)', async () => {
    const amira = await stack.device('amira');
    const stranger = newDevice();
    const url = path();
    const htu = stack.config.publicUrl + url;
    const { createHash } = await import('node:crypto');
    const ath = createHash('sha256').update(amira.accessToken).digest('base64url');
    const good = { htm: 'GET', htu, ath };
    const old = Math.floor(Date.now() / 1000) - 3600;
    const cases: [string, Promise<string>][] = [
      ['dpop_method', makeProof(amira.device, { ...good, htm: 'POST' })],
      ['dpop_address', makeProof(amira.device, { ...good, htu: `${htu}x` })],
      ['dpop_clock', makeProof(amira.device, { ...good, iat: old })],
      ['dpop_token', makeProof(amira.device, { ...good, ath: 'x' })],
      ['dpop_malformed', makeProof(amira.device, good, { typ: 'JWT' })],
      ['token_foreign', makeProof(stranger, good)],
      ['dpop_signature', makeProof(amira.device, good, { jwk: stranger.jwk })],
    ];
    for (const [code, proof] of cases) {
      const headers = { authorization: `DPoP ${amira.accessToken}`, dpop: await proof };
      expect(codeOf(await inject(url, { headers })), code).toEqual([401, code]);
    }
    const bare = { authorization: `DPoP ${amira.accessToken}` };
    expect(codeOf(await inject(url, { headers: bare }))).toEqual([401, 'dpop_missing']);
    expect(codeOf(await inject(url))).toEqual([401, 'token_missing']);
  });

  it('does not carry an expired or altered collector token (I6)', async () => {
    const amira = await stack.device('amira');
    const url = path();
    const proof = () => makeProof(amira.device, { htm: 'GET', htu: stack.config.publicUrl + url });
    const altered = `${amira.accessToken.slice(0, -4)}AAAA`;
    expect(codeOf(await inject(url, { headers: { authorization: `DPoP ${altered}`, dpop: await proof() } }))).toEqual([
      401,
      'token_invalid',
    ]);
    clock = 11 * 60_000;
    try {
      const headers = { authorization: `DPoP ${amira.accessToken}`, dpop: await proof() };
      expect(codeOf(await inject(url, { headers }))).toEqual([401, 'token_expired']);
    } finally {
      clock = 0;
    }
  });
});

describe('signing in on the web pages', () => {
  it('ends in a session that knows the person and the roles', async () => {
    const ingrid = await stack.browser('ingrid');
    const answer = await ingrid.call('GET', '/v1/me');
    expect(answer.json()).toMatchObject({ person: { sub: 'ingrid', name: 'Ingrid Solheim', roles: ['reviewer'] } });
  });

  it('sets cookies that scripts cannot read and keeps only hashes of them', async () => {
    const begun = await inject('/auth/login');
    expect(begun.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax/);
    const ingrid = await stack.browser('ingrid');
    const secret = ingrid.cookie.split('=')[1] ?? '';
    const rows = await stack.collector.deps.store.selectFrom('web_sessions').select('id').execute();
    expect(rows.map((row) => row.id)).not.toContain(secret);
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'review'])(
    'does not return to %s',
    async (target) => {
      const answer = await inject(`/auth/login?return=${encodeURIComponent(target)}`);
      expect(codeOf(answer)).toEqual([400, 'invalid_input']);
    },
  );

  it('returns to the page that asked', async () => {
    const begun = await inject('/auth/login?return=%2Freview%2Fabc');
    const back = await openUserAgent().signIn(String(begun.headers.location), 'ingrid');
    const done = await inject(back.pathname + back.search, { headers: { cookie: cookieOf(begun) } });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/review/abc']);
  });

  it('refuses a callback without its cookie, a second time, and with another state (I6)', async () => {
    const begun = await inject('/auth/login');
    const back = await openUserAgent().signIn(String(begun.headers.location), 'ingrid');
    const url = back.pathname + back.search;
    expect(codeOf(await inject(url))).toEqual([400, 'login_unknown']);
    const headers = { cookie: cookieOf(begun) };
    expect(codeOf(await inject(url.replace(/state=[^&]+/, 'state=other'), { headers }))).toEqual([400, 'login_failed']);
    expect(codeOf(await inject(url, { headers }))).toEqual([400, 'login_expired']);
  });

  it('refuses a change without the CSRF token or from another origin (I6)', async () => {
    const ingrid = await stack.browser('ingrid');
    const { publicUrl } = stack.config;
    const post = (headers: Record<string, string>) =>
      inject('/auth/logout', { method: 'POST', headers: { cookie: ingrid.cookie, ...headers } });
    expect(codeOf(await post({ 'x-vitrine-csrf': ingrid.csrf }))).toEqual([403, 'foreign_origin']);
    expect(codeOf(await post({ origin: 'http://evil.example', 'x-vitrine-csrf': ingrid.csrf }))).toEqual([
      403,
      'foreign_origin',
    ]);
    expect(codeOf(await post({ origin: publicUrl }))).toEqual([403, 'csrf']);
    expect((await post({ origin: publicUrl, 'x-vitrine-csrf': ingrid.csrf })).statusCode).toBe(200);
    expect(codeOf(await ingrid.call('GET', '/v1/me'))).toEqual([401, 'signed_out']);
  });

  it('ends after eight hours', async () => {
    const ingrid = await stack.browser('ingrid');
    clock = 8 * 3600_000 + 1;
    try {
      expect(codeOf(await ingrid.call('GET', '/v1/me'))).toEqual([401, 'signed_out']);
    } finally {
      clock = 0;
    }
  });
});

describe('the log of the service', () => {
  it('never holds a token, a cookie or a login code', async () => {
    const ingrid = await stack.browser('ingrid');
    const amira = await stack.device('amira');
    const everything = stack.logged.join('\n');
    expect(everything).toContain('/auth/callback');
    for (const secret of [ingrid.cookie.split('=')[1] ?? '?', amira.accessToken, amira.idToken, 'code=', 'state=']) {
      expect(everything).not.toContain(secret);
    }
  });
});
