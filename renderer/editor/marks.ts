/**
 * Marks on the places in the texts that something was run from: they follow the places through later edits. A mark is held
 * for a purpose, such as the run of a tab, until the next one takes its place; so there are never more than purposes.
 */
import type { monaco } from './monaco.ts';

type Model = Pick<monaco.editor.ITextModel, 'deltaDecorations' | 'isDisposed'>;

export class Marks {
  readonly #models = new Map<string, Model>();
  readonly #held = new Map<string, string>();

  /** The new mark's key. Until it is held it is the caller's to release. */
  make(model: Model, decoration: monaco.editor.IModelDeltaDecoration): string {
    const [mark = ''] = model.deltaDecorations([], [decoration]);
    this.#models.set(mark, model);
    return mark;
  }

  /** The mark that was held for that before is let go. An empty key holds nothing. */
  hold(purpose: string, mark: string): void {
    const before = this.#held.get(purpose);
    if (before === mark) return;
    if (before !== undefined) this.release(before);
    if (mark === '') this.#held.delete(purpose);
    else this.#held.set(purpose, mark);
  }

  release(mark: string): void {
    const model = this.#models.get(mark);
    this.#models.delete(mark);
    if (model !== undefined && !model.isDisposed()) model.deltaDecorations([mark], []);
  }
}
