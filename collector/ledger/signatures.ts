/** Many signatures by one key, checked on the thread pool so that a batch does not hold up the event loop. (I4) */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { OpenedEnvelope } from '../../shared/audit/envelope.ts';
import { pae } from '../../shared/audit/envelope.ts';
import { PAYLOAD_TYPE, type PublicJwk } from '../../shared/audit/records.ts';

/** A device key in the form that `node:crypto` checks fastest. */
export interface VerifyKey {
  readonly algorithm: 'sha256' | null;
  readonly key: KeyObject;
}

/** Throws when the JWK is not a key: a point that is not on its curve. */
export const verifyKey = (jwk: PublicJwk): VerifyKey => ({
  // Ed25519 hashes by itself; ES256 is ECDSA over SHA-256.
  algorithm: jwk.kty === 'OKP' ? null : 'sha256',
  key: createPublicKey({ key: jwk, format: 'jwk' }),
});

/** Index of the first envelope that this key did not sign; null when it signed all. */
export async function firstUnsigned(
  envelopes: readonly Pick<OpenedEnvelope, 'payload' | 'signature'>[],
  { algorithm, key }: VerifyKey,
): Promise<number | null> {
  const valid = await Promise.all(
    envelopes.map(
      ({ payload, signature }) =>
        new Promise<boolean>((resolve) => {
          const options = { key, dsaEncoding: 'ieee-p1363' as const };
          // An error means a signature of the wrong form, which is as good as a wrong one.
          verify(algorithm, pae(PAYLOAD_TYPE, payload), options, signature, (error, ok) =>
            resolve(error === null && ok),
          );
        }),
    ),
  );
  const first = valid.indexOf(false);
  return first < 0 ? null : first;
}
