import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUserAgent } from '../../dev/stack/idp/sign-in.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { activation, options, problem, type RequestView, requestView, tokenResponse } from '../../shared/api.ts';
import { bindingNonce } from '../../shared/audit/binding.ts';
import { openEnvelope } from '../../shared/audit/envelope.ts';
import { collectorRecord } from '../../shared/audit/records.ts';
import { verifyBundle } from '../../shared/audit/verify-bundle.ts';
import { primitives } from '../keys.ts';
import { newSession, type TestSession } from '../ledger/test-session.ts';
import { registerReview } from '../review/index.ts';
import { SETTINGS, startTestTarget, type TestTarget } from '../targets/testing.ts';
import {
  cookieOf,
  makeProof,
  newDevice,
  newId,
  openTestStack,
  type SignedInBrowser,
  type SignedInDevice,
  type TestDevice,
  type TestStack,
} from '../testing.ts';
import { registerGrants } from './index.ts';
import { policyFor, wanted } from './testing.ts';

const STRONG = 'urn:vitrine:acr:strong';
const MINUTE = 60_000;

const steppingUp = (policy: string): string =>
  policy
    .replace('review_hours: 24 }', 'review_hours: 24, step_up: {} }')
    .replace('review_hours: 72 }', 'review_hours: 72, step_up: { who: [approver], max_age_minutes: 10 } }')
    .replace(
      '  DRILL:',
      `  MFA: { label: Strong, max_minutes: 30, alone: true, step_up: { acr: '${STRONG}' } }\n  DRILL:`,
    )
    .replace('SEV2, DRILL]', 'SEV2, DRILL, MFA]');

let server: Awaited<ReturnType<typeof temporaryPostgres>>;
let target: TestTarget;
let stack: TestStack;
let ahead = 0;
const now = (): Date => new Date(Date.now() + ahead);

const openStack = (env: Readonly<Record<string, string>> = {}): Promise<TestStack> =>
  openTestStack({
    rooms: [(app, deps) => registerGrants(app, deps), registerReview],
    policy: () => steppingUp(policyFor(target, server.caFile)),
    env: async () => ({ VITRINE_TARGET_ORDERS_ADMIN: target.config.adminUrl, ...env }),
    now,
  });

beforeAll(async () => {
  server = await temporaryPostgres({ settings: SETTINGS });
  target = await startTestTarget(server);
  stack = await openStack();
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  await target?.stop();
});

type Caller = Pick<SignedInDevice, 'call'> | SignedInBrowser;
const post = (by: Caller, path: string, body?: unknown) => by.call('POST', `/v1/requests${path}`, body);
async function ask(by: Caller, changes: Record<string, unknown> = {}): Promise<RequestView> {
  const answer = await post(by, '', wanted(changes));
  expect(answer.statusCode, answer.body).toBe(200);
  return requestView.parse(answer.json());
}
const records = async (of: TestStack, gid: string) =>
  (await of.collector.deps.ledger.entriesOfGrant(gid)).map(({ line }) =>
    collectorRecord.parse(openEnvelope(line).record),
  );
/** What the collector says to a sign-in that is not enough. */
function refused(answer: { statusCode: number; body: string; headers: Record<string, unknown> }) {
  expect(answer.statusCode, answer.body).toBe(401);
  const said = problem.parse(JSON.parse(answer.body));
  expect(said.code).toBe('step_up_required');
  return { ...said, challenge: String(answer.headers['www-authenticate']) };
}

/** A browser that signs in anew from a session that it has, as the approver's page sends it. */
async function signInAgain(before: SignedInBrowser, person: string, query: string) {
  const begun = await stack.collector.app.inject({
    method: 'GET',
    url: `/auth/login?return=/requests/x&${query}`,
    headers: { cookie: before.cookie },
  });
  expect(begun.statusCode, begun.body).toBe(303);
  const back = await openUserAgent().signIn(String(begun.headers.location), person);
  const cookie = `${before.cookie}; ${cookieOf(begun)}`;
  const done = await stack.collector.app.inject({
    method: 'GET',
    url: back.pathname + back.search,
    headers: { cookie },
  });
  return { done, asked: new URL(String(begun.headers.location)).searchParams };
}
async function freshBrowser(done: Awaited<ReturnType<typeof signInAgain>>['done']): Promise<SignedInBrowser> {
  const cookie = cookieOf(done);
  const { csrf } = (await stack.collector.app.inject({ method: 'GET', url: '/v1/me', headers: { cookie } })).json<{
    csrf: string;
  }>();
  const headers = { cookie, origin: stack.config.publicUrl, 'x-vitrine-csrf': csrf };
  return {
    cookie,
    csrf,
    call: (method, url, body) =>
      stack.collector.app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: Object(body) }) }),
  };
}

