/** The signed grant: checked by the app before it trusts a single field of it. (I3, I6) */
import { compactVerify, importJWK } from 'jose';
import { type ElevationClaims, elevationClaims } from '../../shared/api-change.ts';
import type { PublicJwk } from '../../shared/audit/records.ts';
import { Fault } from '../../shared/errors.ts';
import { type GrantClaims, grantClaims } from '../../shared/grants.ts';

export interface Expected {
  readonly grantKey: PublicJwk;
  readonly requestId: string;
  readonly jkt: string;
  /** Left out where the device's key alone says who it is. */
  readonly sub?: string;
}

/**
 * Claims of a grant JWS (EdDSA, `typ: vitrine-grant+jwt`). Throws a Fault `grant_invalid` when the signature, the
 * device binding, the person or the request do not match.
 */
export async function verifyGrant(jws: string, expected: Expected): Promise<GrantClaims> {
  try {
    const claims = grantClaims.parse(await opened(jws, expected.grantKey, 'vitrine-grant+jwt', 'a grant'));
    if (claims.jti !== expected.requestId) throw new Error('it answers another request');
    return bound(claims, expected);
  } catch (cause) {
    throw invalid('grant', cause, 'Nothing was opened.');
  }
}

/**
 * Claims of an elevation (`typ: vitrine-elevation+jwt`) of the grant that is held. Throws a Fault `grant_invalid` as
 * {@link verifyGrant} does.
 */
export async function verifyElevation(
  jws: string,
  expected: Expected & { readonly changeId: string; readonly target: string },
): Promise<ElevationClaims> {
  try {
    const payload = await opened(jws, expected.grantKey, 'vitrine-elevation+jwt', 'an elevation');
    const claims = elevationClaims.parse(payload);
    if (claims.gid !== expected.requestId || claims.jti !== expected.changeId || claims.target !== expected.target)
      throw new Error('it is of another grant');
    return bound(claims, expected);
  } catch (cause) {
    throw invalid('elevation', cause, 'The grant goes on as it was.');
  }
}

async function opened(jws: string, grantKey: PublicJwk, typ: string, what: string): Promise<unknown> {
  const key = await importJWK({ ...grantKey }, grantKey.kty === 'OKP' ? 'EdDSA' : 'ES256');
  const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['EdDSA', 'ES256'] });
  if (protectedHeader.typ !== typ) throw new Error(`it is not ${what}`);
  return JSON.parse(new TextDecoder().decode(payload));
}

function bound<C extends Pick<GrantClaims, 'cnf' | 'sub'>>(claims: C, expected: Expected): C {
  if (claims.cnf.jkt !== expected.jkt) throw new Error('it belongs to another device');
  if (claims.sub !== (expected.sub ?? claims.sub)) throw new Error('it answers another request');
  return claims;
}

function invalid(what: string, cause: unknown, left: string): Fault {
  const why = cause instanceof Error && !('issues' in cause) ? `: ${cause.message}` : '';
  return new Fault(
    'grant_invalid',
    `The collector's ${what} did not check out${why}. ${left}`,
    'Tell the operator of the collector; do not work around it.',
    { cause },
  );
}
