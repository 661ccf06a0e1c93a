/** One Monaco model per tab, with its scroll position and cursor; the only holder of the tabs' text. */
import { monaco } from './monaco.ts';

interface Document {
  readonly model: monaco.editor.ITextModel;
  view: monaco.editor.ICodeEditorViewState | null;
}

export class Documents {
  readonly #documents = new Map<string, Document>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  open(id: string, text: string): void {
    const model = monaco.editor.createModel(text, 'pgsql');
    model.updateOptions({ bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false } });
    model.onDidChangeContent(this.#onChange);
    this.#documents.set(id, { model, view: null });
  }
  get(id: string): Document | undefined {
    return this.#documents.get(id);
  }
  text(id: string): string {
    return this.#documents.get(id)?.model.getValue() ?? '';
  }
  isEmpty(id: string): boolean {
    const model = this.#documents.get(id)?.model;
    return model === undefined || model.getValueLength() === 0 || model.getValue().trim() === '';
  }
  close(id: string): void {
    this.#documents.get(id)?.model.dispose();
    this.#documents.delete(id);
  }
  dispose(): void {
    for (const id of [...this.#documents.keys()]) this.close(id);
  }
}