describe('a severity that asks for a fresh sign-in, with tokens of the identity provider', () => {
  it('lets a fresh one through and writes down when it was (I4)', async () => {
    const amira = await stack.device('amira');
    const request = await ask(amira);
    expect(request.step_up).toEqual({ who: ['engineer', 'approver'], max_age: 300 });
    activation.parse((await post(amira, `/${request.id}/activate`)).json());
    const [asked, alone, granted] = await records(stack, request.id);
    expect(asked).toMatchObject({ typ: 'request', step_up: { max_age: 300 }, auth: { amr: ['user'] } });
    expect(alone).toMatchObject({ typ: 'decision', auth: { acr: 'urn:vitrine:acr:basic' } });
    expect(granted).toMatchObject({ typ: 'grant', by: { sub: 'amira' }, auth: { amr: ['user'] } });
    if (asked?.typ !== 'request') throw new Error('no request');
    expect(Math.abs(Date.parse(asked.auth?.at ?? '') - Date.now())).toBeLessThan(30_000);
  });

  it('says in the options what will be asked for, and nothing where nothing is', async () => {
    const amira = await stack.device('amira');
    const offered = options.parse((await amira.call('GET', '/v1/options')).json());
    const severities = offered.targets[0]?.scopes[0]?.severities ?? [];
    expect(severities.find(({ id }) => id === 'MFA')?.step_up).toMatchObject({ max_age: 300, acr: STRONG });
    expect(severities.find(({ id }) => id === 'DRILL')).not.toHaveProperty('step_up');
  });

  it('asks for a stronger one, and takes it with a new ID token (I6)', async () => {
    const amira = await stack.device('amira');
    const said = refused(await post(amira, '', wanted({ severity: 'MFA' })));
    expect(said).toMatchObject({ max_age: 300, acr_values: STRONG });
    expect(said.detail).toBe(
      `MFA on Orders asks for a sign-in of the last 5 minutes with ${STRONG}. Your sign-in was made in another way.`,
    );
    expect(said.challenge).toContain('DPoP error="insufficient_user_authentication"');
    expect(said.challenge).toContain(`max_age=300, acr_values="${STRONG}"`);
    const again = await stack.device('amira', amira.device, { prompt: 'login', max_age: '300', acr_values: STRONG });
    const request = await ask(again, { severity: 'MFA' });
    // The token of the sign-in before is as good as it was, and no better.
    refused(await post(amira, '', wanted({ severity: 'MFA' })));
    refused(await post(amira, `/${request.id}/activate`));
    expect((await post(again, `/${request.id}/activate`)).statusCode).toBe(200);
  });

  it('asks nothing of somebody whose severity does not', async () => {
    const amira = await stack.device('amira');
    expect((await ask(amira, { severity: 'DRILL', minutes: 10 })).step_up).toBeUndefined();
    expect((await ask(amira, { severity: 'SEV2', alone: false })).state).toBe('requested');
  });

  it('asks at the activation what the policy has come to ask since the request (I6)', async () => {
    const amira = await stack.device('amira');
    const { id } = await ask(amira, { severity: 'DRILL', minutes: 10 });
    const before = await readFile(stack.policyPath, 'utf8');
    const { policy } = stack.collector.deps;
    try {
      await writeFile(stack.policyPath, before.replace('review_hours: null', `step_up: { acr: '${STRONG}' }`));
      await policy.reload();
      expect(refused(await post(amira, `/${id}/activate`)).acr_values).toBe(STRONG);
    } finally {
      await writeFile(stack.policyPath, before);
      await policy.reload();
    }
    expect((await post(amira, `/${id}/activate`)).statusCode).toBe(200);
  });

  it('asks an approver whose sign-in is old; a new one approves, and the old session is over (I6)', async () => {
    const amira = await stack.device('amira');
    const lina = await stack.browser('lina');
    const request = await ask(amira, { severity: 'SEV2', alone: false });
    ahead = 11 * MINUTE;
    try {
      const said = refused(await post(lina, `/${request.id}/approve`, { note: 'go' }));
      expect(said.detail).toContain('Your sign-in is older than that.');
      expect(said.max_age).toBe(600);
      // Nobody has to sign in again to say no.
      const other = await stack.collector.deps.ledger.entriesOfGrant(request.id);
      expect(other).toHaveLength(1);
    } finally {
      ahead = 0;
    }
    const { done, asked } = await signInAgain(lina, 'lina', 'max_age=600');
    expect([asked.get('prompt'), asked.get('max_age')]).toEqual(['login', '600']);
    expect([done.statusCode, done.headers.location]).toEqual([303, '/requests/x']);
    expect((await lina.call('GET', '/v1/me')).statusCode).toBe(401);
    const fresh = await freshBrowser(done);
    expect((await post(fresh, `/${request.id}/approve`, { note: 'go' })).statusCode).toBe(200);
    expect((await records(stack, request.id)).at(-1)).toMatchObject({ decision: 'approved', auth: { amr: ['user'] } });
  });

  it('does not take an answer that is not of the class that was asked for (I6)', async () => {
    const lina = await stack.browser('lina');
    const { done } = await signInAgain(lina, 'lina', 'max_age=600&acr_values=urn:nobody:has:this');
    expect(done.headers.location).toBe('/requests/x?sign_in=login_not_fresh');
    expect((await lina.call('GET', '/v1/me')).statusCode).toBe(200);
  });

  it('does not let somebody else sign in where one person had to prove themselves again (I6)', async () => {
    const lina = await stack.browser('lina');
    const { done } = await signInAgain(lina, 'ingrid', 'max_age=600');
    expect(done.headers.location).toBe('/requests/x?sign_in=login_other_person');
    expect((await lina.call('GET', '/v1/me')).json()).toMatchObject({ person: { sub: 'lina' } });
  });

  it('does not take a sign-in that is not fresh when it comes back (I6)', async () => {
    const lina = await stack.browser('lina');
    ahead = 2 * MINUTE;
    try {
      const { done } = await signInAgain(lina, 'lina', 'max_age=60');
      expect(done.headers.location).toBe('/requests/x?sign_in=login_not_fresh');
    } finally {
      ahead = 0;
    }
  });

  it('is borne out by the bundle, offline, also with a new sign-in while the grant lives (I4)', async () => {
    const device = newDevice();
    const amira = await stack.device('amira', device, { prompt: 'login', acr_values: STRONG });
    const ingrid = await stack.browser('ingrid');
    const { id } = await ask(amira, { severity: 'MFA' });
    const { grant: jws } = activation.parse((await post(amira, `/${id}/activate`)).json());
    const upload = async (session: TestSession, from: number) => {
      const lines = session.lines.slice(from).map(({ line }) => `${line}\n`);
      const type = { 'content-type': 'application/x-ndjson' };
      const answer = await amira.call('POST', `/v1/sessions/${session.sid}/entries`, lines.join(''), type);
      expect(answer.statusCode, answer.body).toBe(200);
    };
    const first = newSession(amira, { gid: id, jws }, { devn: 0 });
    await upload(first, 0);
    // A new sign-in while the grant is live, for something else: the session goes on under the token that it named.
    const again = await stack.device('amira', device, { prompt: 'login', acr_values: STRONG });
    const close = { typ: 'session.close', reason: 'disconnected', intents: 0, rows: 0, bytes: 0, delay: null };
    first.add(close, { devn: 0 });
    await upload(first, 1);
    // A later one may name the new token.
    const second = newSession(again, { gid: id, jws }, { devn: 1 });
    second.add({ ...close, reason: 'handed_back' }, { devn: 1 });
    await upload(second, 0);
    expect((await post(again, `/${id}/end`)).statusCode).toBe(200);
    const { body } = await ingrid.call('GET', `/v1/review/grants/${id}/bundle`);
    const report = await verifyBundle(body.trimEnd().split('\n'), {
      p: primitives,
      verifyRsa: (jwk, signed, signature) =>
        verify('sha256', signed, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature),
    });
    expect(report.findings).toEqual([]);
    const timeline = (await ingrid.call('GET', `/v1/review/grants/${id}`)).json().timeline;
    expect(timeline[0]).toMatchObject({ kind: 'request', acr: STRONG });
    expect(timeline[1].auth_age_s).toBeTypeOf('number');
  });
});

