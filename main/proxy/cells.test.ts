import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { programOr } from '../../dev/programs.ts';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { ResultState } from '../../shared/ipc.ts';
import { CELL_CHARACTERS, MOST_OF_A_VALUE } from '../../shared/results.ts';
import { textOf } from './runner/cells.ts';
import { type DeskOptions, openDesk } from './runner/testing.ts';
import { closedAfterEach, sharedWorld } from './test-hooks.ts';

const world = sharedWorld(temporaryPostgres);
beforeAll(async () => {
  await world.admin.query(`
    create type shop.mood as enum ('ok', 'not so ok');
    create type shop.pair as (a int, "b c" text);
    create domain shop.positive as int check (value > 0);
    create table shop.empty();
    insert into shop.empty default values;
    insert into shop.empty default values;
    grant usage on type shop.mood, shop.pair, shop.positive to breaker;
    grant select on shop.empty to breaker;
  `);
});

const SEPARATOR = '\x1f';
const RECORD = '\x1e';
const NULL = '<NULL>';

/** What psql prints, unaligned and without headers, as the same role on the same database. */
function psql(commands: readonly string[], { database = 'shop', encoding = 'UTF8' } = {}): Promise<Buffer> {
  const options = ['-X', '-q', '-A', '-t', '-F', SEPARATOR, '-R', RECORD, '-P', `null=${NULL}`];
  const url = `host=127.0.0.1 port=${world.postgres.port} dbname=${database} user=${world.role}`;
  return new Promise((resolve, reject) => {
    execFile(
      'psql',
      [...options, '-d', url, ...commands.flatMap((command) => ['-c', command])],
      {
        encoding: 'buffer',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, PGPASSWORD: world.password, PGCLIENTENCODING: encoding },
      },
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr.toString()))),
    );
  });
}

const desk = closedAfterEach(async (options?: DeskOptions) => {
  const { runner, start, ended, close } = await openDesk(world, options);
  return {
    runner,
    close,
    run: async (text: string): Promise<ResultState> => ended((await start(text, true)).at(-1) ?? ''),
    /** As psql would print it; of each cell all of it. */
    async print(result: ResultState): Promise<string> {
      const lines: string[] = [];
      for (let row = 0; row < result.stored; row++) {
        const cells: string[] = [];
        for (let column = 0; column < result.columns.length; column++) {
          const cell = await runner.results.value({ result: result.id, row, column, from: 0, length: MOST_OF_A_VALUE });
          cells.push(cell === null ? NULL : cell.text);
        }
        lines.push(cells.join(SEPARATOR));
      }
      return `${lines.join(RECORD)}\n`;
    },
  };
});

