import { describe, expect, it } from 'vitest';
import type { SavedQuery } from '../../shared/ipc-queries.ts';
import { linesOf, mayMove, type Press, press, typed } from './tree.ts';

const query = (name: string, ...folder: string[]): SavedQuery => ({
  id: name,
  name,
  folder,
  description: '',
  target: null,
  parameters: [],
  rev: 'r'.repeat(22),
  length: 8,
  created: '2026-11-23T12:00:00.000Z',
  updated: '2026-11-23T12:00:00.000Z',
});
const library = {
  folders: [['Incidents'], ['Incidents', 'Payments'], ['Empty']],
  queries: [query('q10'), query('q9'), query('stuck', 'Incidents', 'Payments'), query('all', 'incidents')],
};
const names = (shut: string[] = [], found: string[] | null = null) =>
  linesOf(library, new Set(shut), found === null ? null : new Set(found)).map(
    (line) => `${'.'.repeat(line.level)}${line.name}`,
  );
const key = (name: string, part: Partial<Press> = {}): Press => ({
  key: name,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  ...part,
});

describe('the tree of saved queries', () => {
  it('has folders first, by name, numbers as numbers, however a folder is written', () =>
    expect(names()).toEqual(['.Empty', '.Incidents', '..Payments', '...stuck', '..all', '.q9', '.q10']));
  it('hides what is in a shut folder, and counts it', () => {
    expect(names(['folder incidents'])).toEqual(['.Empty', '.Incidents', '.q9', '.q10']);
    expect(linesOf(library, new Set(['folder incidents']), null)[1]).toMatchObject({ count: 2, open: false });
  });
  it('shows what a search found, with the folders around it, open', () =>
    expect(names(['folder incidents'], ['stuck', 'q9'])).toEqual(['.Incidents', '..Payments', '...stuck', '.q9']));
  it('is walked, opened and shut with arrows', () => {
    const lines = linesOf(library, new Set(['folder incidents/payments']), null);
    const does = (at: number, name: string, part?: Partial<Press>) => press(lines, at, key(name, part), 3);
    expect(does(1, 'ArrowRight')).toEqual({ to: 2 });
    expect(does(2, 'ArrowRight')).toEqual({ toggle: 'folder incidents/payments' });
    expect(does(2, 'ArrowLeft')).toEqual({ to: 1 });
    expect(does(1, 'ArrowLeft')).toEqual({ toggle: 'folder incidents' });
    expect(does(0, 'ArrowUp')).toEqual({ to: 0 });
    expect(does(0, 'End')).toEqual({ to: 5 });
    expect(does(3, 'PageDown')).toEqual({ to: 5 });
    expect(does(3, 'Enter')).toMatchObject({ open: { name: 'all' }, run: false });
    expect(does(3, 'Enter', { shiftKey: true })).toMatchObject({ run: true });
    expect(does(3, 'Enter', { ctrlKey: true })).toBeNull();
    expect(does(1, 'Enter')).toEqual({ toggle: 'folder incidents' });
    expect(does(1, 'F2')).toHaveProperty('rename');
    expect(does(1, 'Delete')).toHaveProperty('remove');
    expect(does(1, 'F10', { shiftKey: true })).toHaveProperty('menu');
    expect(does(1, 'ArrowDown', { ctrlKey: true })).toBeNull();
  });
  it('goes to what begins with the letters that are typed, around the end', () => {
    const lines = linesOf(library, new Set(), null);
    expect(typed(lines, 5, 'q')).toBe(6);
    expect(typed(lines, 6, 'q')).toBe(5);
    expect(typed(lines, 5, 'q1')).toBe(6);
    expect(typed(lines, 0, 'ST')).toBe(3);
    expect(typed(lines, 0, 'z')).toBe(-1);
  });
  it('takes nothing where it is, and no folder into itself', () => {
    const lines = linesOf(library, new Set(), null);
    const [empty, incidents, payments, stuck] = lines;
    if (empty === undefined || incidents === undefined || payments === undefined || stuck === undefined)
      throw new Error();
    expect(mayMove(incidents, ['Incidents', 'Payments'])).toBe(false);
    expect(mayMove(payments, ['INCIDENTS'])).toBe(false);
    expect(mayMove(payments, [])).toBe(true);
    expect(mayMove(stuck, ['Incidents', 'Payments'])).toBe(false);
    expect(mayMove(stuck, [])).toBe(true);
  });
});
