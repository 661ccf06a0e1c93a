/**
 * What people did under one grant, through the editor and through tools alike, for the page that they see afterwards: a
 * few counts and the last statements, however many there were. The proof is the log, not this.
 */
import type { Intent } from '../../../shared/audit/records.ts';
import type { TransactionStatus } from '../wire/messages.ts';
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
  /** By the command tags, whatever became of them. */
  readonly rows_changed: number;
  /** What became of those: `unknown` where the connection was lost at the wrong moment, or a savepoint undid a part. */
  readonly fates: Fates;
  /** Named by the statements that were sent, as they named them; sorted. */
  readonly tables: readonly string[];
  /** Oldest first. */
  readonly recent: readonly TalliedStatement[];
}

export interface Fates {
  readonly committed: number;
  readonly rolled_back: number;
  readonly unknown: number;
}

/** One connection, as the tally sees it. */
export interface Account {
  settled(operation: Operation, result: Result, origin: Intent['origin']): void;
  /** The server is ready for the next statement. */
  status(status: TransactionStatus): void;
  closed(): void;
}

/** As many as the hand-back page lists. */
const RECENT = 200;
/** A page shows the beginning of a text; the sealed record has all of it. */
const TEXT = 10_000;
/** More names than a person reads. */
const MOST_TABLES = 500;

export class TallyKeeper {
  #statements = 0;
  #denied = 0;
  #rowsRead = 0;
  #rowsChanged = 0;
  readonly #fates = { committed: 0, rolled_back: 0, unknown: 0 };
  readonly #tables = new Set<string>();
  readonly #recent: TalliedStatement[] = [];

  /** What a connection changes is settled when its transaction ends. */
  account(): Account {
    let pending = 0;
    let undone = false;
    let unsure = false;
    const decide = (fate: keyof Fates): void => {
      this.#fates[fate] += pending;
      pending = 0;
      undone = unsure = false;
    };
    return {
      settled: (operation, result, origin) => {
        pending += this.#settled(operation, result, origin);
        if (result === 'unknown' || operation.classified?.transaction === 'rollback_to') unsure = true;
        else if (operation.tags.at(-1) === 'ROLLBACK') undone = true;
      },
      status: (status) => {
        if (status === 'idle' && (pending > 0 || undone || unsure))
          decide(undone ? 'rolled_back' : unsure ? 'unknown' : 'committed');
      },
      closed: () => decide(unsure ? 'unknown' : 'rolled_back'),
    };
  }

  /** Rows that it has changed. */
  #settled(operation: Operation, result: Result, origin: Intent['origin']): number {
    if (operation.op === 'parse') return 0;
    const { rows, sqlstate, start, end, tags } = operation;
    this.#statements++;
    if (sqlstate === '42501') this.#denied++;
    const changed = result === 'ok' ? Math.min(rows, rowsChanged(operation)) : 0;
    this.#rowsChanged += changed;
    this.#rowsRead += rows - changed;
    for (const table of operation.classified?.tables ?? [])
      if (this.#tables.size < MOST_TABLES) this.#tables.add(table);
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
    return changed;
  }

  read(): Tally {
    return {
      statements: this.#statements,
      denied: this.#denied,
      rows_read: this.#rowsRead,
      rows_changed: this.#rowsChanged,
      fates: { ...this.#fates },
      tables: [...this.#tables].sort(),
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
