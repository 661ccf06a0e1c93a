import { hkdfSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { CODE, challengeOf, codeFor, OPENING_KEY, read, spell, tagOf } from '../../shared/envelope.ts';
import { envelopeRespond } from './command.ts';

const hkdf = async (secret: Uint8Array, info: Uint8Array, length: number) =>
  new Uint8Array(hkdfSync('sha256', secret, '', info, length));
const KEY = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const answer = (challenge: string, typed: string) =>
  envelopeRespond(challenge, Readable.from([`${typed}\n`]), { write: () => true });

it('computes the code from the opening key on standard input, as the envelope has it', async () => {
  const challenge = challengeOf(await tagOf(KEY, hkdf), 200);
  const said = await answer(challenge, spell(KEY, OPENING_KEY).toLowerCase());
  expect(said.code).toBe(0);
  expect(read(said.text, CODE)).toEqual({ kind: 'good', symbols: await codeFor(KEY, 200, hkdf) });
});

it('names what is mistyped, and a challenge of another envelope', async () => {
  const tag = await tagOf(KEY, hkdf);
  const key = spell(KEY, OPENING_KEY);
  expect(await answer('AAAAA', key)).toMatchObject({ code: 1, text: expect.stringContaining('challenge is mistyped') });
  expect(await answer(challengeOf(tag, 1), key.slice(1))).toMatchObject({
    code: 1,
    text: expect.stringContaining('39'),
  });
  expect(await answer(challengeOf(tag ^ 1, 1), key)).toMatchObject({
    code: 1,
    text: expect.stringContaining('another envelope'),
  });
});
