/**
 * How the identity provider comes to vouch for a device key: the ID token's nonce commits to the key's thumbprint
 * (docs/record-format.md, 6, the OpenPubkey idea). (I4)
 */
import { toBase64url, utf8 } from '../encoding.ts';
import type { Primitives } from '../primitives.ts';
import { canonical } from './canonical.ts';
import type { PublicJwk } from './records.ts';

/** RFC 7638 thumbprint with SHA-256, base64url: hash of the required members only, in canonical form. */
export function thumbprint(jwk: PublicJwk, p: Pick<Primitives, 'sha256'>): string {
  const required =
    jwk.kty === 'OKP' ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x } : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  return toBase64url(p.sha256(utf8(canonical(required))));
}

/** `base64url(SHA-256(JCS({jkt, salt})))`: the `nonce` of the authorization request. */
export const bindingNonce = (jkt: string, salt: string, p: Pick<Primitives, 'sha256'>): string =>
  toBase64url(p.sha256(utf8(canonical({ jkt, salt }))));
