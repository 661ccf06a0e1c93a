/**
 * The sealing of an offline envelope. What is inside opens with two keys at once: the device's (X25519, agreed with a key
 * that existed for the moment of sealing) and one of the envelope's 256 one-time codes. Neither alone is of any use: every
 * key below is derived from both. The platform's cryptography is a parameter (decision 005).
 */
import { z } from 'zod';
import { concat, fromBase64url, toBase64url, utf8 } from './encoding.ts';
import { codeFor, type Hkdf, OPENING_KEY, SLOTS, symbolsOf, tagOf } from './envelope.ts';
import { Fault } from './errors.ts';
import { base64url, hash, id128 } from './grants.ts';

export interface SealCrypto {
  readonly hkdf: Hkdf;
  random(length: number): Uint8Array;
  /** AES-256-GCM with a nonce of zeros: every key here seals exactly once. Answers ciphertext ‖ tag. */
  encrypt(key: Uint8Array, text: Uint8Array, aad: Uint8Array): Uint8Array;
  /** Throws when key, text or aad are not those that it was sealed with. */
  decrypt(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array;
  /** RFC 7748. `agree` throws for a public key of small order. */
  readonly x25519: {
    publicOf(secret: Uint8Array): Uint8Array;
    agree(secret: Uint8Array, other: Uint8Array): Uint8Array;
  };
}

const KEY = 32;
const SLOT = KEY + 16;

/** What lies on the device's disk until the day. Nothing in it is secret by itself. */
export const sealedEnvelope = z.strictObject({
  v: z.literal(1),
  id: id128,
  /** Thumbprint of the device key. */
  dev: hash,
  /** Of the opening key, see `tagOf`. */
  tag: z.int().min(0).max(0xfff),
  /** Public X25519 key of the moment of sealing. */
  enc: hash,
  /** SHA-256 of the grant JWS that goes with it. */
  grant: hash,
  /** {@link SLOTS} times the content key, each time under another code. */
  slots: base64url.length((SLOTS * SLOT * 4) / 3),
  body: base64url.max(64 * 1024),
});
export type SealedEnvelope = z.infer<typeof sealedEnvelope>;
type Header = Pick<SealedEnvelope, 'id' | 'dev' | 'tag' | 'enc' | 'grant'>;

/** Everything but the secrets, bound into every ciphertext. */
const aadOf = ({ id, dev, tag, enc, grant }: Header, recipient: Uint8Array): Uint8Array =>
  utf8(JSON.stringify(['vitrine envelope 1', id, dev, tag, enc, grant, toBase64url(recipient)]));

const slotKey = (shared: Uint8Array, code: string, slot: number, crypto: SealCrypto): Promise<Uint8Array> =>
  crypto.hkdf(concat(shared, utf8(code)), utf8(`vitrine envelope slot ${slot} 1`), KEY);
const bodyKey = (shared: Uint8Array, content: Uint8Array, crypto: SealCrypto): Promise<Uint8Array> =>
  crypto.hkdf(concat(shared, content), utf8('vitrine envelope body 1'), KEY);

/** A new opening key, as symbols. */
export const newOpeningKey = (crypto: Pick<SealCrypto, 'random'>): string =>
  symbolsOf(crypto.random(OPENING_KEY.groups * 4));

export interface ToSeal {
  readonly id: string;
  readonly dev: string;
  /** SHA-256 of the grant JWS, base64url. */
  readonly grant: string;
  /** The device's X25519 key, 32 bytes. */
  readonly recipient: Uint8Array;
  /** Symbols of the opening key. */
  readonly openingKey: string;
  readonly content: Uint8Array;
}

export async function seal(what: ToSeal, crypto: SealCrypto): Promise<SealedEnvelope> {
  const { id, dev, grant, recipient, openingKey } = what;
  const secret = crypto.random(KEY);
  const shared = crypto.x25519.agree(secret, recipient);
  const enc = toBase64url(crypto.x25519.publicOf(secret));
  const header: Header = { id, dev, tag: await tagOf(openingKey, crypto.hkdf), enc, grant };
  const aad = aadOf(header, recipient);
  const content = crypto.random(KEY);
  const slots: Uint8Array[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const code = await codeFor(openingKey, slot, crypto.hkdf);
    slots.push(crypto.encrypt(await slotKey(shared, code, slot, crypto), content, aad));
  }
  const body = crypto.encrypt(await bodyKey(shared, content, crypto), what.content, aad);
  return { v: 1, ...header, slots: toBase64url(concat(...slots)), body: toBase64url(body) };
}

/**
 * What was sealed. `secret` is the device's X25519 key, `code` the symbols that answer the challenge of `slot`. Throws a
 * Fault `wrong_code` when the code is not that one, and `envelope_damaged` when something else does not fit.
 */
export async function unseal(
  envelope: SealedEnvelope,
  { secret, slot, code }: { readonly secret: Uint8Array; readonly slot: number; readonly code: string },
  crypto: SealCrypto,
): Promise<Uint8Array> {
  const shared = crypto.x25519.agree(secret, fromBase64url(envelope.enc));
  const aad = aadOf(envelope, crypto.x25519.publicOf(secret));
  const sealed = fromBase64url(envelope.slots).subarray(slot * SLOT, (slot + 1) * SLOT);
  let content: Uint8Array;
  try {
    content = crypto.decrypt(await slotKey(shared, code, slot, crypto), sealed, aad);
  } catch (cause) {
    throw new Fault(
      'wrong_code',
      'This code does not open the envelope. Nothing was opened; the envelope is kept.',
      'Read the challenge out once more and compare every group. A code fits one challenge of one envelope.',
      { cause },
    );
  }
  try {
    return crypto.decrypt(await bodyKey(shared, content, crypto), fromBase64url(envelope.body), aad);
  } catch (cause) {
    throw new Fault('envelope_damaged', 'The code is right, but what the envelope holds is damaged.', null, { cause });
  }
}

/** What a device signs to say which X25519 key is its own. */
export const sealKeyStatement = (dev: string, x: string): Uint8Array => utf8(`vitrine envelope key 1\n${dev}\n${x}`);
