import { describe, expect, it } from 'vitest';
import { commandOf } from './keys.ts';
import { closed, freeTitle, opened, renamed, restored } from './workspace.ts';

const three = { tabs: ['a', 'b', 'c'].map((id) => ({ id, title: id })), active: 'b' };

describe('tabs', () => {
  it('always has one tab, and an active one that exists', () => {
    expect(restored({ tabs: [], active: '' }, 'new')).toEqual({
      tabs: [{ id: 'new', title: 'query 1' }],
      active: 'new',
    });
    expect(restored({ tabs: [{ id: 'x', title: 'x', text: '' }], active: 'gone' }, 'new').active).toBe('x');
    expect(closed({ tabs: [{ id: 'a', title: 'a' }], active: 'a' }, 'a', 'new').active).toBe('new');
  });
  it('goes to the neighbour when the active one is closed', () => {
    expect(closed(three, 'b', 'new').active).toBe('c');
    expect(closed({ ...three, active: 'c' }, 'c', 'new').active).toBe('b');
    expect(closed(three, 'a', 'new').active).toBe('b');
  });
  it('names new tabs with the first free number and keeps a name that was not changed to anything', () => {
    expect(freeTitle([{ id: '1', title: 'query 1' }])).toBe('query 2');
    expect(opened(three, 'd').tabs.at(-1)).toEqual({ id: 'd', title: 'query 1' });
    expect(renamed(three, 'a', '   ')).toBe(three);
    expect(renamed(three, 'a', ' stuck ').tabs[0]?.title).toBe('stuck');
  });
});

describe('keys', () => {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
  it('leaves running and cancelling to the editor when it has the focus', () => {
    const run = { ...none, key: 'Enter', ctrlKey: true };
    expect(commandOf(run, false, false)).toBe('run');
    expect(commandOf(run, true, false)).toBeNull();
    expect(commandOf({ ...none, key: 'k', metaKey: true }, true, false)).toBe('search');
    expect(commandOf({ ...none, key: 'S', ctrlKey: true, shiftKey: true }, true, false)).toBe('export');
    expect(commandOf({ ...none, key: 's', ctrlKey: true }, true, false)).toBeNull();
  });
  it('does nothing behind an open question', () => {
    expect(commandOf({ ...none, key: 'Escape' }, false, true)).toBeNull();
    expect(commandOf({ ...none, key: 'Escape' }, false, false)).toBe('cancel');
  });
});
