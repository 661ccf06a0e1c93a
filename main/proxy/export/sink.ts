/** Rows off the wire, or out of the store, into a format and on to a file. */
import type { WholeSink } from '../runner/result.ts';
import type { Field } from '../runner/wire-client.ts';
import type { Destination } from './destination.ts';
import { type Format, type FormatChoice, formatOf, Out } from './formats/index.ts';

const CHUNK = 256 * 1024;

export class ExportSink implements WholeSink {
  readonly #choice: FormatChoice;
  readonly #destination: Destination;
  readonly #out = new Out();
  #format: Format | null = null;
  #more = false;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  rows = 0;

  constructor(choice: FormatChoice, destination: Destination) {
    this.#choice = choice;
    this.#destination = destination;
  }

  /** Of the file, so far. */
  get bytes(): number {
    return this.#out.total;
  }
  get full(): boolean {
    return !this.#stopped && this.#destination.full;
  }
  /** Also when it was stopped: a disk that hangs must not hold back the server's answer to a cancel. */
  async drained(): Promise<void> {
    if (this.full) await Promise.race([this.#destination.drained(), this.#stop.promise]);
  }

  /** The format needs no more than this, and one row to know that there are more. 0: all. */
  get limit(): number {
    const most = formatOf(this.#choice, []).most;
    return most === null ? 0 : most + 1;
  }

  describe(fields: readonly Field[]): void {
    this.#format = formatOf(this.#choice, fields);
    this.#format.head(this.#out);
  }

  add(row: Buffer): boolean {
    const format = this.#format;
    if (format === null || this.#stopped || this.#destination.failure !== null) return false;
    if (format.most !== null && this.rows >= format.most) {
      this.#more = true;
      return true;
    }
    format.row(this.#out, row);
    this.rows++;
    if (this.#out.length > CHUNK) this.#destination.write(this.#out.take());
    return true;
  }

  /** Takes no more: it was cancelled. */
  stop(): void {
    this.#stopped = true;
    this.#stop.resolve();
  }

  end(): void {
    this.#format?.tail(this.#out, this.rows, this.#more);
    this.#destination.write(this.#out.take());
  }
}
