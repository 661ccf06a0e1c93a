/** Bytes and text: UTF-8, hex, base64 and base64url without padding. Decoders refuse what is not canonical. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
/** Throws on bytes that are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;

/** Codes and values of both alphabets; 255 marks a character that is in none. */
const codesOf = (alphabet: string): Uint8Array => encoder.encode(alphabet);
function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(255);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}
const STANDARD_CODES = codesOf(STANDARD);
const URL_SAFE_CODES = codesOf(URL_SAFE);
const STANDARD_VALUES = valuesOf(STANDARD);
const URL_SAFE_VALUES = valuesOf(URL_SAFE);
const ascii = new TextDecoder('latin1');

function encode64(bytes: Uint8Array, codes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    // The last group may have one or two bytes; what does not fit the text is not written.
    text[at++] = codes[group >> 18] ?? 0;
    text[at++] = codes[(group >> 12) & 63] ?? 0;
    text[at++] = codes[(group >> 6) & 63] ?? 0;
    text[at++] = codes[group & 63] ?? 0;
  }
  return ascii.decode(text);
}

function decode64(text: string, values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? 255;
    if (value === 255) throw new SyntaxError(`base64: unexpected character ${JSON.stringify(text[i])}`);
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 255;
    }
  }
  // One spelling per value: no dangling character, no set bits behind the last byte.
  if (text.length % 4 === 1 || (bits & ((1 << held) - 1)) !== 0) throw new SyntaxError('base64: not canonical');
  return bytes;
}

export const toBase64url = (bytes: Uint8Array): string => encode64(bytes, URL_SAFE_CODES);
export const fromBase64url = (text: string): Uint8Array => decode64(text, URL_SAFE_VALUES);
/** A 32-byte hash from base64url; no bytes at all where the text is not one, so that no proof can hold with it. */
export function hashBytes(text: string): Uint8Array {
  try {
    return fromBase64url(text);
  } catch {
    // Malformed input of a proof is an answer of its verification, not an error.
    return new Uint8Array(0);
  }
}
export const toBase64 = (bytes: Uint8Array): string => {
  const text = encode64(bytes, STANDARD_CODES);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
};
export const fromBase64 = (text: string): Uint8Array => {
  const body = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0) throw new SyntaxError('base64: length is not a multiple of 4');
  return decode64(body, STANDARD_VALUES);
};

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new SyntaxError('hex: want pairs of lower-case digits');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Not constant-time: only for public values such as hashes. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
