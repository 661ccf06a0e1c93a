/** What came of the last run of a tab: one result at a time, with a tab for each statement when there are several. */
import { useEffect, useRef, useState } from 'react';
import type { Column, CopyFormat, ResultState } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { Problem } from '../ui/Problem.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { plural } from '../words/format.ts';
import { CellDialog } from './CellDialog.tsx';
import { ErrorCard } from './ErrorCard.tsx';
import { ResultGrid, type ResultGridHandle } from './grid/ResultGrid.tsx';
import type { Box } from './grid/selection.ts';
import { Notices } from './Notices.tsx';
import { ResultBar } from './ResultBar.tsx';
import { Empty, LetGo, NoRows } from './states.tsx';
import type { Run } from './store.ts';
import { cappedWords, EXPORTS_OFF, isRunning, scriptWords, textRuns } from './words.ts';
import './results.css';

/** From so many statements on, a text's results are shown when it has ended. */
const MANY = 10;

export function ResultPane(props: {
  readonly bridge: Bridge;
  readonly run: Run | undefined;
  readonly results: readonly ResultState[];
  /** Results may be written to files in this grant. */
  readonly exports: boolean;
  readonly onCancel: () => void;
  readonly onLetGo: () => void;
  /** The person asks for the export of what is shown. */
  readonly onExport: () => void;
  /** Told which result is shown. */
  readonly onShown: (result: ResultState | undefined) => void;
  /** Marks the error in the editor; false when its place has changed since. */
  readonly onError: (result: ResultState, jump: boolean) => boolean;
}) {
  const { bridge, run, results } = props;
  const say = useToast();
  const [chosen, setChosen] = useState<string | null>(null);
  const [copied, setCopied] = useState('');
  const grid = useRef<ResultGridHandle>(null);

  // Until somebody chooses: the statement that failed, else the one that runs, else the last.
  const shown =
    results.find((result) => result.id === chosen) ??
    results.find((result) => result.status === 'error') ??
    results.find((result) => isRunning(result) && result.status !== 'waiting') ??
    results.find(isRunning) ??
    results.at(-1);
  // The results of a long text pass too fast to be looked at, one after the other.
  const passing = chosen === null && (shown?.of ?? 1) > MANY && textRuns(results);
  const script = scriptWords(results);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen belongs to the run before
  useEffect(() => setChosen(null), [run?.startedAt]);

  const copy = async (result: ResultState, box: Box, as: CopyFormat) => {
    const answer = await ask(bridge.copyRows({ result: result.id, ...box, as }));
    if (!answer.ok) return say(answer.error);
    setCopied(`Copied ${answer.value.cells === 1 ? 'value' : plural(answer.value.rows, 'row')}`);
    setTimeout(() => setCopied(''), 2000);
  };
  const { onShown } = props;
  useEffect(() => onShown(shown), [onShown, shown]);
  if (run === undefined) return <Empty />;
  if (run.refused !== null) {
    return (
      <section className="results" aria-label="Result">
        <div className="result-bar">
          <b>Not sent</b>
        </div>
        <div className="result-card">
          <Problem error={run.refused} />
        </div>
      </section>
    );
  }
  const id = shown?.id;
  return (
    <section className="results" aria-label="Result">
      <ResultBar
        run={run}
        results={results}
        shown={shown}
        passing={passing}
        copied={copied}
        onChoose={setChosen}
        onCancel={props.onCancel}
        onLetGo={props.onLetGo}
        onCopy={(as) => grid.current?.copyAll(as)}
        exportsRefused={props.exports ? null : EXPORTS_OFF}
        onExport={props.onExport}
      />
      <div className="result-body" id="result-panel" role="tabpanel" aria-label="Result">
        {shown?.error !== null && shown !== undefined && (
          <ErrorCard result={shown} onJump={(jump) => props.onError(shown, jump)} />
        )}
        {shown !== undefined && shown.cap !== null && !shown.let_go && (
          <div className="result-note">{cappedWords(shown, props.exports)}</div>
        )}
        {shown !== undefined && shown.notices.length > 0 && <Notices notices={shown.notices} />}
        {shown !== undefined && hasGrid(shown) && !isRunning(shown) && shown.status !== 'done' && (
          <div className="result-note">It did not end well: these are the rows that had come by then.</div>
        )}
        {script !== null && <div className="result-note">{script}</div>}
        {shown?.let_go === true ? (
          <LetGo />
        ) : shown !== undefined && id !== undefined && hasGrid(shown) && !passing ? (
          <GridOf
            key={id}
            bridge={bridge}
            result={shown}
            copy={(box, as) => void copy(shown, box, as)}
            onProblem={say}
            gridRef={grid}
          />
        ) : (
          shown !== undefined && !passing && <NoRows result={shown} />
        )}
        {shown !== undefined && shown.columns.length > 0 && shown.rows === 0 && shown.status === 'done' && !passing && (
          <div className="no-rows">
            <b>No rows</b>
            <span className="muted">The statement ran; nothing matches.</span>
          </div>
        )}
      </div>
    </section>
  );
}

/** Rows to show, or to come. */
const hasGrid = (result: ResultState): boolean =>
  result.columns.length > 0 && (result.stored > 0 || isRunning(result) || result.status === 'done');

function GridOf(props: {
  readonly bridge: Bridge;
  readonly result: ResultState;
  readonly copy: (box: Box, as: CopyFormat) => void;
  readonly onProblem: ReturnType<typeof useToast>;
  readonly gridRef: React.Ref<ResultGridHandle>;
}) {
  const { bridge, result } = props;
  // A new array of the same columns must not rebuild the grid; names of types that are not built in come a moment later.
  const columns = useRef(result.columns);
  if (!sameColumns(columns.current, result.columns)) columns.current = result.columns;
  const [open, setOpen] = useState<{ row: number; column: number } | null>(null);
  const opened = open === null ? undefined : columns.current[open.column];
  return (
    <>
      {open !== null && opened !== undefined && (
        <CellDialog
          bridge={bridge}
          result={result.id}
          {...open}
          name={opened.name}
          type={opened.type}
          onCopy={() => props.copy({ top: open.row, bottom: open.row, left: open.column, right: open.column }, 'tsv')}
          onClose={() => setOpen(null)}
        />
      )}
      <ResultGrid
        ref={props.gridRef}
        label={`Rows of: ${result.text.slice(0, 120)}`}
        columns={columns.current}
        stored={result.stored}
        copy={props.copy}
        onOpen={(row, column) => setOpen({ row, column })}
        fetchRows={async (offset, count) => {
          const answer = await ask(bridge.getRows({ result: result.id, offset, count }));
          if (answer.ok) return answer.value;
          props.onProblem(answer.error);
          return null;
        }}
      />
    </>
  );
}

const sameColumns = (a: readonly Column[], b: readonly Column[]): boolean =>
  a.length === b.length && a.every((one, n) => one.name === b[n]?.name && one.type === b[n]?.type);
