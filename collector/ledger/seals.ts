/**
 * The sealed full texts: what a device disclosed beside an intent, AES-256-GCM at rest, bound to the intent's id. They
 * live outside the tree, so that erasing one leaves every proof valid (docs/record-format.md, 5).
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fromUtf8, utf8 } from '../../shared/encoding.ts';
import { Fault } from '../../shared/errors.ts';
import type { Store } from '../store/index.ts';
import type { Seals } from './index.ts';

const NONCE = 12;
const TAG = 16;
const content = z.strictObject({ sql: z.string(), par: z.string().nullable() });
export type SealedContent = z.infer<typeof content>;

export function seal(key: KeyObject, intent: string, value: SealedContent): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(utf8(intent));
  const body = Buffer.concat([cipher.update(utf8(JSON.stringify(value))), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Throws a Fault when the stored bytes are not what was sealed for this intent with this key. */
export function unseal(key: KeyObject, intent: string, sealed: Buffer): SealedContent {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(utf8(intent));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    const body = Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()]);
    return content.parse(JSON.parse(fromUtf8(body)));
  } catch (cause) {
    throw new Fault(
      'seal_broken',
      'The sealed text of this statement cannot be opened with the key of this service.',
      null,
      {
        cause,
      },
    );
  }
}

export function openSeals(store: Store, key: KeyObject): Seals {
  return {
    async open(intent) {
      const row = await store
        .selectFrom('disclosures')
        .select('sealed')
        .where('intent', '=', intent)
        .executeTakeFirst();
      return row === undefined ? null : unseal(key, intent, row.sealed);
    },
    async held(intents) {
      if (intents.length === 0) return new Set();
      const rows = await store
        .selectFrom('disclosures')
        .select('intent')
        .where('intent', 'in', [...intents])
        .execute();
      return new Set(rows.map((row) => row.intent));
    },
  };
}
