/** The three questions that a route can ask: which device, which browser, or either. Each throws before anything happens. (I6) */
import type { FastifyRequest } from 'fastify';
import type { CollectorConfig } from '../config.ts';
import type { CollectorKeys } from '../keys.ts';
import { type PolicyKeeper, rolesOf } from '../policy/index.ts';
import { problem } from '../server/problem.ts';
import type { Store } from '../store/index.ts';
import { type CookieJar, csrfOf, hashOf } from './cookies.ts';
import { verifyProof } from './dpop.ts';
import type { Auth, AuthenticatedPerson } from './index.ts';
import { signInOf } from './step-up.ts';
import { openToken, revoked } from './tokens.ts';

export interface AuthParts {
  readonly config: CollectorConfig;
  readonly keys: Pick<CollectorKeys, 'token'>;
  readonly store: Store;
  readonly policy: Pick<PolicyKeeper, 'current'>;
  readonly sessionCookie: CookieJar;
  now(): Date;
}

/** Address of a request as a proof names it: ours, without query and fragment. */
export const addressOf = (request: FastifyRequest, publicUrl: string): string =>
  publicUrl + (request.url.split(/[?#]/)[0] ?? '');

export function openAuth(parts: AuthParts): Auth {
  const { config, store, policy, sessionCookie, now } = parts;
  const personOf = (
    who: { sub: string; name: string; email: string | null; groups: readonly string[]; idt: string },
    auth: AuthenticatedPerson['auth'],
  ): AuthenticatedPerson => ({
    sub: who.sub,
    name: who.name,
    ...(who.email === null ? {} : { email: who.email }),
    roles: rolesOf(who.groups, policy.current()),
    groups: who.groups,
    idt: who.idt,
    auth,
  });

  const requireDevice: Auth['requireDevice'] = async (request) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'dpop' || token === undefined) {
      throw problem(
        401,
        'token_missing',
        'This needs a collector token bound to a device key',
        { hint: 'POST /v1/tokens' },
        { 'www-authenticate': 'DPoP algs="EdDSA ES256"' },
      );
    }
    const claims = await openToken(parts, token);
    const proof = await verifyProof(store, {
      proof: request.headers.dpop,
      method: request.method,
      url: addressOf(request, config.publicUrl),
      accessToken: token,
      now: now(),
    });
    if (proof.jkt !== claims.cnf.jkt) {
      throw problem(
        401,
        'token_foreign',
        'This token is bound to another device key',
        {},
        {
          'www-authenticate': 'DPoP error="invalid_token"',
        },
      );
    }
    const device = await store
      .selectFrom('devices')
      .select(['name', 'sub', 'revoked_at'])
      .where('jkt', '=', proof.jkt)
      .executeTakeFirst();
    if (device === undefined || device.sub !== claims.sub || device.revoked_at !== null) throw revoked();
    const authTime = claims.auth_time === null ? null : new Date(claims.auth_time * 1000);
    const auth = signInOf(authTime, claims.acr, claims.amr);
    return { person: personOf(claims, auth), device: { jkt: proof.jkt, jwk: proof.jwk, name: device.name } };
  };

  const requireWeb: Auth['requireWeb'] = async (request) => {
    const secret = sessionCookie.read(request);
    const id = secret === null ? null : hashOf(secret);
    const row =
      id === null
        ? undefined
        : await store
            .selectFrom('web_sessions')
            .innerJoin('people', 'people.sub', 'web_sessions.sub')
            .select(['people.sub', 'people.name', 'people.email', 'people.groups', 'idt', 'expires_at'])
            .select(['auth_time', 'acr', 'amr'])
            .where('web_sessions.id', '=', id)
            .executeTakeFirst();
    if (secret === null || id === null || row === undefined || row.expires_at <= now()) {
      throw problem(401, 'signed_out', 'Nobody is signed in here', { hint: 'Sign in at /auth/login.' });
    }
    const csrf = csrfOf(secret);
    if (request.method !== 'GET' && request.method !== 'HEAD') requireSameSite(request, csrf, config.publicUrl);
    return { person: personOf(row, signInOf(row.auth_time, row.acr, row.amr)), session: { id, csrf } };
  };

  return {
    requireDevice,
    requireWeb,
    async requirePerson(request) {
      if (request.headers.authorization !== undefined) return { ...(await requireDevice(request)), session: null };
      const { person, session } = await requireWeb(request);
      return { person, device: null, session: session.id };
    },
  };
}

/** A change from the pages comes from our own origin and knows the token that only our own pages can read. Throws 403. */
export function requireSameSite(request: FastifyRequest, csrf: string, publicUrl: string): void {
  if (request.headers.origin !== publicUrl) {
    throw problem(403, 'foreign_origin', 'This change does not come from the pages of this collector', {
      field: 'origin',
    });
  }
  if (request.headers['x-vitrine-csrf'] !== csrf) {
    throw problem(403, 'csrf', 'This change does not carry the token of this session', {
      field: 'x-vitrine-csrf',
      hint: 'Reload the page.',
    });
  }
}
