import { describe, expect, it } from 'vitest';
import { visibleLine, visibleName, visibleText } from './visible.ts';

describe('text that somebody else chose', () => {
  it('shows what nobody would see, and what would turn the writing', () => {
    expect(visibleLine('user\u202egnp.exe\u2066')).toBe('user[U+202E]gnp.exe[U+2066]');
    expect(visibleLine('a\u0000b\u001b[31m\u007f\u0085\u200b')).toBe('a\u2400b\u241b[31m\u2421[U+0085][U+200B]');
    expect(visibleLine('one\ntwo\ttabs')).toBe('one\u240atwo\u2409tabs');
  });
  it('keeps lines and tabs where there is room for them, and no other way to break a line', () => {
    expect(visibleText('one\r\ntwo\ttabs\nthree\rfour\u2028five')).toBe('one\ntwo\ttabs\nthree\u240dfour[U+2028]five');
  });
  it('leaves every script alone, with what joins its letters', () => {
    const text = 'مرحبا שלום e\u0301 Z\u0351\u036b 👩\u200d💻 می\u200cخواهم <b>&amp;</b>';
    expect(visibleLine(text)).toBe(text);
    expect(visibleText(text)).toBe(text);
  });
});

describe('a name that somebody else chose', () => {
  it.each([
    ['orders', 'orders'],
    ['ordrer_æøå', 'ordrer_æøå'],
    ['a\nb\tc', 'a\u240ab\u2409c'],
    ['gpj\u202etxt', 'gpj[U+202E]txt'],
    ['no\u200bspace', 'no[U+200B]space'],
    ['with\u00a0it', 'with[U+00A0]it'],
    ['join\u200ded', 'join[U+200D]ed'],
    ['tag\u{e0041}', 'tag[U+E0041]'],
    ['<b>bold</b>', '<b>bold</b>'],
    ['\u007f', '\u2421'],
  ])('%j is shown as %s', (name, shown) => expect(visibleName(name)).toBe(shown));
});
