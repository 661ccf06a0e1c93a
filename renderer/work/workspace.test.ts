import { describe, expect, it } from 'vitest';
import { closed, freeTitle, moved, opened, renamed, reopened, restored, stepped, type Tabs } from './workspace.ts';

const three: Tabs = { tabs: ['a', 'b', 'c'].map((id) => ({ id, title: id })), active: 'b', closed: [] };
const order = ({ tabs }: Tabs) => tabs.map(({ id }) => id).join('');

describe('tabs', () => {
  it('always has one tab, and an active one that exists', () => {
    expect(restored({ tabs: [], active: '', closed: [] }, 'new')).toEqual({
      tabs: [{ id: 'new', title: 'scratch' }],
      active: 'new',
      closed: [],
    });
    const stored = { tabs: [{ id: 'x', title: 'x', place: null }], active: 'gone', closed: [] };
    expect(restored(stored, 'new').active).toBe('x');
    expect(closed({ ...three, tabs: [{ id: 'b', title: 'b' }] }, 'b', 'new', true).active).toBe('new');
  });
  it('goes to the neighbour when the active one is closed', () => {
    expect(closed(three, 'b', 'new', true).active).toBe('c');
    expect(closed({ ...three, active: 'c' }, 'c', 'new', true).active).toBe('b');
    expect(closed(three, 'a', 'new', true).active).toBe('b');
  });
  it('opens again what was closed last, and forgets what was empty', () => {
    const both = closed(closed(three, 'a', 'new', true), 'c', 'new', true);
    expect(both.closed.map(({ id }) => id)).toEqual(['c', 'a']);
    expect(reopened(both)).toMatchObject({ active: 'c', closed: [{ id: 'a' }] });
    expect(closed(three, 'a', 'new', false).closed).toEqual([]);
    expect(reopened(three)).toBe(three);
  });
  it('moves a tab, at most to the ends, and steps around them', () => {
    expect(order(moved(three, 'a', 1))).toBe('bac');
    expect(order(moved(three, 'b', -4))).toBe('bac');
    expect(order(moved(three, 'a', 9))).toBe('bca');
    expect(moved(three, 'gone', 0)).toBe(three);
    expect(stepped({ ...three, active: 'c' }, 1).active).toBe('a');
    expect(stepped({ ...three, active: 'a' }, -1).active).toBe('c');
  });
  it('names new tabs with the first free number and keeps a name that was not changed to anything', () => {
    expect(freeTitle([{ id: '1', title: 'query 1' }])).toBe('query 2');
    expect(opened(three, 'd').tabs.at(-1)).toEqual({ id: 'd', title: 'query 1' });
    expect(renamed(three, 'a', '   ')).toBe(three);
    expect(renamed(three, 'a', ' stuck ').tabs[0]?.title).toBe('stuck');
  });
});
