/** Side bar, tabs, editor, results: wires what one of them wants from the others. Loaded with Monaco, on its own. */
import { useEffectEvent, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { AppState, ResultState } from '../../shared/ipc.ts';
import { colourOf } from '../../shared/settings.ts';
import { ask, type Bridge } from '../bridge.ts';
import type { ChangesUse } from '../changes/index.ts';
import { Keys, useCommands } from '../commands/index.ts';
import { editorCommands } from '../editor/commands.ts';
import { EditorActions } from '../editor/EditorActions.tsx';
import { LargeText } from '../editor/LargeText.tsx';
import { type EditorHandle, SqlEditor, type What } from '../editor/SqlEditor.tsx';
import { useLanguage } from '../editor/use-language.ts';
import { ExplainPane, useExplain, useViews, type View, ViewSwitch } from '../explain/index.ts';
import { HistoryPanel } from '../history/index.ts';
import { useParameters } from '../parameters/index.ts';
import { ExportDialog } from '../results/exports/ExportDialog.tsx';
import { type ExportStore, isWriting } from '../results/exports/store.ts';
import { ResultPane } from '../results/ResultPane.tsx';
import { type ResultStore, resultsOf, type Snapshot } from '../results/store.ts';
import { drawable, EXPORTS_OFF, exportable, textRuns } from '../results/words.ts';
import type { SchemaPanelHandle } from '../schema/SchemaPanel.tsx';
import { SideBar } from '../schema/SideBar.tsx';
import { useSchema } from '../schema/use-schema.tsx';
import { useSettings } from '../settings.tsx';
import { SidePanels } from '../side/index.ts';
import { createSnippetStore, useSnippets } from '../snippets/index.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Splitter } from '../ui/Splitter.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { inStrip, Messages } from './Messages.tsx';
import { TabStrip } from './TabStrip.tsx';
import { TransactionControl } from './TransactionControl.tsx';
import { useGoing } from './use-going.tsx';
import type { TransactionHandle } from './use-transaction.tsx';
import { useWorkspace } from './use-workspace.ts';
import { workCommands } from './work-commands.ts';

export { warmUp } from '../editor/monaco.ts';

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
  readonly changes: ChangesUse;
  readonly onPort: () => void;
}) {
  const { bridge, store, snapshot, live, transaction } = props;
  const workspace = useWorkspace(bridge);
  const say = useToast();
  const { settings, change } = useSettings();
  const [sizes, setSizes] = useState<{ side: number; editor: number } | null>(null);
  const parameters = useParameters(bridge);
  const snippets = useMemo(() => createSnippetStore(bridge), [bridge]);
  const editor = useRef<EditorHandle>(null);
  const side = useRef<SchemaPanelHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const connected = live.connection.status === 'connected';
  const own = useSnippets(snippets);
  const offered = useMemo(() => own.map(({ prefix, body }) => ({ name: prefix, title: 'Your snippet', body })), [own]);
  const language = useLanguage(bridge, connected, offered);
  const schema = useSchema(bridge, connected, {
    onRefresh: language.refresh,
    insert: (text) => inQuery(() => editor.current?.insert(text)),
    nameAtCursor: () => editor.current?.nameAtCursor() ?? '',
    goalAtCursor() {
      const around = editor.current?.around() ?? null;
      return around === null ? null : language.goal(around);
    },
    goTo: (offset) => editor.current?.goTo(offset),
    run(text, page) {
      if (page === null) schema.leave();
      const source = page ?? workspace?.open(text);
      if (source !== undefined) void store.run({ tab: source, text, mark: '' });
    },
    forget: (page) => store.forget(page),
    onLeft: () => editor.current?.focus(),
  });
  const query = workspace?.tabs.active ?? '';
  /** The query or the page that is shown. */
  const tab = schema.active ?? query;
  const results = resultsOf(snapshot, tab);
  const run = snapshot.runs.get(tab);
  const [shown, setShown] = useState<ResultState | undefined>();
  const [exporting, setExporting] = useState<string | null>(null);
  const explain = useExplain(bridge);
  const views = useViews();
  const view = views.of(tab);
  const mayExport = live.grant.limits.exports;
  const running = textRuns(results) || (run !== undefined && results.length === 0 && run.refused === null);
  const sideWidth = sizes?.side ?? settings.side_width;
  const editorHeight = sizes?.editor ?? settings.editor_height;

  const start = useEffectEvent(async (what: What) => {
    if (running || schema.active !== null) return;
    const source = await editor.current?.toRun(what);
    if (source === null || source === undefined) return;
    const text = await parameters.filled(tab, source.text, saved.hints(tab));
    if (text === null) return editor.current?.release(source.mark);
    editor.current?.clearErrors(tab);
    editor.current?.hold(`run ${tab}`, source.mark);
    views.set(tab, 'rows');
    await store.run({ tab, text, mark: source.mark });
  });
  const { saved, quick, openAndRun } = useGoing({
    bridge,
    workspace,
    schema,
    target: live.grant.target,
    run: () => void start('all'),
  });
  const startExport = useEffectEvent(() => {
    if (!mayExport) say({ code: 'exports_off', message: EXPORTS_OFF, hint: null });
    else if (shown !== undefined && exportable(shown)) setExporting(shown.id);
  });
  /** The plan of what is selected, or of the statement with the cursor. */
  const startExplain = useEffectEvent(async (analyze: boolean) => {
    const source = await editor.current?.toRun('current');
    if (source === null || source === undefined) return;
    if (explain.running(tab)) return editor.current?.release(source.mark);
    editor.current?.clearErrors(tab);
    editor.current?.hold(`explain ${tab}`, source.mark);
    views.set(tab, 'explain');
    await explain.start(tab, { ...source, whole: source.text, offset: 0 }, analyze);
  });
  const show = (to: View) => {
    views.set(tab, to);
    // The plan of the rows that are looked at, and of nothing else.
    if (to === 'explain' && shown !== undefined && explain.of(tab)?.text !== shown.text) {
      const { text, offset } = shown;
      const { mark, text: whole } = run?.ids.includes(shown.id) === true ? run.source : { mark: '', text: '' };
      void explain.start(tab, { text, mark, whole, offset }, false);
    }
  };
  const cancel = useEffectEvent(async () => {
    if (explain.running(tab)) {
      const refused = await explain.cancel(tab);
      if (refused !== null) say(refused);
      return;
    }
    // What runs in the tab first; else what is being written.
    if (!running && props.exports.cancelNewest()) return;
    const problem = await store.cancel(tab);
    if (problem !== null) say(problem);
  });
  const showPanel = (panel: typeof settings.side_panel) => {
    flushSync(() => change({ side_panel: panel }));
    frame.current?.querySelector<HTMLElement>(`#side-${panel} input`)?.focus();
  };
  const chartable = shown !== undefined && drawable(shown);
  const viewSwitch = <ViewSwitch view={view} chartable={chartable} onView={show} />;
  /** Once the editor is shown again. */
  const inQuery = (work: () => void) => {
    schema.leave();
    setTimeout(work);
  };
  const writing = props.exports.snapshot().some(isWriting);
  const busy = running ? 'something runs already' : schema.active === null ? null : 'a page is shown';
  useCommands(() => [
    ...workCommands({
      busy,
      cancellable: running || writing || explain.running(tab),
      chartable,
      run: (what) => void start(what),
      cancel: () => void cancel(),
      explain: (analyze) => void startExplain(analyze),
      show,
      end: transaction.end,
      toggleMode: transaction.toggleMode,
      reconnect: transaction.reconnect,
      export: startExport,
      search() {
        // At once, so that what is typed right behind the key goes there.
        flushSync(() => change({ side_panel: 'schema' }));
        side.current?.search();
      },
      showPanel,
      port: props.onPort,
      handBack: props.onHandBack,
      extend: props.changes.extend,
      write: props.changes.elevate,
      giveBack: props.changes.giveBack,
      elevated: live.grant.elevation !== null,
      offline: live.grant.offline,
      writes: live.grant.mode === 'write',
    }),
    ...editorCommands(editor.current),
  ]);

  if (workspace === null) return <div className="work-loading" role="status" aria-label="Reading your tabs" />;

  const showError = (result: ResultState, jump: boolean): boolean => {
    // One that was pinned came from another text.
    if (run === undefined || result.error === null || (run.ids.length > 0 && !run.ids.includes(result.id)))
      return false;
    const { source } = run;
    return (
      editor.current?.showError(tab, source.mark, source.text, result.error.position, result.error.message, jump) ??
      false
    );
  };
  /** Closing the tab that a transaction was opened from ends it. */
  const closeTab = (id: string, title: string, close: () => void): boolean => {
    if (live.connection.open?.tab !== id) return false;
    transaction.before({
      title: `Close “${title}”?`,
      detail: 'It was opened from this tab, and closing the tab rolls it back.',
      stay: 'Keep it',
      commit: 'Commit and close',
      rollback: 'Roll back and close',
      endsIt: false,
      after: close,
    });
    return true;
  };
  const queries = {
    ...workspace,
    tabs: { ...workspace.tabs, active: tab },
    activate(id: string) {
      schema.leave();
      workspace.activate(id);
    },
    open(text?: string, title?: string) {
      schema.leave();
      return workspace.open(text, title);
    },
  };
  /** A page has the whole height until it shows rows. */
  const split = schema.active === null || run !== undefined;
  const messages = live.messages.filter((message) => !inStrip(message));
  const { confirm } = snapshot;
  return (
    <div ref={frame} className="body" style={{ gridTemplateColumns: `${sideWidth}px 1px minmax(0, 1fr)` }}>
      <SidePanels
        shown={settings.side_panel}
        onShow={(panel) => change({ side_panel: panel })}
        schema={
          <SideBar
            ref={side}
            catalog={schema.catalog}
            connected={connected}
            actions={schema.actions}
            recent={snapshot.recent}
            onOpen={(text) => queries.open(text)}
          />
        }
        history={
          <HistoryPanel
            bridge={bridge}
            news={settings.side_panel === 'history' ? snapshot.results : null}
            onOpen={(text) => queries.open(text)}
            onSave={saved.keep}
            onRun={(text) => {
              const opened = queries.open(text);
              // The question whether to run it, where there is one, is about the new tab.
              setTimeout(() => void store.run({ tab: opened, text, mark: '' }));
            }}
          />
        }
        saved={saved.panel}
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
        onDone={(side) => {
          change({ side_width: Math.round(side) });
          setSizes(null);
        }}
      />
      <div
        className="work"
        style={{
          gridTemplateRows: `36px ${live.blocked === null ? '' : 'auto '}${messages.length === 0 ? '' : 'auto '}${split ? `minmax(96px, ${editorHeight * 100}%) 1px minmax(96px, 1fr)` : 'minmax(0, 1fr)'}`,
        }}
      >
        <div className="strip" data-colour={colourOf(settings, live.grant.target)}>
          <TabStrip
            workspace={queries}
            panel="editor-panel"
            away={schema.active !== null}
            more={(move) => schema.tabs('page-panel', move)}
            onClosing={closeTab}
            mark={saved.differs}
            onClosed={(id) => {
              store.forget(id);
              explain.dismiss(id);
              for (const purpose of ['run', 'explain']) editor.current?.hold(`${purpose} ${id}`, '');
            }}
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
            disabled={busy !== null}
            title="Runs the selection, or the statement with the mark beside it"
            onClick={() => void start('current')}
          >
            <Icon name="play" size={12} />
            Run <Keys of="Mod+Enter" />
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
        {schema.panel('page-panel')}
        <div
          id="editor-panel"
          className="editor-panel"
          role="tabpanel"
          aria-labelledby={`tab-${query}`}
          hidden={schema.active !== null}
        >
          {saved.bar}
          <LargeText documents={workspace.documents} tab={query} />
          <SqlEditor
            ref={editor}
            bridge={bridge}
            documents={workspace.documents}
            tab={query}
            running={running}
            onRun={(what) => void start(what)}
            onCancel={() => void cancel()}
            onCursor={props.onCursor}
            onWrite={props.changes.elevate}
          />
        </div>
        {split && (
          <>
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
              onDone={(height) => {
                change({ editor_height: height });
                setSizes(null);
              }}
            />
            {view === 'explain' && (
              <ExplainPane
                bridge={bridge}
                tab={tab}
                explain={explain}
                views={viewSwitch}
                onLeave={() => views.set(tab, 'rows')}
                onError={({ mark, whole, offset }, position, message, jump) =>
                  editor.current?.showError(
                    tab,
                    mark,
                    whole,
                    position === null ? null : position + offset,
                    message,
                    jump,
                  ) ?? false
                }
              />
            )}
            <ResultPane
              hidden={view === 'explain'}
              chart={view === 'chart'}
              views={viewSwitch}
              bridge={bridge}
              store={store}
              snapshot={snapshot}
              tab={tab}
              mostRows={live.grant.limits.max_rows}
              onEnd={live.connection.tx === 'transaction' && !running ? transaction.end : null}
              onOpen={openAndRun}
              onLetGo={transaction.reconnect}
              exports={mayExport}
              onExport={() => startExport()}
              onShown={setShown}
              onCancel={() => void cancel()}
              onError={showError}
              onWrite={live.grant.mode === 'write' ? null : props.changes.elevate}
            />
          </>
        )}
      </div>
      <EditorActions snippets={snippets} editor={editor} />
      {saved.dialogs}
      {quick}
      {parameters.form}
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
