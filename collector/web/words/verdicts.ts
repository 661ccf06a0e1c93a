/** The reviewer's verdicts before they are signed: a draft on top of what the ledger already holds. */
import type { TimelineEntry } from '../../../shared/api.ts';

export type Verdict = 'expected' | 'ask' | 'wrong';
/** Intent id → verdict. */
export type Verdicts = Readonly<Record<string, Verdict>>;
type Judged = Pick<Extract<TimelineEntry, { kind: 'statement' }>, 'intent' | 'verdict'>;

export const VERDICTS: readonly {
  readonly id: Verdict;
  readonly label: string;
  readonly chip: string;
  readonly key: string;
  readonly tone: 'ok' | 'warn' | 'danger';
}[] = [
  { id: 'expected', label: 'Expected', chip: 'as expected', key: '1', tone: 'ok' },
  { id: 'ask', label: 'Ask', chip: 'ask', key: '2', tone: 'warn' },
  { id: 'wrong', label: 'Wrong', chip: 'wrong', key: '3', tone: 'danger' },
];

/** What a signed review says wins over the draft. */
export const verdictOf = (entry: Judged, drafts: Verdicts): Verdict | null =>
  entry.verdict ?? drafts[entry.intent] ?? null;

/** Sets a verdict; the same verdict again takes it back. */
export function judge(drafts: Verdicts, intent: string, verdict: Verdict): Verdicts {
  const { [intent]: before, ...others } = drafts;
  return before === verdict ? others : { ...others, [intent]: verdict };
}

export interface Tally {
  readonly expected: number;
  readonly ask: number;
  readonly wrong: number;
  readonly none: number;
}

export function tally(entries: readonly Judged[], drafts: Verdicts): Tally {
  const sum = { expected: 0, ask: 0, wrong: 0, none: 0 };
  for (const entry of entries) sum[verdictOf(entry, drafts) ?? 'none'] += 1;
  return sum;
}

/** Only what belongs to this timeline is signed; a draft for a statement that is not there would be refused. */
export function signable(entries: readonly Judged[], drafts: Verdicts): Record<string, Verdict> {
  const signed: Record<string, Verdict> = {};
  for (const { intent } of entries) {
    const verdict = drafts[intent];
    if (verdict !== undefined) signed[intent] = verdict;
  }
  return signed;
}
