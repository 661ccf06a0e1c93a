import { describe, expect, it } from 'vitest';
import { schema } from '../gallery/data.ts';
import { allowance, inserted, press, visible } from './tree.ts';

const lines = (toggled: string[] = [], search = '') =>
  visible(schema, new Set(toggled), search).map((node) => node.key);

describe('the schema tree', () => {
  it('shows schemas open and tables shut', () => {
    expect(lines()[0]).toBe('s:shop');
    expect(lines()).toHaveLength(schema.length + 1);
    expect(lines(['t:shop.orders'])).toContain('c:shop.orders.status');
    expect(lines(['s:shop'])).toEqual(['s:shop']);
  });
  it('opens a table for the column that a search finds, and shows only that column', () => {
    expect(lines([], 'placed')).toEqual(['s:shop', 't:shop.orders', 'c:shop.orders.placed_at']);
    expect(lines([], 'nothing like it')).toEqual([]);
  });
  it('says what the grant allows', () => {
    const words = Object.fromEntries(schema.map((table) => [table.name, allowance(table)]));
    expect(words).toMatchObject({ customers: '3 of 9 columns', orders: null, card_tokens: 'not in this grant' });
  });
  it('inserts qualified tables and bare columns, and opens a schema instead', () => {
    const nodes = visible(schema, new Set(['t:shop.orders']), '');
    const by = (key: string) => {
      const node = nodes.find((n) => n.key === key);
      return node === undefined ? undefined : inserted(node);
    };
    expect([by('s:shop'), by('t:shop.orders'), by('c:shop.orders.status')]).toEqual([null, 'shop.orders', 'status']);
  });
  it('moves as a tree does: right opens, left shuts and then goes to the parent', () => {
    const shut = visible(schema, new Set(), '');
    expect(press(shut, 2, 'ArrowRight', 10)).toEqual({ toggle: 't:shop.orders' });
    const open = visible(schema, new Set(['t:shop.orders']), '');
    expect(press(open, 2, 'ArrowRight', 10)).toEqual({ to: 3 });
    expect(press(open, 4, 'ArrowLeft', 10)).toEqual({ to: 2 });
    expect(press(open, 2, 'ArrowLeft', 10)).toEqual({ toggle: 't:shop.orders' });
    expect(press(open, 0, 'ArrowUp', 10)).toEqual({ to: 0 });
    expect(press(open, 2, 'Enter', 10)).toEqual({ insert: 'shop.orders' });
    expect(press(open, 2, 'z', 10)).toBeNull();
  });
});