describe('a severity that asks for a fresh sign-in, with an identity provider that says other things', () => {
  let other: TestStack;
  let issuer: Server;
  let sign: (device: TestDevice, salt: string, claims: Record<string, unknown>) => Promise<string>;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' };
    issuer = createServer((request, response) => {
      const found = request.url?.endsWith('openid-configuration')
        ? { issuer: address, jwks_uri: `${address}/keys` }
        : { keys: [jwk] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    });
    await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    other = await openStack({ VITRINE_ISSUER: address });
    sign = (device, salt, claims) =>
      new SignJWT({ nonce: bindingNonce(device.jkt, salt, primitives), groups: ['oncall'], name: 'Amira', ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
        .setIssuer(address)
        .setAudience(other.config.clientId)
        .setSubject(String(claims.sub ?? 'amira'))
        .setIssuedAt()
        .setJti(newId())
        .setExpirationTime('10 minutes')
        .sign(privateKey);
  }, 120_000);
  afterAll(async () => {
    await other?.stop();
    issuer?.close();
  });

  const seconds = (ago: number): number => Math.floor(Date.now() / 1000) - ago;
  async function tradeFor(device: TestDevice, claims: Record<string, unknown>, salt = newId()) {
    const idToken = await sign(device, salt, claims);
    const answer = await other.trade(device, idToken, salt);
    return { answer, idToken };
  }
  /** Asks for SEV1 with the token that such an ID token is traded for. */
  async function asking(device: TestDevice, claims: Record<string, unknown>, salt?: string) {
    const { answer } = await tradeFor(device, claims, salt);
    expect(answer.statusCode, answer.body).toBe(200);
    const { access_token: token } = tokenResponse.parse(answer.json());
    const htu = `${other.config.publicUrl}/v1/requests`;
    const ath = createHash('sha256').update(token).digest('base64url');
    const proof = await makeProof(device, { htm: 'POST', htu, ath });
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    return other.collector.app.inject({ method: 'POST', url: '/v1/requests', headers, payload: wanted() });
  }

  it.each([
    ['none is told', {}, 'The identity provider does not say when you signed in, so it does not count.'],
    ['it is 301 seconds ago', { auth_time: () => seconds(301) }, 'Your sign-in is older than that.'],
    ['it was in 1970', { auth_time: () => 0 }, 'Your sign-in is older than that.'],
  ])('refuses where %s (I6)', async (_name, claims, words) => {
    const claimed = Object.fromEntries(Object.entries(claims).map(([name, of]) => [name, of()]));
    const said = refused(await asking(newDevice(), claimed));
    expect(said.detail).toContain(words);
  });

  it('takes one of 290 seconds ago', async () => {
    expect((await asking(newDevice(), { auth_time: seconds(290) })).statusCode).toBe(200);
  });

  it('refuses an ID token whose sign-in lies ahead by more than the clocks may differ (I6)', async () => {
    const { answer } = await tradeFor(newDevice(), { auth_time: seconds(-60) });
    expect(problem.parse(answer.json())).toMatchObject({ status: 401, code: 'id_token_future' });
  });

  it.each([
    ['text', 'yesterday'],
    ['beyond every calendar', 1e15],
    ['negative', -5],
  ])('refuses an ID token whose sign-in is %s (I6)', async (_name, authTime) => {
    const { answer } = await tradeFor(newDevice(), { auth_time: authTime });
    expect(problem.parse(answer.json())).toMatchObject({ status: 401, code: 'id_token_malformed' });
  });

  it('does not count a refresh as a sign-in, even where the provider moves its time (I6)', async () => {
    const device = newDevice();
    const salt = newId();
    refused(await asking(device, { auth_time: seconds(400) }, salt));
    refused(await asking(device, { auth_time: seconds(0) }, salt));
    // A sign-in of its own has a nonce of its own.
    expect((await asking(device, { auth_time: seconds(0) })).statusCode).toBe(200);
  });

  it('does not count a time that a refresh adds to a sign-in that had none (I6)', async () => {
    const device = newDevice();
    const salt = newId();
    refused(await asking(device, {}, salt));
    refused(await asking(device, { auth_time: seconds(0) }, salt));
  });

  it('takes the same fresh ID token again, because it is still that sign-in, and for no other person (I4)', async () => {
    const device = newDevice();
    const salt = newId();
    const fresh = { auth_time: seconds(0) };
    expect((await asking(device, fresh, salt)).statusCode).toBe(200);
    expect((await asking(device, fresh, salt)).statusCode).toBe(200);
    const { answer } = await tradeFor(device, { ...fresh, sub: 'lina' });
    expect(problem.parse(answer.json())).toMatchObject({ status: 403, code: 'foreign_device' });
  });
});
