/**
 * What people did under one grant, through the editor and through tools alike, for the page that they see afterwards: a
 * few counts and the last statements, however many there were. The proof is the log, not this.
 */
import type { Intent } from '../../../shared/audit/records.ts';
import type { Operation, Result } from './operation.ts';

export interface TalliedStatement {
  readonly intent: string;
  readonly origin: Intent['origin'];
  readonly text: string;
  readonly result: Result;
  readonly tag: string | null;
  readonly sqlstate: string | null;
  readonly rows: number;
  readonly ms: number | null;
}

export interface Tally {
  /** Statements that were sent; a Parse is part of the statement that runs it. */
  readonly statements: number;
  /** Refused by the database for want of a privilege. */
  readonly denied: number;
  readonly rows_read: number;
  readonly rows_changed: number;
  /** Oldest first. */
  readonly recent: readonly TalliedStatement[];
}

/** As many as the hand-back page lists. */
const RECENT = 200;
/** A page shows the beginning of a text; the sealed record has all of it. */
const TEXT = 10_000;

export class TallyKeeper {
  #statements = 0;
  #denied = 0;
  #rowsRead = 0;
  #rowsChanged = 0;
  readonly #recent: TalliedStatement[] = [];

  settled(operation: Operation, result: Result, origin: Intent['origin']): void {
    if (operation.op === 'parse') return;
    const { rows, sqlstate, start, end, tags } = operation;
    this.#statements++;
    if (sqlstate === '42501') this.#denied++;
    const changed = result === 'ok' ? Math.min(rows, rowsChanged(operation)) : 0;
    this.#rowsChanged += changed;
    this.#rowsRead += rows - changed;
    this.#recent.push({
      intent: operation.intent,
      origin,
      text: (operation.text ?? '').slice(0, TEXT),
      result,
      tag: tags.length === 0 ? null : tags.join('; '),
      sqlstate,
      rows,
      ms: start === null ? null : Math.max(0, (end ?? start) - start),
    });
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  read(): Tally {
    return {
      statements: this.#statements,
      denied: this.#denied,
      rows_read: this.#rowsRead,
      rows_changed: this.#rowsChanged,
      recent: [...this.#recent],
    };
  }
}

/** By the command tags: `UPDATE 37`, `INSERT 0 5`, and `COPY 5` where the data came from the client. */
function rowsChanged(operation: Operation): number {
  const writes = operation.classified?.copyIn === true ? /^(INSERT|UPDATE|DELETE|MERGE|COPY)\b.* (\d+)$/ : WRITES;
  return operation.tags.reduce((sum, tag) => sum + Number(writes.exec(tag)?.[2] ?? 0), 0);
}
const WRITES = /^(INSERT|UPDATE|DELETE|MERGE)\b.* (\d+)$/;
