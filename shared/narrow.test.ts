import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mode, Scope, TableScope } from './grants.ts';
import { intersection, isNarrower, withoutTables } from './narrow.ts';

const on = (table: string, rest: Partial<TableScope>): TableScope => ({ schema: 's', table, ...rest });
const of = (mode: Mode, ...tables: TableScope[]): Scope => ({ id: 'x', label: 'X', mode, tables });
const all = on('t', { select: '*' });

describe('which scope is narrower', () => {
  it.each<[string, Scope, Scope, boolean]>([
    ['itself', of('read', all), of('read', all), true],
    ['reading than writing', of('read', all), of('write', all), true],
    ['writing than reading', of('write', all), of('read', all), false],
    ['a list than every column', of('read', on('t', { select: ['a'] })), of('read', all), true],
    ['every column than a list', of('read', all), of('read', on('t', { select: ['a', 'b'] })), false],
    ['fewer columns', of('read', on('t', { select: ['a'] })), of('read', on('t', { select: ['b', 'a'] })), true],
    ['other columns', of('read', on('t', { select: ['c'] })), of('read', on('t', { select: ['a', 'b'] })), false],
    ['fewer tables', of('read', all), of('read', all, on('u', { select: '*' })), true],
    ['another table', of('read', on('u', { select: '*' })), of('read', all), false],
    ['a table of the same name elsewhere', of('read', { ...all, schema: 'z' }), of('read', all), false],
    [
      'a name that looks the same',
      of('read', { ...all, schema: 's.t', table: 'u' }),
      of('read', { ...all, table: 't.u' }),
      false,
    ],
    [
      'deleting where deleting is allowed',
      of('write', on('t', { delete: true })),
      of('write', on('t', { delete: true })),
      true,
    ],
    ['deleting where it is not', of('write', on('t', { delete: true })), of('write', on('t', { update: '*' })), false],
    ['a privilege more', of('write', on('t', { select: '*', insert: ['a'] })), of('write', all), false],
  ])('%s: %#', (_name, a, b, yes) => {
    expect(isNarrower(a, b)).toBe(yes);
  });

  it('nothing is common to scopes of other tables, and dropping the only table leaves nothing', () => {
    expect(intersection(of('read', all), of('read', on('u', { select: '*' })))).toBeNull();
    expect(withoutTables(of('read', all), ['s.t'])).toBeNull();
  });

  it('a scope whose written tables are dropped only reads', () => {
    const scope = of('write', all, on('u', { select: '*', update: ['a'] }));
    expect(withoutTables(scope, ['s.u'])).toEqual(of('read', all));
    expect(withoutTables(scope, ['s.t'])?.mode).toBe('write');
  });

  const columns = fc.option(
    fc.oneof(fc.constant('*' as const), fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 })),
    { nil: undefined },
  );
  const table = fc.record({ select: columns, insert: columns, update: columns, delete: fc.boolean() });
  const scopes = fc
    .record({ write: fc.boolean(), tables: fc.dictionary(fc.constantFrom('t', 'u', 'v'), table, { minKeys: 1 }) })
    .map(({ write, tables }) =>
      of(
        write ? 'write' : 'read',
        ...Object.entries(tables).map(([name, { select, insert, update, delete: erase }]) =>
          on(name, {
            ...(select === undefined ? {} : { select }),
            ...(write && insert !== undefined ? { insert } : {}),
            ...(write && update !== undefined ? { update } : {}),
            ...(write && erase ? { delete: true as const } : {}),
          }),
        ),
      ),
    );
  /** Every single thing that a scope allows; a new column stands for what `*` covers later. */
  const allowed = (scope: Scope): Set<string> =>
    new Set(
      scope.tables.flatMap((one) => [
        ...(['select', 'insert', 'update'] as const).flatMap((key) => {
          const named = one[key] === '*' ? ['a', 'b', 'c', 'later'] : (one[key] ?? []);
          return named.map((column) => `${one.table} ${key} ${column}`);
        }),
        ...(one.delete === true ? [`${one.table} delete`] : []),
      ]),
    );

  it('it is exactly the one whose every privilege the other has', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        // A table that allows nothing occurs in no policy.
        const full = (scope: Scope): boolean => scope.tables.every((one) => allowed(of('write', one)).size > 0);
        fc.pre(full(a) && full(b));
        const mode = a.mode === 'read' || b.mode === 'write';
        expect(isNarrower(a, b)).toBe(mode && [...allowed(a)].every((one) => allowed(b).has(one)));
      }),
      { numRuns: 1000 },
    );
  });

  it('what both allow is narrower than each, and allows all that is common', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const both = intersection(a, b);
        const common = new Set([...allowed(a)].filter((one) => allowed(b).has(one)));
        expect(both === null ? new Set() : allowed(both)).toEqual(common);
        if (both === null) return;
        expect(isNarrower(both, a) && isNarrower(both, b)).toBe(true);
        expect(both.mode === 'write').toBe([...common].some((one) => !one.includes(' select ')));
      }),
      { numRuns: 1000 },
    );
  });
});
