import { describe, expect, it } from 'vitest';
import type { Catalogue, CatalogueColumn, CatalogueTable } from '../../shared/ipc-completion.ts';
import { fitOf, NO_FIT } from './fit.ts';
import { type CatalogueIndex, complete, empty, goalOf, indexed, indexing, meaningOf, signatureAt } from './index.ts';
import { aliasFor } from './relations.ts';
import { tokenize } from './tokens.ts';
import { statementOf } from './tree.ts';

const column = (name: string, more: Partial<CatalogueColumn> = {}): CatalogueColumn => ({
  name,
  type: 'bigint',
  comment: null,
  pk: false,
  nullable: true,
  allowed: true,
  ...more,
});
const table = (name: string, columns: CatalogueColumn[], more: Partial<CatalogueTable> = {}): CatalogueTable => ({
  schema: 'app',
  name,
  kind: 'table',
  rows: 1_200_000,
  comment: `About ${name}.`,
  writes: false,
  columns,
  ...more,
});
const call = (name: string, of: string[], result: string) =>
  ({
    schema: 'pg_catalog',
    name,
    kind: 'function',
    arguments: of,
    result,
    set: false,
    comment: 'It counts.',
    allowed: true,
  }) as const;
const catalogue: Catalogue = {
  searchPath: ['pg_catalog', 'public'],
  schemas: [
    { name: 'app', comment: 'The application' },
    { name: 'pg_catalog', comment: null },
  ],
  tables: [
    table('orders', [
      column('id', { pk: true, nullable: false }),
      column('customer_id'),
      column('Odd Name', { type: 'text' }),
      column('secret', { allowed: false, comment: 'For nobody.' }),
    ]),
    table('customers', [column('id'), column('name', { type: 'text' })], { schema: 'public' }),
    table('vault', [column('key', { allowed: false })]),
    table('select', [column('id')]),
  ],
  foreignKeys: [
    {
      schema: 'app',
      table: 'orders',
      columns: ['customer_id'],
      toSchema: 'public',
      toTable: 'customers',
      toColumns: ['id'],
    },
  ],
  functions: [
    call('lpad', ['text', 'integer'], 'text'),
    call('lpad', ['text', 'integer', 'text'], 'text'),
    call('format', ['text', 'VARIADIC "any"'], 'text'),
    call('now', [], 'timestamp with time zone'),
  ],
  types: [{ schema: 'app', name: 'mood', comment: null, labels: ['fine'] }],
};
const index = indexed(catalogue);

/** The cursor is `¦`. */
function at<T>(ask: (text: string, cursor: number, index: CatalogueIndex) => T, text: string): T {
  return ask(text.replace('¦', ''), text.indexOf('¦'), index);
}
const offered = (text: string) => at(complete, text)?.items ?? [];
/** The text after the first item was chosen. */
const chosen = (text: string): string => {
  const found = at(complete, text);
  const plain = text.replace('¦', '');
  return found === null ? plain : plain.slice(0, found.start) + (found.items[0]?.insert ?? '') + plain.slice(found.end);
};

describe('tokens', () => {
  it.each([
    ["'it''s' x", ['string', 'word']],
    ["e'a\\'b' x", ['string', 'word']],
    ['$a$ ; $$ $a$ x', ['string', 'word']],
    ['/* a /* b */ c */ x', ['comment', 'word']],
    ['a::int', ['word', 'symbol', 'word']],
    [':name $1 1.5e3', ['parameter', 'parameter', 'number']],
    ['"a""b" "open', ['quoted', 'quoted']],
    ["'never closed", ['string']],
    ['a->>--b', ['word', 'symbol', 'comment']],
  ])('reads %j', (text, kinds) => expect(tokenize(text).map(({ kind }) => kind)).toEqual(kinds));

  it('covers any text without a gap and without an end that lies before its start', () => {
    const text = '\u0000 é "ü\n$$ $ : :: %% [(]) \u202e \'';
    let end = 0;
    for (const token of tokenize(text)) {
      expect(token.start).toBeGreaterThanOrEqual(end);
      expect(text.slice(end, token.start).trim()).toBe('');
      end = token.end;
    }
  });
});

describe('the statement at the cursor', () => {
  const statement = (text: string) => {
    const plain = text.replace('¦', '');
    const tokens = statementOf(tokenize(plain), plain, text.indexOf('¦'));
    return plain.slice(tokens[0]?.start, tokens.at(-1)?.end);
  };
  it.each([
    ['select 1; sel¦ect 2; select 3', 'select 2'],
    ['select 1¦\n\nselect 2', 'select 1'],
    ['select a from\n\nupda¦te t set x = 1', 'update t set x = 1'],
    ['with a as (select 1)\n\nselect ¦ from a', 'with a as (select 1)\n\nselect  from a'],
    ['insert into t\n\nselect ¦1', 'insert into t\n\nselect 1'],
    ['select 1\nunion all\n\nselect ¦2', 'select 1\nunion all\n\nselect 2'],
  ])('of %j', (text, wanted) => expect(statement(text)).toBe(wanted));
});

