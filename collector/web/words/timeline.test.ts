import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../../../shared/api.ts';
import { outcomeWords, type StatementEntry, statementSign } from './statement.ts';
import { filterCounts, filterTimeline, foldTimeline, foldWords, toJudge } from './timeline.ts';
import { judge, signable, tally, verdictOf } from './verdicts.ts';

const id = (name: string): string => `${name}______________________`.slice(0, 22);
const statement = (name: string, over: Partial<StatementEntry> = {}): StatementEntry => ({
  index: 1,
  at: '2026-11-23T14:02:11.000Z',
  kind: 'statement',
  sid: id('s'),
  intent: id(name),
  statement: 'select',
  origin: 'user',
  norm: 'select $1',
  writes: false,
  tx: 'idle',
  outcome: { index: 2, result: 'ok', sqlstate: null, tag: 'SELECT 1', rows: 1, bytes: 8, ms: 3 },
  verdict: null,
  sealed: true,
  ...over,
});
const lookUp = (name: string, over: Partial<StatementEntry> = {}): StatementEntry =>
  statement(name, { origin: 'introspection', ...over });
const failed = { index: 3, result: 'error', sqlstate: '42501', tag: null, rows: 0, bytes: 0, ms: 2 } as const;
const end: TimelineEntry = {
  kind: 'end',
  index: 9,
  at: '2026-11-23T14:26:29.000Z',
  why: 'handed_back',
  by: null,
  gone_ms: 180,
  terminated: 0,
};
const shape = (entries: readonly TimelineEntry[]): string[] =>
  foldTimeline(entries).map((row) => (row.kind === 'fold' ? `fold ${row.entries.length}` : row.entry.kind));

describe('folding', () => {
  it('puts a run of look-ups into one row and keeps the order of the rest', () => {
    const entries = [lookUp('a'), lookUp('b'), statement('c'), lookUp('d'), end];
    expect(shape(entries)).toEqual(['fold 2', 'statement', 'fold 1', 'end']);
  });
  it('never folds what writes, whoever sent it', () => {
    expect(shape([lookUp('a'), lookUp('b', { writes: true }), lookUp('c')])).toEqual(['fold 1', 'statement', 'fold 1']);
  });
  it('never folds what came through the local port', () => {
    expect(shape([statement('a', { origin: 'port' })])).toEqual(['statement']);
  });
  it('loses and repeats nothing', () => {
    const entries = [lookUp('a'), end, lookUp('b'), lookUp('c'), statement('d')];
    const back = foldTimeline(entries).flatMap((row): TimelineEntry[] =>
      row.kind === 'fold' ? [...row.entries] : [row.entry],
    );
    expect(back).toEqual(entries);
  });
  it('keeps the key of a row when later entries arrive', () => {
    const entries = [lookUp('a'), statement('b')];
    const before = foldTimeline(entries).map((row) => row.key);
    const after = foldTimeline([...entries, lookUp('c'), end]).map((row) => row.key);
    expect(after.slice(0, before.length)).toEqual(before);
  });
  it('gives every row a key of its own', () => {
    const alert = (index: number | null): TimelineEntry => ({
      kind: 'alert',
      index,
      at: end.at,
      alert: 'gap',
      detail: '',
    });
    const keys = foldTimeline([alert(null), alert(null), alert(4), lookUp('a'), end]).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it('says how many there are, and how many failed', () => {
    expect(foldWords([lookUp('a')])).toBe('1 schema look-up by the app');
    expect(foldWords([lookUp('a'), lookUp('b', { outcome: failed })])).toBe('2 schema look-ups by the app, 1 failed');
    expect(foldWords([lookUp('a'), lookUp('b', { origin: 'driver' })])).toBe('2 look-ups and settings by the app');
  });
});

describe('filters', () => {
  const entries = [
    lookUp('a'),
    statement('b', { outcome: failed }),
    statement('c', { writes: true }),
    statement('d', { verdict: 'expected' }),
    end,
  ];
  it('count what they show', () => {
    expect(filterCounts(entries, {})).toEqual({ all: 5, writes: 1, refused: 1, open: 2 });
  });
  it('leave out of "no verdict" what already has one, signed or drafted', () => {
    expect(
      filterTimeline(entries, 'open', { [id('b')]: 'ask' }).map((e) => (e.kind === 'statement' ? e.intent : '')),
    ).toEqual([id('c')]);
  });
  it('show refused statements even when the app sent them', () => {
    expect(filterTimeline([lookUp('a', { outcome: failed })], 'refused', {})).toHaveLength(1);
  });
});

describe('verdicts', () => {
  it('are taken back by saying the same again', () => {
    const once = judge({}, id('a'), 'ask');
    expect(once).toEqual({ [id('a')]: 'ask' });
    expect(judge(once, id('a'), 'ask')).toEqual({});
    expect(judge(once, id('a'), 'wrong')).toEqual({ [id('a')]: 'wrong' });
  });
  it('that are signed win over a draft', () => {
    expect(verdictOf({ intent: id('a'), verdict: 'expected' }, { [id('a')]: 'wrong' })).toBe('expected');
  });
  it('are counted, with those that are missing', () => {
    const entries = [statement('a'), statement('b'), statement('c', { verdict: 'ask' })];
    expect(tally(entries, { [id('a')]: 'expected' })).toEqual({ expected: 1, ask: 1, wrong: 0, none: 1 });
  });
  it('sign only what stands in this timeline', () => {
    expect(signable([statement('a')], { [id('a')]: 'expected', [id('gone')]: 'wrong' })).toEqual({
      [id('a')]: 'expected',
    });
  });
  it('wait for people’s statements, not for look-ups', () => {
    expect(toJudge([lookUp('a'), statement('b'), end])).toHaveLength(1);
  });
});

describe('an outcome', () => {
  it.each<[Partial<StatementEntry>, string]>([
    [{}, '1 row · 3 ms'],
    [{ outcome: failed }, 'denied by the database · 42501 · not in the grant'],
    [{ outcome: null }, 'no outcome recorded yet'],
    [
      { outcome: { ...failed, result: 'unknown', sqlstate: null, ms: null } },
      'outcome unknown: the app stopped before it heard',
    ],
    [{ outcome: { ...failed, result: 'cancelled', sqlstate: '57014', ms: 8200 } }, 'cancelled · 57014 · after 8.20 s'],
    [{ outcome: { ...failed, sqlstate: 'XX000' } }, 'failed · XX000'],
    [
      {
        writes: true,
        tx: 'transaction',
        outcome: { ...failed, result: 'ok', sqlstate: null, tag: 'UPDATE 37', rows: 37, ms: 18 },
      },
      '37 rows changed · 18 ms · in a transaction',
    ],
    [{ writes: true, outcome: { ...failed, result: 'ok', sqlstate: null, tag: 'COMMIT', ms: 3 } }, '3 ms'],
  ])('of %j reads "%s"', (over, words) => {
    expect(outcomeWords(statement('a', over))).toBe(words);
  });
  it('has a sign that does not say read when it failed', () => {
    expect(statementSign(statement('a', { outcome: failed }))).toBe('bad');
    expect(statementSign(statement('a', { writes: true }))).toBe('write');
    expect(statementSign(statement('a', { outcome: null }))).toBe('plain');
  });
});
