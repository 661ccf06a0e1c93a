/**
 * Trades an ID token that commits to a device key for a short collector token bound to that key, and enrols the device.
 * One device key belongs to one person for good. (I4, I6)
 */
import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { tokenRequest, tokenResponse } from '../../shared/api.ts';
import { bindingNonce } from '../../shared/audit/binding.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { type CollectorKeys, primitives } from '../keys.ts';
import type { PolicyKeeper } from '../policy/index.ts';
import { rolesOf } from '../policy/roles.ts';
import { type ProblemError, problem } from '../server/problem.ts';
import type { Database, Store } from '../store/index.ts';
import type { Proof } from './dpop.ts';
import { keepEvidence } from './evidence.ts';
import type { IdentityProvider, VerifiedIdToken } from './provider.ts';

/** Lifetime of a collector token, seconds. */
const TOKEN_S = 600;

const tokenClaims = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  groups: z.array(z.string()),
  idt: z.string(),
  auth_time: z.number().nullable(),
  acr: z.string().nullable(),
  amr: z.array(z.string()).nullable(),
  cnf: z.object({ jkt: z.string() }),
});
export type TokenClaims = z.infer<typeof tokenClaims>;

export interface TokenParts {
  readonly store: Store;
  readonly provider: IdentityProvider;
  readonly keys: Pick<CollectorKeys, 'token'>;
  readonly policy: Pick<PolicyKeeper, 'current'>;
  readonly config: { readonly publicUrl: string; readonly clientId: string };
  now(): Date;
}

/** Throws 401 when the ID token is not good for this key, 403 when the device is somebody else's or revoked. */
export async function trade(
  parts: TokenParts,
  request: z.infer<typeof tokenRequest>,
  proof: Proof,
): Promise<z.infer<typeof tokenResponse>> {
  const { store, provider, policy, config, now } = parts;
  const verified = await provider.verify(request.id_token, config.clientId);
  if (verified.nonce !== bindingNonce(proof.jkt, request.salt, primitives)) {
    throw problem(
      401,
      'id_token_nonce',
      'The ID token does not commit to this device key',
      {
        field: 'id_token',
        detail: 'Its nonce is not the hash of this key and salt.',
        hint: 'Sign in again on this device.',
      },
      { 'www-authenticate': 'DPoP error="invalid_token"' },
    );
  }
  const at = now();
  let authTime = verified.authTime;
  await store.transaction().execute(async (tx) => {
    authTime = await firstAuthTime(tx, { jkt: proof.jkt, salt: request.salt }, authTime);
    const { name, os, app } = request.device;
    await tx
      .insertInto('devices')
      .values({
        jkt: proof.jkt,
        sub: verified.sub,
        jwk: JSON.stringify(proof.jwk),
        name,
        os,
        app,
        enrolled_at: at,
        seen_at: at,
        revoked_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const device = await tx
      .selectFrom('devices')
      .select(['sub', 'revoked_at'])
      .where('jkt', '=', proof.jkt)
      .executeTakeFirstOrThrow();
    if (device.sub !== verified.sub) {
      throw problem(403, 'foreign_device', 'This device is enrolled for another person', {
        detail: 'A device key belongs to one person for good.',
        hint: 'Forget the key in the app; it then becomes a new device.',
      });
    }
    if (device.revoked_at !== null) throw revoked();
    await tx.updateTable('devices').set({ name, os, app, seen_at: at }).where('jkt', '=', proof.jkt).execute();
    await keepEvidence(tx, request.id_token, verified, { jkt: proof.jkt, salt: request.salt }, at);
  });
  return {
    access_token: await issue(parts, { ...verified, authTime }, proof.jkt),
    token_type: 'DPoP',
    expires_in: TOKEN_S,
    person: {
      sub: verified.sub,
      name: verified.name,
      ...(verified.email === null ? {} : { email: verified.email }),
      roles: rolesOf(verified.groups, policy.current()),
    },
  };
}

/**
 * The sign-in that a token is of. A refresh keeps the nonce of its sign-in, so a later time under the same salt is no
 * later sign-in: the earliest that was seen counts, and a time that was once missing stays missing.
 */
async function firstAuthTime(
  tx: Transaction<Database>,
  { jkt, salt }: { readonly jkt: string; readonly salt: string },
  told: Date | null,
): Promise<Date | null> {
  const seen = await tx
    .selectFrom('id_tokens')
    .select('auth_time')
    .where('jkt', '=', jkt)
    .where('salt', '=', salt)
    .execute();
  const times = [told, ...seen.map(({ auth_time }) => auth_time)].map((time) => time?.getTime() ?? null);
  const known = times.filter((time) => time !== null);
  return known.length < times.length ? null : new Date(Math.min(...known));
}

export const revoked = (): ProblemError =>
  problem(403, 'device_revoked', 'This device was revoked', {
    detail: 'This device was revoked. Its key opens nothing any more, for good.',
    hint: 'Ask an approver or a reviewer why. This machine can be enrolled again only with a new device key.',
  });

async function issue({ keys, config, now }: TokenParts, who: VerifiedIdToken, jkt: string): Promise<string> {
  const seconds = Math.floor(now().getTime() / 1000);
  const claims: TokenClaims = {
    sub: who.sub,
    name: who.name,
    email: who.email,
    groups: [...who.groups],
    idt: who.idt,
    auth_time: who.authTime === null ? null : who.authTime.getTime() / 1000,
    acr: who.acr,
    amr: who.amr === null ? null : [...who.amr],
    cnf: { jkt },
  };
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.token.thumbprint })
    .setIssuer(config.publicUrl)
    .setAudience(config.publicUrl)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + TOKEN_S)
    .setJti(toBase64url(randomBytes(16)))
    .sign(keys.token.privateKey);
}

/** Opens a collector token. Throws 401 `token_expired` or `token_invalid`. */
export async function openToken(
  { keys, config, now }: Pick<TokenParts, 'keys' | 'config' | 'now'>,
  token: string,
): Promise<TokenClaims> {
  const refuse = (code: string, title: string) =>
    problem(
      401,
      code,
      title,
      { hint: 'Trade the ID token again.' },
      { 'www-authenticate': 'DPoP error="invalid_token"' },
    );
  try {
    const { payload } = await jwtVerify(token, keys.token.publicKey, {
      issuer: config.publicUrl,
      audience: config.publicUrl,
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
      currentDate: now(),
    });
    return tokenClaims.parse(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refuse('token_expired', 'The collector token has expired');
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
      throw refuse('token_invalid', 'The collector token is not valid here');
    }
    throw error;
  }
}
