import { describe, expect, it } from 'vitest';
import { fromSelection, problemOf } from './snippet.ts';

const draft = { id: 'a', prefix: 'stuck', body: 'select 1' };

describe('a snippet', () => {
  it.each([
    ['without a prefix', { ...draft, prefix: '' }, 'prefix'],
    ['with a space in its prefix', { ...draft, prefix: 'a b' }, 'prefix'],
    ['of a prefix that is taken', { ...draft, prefix: 'taken' }, 'prefix'],
    ['without a text', { ...draft, body: ' \n' }, 'body'],
  ])('%s cannot be saved', (_name, wrong, field) => {
    expect(problemOf(wrong, [{ id: 'b', prefix: 'taken', body: '1' }])?.field).toBe(field);
  });
  it('may keep its own prefix', () => {
    expect(problemOf(draft, [draft])).toBeNull();
  });
  it('made of a selection gives that text again', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the notation itself
    expect(fromSelection("select $1, ${x}, E'\\n'")).toBe("select \\$1, \\${x}, E'\\\\n'");
  });
});
