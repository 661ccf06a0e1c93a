import { describe, expect, it } from 'vitest';
import { known } from '../gallery/schema-data.ts';
import { allowance, allowanceWords, inserted, missing, type Node, press, vanished, visible } from './tree.ts';

const words = (node: Node): string => {
  switch (node.kind) {
    case 'schema':
      return `schema ${node.name}`;
    case 'group':
      return `${node.group} ${node.count ?? '?'}`;
    case 'relation':
      return node.relation.name;
    case 'column':
      return `${node.relation.name}.${node.column.name}`;
    case 'item':
      return node.item.name;
    case 'note':
      return node.text;
  }
};
const lazy = { ...known, columns: new Map(), functions: null, types: null };
const keyFor = (text: string): string => {
  const all = visible(known, new Set(), '');
  return all.find((node) => words(node) === text)?.key ?? `no ${text}`;
};
const lines = (toggled: string[] = [], search = '', of = known) =>
  visible(of, new Set(toggled.map(keyFor)), search).map(words);
const tables = known.relations.filter(({ kind }) => kind === 'table').map(({ name }) => name);

describe('the schema tree', () => {
  it('shows schemas and their tables open, everything else shut', () => {
    expect(lines()).toEqual([
      'schema shop',
      'tables 7',
      ...tables,
      'views 1',
      'materialized 1',
      'functions 2',
      'types 2',
      'sequences 1',
    ]);
    expect(lines(['orders'])).toContain('orders.status');
    expect(lines(['schema shop'])).toEqual(['schema shop']);
  });
  it('knows what is not read yet, and says so in its place', () => {
    expect(lines([], '', lazy).at(-3)).toBe('functions ?');
    const open = visible(lazy, new Set([keyFor('orders'), keyFor('functions 2')]), '');
    expect(open.filter(({ kind }) => kind === 'note').map(words)).toEqual(['Reading…', 'Reading…']);
    const orders = known.relations.find(({ name }) => name === 'orders');
    expect(missing(open, lazy)).toEqual({ columns: [orders?.oid], functions: true, types: false });
    expect(missing(visible(known, new Set(), ''), known)).toEqual({ columns: [], functions: false, types: false });
    expect(missing(visible(lazy, new Set(), ''), lazy).columns).toEqual([]);
  });
  it.each([
    ['placed', ['schema shop', 'tables 1', 'orders', 'orders.placed_at']],
    ['button pressed', ['schema shop', 'tables 1', 'orders', 'orders.placed_at']],
    ['stuck', ['schema shop', 'tables 1', 'orders']],
    ['shop.order_to', ['schema shop', 'functions 1', 'order_total']],
    ['ORDER_STATUS', ['schema shop', 'types 1', 'order_status']],
    ['online', ['schema shop']],
    ['nothing like it', []],
  ])('finds “%s” in names and comments, and opens what holds it', (search, found) =>
    expect(lines([], search)).toEqual(found),
  );
  it('says what the grant allows', () => {
    const by = (name: string) => known.relations.find((one) => one.name === name) ?? known.relations[0];
    const said = (name: string) => {
      const one = by(name);
      return one === undefined ? [] : [allowance(one), allowanceWords(one)];
    };
    expect(said('customers')).toEqual(['3 of 9 columns', 'You may read 3 of 9 columns']);
    expect(said('orders')).toEqual([null, 'You may read all columns']);
    expect(said('card_tokens')).toEqual(['not in this grant', 'Not in this grant']);
    expect(allowanceWords({ columns: 2, readable: 2, writes: true })).toBe('You may read all columns and change rows');
    expect(allowance({ columns: 0, readable: 0, writes: false })).toBeNull();
  });
  it('inserts qualified tables and bare columns', () => {
    const nodes = visible(known, new Set([keyFor('orders'), keyFor('functions 2')]), '');
    const by = (text: string) => nodes.filter((node) => words(node) === text).map(inserted);
    expect([by('orders'), by('orders.status'), by('order_total'), by('tables 7')]).toEqual([
      ['shop.orders'],
      ['status'],
      ['shop.order_total'],
      [null],
    ]);
  });
  it('tells which relations have vanished', () => {
    const without = { ...known, relations: known.relations.filter(({ name }) => name !== 'payments') };
    expect(vanished(known, without)).toEqual(['shop.payments']);
    expect(vanished(without, known)).toEqual([]);
  });
  it('moves as a tree does: right opens, left shuts and then goes to the parent', () => {
    const key = (name: string, shiftKey = false) => ({ key: name, shiftKey });
    const orders = 3;
    const shut = visible(known, new Set(), '');
    expect(press(shut, orders, key('ArrowRight'), 10)).toEqual({ toggle: keyFor('orders') });
    const open = visible(known, new Set([keyFor('orders')]), '');
    expect(press(open, orders, key('ArrowRight'), 10)).toEqual({ to: 4 });
    expect(press(open, 5, key('ArrowLeft'), 10)).toEqual({ to: orders });
    expect(press(open, orders, key('ArrowLeft'), 10)).toEqual({ toggle: keyFor('orders') });
    expect(press(open, 0, key('ArrowUp'), 10)).toEqual({ to: 0 });
    expect(press(open, 0, key('End'), 10)).toEqual({ to: open.length - 1 });
    expect(press(open, orders, key('z'), 10)).toBeNull();
  });
  it('opens a page with Enter, inserts with Shift+Enter, and has a menu', () => {
    const key = (name: string, shiftKey = false) => ({ key: name, shiftKey });
    const nodes = visible(known, new Set([keyFor('orders')]), '');
    const [, group, , orders, id] = nodes;
    expect(press(nodes, 3, key('Enter'), 10)).toEqual({ open: orders });
    expect(press(nodes, 3, key('Enter', true), 10)).toEqual({ insert: 'shop.orders' });
    expect(press(nodes, 4, key('Enter'), 10)).toEqual({ insert: 'id' });
    expect(press(nodes, 1, key('Enter'), 10)).toEqual({ toggle: group?.key });
    expect(press(nodes, 4, key('F10', true), 10)).toEqual({ menu: id });
    expect(press(nodes, 4, key('F10'), 10)).toBeNull();
    expect(press(nodes, 3, key('ContextMenu'), 10)).toEqual({ menu: orders });
  });
});
