/** The statements of the editor's text, from main, kept while the text stays the same. */
import { MAX_CHECKED } from '../../shared/editor.ts';
import { ask, type Bridge } from '../bridge.ts';
import { monaco } from './monaco.ts';
import { type Range, statementAt } from './positions.ts';

export class Statements {
  readonly #bridge: Bridge;
  readonly #editor: monaco.editor.ICodeEditor;
  #held: { readonly version: string; readonly list: readonly Range[] } | null = null;

  constructor(bridge: Bridge, editor: monaco.editor.ICodeEditor) {
    this.#bridge = bridge;
    this.#editor = editor;
  }

  /** Empty where the text is, or where it is too long ({@link MAX_CHECKED}). */
  async list(): Promise<readonly Range[]> {
    const model = this.#editor.getModel();
    if (model === null || model.getValueLength() > MAX_CHECKED) return [];
    const version = versionOf(model);
    if (this.#held?.version === version) return this.#held.list;
    const text = model.getValue();
    if (text.trim() === '') return [];
    const answer = await ask(this.#bridge.splitSql(text));
    const list = answer.ok ? answer.value : [];
    if (!model.isDisposed() && version === versionOf(model)) this.#held = { version, list };
    return list;
  }

  /** The statement that the cursor belongs to, as far as it is known at this moment. */
  current(): Range | null {
    const model = this.#editor.getModel();
    const position = this.#editor.getPosition();
    if (model === null || position === null || this.#held?.version !== versionOf(model)) return null;
    return statementAt(this.#held.list, model.getValue(), model.getOffsetAt(position));
  }
}

const versionOf = (model: monaco.editor.ITextModel): string => `${model.id}:${model.getVersionId()}`;

export const toRange = (model: monaco.editor.ITextModel, { start, end }: Range): monaco.Range =>
  monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
