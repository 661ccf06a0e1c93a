/** Support for tests: a collector of its own, on a real PostgreSQL and a real identity provider, and people who sign in to it. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { type Identity, startIdentity } from '../dev/stack/identity.ts';
import { openUserAgent } from '../dev/stack/idp/sign-in.ts';
import { freePort, type Postgres, temporaryPostgres } from '../dev/stack/postgres.ts';
import { tokenResponse } from '../shared/api.ts';
import { bindingNonce, thumbprint } from '../shared/audit/binding.ts';
import { type PublicJwk, publicJwk } from '../shared/audit/records.ts';
import { type Collector, openCollector, type RegisterRoom } from './compose.ts';
import { type CollectorConfig, readConfig } from './config.ts';
import { primitives } from './keys.ts';
import { openLog } from './server/log.ts';

export const newId = (): string => randomBytes(16).toString('base64url');

/** A device key as the app would hold one. */
export interface TestDevice {
  readonly jwk: PublicJwk;
  readonly jkt: string;
  readonly privateKey: KeyObject;
  sign(data: Uint8Array): Uint8Array;
}
export function newDevice(): TestDevice {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  const jwk = publicJwk.parse({ kty, crv, x });
  return { jwk, jkt: thumbprint(jwk, primitives), privateKey, sign: (data) => sign(null, data, privateKey) };
}

export interface ProofFields {
  readonly htm: string;
  readonly htu: string;
  readonly iat?: number;
  readonly jti?: string;
  readonly ath?: string;
}
/** What a proof says of the access token beside it (RFC 9449 section 4.2). */
export const ath = (accessToken: string): string => createHash('sha256').update(accessToken).digest('base64url');

/** A DPoP proof; every part can be made wrong. */
export const makeProof = (
  device: TestDevice,
  fields: ProofFields,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT({ iat: Math.floor(Date.now() / 1000), jti: newId(), ...fields })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk: device.jwk, ...header })
    .sign(device.privateKey);

export interface SignedInDevice {
  readonly device: TestDevice;
  readonly sub: string;
  readonly idToken: string;
  readonly salt: string;
  readonly accessToken: string;
  /** `path` begins with `/`; a fresh proof for every call. */
  call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
}
export interface SignedInBrowser {
  readonly cookie: string;
  readonly csrf: string;
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<LightMyRequestResponse>;
}

export interface TestStack {
  readonly postgres: Postgres;
  readonly identity: Identity;
  readonly config: CollectorConfig;
  readonly policyPath: string;
  /** Lines that the service logged. */
  readonly logged: string[];
  collector: Collector;
  /** Ends the collector and opens it again on the same database. */
  restart(): Promise<void>;
  /** An ID token whose nonce commits to the device key. */
  idToken(person: string, device: TestDevice, salt?: string, asked?: Asked): Promise<{ idToken: string; salt: string }>;
  trade(device: TestDevice, idToken: string, salt: string): Promise<LightMyRequestResponse>;
  device(person: string, device?: TestDevice, asked?: Asked): Promise<SignedInDevice>;
  browser(person: string): Promise<SignedInBrowser>;
  stop(): Promise<void>;
}
type Environment = Readonly<Record<string, string>>;
/** Further parameters of the authorization request. */
type Asked = Readonly<Record<string, string>>;
export interface TestStackOptions {
  readonly rooms?: readonly RegisterRoom[];
  /** YAML, or made from example.yaml; left out: the example. */
  readonly policy?: string | ((example: string, postgres: Postgres) => string);
  readonly env?: Environment | ((postgres: Postgres) => Promise<Environment>);
  readonly now?: () => Date;
}

const EXAMPLE = new URL('./policy/example.yaml', import.meta.url);

