/** Side bar, tabs, editor, results: wires what one of them wants from the others. Loaded with Monaco, on its own. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { AppState, ResultState } from '../../shared/ipc.ts';
import { ask, type Bridge } from '../bridge.ts';
import { type EditorHandle, SqlEditor, type What } from '../editor/SqlEditor.tsx';
import { ExportDialog } from '../results/exports/ExportDialog.tsx';
import type { ExportStore } from '../results/exports/store.ts';
import { ResultPane } from '../results/ResultPane.tsx';
import { COMMAND_KEY } from '../results/states.tsx';
import { type ResultStore, resultsOf, type Snapshot } from '../results/store.ts';
import { EXPORTS_OFF, exportable, textRuns } from '../results/words.ts';
import { SideBar, type SideBarHandle } from '../schema/SideBar.tsx';
import { useSettings } from '../settings.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { commandOf } from './keys.ts';
import { inStrip, Messages } from './Messages.tsx';
import { Splitter } from './Splitter.tsx';
import { TabStrip } from './TabStrip.tsx';
import { TransactionControl } from './TransactionControl.tsx';
import type { TransactionHandle } from './use-transaction.tsx';
import { useWorkspace } from './use-workspace.ts';

/** What has the keys for itself: a question, a menu, a panel that has the focus. */
const OPEN = 'dialog:modal, [role=menu], [role=dialog]:focus-within';

