import * as crypto from 'node:crypto';
import { x25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBase64url, fromUtf8, toBase64url, utf8 } from './encoding.ts';
import {
  CHALLENGE,
  CODE,
  challengeOf,
  challengeParts,
  codeFor,
  OPENING_KEY,
  read,
  readWords,
  respond,
  SLOTS,
  spell,
  symbolsOf,
} from './envelope.ts';
import { sealCrypto } from './envelope-crypto.ts';
import { newOpeningKey, type SealedEnvelope, seal, unseal } from './envelope-seal.ts';

const c = sealCrypto(crypto, x25519);
const id = toBase64url(c.random(16));
const name = (): string => toBase64url(c.random(32));
const symbols = (count: number) => fc.uint8Array({ minLength: count, maxLength: count }).map(symbolsOf);

describe('what is read out', () => {
  it('reads back what it spelled, whatever case, spaces and dashes a person used', () => {
    fc.assert(
      fc.property(symbols(20), (code) => {
        const text = spell(code, CODE);
        expect(read(text, CODE)).toEqual({ kind: 'good', symbols: code });
        const sloppy = text.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('-', ' ');
        expect(read(sloppy, CODE)).toEqual({ kind: 'good', symbols: code });
      }),
    );
  });

  it('finds every single wrong character, and says in which group it is', () => {
    fc.assert(
      fc.property(symbols(20), fc.nat(24), fc.nat(30), (code, at, other) => {
        const plain = spell(code, CODE).replaceAll('-', '');
        const others = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].filter((one) => one !== plain[at]);
        const wrong = plain.slice(0, at) + others[other] + plain.slice(at + 1);
        expect(read(wrong, CODE)).toEqual({ kind: 'wrong', groups: [Math.floor(at / 5) + 1] });
      }),
    );
  });

  it('finds two neighbours that were swapped, inside a group', () => {
    fc.assert(
      fc.property(symbols(20), fc.nat(4), fc.nat(3), (code, group, at) => {
        const plain = [...spell(code, CODE).replaceAll('-', '')];
        const from = group * 5 + at;
        const [a = '', b = ''] = plain.slice(from, from + 2);
        fc.pre(a !== b);
        plain.splice(from, 2, b, a);
        expect(read(plain.join(''), CODE)).toEqual({ kind: 'wrong', groups: [group + 1] });
      }),
    );
  });

  it('finds groups in the wrong order, and a text of another kind', () => {
    const code = symbolsOf(c.random(20));
    const groups = spell(code, CODE).split('-');
    const [first = '', second = '', ...rest] = groups;
    expect(read([second, first, ...rest].join('-'), CODE)).toEqual({ kind: 'wrong', groups: [1, 2] });
    const key = spell(symbolsOf(c.random(32)), OPENING_KEY);
    expect(read(key.slice(0, 29), CODE).kind).toBe('wrong');
    expect(readWords({ kind: 'wrong', groups: [3] }, 'code')).toBe('Group 3 of the code is mistyped.');
    expect(read('ABC', CHALLENGE)).toEqual({ kind: 'length', characters: 3, wanted: 5 });
  });

  it('carries tag and slot in one group', () => {
    fc.assert(
      fc.property(fc.nat(0xfff), fc.nat(SLOTS - 1), (tag, slot) => {
        const challenge = read(challengeOf(tag, slot), CHALLENGE);
        expect(challenge.kind === 'good' && challengeParts(challenge.symbols)).toEqual({ tag, slot });
      }),
    );
  });
});

describe('sealing', () => {
  const secret = c.random(32);
  const openingKey = newOpeningKey(c);
  const text = '{"user":"vitrine_abcdefgh"}';
  let envelope: SealedEnvelope;
  const open = async (
    changed: Partial<SealedEnvelope>,
    how: { secret?: Uint8Array; slot?: number; code?: string } = {},
  ) => unseal({ ...envelope, ...changed }, { secret, slot: 7, code: await codeFor(openingKey, 7, c.hkdf), ...how }, c);
  beforeAll(async () => {
    const recipient = c.x25519.publicOf(secret);
    envelope = await seal({ id, dev: name(), grant: name(), recipient, openingKey, content: utf8(text) }, c);
  });

  it('opens with the device key and the code that answers the challenge, and with every slot’s own code only', async () => {
    const answer = await respond(spell(openingKey, OPENING_KEY), challengeOf(envelope.tag, 7), c.hkdf);
    if (answer.kind !== 'code') throw new Error(answer.kind);
    const code = read(answer.code, CODE);
    if (code.kind !== 'good') throw new Error(code.kind);
    expect(fromUtf8(await open({}, { code: code.symbols }))).toBe(text);
    await expect(open({}, { slot: 8, code: code.symbols })).rejects.toMatchObject({ code: 'wrong_code' });
    expect(fromUtf8(await open({}, { slot: 255, code: await codeFor(openingKey, 255, c.hkdf) }))).toBe(text);
  });

  it('does not open with another device’s key, nor with another code', async () => {
    await expect(open({}, { secret: c.random(32) })).rejects.toMatchObject({ code: 'wrong_code' });
    await expect(open({}, { code: symbolsOf(c.random(20)) })).rejects.toMatchObject({ code: 'wrong_code' });
  });

  it('does not open when it names another device, grant, id or tag', async () => {
    const changes = [{ dev: name() }, { grant: name() }, { id: toBase64url(c.random(16)) }, { tag: envelope.tag ^ 1 }];
    for (const changed of changes) await expect(open(changed)).rejects.toMatchObject({ code: 'wrong_code' });
  });

  it('does not open with any bit flipped or any byte missing', async () => {
    const flipped = (text64: string, at: number): string => {
      const bytes = fromBase64url(text64);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      return toBase64url(bytes);
    };
    const length = fromBase64url(envelope.body).length;
    for (let at = 0; at < length; at++) {
      await expect(open({ body: flipped(envelope.body, at) })).rejects.toMatchObject({ code: 'envelope_damaged' });
    }
    for (let at = 7 * 48; at < 8 * 48; at++) {
      await expect(open({ slots: flipped(envelope.slots, at) })).rejects.toMatchObject({ code: 'wrong_code' });
    }
    await expect(open({ enc: flipped(envelope.enc, 3) })).rejects.toMatchObject({ code: 'wrong_code' });
    for (const keep of [0, 10, length - 1]) {
      const body = toBase64url(fromBase64url(envelope.body).subarray(0, keep));
      await expect(open({ body })).rejects.toMatchObject({ code: 'envelope_damaged' });
    }
    await expect(open({ slots: envelope.slots.slice(0, 400) })).rejects.toMatchObject({ code: 'wrong_code' });
  });

  it('tells the wrong opening key before a code is read out, and which group of a key is mistyped', async () => {
    const other = spell(newOpeningKey(c), OPENING_KEY);
    // One in 4,096 keys has the same tag; then the code does not open, which is tested above.
    const said = await respond(other, challengeOf(envelope.tag, 7), c.hkdf);
    expect(['other_key', 'code']).toContain(said.kind);
    const typed = spell(openingKey, OPENING_KEY);
    const wrong = (typed.startsWith('0') ? '2' : '0') + typed.slice(1);
    expect(await respond(wrong, challengeOf(envelope.tag, 7), c.hkdf)).toMatchObject({
      kind: 'mistyped',
      what: 'key',
      read: { groups: [1] },
    });
  });
});
