import { describe, expect, it } from 'vitest';
import type { Scope } from '../grants.ts';
import { findings } from './findings.ts';

const reading: Scope = {
  id: 'support-read',
  label: 'Support',
  mode: 'read',
  tables: [
    { schema: 'shop', table: 'orders', select: '*' },
    { schema: 'shop', table: 'customers', select: ['id', 'name', 'city'] },
  ],
};
const writing: Scope = {
  id: 'repair',
  label: 'Repair',
  mode: 'write',
  tables: [
    { schema: 'shop', table: 'orders', select: '*', update: ['status'] },
    { schema: 'shop', table: 'notes', insert: '*' },
  ],
};
/** `code «the marked text» message` of each. */
const said = (text: string, scope: Scope | null = reading): string[] =>
  [...findings(text, scope)]
    .flat()
    .map(({ code, start, end, message }) => `${code} «${text.slice(start, end)}» ${message}`);

describe('a valid statement within the grant', () => {
  it.each([
    'select * from shop.orders',
    'select o.* from orders o join customers c on c.id = o.customer_id where c.name like $1',
    'select name n from shop.customers order by n',
    'select name as email from shop.customers group by email',
    'select c.id, c.ctid from shop.customers c',
    'with recent as (select * from shop.orders) select anything from recent r where r.what = 1',
    'with customers as (select 1 as email) select email, customers.email, * from customers',
    'select (select max(o.total) from shop.orders o where o.customer_id = c.id) from shop.customers c',
    'select email from shop.customers, lateral (select 1 as email) x',
    'select x.email from shop.customers as x(a, b, email)',
    'select count(*) from shop.customers',
    'select * from pg_stat_activity, information_schema.tables, pg_catalog.pg_class',
    'select * from generate_series(1, 3) g(email)',
    'select id from shop.customers union select 1 from shop.orders order by 1',
    'explain select id from shop.customers',
    "select ':a', id from shop.customers where id = :id and name = 'DELETE'",
    'show all; begin; rollback',
    'values (1), (2)',
    "select 1 -- it's\n; /* ' */ select 2;",
  ])('is not marked: %s', (text) => expect(said(text)).toEqual([]));

  it.each([
    "update shop.orders set status = 'x' where id = 1",
    'insert into shop.notes (a) values (1)',
    'create temp table t (a int); insert into t values (1); select * from t',
    'update shop.orders o set status = s.status from s where o.id = s.id',
  ])('is not marked under a grant that writes: %s', (text) => expect(said(text, writing)).toEqual([]));
});

describe('what is marked', () => {
  it.each<[text: string, scope: Scope | null, found: RegExp[]]>([
    ['selec 1', null, [/^syntax «selec» syntax error at or near "selec"/]],
    ['select 1; select * from', null, [/^syntax «m» syntax error at end of input/]],
    ['select * from where :id', null, [/^syntax «where»/]],
    ['delete from shop.orders', null, [/^every_row «delete» This DELETE has no WHERE/]],
    ['-- all\nupdate t set a = 1; select 1', null, [/^every_row «update»/]],
    [
      "update shop.orders set status = 'x' where id = 1",
      reading,
      [/^read_only «update» This grant only reads, so UPDATE/],
    ],
    ['create table t (a int)', reading, [/^read_only «create»/]],
    ['select * from shop.card_tokens', reading, [/^not_in_grant «shop.card_tokens» shop.card_tokens is not in/]],
    ["select 'é', 1 from card_tokens t", reading, [/^not_in_grant «card_tokens»/]],
    ['select * from (select 1 from secret.x) y', reading, [/^not_in_grant «secret.x»/]],
    ['select 1 union select a from nothing', reading, [/^not_in_grant «nothing»/]],
    ['select * from shop.customers', reading, [/^not_in_grant «\*» \* asks for every column.*id, name, city/]],
    ['select c.* from shop.customers c', reading, [/^not_in_grant «c.\*»/]],
    ['select id, email from shop.customers', reading, [/^not_in_grant «email» shop.customers.email is not/]],
    ['select 1 from shop.orders o join customers c on c.email = o.email', reading, [/^not_in_grant «c.email»/]],
    ['select (select 1 from shop.orders o where o.x = c.email) from customers c', reading, [/«c.email»/]],
    ['update shop.orders set total = 1 where id = 1', writing, [/^not_in_grant «total» shop.orders.total is not/]],
    ['delete from shop.orders where id = 1', writing, [/^not_in_grant «shop.orders» This grant may not delete from/]],
    ['select * from shop.notes', writing, [/^not_in_grant «shop.notes» This grant may not read/]],
  ])('%s', (text, scope, found) => {
    const all = said(text, scope);
    expect(all).toHaveLength(found.length);
    for (const [i, pattern] of found.entries()) expect(all[i]).toMatch(pattern);
  });

  it('knows whether somebody has closed the statement', () => {
    const closed = (text: string) => [...findings(text, null)].flat().map((one) => one.closed);
    expect(closed('delete from t')).toEqual([false]);
    expect(closed('delete from t -- all\n ; select 1')).toEqual([true]);
  });
});
