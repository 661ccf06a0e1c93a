import { describe, expect, it } from 'vitest';
import type { FilterTest } from '../../../../shared/ipc.ts';
import { Room } from '../room.ts';
import { RowStore } from '../store.ts';
import { Reading } from './index.ts';

const [INT, NUMERIC, FLOAT, TEXT, DATE, TIMESTAMPTZ, TIMETZ] = [23, 1700, 701, 25, 1082, 1184, 1266];
type Value = string | null;

function body(values: readonly Value[]): Buffer {
  const parts = [Buffer.alloc(2)];
  parts[0]?.writeUInt16BE(values.length);
  for (const value of values) {
    const bytes = Buffer.from(value ?? '');
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}
function loaded(types: readonly number[], rows: Iterable<readonly Value[]>) {
  const store = new RowStore(new Room());
  for (const row of rows) store.add(body(row));
  const reading = new Reading(() => ({
    fields: types.map((type) => ({ type })),
    rows: store.rows,
    all: () => store.all(),
    read: (offset, count) => store.read(offset, count),
    pick: (numbers) => store.pick(numbers),
  }));
  return { store, reading };
}
/** The values of a column of one type, sorted. */
async function sorted(type: number, values: readonly Value[], descending = false): Promise<Value[]> {
  const { reading } = loaded(
    [type],
    values.map((value) => [value]),
  );
  const { id } = await reading.arrange({ sort: [{ column: 0, descending }], filters: [] });
  const { numbers } = await reading.window({ arrangement: id, offset: 0, count: values.length });
  return numbers.map((number) => values[number] ?? null);
}
async function passing(type: number, values: readonly Value[], test: FilterTest, value: string): Promise<Value[]> {
  const { reading } = loaded(
    [type],
    values.map((one) => [one]),
  );
  const { id } = await reading.arrange({ sort: [], filters: [{ column: 0, test, value }] });
  const { rows } = await reading.window({ arrangement: id, offset: 0, count: 2000 });
  return rows.map(([one = null]) => one);
}

describe('sorting what is loaded', () => {
  const long = `1${'0'.repeat(998)}`;
  it.each([
    ['integers as numbers', INT, ['10', '9', '-1', '100'], ['-1', '9', '10', '100']],
    ['NULL after everything', INT, [null, '2', null, '1'], ['1', '2', null, null]],
    [
      'a numeric of 1,000 digits exactly',
      NUMERIC,
      [`${long}2`, `${long}1`, long, '5'],
      ['5', long, `${long}1`, `${long}2`],
    ],
    [
      'what one double cannot tell apart',
      NUMERIC,
      ['9007199254740993', '9007199254740992', '0.1000000000000000000002', '0.1000000000000000000001'],
      ['0.1000000000000000000001', '0.1000000000000000000002', '9007199254740992', '9007199254740993'],
    ],
    [
      'infinities and NaN where PostgreSQL has them',
      NUMERIC,
      ['NaN', 'Infinity', `1${'0'.repeat(400)}`, '-Infinity', '0', null],
      ['-Infinity', '0', `1${'0'.repeat(400)}`, 'Infinity', 'NaN', null],
    ],
    ['floating point', FLOAT, ['1e+300', '2.5', '-1e-05', '1e-06'], ['-1e-05', '1e-06', '2.5', '1e+300']],
    ['text by code point', TEXT, ['b', 'B', 'ä', 'a', '😀', '\uffee', ''], ['', 'B', 'a', 'b', 'ä', '\uffee', '😀']],
    [
      'texts that begin alike',
      TEXT,
      ['prefix-2', 'prefix-10', 'prefix', 'prefix-1'],
      ['prefix', 'prefix-1', 'prefix-10', 'prefix-2'],
    ],
    [
      'dates through the eras',
      DATE,
      ['2026-11-23', 'infinity', '0044-03-15 BC', '10000-01-01', '-infinity', '0001-01-01'],
      ['-infinity', '0044-03-15 BC', '0001-01-01', '2026-11-23', '10000-01-01', 'infinity'],
    ],
    [
      'times by what they are, not by how they are written',
      TIMESTAMPTZ,
      ['2026-11-23 12:00:00+02', '2026-11-23 10:30:00+00', '2026-11-23 10:00:00.000001+00'],
      ['2026-11-23 12:00:00+02', '2026-11-23 10:00:00.000001+00', '2026-11-23 10:30:00+00'],
    ],
    [
      'times of day',
      TIMETZ,
      ['12:00:00+05:30', '07:00:00+00', '06:00:00+00'],
      ['06:00:00+00', '12:00:00+05:30', '07:00:00+00'],
    ],
  ] as const)('sorts %s', async (_, type, values, expected) => {
    expect(await sorted(type, values)).toEqual(expected);
    expect(await sorted(type, values, true)).toEqual([...expected].reverse());
  });

  it('keeps the order of rows that are equal, and takes the second key for them', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => [String(n % 7), String(n)]);
    const { reading } = loaded([INT, INT], rows);
    const one = await reading.arrange({ sort: [{ column: 0, descending: true }], filters: [] });
    const stable = rows.toSorted((a, b) => Number(b[0]) - Number(a[0]));
    expect((await reading.window({ arrangement: one.id, offset: 700, count: 900 })).rows).toEqual(
      stable.slice(700, 1600),
    );
    const two = await reading.arrange({
      sort: [
        { column: 0, descending: false },
        { column: 1, descending: true },
      ],
      filters: [],
    });
    const { rows: first, numbers } = await reading.window({ arrangement: two.id, offset: 0, count: 2 });
    expect(first).toEqual([
      ['0', '4998'],
      ['0', '4991'],
    ]);
    expect(numbers).toEqual([4998, 4991]);
    await expect(reading.window({ arrangement: one.id, offset: 0, count: 1 })).rejects.toThrow(/another order/);
  });

  it('lets others have their turn while it sorts 300,000 texts, and says how far it is', async () => {
    const { reading } = loaded(
      [TEXT],
      (function* () {
        for (let n = 0; n < 300_000; n++) yield [`a text that begins alike ${(n * 7919) % 300_007}`];
      })(),
    );
    const shares = new Set<number | null>();
    const looking = setInterval(() => shares.add(reading.progress('arrange')), 5);
    const { rows } = await reading.arrange({ sort: [{ column: 0, descending: false }], filters: [] });
    clearInterval(looking);
    expect(rows).toBe(300_000);
    expect(shares.size).toBeGreaterThan(5);
    expect(reading.progress('arrange')).toBeNull();
  });

  it('stops when it is told to, when a newer one begins, and when the rows are let go', async () => {
    const { reading, store } = loaded(
      [INT],
      Array.from({ length: 100_000 }, (_, n) => [String((n * 7919) % 100_003)]),
    );
    const wish = { sort: [{ column: 0, descending: false }], filters: [] };
    const stopped = reading.arrange(wish);
    reading.stop('arrange');
    await expect(stopped).rejects.toThrow('Stopped');
    const older = expect(reading.arrange(wish)).rejects.toThrow('Stopped');
    expect(await reading.arrange(wish)).toMatchObject({ rows: 100_000 });
    await older;
    const gone = expect(reading.arrange(wish)).rejects.toThrow(/let go|Stopped/);
    store.wipe();
    reading.wipe();
    await gone;
  });
});

