/**
 * When what is saved: the first change starts a short wait; later ones do not prolong it, but one that is more urgent shortens
 * it, so that a crash takes the last instant only. A long text waits longer, because all of it is written. What failed is tried again by itself.
 */
import type { Result } from '../../shared/ipc.ts';

export interface Saving {
  /** UTF-16 units of a tab's text. */
  length(id: string): number;
  text(id: string): Promise<Result<null>>;
  index(): Promise<Result<null>>;
  failed(answer: Extract<Result<null>, { ok: false }>, id: string | null): void;
}

const SOON_MS = 30;
const AGAIN_MS = 5000;

/** 30 ms for what a person types, a second for ten million characters, never more than two. */
export const waitFor = (length: number): number => Math.min(2000, SOON_MS + length / 10_000);

export class Saver {
  readonly #saving: Saving;
  /** Texts, and the index as null: what has changed since it was last sent, and the clock that will send it. */
  readonly #due = new Map<string | null, { readonly at: number; readonly timer: ReturnType<typeof setTimeout> }>();
  readonly #underway = new Set<string | null>();

  constructor(saving: Saving) {
    this.#saving = saving;
  }

  /** Null is the index. */
  changed(id: string | null, afterMs = waitFor(id === null ? 0 : this.#saving.length(id))): void {
    const at = performance.now() + afterMs;
    const due = this.#due.get(id);
    if (due !== undefined && due.at <= at) return;
    clearTimeout(due?.timer);
    this.#due.set(id, { at, timer: setTimeout(() => this.#save(id), afterMs) });
  }

  /** Everything that is due, or the one text, without waiting. */
  flush(only?: string): void {
    for (const id of [...this.#due.keys()]) if (only === undefined || only === id) this.#save(id, true);
  }

  #save(id: string | null, now = false): void {
    clearTimeout(this.#due.get(id)?.timer);
    this.#due.delete(id);
    // One at a time of each; the newer text follows as soon as the disk has the older one.
    if (this.#underway.has(id) && !now) {
      this.changed(id);
      return;
    }
    this.#underway.add(id);
    void (id === null ? this.#saving.index() : this.#saving.text(id)).then((answer) => {
      this.#underway.delete(id);
      if (answer.ok) return;
      this.#saving.failed(answer, id);
      this.changed(id, AGAIN_MS);
    });
  }
}