describe('fit', () => {
  it.each([
    ['orders', 'orders', 0],
    ['orders', 'ord', 1],
    ['order_lines', 'lin', 2],
    ['billing_invoice', 'binv', 3],
    ['updated_at', 'upat', 3],
    ['hr_employee_note', 'emp_note', 3],
    ['hr_employee', 'mpl', NO_FIT],
    ['placed', 'pcd', 4],
    ['orders', 'x', NO_FIT],
    ['ab', 'abc', NO_FIT],
  ])('of %s for %s is %d', (name, typed, wanted) => expect(fitOf(name, typed)).toBe(wanted));
});

describe('completion', () => {
  it.each([
    ['select * from ord¦', 'select * from app.orders'],
    ['select * from cus¦', 'select * from customers'],
    ['select o.cus¦ from app.orders o', 'select o.customer_id from app.orders o'],
    ['select o.odd¦ from app.orders o', 'select o."Odd Name" from app.orders o'],
    ['select o."od¦ from app.orders o', 'select o."Odd Name" from app.orders o'],
    ['select * from app.sel¦', 'select * from app."select"'],
    ['select * from app.orders o join ¦', 'select * from app.orders o join customers c on c.id = o.customer_id'],
    ['SELECT * FROM app.orders o JOIN cus¦', 'SELECT * FROM app.orders o JOIN customers c ON c.id = o.customer_id'],
    ['select now¦', 'select now()$0'],
    ['select lp¦(a)', 'select lpad(a)'],
    ["select 'x'::mo¦", "select 'x'::app.mood"],
    ['insert into app.orders (id, cus¦)', 'insert into app.orders (id, customer_id)'],
    ['SELECT * FROM app.orders WH¦', 'SELECT * FROM app.orders WHERE'],
  ])('of %j puts in what is needed', (text, wanted) => expect(chosen(text)).toBe(wanted));

  it.each(["select 'ord¦", 'select 1 -- ord¦', 'select 12¦', 'select $1¦', 'select $$ ord¦ $$', 'select a as ord¦'])(
    'offers nothing in %j',
    (text) => expect(offered(text)).toEqual([]),
  );

  it('puts what the grant does not allow last, and marks it', () => {
    const items = offered('select * from app.¦');
    expect(items.at(-1)).toMatchObject({ label: 'vault', allowed: false, detail: 'not in this grant' });
    expect(items.slice(0, -1).every(({ allowed }) => allowed)).toBe(true);
    expect(offered('select o.¦ from app.orders o').at(-1)).toMatchObject({ label: 'secret', allowed: false });
  });

  it('leaves out the columns that a list has already', () => {
    expect(offered('insert into app.orders (id, ¦)').map(({ label }) => label)).toEqual([
      'customer_id',
      'Odd Name',
      'secret',
    ]);
  });

  it('takes the person’s own snippets, before those that are always there', () => {
    const own = { name: 'sel', title: 'Mine', body: 'select 42' };
    const [first] = complete('sel', 3, index, [own])?.items ?? [];
    expect(first).toMatchObject({ label: 'sel', insert: 'select 42', snippet: true });
  });

  it('has keywords and snippets when nothing is known of the database', () => {
    const labels = complete('sel', 3, indexed(empty))?.items.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['select', 'sel']));
  });

  it('never fails, wherever the cursor stands in a text and however that is cut', () => {
    const text =
      'with recursive a(x) as (select 1 union all select x + 1 from a where x < (select max(id) from app.orders o)) insert into app.orders as t (id, "Odd Name") select x, $$y$$ from a left join lateral (values (1, 2)) v(b, c) on v.b = a.x cross join generate_series(1, 3) as g(n) where exists (select from public.customers c where c.id = a.x) on conflict (id) do update set id = excluded.id returning *, count(*) over (partition by id order by id)';
    for (let end = 0; end <= text.length; end++) {
      const cut = text.slice(0, end);
      complete(cut, end, index);
      complete(text, end, index);
      complete(text.slice(end), 0, index);
      meaningOf(cut, Math.max(0, end - 1), index);
      signatureAt(cut, end, index);
    }
    expect(complete(`${'('.repeat(3000)}o`, 3001, index)).not.toBeNull();
  });

  it('is ready only when every slice of the work is done', () => {
    const many = { ...catalogue, tables: Array.from({ length: 1000 }, (_, i) => table(`t${i}`, [column('id')])) };
    const work = indexing(many);
    let slices = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) slices++;
    expect(slices).toBeGreaterThan(5);
    expect(
      complete('select * from t99', 17, step.value)
        ?.items.slice(0, 2)
        .map(({ label }) => label),
    ).toEqual(['t99', 't990']);
  });

  it.each([
    ['orders', [], 'o'],
    ['order_lines', ['ol'], 'ol2'],
    ['OrderLines', [], 'ol'],
    ['accounts_settings', [], 'as2'],
    ['2024', [], 't'],
  ])('makes an alias for %s', (name, taken, alias) => expect(aliasFor(name, taken)).toBe(alias));
});

