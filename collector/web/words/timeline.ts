/**
 * The timeline as it is shown: the app's own look-ups folded into one line, a filter, and the counts beside each filter.
 * What writes is never folded, whoever sent it: a reviewer must see it without a click.
 */
import type { TimelineEntry } from '../../../shared/api.ts';
import { plural } from './number.ts';
import { isBad, isByApp, type StatementEntry } from './statement.ts';
import type { Verdicts } from './verdicts.ts';
import { verdictOf } from './verdicts.ts';

export interface Fold {
  readonly kind: 'fold';
  readonly key: string;
  readonly entries: readonly StatementEntry[];
}
export interface Single {
  readonly kind: 'entry';
  readonly key: string;
  readonly entry: TimelineEntry;
}
export type TimelineRow = Fold | Single;

export type Filter = 'all' | 'writes' | 'refused' | 'open';

const foldable = (entry: TimelineEntry): entry is StatementEntry => isByApp(entry) && !entry.writes;

/** A key that stays the same when later entries arrive. */
const keyOf = (entry: TimelineEntry, at: number): string =>
  entry.kind === 'statement' ? entry.intent : `${entry.kind}-${entry.index ?? `at-${at}`}`;

/** Runs of the app's own reads become one row each; everything else stays in its place and order. */
export function foldTimeline(entries: readonly TimelineEntry[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let run: StatementEntry[] = [];
  const flush = (): void => {
    const [first] = run;
    if (first !== undefined) rows.push({ kind: 'fold', key: `fold-${first.intent}`, entries: run });
    run = [];
  };
  entries.forEach((entry, at) => {
    if (foldable(entry)) {
      run.push(entry);
      return;
    }
    flush();
    rows.push({ kind: 'entry', key: keyOf(entry, at), entry });
  });
  flush();
  return rows;
}

/** `14 schema look-ups by the app, 1 failed`. */
export function foldWords(entries: readonly StatementEntry[]): string {
  const only = (origin: StatementEntry['origin']): boolean => entries.every((entry) => entry.origin === origin);
  const what = only('introspection')
    ? plural(entries.length, 'schema look-up')
    : only('driver')
      ? plural(entries.length, 'connection setting')
      : plural(entries.length, 'look-up and setting', 'look-ups and settings');
  const failed = entries.filter(isBad).length;
  return `${what} by the app${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** Statements that a person sent (or that write): the ones that wait for a verdict. */
export const toJudge = (entries: readonly TimelineEntry[]): readonly StatementEntry[] =>
  entries.filter((entry): entry is StatementEntry => entry.kind === 'statement' && !foldable(entry));

function passes(entry: TimelineEntry, filter: Filter, verdicts: Verdicts): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'writes':
      return entry.kind === 'statement' && entry.writes;
    case 'refused':
      return (
        (entry.kind === 'statement' && isBad(entry)) ||
        (entry.kind === 'notice' && entry.notice === 'refused') ||
        entry.kind === 'fault' ||
        entry.kind === 'alert'
      );
    case 'open':
      return entry.kind === 'statement' && !foldable(entry) && verdictOf(entry, verdicts) === null;
  }
}

export const filterTimeline = (
  entries: readonly TimelineEntry[],
  filter: Filter,
  verdicts: Verdicts,
): readonly TimelineEntry[] =>
  filter === 'all' ? entries : entries.filter((entry) => passes(entry, filter, verdicts));

export function filterCounts(entries: readonly TimelineEntry[], verdicts: Verdicts): Record<Filter, number> {
  const of = (filter: Filter): number => entries.filter((entry) => passes(entry, filter, verdicts)).length;
  return { all: entries.length, writes: of('writes'), refused: of('refused'), open: of('open') };
}
