/** What the user wants done, one thing after the other; a defect in one does not hold up the next. */
import type { Script } from './script.ts';
import { tooManyWaiting } from './words.ts';

interface Task {
  /** Null for a COMMIT or ROLLBACK by the app. */
  readonly script: Script | null;
  readonly run: () => Promise<void>;
}

export interface QueueParts {
  /** Before the first of several. */
  readonly begins: () => Promise<void>;
  readonly idle: () => void;
  readonly defect: (error: unknown) => void;
}

const MOST_WAITING = 50;

export class Queue {
  readonly #parts: QueueParts;
  readonly #waiting: Task[] = [];
  #running: Task | null = null;
  #working = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
  }

  /** Something waits or runs, or is about to. */
  get working(): boolean {
    return this.#working;
  }
  get length(): number {
    return this.#waiting.length;
  }
  /** The text that runs now. */
  get script(): Script | null {
    return this.#running?.script ?? null;
  }

  /** Throws a Fault when too much waits already. */
  add(script: Script | null, run: () => Promise<void>): void {
    if (this.#waiting.length >= MOST_WAITING) throw tooManyWaiting();
    this.#waiting.push({ script, run });
    void this.#work();
  }
  inTurn(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add(null, () => work().then(resolve, reject));
    });
  }
  /** The waiting text that has this result, which does not wait any more; null where none has. */
  takeOut(id: string): Script | null {
    const at = this.#waiting.findIndex(({ script }) => script?.ids.includes(id));
    return at < 0 ? null : (this.#waiting.splice(at, 1)[0]?.script ?? null);
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    await this.#parts.begins();
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) {
      this.#running = task;
      await task.run().catch(this.#parts.defect);
      this.#running = null;
    }
    this.#working = false;
    this.#parts.idle();
  }
}