export async function openTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const dir = mkdtempSync(join(tmpdir(), 'vitrine-collector-'));
  const postgres = await temporaryPostgres();
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const identity = await startIdentity({ dir: join(dir, 'idp'), collectorUrl: publicUrl });
  const policyPath = join(dir, 'policy.yaml');
  const example = readFileSync(EXAMPLE, 'utf8');
  const { policy = example, env = {} } = options;
  writeFileSync(policyPath, typeof policy === 'string' ? policy : policy(example, postgres));
  const config = readConfig({
    DATABASE_URL: postgres.url,
    VITRINE_POLICY: policyPath,
    VITRINE_PUBLIC_URL: publicUrl,
    VITRINE_ISSUER: identity.issuer,
    VITRINE_CLIENT_ID: identity.clientId,
    VITRINE_DESK_CLIENT_ID: identity.deskClientId,
    VITRINE_KEYS: join(dir, 'keys'),
    PORT: String(port),
    VITRINE_RATE_SCALE: '100',
    ...(typeof env === 'function' ? await env(postgres) : env),
  });
  const logged: string[] = [];
  const log = openLog('info', { write: (line) => void logged.push(line) });
  const open = (): Promise<Collector> =>
    openCollector(config, options.rooms ?? [], { log, ...(options.now === undefined ? {} : { now: options.now }) });
  const stack: TestStack = {
    postgres,
    identity,
    config,
    policyPath,
    logged,
    collector: await open(),
    async restart() {
      await stack.collector.close();
      stack.collector = await open();
    },
    idToken: (person, device, salt = newId(), asked = {}) => idTokenFor(identity, person, device, salt, asked),
    async trade(device, idToken, salt) {
      const proof = await makeProof(device, { htm: 'POST', htu: `${publicUrl}/v1/tokens` });
      const about = { name: 'Test laptop', os: 'linux', app: 'test' };
      return inject(stack, {
        method: 'POST',
        url: '/v1/tokens',
        headers: { dpop: proof },
        payload: { id_token: idToken, salt, device: about },
      });
    },
    device: (person, device = newDevice(), asked = {}) => signInDevice(stack, publicUrl, person, device, asked),
    browser: (person) => signInBrowser(stack, publicUrl, person),
    async stop() {
      await stack.collector.close();
      await identity.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return stack;
}

const inject = (stack: TestStack, request: InjectOptions): Promise<LightMyRequestResponse> =>
  stack.collector.app.inject(request);

async function idTokenFor(identity: Identity, person: string, device: TestDevice, salt: string, asked: Asked) {
  const client = await oidc.discovery(new URL(identity.issuer), identity.clientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = bindingNonce(device.jkt, salt, primitives);
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: 'http://127.0.0.1:45671/callback',
    scope: 'openid profile email groups',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...asked,
  });
  const answer = await openUserAgent().signIn(url.href, person);
  const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true };
  const { id_token: idToken } = await oidc.authorizationCodeGrant(client, answer, checks);
  if (idToken === undefined) throw new Error('the provider gave no ID token');
  return { idToken, salt };
}

async function signInDevice(
  stack: TestStack,
  publicUrl: string,
  person: string,
  device: TestDevice,
  asked: Asked,
): Promise<SignedInDevice> {
  const { idToken, salt } = await stack.idToken(person, device, newId(), asked);
  const answer = await stack.trade(device, idToken, salt);
  if (answer.statusCode !== 200) throw new Error(`tokens answered ${answer.statusCode}: ${answer.body}`);
  const { access_token: accessToken } = tokenResponse.parse(answer.json());
  return {
    device,
    sub: person,
    idToken,
    salt,
    accessToken,
    async call(method, path, body, headers = {}) {
      const htu = publicUrl + (path.split('?')[0] ?? '');
      const proof = await makeProof(device, { htm: method, htu, ath: ath(accessToken) });
      const auth = { authorization: `DPoP ${accessToken}`, dpop: proof, ...headers };
      return inject(stack, { method, url: path, headers: auth, ...payloadOf(body) });
    },
  };
}

async function signInBrowser(stack: TestStack, publicUrl: string, person: string): Promise<SignedInBrowser> {
  const begun = await inject(stack, { method: 'GET', url: '/auth/login' });
  const back = await openUserAgent().signIn(String(begun.headers.location), person);
  const loginCookie = cookieOf(begun);
  const done = await inject(stack, {
    method: 'GET',
    url: back.pathname + back.search,
    headers: { cookie: loginCookie },
  });
  if (done.statusCode !== 303) throw new Error(`callback answered ${done.statusCode}: ${done.body}`);
  const cookie = cookieOf(done);
  const whoami = await inject(stack, { method: 'GET', url: '/v1/me', headers: { cookie } });
  const { csrf } = whoami.json<{ csrf: string }>();
  return {
    cookie,
    csrf,
    call: (method, path, body) =>
      inject(stack, {
        method,
        url: path,
        headers: { cookie, ...(method === 'POST' ? { origin: publicUrl, 'x-vitrine-csrf': csrf } : {}) },
        ...payloadOf(body),
      }),
  };
}

/** The cookies that an answer sets, as a `cookie` header; the last of a name wins. */
export function cookieOf(response: LightMyRequestResponse): string {
  const jar = new Map(response.cookies.map(({ name, value }) => [name, value]));
  return [...jar]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

const payloadOf = (body: unknown): Pick<InjectOptions, 'payload'> =>
  // light-my-request takes text, bytes or an object that it sends as JSON.
  body === undefined ? {} : { payload: body as NonNullable<InjectOptions['payload']> };
