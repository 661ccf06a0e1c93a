/**
 * The device key: Ed25519, made on first run. Its private part is kept by the OS keychain; where there is no real one
 * the person chooses a passphrase (scrypt, AES-256-GCM) or memory only, which means a new device at every start. (I4, I7)
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  scrypt,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { thumbprint } from '../../shared/audit/binding.ts';
import { type PublicJwk, publicJwk } from '../../shared/audit/records.ts';
import { fromBase64url, toBase64url } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import type { KeyValue, SecretBox } from './secret-box.ts';

export interface DeviceKey {
  /** RFC 7638 thumbprint, base64url. */
  readonly thumbprint: string;
  readonly publicJwk: PublicJwk;
  /** Ed25519 over the exact bytes, 64 bytes. */
  sign(data: Uint8Array): Uint8Array;
  /** The pair as WebCrypto keys, for DPoP proofs; the private part cannot be exported. */
  readonly pair: CryptoKeyPair;
  /** 32 bytes for sealing what waits on disk beside the log, derived from the key: HKDF-SHA-256, info `purpose`. */
  derive(purpose: string): Uint8Array;
}

export interface KeyVault {
  /** `choose`: no key yet and no keychain; `unlock`: a passphrase is needed; `ready`: {@link KeyVault.open} answers. */
  state(): 'ready' | 'choose' | 'unlock';
  /** The key; with a keychain it is made on first use. Throws a Fault `key_locked` unless the state is `ready`. */
  open(): Promise<DeviceKey>;
  choose(choice: { kind: 'passphrase'; passphrase: string } | { kind: 'memory' }): Promise<void>;
  /** Throws a Fault `wrong_passphrase`; the stored key stays. */
  unlock(passphrase: string): Promise<void>;
  /** Forget the stored key: the next one is a new device. */
  forget(): void;
}

const ENTRY = 'device-key';
/** scrypt cost: 2^17 · 8 · 1, about 128 MiB and a quarter of a second on a laptop. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;
const derive = promisify<string, Uint8Array, number, typeof SCRYPT, Buffer>(scrypt);

const stored = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keychain'), sealed: z.string() }),
  z.strictObject({ kind: z.literal('passphrase'), salt: z.string(), nonce: z.string(), sealed: z.string() }),
]);

/** Null where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function openKeyVault(secrets: SecretBox, entries: KeyValue): KeyVault {
  let key: DeviceKey | null = null;

  const read = () => {
    const text = entries.get(ENTRY);
    if (text === undefined) return null;
    const parsed = stored.safeParse(jsonOf(text));
    if (!parsed.success) {
      throw new Fault(
        'key_damaged',
        'The stored device key is damaged.',
        'Forget this key; the next login enrols a new device.',
      );
    }
    return parsed.data;
  };

  return {
    state() {
      if (key !== null) return 'ready';
      const entry = read();
      if (entry?.kind === 'passphrase') return 'unlock';
      if (entry?.kind === 'keychain' || secrets.trustworthy) return 'ready';
      return 'choose';
    },
    async open() {
      if (key !== null) return key;
      const entry = read();
      if (entry?.kind === 'keychain') {
        key = await fromPkcs8(fromBase64url(await secrets.decrypt(fromBase64url(entry.sealed))));
        return key;
      }
      if (entry !== null || !secrets.trustworthy) {
        throw new Fault('key_locked', 'The device key is locked.', 'Enter its passphrase.');
      }
      const fresh = makeKey();
      const sealed = await secrets.encrypt(toBase64url(pkcs8(fresh)));
      entries.set(ENTRY, JSON.stringify({ kind: 'keychain', sealed: toBase64url(sealed) }));
      key = await deviceKey(fresh);
      return key;
    },
    async choose(choice) {
      const fresh = makeKey();
      if (choice.kind === 'passphrase') {
        const salt = randomBytes(16);
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', await derive(choice.passphrase, salt, 32, SCRYPT), nonce);
        const sealed = Buffer.concat([cipher.update(pkcs8(fresh)), cipher.final(), cipher.getAuthTag()]);
        const entry = {
          kind: 'passphrase',
          salt: toBase64url(salt),
          nonce: toBase64url(nonce),
          sealed: toBase64url(sealed),
        };
        entries.set(ENTRY, JSON.stringify(entry));
      }
      key = await deviceKey(fresh);
    },
    async unlock(passphrase) {
      const entry = read();
      if (entry?.kind !== 'passphrase') throw new Fault('key_not_locked', 'There is no locked device key here.');
      const sealed = fromBase64url(entry.sealed);
      const secret = await derive(passphrase, fromBase64url(entry.salt), 32, SCRYPT);
      const decipher = createDecipheriv('aes-256-gcm', secret, fromBase64url(entry.nonce));
      decipher.setAuthTag(sealed.subarray(-16));
      let der: Uint8Array;
      try {
        der = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
      } catch {
        throw new Fault(
          'wrong_passphrase',
          'That passphrase does not open the device key.',
          'Try again, or forget the key to enrol as a new device.',
        );
      }
      key = await fromPkcs8(der);
    },
    forget() {
      entries.delete(ENTRY);
      key = null;
    },
  };
}

/** A key that is kept nowhere: whatever is stored here stays untouched, and this run is a device of its own. */
export function memoryVault(): KeyVault {
  const none = (): Promise<never> => Promise.reject(new Error('a key in memory is sealed by nobody'));
  const entries = new Map<string, string>();
  return openKeyVault(
    { trustworthy: false, encrypt: none, decrypt: none },
    {
      get: (name) => entries.get(name),
      set: (name, value) => void entries.set(name, value),
      delete: (name) => void entries.delete(name),
    },
  );
}

const makeKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });
const fromPkcs8 = (der: Uint8Array): Promise<DeviceKey> =>
  deviceKey(createPrivateKey({ key: Buffer.from(der), type: 'pkcs8', format: 'der' }));

async function deviceKey(key: KeyObject): Promise<DeviceKey> {
  const publicKey = createPublicKey(key);
  const jwk = publicJwk.parse(publicKey.export({ format: 'jwk' }));
  const print = thumbprint(jwk, { sha256: (data) => createHash('sha256').update(data).digest() });
  const seed = pkcs8(key);
  return {
    thumbprint: print,
    publicJwk: jwk,
    sign: (data) => sign(null, data, key),
    // Cast: Node's and the DOM's declarations of this one class differ in their key usages.
    pair: {
      privateKey: key.toCryptoKey('Ed25519', false, ['sign']),
      publicKey: publicKey.toCryptoKey('Ed25519', true, ['verify']),
    } as CryptoKeyPair,
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', seed, '', `vitrine/${purpose}`, 32)),
  };
}
