/** Everything that happened under one grant, in ledger order; the app's own look-ups folded, a filter above. */
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type { ReviewGrant, TimelineEntry } from '../../../shared/api.ts';
import { isLive } from '../words/grant.ts';
import { plural } from '../words/number.ts';
import type { StatementEntry } from '../words/statement.ts';
import { sameDay, zoneWords } from '../words/time.ts';
import { type Filter, filterCounts, filterTimeline, foldTimeline, toJudge } from '../words/timeline.ts';
import { tally, type Verdict, type Verdicts, verdictOf } from '../words/verdicts.ts';
import { EventRow } from './event-row.tsx';
import { DayLine, FoldRow } from './fold-row.tsx';
import { StatementRow } from './statement-row.tsx';
import './timeline.css';

interface Props {
  readonly view: ReviewGrant;
  readonly drafts: Verdicts;
  readonly current: string | null;
  readonly signed: boolean;
  readonly onCurrent: (intent: string) => void;
  readonly onJudge: (intent: string, verdict: Verdict) => void;
  readonly onOpen: (entry: StatementEntry) => void;
}

const FILTERS: readonly { readonly id: Filter; readonly label: string }[] = [
  { id: 'all', label: 'Everything' },
  { id: 'writes', label: 'Writes' },
  { id: 'refused', label: 'Refused or failed' },
  { id: 'open', label: 'No verdict' },
];

function Filters({
  counts,
  filter,
  onFilter,
  done,
}: {
  readonly counts: Record<Filter, number>;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly done: string;
}) {
  return (
    <div className="filters">
      <fieldset className="filter-set">
        <legend className="sr-only">Show</legend>
        {FILTERS.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            className="filter"
            aria-pressed={filter === id}
            disabled={id !== 'all' && counts[id] === 0 && filter !== id}
            onClick={() => onFilter(id)}
          >
            {label} <span className="num">{counts[id]}</span>
          </button>
        ))}
      </fieldset>
      <span className="grow" />
      <span className="muted num filter-done">{done}</span>
    </div>
  );
}

/** Says aloud that a live timeline grew, once per growth. */
function Growth({ size, live }: { readonly size: number; readonly live: boolean }) {
  const seen = useRef(size);
  const [words, setWords] = useState('');
  useEffect(() => {
    const more = size - seen.current;
    seen.current = size;
    if (more > 0 && live) setWords(plural(more, 'new entry', 'new entries'));
  }, [size, live]);
  return (
    <div className="sr-only" role="status">
      {words}
    </div>
  );
}

const Rows = memo(function Rows({
  entries,
  drafts,
  current,
  signed,
  onCurrent,
  onJudge,
  onOpen,
}: Omit<Props, 'view'> & { readonly entries: readonly TimelineEntry[] }) {
  const rows = useMemo(() => foldTimeline(entries), [entries]);
  let day: string | null = null;
  return (
    <ol className="timeline-rows">
      {rows.map((row) => {
        const at = row.kind === 'fold' ? (row.entries[0]?.at ?? '') : row.entry.at;
        const turned = day !== null && !sameDay(day, at);
        day = at;
        const line = turned ? <DayLine key={`day-${at}`} at={at} /> : null;
        if (row.kind === 'fold') return [line, <FoldRow key={row.key} entries={row.entries} />];
        const { entry } = row;
        if (entry.kind !== 'statement') return [line, <EventRow key={row.key} entry={entry} />];
        return [
          line,
          <StatementRow
            key={row.key}
            entry={entry}
            verdict={verdictOf(entry, drafts)}
            current={entry.intent === current}
            signed={signed}
            onCurrent={onCurrent}
            onJudge={onJudge}
            onOpen={onOpen}
          />,
        ];
      })}
    </ol>
  );
});

export function Timeline({ view, drafts, signed, ...row }: Props) {
  const [filter, setFilter] = useState<Filter>('all');
  const { timeline } = view;
  const counts = useMemo(() => filterCounts(timeline, drafts), [timeline, drafts]);
  const entries = useMemo(() => filterTimeline(timeline, filter, drafts), [timeline, filter, drafts]);
  const judged = useMemo(() => toJudge(timeline), [timeline]);
  const sums = tally(judged, drafts);
  const live = isLive(view.item.request);
  const done =
    judged.length === 0
      ? 'no statements'
      : `${judged.length - sums.none} of ${plural(judged.length, 'statement')} with a verdict`;
  return (
    <section className="timeline" aria-label="Timeline">
      <Filters counts={counts} filter={filter} onFilter={setFilter} done={done} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="timeline-scroll" tabIndex={0} aria-label="Entries">
        <Rows entries={entries} drafts={drafts} signed={signed} {...row} />
        {entries.length === 0 && filter !== 'all' && (
          <p className="timeline-none muted">Nothing left under this filter.</p>
        )}
        {live && (
          <p className="timeline-live">
            <span className="dot live pulse" /> Live: new entries appear as the ledger takes them in.
          </p>
        )}
      </section>
      <Growth size={timeline.length} live={live} />
      <footer className="timeline-keys">
        <span>
          <kbd className="kbd">j</kbd> <kbd className="kbd">k</kbd> move
        </span>
        <span>
          <kbd className="kbd">→</kbd> <kbd className="kbd">←</kbd> timeline, queue
        </span>
        {!signed && (
          <span>
            <kbd className="kbd">1</kbd> expected <kbd className="kbd">2</kbd> ask <kbd className="kbd">3</kbd> wrong
          </span>
        )}
        <span>
          <kbd className="kbd">o</kbd> open text
        </span>
        {!signed && (
          <span>
            <kbd className="kbd">s</kbd> sign off
          </span>
        )}
        <span className="grow" />
        <span className="num">Local time, {zoneWords(Date.parse(view.item.request.created_at))}</span>
      </footer>
    </section>
  );
}
