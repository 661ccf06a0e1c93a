/**
 * Transaction modes, and everything that opens or ends a transaction besides the user's own text. A statement that was
 * meant for a transaction never runs outside of it: one that ended without the user (lost connection, idle for too long)
 * is remembered until the user has taken note.
 */
import { Fault } from '../../../shared/errors.ts';
import type { Limits } from '../../../shared/grants.ts';
import type { OpenTransaction, QueryError, TransactionMode } from '../../../shared/ipc.ts';
import { classify, leavesFence, type ScriptStatement } from '../../../shared/sql/index.ts';
import type { Clock } from '../../clock.ts';
import type { ConnectionState, Loss, UserConnection } from './connection.ts';
import { IdleGuard } from './idle-guard.ts';
import type { Messages } from './messages.ts';
import type { LiveResult } from './result.ts';
import { ConnectionLost } from './wire-client.ts';
import * as words from './words.ts';

export interface TransactionsParts {
  readonly mode: TransactionMode;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly connection: UserConnection;
  readonly messages: Messages;
  /** Something that the window shows has changed. */
  readonly changed: () => void;
  /** Runs COMMIT or ROLLBACK now; `check` is asked once more when there is nothing between it and the sending. */
  readonly control: (how: 'commit' | 'rollback', check: () => QueryError | null) => Promise<LiveResult>;
  /** Runs work when the statements before it are done. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

export class Transactions {
  readonly #parts: TransactionsParts;
  readonly #guard: IdleGuard;
  #mode: TransactionMode;
  #undone = 0;
  /** The last one that ended without the user, until they have taken note: its words, and the message that says so. */
  #gone: { readonly words: string; readonly message: number } | null = null;

