/**
 * What came of the last run of a tab, and what was pinned before it: one result at a time, with a tab for each, two beside
 * each other when they are compared, and a panel for a closer look at one value or one row.
 */
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { CopyFormat, ResultState } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useCommands } from '../commands/index.ts';
import { Problem } from '../ui/Problem.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { plural } from '../words/format.ts';
import { actionsOf, resultCommands } from './actions.ts';
import { Cut } from './Cut.tsx';
import { CompareView } from './compare/CompareView.tsx';
import { ErrorCard } from './ErrorCard.tsx';
import type { CopyWish, ResultGridHandle } from './grid/GridPanel.tsx';
import { GridMemory } from './grid/memory.ts';
import { Notices } from './Notices.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { ResultBar } from './ResultBar.tsx';
import { RowsPane } from './RowsPane.tsx';
import { Empty, LetGo, NoRows } from './states.tsx';
import { markOf, type ResultStore, resultsOf, type Snapshot, tabsOf } from './store.ts';
import { drawable, EXPORTS_OFF, isRunning, moreRows, resultTitle, scriptWords, textRuns } from './words.ts';
import './results.css';

/** With the library that draws: loaded when somebody wants a chart. */
const ChartPane = lazy(() => import('../charts/ChartPane.tsx'));

/** From so many statements on, a text's results are shown when it has ended. */
const MANY = 10;

/** What the panel beside the rows shows; null while it is closed. */
export type Panel = 'value' | 'row' | null;

