/**
 * Exports: rows of a result, or of a plain SELECT that is run once more, into a file that the person has chosen in a
 * dialog of the system. It is done through the runner and the relay like everything else (I1, I2, I3); how many rows and
 * bytes, as what and of which statement is recorded, and durable, before the file has its name; where the file is, is
 * recorded nowhere. When the log or the policy says no, nothing is written (I6). The page never names a path (I7).
 *
 *   formats/     pure: columns and rows to bytes
 *   sink         rows into a format and on
 *   destination  the file: partial, synced, renamed, or removed
 *   whole        a file that is written in one go; picture: a chart
 *   writing      one export from the first row to the last word
 *
 * Called by main/grants, which opens one exporter for each live grant.
 */
import { basename, dirname } from 'node:path';
import { Fault } from '../../../shared/errors.ts';
import type { ExportOffer, ExportState, ExportWish } from '../../../shared/ipc.ts';
import type { ChartSaved, ChartWish } from '../../../shared/ipc-explain.ts';
import { onlyTable, tableParts } from '../../../shared/sql/index.ts';
import type { Clock } from '../../clock.ts';
import type { Runner } from '../runner/contract.ts';
import type { Disk } from './destination.ts';
import { extensionOf } from './formats/index.ts';
import { pictureBytes, writePicture } from './picture.ts';
import { folderWords } from './words.ts';
import { Writing } from './writing.ts';

export interface ExporterOptions {
  readonly runner: Pick<Runner, 'results' | 'stream' | 'record' | 'assertRecordable'>;
  /** What the policy says: `limits.exports` of the grant. */
  readonly allowed: boolean;
  /** Lets the person choose a file; null when they chose none. */
  readonly ask: (proposal: { readonly name: string; readonly extension: string }) => Promise<string | null>;
  readonly clock: Clock;
  readonly onExport: (state: ExportState) => void;
  readonly disk?: Disk;
}

/** What was exported under the grant, for the summary. `cut`: those that its end, or the person, or a fault stopped. */
export interface ExportTotals {
  readonly done: number;
  readonly rows: number;
  readonly bytes: number;
  readonly cut: number;
}

export interface Exporter {
  /** Throws a Fault where the result is not there any more. */
  offer(result: string): ExportOffer;
  /** Answers with the export's id once it is being written, or null when no file was chosen. Throws a Fault. */
  start(wish: ExportWish): Promise<string | null>;
  /** A chart of a result, into a file. Null: no file was chosen. Throws a Fault. */
  saveChart(wish: ChartWish): Promise<ChartSaved | null>;
  cancel(id: string): void;
  /** Where a finished export is. Throws a Fault where there is none. */
  pathOf(id: string): string;
  totals(): ExportTotals;
  /** Some are being written. */
  busy(): boolean;
  /** The grant ends: what is being written is cut, and its partial file gone when it resolves. Idempotent. */
  close(): Promise<void>;
}

/** Exports that are written at the same time. */
const AT_ONCE = 3;

export function openExporter(options: ExporterOptions): Exporter {
  return new RunnerExporter(options);
}

class RunnerExporter implements Exporter {
  readonly #options: ExporterOptions;
  readonly #writing = new Map<string, Writing>();
  readonly #done = new Map<string, string>();
  #asking = false;
  #closed = false;
  #totals: ExportTotals = { done: 0, rows: 0, bytes: 0, cut: 0 };

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  offer(result: string): ExportOffer {
    const { text, rows, complete, repeatable } = this.#options.runner.results.source(result);
    const table = onlyTable(text)?.map(unquoted).join('.') ?? '';
    return { rows, complete, again: repeatable, table };
  }

