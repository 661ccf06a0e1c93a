/** One line about the result: how many rows, how long, whether it is recorded; cancel while it runs. */
import { type ReactNode, useEffect, useState } from 'react';
import type { CopyFormat, ResultState } from '../../shared/ipc.ts';
import { keyText } from '../commands/Keys.tsx';
import { Icon } from '../ui/icons.tsx';
import { Menu, type MenuItem } from '../ui/Menu.tsx';
import { elapsed } from '../words/format.ts';
import { copies } from './grid/commands.ts';
import { ResultSteps, ResultTabs } from './ResultTabs.tsx';
import { COMMAND_KEY } from './states.tsx';
import type { Mark, Run } from './store.ts';
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
  readonly marks: ReadonlyMap<string, Mark>;
  readonly shown: ResultState | undefined;
  /** A long text runs whose results are not shown one by one. */
  readonly passing: boolean;
  readonly copied: string;
  readonly onChoose: (id: string) => void;
  readonly onRename: (id: string) => void;
  readonly onClose: (id: string) => void;
  /** What can be done with the shown result. */
  readonly actions: readonly { readonly title?: string; readonly items: readonly MenuItem[] }[];
  /** The panel beside the rows is open. */
  readonly panel: boolean;
  readonly onPanel: () => void;
  readonly onCancel: () => void;
  /** Gives up the connection. */
  readonly onLetGo: () => void;
  readonly onCopy: (as: CopyFormat) => void;
  /** Why there is no export in this grant; null when there is. */
  readonly exportsRefused: string | null;
  readonly onExport: () => void;
  /** The switch between rows, plan and chart. */
  readonly views: ReactNode;
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
      ) : results.length > 1 || results.some(({ id }) => props.marks.has(id)) ? (
        <ResultTabs
          results={results}
          marks={props.marks}
          shown={shown}
          onChoose={props.onChoose}
          onRename={props.onRename}
          onClose={props.onClose}
        />
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
        <button
          type="button"
          className="btn quiet icon"
          aria-label="Panel: value and row"
          aria-pressed={props.panel}
          title={`A closer look at the value and the row (${keyText('Alt+Enter')})`}
          onClick={props.onPanel}
        >
          <Icon name="panel" size={14} />
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
      {!running && props.views}
      {shown !== undefined && !running && (
        <Menu
          label="This result"
          className="btn quiet icon"
          button={<Icon name="more" size={14} />}
          groups={props.actions}
        />
      )}
    </div>
  );
}
