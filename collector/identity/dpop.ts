/** DPoP proofs (RFC 9449 section 4.3): the caller holds the device key now, for this method, this address and this token. */
import { createHash } from 'node:crypto';
import { EmbeddedJWK, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { thumbprint } from '../../shared/audit/binding.ts';
import { type PublicJwk, publicJwk } from '../../shared/audit/records.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { primitives } from '../keys.ts';
import { type ProblemError, problem } from '../server/problem.ts';
import type { Store } from '../store/index.ts';

/** How far the client's clock may be from ours, seconds. */
export const PROOF_WINDOW_S = 60;
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];

const proofClaims = z.object({
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  jti: z.string().min(8).max(256),
  ath: z.string().optional(),
});

export interface Proof {
  readonly jkt: string;
  readonly jwk: PublicJwk;
}
export interface ProofContext {
  /** Value of the `dpop` header. */
  readonly proof: string | string[] | undefined;
  readonly method: string;
  /** Address without query and fragment. */
  readonly url: string;
  /** The access token that the proof must name; null when tokens are asked for. */
  readonly accessToken: string | null;
  readonly now: Date;
}

const refuse = (code: string, title: string, hint?: string): ProblemError =>
  problem(
    401,
    code,
    title,
    { field: 'dpop', ...(hint === undefined ? {} : { hint }) },
    { 'www-authenticate': 'DPoP error="invalid_dpop_proof", algs="EdDSA ES256"' },
  );

/** Throws 401 with a code per failure. A proof is accepted once: its `jti` is remembered in the store. */
export async function verifyProof(store: Store, context: ProofContext): Promise<Proof> {
  const { proof, now } = context;
  if (typeof proof !== 'string') throw refuse('dpop_missing', 'This needs exactly one DPoP proof');
  const { payload, jwk } = await openProof(proof, now);
  if (payload.htm !== context.method) throw refuse('dpop_method', 'The DPoP proof is for another method');
  if (payload.htu !== context.url) throw refuse('dpop_address', `The DPoP proof is not for ${context.url}`);
  if (Math.abs(now.getTime() / 1000 - payload.iat) > PROOF_WINDOW_S) {
    throw refuse(
      'dpop_clock',
      `The DPoP proof was made more than ${PROOF_WINDOW_S} s from now`,
      'Compare the clock of this device with the `date` header of this answer.',
    );
  }
  if (context.accessToken !== null) {
    const ath = toBase64url(createHash('sha256').update(context.accessToken).digest());
    if (payload.ath !== ath) throw refuse('dpop_token', 'The DPoP proof is for another token');
  }
  const jkt = thumbprint(jwk, primitives);
  const jti = toBase64url(createHash('sha256').update(payload.jti).digest());
  const { numInsertedOrUpdatedRows: added } = await store
    .insertInto('dpop_jti')
    .values({ jkt, jti, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (added !== 1n)
    throw refuse('dpop_replayed', 'This DPoP proof was used before', 'Make a new proof for every call.');
  return { jkt, jwk };
}

async function openProof(proof: string, now: Date): Promise<{ payload: z.infer<typeof proofClaims>; jwk: PublicJwk }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ALGORITHMS,
      currentDate: now,
    });
    // Only the members of the thumbprint count; a `kid` or `alg` beside them is not a different key.
    const { kty, crv, x, y } = protectedHeader.jwk ?? {};
    const jwk = publicJwk.safeParse(kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x });
    if (!jwk.success) throw refuse('dpop_key', 'The device key must be Ed25519 or P-256');
    const claims = proofClaims.safeParse(payload);
    if (!claims.success)
      throw refuse('dpop_malformed', `The DPoP proof lacks ${claims.error.issues[0]?.path.join('.')}`);
    return { payload: claims.data, jwk: jwk.data };
  } catch (error) {
    if (error instanceof errors.JOSEAlgNotAllowed)
      throw refuse('dpop_algorithm', 'The DPoP proof uses an algorithm that is not allowed');
    if (error instanceof errors.JWSSignatureVerificationFailed)
      throw refuse('dpop_signature', 'The DPoP proof is not signed by the key it names');
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw refuse('dpop_malformed', 'The DPoP proof is not one');
    throw error;
  }
}

/** Proofs older than the window can never be replayed; forget them. */
export async function forgetProofs(store: Store, now: Date): Promise<void> {
  await store
    .deleteFrom('dpop_jti')
    .where('at', '<', new Date(now.getTime() - 5 * PROOF_WINDOW_S * 1000))
    .execute();
}
