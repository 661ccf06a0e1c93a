/** What is said ahead of a request is what an activation would find, on a real database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import type { Scope } from '../../shared/grants.ts';
import { surplus } from './foresee.ts';
import { newPassword, newRoleName, type Targets } from './index.ts';
import { everyScope, SCOPES } from './matrix.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let targets: Targets;
let least: Targets;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  targets = target.targets();
  least = target.targets(target.leastConfig);
}, 60_000);
afterAll(() => target?.stop());

const look = async (scope: Scope, by = targets) => {
  const [found] = await by.foresee('orders', 'Orders', [scope]);
  if (found === undefined) throw new Error('nothing was foreseen');
  return found;
};
/** The refusal of a real activation, or null when it works. */
async function refusal(scope: Scope, by = targets): Promise<string | null> {
  const name = newRoleName();
  const role = { name, password: newPassword(), grant: 'AAAAAAAAAAAAAAAAAAAAAA', scope, limits };
  try {
    await by.createRole('orders', { ...role, remainingMs: () => 60_000 });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  await by.endRole('orders', name, 0);
  return null;
}
const LETS_OUT = 'Every role on Orders can run shop.lets_out(), which acts with the rights of postgres';
const read = SCOPES['read all of orders'];

describe('what is foreseen of a target', () => {
  it('is nothing in the way where roles can be made, as the superuser and as the least privileged admin', async () => {
    for (const by of [targets, least])
      for (const name of everyScope) {
        expect([name, (await look(SCOPES[name], by)).blocks]).toEqual([name, []]);
        expect(await refusal(SCOPES[name], by)).toBeNull();
      }
  });

  it.each([
    ['grant select on shop.card_tokens to public', 'Every role on Orders can also read shop.card_tokens'],
    ['grant select, update on shop.notes to public', 'Every role on Orders can also read and change shop.notes'],
    ['grant select (email) on shop.customers to public', 'Every role on Orders can also read shop.customers (email)'],
    ['grant truncate on shop.orders to public', 'Every role on Orders can also empty shop.orders'],
    [
      'grant usage on sequence shop.notes_id_seq to public',
      'Every role on Orders can use the sequence shop.notes_id_seq',
    ],
    ['grant create on schema shop to public', 'Every role on Orders can create objects in schema shop'],
  ])('names what PUBLIC can do, as an activation does: %s (I6)', async (grant, said) => {
    expect(await refusal(read)).toBeNull();
    await target.root.query(grant);
    try {
      // No role may enter the schema before the scope lets it: that counts already.
      for (const by of [targets, least]) expect((await look(read, by)).blocks).toEqual([said]);
      expect(await refusal(read)).toContain('would not be able to do exactly what the scope says');
    } finally {
      await target.root.query(grant.replace(/^grant/, 'revoke').replace(/ to public$/, ' from public'));
    }
    expect((await look(read)).blocks).toEqual([]);
  });

  it('says nothing of what everybody may do and the scope gives anyway', async () => {
    await target.root.query('grant select on shop.orders to public');
    try {
      expect((await look(read)).blocks).toEqual([]);
      expect((await look(SCOPES['add notes'])).blocks).toEqual(['Every role on Orders can also read shop.orders']);
    } finally {
      await target.root.query('revoke select on shop.orders from public');
    }
  });

  it.each([
    [scopeOf('read', on('nothing', { select: '*' })), 'The table shop.nothing of this scope does not exist'],
    [scopeOf('read', on('orders', { select: ['id', 'nothing'] })), 'shop.orders has no column nothing'],
    [scopeOf('read', on('orders', { select: '*' }, 'nothing')), 'The schema nothing of this scope does not exist'],
  ])('names a scope that does not fit the database %#', async (scope, said) => {
    expect((await look(scope)).blocks).toEqual([said]);
    expect(await refusal(scope)).not.toBeNull();
  });

  it('names what the admin role may not pass on', async () => {
    const scope = scopeOf('read', on('keys', { select: '*' }, 'secret'));
    expect((await look(scope)).blocks).toEqual([]);
    expect((await look(scope, least)).blocks).toEqual(['The collector may not give select on secret.keys']);
    expect(await refusal(scope, least)).not.toBeNull();
    await target.root.query('alter role least nocreaterole');
    expect((await look(read, least)).blocks).toEqual(['The collector may not create roles on it']);
    await target.root.query('alter role least createrole; revoke usage on schema shop from least');
    expect((await look(read, least)).blocks).toEqual(['The collector may not give access to the schema shop']);
    await target.root.query('grant usage on schema shop to least with grant option');
  });

  it('warns of functions, other databases and default privileges that no scope stops', async () => {
    expect((await look(read)).widens).toEqual([LETS_OUT]);
    await target.root.query('alter default privileges in schema shop grant select on tables to public');
    await target.root.query('alter default privileges in schema secret grant select on tables to public');
    await target.root.query('create database billing');
    try {
      expect((await look(read)).widens).toEqual([
        LETS_OUT,
        'Every role on Orders can connect to the database billing on the same server',
        'Tables that postgres makes in schema shop will be open to every role (select)',
      ]);
      // A warning stops nobody.
      expect(await refusal(read)).toBeNull();
    } finally {
      await target.root.query('alter default privileges in schema shop revoke select on tables from public');
      await target.root.query('alter default privileges in schema secret revoke select on tables from public');
      await target.root.query('drop database billing');
    }
  });

  it('says five of a kind and counts the others, and lets no name turn the writing around', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g\u202e'];
    for (const name of names)
      await target.root.query(`create table shop."${name}" (x int); grant select on shop."${name}" to public`);
    try {
      const { blocks } = await look(read);
      expect(blocks).toHaveLength(6);
      expect(blocks.at(-1)).toBe('And 2 more of this kind');
      expect(blocks.join()).not.toContain('\u202e');
    } finally {
      for (const name of names) await target.root.query(`drop table shop."${name}"`);
    }
  });

  it('makes no role and changes nothing: it works where nothing can be written', async () => {
    await target.root.query('alter role least set default_transaction_read_only = on');
    const fresh = target.targets(target.leastConfig);
    expect((await look(read, fresh)).blocks).toEqual([expect.stringContaining('It takes no changes now')]);
    await target.root.query('alter role least reset default_transaction_read_only');
  });
});

it('takes the intended away from what is held', () => {
  expect(surplus({ select: '*', delete: true }, { select: ['a'] })).toEqual({ select: '*', delete: true });
  expect(surplus({ select: ['a', 'b'] }, { select: ['a'] })).toEqual({ select: ['b'] });
  expect(surplus({ select: ['a'] }, { select: '*' })).toEqual({});
  expect(surplus({ select: '*', update: '*' }, { select: '*', update: '*' })).toEqual({});
});
