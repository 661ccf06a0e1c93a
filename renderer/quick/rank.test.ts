import { describe, expect, it } from 'vitest';
import { rankOf } from './rank.ts';

const best = (typed: string, names: readonly string[]) =>
  names
    .flatMap((name) => {
      const rank = rankOf(name, typed);
      return rank === null ? [] : [{ name, rank }];
    })
    .sort((a, b) => b.rank - a.rank)
    .map(({ name }) => name);

describe('what is typed in the quick pick', () => {
  it('finds beginnings before beginnings of words before parts before letters in order', () =>
    expect(best('ord', ['o r d', 'reorder', 'stuck orders', 'orders', 'payments'])).toEqual([
      'orders',
      'stuck orders',
      'reorder',
      'o r d',
    ]));
  it('takes the shorter of two that answer alike', () =>
    expect(best('orders', ['orders by day', 'orders'])).toEqual(['orders', 'orders by day']));
  it('takes several words in any order', () =>
    expect(best('day ord', ['orders by day', 'orders'])).toEqual(['orders by day']));
  it('knows words parted by anything', () => {
    expect(rankOf('shop.order_lines', 'lines')).toBeGreaterThan(2);
    expect(rankOf('Größe', 'größ')).toBeGreaterThan(3);
  });
  it('looks for letters in order only where that says something', () => {
    expect(rankOf('select status from orders', 'sto')).not.toBeNull();
    expect(rankOf('select status from orders', 'sto', false)).toBeNull();
  });
  it('finds everything while nothing is typed', () => expect(rankOf('anything', ' ')).toBe(0));
});
