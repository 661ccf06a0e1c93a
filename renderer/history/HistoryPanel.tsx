/** Search, filters, the list; the chosen statement with all that is known of it and what can be done with it. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { HistoryEntry } from '../../shared/ipc-history.ts';
import { ask, type Bridge } from '../bridge.ts';
import { SearchField, StatementCard } from '../side/index.ts';
import { Icon } from '../ui/icons.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { oneLine } from '../words/format.ts';
import { ClearHistory } from './ClearHistory.tsx';
import { type Chosen, durations, ended, everything, factsOf, outcomes, periods } from './filter.ts';
import { useHistory } from './use-history.ts';
import './history.css';

export function HistoryPanel(props: {
  readonly bridge: Bridge;
  /** Changes whenever something has ended or was receipted. */
  readonly news: unknown;
  readonly onOpen: (text: string) => void;
  readonly onRun: (text: string) => void;
  readonly onSave: (text: string) => void;
}) {
  const { bridge } = props;
  const say = useToast();
  const [chosen, setChosen] = useState(everything);
  const { page, problem, more, again } = useHistory(bridge, chosen, props.news);
  const [at, setAt] = useState(0);
  const [clearing, setClearing] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = page?.entries ?? [];
  const active = Math.min(at, entries.length - 1);
  const entry = entries[active];
  const narrowed = JSON.stringify(chosen) !== JSON.stringify(everything);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const choose = (part: Partial<Chosen>) => {
    setAt(0);
    setChosen({ ...chosen, ...part });
  };
  const withText = async (one: HistoryEntry | undefined, use: (text: string) => void) => {
    if (one === undefined) return;
    const answer = await ask(bridge.readHistory(one.id));
    if (!answer.ok) say(answer.error);
    else if (answer.value !== null) use(answer.value);
    else say({ code: 'history_gone', message: 'This statement is not kept any more.', hint: null });
  };
  const copy = (text: string) =>
    void ask(bridge.copyText(text)).then((answer) => {
      say(answer.ok ? { code: 'copied', message: 'Copied.', hint: null, kind: 'ok', fleeting: true } : answer.error);
    });
  const onKeyDown = (event: KeyboardEvent) => {
    const last = entries.length - 1;
    const to = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 8,
      PageUp: active - 8,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Enter') void withText(entry, props.onOpen);
    else if (to === undefined) return;
    else {
      setAt(Math.max(0, Math.min(last, to)));
      if (to > last) more();
    }
    event.preventDefault();
  };

  return (
    <section className="history" aria-label="History">
      <div className="side-top">
        <SearchField
          label="Search the history"
          placeholder="Search texts and tickets"
          value={chosen.search}
          onChange={(search) => choose({ search })}
        />
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Clear the history…"
          title="Clear the history…"
          disabled={entries.length === 0}
          onClick={() => setClearing(true)}
        >
          <Icon name="trash" size={13} />
        </button>
      </div>
      <div className="history-filters">
        <Filter
          label="Database"
          value={chosen.target}
          options={[['', 'Any database'], ...(page?.targets ?? []).map((one) => [one.id, one.label] as const)]}
          onChange={(target) => choose({ target })}
        />
        <Filter label="Outcome" value={chosen.outcome} options={outcomes} onChange={(outcome) => choose({ outcome })} />
        <Filter label="Duration" value={chosen.longer} options={durations} onChange={(longer) => choose({ longer })} />
        <Filter label="Time" value={chosen.since} options={periods} onChange={(since) => choose({ since })} />
      </div>
      {(problem ?? page?.problem ?? null) !== null && (
        <p className="side-words" role="alert">
          {problem === null
            ? `${page?.problem} What is run now is gone when Vitrine is closed.`
            : `${problem.message} ${problem.hint ?? ''}`}
        </p>
      )}
      {page === null ? (
        <p className="side-words muted">{problem === null ? 'Reading the history…' : ''}</p>
      ) : entries.length === 0 ? (
        <p className="side-words muted">
          {narrowed
            ? 'Nothing was run that matches.'
            : 'Nothing was run yet. What you run is listed here, without rows.'}
        </p>
      ) : (
        <>
          {/* The keys are the list's: a listbox is one stop, and its options are walked with arrows. */}
          <div
            ref={list}
            className="history-list"
            role="listbox"
            tabIndex={0}
            aria-label="Statements, newest first. Enter opens one in a new tab"
            aria-activedescendant={`${id}-${active}`}
            onKeyDown={onKeyDown}
            onScroll={({ currentTarget: box }) => {
              if (box.scrollTop + box.clientHeight > box.scrollHeight - 200) more();
            }}
          >
            {entries.map((one, n) => {
              const { dot, words } = ended(one);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's
                <div
                  key={one.id}
                  id={`${id}-${n}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={n === active}
                  onClick={() => setAt(n)}
                  onDoubleClick={() => void withText(one, props.onOpen)}
                >
                  <span className={`dot ${dot}`} />
                  <span className="mono clip">{oneLine(one.text)}</span>
                  <span className="t num">{words}</span>
                </div>
              );
            })}
          </div>
          {entry !== undefined && (
            <StatementCard text={entry.text} cut={entry.cut} facts={factsOf(entry, Date.now())}>
              <button type="button" className="btn" onClick={() => void withText(entry, props.onOpen)}>
                Open
              </button>
              <button type="button" className="btn" onClick={() => void withText(entry, props.onRun)}>
                Run again
              </button>
              <button type="button" className="btn quiet" onClick={() => void withText(entry, props.onSave)}>
                Save as query…
              </button>
              <button type="button" className="btn quiet" onClick={() => void withText(entry, copy)}>
                Copy
              </button>
            </StatementCard>
          )}
        </>
      )}
      {clearing && <ClearHistory bridge={bridge} onClose={() => setClearing(false)} onCleared={again} />}
    </section>
  );
}

function Filter<V extends string>(props: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly (readonly [V, string])[];
  readonly onChange: (value: V) => void;
}) {
  return (
    <select
      className="select"
      aria-label={props.label}
      value={props.value}
      onChange={({ target }) => {
        const [value] = props.options[target.selectedIndex] ?? [];
        if (value !== undefined) props.onChange(value);
      }}
    >
      {props.options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}
