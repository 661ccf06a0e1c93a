import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newPassword, scramVerifier } from './scram.ts';

describe('the SCRAM verifier', () => {
  it('verifies both sides of the exchange of RFC 7677 section 3', async () => {
    const verifier = await scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
    const [, stored = '', server = ''] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(.+):(.+)$/.exec(verifier) ?? [];
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`;
    const hmac = (key: string): Buffer => createHmac('sha256', Buffer.from(key, 'base64')).update(message).digest();
    expect(hmac(server).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const signature = hmac(stored);
    const clientKey = proof.map((byte, i) => byte ^ (signature[i] ?? 0));
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(stored);
  });

  it('makes passwords of 256 random bits in plain ASCII', () => {
    expect(newPassword()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newPassword()).not.toBe(newPassword());
  });
});
