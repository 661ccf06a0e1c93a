/** Sign-in on the web pages: authorization code with PKCE, state and nonce; what must come back unchanged waits in the store. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as oidc from 'openid-client';
import { z } from 'zod';
import { LACKING_WORDS, lacking } from '../../shared/step-up.ts';
import { acrValue } from '../../shared/step-up-schema.ts';
import { type CollectorConfig, isLoopback } from '../config.ts';
import { ProblemError, problem } from '../server/problem.ts';
import { validate } from '../server/validate.ts';
import type { Store } from '../store/index.ts';
import { type CookieJar, hashOf, newSecret } from './cookies.ts';
import { keepEvidence } from './evidence.ts';
import type { IdentityProvider, VerifiedIdToken } from './provider.ts';
import { signInOf } from './step-up.ts';

/** A sign-in has this long to come back, and a session lasts this long, in seconds. */
const LOGIN_S = 600;
export const SESSION_S = 8 * 3600;

/** A path of our own: one slash, then neither a slash nor a backslash, which browsers read as another host. */
const returnPath = z
  .string()
  .max(512)
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/);
const loginQuery = z.object({
  return: returnPath.default('/'),
  /** `login` asks for the credentials again, to sign in as somebody else. */
  prompt: z.literal('login').optional(),
  /** Step-up (RFC 9470): the same person again, with a sign-in of at most so many seconds … */
  max_age: z.coerce
    .number()
    .int()
    .min(60)
    .max(24 * 3600)
    .optional(),
  /** … and of this class. */
  acr_values: acrValue.optional(),
});

export interface WebLoginParts {
  readonly config: Pick<CollectorConfig, 'publicUrl' | 'issuer' | 'deskClientId'>;
  readonly store: Store;
  readonly provider: IdentityProvider;
  readonly sessionCookie: CookieJar;
  readonly loginCookie: CookieJar;
  now(): Date;
}

export interface WebLogin {
  begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  finish(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function openWebLogin(parts: WebLoginParts): WebLogin {
  const { config, store, provider, sessionCookie, loginCookie, now } = parts;
  const redirectUri = `${config.publicUrl}/auth/callback`;
  let client: oidc.Configuration | null = null;

  const openClient = async (): Promise<oidc.Configuration> => {
    if (client !== null) return client;
    const issuer = new URL(config.issuer);
    // Plain HTTP never leaves this machine: config.ts refuses it for any other issuer.
    const execute = issuer.protocol === 'http:' && isLoopback(issuer.hostname) ? [oidc.allowInsecureRequests] : [];
    try {
      client = await oidc.discovery(issuer, config.deskClientId, undefined, oidc.None(), { execute });
      return client;
    } catch (cause) {
      throw Object.assign(
        problem(503, 'issuer_unavailable', 'The identity provider does not answer', { hint: 'Try again in a moment.' }),
        { cause },
      );
    }
  };

  /** The `sub` of whoever this browser is signed in as; null where it is nobody. */
  const whoIsHere = async (request: FastifyRequest): Promise<string | null> => {
    const id = sessionCookie.read(request);
    if (id === null) return null;
    const row = await store.selectFrom('web_sessions').select('sub').where('id', '=', hashOf(id)).executeTakeFirst();
    return row?.sub ?? null;
  };

  const openSession = async (
    request: FastifyRequest,
    reply: FastifyReply,
    token: string,
    verified: VerifiedIdToken,
  ): Promise<void> => {
    const at = now();
    await keepEvidence(store, token, verified, null, at);
    const session = newSecret();
    const { sub, idt, authTime, acr, amr } = verified;
    await store
      .insertInto('web_sessions')
      .values({
        id: hashOf(session),
        sub,
        idt,
        auth_time: authTime,
        acr,
        amr: amr === null ? null : JSON.stringify(amr),
        created_at: at,
        expires_at: new Date(at.getTime() + SESSION_S * 1000),
      })
      .execute();
    // The session that this one takes the place of opens nothing any more.
    const before = sessionCookie.read(request);
    if (before !== null) await store.deleteFrom('web_sessions').where('id', '=', hashOf(before)).execute();
    sessionCookie.set(reply, session, SESSION_S);
  };

  return {
    async begin(request, reply) {
      const query = validate(loginQuery, request.query);
      const configuration = await openClient();
      const id = newSecret();
      const verifier = oidc.randomPKCECodeVerifier();
      const state = oidc.randomState();
      const nonce = oidc.randomNonce();
      const { max_age: maxAge = null, acr_values: acr = null } = query;
      const prompt = query.prompt ?? (isStepUp({ max_age: maxAge, acr }) ? 'login' : null);
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid profile email groups',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...(prompt === null ? {} : { prompt }),
        ...(maxAge === null ? {} : { max_age: String(maxAge) }),
        ...(acr === null ? {} : { acr_values: acr }),
      });
      await store
        .insertInto('web_logins')
        .values({
          id: hashOf(id),
          state,
          nonce,
          verifier,
          return_to: query.return,
          max_age: maxAge,
          acr,
          sub: isStepUp({ max_age: maxAge, acr }) ? await whoIsHere(request) : null,
          created_at: now(),
        })
        .execute();
      loginCookie.set(reply, id, LOGIN_S);
      return reply.header('cache-control', 'no-store').redirect(url.href, 303);
    },

    async finish(request, reply) {
      const restart = (code: string, title: string): ProblemError =>
        problem(400, code, title, { hint: `Start again: ${config.publicUrl}/auth/login` });
      const id = loginCookie.read(request);
      loginCookie.clear(reply);
      if (id === null) throw restart('login_unknown', 'This browser did not start this sign-in');
      // Taken out at once: a code can come back only once.
      const login = await store.deleteFrom('web_logins').where('id', '=', hashOf(id)).returningAll().executeTakeFirst();
      if (login === undefined || now().getTime() - login.created_at.getTime() > LOGIN_S * 1000) {
        throw restart('login_expired', 'This sign-in took too long or was finished before');
      }
      const back = (to: string): FastifyReply => reply.header('cache-control', 'no-store').redirect(to, 303);
      try {
        const token = await exchange(await openClient(), new URL(request.url, config.publicUrl), login, restart);
        const verified = await provider.verify(token, config.deskClientId);
        if (verified.nonce !== login.nonce)
          throw restart('id_token_nonce', 'The identity provider answered another sign-in');
        const refusal = steppedUp(login, verified, now().getTime());
        if (refusal !== null) throw restart(...refusal);
        await openSession(request, reply, token, verified);
      } catch (error) {
        // Who had to sign in once more goes back to what they were doing, as signed in as before, and reads why.
        if (!isStepUp(login) || !(error instanceof ProblemError)) throw error;
        const to = new URL(login.return_to, config.publicUrl);
        to.searchParams.set('sign_in', error.code);
        return back(to.pathname + to.search + to.hash);
      }
      return back(login.return_to);
    },

    async end(request, reply) {
      const id = sessionCookie.read(request);
      if (id !== null) await store.deleteFrom('web_sessions').where('id', '=', hashOf(id)).execute();
      sessionCookie.clear(reply);
    },
  };
}

