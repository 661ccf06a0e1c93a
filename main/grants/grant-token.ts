/** The signed grant: checked by the app before it trusts a single field of it. (I3, I6) */
import { compactVerify, importJWK } from 'jose';
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
    const key = await importJWK({ ...expected.grantKey }, expected.grantKey.kty === 'OKP' ? 'EdDSA' : 'ES256');
    const { payload, protectedHeader } = await compactVerify(jws, key, { algorithms: ['EdDSA', 'ES256'] });
    const claims = grantClaims.parse(JSON.parse(new TextDecoder().decode(payload)));
    const wrong =
      protectedHeader.typ !== 'vitrine-grant+jwt'
        ? 'it is not a grant'
        : claims.cnf.jkt !== expected.jkt
          ? 'it belongs to another device'
          : claims.jti !== expected.requestId || claims.sub !== (expected.sub ?? claims.sub)
            ? 'it answers another request'
            : null;
    if (wrong !== null) throw new Error(wrong);
    return claims;
  } catch (cause) {
    throw new Fault(
      'grant_invalid',
      `The collector's grant did not check out${cause instanceof Error && !('issues' in cause) ? `: ${cause.message}` : ''}. Nothing was opened.`,
      'Tell the operator of the collector; do not work around it.',
      { cause },
    );
  }
}
