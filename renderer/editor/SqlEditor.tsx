/**
 * The editor: shows the active tab's document, marks the statement under the cursor in the margin, and answers what
 * there is to run. It never runs anything itself; keys call back.
 */
import { useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react';
import { ask, type Bridge } from '../bridge.ts';
import { useSettings } from '../settings.tsx';
import type { Documents } from './documents.ts';
import { monaco, workerAnswers } from './monaco.ts';
import { errorOffset, type Range, statementAt, wordAt } from './positions.ts';
import { applyTheme } from './theme.ts';
import './editor.css';

export type What = 'current' | 'selection' | 'all';
export interface ToRun {
  readonly text: string;
  /** Key of the mark that follows the place in the tab through later edits. */
  readonly mark: string;
}
export interface EditorHandle {
  /** What there is to run; null when there is nothing. */
  toRun(what: What): Promise<ToRun | null>;
  insert(text: string): void;
  focus(): void;
  /** Underlines the server's position; false when the text was changed since and it means nothing any more. */
  showError(tab: string, mark: string, ran: string, position: number | null, message: string, jump: boolean): boolean;
  clearErrors(tab: string): void;
  palette(): void;
}
export interface SqlEditorProps {
  readonly bridge: Bridge;
  readonly documents: Documents;
  readonly tab: string;
  readonly running: boolean;
  readonly onRun: (what: What) => void;
  readonly onCancel: () => void;
  /** `commit`, `rollback`, `mode`, `reconnect`, `port`, `handBack` */
  readonly onCommand: (command: string) => void;
  readonly onCursor: (line: number, column: number) => void;
  readonly ref?: React.Ref<EditorHandle>;
}

const SPLIT_AFTER_MS = 120;
const OWNER = 'vitrine';
/** `splitSql` takes at most this much; a longer text can be run by selection or whole. */
const SPLIT_LIMIT = 2_000_000;

export function SqlEditor(props: SqlEditorProps) {
  const { bridge, documents, tab } = props;
  const { settings, theme } = useSettings();
  const root = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const runningKey = useRef<monaco.editor.IContextKey<boolean> | null>(null);
  const ranges = useRef<{ version: string; list: readonly Range[] } | null>(null);
  const statementMark = useRef<monaco.editor.IEditorDecorationsCollection | null>(null);
  const onRun = useEffectEvent(props.onRun);
  const onCancel = useEffectEvent(props.onCancel);
  const onCommand = useEffectEvent(props.onCommand);
  const onCursor = useEffectEvent(props.onCursor);

  const split = async (): Promise<readonly Range[]> => {
    const model = editor.current?.getModel();
    if (model === null || model === undefined) return [];
    const version = `${model.id}:${model.getVersionId()}`;
    if (ranges.current?.version === version) return ranges.current.list;
    const text = model.getValue();
    if (text.length > SPLIT_LIMIT || text.trim() === '') return [];
    const answer = await ask(bridge.splitSql(text));
    const list = answer.ok ? answer.value : [];
    if (!model.isDisposed() && version === `${model.id}:${model.getVersionId()}`) ranges.current = { version, list };
    return list;
  };
  const markStatement = useEffectEvent(() => {
    const model = editor.current?.getModel();
    const position = editor.current?.getPosition();
    if (!model || !position || ranges.current?.version !== `${model.id}:${model.getVersionId()}`) return;
    const range = statementAt(ranges.current.list, model.getValue(), model.getOffsetAt(position));
    statementMark.current?.set(
      range === null
        ? []
        : [{ range: toRange(model, range), options: { isWholeLine: true, marginClassName: 'statement-margin' } }],
    );
  });
  const splitNow = useEffectEvent(() => void split().then(markStatement));

  useEffect(() => {
    if (root.current === null) return;
    applyTheme(document.documentElement.dataset.theme === 'light' ? 'light' : 'dark');
    const created = monaco.editor.create(root.current, options());
    editor.current = created;
    statementMark.current = created.createDecorationsCollection();
    runningKey.current = created.createContextKey('vitrineRunning', false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(splitNow, SPLIT_AFTER_MS);
    };
    created.onDidChangeModelContent(later);
    created.onDidChangeModel(() => splitNow());
    created.onDidChangeCursorPosition(({ position }) => {
      onCursor(position.lineNumber, position.column);
      markStatement();
    });
    for (const action of actions(onRun, onCancel, onCommand)) created.addAction(action);
    // Measured, not assumed: a test and the status bar read it.
    void workerAnswers.then((works) => root.current?.setAttribute('data-worker', works ? 'answers' : 'blocked'));
    return () => {
      clearTimeout(timer);
      created.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    const shown = documents.get(tab);
    const now = editor.current;
    if (shown === undefined || now === null) return;
    now.setModel(shown.model);
    if (shown.view !== null) now.restoreViewState(shown.view);
    const position = now.getPosition();
    if (position !== null) onCursor(position.lineNumber, position.column);
    now.focus();
    return () => {
      shown.view = now.saveViewState();
    };
  }, [documents, tab]);
  useEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    editor.current?.updateOptions({ fontSize: settings.editor_font_size, lineHeight: settings.editor_font_size + 7 });
  }, [settings.editor_font_size]);
  useEffect(() => runningKey.current?.set(props.running), [props.running]);

  useImperativeHandle(props.ref, () => ({
    async toRun(what) {
      const now = editor.current;
      const model = now?.getModel();
      if (!now || !model) return null;
      const selection = now.getSelection();
      const selected = selection !== null && !selection.isEmpty() ? selection : null;
      let range = model.getFullModelRange();
      if (what === 'selection' || (what === 'current' && selected !== null)) {
        if (selected === null) return null;
        range = model.getFullModelRange().intersectRanges(selected) ?? range;
      } else if (what === 'current') {
        const list = await split();
        const position = now.getPosition();
        const statement = position === null ? null : statementAt(list, model.getValue(), model.getOffsetAt(position));
        // A text that could not be split is run as it stands; the server says what is wrong with it.
        if (statement === null && list.length > 0) return null;
        if (statement !== null) range = toRange(model, statement);
      }
      const text = model.getValueInRange(range);
      if (text.trim() === '') return null;
      const [mark] = model.deltaDecorations([], [{ range, options: { stickiness: NEVER_GROWS } }]);
      return { text, mark: mark ?? '' };
    },
    insert(text) {
      const now = editor.current;
      const selection = now?.getSelection();
      if (!now || !selection) return;
      now.executeEdits('schema', [{ range: selection, text, forceMoveMarkers: true }]);
      now.pushUndoStop();
      now.focus();
    },
    focus: () => editor.current?.focus(),
    showError(id, mark, ran, position, message, jump) {
      const model = documents.get(id)?.model;
      const range = model?.getDecorationRange(mark);
      if (!model || !range) return false;
      const offset = errorOffset(
        ran,
        model.getValueInRange(range),
        model.getOffsetAt(range.getStartPosition()),
        position,
      );
      if (offset === null) return false;
      const word = toRange(model, wordAt(model.getValue(), offset));
      monaco.editor.setModelMarkers(model, OWNER, [{ ...word, message, severity: monaco.MarkerSeverity.Error }]);
      const now = editor.current;
      if (jump && now?.getModel() === model) {
        now.setPosition(model.getPositionAt(offset));
        now.revealPositionInCenterIfOutsideViewport(model.getPositionAt(offset));
        now.focus();
      }
      return true;
    },
    clearErrors(id) {
      const model = documents.get(id)?.model;
      if (model !== undefined) monaco.editor.setModelMarkers(model, OWNER, []);
    },
    palette() {
      editor.current?.focus();
      editor.current?.trigger('vitrine', 'editor.action.quickCommand', null);
    },
  }));

  return <div ref={root} className="editor" data-worker="starting" />;
}

