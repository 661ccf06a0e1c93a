// biome-ignore lint/style/noRestrictedImports: the test runs in Node and compares with node:crypto
import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../../shared/audit/records.ts';
import { fromBase64url, toBase64url } from '../../../shared/encoding.ts';
import { nodePrimitives } from '../../../shared/primitives.ts';
import { browserPrimitives, verifyRsa } from './primitives.ts';

const node = nodePrimitives(crypto);
// Cast: what node:crypto exports for these two kinds of key is exactly this.
const jwkOf = (key: crypto.KeyObject): PublicJwk => {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return (kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }) as PublicJwk;
};
const ed = crypto.generateKeyPairSync('ed25519');
const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const bytes = fc.uint8Array({ maxLength: 300 });

describe('the browser’s primitives (I4)', () => {
  it('hash as node:crypto does', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toBase64url(browserPrimitives.sha256(data))).toBe(toBase64url(node.sha256(data)));
      }),
    );
  });

  it.each([
    ['Ed25519', jwkOf(ed.publicKey), (data: Uint8Array) => crypto.sign(null, data, ed.privateKey)],
    [
      'ES256',
      jwkOf(ec.publicKey),
      (data: Uint8Array) => crypto.sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
    ],
  ] as const)('accept what node:crypto signed with %s, and refuse one flipped bit', (_, jwk, sign) => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 511 }), (data, bit) => {
        const signature = new Uint8Array(sign(data));
        expect(browserPrimitives.verify(jwk, data, signature)).toBe(true);
        const other = Uint8Array.from(signature);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(browserPrimitives.verify(jwk, data, other)).toBe(node.verify(jwk, data, other));
        expect(browserPrimitives.verify(jwk, data, other)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('answer no, and do not throw, on keys and signatures that are none', () => {
    const data = Uint8Array.of(1);
    expect(browserPrimitives.verify({ kty: 'OKP', crv: 'Ed25519', x: '' }, data, new Uint8Array(64))).toBe(false);
    expect(browserPrimitives.verify({ kty: 'OKP', crv: 'Ed25519', x: '*' }, data, new Uint8Array(64))).toBe(false);
    expect(browserPrimitives.verify(jwkOf(ed.publicKey), data, new Uint8Array(3))).toBe(false);
    expect(browserPrimitives.verify({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, data, new Uint8Array(64))).toBe(
      false,
    );
  });

  it('refuse a small-order Ed25519 key, which would sign everything', () => {
    const x = toBase64url(Uint8Array.of(1, ...new Uint8Array(31)));
    const signature = Uint8Array.of(1, ...new Uint8Array(63));
    expect(browserPrimitives.verify({ kty: 'OKP', crv: 'Ed25519', x }, Uint8Array.of(7), signature)).toBe(false);
  });

  it('verify RS256 with 2048 bits, and refuse 1024', async () => {
    for (const [modulusLength, holds] of [
      [2048, true],
      [1024, false],
    ] as const) {
      const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength });
      const signed = Buffer.from('header.payload');
      const signature = new Uint8Array(crypto.sign('sha256', signed, privateKey));
      expect(await verifyRsa({ ...publicKey.export({ format: 'jwk' }) }, new Uint8Array(signed), signature)).toBe(
        holds,
      );
    }
    expect(
      await verifyRsa({ kty: 'RSA', n: fromBase64url('AQAB'), e: 'AQAB' }, new Uint8Array(1), new Uint8Array(1)),
    ).toBe(false);
  });
});