const plain: readonly string[] = [
  // numbers
  `repeat('9', 1000)::numeric`,
  `('0.' || repeat('123456789', 111) || '1')::numeric`,
  `-0.000000000000000000000000000001::numeric`,
  `12.50::numeric(12,2)`,
  `'NaN'::numeric`,
  `'Infinity'::numeric`,
  `'-Infinity'::numeric`,
  `9223372036854775807::bigint`,
  `(-32768)::smallint`,
  `'NaN'::float8`,
  `'Infinity'::float8`,
  `'-Infinity'::float4`,
  `'-0'::float8`,
  `0.1::float8 + 0.2::float8`,
  `1e-7::float8`,
  `1.1e300::float8`,
  `3.4028235e38::float4`,
  `12345.67::money`,
  `'-$1,234,567.89'::money`,
  `42::shop.positive`,
  // bytes and bits
  `'\\xdeadbeef00ff'::bytea`,
  `''::bytea`,
  `B'1011'`,
  `B'101'::bit varying(8)`,
  // texts
  `'😀é e\u0301 ' || U&'\\05D0\\05D1\\202E\\200F'`,
  `E'\\x01\\x02\\x07\\x08\\x0b\\x0c\\x1b\\x7f'`,
  `E'tab\\there\\nand a line\\r\\nand another'`,
  `E'back\\\\slash ''quotes'' "double" \\\\x41'`,
  `U&'\\0001' || chr(133) || chr(160) || chr(65279) || chr(8232)`,
  `chr(65533) || ' is a character, too'`,
  `''::text`,
  `'   '::char(5)`,
  `'ab'::char(5)`,
  `'a'::"char"`,
  `'name'::name`,
  `null::int`,
  `'NULL'::text`,
  `repeat('é', 5000)`,
  // arrays, ranges, composites
  `array[1,null,3]`,
  `array['a b','"c"',null,'NULL','','{}',E'\\\\','x,y']`,
  `array[[1,2],[3,null]]`,
  `'[2:4]={a,b,c}'::text[]`,
  `'{}'::int[]`,
  `array[array['{"a":1}'::jsonb]]`,
  `int4range(1,5)`,
  `'empty'::int4range`,
  `numrange(null, 1.5, '(]')`,
  `tstzrange('2026-11-23 10:00+00', null)`,
  `'{[1,3),[7,9)}'::int4multirange`,
  `'{}'::datemultirange`,
  `row(1,'x y',null)`,
  `row()`,
  `row(1,'q')::shop.pair`,
  `array[row(1,'q, "r"')::shop.pair]`,
  `row(null,null)::shop.pair`,
  `'not so ok'::shop.mood`,
  `array['ok']::shop.mood[]`,
  // dates and times
  `'infinity'::timestamptz`,
  `'-infinity'::date`,
  `'infinity'::date`,
  `'4713-01-01 BC'::date`,
  `'0044-03-15 12:00:00 BC'::timestamp`,
  `'294276-12-31 23:59:59.999999'::timestamp`,
  `'2026-11-23 14:02:11.5+00'::timestamptz`,
  `'24:00'::time`,
  `'14:02:11.123456+05:30'::timetz`,
  `interval '1 mon -3 days 04:05:06.789'`,
  `interval '-1 year 2 mons'`,
  `interval '0'`,
  `interval 'infinity'`,
  // networks, ids, documents
  `'10.0.0.0/8'::cidr`,
  `'192.168.1.5/24'::inet`,
  `'::ffff:1.2.3.4'::inet`,
  `'08:00:2b:01:02:03'::macaddr`,
  `'08:00:2b:01:02:03:04:05'::macaddr8`,
  `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid`,
  `'{"b": 1,   "a": [1, 2, null, "\\u0041"], "b": 2}'::json`,
  `'{"b": 1, "a": [1, 2], "long": 1e400}'::jsonb`,
  `'"text"'::jsonb`,
  `'<a b="c">d &amp; e</a>'::xml`,
  `to_tsvector('english', 'a fat cat sat on a mat')`,
  `'fat & (rat | cat:*)'::tsquery`,
  `'$.a[*] ? (@ > 1)'::jsonpath`,
  // geometry
  `point(1,2.5)`,
  `'{1,2,3}'::line`,
  `'[(0,0),(1,1)]'::lseg`,
  `'((0,0),(1,1))'::box`,
  `'[(0,0),(1,1),(2,0)]'::path`,
  `'((0,0),(1,1))'::path`,
  `'((0,0),(1,1),(2,0))'::polygon`,
  `'<(0,0),2>'::circle`,
  // catalog types
  `16384::oid`,
  `'shop.orders'::regclass`,
  `'integer'::regtype`,
  `'now'::regproc`,
  `'pg_catalog'::regnamespace`,
  `'16/B374D848'::pg_lsn`,
  `'(42,7)'::tid`,
  `'10:20:10,14,15'::pg_snapshot`,
  `'"breaker"=arwd/postgres'::aclitem is not null`,
  `true`,
  `false`,
  `pg_sleep(0)`,
];