const NEVER_GROWS = monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges;

function toRange(model: monaco.editor.ITextModel, { start, end }: Range): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
}

function options(): monaco.editor.IStandaloneEditorConstructionOptions {
  return {
    model: null,
    ariaLabel: 'SQL',
    automaticLayout: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono'),
    fontLigatures: false,
    fontSize: 13,
    lineHeight: 20,
    padding: { top: 10, bottom: 10 },
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 16,
    glyphMargin: false,
    folding: false,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    scrollBeyondLastLine: false,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    renderLineHighlight: 'all',
    renderLineHighlightOnlyWhenFocus: false,
    renderWhitespace: 'selection',
    stickyScroll: { enabled: false },
    renderFinalNewline: 'on',
    fixedOverflowWidgets: true,
    smoothScrolling: false,
    tabSize: 2,
    'semanticHighlighting.enabled': false,
    placeholder: 'select …',
  };
}

const commands = [
  ['commit', 'Commit the open transaction', 'KeyY'],
  ['rollback', 'Roll back the open transaction', 'KeyB'],
  ['mode', 'Transactions: switch between auto-commit and manual', 'KeyM'],
  ['reconnect', 'Close the connection and open a new one', null],
  ['port', 'Local port: let other tools in, see who is there', 'KeyD'],
  ['handBack', 'Hand back: close the glass', null],
] as const;

function* actions(
  onRun: (what: What) => void,
  onCancel: () => void,
  onCommand: (command: string) => void,
): Generator<monaco.editor.IActionDescriptor> {
  const { KeyMod, KeyCode } = monaco;
  const nothingOpen = '!suggestWidgetVisible && !findWidgetVisible && !renameInputVisible && !parameterHintsVisible';
  yield {
    id: 'vitrine.run',
    label: 'Run the selection or the current statement',
    keybindings: [KeyMod.CtrlCmd | KeyCode.Enter],
    contextMenuGroupId: 'navigation',
    run: () => onRun('current'),
  };
  yield {
    id: 'vitrine.runAll',
    label: 'Run everything in this tab',
    keybindings: [KeyCode.F5, KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter],
    contextMenuGroupId: 'navigation',
    run: () => onRun('all'),
  };
  yield {
    id: 'vitrine.cancel',
    label: 'Cancel what is running',
    keybindings: [KeyMod.CtrlCmd | KeyCode.Period],
    precondition: 'vitrineRunning',
    run: onCancel,
  };
  yield {
    id: 'vitrine.cancelByEscape',
    label: 'Cancel what is running (Escape)',
    keybindings: [KeyCode.Escape],
    precondition: 'vitrineRunning',
    keybindingContext: nothingOpen,
    run: onCancel,
  };
  // Their keys are the window's (work/keys.ts), so that they work wherever the focus is; here the palette learns of them.
  for (const [command, label, key] of commands)
    yield {
      id: `vitrine.${command}`,
      label,
      keybindings: key === null ? [] : [KeyMod.CtrlCmd | KeyMod.Shift | KeyCode[key]],
      run: () => onCommand(command),
    };
  yield {
    id: 'vitrine.palette',
    label: 'All commands',
    keybindings: [KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyP],
    run: (editor) => editor.trigger('vitrine', 'editor.action.quickCommand', null),
  };
}
