/**
 * DSSE envelopes: one signed record on one line (docs/record-format.md, 2). The line is stored and forwarded as it is and never
 * built again from its parts, because its bytes are what the leaf hash, the chain and the ledger stand on. (I4)
 */
import { concat, fromBase64, toBase64, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import type { Primitives } from '../primitives.ts';
import { canonicalRecord, parseCanonicalRecord } from './canonical.ts';
import { MAX_ENVELOPE_BYTES, PAYLOAD_TYPE, type PublicJwk } from './records.ts';

export interface OpenedEnvelope {
  /** Canonical JSON, numbers checked; not yet checked against a schema. */
  readonly record: unknown;
  readonly payload: Uint8Array;
  /** Thumbprint of the key that claims to have signed. */
  readonly keyid: string;
  /** 64 bytes: Ed25519, or r‖s of ES256. */
  readonly signature: Uint8Array;
}

/** DSSE pre-authentication encoding: `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes. */
export const pae = (payloadType: string, payload: Uint8Array): Uint8Array =>
  concat(utf8(paeHead(payloadType, payload.length)), payload);
const paeHead = (payloadType: string, length: number): string =>
  `DSSEv1 ${utf8(payloadType).length} ${payloadType} ${length} `;

/** A platform's own encoders, where it has faster ones. */
export interface Encoders {
  utf8(text: string): Uint8Array;
  base64(bytes: Uint8Array): string;
}

/** A record that wants only its signature. */
export interface Unsigned {
  /** The PAE: what is signed. */
  readonly data: Uint8Array;
  /** The envelope line, without a newline. `signature`: 64 bytes over `data`. */
  line(signature: Uint8Array): string;
}

/** Throws a Fault when the line would be longer than 16 KiB. */
export function prepareEnvelope(
  record: unknown,
  keyid: string,
  { utf8: encode, base64 }: Encoders = { utf8, base64: toBase64 },
): Unsigned {
  const text = canonicalRecord(record);
  const payload = encode(text);
  const body = base64(payload);
  const length = lineOf(body, keyid, '').length + SIGNATURE_CHARACTERS;
  if (length > MAX_ENVELOPE_BYTES) {
    throw new Fault('record_too_large', `A record of ${length} bytes is over the ${MAX_ENVELOPE_BYTES} byte limit.`);
  }
  return {
    data: encode(recordHead(payload.length) + text),
    line: (signature) => lineOf(body, keyid, base64(signature)),
  };
}
/** Base64 of 64 bytes, with padding. */
const SIGNATURE_CHARACTERS = 88;
// Written out instead of canonicalised: keys are in order and no value needs an escape.
const lineOf = (payload: string, keyid: string, sig: string): string =>
  `{"payload":"${payload}","payloadType":"${PAYLOAD_TYPE}","signatures":[{"keyid":"${keyid}","sig":"${sig}"}]}`;

/** Signs a record and answers with its envelope line. `sign` gets the PAE and returns 64 bytes. */
export function sealEnvelope(record: unknown, keyid: string, sign: (data: Uint8Array) => Uint8Array): string {
  const unsigned = prepareEnvelope(record, keyid);
  return unsigned.line(sign(unsigned.data));
}

const RECORD_HEAD = paeHead(PAYLOAD_TYPE, 0).slice(0, -2);
const recordHead = (length: number): string => `${RECORD_HEAD}${length} `;

// The canonical form of an envelope leaves no freedom but these four values, so one pattern is the whole parser:
// another key, order, escape or space cannot match.
const LINE = new RegExp(
  `^\\{"payload":"([A-Za-z0-9+/]+={0,2})","payloadType":"${PAYLOAD_TYPE.replaceAll(/[.+]/g, '\\$&')}",` +
    '"signatures":\\[\\{"keyid":"([A-Za-z0-9_-]{43})","sig":"([A-Za-z0-9+/]{86}==)"\\}\\]\\}$',
);

/**
 * Takes a line apart. Throws a Fault unless the line and the payload are both in canonical form, within `maxBytes`.
 * Proves nothing about who signed: that is {@link verifyEnvelope}.
 */
export function openEnvelope(line: string, limits: { readonly maxBytes?: number } = {}): OpenedEnvelope {
  const maxBytes = limits.maxBytes ?? MAX_ENVELOPE_BYTES;
  if (line.length > maxBytes) {
    throw new Fault('record_too_large', `An entry of ${line.length} characters is over the ${maxBytes} byte limit.`);
  }
  const match = LINE.exec(line);
  const [, body, keyid, sig] = match ?? [];
  if (body === undefined || keyid === undefined || sig === undefined) {
    throw new Fault('not_envelope', 'An entry is not a canonical DSSE envelope with exactly one signature.');
  }
  let payload: Uint8Array;
  let signature: Uint8Array;
  try {
    payload = fromBase64(body);
    signature = fromBase64(sig);
  } catch (cause) {
    throw new Fault('not_envelope', 'An entry holds base64 that is not canonical.', null, { cause });
  }
  return { record: parseCanonicalRecord(payload), payload, keyid, signature };
}

/** Whether `key` signed this envelope. The caller has checked that `keyid` is the thumbprint of `key`. */
export const verifyEnvelope = (
  opened: Pick<OpenedEnvelope, 'payload' | 'signature'>,
  key: PublicJwk,
  p: Pick<Primitives, 'verify'>,
): boolean => p.verify(key, pae(PAYLOAD_TYPE, opened.payload), opened.signature);

/** `SHA-256(0x00 ‖ line)`: the RFC 6962 leaf hash in the ledger and the `prev` of the session's next entry. */
export function leafHash(line: string | Uint8Array, p: Pick<Primitives, 'sha256'>): Uint8Array {
  const bytes = typeof line === 'string' ? utf8(line) : line;
  const data = new Uint8Array(bytes.length + 1);
  data.set(bytes, 1);
  return p.sha256(data);
}
