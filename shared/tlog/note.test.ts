import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toBase64url, utf8 } from '../encoding.ts';
import { nodePrimitives } from '../primitives.ts';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { formatSkey, formatVkey, type NoteSigner, openNote, parseSkey, parseVkey, signNote } from './note.ts';

const p = nodePrimitives(crypto);
// The published example of golang.org/x/mod/sumdb/note: its keys, its text and the note that Go writes.
const SKEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

/** PKCS #8 of an Ed25519 seed (RFC 8410): a fixed prefix in front of 32 bytes. */
function signerOf(skey: string): NoteSigner {
  const { name, id, seed } = parseSkey(skey);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { name, id, sign: (data) => crypto.sign(null, data, key) };
}

describe('signed notes', () => {
  it('signs byte for byte what Go signs with the same key (I4)', () => {
    expect(signNote(TEXT, signerOf(SKEY))).toBe(NOTE);
  });
  it('opens the note that Go wrote', () => {
    const opened = openNote(NOTE, [parseVkey(VKEY, p)], p);
    expect(opened.text).toBe(TEXT);
    expect(opened.signedBy.map((key) => key.name)).toEqual(['PeterNeumann']);
  });
  it('writes the same key texts as Go', () => {
    const { seed } = parseSkey(SKEY);
    const key = parseVkey(VKEY, p);
    const publicKey = Buffer.from(key.jwk.x, 'base64url');
    expect(formatVkey('PeterNeumann', publicKey, p)).toBe(VKEY);
    expect(formatSkey('PeterNeumann', seed, publicKey, p)).toBe(SKEY);
  });
  it('refuses a note after any single byte was changed (I5)', () => {
    const bytes = utf8(NOTE);
    const key = parseVkey(VKEY, p);
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x20]) {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(() => openNote(fromUtf8(changed), [key], p), `byte ${at}`).toThrow();
      }
    }
  });
  it('ignores signatures of unknown keys and refuses a wrong one of a known key', () => {
    const key = parseVkey(VKEY, p);
    const other = `— other.example ${Buffer.alloc(68, 7).toString('base64')}\n`;
    expect(openNote(NOTE + other, [key], p).signedBy).toHaveLength(1);
    const id = Buffer.from(key.id);
    const wrong = `— PeterNeumann ${Buffer.concat([id, Buffer.alloc(64, 7)]).toString('base64')}\n`;
    expect(() => openNote(`${TEXT}\n${wrong}`, [key], p)).toThrow(/wrong signature/);
    expect(() => openNote(`${TEXT}\n${other}`, [key], p)).toThrow(/not signed by/);
  });
  it.each([
    ['no signature', TEXT],
    ['nothing after the empty line', `${TEXT}\n`],
    ['a last line without an end', NOTE.slice(0, -1)],
    ['a control character', NOTE.replace('problem', 'pro\tblem')],
    ['a hyphen in place of the dash', NOTE.replace('—', '-')],
  ])('refuses a note with %s', (_what, note) => {
    expect(() => openNote(note, [parseVkey(VKEY, p)], p)).toThrow();
  });
  it('refuses a verifier key whose id is not its own', () => {
    expect(() => parseVkey(VKEY.replace('c74f20a3', 'c74f20a4'), p)).toThrow(/does not match/);
    expect(() => parseVkey('PeterNeumann', p)).toThrow(/not an Ed25519 note verifier key/);
  });
});

describe('checkpoints', () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const log = parseVkey(formatVkey('ledger.example/v', raw, p), p);
  const signer: NoteSigner = { name: log.name, id: log.id, sign: (data) => crypto.sign(null, data, privateKey) };
  const checkpoint = { origin: log.name, size: 20852163, root: crypto.randomBytes(32) };

  it('round-trips origin, size and root under the log key', () => {
    const opened = openCheckpoint(signCheckpoint(checkpoint, signer), log, p);
    expect({ ...opened, root: toBase64url(opened.root) }).toEqual({
      ...checkpoint,
      root: toBase64url(checkpoint.root),
    });
  });
  it('refuses a checkpoint of another log', () => {
    const note = signCheckpoint({ ...checkpoint, origin: 'another.example/log' }, signer);
    expect(() => openCheckpoint(note, log, p)).toThrow(/another.example/);
  });
  it.each([
    ['extension lines', (text: string) => `${text}extension\n`],
    ['a size with leading zeroes', (text: string) => text.replace('20852163', '020852163')],
    ['a size past 2^53', (text: string) => text.replace('20852163', '9007199254740993')],
    ['a root that is too short', (text: string) => text.replace(/.{4}=\n$/, '=\n')],
  ])('refuses %s', (_what, change) => {
    expect(() => parseCheckpoint(change(formatCheckpoint(checkpoint)))).toThrow(/not a checkpoint/);
  });
});
