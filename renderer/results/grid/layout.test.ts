import { describe, expect, it } from 'vitest';
import { Geometry } from './geometry.ts';
import { actionOf } from './keys.ts';
import { asItCame, freeze, hide, moveBy, moveTo, setHidden, shownOf } from './layout.ts';
import { arrangedWords, extentWords, figureList, filterWords, hitWords, kindOf, sortedBy, titleOf } from './words.ts';

describe('the layout of columns', () => {
  const five = asItCame(5);
  it('moves a column, not past the edges', () => {
    expect(shownOf(moveBy(five, 3, -1)).columns).toEqual([0, 1, 3, 2, 4]);
    expect(shownOf(moveBy(five, 0, -1)).columns).toEqual([0, 1, 2, 3, 4]);
    expect(shownOf(moveTo(five, 0, 99)).columns).toEqual([1, 2, 3, 4, 0]);
  });
  it('keeps frozen columns together at the left, and lets them go where they were', () => {
    const frozen = freeze(freeze(five, 3, true), 1, true);
    expect(shownOf(frozen)).toEqual({ columns: [1, 3, 0, 2, 4], frozen: 2 });
    expect(shownOf(moveBy(frozen, 0, -1)).columns).toEqual([1, 3, 0, 2, 4]);
    expect(shownOf(moveBy(frozen, 1, 1)).columns).toEqual([3, 1, 0, 2, 4]);
    expect(shownOf(freeze(frozen, 3, false))).toEqual({ columns: [1, 0, 2, 3, 4], frozen: 1 });
  });
  it('hides columns, never the last one, and shows them again', () => {
    const three = hide(hide(five, 0), 4);
    expect(shownOf(three).columns).toEqual([1, 2, 3]);
    expect(shownOf(setHidden(three, [])).columns).toEqual([0, 1, 2, 3, 4]);
    expect(setHidden(five, [0, 1, 2, 3, 4])).toBe(five);
  });
});

describe('where columns stand', () => {
  const geometry = new Geometry([100, 200, 300, 100]);
  geometry.gutter = 50;
  it('knows which are in view, beside the frozen ones', () => {
    geometry.show({ columns: [2, 0, 1, 3], frozen: 1 }, 1000);
    expect(geometry.frozenWidth).toBe(300);
    expect(geometry.inView(0, 500)).toEqual([1, 3]);
    expect(geometry.inView(150, 600)).toEqual([2, 4]);
    expect(geometry.placeAt(10, 150)).toBe(-1);
    expect(geometry.placeAt(60, 150)).toBe(0);
    expect(geometry.placeAt(360, 150)).toBe(2);
    expect(geometry.placeAt(5000, 0)).toBeNull();
  });
  it('scrolls as little as needed, and not for what never scrolls', () => {
    expect(geometry.scrollTo(0, 120, 600)).toBe(120);
    expect(geometry.scrollTo(3, 0, 600)).toBe(150);
    expect(geometry.scrollTo(1, 120, 600)).toBe(0);
  });
  it('lets frozen columns scroll where they would take the whole window', () => {
    geometry.show({ columns: [2, 0, 1, 3], frozen: 1 }, 400);
    expect(geometry.frozen).toBe(0);
    expect(geometry.fit(1000)).toBe(true);
    expect(geometry.frozen).toBe(1);
  });
});

describe('keys', () => {
  it.each([
    ['ArrowUp', { alt: true }, { kind: 'sort', descending: false, add: false }],
    ['ArrowDown', { alt: true, shift: true }, { kind: 'sort', descending: true, add: true }],
    ['ArrowLeft', { alt: true, shift: true }, { kind: 'move', by: -1 }],
    ['ArrowRight', { alt: true }, { kind: 'width', by: 16 }],
    ['F10', { shift: true }, { kind: 'menu' }],
    ['C', { ctrl: true, shift: true }, { kind: 'copy', names: true }],
    ['Enter', {}, { kind: 'open' }],
    ['Enter', { ctrl: true }, null],
    ['ArrowUp', {}, null],
  ] as const)('%s %j', (key, held, action) => {
    expect(actionOf({ key, ctrl: false, shift: false, alt: false, ...held })).toEqual(action);
  });
  it('sorts, turns round, and takes away; alone or beside the other keys', () => {
    const up = { column: 1, descending: false };
    const down = { column: 1, descending: true };
    const other = { column: 2, descending: false };
    expect(sortedBy([], 1, false, false)).toEqual([up]);
    expect(sortedBy([up], 1, true, false)).toEqual([down]);
    expect(sortedBy([up], 1, false, false)).toEqual([]);
    expect(sortedBy([up, other], 1, false, false)).toEqual([up]);
    expect(sortedBy([up], 2, false, true)).toEqual([up, other]);
    expect(sortedBy([up, other], 1, true, true)).toEqual([down, other]);
    expect(sortedBy([up, other], 1, false, true)).toEqual([other]);
  });
});

describe('words', () => {
  const columns = [
    { name: 'id', type: 'integer', align: 'right' },
    { name: 'id', type: 'text', align: 'left' },
    { name: '', type: 'timestamp without time zone', align: 'left' },
    { name: 'price', type: 'money', align: 'right' },
  ] as const;
  it('tells columns of one name apart, and what they hold', () => {
    expect(columns.map((_, n) => titleOf(columns, n))).toEqual([
      'id (column 1)',
      'id (column 2)',
      '(no name)',
      'price',
    ]);
    expect(columns.map(kindOf)).toEqual(['number', 'text', 'time', 'text']);
  });
  it('says how rows are arranged, and which rows that is about', () => {
    const filter = { column: 2, test: 'at_least', value: '2026-11-23' } as const;
    expect(filterWords(columns, filter)).toBe('(no name) is at or after “2026-11-23”');
    expect(arrangedWords(columns, [{ column: 3, descending: true }], [filter])).toBe(
      'Sorted here by price ↓ · filtered: (no name) is at or after “2026-11-23”',
    );
    const arrangement = { id: 1, rows: 12, of: 200_000 };
    expect(extentWords(arrangement, { rows: 1_204_331, cap: null }, false)).toBe(
      '200,000 of 1,204,331 rows that are loaded',
    );
    expect(extentWords(arrangement, { rows: 200_000, cap: 'own_rows' }, true)).toBe(
      '12 of the 200,000 rows that are loaded; the statement has more',
    );
  });
  it('names the figures, and the hits', () => {
    const figures = { cells: 4, nulls: 1, numbers: 3, sum: '6.0', average: '2', distinct: null };
    expect(figureList(figures)).toEqual([
      ['Count', '3'],
      ['NULL', '1'],
      ['Distinct', 'too many'],
      ['Sum', '6.0'],
      ['Average', '2'],
    ]);
    expect(hitWords({ hits: 1204, all: true }, 3)).toBe('3 of 1,204');
    expect(hitWords({ hits: 200_000, all: false }, null)).toBe('more than 200,000 found');
    expect(hitWords({ hits: 0, all: true }, null)).toBe('Nothing found');
  });
});
