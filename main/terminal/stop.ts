/** Somebody wants this to end: Ctrl+C, a signal, the end of the terminal. Once: in order. Again: at once. */

/** A terminal and a wrapper may both pass on one Ctrl+C; within this time, ms, it is still the same one. */
const SAME = 500;

export class Stopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'Stopped';
  }
}

export class Stop {
  readonly #asked = new AbortController();
  readonly #again = new AbortController();
  readonly #mono: () => number;
  #first: number | null = null;
  #command: { interrupt(): void; terminate(): void } | null = null;

  /** `mono`: milliseconds on a clock that never goes back. */
  constructor(mono: () => number) {
    this.#mono = mono;
  }

  get asked(): AbortSignal {
    return this.#asked.signal;
  }
  get again(): AbortSignal {
    return this.#again.signal;
  }

  /** While a command runs, Ctrl+C is the command's: psql cancels a statement with it. */
  leaveTo(command: { interrupt(): void; terminate(): void } | null): void {
    this.#command = command;
  }

  /** Ctrl+C. */
  interrupt(): void {
    if (this.#command !== null) this.#command.interrupt();
    else this.ask();
  }

  /** SIGTERM, SIGHUP, the app quits. */
  terminate(): void {
    this.#command?.terminate();
    // However often the system says it: at once is for people who have seen that it takes long.
    if (this.#first === null) this.ask();
  }

  ask(): void {
    const now = this.#mono();
    if (this.#first === null) {
      this.#first = now;
      this.#asked.abort(new Stopped());
    } else if (now - this.#first >= SAME) this.#again.abort(new Stopped());
  }

  /** The work, unless somebody asks to stop first; then rejects with {@link Stopped}. */
  async race<T>(work: Promise<T>): Promise<T> {
    if (this.asked.aborted) {
      work.catch(() => undefined);
      throw new Stopped();
    }
    let leave = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      leave = () => reject(new Stopped());
      this.asked.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      this.asked.removeEventListener('abort', leave);
    }
  }
}

/** After `ready`: from then on Electron's own handlers, which only quit, are out of the way. */
export function listenForSignals(process: Pick<NodeJS.Process, 'on'>, stop: Stop): void {
  process.on('SIGINT', () => stop.interrupt());
  process.on('SIGTERM', () => stop.terminate());
  // The terminal was closed.
  process.on('SIGHUP', () => stop.terminate());
}
