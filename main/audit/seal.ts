/**
 * Disclosures while they wait on this device: the full SQL beside the log, sealed with AES-256-GCM under a key derived
 * from the device's secret. Without one they are plain, in a file that only this account can read (0600). (I8)
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { concat, fromUtf8, utf8 } from '../../shared/encoding.ts';
import { randomBytes } from '../random.ts';
import type { SealedItem } from './types.ts';

const PLAIN = 0;
const AES_GCM = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = utf8('vitrine disclosure v1');

export interface Waiting {
  readonly sid: string;
  /** Place of its intent in the session. */
  readonly seq: number;
  readonly item: SealedItem;
}

export interface Sealer {
  seal(waiting: Waiting): Uint8Array;
  /** Null when it was sealed under another key. */
  open(body: Uint8Array): Waiting | null;
}

export function openSealer(secret: Uint8Array | null): Sealer {
  // A key object, made once: with bare bytes every seal would pay for making one, seven times what sealing costs.
  const key =
    secret === null
      ? null
      : createSecretKey(new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), PURPOSE, 32)));
  return {
    seal(waiting) {
      const plain = JSON.stringify(waiting);
      if (key === null) return Buffer.concat([Buffer.from([PLAIN]), Buffer.from(plain)]);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = cipher.update(plain, 'utf8');
      return Buffer.concat([Buffer.from([AES_GCM]), nonce, sealed, cipher.final(), cipher.getAuthTag()]);
    },
    open(body) {
      if (body[0] === PLAIN) return read(body.subarray(1));
      if (body[0] !== AES_GCM || key === null || body.length < 1 + NONCE_BYTES + TAG_BYTES) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(1, 1 + NONCE_BYTES));
      decipher.setAuthTag(body.subarray(-TAG_BYTES));
      try {
        const sealed = body.subarray(1 + NONCE_BYTES, -TAG_BYTES);
        return read(concat(decipher.update(sealed), decipher.final()));
      } catch {
        // Authentication failed: another key, which is the caller's answer to give.
        return null;
      }
    },
  };
}

/** Cast: the frame's checksum or the seal vouches that {@link Sealer.seal} wrote this. */
const read = (plain: Uint8Array): Waiting => JSON.parse(fromUtf8(plain)) as Waiting;
