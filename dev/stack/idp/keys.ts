/** The provider's signing key (RS256, which every OIDC client must understand) and cookie key, made once. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'oidc-provider';

export interface ProviderKeys {
  readonly jwks: { keys: JWK[] };
  readonly cookies: readonly string[];
}

export async function providerKeys(file: string): Promise<ProviderKeys> {
  // Written by the lines below.
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ProviderKeys;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const signing = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
  const keys = { jwks: { keys: [signing] }, cookies: [randomBytes(32).toString('base64url')] };
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  // As jose exported it: an RSA private key.
  return keys as ProviderKeys;
}
