/** One Monaco model per tab, with its scroll position and cursor; the only holder of the tabs' text. */
import type { Place } from '../../shared/ipc-workspace.ts';
import { monaco } from './monaco.ts';

interface Document {
  readonly model: monaco.editor.ITextModel;
  /** As it was left in this window; with folds and selections. */
  view: monaco.editor.ICodeEditorViewState | null;
  /** As it was left before this window, and since. */
  place: Place | null;
}

export class Documents {
  readonly #documents = new Map<string, Document>();
  readonly #on: { changed(id: string): void; moved(): void };

  constructor(on: { changed(id: string): void; moved(): void }) {
    this.#on = on;
  }

  open(id: string, text: string, place: Place | null = null): void {
    const model = monaco.editor.createModel(text, 'pgsql');
    model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
    model.onDidChangeContent(() => this.#on.changed(id));
    this.#documents.set(id, { model, view: null, place });
  }
  get(id: string): Document | undefined {
    return this.#documents.get(id);
  }
  /** Puts cursor and scroll where they were left, and follows them from now on; returns what ends that. */
  follow(id: string, editor: monaco.editor.IStandaloneCodeEditor): () => void {
    const shown = this.#documents.get(id);
    if (shown === undefined) return () => {};
    const { view, place } = shown;
    if (view !== null) editor.restoreViewState(view);
    else if (place !== null) {
      editor.setPosition({ lineNumber: place.line, column: place.column });
      editor.setScrollTop(place.scroll_top);
    }
    const note = () => {
      const at = editor.getPosition();
      if (at === null) return;
      shown.place = { line: at.lineNumber, column: at.column, scroll_top: Math.max(0, editor.getScrollTop()) };
      this.#on.moved();
    };
    const listeners = [editor.onDidChangeCursorPosition(note), editor.onDidScrollChange(note)];
    return () => {
      for (const listener of listeners) listener.dispose();
      shown.view = editor.saveViewState();
    };
  }
  place(id: string): Place | null {
    return this.#documents.get(id)?.place ?? null;
  }
  text(id: string): string {
    return this.#documents.get(id)?.model.getValue() ?? '';
  }
  /** UTF-16, without making the text of it. */
  length(id: string): number {
    return this.#documents.get(id)?.model.getValueLength() ?? 0;
  }
  /** Whether it is that text, however the lines of either end. */
  says(id: string, text: string): boolean {
    const model = this.#documents.get(id)?.model;
    const wanted = text.replace(/\r\n?/g, '\n');
    const lf = monaco.editor.EndOfLinePreference.LF;
    return model !== undefined && model.getValueLength(lf) === wanted.length && model.getValue(lf) === wanted;
  }
  /** As a person would: it can be undone. */
  replace(id: string, text: string): void {
    const model = this.#documents.get(id)?.model;
    model?.pushStackElement();
    model?.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
    model?.pushStackElement();
  }
  /** Calls back after every change of its text; returns what ends that. */
  listen(id: string, changed: () => void): () => void {
    const listener = this.#documents.get(id)?.model.onDidChangeContent(changed);
    return () => listener?.dispose();
  }
  isEmpty(id: string): boolean {
    const model = this.#documents.get(id)?.model;
    return model === undefined || model.getValueLength() === 0 || model.getValue().trim() === '';
  }
  /** From now on there is no such document; `done` ends its model, once the editor shows another. */
  close(id: string): { done(): void } {
    const gone = this.#documents.get(id);
    this.#documents.delete(id);
    return { done: () => gone?.model.dispose() };
  }
  dispose(): void {
    for (const id of [...this.#documents.keys()]) this.close(id).done();
  }
}
