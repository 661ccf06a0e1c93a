import { describe, expect, it } from 'vitest';
import { grouped, type Item, type Kind } from './groups.ts';

const item = (kind: Kind, title: string, detail = ''): Item => ({
  key: `${kind} ${title}`,
  kind,
  title,
  detail,
  open: () => {},
});
const shown = (items: readonly Item[], typed: string) =>
  grouped(items, typed).map(({ kind, items: all }) => [kind, ...all.map(({ title }) => title)]);

describe('the groups of the quick pick', () => {
  const all = [
    item('Open tab', 'reordered'),
    item('Saved query', 'Stuck orders', 'Incidents'),
    item('Saved query', 'Other'),
    item('Table', 'orders', 'shop'),
    item('Statement', 'select of rare data'),
  ];
  it('are all there while nothing is typed, in their order, some of each', () => {
    const many = Array.from({ length: 9 }, (_, n) => item('Table', `t${n}`));
    expect(shown([...all, ...many], '').map(([kind, ...items]) => [kind, items.length])).toEqual([
      ['Open tab', 1],
      ['Saved query', 2],
      ['Table', 6],
      ['Statement', 1],
    ]);
  });
  it('come with the best answer first, and statements only with what they hold', () =>
    expect(shown(all, 'ord')).toEqual([
      ['Table', 'orders'],
      ['Saved query', 'Stuck orders'],
      ['Open tab', 'reordered'],
    ]));
  it('find a folder or a schema, after the names themselves', () => {
    expect(shown(all, 'incid')).toEqual([['Saved query', 'Stuck orders']]);
    expect(shown(all, 'shop ord')).toEqual([['Table', 'orders']]);
    expect(shown(all, 'nothing')).toEqual([]);
  });
});