export function ResultPane(props: {
  readonly bridge: Bridge;
  readonly store: ResultStore;
  readonly snapshot: Snapshot;
  /** Of the editor. */
  readonly tab: string;
  /** Results may be written to files in this grant. */
  readonly exports: boolean;
  /** Rows of a result that this grant keeps at most. */
  readonly mostRows: number;
  /** The plan is shown in its place. */
  readonly hidden: boolean;
  /** The rows are shown as a chart. */
  readonly chart: boolean;
  readonly views: ReactNode;
  readonly onCancel: () => void;
  readonly onLetGo: () => void;
  /** Ends the open transaction; null where none can be ended now. */
  readonly onEnd: ((how: 'commit' | 'rollback') => void) | null;
  /** The person asks for the export of what is shown. */
  readonly onExport: () => void;
  /** Opens a statement in a tab of its own and runs it. */
  readonly onOpen: (text: string, title: string) => void;
  /** Told which result is shown. */
  readonly onShown: (result: ResultState | undefined) => void;
  /** Marks the error in the editor; false when its place has changed since. */
  readonly onError: (result: ResultState, jump: boolean) => boolean;
  /** Asks for a grant that writes; null where this one does. */
  readonly onWrite: (() => void) | null;
}) {
  const { bridge, store, snapshot, tab } = props;
  const run = snapshot.runs.get(tab);
  const results = resultsOf(snapshot, tab);
  const tabs = tabsOf(snapshot, tab);
  const say = useToast();
  const [chosen, setChosen] = useState<string | null>(null);
  const [copied, setCopied] = useState('');
  const [renaming, setRenaming] = useState<string | null>(null);
  const [comparing, setComparing] = useState<{ readonly left: string; readonly right: string } | null>(null);
  const [panel, setPanel] = useState<Panel>(null);
  const grid = useRef<ResultGridHandle>(null);
  const [memory] = useState(() => new GridMemory());

  // Until somebody chooses: the statement that failed, else the one that runs, else the last.
  const open = tabs.filter(({ id }) => results.some((result) => result.id === id));
  const shown =
    tabs.find((result) => result.id === chosen) ??
    open.find((result) => result.status === 'error') ??
    open.find((result) => isRunning(result) && result.status !== 'waiting') ??
    open.find(isRunning) ??
    open.at(-1) ??
    (run?.refused === null && run.ids.length > 0 ? tabs.at(-1) : undefined);
  // The results of a long text pass too fast to be looked at, one after the other.
  const passing = chosen === null && (shown?.of ?? 1) > MANY && textRuns(results);
  const script = scriptWords(results);
  const source = run?.source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen belongs to the run before
  useEffect(() => {
    setChosen(null);
    setComparing(null);
  }, [source]);

  const copy = async (result: ResultState, wish: CopyWish, as: CopyFormat) => {
    const answer = await ask(bridge.copyRows({ result: result.id, ...wish, as }));
    if (!answer.ok) return say(answer.error);
    told(`Copied ${answer.value.cells === 1 ? 'value' : plural(answer.value.rows, 'row')}`);
  };
  const told = (words: string) => {
    setCopied(words);
    setTimeout(() => setCopied(''), 2000);
  };
  const copyText = async (text: string) => {
    const answer = await ask(bridge.copyText(text));
    if (answer.ok) told('Copied');
    else say(answer.error);
  };
  const report = async (work: Promise<Parameters<typeof say>[0] | null>) => {
    const problem = await work;
    if (problem !== null) say(problem);
  };
  const { onShown } = props;
  useEffect(() => onShown(shown), [onShown, shown]);

  const more =
    shown === undefined || !results.some(({ id }) => id === shown.id) ? null : moreRows(shown, props.mostRows);
  const parts = {
    shown,
    tabs,
    pinned: shown !== undefined && markOf(snapshot, shown.id).pinned,
    isPinned: (id: string) => markOf(snapshot, id).pinned,
    others: [...snapshot.results.values()]
      .filter((one) => one.id !== shown?.id && one.stored > 0 && !isRunning(one) && !markOf(snapshot, one.id).closed)
      .map((one) => ({ id: one.id, text: one.text, title: markOf(snapshot, one.id).name ?? resultTitle(one) })),
    more,
    panel,
    comparing: comparing !== null,
    running: textRuns(results),
    choose: (id: string) => {
      setChosen(id);
      setComparing(null);
    },
    pin: (id: string, pinned: boolean) => void report(store.pin(id, pinned)),
    rename: setRenaming,
    close: (ids: readonly string[]) =>
      store.close(ids.filter((id) => !tabs.some((one) => one.id === id && isRunning(one)))),
    compare: (other: string) => shown !== undefined && setComparing({ left: other, right: shown.id }),
    fetchMore: (id: string, rows: number) => void report(store.more(id, rows)),
    setPanel: (next: Panel) => {
      setPanel(next);
      if (next === null) grid.current?.focus();
    },
  };
  const keepClosedTabs = useEffectEvent(() => {
    if (shown === undefined || shown.stored === 0) setPanel(null);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another result is what this waits for
  useEffect(() => keepClosedTabs(), [shown?.id]);
  useCommands(() => resultCommands(parts));

  if (props.hidden) return null;
  if (run === undefined && tabs.length === 0) return <Empty />;
  if (run === undefined || (run.refused !== null && shown === undefined)) {
    return (
      <section className="results" aria-label="Result">
        <div className="result-bar">
          <b>Not sent</b>
        </div>
        <div className="result-card">{run?.refused != null && <Problem error={run.refused} />}</div>
      </section>
    );
  }
  const id = shown?.id;
  const kept = (one: string) => (markOf(snapshot, one).closed ? undefined : snapshot.results.get(one));
  const compared = comparing === null ? [] : [kept(comparing.left), kept(comparing.right)];
  const [left, right] = compared;
  return (
    <section className="results" aria-label="Result">
      <ResultBar
        run={run}
        results={tabs}
        marks={snapshot.marks}
        shown={shown}
        passing={passing}
        copied={copied}
        onChoose={parts.choose}
        onRename={setRenaming}
        onClose={(one) => parts.close([one])}
        actions={actionsOf(parts)}
        panel={panel !== null}
        onPanel={() => parts.setPanel(panel === null ? 'value' : null)}
        onCancel={props.onCancel}
        onLetGo={props.onLetGo}
        onCopy={(as) => grid.current?.copyAll(as)}
        exportsRefused={props.exports ? null : EXPORTS_OFF}
        onExport={props.onExport}
        views={props.views}
      />
      <div className="result-body" id="result-panel" role="tabpanel" aria-label="Result">
        {run.refused !== null && (
          <div className="result-card">
            <Problem error={run.refused} />
          </div>
        )}
        {left !== undefined && right !== undefined ? (
          <CompareView
            key={`${left.id} ${right.id}`}
            bridge={bridge}
            left={left}
            right={right}
            names={[left, right].map((one) => markOf(snapshot, one.id).name ?? resultTitle(one))}
            onClose={() => setComparing(null)}
          />
        ) : (
          <>
            {shown?.error !== null && shown !== undefined && (
              <ErrorCard result={shown} onJump={(jump) => props.onError(shown, jump)} onWrite={props.onWrite} />
            )}
            {shown !== undefined && shown.cap !== null && !shown.let_go && (
              <Cut
                result={shown}
                exports={props.exports}
                more={more}
                onMore={(rows) => parts.fetchMore(shown.id, rows)}
                onExport={props.onExport}
              />
            )}
            {shown !== undefined && shown.notices.length > 0 && (
              <Notices notices={shown.notices} onCopy={(text) => void copyText(text)} />
            )}
            {shown !== undefined && hasGrid(shown) && !isRunning(shown) && shown.status !== 'done' && (
              <div className="result-note">It did not end well: these are the rows that had come by then.</div>
            )}
            {script !== null && <div className="result-note">{script}</div>}
            {shown?.let_go === true ? (
              <LetGo />
            ) : shown !== undefined && props.chart && drawable(shown) && !passing ? (
              <Suspense fallback={<div className="chart" role="status" aria-label="Drawing" />}>
                <ChartPane key={shown.id} bridge={bridge} result={shown} exports={props.exports} />
              </Suspense>
            ) : shown !== undefined && id !== undefined && hasGrid(shown) && !passing ? (
              <RowsPane
                key={id}
                bridge={bridge}
                result={shown}
                panel={panel}
                onPanel={parts.setPanel}
                memory={memory}
                copy={(wish, as) => void copy(shown, wish, as)}
                onCopyText={(text) => void copyText(text)}
                onOpen={props.onOpen}
                onProblem={say}
                gridRef={grid}
              />
            ) : (
              shown !== undefined && !passing && <NoRows result={shown} onEnd={props.onEnd} />
            )}
            {shown !== undefined &&
              shown.columns.length > 0 &&
              shown.rows === 0 &&
              shown.status === 'done' &&
              !passing && (
                <div className="no-rows">
                  <b>No rows</b>
                  <span className="muted">The statement ran; nothing matches.</span>
                </div>
              )}
            {shown === undefined && open.length === 0 && run.ids.length > 0 && results.length > 0 && (
              <p className="result-waiting muted">Every result of this run is closed. Run the tab again to see them.</p>
            )}
          </>
        )}
      </div>
      {renaming !== null && (
        <RenameDialog
          name={markOf(snapshot, renaming).name ?? ''}
          onName={(name) => store.rename(renaming, name)}
          onClose={() => setRenaming(null)}
        />
      )}
    </section>
  );
}

/** Rows to show, or to come. */
const hasGrid = (result: ResultState): boolean =>
  result.columns.length > 0 && (result.stored > 0 || isRunning(result) || result.status === 'done');
