/** Compact JWS (RFC 7515) taken apart, for grants and ID tokens. Proves nothing by itself: the caller verifies. (I4) */
import { fromBase64url, fromUtf8, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';

export interface OpenedJws {
  readonly alg: string;
  readonly kid: string | null;
  readonly typ: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed: the ASCII of `header.payload`. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Throws a Fault when the text is not three base64url parts with JSON objects in the first two. */
export function openJws(text: string): OpenedJws {
  const parts = text.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) throw malformed();
  try {
    const protectedHeader = objectOf(header);
    const { alg, kid, typ } = protectedHeader;
    if (typeof alg !== 'string') throw malformed();
    return {
      alg,
      kid: typeof kid === 'string' ? kid : null,
      typ: typeof typ === 'string' ? typ : null,
      claims: objectOf(payload),
      signed: utf8(`${header}.${payload}`),
      signature: fromBase64url(signature),
    };
  } catch (cause) {
    throw malformed(cause);
  }
}

function objectOf(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(fromUtf8(fromBase64url(part)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  // Narrowed above; its members stay unknown.
  return value as Record<string, unknown>;
}

const malformed = (cause?: unknown): Fault =>
  new Fault('jws_malformed', 'This is not a signed token (JWS).', null, cause === undefined ? undefined : { cause });
