/** Bytes and text: UTF-8, hex, base64 and base64url without padding. Decoders refuse what is not canonical. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
/** Throws on bytes that are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`;

function encode64(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const length = Math.min(3, bytes.length - i) + 1;
    for (let k = 0; k < length; k++) text += alphabet[(group >> (18 - 6 * k)) & 63];
  }
  return text;
}

function decode64(text: string, alphabet: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of text) {
    const value = alphabet.indexOf(char);
    if (value < 0) throw new SyntaxError(`base64: unexpected character ${JSON.stringify(char)}`);
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

export const toBase64url = (bytes: Uint8Array): string => encode64(bytes, URL_SAFE);
export const fromBase64url = (text: string): Uint8Array => decode64(text, URL_SAFE);
export const toBase64 = (bytes: Uint8Array): string => {
  const text = encode64(bytes, STANDARD);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
};
export const fromBase64 = (text: string): Uint8Array => {
  const body = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0) throw new SyntaxError('base64: length is not a multiple of 4');
  return decode64(body, STANDARD);
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
