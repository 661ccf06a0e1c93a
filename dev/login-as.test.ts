import { describe, expect, it } from 'vitest';
import { takeLoginAs } from './login-as.ts';

describe('--login-as', () => {
  it('is taken off the command line, and the browser is what the product is asked for', () => {
    const expected = { person: 'amira', args: ['--browser', '--json', '--', 'x', '--login-as', 'y'] };
    for (const name of [['--login-as', 'amira'], ['--login-as=Amira'], ['--login-as', 'Amira Haddad']])
      expect(takeLoginAs([...name, '--json', '--', 'x', '--login-as', 'y'], {})).toEqual(expected);
    expect(takeLoginAs(['--json'], {})).toEqual({ person: null, args: ['--json'] });
  });
  it('is refused with any other collector than the embedded one', () => {
    expect(takeLoginAs(['--login-as', 'amira'], { VITRINE_COLLECTOR: 'https://collector.example' })).toHaveProperty(
      'problem',
    );
  });
  it('names the people it knows', () => {
    expect(takeLoginAs(['--login-as'], {})).toMatchObject({ problem: expect.stringContaining('lina (Li Na)') });
  });
  it('does not type codes', () => {
    expect(takeLoginAs(['--device-code', '--login-as', 'amira'], {})).toHaveProperty('problem');
  });
});