describe('what a name means', () => {
  it('is the column with its type and comment, and whether it may be read', () => {
    expect(at(meaningOf, 'select o.i¦d from app.orders o')).toMatchObject({
      code: 'app.orders.id bigint not null',
      lines: ['Part of the primary key.', 'This grant may read it.'],
      start: 9,
      end: 11,
    });
    expect(at(meaningOf, 'select sec¦ret from app.orders')?.lines).toEqual([
      'For nobody.',
      'Not in this grant: reading it is refused.',
    ]);
  });
  it('is the table behind an alias, with the planner’s estimate', () => {
    expect(at(meaningOf, 'select ¦o.id from app.orders o')?.code).toBe('table app.orders as o');
    const lines = at(meaningOf, 'select * from app.ord¦ers')?.lines;
    expect(lines?.[0]).toBe('About orders.');
    expect(lines?.[1]).toMatch(/^About 1\.2 ?M rows/);
    expect(lines?.[2]).toBe('This grant may read 3 of its 4 columns.');
  });
  it('is the function that is called', () => {
    expect(at(meaningOf, 'select lp¦ad(a, 1)')).toMatchObject({
      code: 'lpad(text, integer) → text',
      lines: ['It counts.', 'And 1 more of this name.'],
    });
  });
  it('is nothing for keywords, strings and names that nobody knows', () => {
    for (const text of ['sel¦ect 1', "select 'or¦ders'", 'select zzz¦z']) expect(at(meaningOf, text)).toBeNull();
  });
});

describe('signature help', () => {
  const active = (text: string) => {
    const found = at(signatureAt, text);
    return found === null ? null : [found.all[found.active]?.name, found.active, found.parameter];
  };
  it.each([
    ['select lpad(¦', ['lpad', 0, 0]],
    ['select lpad(a, 1¦', ['lpad', 0, 1]],
    ["select lpad('a, b', 1, '¦", ['lpad', 1, 2]],
    ['select lpad(coalesce(a, ¦), 1)', ['coalesce', 0, 1]],
    ['select format(a, 1, 2, 3, ¦)', ['format', 0, 4]],
    ['select lpad((1 + ¦), 2)', ['lpad', 0, 0]],
    ['select 1 where x in (1, ¦)', null],
    ['insert into app.orders (id, secret) values (1, ¦)', ['orders values', 0, 1]],
  ])('in %j', (text, wanted) => expect(active(text)).toEqual(wanted));

  it('shows the columns that a row of VALUES fills', () => {
    expect(at(signatureAt, 'insert into app.orders (secret, id) values (¦')?.all[0]?.parameters).toEqual([
      'secret bigint',
      'id bigint',
    ]);
    expect(at(signatureAt, 'insert into customers values (¦')?.all[0]?.parameters).toEqual(['id bigint', 'name text']);
  });
});

describe('where a name leads', () => {
  const typed: Catalogue = {
    ...catalogue,
    types: [...catalogue.types, { schema: 'app', name: 'state', comment: null, labels: ['new', 'old'] }],
  };
  /** The bar stands for the cursor. */
  const leads = (marked: string) => {
    const at = marked.indexOf('|');
    return goalOf(marked.replace('|', ''), at, indexed(typed));
  };
  const orders = { kind: 'relation', schema: 'app', name: 'orders' };
  it.each([
    ['a column behind an alias', 'select o.custo|mer_id from app.orders o'],
    ['the alias itself', 'select o|.customer_id from app.orders o'],
    ['a column that is not qualified', 'select customer_id| from app.orders o join customers c on true'],
    ['the table', 'select 1 from app.ord|ers o'],
    [
      'the alias of the query around',
      'select (select 1 from customers c where c.id = o|.customer_id) from app.orders o',
    ],
    [
      'a column of a common table that comes unchanged',
      'with x as (select o.id from app.orders o) select x.i|d from x',
    ],
    ['the target of an update', 'update app.orders t set customer_id = t|.id'],
  ])('%s leads to its table', (_what, text) => {
    expect(leads(text)).toEqual(orders);
  });
  it('a common table leads to where it is written, by its name and by its alias', () => {
    for (const text of ['with x as (select 1 as n) select * from x|', 'with x as (select 1 as n) select y|.n from x y'])
      expect(leads(text)).toEqual({ kind: 'place', offset: text.indexOf('(') });
    const computed = 'with x as (select 1 as n) select y.n| from x y';
    expect(leads(computed)).toEqual({ kind: 'place', offset: computed.indexOf('(') });
  });
  it('a subquery leads to where it is written', () => {
    const text = 'select s|.n from (select 1 as n) s';
    expect(leads(text)).toEqual({ kind: 'place', offset: text.replace('|', '').indexOf('(select') });
  });
  it('types and functions lead to theirs, and everything else nowhere', () => {
    expect(leads("select 'new'::app.sta|te")).toEqual({ kind: 'type', schema: 'app', name: 'state' });
    expect(leads("select cast('new' as state|)")).toEqual({ kind: 'type', schema: 'app', name: 'state' });
    expect(leads('select lp|ad(1) from app.orders')).toMatchObject({ kind: 'function', name: 'lpad' });
    expect(leads('sel|ect 1')).toBeNull();
    expect(leads('select nothing|')).toBeNull();
  });
});