describe('filtering what is loaded', () => {
  it.each([
    ['contains', TEXT, ['Straße', 'STRASSE', 'ÄRGER', null], 'är', ['ÄRGER']],
    ['lacks', TEXT, ['paid', 'Open', null], 'OP', ['paid']],
    ['equals', TEXT, ['a', 'A', '', null], '', ['']],
    ['equals', NUMERIC, ['1.50', '1.5', '15', null], '1.5', ['1.50', '1.5']],
    ['differs', INT, ['1', '2', null], '1', ['2']],
    ['less', INT, ['9', '10', '-3', null], '10', ['9', '-3']],
    ['at_least', NUMERIC, ['NaN', 'Infinity', '3', '2.99'], '3', ['NaN', 'Infinity', '3']],
    ['null', TEXT, ['', null, 'x'], '', [null]],
    ['not_null', TEXT, ['', null, 'x'], '', ['', 'x']],
    ['more', DATE, ['2026-11-23', '2026-11-24', 'infinity', null], '2026-11-23', ['2026-11-24', 'infinity']],
    [
      'at_most',
      TIMESTAMPTZ,
      ['2026-11-23 12:00:00+02', '2026-11-23 12:00:01+02'],
      '2026-11-23 12:00',
      ['2026-11-23 12:00:00+02'],
    ],
    [
      'more',
      TIMESTAMPTZ,
      ['2026-11-23 12:00:00+02', '2026-11-23 12:00:00+00'],
      '2026-11-23 11:00+00',
      ['2026-11-23 12:00:00+00'],
    ],
  ] as const)('%s', async (test, type, values, value, expected) => {
    expect(await passing(type, values, test, value)).toEqual(expected);
  });
  it('says so when a number or a date is none', async () => {
    await expect(passing(INT, ['1'], 'less', 'ten')).rejects.toThrow('“ten” is not a number');
    await expect(passing(DATE, ['2026-11-23'], 'less', 'monday')).rejects.toThrow('not a date');
  });
});

