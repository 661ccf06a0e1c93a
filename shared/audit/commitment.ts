/**
 * Commitments to what an entry must not hold in the clear: full SQL and parameters (docs/record-format.md, 5, the SD-JWT
 * disclosure form). The entry carries the digest; the disclosure travels beside it, can be erased, and the leaf,
 * the chain and every proof stay valid. (I4, I8)
 */
import { fromBase64url, fromUtf8, toBase64url, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import type { Primitives } from '../primitives.ts';

export type CommittedField = 'sql' | 'par';
/** The SQL text, or the parameters in order; null is SQL NULL. */
export type CommittedValue<F extends CommittedField> = F extends 'sql' ? string : readonly (string | null)[];

/** `digest = base64url(SHA-256(ASCII(disclosure)))`, `disclosure = base64url(JSON [salt, field, value])`. */
export function commit<F extends CommittedField>(
  field: F,
  salt: string,
  value: CommittedValue<F>,
  p: Pick<Primitives, 'sha256'> | TextPrimitives,
): { digest: string; disclosure: string } {
  const text = JSON.stringify([salt, field, value]);
  if ('digestOf' in p) {
    const disclosure = p.base64urlOf(text);
    return { digest: p.digestOf(disclosure), disclosure };
  }
  const disclosure = toBase64url(utf8(text));
  return { digest: digestOf(disclosure, p), disclosure };
}

/** A platform's own: base64url, without padding, of a text's UTF-8, and of the SHA-256 of it. */
export interface TextPrimitives {
  base64urlOf(text: string): string;
  digestOf(text: string): string;
}

/** The digest that an entry must carry for this disclosure. */
export const digestOf = (disclosure: string, p: Pick<Primitives, 'sha256'>): string =>
  toBase64url(p.sha256(utf8(disclosure)));

/** Opens a disclosure against the digest in the entry. Throws a Fault that says which check failed. */
export function openCommitment<F extends CommittedField>(
  field: F,
  digest: string,
  disclosure: string,
  p: Pick<Primitives, 'sha256'>,
): CommittedValue<F> {
  if (digestOf(disclosure, p) !== digest) {
    throw new Fault('commitment_mismatch', `The disclosed ${field} does not match the commitment in its entry.`);
  }
  let parts: unknown;
  try {
    parts = JSON.parse(fromUtf8(fromBase64url(disclosure)));
  } catch (cause) {
    throw new Fault('commitment_malformed', `The disclosed ${field} cannot be read.`, null, { cause });
  }
  const [salt, name, value] = Array.isArray(parts) && parts.length === 3 ? parts : [];
  const valid =
    typeof salt === 'string' &&
    name === field &&
    (field === 'sql' ? typeof value === 'string' : Array.isArray(value) && value.every(isParameter));
  if (!valid) throw new Fault('commitment_malformed', `The disclosed ${field} is not [salt, "${field}", value].`);
  // The checks above established exactly this type; TypeScript cannot tie F to the run-time value of `field`.
  return value as CommittedValue<F>;
}

const isParameter = (value: unknown): boolean => value === null || typeof value === 'string';
