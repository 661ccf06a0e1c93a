import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CopyFormat, ExportFormat } from '../../../../shared/ipc.ts';
import { tableParts } from '../../../../shared/sql/index.ts';
import { copyOf } from '../../runner/copy.ts';
import { type Columns, csv, encode, formatOf, inList } from './index.ts';
import { uniqueNames } from './json.ts';

type Value = string | Buffer | null;
/** A DataRow's body. */
const body = (values: readonly Value[]): Buffer => {
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  return Buffer.concat([
    count,
    ...values.flatMap((value) => {
      const bytes = value === null ? null : Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes?.length ?? -1);
      return bytes === null ? [length] : [length, bytes];
    }),
  ]);
};
const TEXT = 25;
const column = (name: string, type = TEXT) => ({ name, type });
const bytesOf = (format: ExportFormat, columns: Columns, rows: readonly (readonly Value[])[], table = ['t']): Buffer =>
  encode(formatOf({ format, delimiter: ',', table }, columns), rows.map(body));
const textOf = (...args: Parameters<typeof bytesOf>): string => bytesOf(...args).toString('utf8');
const ab = [column('a'), column('b')];

describe('CSV', () => {
  it('follows RFC 4180: a header, CRLF, quotes where a value needs them and doubled inside', () => {
    const rows = [
      ['1', 'plain'],
      ['a,b', 'say "hi"'],
      ['two\nlines', 'carriage\rreturn'],
      [' spaces ', "'"],
    ];
    expect(textOf('csv', [column('a'), column('b "c", d')], rows)).toBe(
      'a,"b ""c"", d"\r\n1,plain\r\n"a,b","say ""hi"""\r\n"two\nlines","carriage\rreturn"\r\n spaces ,\'\r\n',
    );
  });
  it('tells NULL from an empty text, and a value from the mark that once ended COPY', () => {
    expect(
      textOf('csv', ab, [
        [null, ''],
        ['\\.', '\\N'],
      ]),
    ).toBe('a,b\r\n,""\r\n"\\.",\\N\r\n');
  });
  it('leaves the bytes of a value alone, whatever their encoding', () => {
    const bytes = Buffer.from([0x63, 0xe9, 0xff, 0x2c, 0xfe]);
    expect(bytesOf('csv', [column('a')], [[bytes]]).toString('latin1')).toBe(`a\r\n"${bytes.toString('latin1')}"\r\n`);
  });
  it('takes another delimiter, and quotes only for that', () => {
    const format = csv(ab, { delimiter: ';', header: true, newline: '\r\n' });
    expect(encode(format, [body(['1,5', 'a;b'])]).toString()).toBe('a;b\r\n1,5;"a;b"\r\n');
  });
  it('has a line for each row without columns', () => {
    expect(textOf('csv', [], [[], []])).toBe('\r\n\r\n\r\n');
  });
});

describe('JSON', () => {
  const one = (type: number, value: Value): string =>
    textOf('ndjson', [column('v', type)], [[value]]).slice('{"v":'.length, -2);
  it.each([
    ['true', 16, 't', 'true'],
    ['integer', 23, '-42', '-42'],
    ['the largest whole number that a double holds', 20, '9007199254740991', '9007199254740991'],
    ['one more', 20, '9007199254740993', '"9007199254740993"'],
    ['bigint', 20, '-9223372036854775808', '"-9223372036854775808"'],
    ['numeric with its scale', 1700, '12.50', '12.50'],
    ['fifteen digits', 1700, '-0.123456789012345', '-0.123456789012345'],
    ['sixteen', 1700, '0.1234567890123456', '"0.1234567890123456"'],
    ['many zeros', 1700, `1${'0'.repeat(400)}`, `"1${'0'.repeat(400)}"`],
    ['numeric NaN', 1700, 'NaN', '"NaN"'],
    ['numeric infinity', 1700, '-Infinity', '"-Infinity"'],
    ['float', 701, '1e-07', '1e-07'],
    ['negative zero', 701, '-0', '-0'],
    ['all digits of a float', 701, '0.30000000000000004', '0.30000000000000004'],
    ['float NaN', 700, 'NaN', '"NaN"'],
    ['oid', 26, '16384', '16384'],
    ['money', 790, '$1,000.00', '"$1,000.00"'],
    ['json, with its line breaks', 114, '{"a":\r\n 1}', '{"a":   1}'],
    ['jsonb', 3802, '{"a": [1, 2]}', '{"a": [1, 2]}'],
    ['array', 1007, '{1,NULL}', '"{1,NULL}"'],
    ['text', TEXT, 'a"b\\c\n\u0001\u007fé😀\u2028', JSON.stringify('a"b\\c\n\u0001\u007fé😀\u2028')],
    ['bytes that are not UTF-8', TEXT, Buffer.from([0x41, 0xe9, 0x42]), '"A\\\\xE9B"'],
    ['json that is not UTF-8', 114, Buffer.from([0x22, 0xe9, 0x22]), '"\\"\\\\xE9\\""'],
    ['NULL', 23, null, 'null'],
  ])('writes %s', (_name, type, value, expected) => {
    expect(one(type, value)).toBe(expected);
    expect(() => JSON.parse(one(type, value))).not.toThrow();
  });
  it('gives each key once', () => {
    expect(uniqueNames(['a', 'a', 'a_2', 'a', '', ''])).toEqual(['a', 'a_3', 'a_2', 'a_4', '', '_2']);
    expect(textOf('json', [column('a'), column('a')], [['1', '2']])).toBe('[\n{"a":"1","a_2":"2"}\n]\n');
  });
  it('is whole without a row, and with rows without columns', () => {
    expect(textOf('json', ab, [])).toBe('[]\n');
    expect(textOf('ndjson', ab, [])).toBe('');
    expect(textOf('json', [], [[], []])).toBe('[\n{},\n{}\n]\n');
  });
  it('reads back as what went in, and NDJSON has a line for each row', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(texts(), texts())), (rows) => {
        const expected = rows.map(([a, b]) => ({ a, b }));
        expect(JSON.parse(textOf('json', ab, rows))).toEqual(expected);
        const lines = textOf('ndjson', ab, rows).split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
      }),
    );
  });
  it('writes a number bare only where a double holds it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(20), (digits, scale) => {
        const text = decimal(digits, scale);
        const value: unknown = JSON.parse(one(1700, text));
        if (typeof value === 'string') expect(value).toBe(text);
        // The shortest text of that double has the same digits.
        else expect(plain(String(value))).toBe(plain(text));
      }),
    );
  });
});

