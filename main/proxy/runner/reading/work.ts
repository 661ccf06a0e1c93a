/** Work over many rows that lets others have their turn: sliced, stoppable, with how far it is. */
import { setImmediate as turn } from 'node:timers/promises';
import { Fault } from '../../../../shared/errors.ts';

/** Longest time that a slice holds the process, ms; what is done between two looks at the clock comes on top. */
const SLICE_MS = 8;
/** Rows between two looks at the clock. */
const ROWS = 64;

export class Work {
  #since = performance.now();
  #stopped = false;
  /** From 0 to 1. */
  share = 0;

  stop(): void {
    this.#stopped = true;
  }
  get due(): boolean {
    return performance.now() - this.#since > SLICE_MS;
  }
  /** Throws a Fault once it is to stop. */
  async breathe(): Promise<void> {
    await turn();
    this.#since = performance.now();
    this.check();
  }
  /** Throws a Fault once it is to stop. */
  check(): void {
    if (this.#stopped) throw new Fault('stopped', 'Stopped. The rows are shown as before.');
  }

  /** Runs a generator of shares from 0 to 1 to its end; these count as the part `from` to 1 of all the work. */
  async through(steps: Iterable<number>, from: number): Promise<void> {
    for (const share of steps) {
      this.share = from + share * (1 - from);
      if (this.due) await this.breathe();
    }
  }

  /** Shows every row to `visit`; they count as the part 0 to `until` of all the work. Throws a Fault where they are gone. */
  async rows(
    batches: AsyncIterable<readonly Buffer[]>,
    { of, until }: { readonly of: number; readonly until: number },
    visit: (body: Buffer, n: number) => void,
  ): Promise<void> {
    let n = 0;
    for await (const rows of batches)
      for (const body of rows) {
        if (n === of) break;
        visit(body, n++);
        if (n % ROWS !== 0) continue;
        this.share = (n / of) * until;
        if (this.due) await this.breathe();
      }
    if (n < of) throw gone();
  }
}

const gone = (): Fault =>
  new Fault('result_let_go', 'This result was let go to make room for newer ones.', 'Run it again.');
