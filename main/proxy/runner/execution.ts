/**
 * One statement of the user on its way: how it is sent, what its answers make of its result, how it is cancelled.
 *
 * A plain SELECT is sent through the extended protocol with a row limit of the cap plus one, and its portal is closed in
 * the same message batch: the server stops there, nothing stays open, and an open transaction is not hurt. Everything
 * else is sent as a simple query, because stopping it halfway could leave half of its effects; rows above the cap are
 * then received and dropped. Where the cap in bytes comes first, a SELECT outside a transaction block is cancelled on
 * the server; inside one, where a cancel would fail the transaction, its remaining rows are received and dropped.
 */
import type { Duplex } from 'node:stream';
import { Fault } from '../../../shared/errors.ts';
import type { Limits } from '../../../shared/grants.ts';
import type { QueryError, ResultState } from '../../../shared/ipc.ts';
import { classify } from '../../../shared/sql/index.ts';
import type { Operation, Result } from '../relay/operation.ts';
import type { Relay } from '../relay/relay.ts';
import type { UserConnection } from './connection.ts';
import type { LiveResult } from './result.ts';
import { type Answers, ConnectionLost, type WireClient } from './wire-client.ts';
import { lostStatement, timedOut } from './words.ts';

export interface ExecutionParts {
  readonly relay: Pick<Relay, 'cancel' | 'notice'>;
  readonly limits: Limits;
  readonly connection: UserConnection;
  /** Columns are known; their types may need a name. */
  readonly described: (result: LiveResult) => void;
}

export class Execution {
  readonly #parts: ExecutionParts;
  /** Whose statement is on its way; null while the app runs one of its own. */
  #recipient: LiveResult | null = null;
  #confirmed = false;
  /** Its rows are more than wanted and it was cancelled for that. */
  #enoughCame = false;
  #outcome: { readonly operation: Operation; readonly result: Result } | null = null;
  #inTransaction = false;
  /** Statements whose connection was given up: what became of them may still be heard. By intent. */
  readonly #unheard = new Map<string, LiveResult>();

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the result has ended, whichever way. `check` may refuse when there is nothing any more between it and
   * the sending: a connection that had to be opened for this is not the one that it was meant for.
   */
  async run(result: LiveResult, confirmed: boolean, check: () => QueryError | null): Promise<void> {
    const { connection } = this.#parts;
    const { text } = result.state;
    try {
      const client = await connection.client();
      const refused = check();
      if (refused !== null || result.state.status === 'cancelling') {
        result.state.error = refused;
        result.end('not_sent');
        return;
      }
      this.#enoughCame = false;
      this.#outcome = null;
      this.#confirmed = confirmed;
      this.#inTransaction = connection.tx !== 'idle';
      const classified = classify(text);
      const plain = classified.kind === 'select' && !classified.writes;
      const answers = this.#answers(result, client, plain);
      result.state.queued_ms = result.since();
      this.#recipient = result;
      // Once more is once more, for whatever it does besides answering.
      result.state.repeatable = plain && classified.effects.length === 0 && classified.settings.length === 0;
      await (plain ? client.limited(text, result.limit, answers) : client.simple(text, answers));
      const status = this.#endOf(result);
      if (status === 'done' && classified.kind !== 'transaction') this.#decide(result);
      result.end(status);
    } catch (error) {
      this.lost(result, error);
    } finally {
      this.#recipient = null;
    }
  }

  /**
   * Asks the server to cancel it; a statement that is not sent yet is not sent at all. Throws a Fault when the server
   * could not be asked: then it still runs.
   */
  async cancel(result: LiveResult): Promise<void> {
    const { state } = result;
    const before = state.status;
    state.status = 'cancelling';
    state.cancel_ms ??= result.sinceAsked();
    result.now();
    const stream = this.#parts.connection.current?.stream;
    if (stream === undefined) return;
    try {
      await this.#parts.relay.cancel(stream);
    } catch (error) {
      if (result.ended) return;
      state.status = before === 'cancelling' ? 'running' : before;
      state.cancel_ms = null;
      result.now();
      const why = error instanceof Error ? error.message : String(error);
      throw new Fault(
        'cancel_failed',
        `The server could not be asked to cancel: ${why} The statement may still be running.`,
        'Try again, or close the connection.',
        { cause: error },
      );
    }
  }

