import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPostgres } from '../../dev/stack/postgres.ts';
import { EVERY_TABLE } from '../../shared/grants.ts';
import { newPassword, newRoleName, type Targets } from './index.ts';
import { limits, on, SETTINGS, scopeOf, startTestTarget, type TestTarget } from './testing.ts';

let target: TestTarget;
let targets: Targets;
beforeAll(async () => {
  target = await startTestTarget(await temporaryPostgres({ settings: SETTINGS }));
  targets = target.targets();
}, 60_000);
afterAll(() => target?.stop());

const names = async (scope: ReturnType<typeof scopeOf>): Promise<string[]> =>
  (await targets.expandScope('orders', scope)).tables.map(({ schema, table }) => `${schema}.${table}`);

describe('a scope that means every table of a schema (I6)', () => {
  it('is spelled out, less its exceptions, and what has a line of its own keeps it', async () => {
    const every = scopeOf(
      'read',
      on(EVERY_TABLE, { select: '*', except: ['notes'] }),
      on('customers', { select: ['id'] }),
    );
    const spelled = await targets.expandScope('orders', every);
    expect(spelled.tables.map(({ table }) => table)).toEqual(expect.arrayContaining(['orders', 'late', 'customers']));
    expect(spelled.tables.map(({ table }) => table)).not.toContain('notes');
    expect(spelled.tables.filter(({ table }) => table === 'customers')).toEqual([on('customers', { select: ['id'] })]);
    expect(spelled.tables.some(({ except }) => except !== undefined)).toBe(false);
    // Exactly that is what a role then can do, or there is no role.
    const role = {
      name: newRoleName(),
      password: newPassword(),
      grant: 'A'.repeat(22),
      limits,
      remainingMs: () => 60_000,
    };
    await targets.createRole('orders', { ...role, scope: spelled });
    await targets.endRole('orders', role.name, 0);
  });

  it('writes to tables only, not to views', async () => {
    const spelled = await targets.expandScope(
      'orders',
      scopeOf('write', on(EVERY_TABLE, { select: '*', update: '*' })),
    );
    const of = (name: string) => spelled.tables.find(({ table }) => table === name);
    expect(of('orders')).toMatchObject({ select: '*', update: '*' });
    expect(of('late')).toEqual(on('late', { select: '*' }));
  });

  it('does not grow with the schema once it is spelled out, and grows with the next one', async () => {
    const every = scopeOf('read', on(EVERY_TABLE, { select: '*' }));
    const before = await names(every);
    await target.root.query('create table shop.made_later (id int)');
    expect(await names(every)).toEqual([...before, 'shop.made_later'].sort());
    await target.root.query('drop table shop.made_later');
  });

  it('is refused where it means nothing', async () => {
    const nothing = scopeOf('read', on(EVERY_TABLE, { select: '*' }, 'no_such_schema'));
    await expect(targets.expandScope('orders', nothing)).rejects.toMatchObject({ code: 'scope_mismatch' });
  });
});
