/** The grant as a signed statement: a compact JWS (RFC 7515), EdDSA with the collector's grant key. (I4) */
import { CompactSign } from 'jose';
import { type ElevationClaims, elevationClaims } from '../../shared/api-change.ts';
import { type GrantClaims, grantClaims } from '../../shared/grants.ts';
import type { SigningKey } from '../keys.ts';
import type { Change } from './change.ts';
import type { Grant, Instant } from './machine.ts';

export const GRANT_TYP = 'vitrine-grant+jwt';

/** Seconds: a grant lives whole minutes from the second in which it is activated. */
export const ELEVATION_TYP = 'vitrine-elevation+jwt';

export const deadlineOf = (grant: Pick<Grant, 'minutes'>, at: Instant): Instant =>
  (Math.floor(at / 1000) + grant.minutes * 60) * 1000;

/** `until`: the deadline; left out: the grant's minutes from now. */
export function claimsOf(grant: Grant, issuer: string, at: Instant, until = deadlineOf(grant, at)): GrantClaims {
  const second = Math.floor(at / 1000);
  return {
    iss: issuer,
    sub: grant.by.sub,
    name: grant.by.name,
    jti: grant.id,
    iat: second,
    nbf: second,
    exp: until / 1000,
    cnf: { jkt: grant.jkt },
    target: grant.target,
    scope: grant.scope,
    severity: grant.severity,
    ticket: grant.ticket,
    reason: grant.reason,
    approvals: grant.approvals.map(({ sub, name, alone, at }) => ({ sub, name, alone, at })),
    limits: grant.limits,
    policy: grant.policy,
  };
}

type Key = Pick<SigningKey, 'privateKey' | 'thumbprint'>;

const signed = (claims: unknown, typ: string, key: Key): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ, kid: key.thumbprint })
    .sign(key.privateKey);

export const signClaims = (claims: GrantClaims, key: Key): Promise<string> =>
  signed(grantClaims.parse(claims), GRANT_TYP, key);
export const signGrant = (grant: Grant, issuer: string, at: Instant, key: Key): Promise<string> =>
  signClaims(claimsOf(grant, issuer, at), key);

/** The same grant until later; nothing else of it changes, and it begins when it began. */
export function signExtension(grant: Grant, issuer: string, until: Instant, key: Key): Promise<string> {
  const claims = claimsOf(grant, issuer, grant.activatedAt ?? until, until);
  return signClaims(claims, key);
}

/** Whole seconds, and never after the deadline of the grant. */
export const elevationUntil = (grant: Pick<Grant, 'expiresAt'>, minutes: number, at: Instant): Instant =>
  Math.min(deadlineOf({ minutes }, at), grant.expiresAt ?? 0);

export function signElevation(
  grant: Grant,
  change: Change,
  { issuer, at, until }: { readonly issuer: string; readonly at: Instant; readonly until: Instant },
  key: Key,
): Promise<string> {
  const second = Math.floor(at / 1000);
  const claims: ElevationClaims = elevationClaims.parse({
    iss: issuer,
    sub: grant.by.sub,
    jti: change.id,
    gid: grant.id,
    iat: second,
    nbf: second,
    exp: Math.floor(until / 1000),
    cnf: { jkt: grant.jkt },
    target: grant.target.id,
    severity: grant.severity,
    scope: change.scope,
    reason: change.reason,
    approvals: change.approvals.map(({ sub, name, alone, at }) => ({ sub, name, alone, at })),
    policy: change.policy,
  });
  return signed(claims, ELEVATION_TYP, key);
}
