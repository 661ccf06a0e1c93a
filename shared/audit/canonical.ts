/**
 * The one spelling of a JSON value (RFC 8785). A payload that is not its own canonical form is refused, which kills
 * duplicate keys, odd escapes, `1.0` beside `1` and every other way to make two readers see two things. (I4)
 */
import canonicalize from 'canonicalize';
import { fromUtf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';

/** Deepest nesting of a record; real ones stay below 6. */
const MAX_DEPTH = 32;

/** RFC 8785 text of any JSON value. Throws a Fault on what JSON cannot say: NaN, infinities, lone surrogates, cycles. */
export function canonical(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new Fault('not_json', `This value has no canonical JSON form: ${reasonOf(cause)}.`, null, { cause });
  }
  if (text === undefined) throw new Fault('not_json', 'This value has no canonical JSON form: it is not JSON at all.');
  return text;
}

/** {@link canonical} for records, where the only numbers are integers within ±(2^53−1) (AUDIT section 1). */
export function canonicalRecord(value: unknown): string {
  assertRecordNumbers(value, 0);
  return canonical(value);
}

/**
 * Parses a text that must be byte for byte its own canonical form. Throws a Fault otherwise; nothing is repaired.
 * Fractions are allowed here; records go through {@link parseCanonicalRecord}.
 */
export function parseCanonical(input: Uint8Array | string): unknown {
  let text: string;
  let value: unknown;
  try {
    text = typeof input === 'string' ? input : fromUtf8(input);
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault('not_json', `This is not UTF-8 JSON: ${reasonOf(cause)}.`, null, { cause });
  }
  if (canonical(value) !== text) {
    throw new Fault('not_canonical', 'This JSON is not in its canonical form (RFC 8785), so it was refused.');
  }
  return value;
}

/** {@link parseCanonical} for records: integers only, bounded nesting. */
export function parseCanonicalRecord(input: Uint8Array | string): unknown {
  const value = parseCanonical(input);
  assertRecordNumbers(value, 0);
  return value;
}

function assertRecordNumbers(value: unknown, depth: number): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      throw new Fault('not_integer', `A record holds ${value}, but its numbers are integers within ±(2^53−1).`);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) throw new Fault('too_deep', `A record is nested deeper than ${MAX_DEPTH} levels.`);
  for (const item of Object.values(value)) assertRecordNumbers(item, depth + 1);
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
