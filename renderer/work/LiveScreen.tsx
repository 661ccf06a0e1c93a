/**
 * The window while a grant lives, and while it closes: then everything stays on screen, still, so that nobody loses what
 * they were reading, and one line says what is being done.
 */
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { AppState } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { useChanges } from '../changes/index.ts';
import type { Anchor } from '../glass/countdown.ts';
import { LiveBar } from '../glass/LiveBar.tsx';
import { PersonMenu } from '../PersonMenu.tsx';
import { lostWithAll, usePort } from '../port/index.ts';
import { ExportCards } from '../results/exports/ExportCards.tsx';
import { createExportStore, isWriting } from '../results/exports/store.ts';
import { anyRunning, createResultStore } from '../results/store.ts';
import { useToast } from '../ui/Toasts.tsx';
import { StatusBar } from './StatusBar.tsx';
import { useTransaction } from './use-transaction.tsx';
import './work.css';

const loadWorkArea = () => import('./WorkArea.tsx');
const WorkArea = lazy(loadWorkArea);
let preloaded = false;
/** Fetches and readies the editor ahead of time, once, while the person fills in the form or waits. */
export function preloadWork(): void {
  if (preloaded) return;
  preloaded = true;
  requestIdleCallback(
    () =>
      void loadWorkArea().then(
        ({ warmUp }) => requestIdleCallback(warmUp, { timeout: 2000 }),
        // The screen that needs it asks again, and says what is wrong.
        () => undefined,
      ),
    { timeout: 2000 },
  );
}

type Live = Extract<AppState, { phase: 'live' }>;
type Closing = Extract<AppState, { phase: 'closing' }>;

export function LiveScreen(props: {
  readonly bridge: Bridge;
  readonly state: Live | Closing;
  readonly anchor: Anchor;
}) {
  const { bridge, state, anchor } = props;
  const say = useToast();
  const lastLive = useRef<Live | null>(null);
  if (state.phase === 'live') lastLive.current = state;
  const live = lastLive.current;

  const store = useMemo(() => createResultStore(bridge), [bridge]);
  useEffect(() => () => store.dispose(), [store]);
  const exports = useMemo(() => createExportStore(bridge), [bridge]);
  useEffect(() => () => exports.dispose(), [exports]);
  const written = useSyncExternalStore(exports.subscribe, exports.snapshot);
  const writing = written.some(isWriting);
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  const [cursor, setCursor] = useState<{ line: number; column: number } | null>(null);
  const running = anyRunning(snapshot);
  const transaction = useTransaction(bridge, live?.connection ?? null, running);
  const cancels = running ? 'A statement is still running; the server is asked to cancel it.' : '';
  const stops = writing ? 'An export is being written; it is stopped, and its partial file removed.' : '';
  const closing = state.phase === 'closing';
  const port = usePort(bridge, live, closing);
  const tools = live === null ? null : lostWithAll(live.port.clients);

  const wantHandBack = () =>
    transaction.before({
      title: 'Hand back now?',
      detail: `${live?.connection.tx === 'idle' ? '' : 'Handing back rolls it back.'} ${cancels} ${stops} ${tools ?? ''}`,
      also: writing || tools !== null,
      stay: 'Keep working',
      commit: 'Commit and hand back',
      rollback: live?.connection.tx === 'idle' ? 'Hand back' : 'Roll back and hand back',
      endsIt: true,
      after: () =>
        void ask(bridge.handBack()).then((answer) => {
          if (!answer.ok) say(answer.error);
        }),
    });
  /** Where the policy elevates nothing, only another grant writes; the person says yes to losing this one first. */
  const wantWrite = async () => {
    const answer = await ask(bridge.offerWrite());
    if (!answer.ok) return say(answer.error);
    const { scope, severity, same_severity: same } = answer.value;
    const idle = live?.connection.tx === 'idle';
    transaction.before({
      title: 'Hand back and ask for write access?',
      detail: `${idle ? '' : 'Handing back rolls it back.'} ${cancels} ${stops} ${tools ?? ''} This grant ends now, with its results. Then the form opens, filled in with the same database, ticket and reason, “${scope}”, and ${same ? 'the same severity' : `the severity “${severity}”`}. You can change it, and nothing is open until you have sent it and it is granted. Your tabs and their texts stay.`,
      also: true,
      stay: 'Keep working',
      commit: 'Commit, hand back and ask',
      rollback: idle ? 'Hand back and ask' : 'Roll back, hand back and ask',
      endsIt: true,
      after: () =>
        void ask(bridge.askForWrite()).then((answered) => {
          if (!answered.ok) say(answered.error);
        }),
    });
  };
  const changes = useChanges(bridge, state.grant, () => void wantWrite());
  const wantQuit = useEffectEvent(() =>
    transaction.before({
      title: 'Quit Vitrine?',
      detail: `Quitting hands back${live?.connection.tx === 'idle' ? '.' : ', which rolls it back.'} ${cancels} ${stops} ${tools ?? ''}`,
      also: writing || tools !== null,
      stay: 'Stay',
      commit: 'Commit and quit',
      rollback: live?.connection.tx === 'idle' ? 'Quit' : 'Roll back and quit',
      endsIt: true,
      after: () => void ask(bridge.quit(true)),
      onStay: () => void ask(bridge.quit(false)),
    }),
  );
  useEffect(
    () =>
      bridge.onCommand(({ command }) => {
        if (command === 'quit') wantQuit();
      }),
    [bridge],
  );
  return (
    <div className="app">
      <LiveBar
        grant={state.grant}
        anchor={anchor}
        {...(state.phase === 'closing' ? { closing: state.step } : {})}
        onHandBack={wantHandBack}
        {...(closing ? {} : { changes })}
        menu={<PersonMenu person={state.person} compact />}
      />
      {live === null ? (
        // The page was opened while the glass was already closing: there is nothing to show any more.
        <main className="closing-only">
          <section className="card" aria-labelledby="closing-title">
            <h2 id="closing-title">The glass is closing</h2>
            <p className="row" role="status">
              <span className="spinner" />
              {closing ? state.step : ''}
            </p>
            <p className="muted">Everything you did is recorded. A summary follows in a moment.</p>
          </section>
        </main>
      ) : (
        <main className="work-frame" inert={closing} data-closing={closing ? 'yes' : undefined}>
          <Suspense fallback={<div className="work-loading" role="status" aria-label="Opening the editor" />}>
            <WorkArea
              bridge={bridge}
              store={store}
              snapshot={snapshot}
              exports={exports}
              live={live}
              at={anchor.at}
              transaction={transaction}
              onCursor={(line, column) => setCursor({ line, column })}
              onHandBack={wantHandBack}
              changes={changes}
              onPort={port.toggle}
            />
          </Suspense>
        </main>
      )}
      {live === null ? (
        <footer className="status" />
      ) : (
        <StatusBar live={live} anchor={anchor} closing={closing} port={port.control} cursor={cursor} />
      )}
      {port.panel}
      {live !== null && <ExportCards store={exports} exports={written} />}
      {!closing && transaction.dialog}
      {!closing && changes.dialog}
    </div>
  );
}
