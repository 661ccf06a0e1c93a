/** Marks what main finds in the text, shortly after typing has stopped. */
import { MAX_CHECKED } from '../../shared/editor.ts';
import type { Finding } from '../../shared/ipc-editor.ts';
import { ask, type Bridge } from '../bridge.ts';
import { monaco } from './monaco.ts';
import { shown } from './shown.ts';
import { toRange } from './statements.ts';

const CHECK_AFTER_MS = 350;
const OWNER = 'vitrine-check';
const ASK = { id: 'vitrine.askForWrite', title: 'Ask for write access…' } as const;

/** `askForWrite` is offered where a write stands in a grant that reads. Returns what ends it. */
export function markFindings(editor: monaco.editor.ICodeEditor, bridge: Bridge, askForWrite: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checking = false;
  let ended = false;
  let held: {
    readonly model: monaco.editor.ITextModel;
    readonly version: number;
    readonly list: readonly Finding[];
  } | null = null;

  let said: ReadonlySet<Finding> = new Set();

  const show = () => {
    const model = editor.getModel();
    const position = editor.getPosition();
    if (model === null || position === null || held?.model !== model || held.version !== model.getVersionId()) return;
    const line = { offset: model.getOffsetAt(position), start: model.getOffsetAt(position.with(undefined, 1)) };
    // What was shown of this text stays: going to a mark must not take it away.
    const now = new Set(shown(held.list, line));
    const list = held.list.filter((finding) => said.has(finding) || now.has(finding));
    if (list.length === said.size && list.length > 0) return;
    said = new Set(list);
    monaco.editor.setModelMarkers(
      model,
      OWNER,
      list.map((finding) => ({
        ...toRange(model, finding),
        message: finding.message,
        severity: finding.code === 'syntax' ? monaco.MarkerSeverity.Info : monaco.MarkerSeverity.Warning,
      })),
    );
  };
  const check = async () => {
    const model = editor.getModel();
    if (model === null || ended) return;
    if (model.getValueLength() > MAX_CHECKED) return monaco.editor.setModelMarkers(model, OWNER, []);
    // One at a time: a long text takes main a while.
    if (checking) return later();
    checking = true;
    const version = model.getVersionId();
    const answer = await ask(bridge.checkSql(model.getValue()));
    checking = false;
    if (!answer.ok || ended || model.isDisposed() || model.getVersionId() !== version) return;
    held = { model, version, list: answer.value };
    said = new Set();
    show();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), CHECK_AFTER_MS);
  };
  /** What was found on the line that is changed now is old news; all of it where lines were replaced. */
  const hide = (changes: readonly monaco.editor.IModelContentChange[]) => {
    const model = editor.getModel();
    const line = editor.getPosition()?.lineNumber;
    if (model === null) return;
    const markers = monaco.editor.getModelMarkers({ owner: OWNER, resource: model.uri });
    const many = changes.some(({ range }) => range.startLineNumber !== range.endLineNumber);
    const kept = many ? [] : markers.filter(({ startLineNumber }) => startLineNumber !== line);
    if (kept.length < markers.length) monaco.editor.setModelMarkers(model, OWNER, kept);
  };
  const listening = [
    editor.onDidChangeModelContent(({ changes }) => {
      hide(changes);
      later();
    }),
    editor.onDidChangeModel(later),
    editor.onDidChangeCursorPosition(show),
    monaco.editor.registerCommand(ASK.id, askForWrite),
    monaco.languages.registerCodeActionProvider('pgsql', {
      provideCodeActions(model, range) {
        const about = (held?.model === model ? held.list : []).some(
          (finding) =>
            finding.code === 'read_only' && monaco.Range.areIntersectingOrTouching(toRange(model, finding), range),
        );
        return { actions: about ? [{ title: ASK.title, kind: 'quickfix', command: ASK }] : [], dispose: () => {} };
      },
    }),
  ];
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const one of listening) one.dispose();
  };
}
