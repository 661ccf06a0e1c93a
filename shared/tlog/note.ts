/**
 * Signed notes (c2sp.org/signed-note), Ed25519 only (type 0x01), byte for byte what Go's `sumdb/note` writes. (I4)
 */

import type { PublicJwk } from '../audit/records.ts';
import { concat, equalBytes, fromBase64, toBase64, toBase64url, toHex, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import type { Primitives } from '../primitives.ts';

const ED25519 = 1;
const MAX_NOTE_CHARS = 1_000_000;
const MAX_SIGNATURES = 100;

export interface NoteKey {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). */
  readonly id: Uint8Array;
  readonly jwk: PublicJwk;
}
export interface NoteSigner {
  readonly name: string;
  readonly id: Uint8Array;
  /** Ed25519 over the note text. */
  sign(data: Uint8Array): Uint8Array;
}

/** The id of an Ed25519 key of 32 bytes under this name. */
export const noteKeyId = (name: string, publicKey: Uint8Array, p: Pick<Primitives, 'sha256'>): Uint8Array =>
  p.sha256(concat(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)).slice(0, 4);

/** Verifier key `<name>+<id, 8 hex digits>+<base64(0x01 ‖ public key)>`. Throws a Fault on anything else. */
export function parseVkey(vkey: string, p: Pick<Primitives, 'sha256'>): NoteKey {
  const { name, id, key } = parseKeyText(vkey, 'verifier key');
  if (!equalBytes(id, noteKeyId(name, key, p))) {
    throw new Fault(
      'bad_log_key',
      `The verifier key of ${name} does not match its own id.`,
      'Copy the whole key again.',
    );
  }
  return { name, id, jwk: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(key) } };
}

export function formatVkey(name: string, publicKey: Uint8Array, p: Pick<Primitives, 'sha256'>): string {
  assertName(name);
  return `${name}+${toHex(noteKeyId(name, publicKey, p))}+${toBase64(concat(Uint8Array.of(ED25519), publicKey))}`;
}

/** Signer key `PRIVATE+KEY+<name>+<id>+<base64(0x01 ‖ seed)>`: the name, the id and the 32-byte seed. */
export function parseSkey(skey: string): { name: string; id: Uint8Array; seed: Uint8Array } {
  const prefix = 'PRIVATE+KEY+';
  if (!skey.startsWith(prefix)) throw new Fault('bad_log_key', 'This is not a note signer key.');
  const { name, id, key } = parseKeyText(skey.slice(prefix.length), 'signer key');
  return { name, id, seed: key };
}

export function formatSkey(
  name: string,
  seed: Uint8Array,
  publicKey: Uint8Array,
  p: Pick<Primitives, 'sha256'>,
): string {
  assertName(name);
  const id = toHex(noteKeyId(name, publicKey, p));
  return `PRIVATE+KEY+${name}+${id}+${toBase64(concat(Uint8Array.of(ED25519), seed))}`;
}

/** `text` must end with a newline. Answers with the note: text, empty line, one signature line per signer. */
export function signNote(text: string, ...signers: readonly NoteSigner[]): string {
  assertNoteText(text);
  const data = utf8(text);
  const lines = signers.map((signer) => {
    assertName(signer.name);
    return `— ${signer.name} ${toBase64(concat(signer.id, signer.sign(data)))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a note with the keys that the caller trusts. Signatures by other keys are ignored; a wrong one by a known key
 * refuses the whole note; with none by a known key it is refused too. Answers with the text and who signed it.
 */
export function openNote(
  note: string,
  keys: readonly NoteKey[],
  p: Pick<Primitives, 'verify'>,
): { text: string; signedBy: NoteKey[] } {
  const { text, signatures } = splitNote(note);
  const data = utf8(text);
  const signedBy: NoteKey[] = [];
  for (const { name, id, signature } of signatures) {
    const key = keys.find((known) => known.name === name && equalBytes(known.id, id));
    if (key === undefined || signedBy.includes(key)) continue;
    if (!p.verify(key.jwk, data, signature)) {
      throw new Fault('note_signature', `The note carries a wrong signature of ${name}.`);
    }
    signedBy.push(key);
  }
  if (signedBy.length === 0) {
    throw new Fault('note_unsigned', `The note is not signed by ${keys.map((key) => key.name).join(' or ')}.`);
  }
  return { text, signedBy };
}

function splitNote(note: string): {
  text: string;
  signatures: { name: string; id: Uint8Array; signature: Uint8Array }[];
} {
  if (note.length > MAX_NOTE_CHARS) throw malformed('it is too long');
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw malformed('it has no signatures');
  const text = note.slice(0, split + 1);
  assertNoteText(text);
  const tail = note.slice(split + 2);
  if (tail === '' || !tail.endsWith('\n')) throw malformed('its last line does not end');
  const lines = tail.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
    if (name === undefined || base64 === undefined || name.includes('+'))
      throw malformed('a signature line is not one');
    const bytes = decode(base64);
    if (bytes === null || bytes.length < 5) throw malformed('a signature is not base64');
    return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) };
  });
  return { text, signatures };
}

function parseKeyText(text: string, what: string): { name: string; id: Uint8Array; key: Uint8Array } {
  // Base64 may hold a `+` itself; a name may not.
  const [, name, id, base64] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = base64 === undefined ? null : decode(base64);
  if (name === undefined || id === undefined || bytes === null || bytes.length !== 33 || bytes[0] !== ED25519) {
    throw new Fault(
      'bad_log_key',
      `This is not an Ed25519 note ${what}.`,
      'It reads <name>+<8 hex digits>+<base64>; copy it whole.',
    );
  }
  return { name, id: Uint8Array.from(id.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)), key: bytes.slice(1) };
}

function decode(base64: string): Uint8Array | null {
  try {
    return fromBase64(base64);
  } catch {
    // Malformed base64 is one of the answers, not an error of its own.
    return null;
  }
}

const malformed = (why: string): Fault => new Fault('note_malformed', `This is not a signed note: ${why}.`);

function assertName(name: string): void {
  if (!/^[^+\s]+$/u.test(name)) throw new Fault('bad_log_key', `${JSON.stringify(name)} cannot name a note key.`);
}

function assertNoteText(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these.
  if (!text.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(text) || !text.isWellFormed()) {
    throw malformed('its text does not end with a newline or holds control characters');
  }
}
