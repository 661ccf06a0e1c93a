/**
 * The identity provider as the collector sees it: its metadata, its published keys, and whether an ID token is one of
 * its own. Keys are cached; the set that verified a token is told to the caller, who keeps it as evidence. (I4)
 */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { toBase64url } from '../../shared/encoding.ts';
import { signIn } from '../../shared/step-up-schema.ts';
import { isLoopback } from '../config.ts';
import { type ProblemError, problem } from '../server/problem.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const METADATA_MS = 10 * 60 * 1000;
/** Clocks of two servers differ by this much at most, seconds. */
const SKEW_S = 5;
/** The year 9999, seconds: later times have no RFC 3339 form. */
const LATEST_S = 253_402_300_799;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });
const claims = z.object({
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  exp: z.number(),
  iat: z.number(),
  nonce: z.string().optional(),
  auth_time: z.int().min(0).max(LATEST_S).optional(),
  // What is not of the usual form proves nothing, and is as good as missing.
  acr: signIn.shape.acr.catch(undefined),
  amr: signIn.shape.amr.catch(undefined),
  name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  groups: z.array(z.string()).default([]),
});

export interface VerifiedIdToken {
  /** SHA-256 of the ASCII token, base64url. */
  readonly idt: string;
  readonly sub: string;
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  readonly nonce: string | null;
  readonly authTime: Date | null;
  /** Class and methods of the authentication; null where the provider does not say. */
  readonly acr: string | null;
  readonly amr: readonly string[] | null;
  readonly issuer: string;
  /** The published keys that verified it, as JSON, and their SHA-256. */
  readonly jwks: { readonly hash: string; readonly body: string };
}

export interface IdentityProvider {
  /** Signature, algorithm, issuer, audience, expiry. Throws 401 with a code per failure, 503 when the provider is down. */
  verify(token: string, audience: string): Promise<VerifiedIdToken>;
}

const sha256 = (text: string): string => toBase64url(createHash('sha256').update(text).digest());

export function openProvider(issuer: string, now: () => Date): IdentityProvider {
  let keys: { readonly set: RemoteJWKSet; readonly until: number } | null = null;

  const keySet = async (): Promise<RemoteJWKSet> => {
    if (keys !== null && keys.until > now().getTime()) return keys.set;
    const found = await discover(issuer);
    // The set keeps its own cache; a new one is made only when the address changed or its time is up.
    keys = {
      set: createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: 5_000 }),
      until: now().getTime() + METADATA_MS,
    };
    return keys.set;
  };

  return {
    async verify(token, audience) {
      const set = await keySet();
      let payload: unknown;
      try {
        const verified = await jwtVerify(token, set, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: SKEW_S,
          currentDate: now(),
          requiredClaims: ['sub', 'exp', 'iat'],
        });
        payload = verified.payload;
      } catch (error) {
        throw refusalOf(error, audience, issuer);
      }
      const parsed = claims.safeParse(payload);
      if (!parsed.success) {
        throw refuse(
          'id_token_malformed',
          `The ID token has a claim of the wrong form: ${parsed.error.issues[0]?.path.join('.')}`,
        );
      }
      const claim = parsed.data;
      if (Array.isArray(claim.aud) && claim.aud.length > 1 && claim.azp !== audience) {
        throw refuse('id_token_audience', 'The ID token is for several clients and was not issued to this one');
      }
      if (claim.iat > now().getTime() / 1000 + SKEW_S)
        throw refuse('id_token_future', 'The ID token is from the future');
      if (claim.auth_time !== undefined && claim.auth_time > now().getTime() / 1000 + SKEW_S)
        throw refuse('id_token_future', 'The ID token names a sign-in in the future');
      const body = JSON.stringify(set.jwks());
      return {
        idt: sha256(token),
        sub: claim.sub,
        name: claim.name ?? claim.preferred_username ?? claim.email ?? claim.sub,
        email: claim.email ?? null,
        groups: claim.groups,
        nonce: claim.nonce ?? null,
        authTime: claim.auth_time === undefined ? null : new Date(claim.auth_time * 1000),
        acr: claim.acr ?? null,
        amr: claim.amr ?? null,
        issuer,
        jwks: { hash: sha256(body), body },
      };
    },
  };
}

async function discover(issuer: string): Promise<z.infer<typeof metadata>> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let found: z.infer<typeof metadata>;
  try {
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    found = metadata.parse(await response.json());
  } catch (cause) {
    throw unavailable(cause);
  }
  const url = new URL(found.jwks_uri);
  if (found.issuer !== issuer) throw unavailable(new Error('the provider names another issuer'));
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) throw unavailable(new Error('jwks_uri is plain http'));
  return found;
}

const unavailable = (cause: unknown): ProblemError => {
  const refusal = problem(503, 'issuer_unavailable', 'The identity provider does not answer', {
    hint: 'Try again in a moment.',
  });
  refusal.cause = cause;
  return refusal;
};

const refuse = (code: string, title: string, hint = 'Sign in again.'): ProblemError =>
  problem(401, code, title, { field: 'id_token', hint }, { 'www-authenticate': 'DPoP error="invalid_token"' });

/** One code per way in which an ID token can be wrong. */
function refusalOf(error: unknown, audience: string, issuer: string): ProblemError {
  if (error instanceof errors.JWTExpired) return refuse('id_token_expired', 'The ID token has expired');
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return refuse('id_token_algorithm', 'The ID token is not signed with an algorithm that is allowed here');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return refuse('id_token_issuer', `The ID token is not from ${issuer}`);
    if (error.claim === 'aud') return refuse('id_token_audience', `The ID token is not for the client ${audience}`);
    return refuse('id_token_malformed', `The ID token’s claim ${error.claim} is missing or wrong`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return refuse('id_token_signature', 'The ID token is not signed by a key that the identity provider publishes');
  }
  if (error instanceof errors.JWKSTimeout || error instanceof TypeError) return unavailable(error);
  if (error instanceof errors.JOSEError) {
    // Anything that jose says about the key set's own answer is the provider's fault, not the token's.
    const generic = error.code === 'ERR_JOSE_GENERIC' || error.code.startsWith('ERR_JWKS');
    return generic ? unavailable(error) : refuse('id_token_malformed', 'The ID token is not a signed JWT');
  }
  return unavailable(error);
}