  async start(wish: ExportWish): Promise<string | null> {
    this.#assertAllowed();
    const { runner, clock, onExport, disk } = this.#options;
    const source = runner.results.source(wish.result);
    if (wish.source === 'again' && !source.repeatable)
      throw new Fault(
        'not_repeatable',
        'This statement is not run again for an export: it may do more than read. Nothing was written.',
        'Export the rows that are kept, or write a SELECT.',
      );
    const table = wish.format === 'insert' ? tableParts(wish.table) : [];
    if (table === null)
      throw new Fault(
        'bad_table',
        'That is not the name of a table. Nothing was written.',
        'Write it as in SQL: shop.orders',
      );
    // A log that has failed is heard of here, before anybody chooses a file.
    runner.assertRecordable();
    const path = await this.#chosen(extensionOf[wish.format], source.text);
    if (path === null) return null;
    this.#assertAllowed();
    const writing = await Writing.begin({
      wish: { ...wish, table },
      path,
      runner,
      clock,
      push: onExport,
      ...(disk === undefined ? {} : { disk }),
    });
    this.#writing.set(writing.id, writing);
    // The grant may have ended while the file was made.
    if (this.#closed) writing.stop();
    void writing.ended.then((state) => this.#ended(state, path));
    return writing.id;
  }

  async saveChart(wish: ChartWish): Promise<ChartSaved | null> {
    this.#assertAllowed();
    const { runner, disk } = this.#options;
    const { text, intent: of } = runner.results.source(wish.result);
    const bytes = pictureBytes(wish);
    runner.assertRecordable();
    const path = await this.#chosen(wish.kind, text);
    if (path === null) return null;
    this.#assertAllowed();
    await writePicture({ bytes, kind: wish.kind, of, path, runner, ...(disk === undefined ? {} : { disk }) });
    this.#totals = { ...this.#totals, done: this.#totals.done + 1, bytes: this.#totals.bytes + bytes.length };
    return { file: basename(path), folder: folderWords(dirname(path)) };
  }

  cancel(id: string): void {
    this.#writing.get(id)?.stop();
  }

  pathOf(id: string): string {
    const path = this.#done.get(id);
    if (path === undefined) throw new Fault('no_such_export', 'That export is not there.');
    return path;
  }

  totals(): ExportTotals {
    return this.#totals;
  }

  busy(): boolean {
    return this.#writing.size > 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const writing = [...this.#writing.values()];
    for (const one of writing) one.stop();
    await Promise.all(writing.map(({ ended }) => ended));
  }

  #assertAllowed(): void {
    if (!this.#options.allowed)
      throw new Fault(
        'exports_off',
        'Results may not be written to files under this grant. Nothing was written.',
        'The policy says so; ask whoever keeps it.',
      );
    if (this.#closed)
      throw new Fault('glass_closed', 'The glass is closed. Nothing was written.', 'Ask for access again.');
    if (this.#asking)
      throw new Fault('export_asks', 'A file for another export is being chosen.', 'Answer that dialog first.');
    if (this.#writing.size >= AT_ONCE)
      throw new Fault(
        'too_many_exports',
        `${AT_ONCE} exports are being written already. Nothing was written.`,
        'Wait for one of them, or cancel it.',
      );
  }

  async #chosen(extension: string, text: string): Promise<string | null> {
    this.#asking = true;
    try {
      const base =
        onlyTable(text)
          ?.at(-1)
          ?.replace(/[^A-Za-z0-9_-]+/g, '-') ?? 'result';
      const at = new Date(this.#options.clock.wall()).toISOString().slice(0, 16).replace('T', '-').replace(':', '');
      return await this.#options.ask({ name: basename(`${base}-${at}.${extension}`), extension });
    } finally {
      this.#asking = false;
    }
  }

  #ended({ id, status, rows, bytes }: ExportState, path: string): void {
    this.#writing.delete(id);
    const { done, cut, ...before } = this.#totals;
    if (status === 'done') {
      this.#done.set(id, path);
      this.#totals = { done: done + 1, rows: before.rows + rows, bytes: before.bytes + bytes, cut };
    } else this.#totals = { ...this.#totals, cut: cut + 1 };
  }
}

/** As one would write it: quotes only where they are needed to read it back. */
const unquoted = (part: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
