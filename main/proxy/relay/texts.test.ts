import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, shapeOf } from '../../../shared/sql/index.ts';
import { classifyKnown } from './texts.ts';

const integer = fc.oneof(fc.nat(40), fc.nat(2 ** 31), fc.constantFrom(0, 1, 24, 25, 53, 54, 999_999_999)).map(String);
const number = fc.oneof(
  { weight: 4, arbitrary: integer },
  fc.constantFrom('1.5', '.5', '1e3', '0x1f', '1_000', '99999999999', '007', '-1', '- 1', '+2', '$1', 'null', 'true'),
);
const plainString = fc
  .oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom('on', 'off', 'role', 'search_path', "o'", '', '--', '/*', '$$', ';', '😀'),
  )
  .filter((text) => !text.includes('\0'))
  .map((text) => `'${text.replaceAll("'", "''")}'`);
const string = fc.oneof(
  { weight: 4, arbitrary: plainString },
  fc.constantFrom("E'\\n'", "U&'\\0061'", "N'x'", '$$x$$', "B'101'", "X'1F'", "'a'\n'b'", "'a\\'", '$q$1$q$'),
);
const settings = fc.constantFrom("'role'", "'search_path'", "'statement_timeout'", "'x'", "'client_encoding'");

/** Every place where the grammar takes a constant, and some where what is said depends on it. */
const expression = fc.oneof(
  number,
  string,
  fc.tuple(number, number).map(([a, b]) => `a between ${a} and ${b}`),
  fc.array(number, { minLength: 1, maxLength: 4 }).map((list) => `a in (${list.join(', ')})`),
  string.map((text) => `b like ${text} escape ${text}`),
  fc.tuple(integer, integer).map(([a, b]) => `a::numeric(${a},${b})`),
  integer.map((n) => `b::varchar(${n})`),
  integer.map((n) => `a::float(${n})`),
  integer.map((n) => `now()::timestamp(${n})`),
  integer.map((n) => `b::bit(${n})`),
  fc.tuple(integer, plainString).map(([n, text]) => `interval(${n}) ${text}`),
  plainString.map((text) => `interval ${text} day to second`),
  plainString.map((text) => `date ${text}`),
  plainString.map((text) => `extract(${text} from now())`),
  plainString.map((text) => `now() at time zone ${text}`),
  fc.tuple(integer, integer).map(([a, b]) => `array[${a}, ${b}] || arr[${a}:${b}]`),
  fc.tuple(plainString, integer).map(([text, n]) => `j -> ${text} -> ${n}`),
  fc.tuple(settings, string).map(([name, value]) => `set_config(${name}, ${value}, true)`),
  plainString.map((text) => `pg_read_file(${text})`),
  plainString.map((text) => `${text}::regclass`),
  fc.tuple(string, integer).map(([text, n]) => `substring(b from ${text} for ${n})`),
  fc.tuple(number, string).map(([n, text]) => `case when a = ${n} then ${text} else b end`),
  integer.map((n) => `sum(a) over (rows ${n} preceding)`),
  fc.tuple(number, number).map(([a, b]) => `(select x from y where c = ${a} order by ${b} limit ${a})`),
  fc.constantFrom('"1"', '"a\'b"', 't1.c2', 'a1', 'é1', '$2', 'a/**/', 'a--\n'),
);
const statement = fc.oneof(
  fc.tuple(expression, expression).map(([a, b]) => `select ${a} from t where ${b}`),
  fc.tuple(expression, integer, integer).map(([a, n, m]) => `select a, ${a} from t group by ${n} order by ${m}`),
  fc.tuple(expression, number, number).map(([a, n, m]) => `select ${a} from t limit ${n} offset ${m};`),
  fc.tuple(integer, integer).map(([n, m]) => `select * from t tablesample system (${n}) repeatable (${m})`),
  integer.map((n) => `select * from t offset 1 fetch first ${n} rows only`),
  fc.tuple(expression, expression).map(([a, b]) => `insert into t values (${a}, ${b}), (${b}, 1) returning a`),
  fc.tuple(expression, expression).map(([a, b]) => `update t set a = ${a} where ${b}`),
  expression.map((a) => `update t set a = ${a}`),
  expression.map((a) => `delete from t where ${a}`),
  fc
    .tuple(plainString, plainString)
    .map(([a, b]) => `select * from json_table(j, ${a} columns (x int path ${b}, y text default ${a} on empty))`),
  fc
    .tuple(plainString, integer)
    .map(([a, n]) => `select * from xmltable(${a} passing x columns c text path ${a} default ${n})`),
  fc
    .tuple(expression, expression)
    .map(([a, b]) => `with c as (delete from u where ${a} returning *) select ${b} from c`),
  fc.tuple(plainString, integer).map(([a, n]) => `copy t to ${a}; select ${n}`),
  fc.tuple(settings, string).map(([, value]) => `set statement_timeout = ${value}`),
  integer.map((n) => `set statement_timeout = ${n}`),
  integer.map((n) => `do $$begin perform ${n}; end$$`),
  integer.map((n) => `execute p(${n})`),
  fc.tuple(integer, integer).map(([a, b]) => `select ${a}; select ${b}`),
  integer.map((n) => `explain (analyze ${n}) delete from t`),
);