describe('INSERT', () => {
  const types = [column('id', 23), column('total', 1700), column('ok', 16), column('note')];
  it('quotes names and texts, and leaves numbers, booleans and null bare', () => {
    const rows = [
      ['1', '12.50', 't', 'it\'s \\ "quoted"\nover two lines'],
      ['-2', 'NaN', null, ''],
    ];
    expect(textOf('insert', types, rows, ['shop', 'My "table"'])).toBe(
      `insert into "shop"."My ""table""" ("id", "total", "ok", "note") values\n` +
        `  (1, 12.50, true, 'it''s \\ "quoted"\nover two lines'),\n  (-2, 'NaN', null, '');\n`,
    );
  });
  it('keeps the sign of a zero and what is not a number in quotes', () => {
    const floats = [['-0'], ['0'], ['-0.5'], ['1e-07'], ['Infinity'], ['-Infinity']];
    expect(textOf('insert', [column('f', 701)], floats)).toBe(
      `insert into "t" ("f") values\n  ('-0'),\n  (0),\n  (-0.5),\n  (1e-07),\n  ('Infinity'),\n  ('-Infinity');\n`,
    );
  });
  it('begins a new statement every hundred rows, and sooner where rows are long', () => {
    const many = Array.from({ length: 250 }, (_, i) => [`${i}`]);
    const starts = (text: string): number => text.split('insert into').length - 1;
    expect(starts(textOf('insert', [column('id', 23)], many))).toBe(3);
    const long = Array.from({ length: 10 }, () => ['x'.repeat(600_000)]);
    expect(starts(textOf('insert', [column('note')], long))).toBe(5);
    expect(textOf('insert', [column('id', 23), column('id', 23)], [['1', '2']])).toContain('("id", "id_2") values');
    expect(textOf('insert', [column('id', 23)], [])).toBe('');
    expect(textOf('insert', [], [[]])).toBe('insert into "t" default values;\n');
  });
  it('takes the name of a table as SQL writes it, and nothing else', () => {
    expect(tableParts('shop.orders')).toEqual(['shop', 'orders']);
    expect(tableParts('Orders')).toEqual(['orders']);
    expect(tableParts('"My ""schema"""."A table"')).toEqual(['My "schema"', 'A table']);
    for (const bad of [
      '',
      'a b',
      'a; drop table b',
      'a, b',
      'a join b on true',
      '(select 1) x',
      'f()',
      'a where true',
      "'x'",
      'a.b.c.d',
      'select',
    ])
      expect(tableParts(bad)).toBeNull();
  });
});

