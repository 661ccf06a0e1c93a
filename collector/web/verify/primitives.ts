/**
 * The two primitives of `shared/primitives.ts` in a browser, from audited code: WebCrypto's Ed25519 is asynchronous and
 * not everywhere. `zip215: false` asks for RFC 8032's strict check, the one that Node makes too.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { VerifyRsa } from '../../../shared/audit/verify-identity.ts';
import { concat, fromBase64url } from '../../../shared/encoding.ts';
import type { Primitives } from '../../../shared/primitives.ts';

const UNCOMPRESSED = Uint8Array.of(4);

export const browserPrimitives: Primitives = {
  sha256: (data) => sha256(data),
  verify(key, message, signature) {
    try {
      if (key.kty === 'OKP') return ed25519.verify(signature, message, fromBase64url(key.x), { zip215: false });
      const point = concat(UNCOMPRESSED, fromBase64url(key.x), fromBase64url(key.y));
      return p256.verify(signature, message, point, { lowS: false });
    } catch {
      // A key or signature that is not even one: the answer is no, as the contract asks.
      return false;
    }
  },
};

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const LEAST_BITS = 2048;

/** RS256 (RFC 7518 section 3.3) by WebCrypto, for identity providers that sign with RSA; keys from 2048 bits. */
export const verifyRsa: VerifyRsa = async ({ kty, n, e }, signed, signature) => {
  try {
    if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return false;
    const key = await crypto.subtle.importKey('jwk', { kty, n, e }, RS256, false, ['verify']);
    const { algorithm } = key;
    if (!('modulusLength' in algorithm) || Number(algorithm.modulusLength) < LEAST_BITS) return false;
    // Copied: WebCrypto wants bytes that nobody else can share.
    return await crypto.subtle.verify(RS256.name, key, new Uint8Array(signature), new Uint8Array(signed));
  } catch {
    // A malformed key or signature verifies nothing, which is the answer.
    return false;
  }
};
