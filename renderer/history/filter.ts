/** What the person has chosen, as the query that main understands. Pure. */
import type { HistoryEntry, HistoryPage, HistoryQuery } from '../../shared/ipc-history.ts';
import { count, dayTime, plural, took } from '../words/format.ts';

export interface Chosen {
  readonly search: string;
  /** Empty: every one. */
  readonly target: string;
  readonly outcome: 'any' | NonNullable<HistoryQuery['outcome']>;
  readonly longer: 'any' | '1000' | '10000' | '60000';
  readonly since: 'ever' | 'hour' | 'day' | 'week';
}
export const everything: Chosen = { search: '', target: '', outcome: 'any', longer: 'any', since: 'ever' };

export const outcomes: readonly (readonly [Chosen['outcome'], string])[] = [
  ['any', 'Any outcome'],
  ['ok', 'Worked'],
  ['error', 'Error'],
  ['cancelled', 'Cancelled'],
  ['unknown', 'Outcome unknown'],
];
export const durations: readonly (readonly [Chosen['longer'], string])[] = [
  ['any', 'Any duration'],
  ['1000', 'Over 1 s'],
  ['10000', 'Over 10 s'],
  ['60000', 'Over 1 min'],
];
export const periods: readonly (readonly [Chosen['since'], string])[] = [
  ['ever', 'Any time'],
  ['hour', 'Last hour'],
  ['day', 'Last 24 hours'],
  ['week', 'Last 7 days'],
];
const periodMs = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
const PAGE = 50;

/** `now`: ms since 1970. `before`: the `next` of the page before; null for the first. */
export function queryOf(chosen: Chosen, before: number | null, now: number): HistoryQuery {
  return {
    search: chosen.search.slice(0, 500),
    target: chosen.target === '' ? null : chosen.target,
    outcome: chosen.outcome === 'any' ? null : chosen.outcome,
    longer_ms: chosen.longer === 'any' ? null : Number(chosen.longer),
    since: chosen.since === 'ever' ? null : new Date(now - periodMs[chosen.since]).toISOString(),
    before,
    count: PAGE,
  };
}

/** The first page read anew, and behind it what was read of later pages: somebody may be there. */
export function refreshed(before: HistoryPage, first: HistoryPage): HistoryPage {
  const last = first.entries.at(-1)?.seq;
  const rest = last === undefined ? [] : before.entries.filter(({ seq }) => seq < last);
  return { ...first, entries: [...first.entries, ...rest], next: rest.length === 0 ? first.next : before.next };
}

/** How it ended, in a word, and the dot beside it. */
export function ended(entry: HistoryEntry): { readonly dot: string; readonly words: string } {
  switch (entry.outcome) {
    case 'ok':
      return { dot: '', words: entry.ms === null ? 'done' : took(entry.ms) };
    case 'error':
      return { dot: 'danger', words: entry.code === '42501' ? 'denied' : 'error' };
    case 'cancelled':
      return { dot: 'warn', words: 'cancelled' };
    case 'unknown':
      return { dot: 'warn', words: 'unknown' };
  }
}

/** Everything else about it, one fact each. */
export function factsOf(entry: HistoryEntry, now: number): readonly (readonly [name: string, value: string])[] {
  return [
    ['When', dayTime(entry.at, now)],
    ['Where', `${entry.target.label} · ${entry.severity} · ${entry.ticket}`],
    ['Took', entry.ms === null ? 'not known' : took(entry.ms)],
    ['Result', entry.code ?? entry.tag ?? plural(entry.rows, 'row')],
    [
      'Record',
      entry.ledger_index !== null
        ? `ledger ${count(entry.ledger_index)}`
        : entry.intent === null
          ? 'none: it was not sent'
          : 'on the way to the ledger',
    ],
    ...(entry.intent === null ? [] : [['Intent', entry.intent] as const]),
    ['Grant', entry.grant],
  ];
}
