import { expect, it } from 'vitest';
import { strength } from './strength.ts';

it('judges a passphrase by its length first, and never calls repetition strong', () => {
  const levels = [
    '',
    'short',
    'password',
    'Passw0rd!',
    'correct horse',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'correct horse battery staple',
  ];
  expect(levels.map((text) => strength(text).level)).toEqual([0, 0, 1, 2, 2, 1, 4]);
});
