/**
 * The editor: shows the active tab's document, marks the statement under the cursor in the margin, and answers what
 * there is to run. It never runs anything itself; keys call back.
 */
import { useEffect, useEffectEvent, useImperativeHandle, useRef, useState } from 'react';
import { MAX_CHECKED } from '../../shared/editor.ts';
import type { Bridge } from '../bridge.ts';
import { useSettings } from '../settings.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { Documents } from './documents.ts';
import { markFindings } from './findings.ts';
import { layOut } from './layout.ts';
import { Marks } from './marks.ts';
import { monaco, workerAnswers } from './monaco.ts';
import { ownModelOptions, ownOptions } from './own-options.ts';
import { errorOffset, nameAt, wordAt } from './positions.ts';
import { type Excerpt, excerpt } from './providers.ts';
import { actions, options } from './setup.ts';
import { Statements, toRange } from './statements.ts';
import { applyTheme } from './theme.ts';
import { useLargePaste } from './use-large-paste.tsx';
import { useParts } from './use-parts.tsx';
import './editor.css';
import './parts.css';

export type What = 'current' | 'selection' | 'all';
export interface ToRun {
  readonly text: string;
  /** Key of the mark that follows the place in the tab through later edits. */
  readonly mark: string;
}
export interface EditorHandle {
  /** What there is to run, after asking which part where there are several; null when there is nothing. */
  toRun(what: What): Promise<ToRun | null>;
  /** The mark is needed until the next one for the same purpose; an empty one only ends that of the one before. */
  hold(purpose: string, mark: string): void;
  /** Nothing was run: the mark is not needed. */
  release(mark: string): void;
  /** Lays out the selection, else the current statement; or all of the text. */
  format(what: 'current' | 'all'): Promise<void>;
  /** What is selected; empty when nothing is. */
  selected(): string;
  insert(text: string): void;
  /** Puts a text with places to fill in (`${1:name}`) at the cursor. */
  insertSnippet(body: string): void;
  focus(): void;
  /** The name that the cursor stands in or behind, with its schema: `shop.orders`; empty where there is none. */
  nameAtCursor(): string;
  /** The text around the cursor, for whoever reads what a name in it means; null where there is none. */
  around(): Excerpt | null;
  /** Puts the cursor there, UTF-16. */
  goTo(offset: number): void;
  /** Underlines the server's position; false when the text was changed since and it means nothing any more. */
  showError(tab: string, mark: string, ran: string, position: number | null, message: string, jump: boolean): boolean;
  clearErrors(tab: string): void;
  /** What Monaco itself can do in this editor at this moment. */
  actions(): readonly monaco.editor.IEditorAction[];
}
export interface SqlEditorProps {
  readonly bridge: Bridge;
  readonly documents: Documents;
  readonly tab: string;
  readonly running: boolean;
  readonly onRun: (what: What) => void;
  readonly onCancel: () => void;
  readonly onCursor: (line: number, column: number) => void;
  /** The person wants to write in a grant that reads. */
  readonly onWrite: () => void;
  readonly ref?: React.Ref<EditorHandle>;
}

const SPLIT_AFTER_MS = 120;
const OWNER = 'vitrine';
const TOO_LONG = {
  code: 'too_long_to_split',
  message: 'This text is too long to find the statement at the cursor. Nothing was sent.',
  hint: 'Select what to run, or run everything with F5.',
};
/** Monaco's own part for snippets; its type is not exported. */
interface SnippetController extends monaco.editor.IEditorContribution {
  insert(body: string): void;
}

