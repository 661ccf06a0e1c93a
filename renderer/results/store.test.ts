import { describe, expect, it } from 'vitest';
import { id, result } from '../gallery/data.ts';
import { type Mark, type Run, resultsOf, type Snapshot, tabsOf } from './store.ts';
import { moreRows, tabTitle } from './words.ts';

const run: Run = {
  source: { tab: 'a', text: '', mark: '' },
  ids: [id(1), id(2)],
  startedAt: 0,
  refused: null,
};
const mark = (part: Partial<Mark>): Mark => ({ name: null, pinned: false, closed: false, ...part });
const snapshot = (marks: readonly (readonly [string, Mark])[], ids = run.ids): Snapshot => ({
  results: new Map([5, 6, 1, 2].map((n) => [id(n), result({ id: id(n), tab: n === 6 ? 'b' : 'a' })])),
  marks: new Map(marks),
  runs: new Map([['a', { ...run, ids }]]),
  confirm: null,
  recent: [],
});
const names = (of: readonly { readonly id: string }[]) => of.map((one) => Number(one.id.slice(1)));

describe('tabs of results', () => {
  it('shows pinned ones of runs before in front of those of the last run', () => {
    const now = snapshot([
      [id(5), mark({ pinned: true })],
      [id(6), mark({ pinned: true })],
      [id(2), mark({ pinned: true })],
    ]);
    expect(names(tabsOf(now, 'a'))).toEqual([5, 1, 2]);
    expect(names(resultsOf(now, 'a'))).toEqual([1, 2]);
  });
  it('keeps the place of a closed one in its text, and shows it no more', () => {
    const now = snapshot([[id(1), mark({ closed: true })]]);
    expect(names(tabsOf(now, 'a'))).toEqual([2]);
    expect(names(resultsOf(now, 'a'))).toEqual([1, 2]);
  });
  it('takes no pinned result for one of a run that has no names yet', () => {
    expect(names(resultsOf(snapshot([[id(5), mark({ pinned: true })]], []), 'a'))).toEqual([1, 2]);
  });
  it('has the name that a person gave, and says when its rows were let go', () => {
    expect(tabTitle(result({ tab: 'a', text: '', id: id(1) }), null)).toBe('37 rows');
    expect(tabTitle(result({ tab: 'a', text: '', id: id(1) }), 'before')).toBe('before · 37 rows');
    expect(tabTitle(result({ tab: 'a', text: '', id: id(1), let_go: true }), 'before')).toBe('before · Let go');
  });
});

describe('more rows', () => {
  const cut = { cap: 'own_rows', stored: 1000, repeatable: true, status: 'done', let_go: false } as const;
  it.each([
    ['ten times as many', cut, 1_000_000, 10_000],
    ['what the grant allows', cut, 4000, 4000],
    ['nothing where the grant allows no more', cut, 1000, null],
    ['nothing where the grant is what cut it', { ...cut, cap: 'grant_rows' }, 1_000_000, null],
    ['nothing of a statement that is not run again', { ...cut, repeatable: false }, 1_000_000, null],
    ['nothing of rows that were let go', { ...cut, let_go: true }, 1_000_000, null],
  ] as const)('offers %s', (_, one, most, wanted) => {
    expect(moreRows(one, most)).toBe(wanted);
  });
});
