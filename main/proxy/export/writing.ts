/** One export, from the first row to the last word: pushed as it goes, at most ten times a second. */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { Fault } from '../../../shared/errors.ts';
import type { ExportState, ExportWish, ResultState } from '../../../shared/ipc.ts';
import type { Clock } from '../../clock.ts';
import type { Runner } from '../runner/contract.ts';
import { Destination, type Disk } from './destination.ts';
import { ExportSink } from './sink.ts';
import { faultOf, folderWords } from './words.ts';

const PUSH_MS = 100;

export interface WritingOptions {
  readonly wish: Omit<ExportWish, 'table'> & { readonly table: readonly string[] };
  readonly path: string;
  readonly runner: Pick<Runner, 'results' | 'stream' | 'record'>;
  readonly clock: Clock;
  readonly push: (state: ExportState) => void;
  readonly disk?: Disk;
}
/** What a notice of an export says in `code`: the format, and what of it when it is not the whole. */
type Told = '' | '_begun' | '_removed';

/** Stopped by the person or by the end of the grant. */
class Stopped extends Error {}

export class Writing {
  readonly id = randomBytes(16).toString('base64url');
  readonly #options: WritingOptions;
  readonly #destination: Destination;
  readonly #sink: ExportSink;
  readonly #began: number;
  #state: ExportState;
  #stopped = false;
  #cancel: () => void = () => {};
  #intent: () => string | null = () => null;
  #ended: Promise<ExportState> = new Promise(() => {});

  /** Makes the partial file and starts. Rejects with a Fault when it cannot be made. */
  static async begin(options: WritingOptions): Promise<Writing> {
    const { rows, complete } = options.runner.results.source(options.wish.result);
    const expected = options.wish.source === 'kept' || complete ? rows : null;
    let writing: Writing | null = null;
    const announce = async (): Promise<void> => writing?.announce();
    const destination = await Destination.open(options.path, announce, options.disk).catch((error: unknown) => {
      throw faultOf(error);
    });
    writing = new Writing(options, destination, expected);
    writing.#ended = writing.#run();
    return writing;
  }

  private constructor(options: WritingOptions, destination: Destination, expected: number | null) {
    const { wish, path, clock } = options;
    this.#options = options;
    this.#destination = destination;
    this.#sink = new ExportSink(wish, destination);
    this.#began = clock.mono();
    this.#state = {
      id: this.id,
      status: 'writing',
      format: wish.format,
      file: basename(path),
      folder: folderWords(dirname(path)),
      rows: 0,
      of: expected,
      bytes: 0,
      ms: 0,
      error: null,
    };
  }

  /** Resolves with the last state, whatever became of it; never rejects. */
  get ended(): Promise<ExportState> {
    return this.#ended;
  }

  /** Idempotent; ends as cancelled unless the file has its name already. */
  stop(): void {
    this.#stopped = true;
    this.#sink.stop();
    this.#cancel();
  }

  /** Rows are about to be on the disk, and it is not known yet how many there will be: the record says that it begins. */
  announce(): Promise<void> {
    return this.#record('_begun');
  }

  async #run(): Promise<ExportState> {
    const timer = setInterval(() => this.#push({}), PUSH_MS);
    try {
      if (this.#options.wish.source === 'kept') await this.#writeKept();
      else await this.#writeAgain();
      this.#assertGoingOn();
      this.#push({ status: 'finishing' });
      await this.#finish();
      this.#push({ status: 'done' });
    } catch (error) {
      await this.#discard();
      if (error instanceof Stopped) this.#push({ status: 'cancelled' });
      else {
        const { code, message, hint } = faultOf(this.#destination.failure ?? error);
        this.#push({ status: 'failed', error: { code, message, hint } });
      }
    } finally {
      clearInterval(timer);
    }
    return this.#state;
  }

  async #writeKept(): Promise<void> {
    const source = this.#options.runner.results.source(this.#options.wish.result);
    this.#intent = () => source.intent;
    this.#sink.describe(source.fields);
    let seen = 0;
    for await (const rows of source.all()) {
      for (const row of rows) this.#sink.add(row);
      seen += rows.length;
      this.#assertGoingOn();
      await this.#sink.drained();
      // Everybody else has a turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#assertGoingOn();
    if (seen < source.rows)
      throw new Fault(
        'result_gone',
        'The result was closed or let go while it was written. What was written of it has been removed.',
        'Run the statement again, and keep its tab open until the export is done.',
      );
    this.#sink.end();
  }

  async #writeAgain(): Promise<void> {
    const { runner, wish } = this.#options;
    const statement = runner.stream(wish.result, this.#sink);
    this.#intent = statement.intent;
    this.#cancel = statement.cancel;
    if (this.#stopped) statement.cancel();
    const result = await statement.done;
    this.#assertGoingOn();
    const fault = faultOfResult(result);
    if (fault !== null) throw fault;
    this.#sink.end();
  }

  /** The record is durable before the file has its name; where nothing is on the disk yet, before anything is. */
  async #finish(): Promise<void> {
    if (this.#destination.untouched) {
      await this.#record('');
      this.#destination.recorded();
      await this.#destination.finish();
    } else {
      await this.#destination.finish();
      await this.#record('');
    }
    this.#assertGoingOn();
    await this.#destination.publish();
  }

  async #discard(): Promise<void> {
    const begun = !this.#destination.untouched;
    await this.#destination.discard().catch(() => undefined);
    // At the end of a grant nothing can be recorded any more: the beginning without an end says it then.
    if (begun) await this.#record('_removed').catch(() => undefined);
  }

  #record(told: Told): Promise<void> {
    const counted = told !== '_begun';
    return this.#options.runner.record({
      kind: 'export',
      of: this.#intent(),
      code: `${this.#options.wish.format}${told}`,
      fp: null,
      norm: null,
      rows: counted ? this.#sink.rows : null,
      bytes: counted ? this.#sink.bytes : null,
    });
  }

  #assertGoingOn(): void {
    if (this.#destination.failure !== null) throw this.#destination.failure;
    if (this.#stopped) throw new Stopped();
  }

  #push(part: Partial<ExportState>): void {
    const ms = Math.round(this.#options.clock.mono() - this.#began);
    this.#state = { ...this.#state, rows: this.#sink.rows, bytes: this.#sink.bytes, ms, ...part };
    this.#options.push(this.#state);
  }
}

/** Why the statement did not give all of its rows; null when it did. */
function faultOfResult({ status, cap, error }: ResultState): Fault | null {
  const removed = 'What was written of it has been removed.';
  if (error !== null) return new Fault(error.code, `${error.message}. ${removed}`, error.hint);
  if (cap !== null)
    return new Fault('row_too_long', `A row is longer than 256 MB. ${removed}`, 'Leave the long columns out.');
  if (status === 'done') return null;
  if (status === 'cancelled') return new Fault('cancelled', `The statement was cancelled. ${removed}`);
  return new Fault('export_failed', `The statement did not run to its end. ${removed}`, 'Run it again.');
}
