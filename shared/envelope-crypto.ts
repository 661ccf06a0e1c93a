/** {@link SealCrypto} from `node:crypto` and the X25519 of `@noble/curves`, both handed in by Node's edges. */
import { concat } from './encoding.ts';
import type { SealCrypto } from './envelope-seal.ts';

interface Cipher {
  setAAD(data: Uint8Array): unknown;
  update(data: Uint8Array): Uint8Array;
  final(): Uint8Array;
}
/** The part of `node:crypto` that is used here. */
export interface NodeSealCrypto {
  hkdfSync(digest: 'sha256', key: Uint8Array, salt: string, info: Uint8Array, length: number): ArrayBuffer;
  randomBytes(length: number): Uint8Array;
  createCipheriv(name: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array): Cipher & { getAuthTag(): Uint8Array };
  createDecipheriv(
    name: 'aes-256-gcm',
    key: Uint8Array,
    nonce: Uint8Array,
    options: { authTagLength: number },
  ): Cipher & { setAuthTag(tag: Uint8Array): unknown };
}
/** The part of `x25519` of `@noble/curves`. */
export interface NobleX25519 {
  getPublicKey(secret: Uint8Array): Uint8Array;
  getSharedSecret(secret: Uint8Array, other: Uint8Array): Uint8Array;
}

const NONCE = new Uint8Array(12);
const TAG = 16;

export const sealCrypto = (crypto: NodeSealCrypto, x25519: NobleX25519): SealCrypto => ({
  hkdf: async (secret, info, length) => new Uint8Array(crypto.hkdfSync('sha256', secret, '', info, length)),
  random: (length) => new Uint8Array(crypto.randomBytes(length)),
  encrypt(key, text, aad) {
    const cipher = crypto.createCipheriv('aes-256-gcm', key, NONCE);
    cipher.setAAD(aad);
    const parts = [cipher.update(text), cipher.final()];
    return concat(...parts, cipher.getAuthTag());
  },
  decrypt(key, sealed, aad) {
    if (sealed.length < TAG) throw new RangeError('shorter than its tag');
    const decipher = crypto.createDecipheriv('aes-256-gcm', key, NONCE, { authTagLength: TAG });
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-TAG));
    return concat(decipher.update(sealed.subarray(0, -TAG)), decipher.final());
  },
  x25519: {
    publicOf: (secret) => x25519.getPublicKey(secret),
    agree: (secret, other) => x25519.getSharedSecret(secret, other),
  },
});
