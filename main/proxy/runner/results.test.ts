import { describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../../dev/stack/postgres.ts';
import { comparison, link } from '../../../shared/ipc-results.ts';
import { closedAfterEach, sharedWorld } from '../test-hooks.ts';
import { align, type Row } from './compare.ts';
import { type DeskOptions, openDesk } from './testing.ts';

const world = sharedWorld(temporaryPostgres);
const desk = closedAfterEach((options?: DeskOptions) => openDesk(world, options));
const only = (results: readonly { readonly id: string }[]): string => results[0]?.id ?? '';

describe('one value', () => {
  it('comes in parts that cut through no character', async () => {
    const d = await desk();
    const result = only(await d.run("select repeat('añ€😀', 1000) as text, null as nothing"));
    let text = '';
    let parts = 0;
    for (let from: number | null = 0; from !== null; parts++) {
      const part = await d.runner.results.value({ result, row: 0, column: 0, from, length: 37 });
      if (part === null) throw new Error('no value');
      expect(part.bytes).toBe(10_000);
      text += part.text;
      from = part.next;
    }
    expect(text).toBe('añ€😀'.repeat(1000));
    expect(parts).toBeGreaterThan(270);
    expect(await d.runner.results.value({ result, row: 0, column: 1, from: 0, length: 37 })).toBeNull();
  });
});

describe('foreign keys', () => {
  it('lead out of a row and into it, with one recorded look at the catalog', async () => {
    const d = await desk();
    await world.admin.query("insert into shop.lines values (1, 7, 'x') on conflict do nothing");
    const lines = only(await d.run('select l.order_id, l.id, l.order_id + 0 as sum from shop.lines l where id = 1'));
    const cell = (result: string, column: number) => d.runner.results.links({ result, row: 0, column });
    const out = await cell(lines, 0);
    expect(out.map((one) => link.parse(one))).toEqual([
      {
        direction: 'out',
        constraint: 'lines_order_id_fkey',
        table: 'shop.orders',
        columns: ['id'],
        sql: 'select *\nfrom shop.orders\nwhere id = 7',
        why: null,
      },
    ]);
    expect(await cell(lines, 1)).toEqual([]);
    expect(await cell(lines, 2)).toEqual([]);
    const orders = only(await d.run('select id from shop.orders where id = 7'));
    const [into] = await cell(orders, 0);
    // Of that table the role reads two columns.
    expect(into).toMatchObject({ direction: 'in', sql: 'select id, order_id\nfrom shop.lines\nwhere order_id = 7' });
    await cell(orders, 0);
    const asked = d.rig.intents.filter(({ origin }) => origin === 'introspection');
    expect(asked.map(({ text }) => text?.includes('pg_constraint'))).toEqual([true, true]);
    const [rows] = await d.run(into?.sql ?? '');
    expect(await d.cells(rows)).toEqual([['1', '7']]);
  });

  it('say why there is nothing to open', async () => {
    const d = await desk();
    await world.admin.query("insert into shop.lines values (2, null, 'x') on conflict do nothing");
    const lines = only(await d.run('select order_id from shop.lines where id = 2'));
    expect(await d.runner.results.links({ result: lines, row: 0, column: 0 })).toMatchObject([
      { sql: null, why: 'null' },
    ]);
  });
});

describe('more rows', () => {
  it('runs a plain SELECT once more, with a record, and keeps as many as the grant allows', async () => {
    const d = await desk({ keepRows: () => 100 });
    const [cut] = await d.run('select generate_series(1, 100000) as i');
    expect(cut).toMatchObject({ stored: 100, cap: 'own_rows' });
    const more = await d.ended(d.runner.again(cut?.id ?? '', 5000));
    expect(more).toMatchObject({ stored: 5000, cap: 'own_rows', text: cut?.text, n: 1, of: 1 });
    const most = await d.ended(d.runner.again(more.id, 1_000_000));
    expect(most).toMatchObject({ stored: 10_000, cap: 'grant_rows' });
    expect(d.rig.intents.filter(({ text }) => text?.includes('generate_series'))).toHaveLength(3);
  });

  it('does not run anything else again', async () => {
    const d = await desk();
    const [changed] = await d.run("update shop.orders set status = 'late' where id = 1 returning id");
    expect(() => d.runner.again(changed?.id ?? '', 5000)).toThrow('not a plain SELECT');
  });
});

const rows = (text: string): Row[] =>
  text.split(' ').flatMap((one) => (one === '' ? [] : [{ key: one[0] ?? '', digest: one }]));
function finished<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
const drawn = (left: string, right: string): string =>
  finished(align(rows(left), rows(right)))
    .lines.map(({ left: a, right: b, same }) => `${a < 0 ? '+' : b < 0 ? '-' : same ? '=' : '~'}${a < 0 ? b : a}`)
    .join(' ');

describe('two results', () => {
  it.each([
    ['a1 b1 c1', 'a1 b1 c1', '=0 =1 =2'],
    ['a1 b1 c1', 'a1 b2 c1', '=0 ~1 =2'],
    ['a1 b1 c1', 'x1 a1 c1 y1', '+0 =0 -1 =2 +3'],
    ['', 'a1 b1', '+0 +1'],
    ['a1 b1', '', '-0 -1'],
    ['a1 b1', 'b1 a1', '=0 =1'],
    ['a1 a2', 'a1 a3 a4', '=0 ~1 +2'],
  ])('%s beside %s: %s', (left, right, wanted) => {
    expect(drawn(left, right)).toBe(wanted);
  });

  it('are compared by a key, and differing cells are named', async () => {
    const d = await desk();
    const select = (from: number, change: string) =>
      `select i as id, ${change} as word, null::int as gone from generate_series(${from}, ${from + 999}) i order by i`;
    const left = only(await d.run(select(1, "'w' || i")));
    const right = only(await d.run(select(3, "case when i = 500 then null else 'w' || i end")));
    const found = comparison.parse(await d.runner.results.comparisons.begin({ left, right, key: 0 }));
    expect(found).toMatchObject({
      marked: true,
      lines: 1002,
      same: 997,
      changed: 1,
      added: 2,
      removed: 2,
      repeated: 0,
    });
    const { id } = found;
    const places: number[] = [];
    for (let at = d.runner.results.comparisons.next({ id, from: -1, back: false }); at !== null; ) {
      places.push(at);
      at = d.runner.results.comparisons.next({ id, from: at, back: false });
    }
    expect(places).toEqual([0, 1, 499, 1000, 1001]);
    expect(d.runner.results.comparisons.next({ id, from: 1000, back: true })).toBe(499);
    expect(await d.runner.results.comparisons.lines({ id, offset: 499, count: 1 })).toEqual([
      {
        left: { row: 499, cells: ['500', 'w500', null] },
        right: { row: 497, cells: ['500', null, null] },
        changed: [1],
      },
    ]);
    const other = only(await d.run('select 1 as id'));
    expect(await d.runner.results.comparisons.begin({ left, right: other, key: 0 })).toMatchObject({
      marked: false,
      lines: 1000,
    });
    await expect(d.runner.results.comparisons.lines({ id, offset: 0, count: 1 })).rejects.toThrow('not kept any more');
  });
});
