/**
 * Who stands behind the records: the grant signed by the collector's grant key, the device key that it names, and the ID
 * token of the identity provider that commits to the same key (docs/record-format.md, 6). (I4)
 */
import { toBase64url, utf8 } from '../encoding.ts';
import { type GrantClaims, grantClaims } from '../grants.ts';
import type { Primitives } from '../primitives.ts';
import { bindingNonce, thumbprint } from './binding.ts';
import type { BundleHeader, BundleIdToken, BundleJwks } from './bundle.ts';
import type { Findings } from './findings.ts';
import { type OpenedJws, openJws } from './jws.ts';
import { publicJwk, type SessionOpen } from './records.ts';

/**
 * Verifies a JWS signature with a public JWK of any kind; only `RS256` ever comes here, because Ed25519 and ES256 are
 * primitives. May be asynchronous, as WebCrypto is. Answers false, never throws, on anything malformed.
 */
export type VerifyRsa = (
  jwk: Readonly<Record<string, unknown>>,
  signed: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

interface Token {
  readonly sub: unknown;
  readonly jkt: string | null;
  readonly authTime: unknown;
  readonly acr: unknown;
}
/** What an ID token says of the sign-in behind it; `at` in ms, null where it says nothing. */
export interface TokenSignIn {
  readonly at: number | null;
  readonly acr: string | null;
}

export class IdentityCheck {
  readonly #p: Primitives;
  readonly #findings: Findings;
  readonly #header: BundleHeader;
  readonly #verifyRsa: VerifyRsa | undefined;
  readonly #keys: { issuer: string; jwk: Readonly<Record<string, unknown>> }[] = [];
  readonly #tokens = new Map<string, Token>();
  readonly #named = new Set<string>();
  #grant: { claims: GrantClaims; hash: string } | null = null;
  readonly #grantHashes = new Set<string>();
  #deadline = 0;

  constructor(p: Primitives, findings: Findings, header: BundleHeader, verifyRsa: VerifyRsa | undefined) {
    this.#p = p;
    this.#findings = findings;
    this.#header = header;
    this.#verifyRsa = verifyRsa;
  }

  get claims(): GrantClaims | null {
    return this.#grant?.claims ?? null;
  }
  /** Latest `exp` of the grant, ms. */
  get deadline(): number {
    return this.#deadline;
  }

  jwks({ issuer, keys }: BundleJwks): void {
    for (const jwk of keys) this.#keys.push({ issuer, jwk });
  }

  async idToken({ token, jkt, salt }: BundleIdToken): Promise<void> {
    const idt = this.#hash(token);
    const name = `ID token ${idt.slice(0, 8)}…`;
    let jws: OpenedJws;
    try {
      jws = openJws(token);
    } catch {
      this.#findings.check('identity', false, () => `${name} cannot be read.`);
      return;
    }
    const { sub, auth_time: authTime, acr } = jws.claims;
    this.#tokens.set(idt, { sub, jkt, authTime, acr });
    const signed = await this.#signedByProvider(jws);
    this.#findings.check('identity', signed, () => `${name} is not signed by a key of its provider in the bundle.`);
    if (jkt === null || salt === null) {
      this.#findings.check('identity', jkt === salt, () => `${name} has only one of key thumbprint and salt.`);
      return;
    }
    const bound = jws.claims.nonce === bindingNonce(jkt, salt, this.#p);
    this.#findings.check('identity', bound, () => `${name} does not commit to device key ${jkt.slice(0, 8)}….`);
  }

  /** The grant record: signed by the grant key, for this bundle's grant id. A later one may only move the deadline. */
  grant(text: string, index: number): void {
    const where = `The grant in entry ${index}`;
    let jws: OpenedJws;
    try {
      jws = openJws(text);
    } catch {
      this.#findings.check('identity', false, () => `${where} cannot be read.`);
      return;
    }
    const { grant_key: key, gid, policy } = this.#header;
    const signed =
      jws.alg === 'EdDSA' && jws.typ === 'vitrine-grant+jwt' && this.#p.verify(key, jws.signed, jws.signature);
    this.#findings.check('identity', signed, () => `${where} is not signed by the grant key.`);
    const parsed = grantClaims.safeParse(jws.claims);
    this.#findings.check('form', parsed.success, () => `${where} does not have the claims of a grant.`);
    if (!parsed.success) return;
    const claims = parsed.data;
    this.#findings.check(
      'identity',
      claims.jti === gid,
      () => `${where} is grant ${claims.jti}, the bundle is of ${gid}.`,
    );
    this.#findings.check('identity', claims.policy === policy, () => `${where} was made under another policy.`);
    const jkt = this.#grant?.claims.cnf.jkt ?? claims.cnf.jkt;
    this.#findings.check(
      'identity',
      claims.cnf.jkt === jkt,
      () => `${where} is for another device than the first one.`,
    );
    const own = claims.approvals.every(({ alone, sub }) => !alone || sub === claims.sub);
    this.#findings.check('identity', own, () => `${where} was approved alone by someone else than its holder.`);
    const hash = this.#hash(text);
    this.#grantHashes.add(hash);
    this.#grant = { claims, hash };
    this.#deadline = Math.max(this.#deadline, claims.exp * 1000);
  }

  /** The chain of trust of one session: device key = grant `cnf.jkt` = what the ID token commits to. */
  session(open: SessionOpen, where: string): void {
    const { dev, pub, grant, idt, target } = open;
    const own = thumbprint(pub, this.#p) === dev;
    this.#findings.check('identity', own, () => `${where} names a device key that is not its own.`);
    const claims = this.claims;
    if (!this.#findings.check('identity', claims !== null, () => `${where} opened before any grant was in the ledger.`))
      return;
    this.#findings.check(
      'identity',
      claims?.cnf.jkt === dev,
      () => `${where} is of a device that the grant does not name.`,
    );
    this.#findings.check('identity', this.#grantHashes.has(grant), () => `${where} names another grant document.`);
    this.#findings.check(
      'identity',
      claims?.target.id === target.id,
      () => `${where} is to a target that the grant does not name.`,
    );
    this.named(idt, dev, where);
  }

  /** Whether a hash is that of a grant document of this bundle. */
  isGrant(hash: string): boolean {
    return this.#grantHashes.has(hash);
  }

  /** An ID token that a device names: of this person, and bound to this device. */
  named(idt: string, dev: string, where: string): void {
    this.#named.add(idt);
    const token = this.#tokens.get(idt);
    const bound = token !== undefined && token.jkt === dev && token.sub === this.claims?.sub;
    this.#findings.check(
      'identity',
      bound,
      () => `${where} names an ID token that the bundle does not have for this person and device.`,
    );
  }

  /** A person named by a collector record. */
  actor(who: { readonly sub: string; readonly idt: string | null }, where: string): void {
    if (who.idt === null) return;
    this.#named.add(who.idt);
    const token = this.#tokens.get(who.idt);
    this.#findings.check(
      'identity',
      token?.sub === who.sub,
      () => `${where} names an ID token that the bundle does not have for ${who.sub}.`,
    );
  }

  /** Null where the bundle does not have this ID token. */
  signInOf(idt: string): TokenSignIn | null {
    const token = this.#tokens.get(idt);
    if (token === undefined) return null;
    const { authTime, acr } = token;
    return { at: typeof authTime === 'number' ? authTime * 1000 : null, acr: typeof acr === 'string' ? acr : null };
  }

  end(): void {
    for (const idt of this.#tokens.keys()) {
      this.#findings.check(
        'identity',
        this.#named.has(idt),
        () => `ID token ${idt.slice(0, 8)}… is named by no record.`,
      );
    }
    this.#findings.check('identity', this.#grant !== null, () => 'The bundle holds no grant.');
  }

  async #signedByProvider(jws: OpenedJws): Promise<boolean> {
    for (const { issuer, jwk } of this.#keys) {
      if (issuer !== jws.claims.iss || (jws.kid !== null && jwk.kid !== undefined && jwk.kid !== jws.kid)) continue;
      if (await this.#verify(jws, jwk)) return true;
    }
    return false;
  }

  async #verify({ alg, signed, signature }: OpenedJws, jwk: Readonly<Record<string, unknown>>): Promise<boolean> {
    if (alg === 'RS256' && jwk.kty === 'RSA') return (await this.#verifyRsa?.(jwk, signed, signature)) ?? false;
    // EdDSA and its fully specified name (RFC 9864), and ES256; `none` and anything else is no signature.
    const wanted = alg === 'EdDSA' || alg === 'Ed25519' ? 'OKP' : alg === 'ES256' ? 'EC' : null;
    if (wanted === null || jwk.kty !== wanted) return false;
    const { kty, crv, x, y } = jwk;
    const key = publicJwk.safeParse(wanted === 'OKP' ? { kty, crv, x } : { kty, crv, x, y });
    return key.success && this.#p.verify(key.data, signed, signature);
  }

  #hash(text: string): string {
    return toBase64url(this.#p.sha256(utf8(text)));
  }
}
