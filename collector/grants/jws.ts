/** The grant as a signed statement: a compact JWS (RFC 7515), EdDSA with the collector's grant key. (I4) */
import { CompactSign } from 'jose';
import { type GrantClaims, grantClaims } from '../../shared/grants.ts';
import type { SigningKey } from '../keys.ts';
import type { Grant, Instant } from './machine.ts';

export const GRANT_TYP = 'vitrine-grant+jwt';

/** Seconds: a grant lives whole minutes from the second in which it is activated. */
export const deadlineOf = (grant: Pick<Grant, 'minutes'>, at: Instant): Instant =>
  (Math.floor(at / 1000) + grant.minutes * 60) * 1000;

export function claimsOf(grant: Grant, issuer: string, at: Instant): GrantClaims {
  const second = Math.floor(at / 1000);
  return {
    iss: issuer,
    sub: grant.by.sub,
    name: grant.by.name,
    jti: grant.id,
    iat: second,
    nbf: second,
    exp: deadlineOf(grant, at) / 1000,
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

export function signGrant(
  grant: Grant,
  issuer: string,
  at: Instant,
  key: Pick<SigningKey, 'privateKey' | 'thumbprint'>,
): Promise<string> {
  return signClaims(claimsOf(grant, issuer, at), key);
}

export function signClaims(claims: GrantClaims, key: Pick<SigningKey, 'privateKey' | 'thumbprint'>): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(grantClaims.parse(claims))))
    .setProtectedHeader({ alg: 'EdDSA', typ: GRANT_TYP, kid: key.thumbprint })
    .sign(key.privateKey);
}
