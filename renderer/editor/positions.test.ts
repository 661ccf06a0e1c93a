import { describe, expect, it } from 'vitest';
import { errorOffset, nameAt, samePlace, statementAt, wordAt } from './positions.ts';

const text = '-- about\nselect 1;\nselect 2; select 3\n\n\n-- alone\n\nselect 4;\n';
const at = (part: string) => text.indexOf(part);
const range = (part: string) => ({ start: at(part), end: at(part) + part.length });
const ranges = ['select 1', 'select 2', 'select 3', 'select 4'].map(range);

describe('the statement under the cursor', () => {
  it('is the one around the cursor, its semicolon included', () => {
    expect(statementAt(ranges, text, at('select 1') + 3)).toEqual(range('select 1'));
    expect(statementAt(ranges, text, at(';') + 1)).toEqual(range('select 1'));
  });
  it('is the next one from its leading comment', () => {
    expect(statementAt(ranges, text, 0)).toEqual(range('select 1'));
  });
  it('is the second of two on a line when the cursor is in the space between', () => {
    expect(statementAt(ranges, text, at('select 3') - 1)).toEqual(range('select 2'));
    expect(statementAt(ranges, text, at('select 3'))).toEqual(range('select 3'));
  });
  it('is none where blank lines part the cursor from both', () => {
    expect(statementAt(ranges, text, at('-- alone'))).toBeNull();
  });
  it('is the last one from the line behind it', () => {
    expect(statementAt(ranges, text, text.length)).toEqual(range('select 4'));
    expect(statementAt([], text, 3)).toBeNull();
  });
});

describe('the place of an error', () => {
  it('moves with the place that the text was taken from', () => {
    expect(errorOffset('select x', 'select x', 100, 7)).toBe(107);
  });
  it('is not shown when that place was edited', () => {
    expect(errorOffset('select x', 'select xy', 100, 7)).toBeNull();
    expect(errorOffset('select x', 'select x', 100, null)).toBeNull();
  });
  it('stays inside the text that was sent', () => {
    expect(errorOffset('select', 'select', 10, 99)).toBe(16);
  });
  it('underlines the word, or one character at the end', () => {
    expect(wordAt('select o.placed, 1', 7)).toEqual({ start: 7, end: 15 });
    expect(wordAt('select "a ""b" x', 7)).toEqual({ start: 7, end: 14 });
    expect(wordAt('select', 6)).toEqual({ start: 5, end: 6 });
    expect(wordAt('', 0)).toEqual({ start: 0, end: 1 });
  });
});

describe('the name under the cursor', () => {
  const line = 'select * from shop."Odd ""one" o join größe where 1=1';
  it.each([
    [line.indexOf('shop'), 'shop."Odd ""one"'],
    [line.indexOf('one'), 'shop."Odd ""one"'],
    [line.indexOf(' o '), 'shop."Odd ""one"'],
    [line.indexOf('größe') + 5, 'größe'],
    [7, ''],
  ])('at %i is %j', (column, name) => expect(nameAt(line, column)).toBe(name));
});

describe('the place of the cursor when white space around it changes', () => {
  it.each([
    ['select a,|b', 'select\n  a,\n  |b'],
    ['select |a,b', 'select\n  |a,\n  b'],
    ['select a,b|', 'select\n  a,\n  b|'],
    ['|select a', '|select\n  a'],
    ['sel|ect   a', 'sel|ect a'],
    ['select a|  from t', 'select\n  a|\nfrom\n  t'],
  ])('%s', (before, after) => {
    const place = (text: string) => text.indexOf('|');
    const bare = (text: string) => text.replace('|', '');
    expect(samePlace(bare(before), place(before), bare(after))).toBe(place(after));
  });
});
