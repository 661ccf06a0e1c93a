import { describe, expect, it } from 'vitest';
import { named, qualifiedName, sampleSql } from './names.ts';

describe('a name', () => {
  it('is quoted where SQL needs it', () => {
    expect(qualifiedName({ schema: 'shop', name: 'order' })).toBe('shop."order"');
    expect(qualifiedName({ schema: 'a"b', name: "x'; drop table y;--" })).toBe(`"a""b"."x'; drop table y;--"`);
  });
});

describe('a first look', () => {
  const of = { schema: 'shop', name: 'Cards' };
  it('reads only what may be read', () => {
    const columns = [
      { name: 'id', allowed: true },
      { name: 'pan', allowed: false },
      { name: 'user', allowed: true },
    ];
    expect(sampleSql(of, columns)).toBe('select id, "user"\nfrom shop."Cards"\nlimit 100');
    expect(sampleSql(of, columns.slice(0, 1))).toContain('select *');
    expect(sampleSql(of, columns.slice(1, 2))).toBeNull();
  });
});

describe('a name in the editor', () => {
  const relations = [
    { schema: 'old', name: 'orders' },
    { schema: 'shop', name: 'orders' },
    { schema: 'shop', name: 'Odd "one' },
  ];
  it.each([
    ['shop.orders', relations[1]],
    ['SHOP.Orders', relations[1]],
    ['orders', relations[0]],
    ['orders.status', relations[0]],
    ['shop."Odd ""one"', relations[2]],
    ['"Odd ""one"', relations[2]],
    ['"Orders"', null],
    ['', null],
  ])('%s finds its relation', (text, found) => expect(named(text, relations)).toEqual(found ?? null));
});
