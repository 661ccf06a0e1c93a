import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64, toBase64url, utf8 } from '../encoding.ts';
import { Fault } from '../errors.ts';
import { nodePrimitives } from '../primitives.ts';
import { leafHash as treeLeafHash } from '../tlog/merkle.ts';
import { bindingNonce, thumbprint } from './binding.ts';
import { canonical, canonicalRecord, parseCanonical, parseCanonicalRecord } from './canonical.ts';
import { commit, openCommitment } from './commitment.ts';
import { leafHash, openEnvelope, pae, sealEnvelope, verifyEnvelope } from './envelope.ts';
import { openJws } from './jws.ts';
import { envelope, MAX_ENVELOPE_BYTES, PAYLOAD_TYPE, type PublicJwk } from './records.ts';

const p = nodePrimitives(crypto);
const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.export({ format: 'jwk' }).x ?? '' };
const keyid = thumbprint(jwk, p);
const sign = (data: Uint8Array): Uint8Array => crypto.sign(null, data, privateKey);
const seal = (record: unknown): string => sealEnvelope(record, keyid, sign);

/** Any JSON whose numbers a record may hold. */
const recordValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('canonical JSON', () => {
  it('reads back exactly what it writes (I4)', () => {
    fc.assert(
      fc.property(recordValue, (value) => {
        const text = canonicalRecord(value);
        expect(parseCanonicalRecord(utf8(text))).toEqual(JSON.parse(text));
        expect(canonical(JSON.parse(text))).toBe(text);
      }),
    );
  });
  it.each([
    ['a duplicate key', '{"a":1,"a":1}'],
    ['keys out of order', '{"b":1,"a":1}'],
    ['a space', '{"a": 1}'],
    ['a newline at the end', '{"a":1}\n'],
    ['a number with a fraction of zero', '{"a":1.0}'],
    ['a negative zero', '{"a":-0}'],
    ['an exponent', '{"a":1e2}'],
    ['an escape that is not needed', '{"a":"\\u0041"}'],
    ['a solidus that is escaped', '{"a":"\\/"}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['a key in an integer place', '{"10":1,"9":1}'.replace('"10":1,"9":1', '"9":1,"10":1')],
    ['nothing', ''],
    ['text behind', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s (I4)', (_what, text) => {
    expect(() => parseCanonicalRecord(text)).toThrow(Fault);
    expect(() => parseCanonicalRecord(utf8(text))).toThrow(Fault);
  });
  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseCanonical(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(Fault);
  });
  it.each([[0.5], [2 ** 53], [-(2 ** 53)], [1e300], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'refuses the number %s in a record',
    (number) => {
      expect(() => canonicalRecord({ a: [number] })).toThrow(Fault);
    },
  );
  it('refuses nesting without end', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(() => parseCanonicalRecord(deep)).toThrow(Fault);
  });
});

describe('envelopes', () => {
  it('open to the record that was sealed, signed by the key that it names (I4)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 8 }), recordValue, { maxKeys: 5 }), (record) => {
        const line = seal(record);
        const opened = openEnvelope(line);
        expect(opened.keyid).toBe(keyid);
        expect(canonical(opened.record)).toBe(canonical(record));
        expect(verifyEnvelope(opened, jwk, p)).toBe(true);
        // The line is itself canonical, and is what the contract says an envelope is.
        expect(canonical(envelope.parse(parseCanonical(line)))).toBe(line);
      }),
    );
  });
  it('do not survive a change of any single byte (I5)', () => {
    const line = seal({ typ: 'test', n: 1, text: 'ünïcode' });
    for (let at = 0; at < line.length; at++) {
      for (const bit of [1, 2, 4, 16, 32]) {
        const changed = `${line.slice(0, at)}${String.fromCharCode(line.charCodeAt(at) ^ bit)}${line.slice(at + 1)}`;
        let survives = false;
        try {
          const opened = openEnvelope(changed);
          survives = opened.keyid === keyid && verifyEnvelope(opened, jwk, p);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Fault);
        }
        expect(survives, `byte ${at} bit ${bit}`).toBe(false);
      }
    }
  });
  it('never make the parser throw anything but a Fault, whatever they are (I6)', () => {
    const line = seal({ a: 1 });
    const mutated = fc
      .tuple(fc.nat(line.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 20 }))
      .map(([at, length, text]) => line.slice(0, at) + text + line.slice(at + length));
    const forged = fc.string({ unit: 'binary', maxLength: 60 }).map((payload) => {
      const body = toBase64(utf8(payload));
      return `{"payload":"${body}","payloadType":"${PAYLOAD_TYPE}","signatures":[{"keyid":"${keyid}","sig":"${toBase64(sign(utf8('x')))}"}]}`;
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), mutated, forged), (text) => {
        try {
          const { record } = openEnvelope(text);
          expect(record).toBeDefined();
        } catch (cause) {
          expect(cause).toBeInstanceOf(Fault);
        }
      }),
      { numRuns: 2000 },
    );
  });
  it('are at most 16 KiB', () => {
    expect(() => seal({ text: 'x'.repeat(MAX_ENVELOPE_BYTES) })).toThrow(/over the 16384 byte limit/);
    const line = seal({ text: 'x'.repeat(12_000) });
    expect(openEnvelope(line).keyid).toBe(keyid);
    expect(() => openEnvelope(line, { maxBytes: line.length - 1 })).toThrow(/over the/);
  });
  it('have two signatures refused, and another payload type', () => {
    const line = seal({ a: 1 });
    const [, signature] = /"signatures":\[(.*)\]/.exec(line) ?? [];
    expect(() => openEnvelope(line.replace(/\[.*\]/, `[${signature},${signature}]`))).toThrow(Fault);
    expect(() => openEnvelope(line.replace('record.v1', 'record.v2'))).toThrow(Fault);
    expect(() => openEnvelope(line.replace('record.v1', 'recordxv1'))).toThrow(Fault);
  });
  it('sign the exact payload under its type: nothing else verifies', () => {
    const opened = openEnvelope(seal({ a: 1 }));
    expect(p.verify(jwk, pae('application/json', opened.payload), opened.signature)).toBe(false);
    expect(p.verify(jwk, opened.payload, opened.signature)).toBe(false);
  });
  it('have the leaf hash of the tree: one hash for chain and ledger (I4)', () => {
    const line = seal({ a: 1 });
    expect(toBase64url(leafHash(line, p))).toBe(toBase64url(treeLeafHash(utf8(line), p)));
  });
});

