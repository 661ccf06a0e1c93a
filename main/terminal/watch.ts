/** The states that the glass pushes, as something to wait for. */
import type { AppState } from '../../shared/ipc.ts';

export class Watch {
  readonly #waiting = new Set<(state: AppState) => void>();

  /** Told every new state. */
  push(state: AppState): void {
    for (const heard of [...this.#waiting]) heard(state);
  }

  /** Hears every state from now on; the answer ends it. */
  each(heard: (state: AppState) => void): () => void {
    this.#waiting.add(heard);
    return () => this.#waiting.delete(heard);
  }

  /** Resolves with the first thing that `pick` makes of a state, beginning with the current one. */
  until<T>(current: AppState, pick: (state: AppState) => T | null): Promise<T> {
    const now = pick(current);
    if (now !== null) return Promise.resolve(now);
    return new Promise((resolve) => {
      const end = this.each((state) => {
        const found = pick(state);
        if (found === null) return;
        end();
        resolve(found);
      });
    });
  }
}