export function SqlEditor(props: SqlEditorProps) {
  const { bridge, documents, tab } = props;
  const { settings, theme } = useSettings();
  const say = useToast();
  const parts = useParts(bridge);
  const root = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const pasting = useLargePaste(root, editor);
  const runningKey = useRef<monaco.editor.IContextKey<boolean> | null>(null);
  const statements = useRef<Statements | null>(null);
  const [marks] = useState(() => new Marks());
  const statementMark = useRef<monaco.editor.IEditorDecorationsCollection | null>(null);
  const onRun = useEffectEvent(props.onRun);
  const onCancel = useEffectEvent(props.onCancel);
  const onCursor = useEffectEvent(props.onCursor);
  const onWrite = useEffectEvent(props.onWrite);

  const markStatement = useEffectEvent(() => {
    const model = editor.current?.getModel();
    const range = statements.current?.current() ?? null;
    statementMark.current?.set(
      range === null || !model
        ? []
        : [{ range: toRange(model, range), options: { isWholeLine: true, marginClassName: 'statement-margin' } }],
    );
  });
  const splitNow = useEffectEvent(() => void statements.current?.list().then(markStatement));

  useEffect(() => {
    if (root.current === null) return;
    applyTheme(document.documentElement.dataset.theme === 'light' ? 'light' : 'dark');
    const created = monaco.editor.create(root.current, options());
    editor.current = created;
    statements.current = new Statements(bridge, created);
    const unmark = markFindings(created, bridge, () => onWrite());
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
    for (const action of actions(onRun, onCancel)) created.addAction(action);
    // Measured, not assumed: a test and the status bar read it.
    void workerAnswers.then((works) => root.current?.setAttribute('data-worker', works ? 'answers' : 'blocked'));
    return () => {
      clearTimeout(timer);
      unmark();
      created.dispose();
      editor.current = null;
    };
  }, [bridge]);

  useEffect(() => {
    const shown = documents.get(tab);
    const now = editor.current;
    if (shown === undefined || now === null) return;
    now.setModel(shown.model);
    const unfollow = documents.follow(tab, now);
    const position = now.getPosition();
    if (position !== null) onCursor(position.lineNumber, position.column);
    now.focus();
    return unfollow;
  }, [documents, tab]);
  useEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    editor.current?.updateOptions(ownOptions(settings));
  }, [settings]);
  useEffect(() => {
    documents.get(tab)?.model.updateOptions(ownModelOptions(settings));
  }, [documents, tab, settings]);
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
        if (model.getValueLength() > MAX_CHECKED) {
          say(TOO_LONG);
          return null;
        }
        const list = (await statements.current?.list()) ?? [];
        const statement = statements.current?.current() ?? null;
        // A text that could not be split is run as it stands; the server says what is wrong with it.
        if (statement === null && list.length > 0) return null;
        const part = statement === null ? range : await parts.choose(now, statement);
        if (part === null) return null;
        range = part;
      }
      const text = model.getValueInRange(range);
      if (text.trim() === '') return null;
      return { text, mark: marks.make(model, { range, options: { stickiness: NEVER_GROWS } }) };
    },
    hold: (purpose, mark) => marks.hold(purpose, mark),
    release: (mark) => marks.release(mark),
    async format(what) {
      const now = editor.current;
      const model = now?.getModel();
      if (!now || !model) return;
      const selection = now.getSelection();
      let range = what === 'all' ? model.getFullModelRange() : selection;
      if (what === 'current' && selection?.isEmpty() !== false) {
        await statements.current?.list();
        const statement = statements.current?.current() ?? null;
        range = statement === null ? null : toRange(model, statement);
      }
      const notice = range === null ? null : await layOut(now, bridge, range);
      if (notice !== null) say(notice);
    },
    selected() {
      const selection = editor.current?.getSelection();
      return selection ? (editor.current?.getModel()?.getValueInRange(selection) ?? '') : '';
    },
    insertSnippet(body) {
      editor.current?.focus();
      editor.current?.getContribution<SnippetController>('snippetController2')?.insert(body);
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
    nameAtCursor() {
      const position = editor.current?.getPosition();
      const line = position && editor.current?.getModel()?.getLineContent(position.lineNumber);
      return position && line !== undefined && line !== null ? nameAt(line, position.column - 1) : '';
    },
    around() {
      const now = editor.current;
      const [model, position] = [now?.getModel(), now?.getPosition()];
      return model && position ? excerpt(model, position) : null;
    },
    goTo(offset) {
      const now = editor.current;
      const position = now?.getModel()?.getPositionAt(offset);
      if (!now || position === undefined) return;
      now.setPosition(position);
      now.revealPositionInCenterIfOutsideViewport(position);
      now.focus();
    },
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
    actions: () => editor.current?.getSupportedActions() ?? [],
  }));

  return (
    <>
      {pasting}
      <div ref={root} className="editor" data-worker="starting" />
      {parts.list}
    </>
  );
}

const NEVER_GROWS = monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges;
