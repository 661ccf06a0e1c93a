/**
 * The service's own keys, one file each in VITRINE_KEYS: made on first start, readable by the owner only, never logged.
 * Several collectors share one folder's content. (I4)
 */

import * as nodeCrypto from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { thumbprint } from '../shared/audit/binding.ts';
import { type PublicJwk, publicJwk } from '../shared/audit/records.ts';
import { fromBase64url, toBase64url } from '../shared/encoding.ts';
import { Fault } from '../shared/errors.ts';
import { nodePrimitives } from '../shared/primitives.ts';
import { formatSkey, formatVkey, type NoteKey, type NoteSigner, parseSkey, parseVkey } from '../shared/tlog/note.ts';

/** SHA-256 and signature checks for everything in the collector. */
export const primitives = nodePrimitives(nodeCrypto);

export interface SigningKey {
  readonly jwk: PublicJwk;
  /** RFC 7638; the `kid` and `keyid`. */
  readonly thumbprint: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Ed25519. */
  sign(data: Uint8Array): Uint8Array;
}
export interface CollectorKeys {
  readonly ledger: {
    readonly origin: string;
    readonly vkey: string;
    readonly key: NoteKey;
    readonly signer: NoteSigner;
  };
  /** Signs grants. */
  readonly grant: SigningKey;
  /** Signs collector entries. */
  readonly entry: SigningKey;
  /** Signs the short tokens of devices. */
  readonly token: SigningKey;
  /** 32 bytes, AES-256-GCM for sealed statement texts. */
  readonly seal: KeyObject;
}

/** `origin` names a ledger key that is made now; an existing one keeps its name. Throws a Fault on files that others can read. */
export async function openKeys(dir: string, origin: string): Promise<CollectorKeys> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const skey = await keyFile(dir, 'ledger.skey', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { seed, publicKey } = rawKeys(privateKey);
    return formatSkey(origin, seed, publicKey, primitives);
  });
  const seal = fromBase64url(await keyFile(dir, 'seal.key', () => randomBytes(32).toString('base64url')));
  if (seal.length !== 32) throw new Fault('bad_keys', `${join(dir, 'seal.key')} does not hold 32 bytes.`);
  return {
    ledger: ledgerKey(skey),
    grant: await signingKey(dir, 'grant.jwk'),
    entry: await signingKey(dir, 'entry.jwk'),
    token: await signingKey(dir, 'token.jwk'),
    seal: nodeCrypto.createSecretKey(seal),
  };
}

/** DER of a PKCS #8 Ed25519 private key (RFC 8410) up to the 32-byte seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function ledgerKey(skey: string): CollectorKeys['ledger'] {
  const { name, seed } = parseSkey(skey);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const vkey = formatVkey(name, rawKeys(privateKey).publicKey, primitives);
  const key = parseVkey(vkey, primitives);
  return { origin: name, vkey, key, signer: { name, id: key.id, sign: (data) => sign(null, data, privateKey) } };
}

function rawKeys(privateKey: KeyObject): { seed: Uint8Array; publicKey: Uint8Array } {
  const { d, x } = privateKey.export({ format: 'jwk' });
  if (typeof d !== 'string' || typeof x !== 'string') throw new Fault('bad_keys', 'The key is not an Ed25519 key.');
  return { seed: fromBase64url(d), publicKey: fromBase64url(x) };
}

async function signingKey(dir: string, name: string): Promise<SigningKey> {
  const text = await keyFile(dir, name, () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return JSON.stringify(privateKey.export({ format: 'jwk' }));
  });
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
  } catch {
    // The cause may quote the file, which is a secret.
    throw new Fault('bad_keys', `${join(dir, name)} does not hold a private JWK.`);
  }
  const publicKey = createPublicKey(privateKey);
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  const jwk = publicJwk.parse({ kty, crv, x });
  return {
    jwk,
    thumbprint: thumbprint(jwk, primitives),
    privateKey,
    publicKey,
    sign: (data) => sign(null, data, privateKey),
  };
}

/** Reads a secret file, or makes it: complete on disk before it has its name, so that a crash leaves no half key. */
async function keyFile(dir: string, name: string, make: () => string): Promise<string> {
  const path = join(dir, name);
  const found = await readSecret(path);
  if (found !== null) return found;
  const draft = join(dir, `.${name}.${toBase64url(randomBytes(6))}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${make()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await chmod(draft, 0o600);
    // A second collector may have made the key meanwhile; the first one wins.
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readSecret(path);
  if (made === null) throw new Fault('bad_keys', `${path} vanished while it was made.`);
  return made;
}

async function readSecret(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Fault('bad_keys', `${path} can be read by others.`, `Run: chmod 600 ${path}`);
    }
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
