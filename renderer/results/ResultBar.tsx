/** One line about the result: how many rows, how long, whether it is recorded; cancel while it runs. */
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { CopyFormat, ResultState } from '../../shared/ipc.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Menu } from '../ui/Menu.tsx';
import { count, elapsed } from '../words/format.ts';
import { COMMAND_KEY } from './states.tsx';
import type { Run } from './store.ts';
import {
  exportable,
  isRunning,
  passingWords,
  progress,
  recordWords,
  resultTitle,
  timing,
  timingDetail,
  unconfirmed,
} from './words.ts';

/** Milliseconds since the person asked, ten times a second while it runs. */
function useElapsed(startedAt: number, running: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run starts a new clock
  useEffect(() => {
    if (!running) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, [running, startedAt]);
  return now - startedAt;
}

/** More results than that are stepped through. */
const MOST_TABS = 20;

export function ResultBar(props: {
  readonly run: Run;
  readonly results: readonly ResultState[];
  readonly shown: ResultState | undefined;
  /** A long text runs whose results are not shown one by one. */
  readonly passing: boolean;
  readonly copied: string;
  readonly onChoose: (id: string) => void;
  readonly onCancel: () => void;
  /** Gives up the connection. */
  readonly onLetGo: () => void;
  readonly onCopy: (as: CopyFormat) => void;
  /** Why there is no export in this grant; null when there is. */
  readonly exportsRefused: string | null;
  readonly onExport: () => void;
}) {
  const { results, shown } = props;
  const running = shown === undefined || isRunning(shown) || props.passing;
  const ms = useElapsed(props.run.startedAt, running);
  const stuck = shown !== undefined && unconfirmed(shown, ms);
  const record = shown === undefined ? null : recordWords(shown);
  return (
    <div className="result-bar">
      {props.passing ? (
        <b className="result-title">Running</b>
      ) : results.length > MOST_TABS ? (
        <ResultSteps results={results} shown={shown} onChoose={props.onChoose} />
      ) : results.length > 1 ? (
        <ResultTabs results={results} shown={shown} onChoose={props.onChoose} />
      ) : (
        <b className={`result-title ${shown?.status ?? ''}`}>{shown === undefined ? 'Sending' : resultTitle(shown)}</b>
      )}
      {running ? (
        <span className="row clip">
          <span className="spinner" />
          <span className="muted num clip">
            {shown === undefined ? elapsed(ms) : props.passing ? passingWords(shown, ms) : progress(shown, ms)}
          </span>
        </span>
      ) : (
        <span className="faint num clip" title={timingDetail(shown)}>
          {timing(shown)}
        </span>
      )}
      <span className="grow" />
      <span className="sr-only" role="status">
        {shown === undefined || running ? '' : `${resultTitle(shown)}. ${timing(shown)}.`} {props.copied}
      </span>
      {props.copied !== '' && (
        <span className="chip ok" aria-hidden="true">
          <Icon name="tick" size={11} />
          {props.copied}
        </span>
      )}
      {record !== null && !stuck && !props.passing && <span className={`chip ${record.kind}`}>{record.text}</span>}
      {stuck && (
        <button type="button" className="btn" onClick={props.onLetGo}>
          Close the connection…
        </button>
      )}
      {running && !stuck && (
        <button
          type="button"
          className="btn"
          disabled={shown === undefined || shown.status === 'cancelling'}
          onClick={props.onCancel}
        >
          <Icon name="stop" size={11} />
          Cancel <kbd className="kbd">Esc</kbd>
        </button>
      )}
      {shown !== undefined && shown.stored > 0 && !props.passing && (
        <Menu
          label="Copy"
          className="btn quiet"
          button={
            <>
              Copy
              <Icon name="chevronDown" size={11} />
            </>
          }
          groups={[
            {
              title: 'The selection, or all rows',
              items: copies.map(([as, label]) => ({ label, run: () => props.onCopy(as) })),
            },
          ]}
        />
      )}
      {shown !== undefined && shown.columns.length > 0 && !props.passing && !stuck && (
        <button
          type="button"
          className="btn"
          aria-disabled={props.exportsRefused !== null || !exportable(shown)}
          title={props.exportsRefused ?? `Write it to a file (${COMMAND_KEY} Shift S)`}
          onClick={props.onExport}
        >
          Export…
        </button>
      )}
    </div>
  );
}

const copies: readonly (readonly [CopyFormat, string])[] = [
  ['tsv', 'As TSV'],
  ['tsv_names', 'As TSV with column names'],
  ['markdown', 'As Markdown'],
  ['json', 'As JSON'],
  ['insert', 'As INSERT'],
];

interface Choice {
  readonly results: readonly ResultState[];
  readonly shown: ResultState | undefined;
  readonly onChoose: (id: string) => void;
}

/** Through the results of a long text, one by one. */
function ResultSteps({ results, shown, onChoose }: Choice) {
  const index = results.findIndex((result) => result.id === shown?.id);
  const step = (to: number, label: string, icon: IconName) => (
    <button
      type="button"
      className="btn quiet icon"
      aria-label={label}
      title={label}
      disabled={results[to] === undefined}
      onClick={() => {
        const target = results[to];
        if (target !== undefined) onChoose(target.id);
      }}
    >
      <Icon name={icon} size={12} />
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would look like a form
    <div className="result-steps" role="group" aria-label="Results">
      {step(index - 1, 'Result before', 'chevronLeft')}
      {step(index + 1, 'Next result', 'chevronRight')}
      {shown !== undefined && (
        <b className={`result-title ${shown.status} num`} title={shown.text.slice(0, 300)}>
          {count(shown.n)} of {count(shown.of)}: {resultTitle(shown)}
        </b>
      )}
    </div>
  );
}

function ResultTabs({ results, shown, onChoose }: Choice) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const index = results.findIndex((result) => result.id === shown?.id);
    const go = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: results.length - 1 }[event.key];
    if (go === undefined) return;
    const next = (go + results.length) % results.length;
    const target = results[next];
    if (target !== undefined) onChoose(target.id);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
    event.preventDefault();
  };
  return (
    <div className="result-tabs" role="tablist" aria-label="Results" onKeyDown={onKeyDown}>
      {results.map((result) => (
        <button
          key={result.id}
          type="button"
          role="tab"
          data-status={result.status}
          aria-selected={result.id === shown?.id}
          aria-controls="result-panel"
          tabIndex={result.id === shown?.id ? 0 : -1}
          title={result.text.slice(0, 300)}
          onClick={() => onChoose(result.id)}
        >
          {resultTitle(result)}
        </button>
      ))}
    </div>
  );
}
