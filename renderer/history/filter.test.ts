import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../shared/ipc-history.ts';
import { ended, everything, factsOf, queryOf, refreshed } from './filter.ts';

const now = Date.parse('2026-11-23T12:00:00.000Z');
const entry: HistoryEntry = {
  id: 'a'.repeat(22),
  seq: 1,
  at: '2026-11-23T11:40:00.000Z',
  grant: 'g'.repeat(22),
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  severity: 'SEV1',
  ticket: 'INC-4711',
  text: 'select 1',
  cut: false,
  outcome: 'ok',
  code: null,
  tag: 'SELECT 1',
  rows: 1,
  ms: 31,
  intent: 'i'.repeat(22),
  ledger_index: 18_204,
};

describe('the filter of the history', () => {
  it('asks for everything while nothing is chosen', () =>
    expect(queryOf(everything, null, now)).toEqual({
      search: '',
      target: null,
      outcome: null,
      longer_ms: null,
      since: null,
      before: null,
      count: 50,
    }));
  it('turns what was chosen into numbers and times', () =>
    expect(
      queryOf({ search: 'x', target: 'orders', outcome: 'error', longer: '10000', since: 'hour' }, 7, now),
    ).toMatchObject({
      target: 'orders',
      outcome: 'error',
      longer_ms: 10_000,
      since: '2026-11-23T11:00:00.000Z',
      before: 7,
    }));
});
describe('a page that is read anew', () => {
  const page = (seqs: number[], next: number | null) => ({
    entries: seqs.map((seq) => ({ ...entry, seq })),
    next,
    targets: [],
    problem: null,
  });
  it('keeps what was read of later pages', () => {
    const now = refreshed(page([5, 4, 3, 2], 2), page([6, 5, 4], 4));
    expect(now.entries.map(({ seq }) => seq)).toEqual([6, 5, 4, 3, 2]);
    expect(now.next).toBe(2);
  });
  it('is only itself where there was no later one', () =>
    expect(refreshed(page([5, 4], 4), page([6, 5, 4], null))).toMatchObject({ next: null }));
});
describe('an entry', () => {
  it.each<[Partial<HistoryEntry>, string]>([
    [{}, '31 ms'],
    [{ outcome: 'error', code: '42501' }, 'denied'],
    [{ outcome: 'error', code: '42P01' }, 'error'],
    [{ outcome: 'cancelled' }, 'cancelled'],
    [{ ms: null }, 'done'],
  ])('%o ended: %s', (part, words) => expect(ended({ ...entry, ...part }).words).toBe(words));
  it.each<[Partial<HistoryEntry>, string]>([
    [{}, 'ledger 18,204'],
    [{ ledger_index: null }, 'on the way to the ledger'],
    [{ ledger_index: null, intent: null }, 'none: it was not sent'],
  ])('%o has the record: %s', (part, words) =>
    expect(new Map(factsOf({ ...entry, ...part }, now)).get('Record')).toBe(words),
  );
});
