import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill, masked, type ParameterValue, parametersOf, quoteLiteral } from './parameters.ts';
import { parse } from './parser.ts';
import { constantOf, walk } from './tree.ts';

const names = (text: string) => parametersOf(text).map(({ name }) => name);

describe('the parameters of a text', () => {
  it.each<[name: string, text: string, found: string[]]>([
    ['names', 'select * from t where id = :id and state=:state', [':id', ':state']],
    ['numbers', 'select $1, $2, $1', ['$1', '$2']],
    ['strings', "select ':a', e'\\':b', '$1'", []],
    ['comments', 'select 1 -- :a\n/* $1 :b */', []],
    ['dollar quotes', 'select $$ :a $1 $$, $q$ :b $q$', []],
    ['quoted names', 'select ":a" from "t$1"', []],
    ['casts', "select a::text, 'x'::shop.status", []],
    ['a cast of a parameter', 'select :a::text', [':a']],
    ['slices', 'select a[1:2], a[:n], a[lo:hi], a[1:n]', []],
    ['a parameter in a subscript', 'select a[(:i)]', [':i']],
    ['arrays', 'select array[:a, :b], array[[:c], [:d]]', [':a', ':b', ':c', ':d']],
    ['named arguments', 'select f(a := 1, b => :b)', [':b']],
    ['names with a dollar', 'select a$1 from t', []],
    ['PREPARE', 'prepare p as select $1; select $2', ['$2']],
    ['the body of a function', 'create function f(int) returns int return $1 + 1; select :a', [':a']],
  ])('%s', (_name, text, found) => expect(names(text)).toEqual(found));

  it('keeps every offset when it hides them from the parser', () => {
    const text = 'select :a, :order_id::int';
    expect(masked(text)).toBe('select $1, $1       ::int');
    expect(parse(masked(text)).ok).toBe(true);
  });
});

const value = (name: string, kind: ParameterValue['kind'], text = ''): ParameterValue => ({ name, kind, value: text });

describe('a text with values in it', () => {
  it.each<[name: string, text: string, values: ParameterValue[], filled: string]>([
    ['text', 'select :a', [value(':a', 'text', "o'hara")], "select 'o''hara'"],
    ['a backslash', 'select :a', [value(':a', 'text', 'a\\')], "select  E'a\\\\'"],
    ['a number', 'select :a', [value(':a', 'number', ' 4.5e3 ')], 'select 4.5e3'],
    ['a negative number', 'select 1 -:a', [value(':a', 'number', '-5')], 'select 1 -(-5)'],
    ['null', 'select $1', [value('$1', 'null')], 'select null'],
    [
      'an expression',
      'select :a',
      [value(':a', 'expression', "now() - interval '1 day'")],
      "select (now() - interval '1 day'\n)",
    ],
    ['every place', 'select :a, :a', [value(':a', 'number', '1')], 'select 1, 1'],
    ['words beside it', 'select 1 limit:a', [value(':a', 'number', '1')], 'select 1 limit 1'],
  ])('%s', (_name, text, values, filled) => expect(fill(text, values)).toEqual({ ok: true, text: filled }));

  it.each<[name: string, given: ParameterValue, message: RegExp]>([
    ['no number', value(':a', 'number', '1 or true'), /not a number/],
    ['a zero character', value(':a', 'text', 'a\0b'), /zero character/],
    ['two expressions', value(':a', 'expression', '1, 2'), /not one SQL expression/],
    ['an expression that leaves its brackets', value(':a', 'expression', '1) from t where (true'), /not one/],
    ['a second statement', value(':a', 'expression', '1); drop table t; select (1'), /not one/],
    ['an open comment', value(':a', 'expression', '1 /*'), /not one/],
    ['an open string', value(':a', 'expression', "'"), /not one/],
    ['nothing', value(':a', 'expression', ' '), /not one/],
    ['no value', value(':b', 'null'), /No value/],
  ])('refuses %s', (_name, given, message) => {
    const filled = fill('select * from t where a = :a', [given]);
    expect(filled.ok || filled.problems[0]?.message).toMatch(message);
  });

  const constants = (text: string): (string | null)[] => {
    const parsed = parse(text);
    const found: (string | null)[] = [];
    walk(parsed.ok && parsed.statements, (name, body) => {
      if (name === 'A_Const') found.push(constantOf({ A_Const: body }));
      return true;
    });
    return found;
  };
  it('gives the server exactly the text that was typed, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        fc.constantFrom('a =', 'a like', "a = 'x' ||", 'a = - '),
        (text, left) => {
          const filled = fill(`select from t where ${left}:v`, [value(':v', 'text', text)]);
          return filled.ok && constants(filled.text).at(-1) === text;
        },
      ),
    );
  });

  it('quotes so that the parser reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '\\', 'a', '$', '"', ' ', '\n', '-') }), (text) => {
        expect(constants(`select ${quoteLiteral(text)}`)).toEqual([text]);
      }),
    );
  });
});