describe('searching what is loaded', () => {
  const rows = [
    ['Kelvin \u212a', 'b'],
    ['a', null],
    ['plain k', 'K'],
    ['ÄÖ', '<b>k</b>'],
  ];
  it('counts values, upper or lower case, and steps through them both ways and around the end', async () => {
    const { reading } = loaded([TEXT, TEXT], rows);
    expect(await reading.find({ arrangement: null, columns: [0, 1], text: 'k' })).toEqual({ hits: 4, all: true });
    expect(await reading.find({ arrangement: null, columns: [0], text: 'äö' })).toEqual({ hits: 1, all: true });
    await reading.find({ arrangement: null, columns: [1, 0], text: 'k' });
    // Column 1 stands before column 0 here.
    expect(reading.nextHit({ from: { row: 2, column: 1 }, back: false })).toEqual({ row: 2, column: 0, n: 3 });
    expect(reading.nextHit({ from: { row: 3, column: 1 }, back: false })).toEqual({ row: 0, column: 0, n: 1 });
    expect(reading.nextHit({ from: { row: 0, column: 0 }, back: true })).toEqual({ row: 3, column: 1, n: 4 });
  });
  it('counts in the order that is shown, and only rows that are', async () => {
    const { reading } = loaded([TEXT, TEXT], rows);
    const { id } = await reading.arrange({
      sort: [{ column: 0, descending: true }],
      filters: [{ column: 1, test: 'not_null', value: '' }],
    });
    expect(await reading.find({ arrangement: id, columns: [0, 1], text: 'k' })).toEqual({ hits: 4, all: true });
    expect(reading.nextHit({ from: { row: 0, column: 0 }, back: false })).toEqual({ row: 0, column: 1, n: 1 });
    expect(reading.nextHit({ from: { row: 2, column: 0 }, back: true })).toEqual({ row: 1, column: 1, n: 3 });
  });
});

describe('adding up', () => {
  it('is exact where doubles are not, and leaves out what is no number', async () => {
    const { reading } = loaded(
      [NUMERIC, TEXT],
      [
        ['0.1', 'x'],
        ['0.2', '7'],
        [null, 'x'],
        [`${'9'.repeat(30)}.05`, null],
      ],
    );
    expect(await reading.addUp({ arrangement: null, top: 0, bottom: 3, columns: [0, 1] })).toEqual({
      cells: 8,
      nulls: 2,
      numbers: 3,
      sum: `${'9'.repeat(30)}.35`,
      average: '333333333333333333333333333333.11666667',
      distinct: 5,
    });
  });
  it('adds the rows that are shown, few or many', async () => {
    const { reading } = loaded(
      [INT],
      Array.from({ length: 20_000 }, (_, n) => [String(n)]),
    );
    const { id } = await reading.arrange({
      sort: [{ column: 0, descending: true }],
      filters: [{ column: 0, test: 'less', value: '10000' }],
    });
    const wish = { arrangement: id, top: 1, columns: [0] };
    expect(await reading.addUp({ ...wish, bottom: 2 })).toMatchObject({ sum: '19995', average: '9997.5', distinct: 2 });
    expect(await reading.addUp({ ...wish, bottom: 99_999 })).toMatchObject({
      cells: 9999,
      sum: String((9998 * 9999) / 2),
    });
    expect(await reading.addUp({ ...wish, arrangement: null, bottom: 1 })).toMatchObject({ cells: 1, sum: '1' });
  });
  it('has no sum of texts, and PostgreSQL’s of what is infinite', async () => {
    const { reading } = loaded(
      [TEXT, FLOAT],
      [
        ['1', 'Infinity'],
        ['2', '1e+300'],
      ],
    );
    const wish = { arrangement: null, top: 0, bottom: 1 };
    expect(await reading.addUp({ ...wish, columns: [0] })).toMatchObject({ sum: null, average: null, distinct: 2 });
    expect(await reading.addUp({ ...wish, columns: [1] })).toMatchObject({ sum: 'Infinity', numbers: 2 });
  });
});
