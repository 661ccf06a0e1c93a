import { describe, expect, it } from 'vitest';
import { elementsOf } from './array.ts';
import { bytesOf, drawable, hexLines, pictureOf } from './bytea.ts';
import { childrenOf, isJson, type JsonNode, pathOf, rootOf } from './json.ts';
import { lookOf } from './looks.ts';

describe('JSON that is read lazily', () => {
  const shown = (text: string, node: JsonNode = rootOf(text)) =>
    childrenOf(text, node).map((child) => [child.key, child.kind, text.slice(child.start, child.end)]);
  it('keeps every digit, double keys and what strings hold', () => {
    expect(shown('{"n": 12345678901234567890.10, "a}": "x\\"}", "n": [1,{"b":[]}], "w":true}')).toEqual([
      ['n', 'number', '12345678901234567890.10'],
      ['a}', 'string', '"x\\"}"'],
      ['n', 'array', '[1,{"b":[]}]'],
      ['w', 'word', 'true'],
    ]);
  });
  it('finds the elements of arrays, and none in what has none', () => {
    expect(shown(' [ 1 , [2, 3], null ] ')).toEqual([
      [0, 'number', '1'],
      [1, 'array', '[2, 3]'],
      [2, 'word', 'null'],
    ]);
    expect(['[]', '{ }', '"text"', '1'].map((text) => shown(text))).toEqual([[], [], [], []]);
  });
  it.each(['{', '[1,', '{"a"', '[}', '{"a":}', '[,,]'])('comes to an end with %s, which is no JSON', (text) => {
    expect(shown(text).length).toBeLessThan(4);
    expect(isJson(text)).toBe(false);
  });
  it('writes paths that jsonpath reads', () => {
    expect(pathOf(['lines', 0, 'odd name', 'é'])).toBe('$.lines[0]."odd name"."é"');
  });
});

describe('arrays', () => {
  it.each([
    ['{}', []],
    ['{1,NULL,"NULL",""}', ['[1] 1', '[2] -', '[3] NULL', '[4] ']],
    ['{{a,b},{c,"d,}\\"\\\\"}}', ['[1,1] a', '[1,2] b', '[2,1] c', '[2,2] d,}"\\']],
    ['[0:1][5:5]={{7},{8}}', ['[0,5] 7', '[1,5] 8']],
  ])('%s', (text, wanted) => {
    expect(elementsOf(text)?.map(({ at, value }) => `[${at}] ${value ?? '-'}`)).toEqual(wanted);
  });
  it.each(['', '1', '{1', '{1}x', '(1,2)', '{"a'])('%s is none', (text) => {
    expect(elementsOf(text)).toBeNull();
  });
});

const png = bytesOf('89504e470d0a1a0a0000000d4948445200000280000001e0080600000035d1dce4');
describe('bytea', () => {
  it('is shown with offsets and text', () => {
    expect(hexLines(bytesOf('48656c6c6f2c20776f726c64210a00ff7f'), 32)).toEqual([
      { offset: '00000020', hex: '48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 0a 00 ff', text: 'Hello, world!···' },
      { offset: '00000030', hex: '7f', text: '·' },
    ]);
  });
  it.each([
    ['PNG', png, 'PNG 640x480'],
    ['GIF', bytesOf('47494638396164003200'), 'GIF 100x50'],
    ['JPEG', bytesOf(`${'ffd8ffe00010'.padEnd(40, '0')}ffc000110800f00140030122000211`), 'JPEG 320x240'],
    ['WebP', bytesOf('524946460000000057454250565038580a00000000000000ff0000c70000'), 'WebP 256x200'],
    ['text', bytesOf('3c7376673e'), 'none'],
    ['nothing', new Uint8Array(), 'none'],
  ])('%s', (_, bytes, wanted) => {
    const found = pictureOf(bytes);
    expect(found === null ? 'none' : `${found.format} ${found.width}x${found.height}`).toBe(wanted);
  });
  it('does not draw a picture that would unfold to gigabytes', () => {
    const huge = new Uint8Array(png);
    huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    const found = [png, huge].map((bytes) => pictureOf(bytes));
    expect(found.map((one) => one !== null && drawable(one))).toEqual([true, false]);
  });
});

describe('how a value is shown first', () => {
  it.each([
    ['jsonb', '{"a":1}', true, 'tree'],
    ['json', '1', true, 'text'],
    ['text', '[1, 2]', true, 'tree'],
    ['text', '[1, 2', true, 'text'],
    ['text', '{"a":1}', false, 'text'],
    ['jsonb', '{"a":"…', false, 'tree'],
    ['integer[]', '{1,2}', true, 'list'],
    ['bytea', '\\x4849', true, 'hex'],
    ['bytea', 'escaped\\000', true, 'text'],
    ['bytea', `\\x${'89504e470d0a1a0a0000000d4948445200000280000001e0'}`, true, 'picture'],
    ['numrange', '[1,2)', true, 'text'],
  ])('%s %s (all of it: %s): %s', (type, text, whole, wanted) => {
    expect(lookOf(type, text, whole)[0]).toBe(wanted);
  });
});
