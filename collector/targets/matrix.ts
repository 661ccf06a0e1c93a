/** Statements against scopes: what a role can do, and what it cannot, asked of the database. For the tests of this room. */
import pg from 'pg';
import { HOSTILE, on, scopeOf } from './testing.ts';

const id = pg.escapeIdentifier;
const ODD = `${id(HOSTILE.quote)}.${id(HOSTILE.apostrophe)}`;
export const SCOPES = {
  'read all of orders': scopeOf('read', on('orders', { select: '*' })),
  'read some of customers': scopeOf('read', on('customers', { select: ['id', 'name'] })),
  'read a view': scopeOf('read', on('late', { select: '*' })),
  'repair orders': scopeOf('write', on('orders', { select: '*', update: ['status'] })),
  'add notes': scopeOf('write', on('notes', { select: '*', insert: ['body'], delete: true })),
  'add all of notes': scopeOf('write', on('notes', { insert: '*' })),
  'read one odd column': scopeOf(
    'read',
    on(HOSTILE.apostrophe, { select: [HOSTILE.unicode] }, HOSTILE.quote),
    on('late', { select: ['id'] }),
  ),
  'repair orders of customers': scopeOf(
    'write',
    on('orders', { select: ['id', 'status', 'customer'], update: ['status', 'customer'], delete: true }),
    on('customers', { select: ['id'] }),
  ),
} as const;
export type ScopeName = keyof typeof SCOPES;
export const everyScope = Object.keys(SCOPES) as ScopeName[]; // the keys of a const object

/** Each statement with the scopes that allow it; in every other scope the database refuses it. */
const MATRIX: readonly (readonly [string, readonly ScopeName[]])[] = [
  ['select 1', everyScope],
  ['select * from shop.orders', ['read all of orders', 'repair orders']],
  ['select id, status from orders', ['read all of orders', 'repair orders', 'repair orders of customers']],
  ['select id, name from shop.customers', ['read some of customers']],
  ['select id from shop.customers', ['read some of customers', 'repair orders of customers']],
  [`select ${id(HOSTILE.unicode)} from ${ODD}`, ['read one odd column']],
  [`select ${id(HOSTILE.longest)} from ${ODD}`, []],
  [`select * from ${ODD}`, []],
  [`insert into ${ODD} values ('a', 'b', 'c')`, []],
  ['select email from shop.customers', []],
  ['select * from shop.customers', []],
  ['select count(*) from shop.customers', ['read some of customers', 'repair orders of customers']],
  ["select id from shop.customers where email like '%'", []],
  ['select c from shop.customers c', []],
  ['select * from shop.late', ['read a view']],
  ['select * from shop.card_tokens', []],
  ['select * from secret.keys', []],
  ["update shop.orders set status = 'shipped' where id = 1", ['repair orders', 'repair orders of customers']],
  ['update shop.orders set customer = 2 where id = 1', ['repair orders of customers']],
  [
    'update shop.orders o set status = c.id from shop.customers c where c.id = o.customer and o.id = 1',
    ['repair orders of customers'],
  ],
  ['update shop.orders set total = 0 where id = 1', []],
  ["update shop.customers set name = '' where id = 1", []],
  ['delete from shop.orders where id = 1', ['repair orders of customers']],
  ['delete from shop.orders where total > 0', []],
  ['select id from shop.orders where id = 1 for update', ['repair orders', 'repair orders of customers']],
  ["insert into shop.notes (body) values ('a')", ['add notes', 'add all of notes']],
  ["insert into shop.notes (id, body) values (-1, 'a')", ['add all of notes']],
  ['delete from shop.notes where id = 1', ['add notes']],
  ['truncate shop.notes', []],
  ['create table shop.mine (a int)', []],
  ['create schema mine', []],
  ['create role mine', []],
  ['drop table shop.notes', []],
  ['alter table shop.orders add column mine int', []],
  ['copy shop.orders to stdout', []],
  ["copy (select 1) to program 'true'", []],
  ["select pg_read_file('/etc/passwd')", []],
  ['select * from pg_authid', []],
  ['set role postgres', []],
  ['set role vitrine', []],
  ['set session authorization postgres', []],
  ['select pg_terminate_backend(pg_backend_pid() + 1)', everyScope],
];

/** `ok`, or the SQLSTATE. */
export const outcome = (client: pg.Client, text: string): Promise<string> =>
  client.query(text).then(
    () => 'ok',
    (error: pg.DatabaseError) => error.code ?? error.message,
  );

/** What is allowed and should not be, or the other way round, in words; empty when the role is exactly its scope. */
export async function contradictions(client: pg.Client, scope: ScopeName): Promise<string[]> {
  // Read-only is a default that a session can lift; the privileges alone have to hold.
  await client.query('set default_transaction_read_only = off');
  const wrong: string[] = [];
  for (const [text, allowed] of MATRIX) {
    // COPY TO STDOUT would wait for a reader; as a subquery it needs the same privileges.
    const got = await outcome(
      client,
      text.replace(/^copy (shop\.\w+) to stdout$/, 'select * from $1 cross join secret.keys'),
    );
    if ((got === 'ok') !== allowed.includes(scope)) wrong.push(`${text} → ${got}`);
    if (got !== 'ok' && !['42501', '42703'].includes(got)) wrong.push(`${text} → ${got}, not a refusal`);
  }
  return wrong;
}