  constructor(parts: TransactionsParts) {
    this.#parts = parts;
    this.#mode = parts.mode;
    this.#guard = new IdleGuard(parts.limits.idle_tx_timeout_ms, parts.clock, {
      warn: parts.changed,
      rollBack: () =>
        void parts
          .inTurn(() => this.#rollBackIdle())
          .catch((error: unknown) => {
            parts.messages.say(words.notRolledBack(error instanceof Error ? error.message : String(error)));
            parts.changed();
          }),
    });
  }

  get mode(): TransactionMode {
    return this.#mode;
  }
  /** Transactions that ended without the user, so far. */
  get undone(): number {
    return this.#undone;
  }
  get gone(): string | null {
    return this.#gone?.words ?? null;
  }

  state(): Pick<ConnectionState, 'mode' | 'open'> {
    const { open } = this.#parts.connection;
    const left = this.#guard.left();
    if (open === null) return { mode: this.#mode, open: null };
    const state: OpenTransaction = {
      n: open.n,
      by: open.by,
      tab: open.tab,
      since: new Date(open.since.wall).toISOString(),
      statements: open.statements,
      rows_changed: open.rows,
      rollback_in_ms: left === null ? null : Math.round(left),
      warn_ms: Math.round(this.#guard.limits.warn),
    };
    return { mode: this.#mode, open: state };
  }

  /** Throws a Fault while a transaction is open that the new mode would not have. */
  setMode(mode: TransactionMode): void {
    if (mode === 'auto' && this.#mode === 'manual' && this.#parts.connection.tx !== 'idle')
      throw new Fault('transaction_open', 'A transaction is open.', 'Commit it or roll it back first.');
    this.#mode = mode;
    this.#parts.changed();
  }

  /** The user has read that message (null: was asked about it). */
  noted(message: number | null): void {
    if (message === null || this.#gone?.message === message) this.#gone = null;
  }

  /** In turn: the session may write exactly where the grant may. In an open transaction it stays as it is. */
  async fence(): Promise<void> {
    const { connection } = this.#parts;
    if (connection.tx === 'idle' && connection.fenceIsOff) await connection.setFence();
  }

  /** In turn: write access is over. What was done with it and not committed is undone. */
  async lowered(): Promise<void> {
    const { connection, messages, control } = this.#parts;
    const { open } = connection;
    if (open !== null) {
      const { state } = await control('rollback', () => this.#stillOpen(open.n));
      if (state.status === 'done') {
        const saying = words.rolledBackWithWrite(open);
        this.#endedWithoutUser(saying.text, messages.say(saying));
      } else if (connection.tx !== 'idle') connection.giveUp();
    }
    await this.fence();
    this.#parts.changed();
  }

  /** Looks whether the open transaction is idle. */
  watch(working: boolean): void {
    this.#guard.watch(working ? null : this.#parts.connection.idleSince);
  }
  dispose(): void {
    this.#guard.watch(null);
  }

  /**
   * Before a statement: a connection, its timeout, and in manual mode a transaction. Answers why the statement must not
   * be sent; null when it may.
   */
  async prepare(
    script: { readonly tab: string; readonly undone: number },
    part: Pick<ScriptStatement, 'alone' | 'step'>,
    result: LiveResult,
  ): Promise<QueryError | null> {
    const { connection, limits } = this.#parts;
    const against = this.check(script);
    if (against !== null) return against;
    const { tab } = script;
    connection.opener = { by: 'user', tab };
    try {
      await connection.client();
      if (connection.tx === 'idle') {
        await this.#applyTimeout();
        await this.fence();
      }
      if (part.alone !== null && connection.tx !== 'idle')
        return words.toQueryError(words.cannotBeInTransaction('This', part.alone));
      if (this.#mode === 'auto' || connection.tx !== 'idle' || part.step !== null || part.alone !== null) return null;
      // The gate will not let it pass: nothing is opened for it.
      if (!limits.unparsed && classify(result.state.text).kind === 'unparsed') return null;
      connection.opener = { by: 'app', tab };
      const failure = await connection.run('begin');
      return failure === null ? null : words.notBegun(failure.get('M') ?? '', failure.get('C') ?? '');
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      return { code: error.code, message: error.message, detail: words.NOT_SENT, hint: error.hint, position: null };
    }
  }

  /** Why a statement must not be sent any more: its transaction ended without the user after it was asked for. */
  check({ undone }: { readonly undone: number }): QueryError | null {
    return undone === this.#undone ? null : words.transactionGone();
  }

  /** A transaction that the app has opened for a statement that then was not sent is closed again. */
  async after(result: LiveResult): Promise<void> {
    const { connection } = this.#parts;
    const { open } = connection;
    if (result.state.intent !== null || open === null || open.by !== 'app' || open.statements > 0) return;
    await connection.run('rollback').catch(() => null);
  }

  lost(loss: Loss): void {
    const saying = words.lossMessage(loss);
    const message = this.#parts.messages.say(saying);
    if (loss.open !== null || loss.committing) this.#endedWithoutUser(saying.text, message);
    // Who closed the connection knows.
    if (loss.wanted) this.#gone = null;
    this.#parts.changed();
  }

  /** In turn. Throws a Fault where none is open, and where a COMMIT did not commit. */
  async end(how: 'commit' | 'rollback'): Promise<void> {
    const { connection, messages, control } = this.#parts;
    const { open } = connection;
    if (open === null) throw words.noTransaction();
    const { state } = await control(how, () => this.#stillOpen(open.n));
    if (state.status !== 'done') throw words.notEnded(how, state);
    const committed = how === 'rollback' || state.tag === 'COMMIT';
    messages.say(committed ? words.ended(how, open) : words.commitRolledBack(open));
    this.#parts.changed();
    if (!committed) throw words.commitWasRollback();
  }

  /** In turn: somebody may have sent something in the meantime. */
  async #rollBackIdle(): Promise<void> {
    const { connection, clock, control, messages, limits } = this.#parts;
    const { open, idleSince } = connection;
    if (open === null || idleSince === null) return;
    const idle = clock.mono() - idleSince;
    if (idle < this.#guard.limits.rollback) return;
    const { state } = await control('rollback', () => this.#stillOpen(open.n));
    if (state.status === 'done') {
      const saying = words.rolledBackIdle(open, idle, limits.idle_tx_timeout_ms);
      this.#endedWithoutUser(saying.text, messages.say(saying));
    } else if (connection.tx !== 'idle') messages.say(words.notRolledBack(state.error?.message ?? 'it was not sent'));
    this.#parts.changed();
  }

  /** On a connection that was opened meanwhile, COMMIT would succeed and mean nothing. */
  #stillOpen(n: number): QueryError | null {
    return this.#parts.connection.open?.n === n ? null : words.transactionGone();
  }

  #endedWithoutUser(text: string, message: number): void {
    this.#undone++;
    this.#gone = { words: text, message };
  }

  async #applyTimeout(): Promise<void> {
    const { connection, messages, limits } = this.#parts;
    const ms = connection.timeoutToSet;
    if (ms === null) return;
    const text = `set statement_timeout = ${ms}`;
    const { statement_timeout_ms: statementTimeoutMs, idle_tx_timeout_ms: idleTxTimeoutMs } = limits;
    const fence = { readOnly: true, statementTimeoutMs, idleTxTimeoutMs };
    // What the gate refuses is not tried: the record would call it a refused statement of the user.
    const leaves = classify(text).settings.some((setting) => leavesFence(setting, fence) !== null);
    const refused = leaves || (await connection.run(text)) !== null;
    if (!refused) {
      connection.timeoutSet(ms);
      return;
    }
    connection.timeoutRefused(ms);
    messages.say(words.timeoutAtNextConnection(ms));
    this.#parts.changed();
  }
}