export default function WorkArea(props: {
  readonly bridge: Bridge;
  readonly store: ResultStore;
  readonly snapshot: Snapshot;
  readonly exports: ExportStore;
  readonly live: Extract<AppState, { phase: 'live' }>;
  /** When that state arrived, on this page's monotonic clock. */
  readonly at: number;
  readonly transaction: TransactionHandle;
  readonly onCursor: (line: number, column: number) => void;
  readonly onHandBack: () => void;
  readonly onPort: () => void;
}) {
  const { bridge, store, snapshot, live, transaction } = props;
  const workspace = useWorkspace(bridge);
  const say = useToast();
  const { settings, change } = useSettings();
  const [sizes, setSizes] = useState<{ side: number; editor: number } | null>(null);
  const editor = useRef<EditorHandle>(null);
  const side = useRef<SideBarHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const tab = workspace?.tabs.active ?? '';
  const results = resultsOf(snapshot, tab);
  const run = snapshot.runs.get(tab);
  const [shown, setShown] = useState<ResultState | undefined>();
  const [exporting, setExporting] = useState<string | null>(null);
  const mayExport = live.grant.limits.exports;
  const running = textRuns(results) || (run !== undefined && results.length === 0 && run.refused === null);
  const sideWidth = sizes?.side ?? settings.side_width;
  const editorHeight = sizes?.editor ?? settings.editor_height;

  const start = useEffectEvent(async (what: What) => {
    if (running) return;
    const source = await editor.current?.toRun(what);
    if (source === null || source === undefined) return;
    editor.current?.clearErrors(tab);
    await store.run({ tab, ...source });
  });
  const startExport = useEffectEvent(() => {
    if (!mayExport) say({ code: 'exports_off', message: EXPORTS_OFF, hint: null });
    else if (shown !== undefined && exportable(shown)) setExporting(shown.id);
  });
  const cancel = useEffectEvent(async () => {
    // What runs in the tab first; else what is being written.
    if (!running && props.exports.cancelNewest()) return;
    const problem = await store.cancel(tab);
    if (problem !== null) say(problem);
  });
  const perform = useEffectEvent((command: string) => {
    if (command === 'run') void start('current');
    else if (command === 'runAll') void start('all');
    else if (command === 'cancel') void cancel();
    else if (command === 'commit' || command === 'rollback') transaction.end(command);
    else if (command === 'mode') transaction.toggleMode();
    else if (command === 'reconnect') transaction.reconnect();
    else if (command === 'export') startExport();
    else if (command === 'handBack') props.onHandBack();
    else if (command === 'port') props.onPort();
    else if (command === 'palette') editor.current?.palette();
    else if (command === 'search') side.current?.search();
  });
  useEffect(() => {
    // A menu of the shell does not know that a question is open; only it may be answered then.
    const stop = bridge.onCommand(({ command }) => {
      if (document.querySelector('dialog:modal') === null) perform(command);
    });
    const onKey = (event: KeyboardEvent) => {
      const inEditor = event.target instanceof Element && event.target.closest('.editor') !== null;
      const command = commandOf(event, inEditor, document.querySelector(OPEN) !== null);
      if (command === null) return;
      event.preventDefault();
      event.stopPropagation();
      perform(command);
    };
    // Before Monaco, which would wait for the second key of a chord after Ctrl+K.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      stop();
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [bridge]);

  if (workspace === null) return <div className="work-loading" role="status" aria-label="Reading your tabs" />;

  const showError = (result: ResultState, jump: boolean): boolean => {
    if (run === undefined || result.error === null) return false;
    const { source } = run;
    return (
      editor.current?.showError(tab, source.mark, source.text, result.error.position, result.error.message, jump) ??
      false
    );
  };
  const saveSizes = () => {
    if (sizes !== null) change({ side_width: Math.round(sizes.side), editor_height: sizes.editor });
  };
  /** Closing the tab that a transaction was opened from ends it. */
  const closeTab = (id: string, title: string, close: () => void): boolean => {
    if (live.connection.open?.tab !== id) return false;
    transaction.before({
      title: `Close “${title}”?`,
      detail: 'It was opened from this tab, and closing the tab rolls it back. The text of the tab is not kept.',
      stay: 'Keep it',
      commit: 'Commit and close',
      rollback: 'Roll back and close',
      endsIt: false,
      after: close,
    });
    return true;
  };
  const messages = live.messages.filter((message) => !inStrip(message));
  const { confirm } = snapshot;
  return (
    <div ref={frame} className="body" style={{ gridTemplateColumns: `${sideWidth}px 1px minmax(0, 1fr)` }}>
      <SideBar
        ref={side}
        bridge={bridge}
        connected={live.connection.status === 'connected'}
        recent={snapshot.recent}
        onInsert={(text) => editor.current?.insert(text)}
        onOpen={(text) => workspace.open(text)}
      />
      <Splitter
        label="Width of the side bar"
        direction="vertical"
        value={sideWidth}
        min={160}
        max={600}
        step={16}
        at={(x) => x - (frame.current?.getBoundingClientRect().left ?? 0)}
        onChange={(value) => setSizes({ side: value, editor: editorHeight })}
        onDone={saveSizes}
      />
      <div
        className="work"
        style={{
          gridTemplateRows: `36px ${live.blocked === null ? '' : 'auto '}${messages.length === 0 ? '' : 'auto '}minmax(96px, ${editorHeight * 100}%) 1px minmax(96px, 1fr)`,
        }}
      >
        <div className="strip">
          <TabStrip
            workspace={workspace}
            panel="editor-panel"
            onClosing={closeTab}
            onClosed={(id) => store.forget(id)}
          />
          <span className="grow" />
          <TransactionControl
            connection={live.connection}
            ended={live.messages.findLast(inStrip)?.text ?? null}
            at={props.at}
            running={running}
            onEnd={transaction.end}
            onMode={transaction.setMode}
          />
          <button
            type="button"
            className="btn run"
            disabled={running}
            title="Runs the selection, or the statement with the mark beside it"
            onClick={() => void start('current')}
          >
            <Icon name="play" size={12} />
            Run <kbd className="kbd">{COMMAND_KEY} Enter</kbd>
          </button>
        </div>
        {live.blocked !== null && (
          <div className="blocked">
            <Problem error={live.blocked} />
          </div>
        )}
        {messages.length > 0 && (
          <Messages
            messages={messages}
            onDismiss={(id) => void ask(bridge.dismissMessage(id))}
            onReconnect={transaction.reconnect}
          />
        )}
        <div id="editor-panel" className="editor-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <SqlEditor
            ref={editor}
            bridge={bridge}
            documents={workspace.documents}
            tab={tab}
            running={running}
            onRun={(what) => void start(what)}
            onCancel={() => void cancel()}
            onCommand={(command) => perform(command)}
            onCursor={props.onCursor}
          />
        </div>
        <Splitter
          label="Height of the editor"
          direction="horizontal"
          value={editorHeight}
          min={0.12}
          max={0.85}
          step={0.03}
          at={(_x, y) => {
            const box = frame.current?.getBoundingClientRect();
            return box === undefined ? editorHeight : (y - box.top - 36) / box.height;
          }}
          onChange={(value) => setSizes({ side: sideWidth, editor: value })}
          onDone={saveSizes}
        />
        <ResultPane
          bridge={bridge}
          run={run}
          results={results}
          onLetGo={transaction.reconnect}
          exports={mayExport}
          onExport={() => startExport()}
          onShown={setShown}
          onCancel={() => void cancel()}
          onError={showError}
        />
      </div>
      {exporting !== null && <ExportDialog bridge={bridge} result={exporting} onClose={() => setExporting(null)} />}
      {confirm !== null && (
        <Dialog
          title={confirm.title}
          action={confirm.action}
          danger
          stay="Do not run"
          onYes={() => void store.run(confirm.source, true)}
          onNo={() => store.dismissConfirm()}
        >
          {confirm.detail}
        </Dialog>
      )}
    </div>
  );
}