describe('device binding', () => {
  it('has the thumbprint of the example in RFC 8037, appendix A.3', () => {
    const example: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(thumbprint(example, p)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });
  it('makes another nonce for another key or another salt (I4)', () => {
    const nonce = bindingNonce(keyid, 'A'.repeat(22), p);
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(bindingNonce(keyid, 'B'.repeat(22), p)).not.toBe(nonce);
    expect(bindingNonce('C'.repeat(43), 'A'.repeat(22), p)).not.toBe(nonce);
  });
});

describe('commitments', () => {
  it('open to the value that was committed to, lone surrogates and all (I4)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.option(fc.string({ unit: 'binary' }))), (text, values) => {
        const sql = commit('sql', 'salt', text, p);
        expect(openCommitment('sql', sql.digest, sql.disclosure, p)).toBe(text);
        const par = commit('par', 'salt', values, p);
        expect(openCommitment('par', par.digest, par.disclosure, p)).toEqual(values);
      }),
    );
  });
  it('do not open to anything else (I4)', () => {
    const { digest, disclosure } = commit('sql', 'salt', 'select 1', p);
    expect(() => openCommitment('sql', digest, commit('sql', 'salt', 'select 2', p).disclosure, p)).toThrow(
      /does not match/,
    );
    expect(() => openCommitment('sql', digest, `${disclosure}A`, p)).toThrow(/does not match/);
    expect(() => openCommitment('par', digest, disclosure, p)).toThrow(/is not \[salt, "par", value\]/);
  });
  it('tell nothing without the salt: the same text twice has two digests (I8)', () => {
    expect(commit('sql', 'a', 'select 1', p).digest).not.toBe(commit('sql', 'b', 'select 1', p).digest);
  });
});

describe('tokens', () => {
  it.each(['', 'a.b', 'a.b.c.d', '..', 'e30.e30.!', 'W10.e30.', 'e30.e30.'])('refuses %j', (text) => {
    expect(() => openJws(text)).toThrow(Fault);
  });
});
