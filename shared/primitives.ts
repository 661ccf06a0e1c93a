/**
 * The two cryptographic primitives that `shared` needs, as parameters: this folder imports neither Node nor the DOM.
 * Node's edges build them from `node:crypto`, the review desk from audited browser code.
 */
import type { PublicJwk } from './audit/records.ts';

export interface Primitives {
  sha256(data: Uint8Array): Uint8Array;
  /** Ed25519 (raw 64-byte signature) or ES256 (raw r‖s). Answers false, never throws, on anything malformed. */
  verify(key: PublicJwk, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The part of `node:crypto` that {@link nodePrimitives} uses. */
export interface NodeCrypto<Key> {
  createHash(algorithm: 'sha256'): { update(data: Uint8Array): { digest(): Uint8Array } };
  createPublicKey(input: { key: PublicJwk; format: 'jwk' }): Key;
  verify(
    algorithm: string | null,
    data: Uint8Array,
    key: NoInfer<Key> | { key: NoInfer<Key>; dsaEncoding: 'ieee-p1363' },
    signature: Uint8Array,
  ): boolean;
}

/** `nodePrimitives(await import('node:crypto'))`; keys are parsed once and kept. */
export function nodePrimitives<Key>(crypto: NodeCrypto<Key>): Primitives {
  const parsed = new Map<string, Key>();
  const keyOf = (jwk: PublicJwk): Key => {
    const name = jwk.kty === 'OKP' ? jwk.x : `${jwk.x}.${jwk.y}`;
    const known = parsed.get(name);
    if (known !== undefined) return known;
    const key = crypto.createPublicKey({ key: jwk, format: 'jwk' });
    if (parsed.size > 1000) parsed.clear();
    parsed.set(name, key);
    return key;
  };
  return {
    sha256: (data) => crypto.createHash('sha256').update(data).digest(),
    verify(jwk, message, signature) {
      try {
        const key = keyOf(jwk);
        return jwk.kty === 'OKP'
          ? crypto.verify(null, message, key, signature)
          : crypto.verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
      } catch {
        return false;
      }
    },
  };
}