describe('Markdown', () => {
  it('has nothing in it that formats, links or breaks the table, and numbers to the right', () => {
    const rows = [
      ['1', 'a|b \\ `c` *d* _e_ [f](g) <img src=x> & ~h~'],
      ['2', 'two\r\nlines'],
      [null, ''],
    ];
    expect(textOf('markdown', [column('id', 23), column('note')], rows)).toBe(
      '| id | note |\n| ---: | --- |\n' +
        '| 1 | a\\|b \\\\ \\`c\\` \\*d\\* \\_e\\_ \\[f\\](g) \\<img src=x\\> \\& \\~h\\~ |\n' +
        '| 2 | two<br>lines |\n| *NULL* |  |\n',
    );
  });
  it('takes a thousand rows and says that there are more', () => {
    const many = Array.from({ length: 1001 }, (_, i) => [`${i}`]);
    const text = textOf('markdown', [column('id', 23)], many);
    expect(text.split('\n')).toHaveLength(2 + 1000 + 3);
    expect(text.endsWith('| 999 |\n\nOnly the first 1000 rows; there are more.\n')).toBe(true);
    expect(textOf('markdown', [column('id', 23)], many.slice(1))).not.toContain('Only');
  });
});

describe('a copy', () => {
  const rows = [
    ['1', null, 'a\tb'],
    ['2', 'say "hi"', 'two\nlines'],
    ['3', '', 'é'],
  ].map(body);
  const fields = [column('id', 23), column('x'), column('a\tb')].map((one) => ({ ...one, modifier: -1 }));
  const source = { fields, text: 'select id, x from shop.orders', rows: rows.length };
  const copy = (as: CopyFormat, [top, left, bottom, right]: readonly [number, number, number, number]) =>
    copyOf({ result: '', top, bottom, left, right, as }, source, async (at, n) => rows.slice(at, at + n));
  it('is TSV that a spreadsheet reads back: tabs, line breaks and quotes survive, NULL is nothing, empty is a pair of quotes', async () => {
    expect(await copy('tsv', [0, 0, 2, 2])).toEqual({
      text: '1\t\t"a\tb"\n2\t"say ""hi"""\t"two\nlines"\n3\t""\té',
      rows: 3,
      cells: 9,
    });
    expect((await copy('tsv_names', [2, 0, 99, 1])).text).toBe('id\tx\n3\t""');
    expect((await copy('tsv_names', [0, 2, 0, 2])).text).toBe('"a\tb"\n"a\tb"');
  });
  it('of a single value is exactly that value', async () => {
    expect((await copy('tsv', [1, 1, 1, 1])).text).toBe('say "hi"');
    expect((await copy('tsv', [1, 2, 1, 2])).text).toBe('two\nlines');
    expect((await copy('tsv', [0, 1, 0, 1])).text).toBe('');
  });
  it('can be had as what a chat or a script takes', async () => {
    expect((await copy('markdown', [0, 0, 0, 1])).text).toBe('| id | x |\n| ---: | --- |\n| 1 | *NULL* |');
    expect((await copy('json', [0, 0, 0, 1])).text).toBe('[\n{"id":1,"x":null}\n]');
    expect((await copy('insert', [0, 0, 0, 1])).text).toBe(
      'insert into "shop"."orders" ("id", "x") values\n  (1, null);',
    );
  });
  it('is refused where it is too much, and empty outside the result', async () => {
    const huge = { ...source, rows: 10_000_000 };
    const all = { result: '', top: 0, bottom: 9_999_999, left: 0, right: 2, as: 'tsv' } as const;
    await expect(copyOf(all, huge, async () => [])).rejects.toMatchObject({ code: 'copy_too_large' });
    expect(await copy('tsv', [7, 0, 9, 2])).toEqual({ text: '', rows: 0, cells: 0 });
    expect((await copy('tsv', [0, 2, 0, 1])).cells).toBe(0);
  });
});

const texts = () => fc.option(fc.string({ unit: 'binary' }));
function decimal(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
/** The same number always as the same text, without an exponent. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const int = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at).replace(/0+$/, '');
  return `${int === '0' && rest === '' ? '' : sign}${int}${rest === '' ? '' : `.${rest}`}`;
}

describe('a list for IN', () => {
  const listOf = (columns: Columns, rows: readonly (readonly Value[])[]) =>
    encode(inList(columns), rows.map(body)).toString('utf8');
  it('has each value once and no NULL, numbers bare and texts in quotes', () => {
    expect(listOf([column('n', 23)], [['1'], [null], ['2'], ['1']])).toBe('(1, 2)');
    expect(listOf([column('t')], [["O'Hara"], ['']])).toBe("('O''Hara', '')");
  });
  it('is of rows where there are several columns, and never empty', () => {
    const rows = [
      ['1', 'a'],
      ['1', null],
      ['2', 'a'],
    ];
    expect(listOf([column('n', 23), column('t')], rows)).toBe("((1, 'a'), (2, 'a'))");
    expect(listOf([column('n', 23)], [[null]])).toBe('(null)');
  });
});
