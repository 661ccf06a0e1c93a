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

/**
 * {@link canonical} for records, where the only numbers are integers within ±(2^53−1) (docs/record-format.md, 1). Written out here,
 * because a record is built twice for every statement: without fractions, RFC 8785 is sorted keys and JSON's own strings.
 */
export function canonicalRecord(value: unknown): string {
  return isInOrder(value, 0) ? JSON.stringify(value) : write(value, 0);
}

/** Whether JSON's own writer would give the canonical form: keys in order, integers, whole strings, nothing left out. */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'boolean' || value === null) return true;
  // The few records that hold a list, or are deep, are written out.
  if (typeof value !== 'object' || Array.isArray(value) || 'toJSON' in value || depth > 2) return false;
  let before = '';
  for (const key in value) {
    // Cast: the key is one of the value's own, or of a prototype, which no record has.
    if (key <= before || !key.isWellFormed() || !isInOrder((value as Record<string, unknown>)[key], depth + 1))
      return false;
    before = key;
  }
  return true;
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw notJson('a string holds half a character');
      return JSON.stringify(value);
    case 'number':
      assertInteger(value);
      return String(value);
    case 'boolean':
      return String(value);
    case 'object':
      break;
    default:
      throw notJson(`a ${typeof value}`);
  }
  if (value === null) return 'null';
  assertDepth(depth);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  // By UTF-16 code units (RFC 8785 section 3.2.3), which is how `sort` compares.
  let text = '';
  for (const key of Object.keys(value).sort()) {
    // Cast: the key is one of the value's own.
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${write(key, depth)}:${write(item, depth + 1)}`;
  }
  return `{${text}}`;
}

const notJson = (why: string): Fault => new Fault('not_json', `This value has no canonical JSON form: ${why}.`);

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
  if (typeof value === 'number') assertInteger(value);
  if (typeof value !== 'object' || value === null) return;
  assertDepth(depth);
  for (const item of Object.values(value)) assertRecordNumbers(item, depth + 1);
}

function assertInteger(value: number): void {
  if (!Number.isSafeInteger(value))
    throw new Fault('not_integer', `A record holds ${value}, but its numbers are integers within ±(2^53−1).`);
}
function assertDepth(depth: number): void {
  if (depth >= MAX_DEPTH) throw new Fault('too_deep', `A record is nested deeper than ${MAX_DEPTH} levels.`);
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