describe('cells', () => {
  it.for<[string, string[]]>([
    ['as the server starts', []],
    [
      'with every other style',
      ['set bytea_output = escape', 'set extra_float_digits = 0', 'set datestyle = "SQL, DMY"', 'set xmlbinary = hex'],
    ],
    ['intervals as in ISO 8601', ['set intervalstyle = iso_8601', 'set datestyle = German']],
    ['intervals as in SQL', ['set intervalstyle = sql_standard', 'set timezone = "Asia/Kathmandu"']],
    ['intervals in many words', ['set intervalstyle = postgres_verbose', 'set lc_monetary = "C"']],
  ])('are exactly what psql prints, %s', async ([, settings], { skip }) => {
    programOr(skip, 'psql');
    const query = `select ${plain.join(',\n')}`;
    const expected = await psql([...settings, query]);
    const d = await desk();
    for (const setting of settings) expect((await d.run(setting)).status).toBe('done');
    const result = await d.run(query);
    expect(result.error).toBeNull();
    const mine = (await d.print(result)).split(SEPARATOR);
    const theirs = expected.toString('utf8').split(SEPARATOR);
    for (const [i, value] of plain.entries()) expect(`${value} → ${mine[i]}`).toBe(`${value} → ${theirs[i]}`);
    expect(Buffer.from(await d.print(result))).toEqual(expected);
  });

  it('are exactly what psql prints where a row is wide, twice named or not there at all', async ({ skip }) => {
    programOr(skip, 'psql');
    const d = await desk();
    const wide = `select ${Array.from({ length: 1600 }, (_, i) => `${i} as c${i}`).join(', ')}`;
    const result = await d.run(wide);
    expect(result.columns).toHaveLength(1600);
    expect(Buffer.from(await d.print(result))).toEqual(await psql([wide]));
    const twice = `select 1 as a, 2 as a, 3 as "a b", 4 as "", 5`;
    expect((await d.run(twice.replace(', 4 as ""', ''))).columns.map(({ name }) => name)).toEqual([
      'a',
      'a',
      'a b',
      '?column?',
    ]);
    const none = await d.run('select id from shop.orders where false');
    expect(none).toMatchObject({ rows: 0, stored: 0, tag: 'SELECT 0', columns: [{ name: 'id' }] });
  });

  it('of rows without columns are counted', async () => {
    const d = await desk();
    expect(await d.run('select')).toMatchObject({ status: 'done', rows: 1, stored: 1, columns: [], tag: 'SELECT 1' });
    expect(await d.run('select from shop.empty')).toMatchObject({ rows: 2, columns: [], tag: 'SELECT 2' });
    expect(await d.run('select * from shop.empty')).toMatchObject({ rows: 2, stored: 2, columns: [] });
  });

  it('that are not UTF-8 are never replaced: the server converts them or says why not', async ({ skip }) => {
    programOr(skip, 'psql');
    for (const [name, encoding] of [
      ['latin', 'LATIN1'],
      ['ascii', 'SQL_ASCII'],
    ] as const)
      await world.admin.query(
        `create database ${name} encoding '${encoding}' template template0 locale_provider libc locale 'C'`,
      );
    // The parser reads texts as UTF-8, so the byte is made on the server.
    const word = String.raw`'caf' || chr(233) || ' \xE9 ' || chr(65) as word`;
    const latin = await desk({ database: 'latin' });
    expect(await latin.print(await latin.run(`select ${word}`))).toBe('café \\xE9 A\n');
    const ascii = await desk({ database: 'ascii' });
    const refused = await ascii.run(`select ${word}`);
    const words = await psql([`select ${word}`], { database: 'ascii' }).catch((error: Error) => error.message);
    expect(refused).toMatchObject({ status: 'error', error: { code: '22021' } });
    expect(words).toContain(refused.error?.message);
    const bytes = "select convert_to('caf' || chr(233), 'SQL_ASCII')";
    expect(Buffer.from(await ascii.print(await ascii.run(bytes)))).toEqual(await psql([bytes], { database: 'ascii' }));
  });

  it('show bytes that are not UTF-8 as psql escapes them, each one, and nothing else', () => {
    const shown = (...bytes: (number | string)[]): string =>
      textOf(Buffer.concat(bytes.map((one) => (typeof one === 'string' ? Buffer.from(one) : Buffer.from([one])))));
    expect(shown('caf', 0xe9, ' é 😀 ', 0xff, 0xc3)).toBe('caf\\xE9 é 😀 \\xFF\\xC3');
    // Half of a surrogate pair, an overlong form, a code point that there is not.
    expect(shown(0xed, 0xa0, 0x80)).toBe('\\xED\\xA0\\x80');
    expect(shown(0xc0, 0x80)).toBe('\\xC0\\x80');
    expect(shown(0xf4, 0x90, 0x80, 0x80)).toBe('\\xF4\\x90\\x80\\x80');
    expect(shown('\ufffd')).toBe('\ufffd');
    expect(shown('\ufffd', 0x80)).toBe('\ufffd\\x80');
  });

  it('of ten megabytes cross to the window cut and marked, and can be had whole', async () => {
    const d = await desk({ limits: { max_bytes: 64 * 1024 * 1024 } });
    const result = await d.run(
      `select repeat('é', 5000000) as long, 'short' as short, repeat('x', ${CELL_CHARACTERS})`,
    );
    const [row] = await d.runner.results.rows({ result: result.id, offset: 0, count: 1 });
    expect(row).toEqual([`${'é'.repeat(CELL_CHARACTERS)}…`, 'short', 'x'.repeat(CELL_CHARACTERS)]);
    const cell = await d.runner.results.value({
      result: result.id,
      row: 0,
      column: 0,
      from: 0,
      length: MOST_OF_A_VALUE,
    });
    expect(cell?.bytes).toBe(10_000_000);
    expect(cell?.text).toBe('é'.repeat(cell?.text.length ?? 0));
    expect(cell?.text.length).toBeLessThan(5_000_000);
    expect((await d.runner.results.copy({ result: result.id, ...only(0, 0), as: 'tsv' })).text).toBe(
      'é'.repeat(5_000_000),
    );
  });

  it('answer a window that would be too much in parts', async () => {
    const d = await desk({ limits: { max_bytes: 64 * 1024 * 1024 } });
    const columns = Array.from({ length: 600 }, (_, i) => `repeat('x', 400) as c${i}`).join(', ');
    const result = await d.run(`select ${columns} from generate_series(1, 100)`);
    const rows = await d.runner.results.rows({ result: result.id, offset: 10, count: 50 });
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.length).toBeLessThan(50);
  });
});

const only = (row: number, column: number) => ({ top: row, bottom: row, left: column, right: column });