  /** The connection was lost before the answer came, or there was none to be had. */
  lost(result: LiveResult, error: unknown): void {
    if (!(error instanceof ConnectionLost || error instanceof Fault)) throw error;
    const { intent, text } = result.state;
    const commit = classify(text).transaction === 'commit';
    result.state.error = {
      code: error.code,
      message: error.message,
      detail: lostStatement(intent !== null, { commit, inTransaction: this.#inTransaction }),
      hint: error.hint,
      position: null,
    };
    result.end(intent === null ? 'not_sent' : 'unknown');
    if (intent === null) return;
    const outcome = this.#outcome;
    if (outcome?.operation.intent === intent) this.#heard(result, outcome.operation, outcome.result);
    else this.#unheard.set(intent, result);
  }

  // ---- what the relay says, synchronously and in order

  sent(operation: Operation, stream: Duplex): void {
    const result = this.#recipient;
    if (result === null || operation.op === 'parse') return;
    const { state } = result;
    state.intent = operation.intent;
    state.waited_ms = result.since();
    if (state.status === 'recording') state.status = 'running';
    // It was on its way already when it was to be cancelled.
    if (state.status === 'cancelling') void this.cancel(result).catch(() => {});
    result.told();
    const danger = operation.classified?.dangerous ?? null;
    if (this.#confirmed && danger !== null)
      this.#parts.relay.notice(stream, {
        kind: 'confirmed',
        of: operation.intent,
        code: danger.code,
        fp: operation.classified?.fp ?? null,
        norm: operation.classified?.norm ?? null,
        rows: null,
        bytes: null,
      });
  }

  settled(operation: Operation, result: Result): void {
    if (operation.op === 'parse') return;
    if (this.#recipient?.state.intent === operation.intent) this.#outcome = { operation, result };
    const unheard = this.#unheard.get(operation.intent);
    this.#unheard.delete(operation.intent);
    if (unheard !== undefined) this.#heard(unheard, operation, result);
  }

  /** What became of a statement whose connection is lost, where the relay has learned it before or after that. */
  #heard(result: LiveResult, operation: Operation, outcome: Result): void {
    if (outcome === 'unknown' || outcome === 'not_sent') return;
    const { state } = result;
    const code = operation.sqlstate ?? '';
    state.error =
      outcome === 'error'
        ? { code, message: 'The server refused it; nothing of it was kept.', detail: null, hint: null, position: null }
        : null;
    state.tag = operation.tags.at(-1) ?? state.tag;
    if (outcome === 'ok') state.fate = this.#inTransaction ? 'rolled_back' : 'committed';
    if (outcome === 'ok' && state.columns.length > 0)
      result.note('The connection was lost while its rows came; there may be more than are shown.');
    result.end(outcome === 'ok' ? 'done' : outcome);
  }

  /** Its changes are kept with it, or stand and fall with the open transaction. */
  #decide(result: LiveResult): void {
    const { open } = this.#parts.connection;
    result.state.fate = open === null ? 'committed' : 'open';
    result.ranIn = open === null ? null : { n: open.n, statement: open.statements };
  }

  #endOf(result: LiveResult): ResultState['status'] {
    const { state } = result;
    const { error } = state;
    if (error === null) {
      if (state.status === 'cancelling') result.note('It had finished before the cancel took effect.');
      return 'done';
    }
    if (error.code !== '57014') return 'error';
    if (this.#enoughCame) {
      // It was cancelled because enough had come: that is how the cap ends it, not an error of the user.
      state.error = null;
      return 'done';
    }
    const outcome = this.#outcome;
    // Dropped by the relay before it was sent.
    if (outcome === null) {
      state.error = null;
      return 'not_sent';
    }
    if (outcome.result === 'cancelled') {
      state.error = null;
      return 'cancelled';
    }
    const { start, end } = outcome.operation;
    state.error =
      timedOut({
        words: error.message,
        ms: start === null ? result.since() : (end ?? start) - start,
        users: this.#parts.connection.timeout,
        grants: this.#parts.limits.statement_timeout_ms,
        inTransaction: this.#inTransaction,
      }) ?? error;
    return 'error';
  }

  #answers(result: LiveResult, client: WireClient, plain: boolean): Answers {
    const { state } = result;
    const keep = (row: Buffer | null): void => {
      if (!result.row(row)) this.#enough(result, client, plain);
      if (result.sink.full) client.hold(result.sink.drained());
    };
    return {
      fields: (fields) => {
        result.describe(fields);
        this.#parts.described(result);
        result.soon();
      },
      row: keep,
      copied: (bytes) => {
        if (state.columns.length === 0) result.describe([{ name: 'copy', type: 25, modifier: -1 }]);
        keep(asRow(bytes));
      },
      copyIn: () => {},
      notice: (fields) => result.notice(fields),
      complete: (tag, limited) => {
        if (tag !== null) state.tag = tag;
        if (limited) result.limited();
      },
      error: (fields) => result.failed(fields),
    };
  }

  #enough(result: LiveResult, client: WireClient, plain: boolean): void {
    const { connection, relay } = this.#parts;
    // The limit of rows ends a plain SELECT by itself; this is about bytes and room.
    if (this.#enoughCame || !plain || connection.tx !== 'idle' || result.state.cap === result.caps.rowsBy) return;
    this.#enoughCame = true;
    relay.cancel(client.stream).catch(() => {});
  }
}

/** A line of COPY as a row of one column. */
function asRow(bytes: Buffer): Buffer {
  const line = bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
  const head = Buffer.alloc(6);
  head.writeUInt16BE(1, 0);
  head.writeUInt32BE(line.length, 2);
  return Buffer.concat([head, line]);
}
