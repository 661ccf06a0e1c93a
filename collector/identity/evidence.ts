/** Keeps what proved a sign-in: the ID token, the published keys that verified it, and the person it described. (I4) */
import type { Transaction } from 'kysely';
import type { Database, Store } from '../store/index.ts';
import type { VerifiedIdToken } from './provider.ts';

/** The device that the token's nonce commits to, or null for a sign-in on the web pages. */
export interface Binding {
  readonly jkt: string;
  readonly salt: string;
}

export async function keepEvidence(
  db: Store | Transaction<Database>,
  token: string,
  verified: VerifiedIdToken,
  binding: Binding | null,
  at: Date,
): Promise<void> {
  const { idt, sub, name, email, groups, authTime, issuer, jwks } = verified;
  await db
    .insertInto('jwks_snapshots')
    .values({ hash: jwks.hash, issuer, body: jwks.body, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto('id_tokens')
    .values({
      idt,
      token,
      sub,
      jkt: binding?.jkt ?? null,
      salt: binding?.salt ?? null,
      jwks: jwks.hash,
      auth_time: authTime,
      received_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const person = { name, email, groups: JSON.stringify(groups), seen_at: at };
  await db
    .insertInto('people')
    .values({ sub, ...person })
    .onConflict((conflict) => conflict.column('sub').doUpdateSet(person))
    .execute();
}
