import fc from 'fast-check';
import sasl from 'pg/lib/crypto/sasl.js';
import { describe, expect, it } from 'vitest';
import { WireError } from '../wire/frames.ts';
import { challenge, type Verifier, verifierOf } from './scram.ts';

/** RFC 7677, section 3. */
const rfc = {
  password: 'pencil',
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  iterations: 4096,
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};
const verifier = (password = rfc.password): Promise<Verifier> =>
  verifierOf(password, Buffer.from(rfc.salt, 'base64'), rfc.iterations);

describe('SCRAM-SHA-256, the server side', () => {
  it('makes the exchange of RFC 7677', async () => {
    const step = challenge(rfc.clientFirst, await verifier(), rfc.serverNonce);
    expect(step.message).toBe(rfc.serverFirst);
    expect(step.finish(rfc.clientFinal)).toBe(rfc.serverFinal);
  });

  it('says no to every other proof and to every other password', async () => {
    const step = challenge(rfc.clientFirst, await verifier('Pencil'), rfc.serverNonce);
    expect(step.finish(rfc.clientFinal)).toBeNull();
    const right = challenge(rfc.clientFirst, await verifier(), rfc.serverNonce);
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (bit) => {
        const other = Buffer.from(proof);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const said = rfc.clientFinal.replace(/p=.*/, `p=${other.toString('base64')}`);
        expect(right.finish(said)).toBeNull();
      }),
    );
  });

  it('agrees with the client of another author, whatever the password', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/), async (password) => {
        const server = await verifierOf(password, Buffer.from('0123456789abcdef'), 4096);
        const client = sasl.startSession(['SCRAM-SHA-256'], null);
        const step = challenge(client.response, server, 'server');
        await sasl.continueSession(client, password, step.message, null);
        const last = step.finish(client.response);
        expect(last).not.toBeNull();
        // Throws where the server's signature is wrong.
        sasl.finalizeSession(client, last ?? '');
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    ['asks for channel binding', 'p=tls-server-end-point,,n=user,r=abc'],
    ['acts for somebody else', 'n,a=admin,n=user,r=abc'],
    ['needs an extension', 'n,,m=what,n=user,r=abc'],
    ['has no nonce', 'n,,n=user'],
    ['has an empty nonce', 'n,,n=user,r='],
    ['has a nonce that is not printable', 'n,,n=user,r=a\u0001b'],
    ['is empty', ''],
    ['is noise', '\u0000\u0001\u0002'],
  ])('refuses a first message that %s', async (_what, message) => {
    const server = await verifier();
    expect(() => challenge(message, server, 'x')).toThrow(WireError);
  });

  it.each([
    ['claims another binding', rfc.clientFinal.replace('c=biws', 'c=eSws')],
    ['has another nonce', rfc.clientFinal.replace('r=rOp', 'r=rOq')],
    ['has only its own nonce', rfc.clientFinal.replace('%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0', '')],
    ['has no proof', rfc.clientFinal.replace(/,p=.*/, '')],
    ['has a proof of another length', rfc.clientFinal.replace(/,p=.*/, ',p=AAAA')],
    ['has a proof that is not base64', rfc.clientFinal.replace(/,p=..../, ',p=****')],
    ['has something behind the proof', `${rfc.clientFinal},x=1`],
    ['is empty', ''],
  ])('refuses a final message that %s', async (_what, message) => {
    const step = challenge(rfc.clientFirst, await verifier(), rfc.serverNonce);
    expect(() => step.finish(message)).toThrow(WireError);
  });

  it('takes y as a client that could have bound to a channel, and unknown extensions as RFC 5802 wants', async () => {
    const step = challenge('y,,n=,r=abc,x=1', await verifier(), 'def');
    expect(step.message).toMatch(/^r=abcdef,/);
    const proof = `${'A'.repeat(43)}=`;
    expect(step.finish(`c=eSws,r=abcdef,x=1,p=${proof}`)).toBeNull();
    expect(() => step.finish(`c=biws,r=abcdef,p=${proof}`)).toThrow('channel binding');
  });
});