describe('texts that are read once', () => {
  it('says of every text what the parser says of it, whatever texts of its shape came before (I4)', () => {
    // Few shapes, many values: most texts are answered from an earlier one.
    fc.assert(
      fc.property(statement, (text) => {
        expect(classifyKnown(text)).toEqual(classify(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('says the same of a text with other values in it, in places where values decide (I4)', () => {
    const rows: readonly (readonly [before: string, text: string])[] = [
      ["select set_config('search_path', 'a', false)", "select set_config('role', 'a', false)"],
      ["select set_config('client_encoding', 'UTF8', false)", "select set_config('client_encoding', 'SJIS', false)"],
      ['select a::float(3)', 'select a::float(54)'],
      ['select a from t group by 1', 'select a from t group by 2'],
      ['explain (analyze 0) delete from t', 'explain (analyze 1) delete from t'],
      ["copy t to 'a'", "copy t to 'b'"],
      ['set statement_timeout = 0', 'set statement_timeout = 1'],
      ['select 1; select 2', 'select 3; select 4'],
      ["comment on table t is 'a'", "comment on table t is 'b'"],
    ];
    for (const [before, text] of rows) {
      for (let n = 0; n < 4; n++) classifyKnown(before);
      expect(classifyKnown(text), text).toEqual(classify(text));
    }
  });

  it('reads a shape a few times and its texts no more', () => {
    const first = classifyKnown('select a from shape_test where id = 1');
    for (let n = 2; n < 5; n++) classifyKnown(`select a from shape_test where id = ${n}`);
    expect(classifyKnown('select a from shape_test where id = 77')).toBe(
      classifyKnown('select a from shape_test where id = 78'),
    );
    expect(classifyKnown('select a from shape_test where id = 79')).toEqual(first);
  });
});

describe('the shape of a text', () => {
  it.each([
    ["select 'a''b', 1 from \"t'1\" where c1 = $1", 'select \u0002, \u0001 from "t\'1" where c1 = $1'],
    ["select 'a'\n'b'", 'select \u0002\n\u0002'],
    ['select 1-1, a[1:2]', 'select \u0001-\u0001, a[\u0001:\u0001]'],
  ])('keeps all but plain constants: %s', (text, key) => {
    expect(shapeOf(text)?.key).toBe(key);
  });

  it.each([
    'select 1 -- a',
    'select 1 /* a */',
    "select E'a'",
    "select U&'a'",
    'select U&"a"',
    "select b'1'",
    'select $$a$$',
    'select $a$a$a$',
    'select 1.5',
    'select .5',
    'select 1e5',
    'select 0x1f',
    'select 1_000',
    'select 1234567890',
    "select 'a\\'",
    "select 'a",
    'select "a',
    'select \u0001',
    "select '\u0002'",
  ])('is not told where a text could be read in two ways: %s', (text) => {
    expect(shapeOf(text)).toBeNull();
  });
});