const isStepUp = ({ max_age, acr }: { readonly max_age: number | null; readonly acr: string | null }): boolean =>
  max_age !== null || acr !== null;

/** Why a sign-in that had to be fresh is not taken, as code and title; null where it is. The session before it stays. (I6) */
function steppedUp(
  login: { readonly max_age: number | null; readonly acr: string | null; readonly sub: string | null },
  verified: VerifiedIdToken,
  now: number,
): readonly [code: string, title: string] | null {
  const { max_age, acr, sub } = login;
  if (sub !== null && sub !== verified.sub)
    return [
      'login_other_person',
      'Somebody else signed in. Nothing was approved, and you are still signed in as before',
    ];
  if (!isStepUp(login)) return null;
  const asked = { max_age: max_age ?? LOGIN_S, ...(acr === null ? {} : { acr }) };
  const why = lacking(signInOf(verified.authTime, verified.acr, verified.amr), asked, now);
  return why === null
    ? null
    : ['login_not_fresh', `The identity provider did not ask you again. ${LACKING_WORDS[why]}`];
}

async function exchange(
  client: oidc.Configuration,
  url: URL,
  login: { readonly verifier: string; readonly state: string; readonly nonce: string },
  restart: (code: string, title: string) => ProblemError,
): Promise<string> {
  try {
    const tokens = await oidc.authorizationCodeGrant(client, url, {
      pkceCodeVerifier: login.verifier,
      expectedState: login.state,
      expectedNonce: login.nonce,
      idTokenExpected: true,
    });
    if (tokens.id_token === undefined) throw new Error('no ID token');
    return tokens.id_token;
  } catch (cause) {
    const refusal = restart('login_failed', 'The identity provider did not complete this sign-in');
    refusal.cause = cause;
    throw refusal;
  }
}

/** Sign-ins that never came back and sessions that are over. */
export async function forgetLogins(store: Store, now: Date): Promise<void> {
  await store
    .deleteFrom('web_logins')
    .where('created_at', '<', new Date(now.getTime() - LOGIN_S * 1000))
    .execute();
  await store.deleteFrom('web_sessions').where('expires_at', '<', now).execute();
}
