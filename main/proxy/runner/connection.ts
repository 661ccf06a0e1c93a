/**
 * The editor's one connection, shared by all tabs: opened when it is needed, opened again after it was lost, and what is
 * known of it: its backend, its open transaction, its statement timeout. (I1)
 */
import type { Duplex } from 'node:stream';
import type { Limits } from '../../../shared/grants.ts';
import type { AppState } from '../../../shared/ipc.ts';
import { transactionStep } from '../../../shared/sql/index.ts';
import type { Clock } from '../../clock.ts';
import type { Operation, Result } from '../relay/operation.ts';
import type { Relay } from '../relay/relay.ts';
import type { Fields, TransactionStatus } from '../wire/messages.ts';
import { nothingOpen, type Opener, ready, settled, type Track, type Transaction } from './transaction.ts';
import { ConnectionLost, type Notification, silent, WireClient } from './wire-client.ts';

export type ConnectionState = Extract<AppState, { phase: 'live' }>['connection'];

export interface Loss {
  readonly lost: ConnectionLost;
  /** The transaction that was open. */
  readonly open: Transaction | null;
  /** A COMMIT was on its way, and its answer never came. */
  readonly committing: boolean;
  /** The app let go of it, because the user wanted that. */
  readonly wanted: boolean;
}

export interface ConnectionParts {
  readonly relay: Relay;
  readonly limits: Limits;
  readonly clock: Clock;
  /** The user's own statement timeout, ms; null leaves it to the grant. */
  readonly timeoutMs: () => number | null;
  /** The role has no connection left: gives back one that the app can do without, if there is one. */
  readonly freeOne: () => Promise<void>;
  readonly events: {
    changed(): void;
    sent(operation: Operation, stream: Duplex): void;
    settled(operation: Operation, result: Result, stream: Duplex): void;
    /** All of a transaction, or what came after so many statements of it, has been decided. */
    decided(n: number, fate: Fate, afterStatement: number): void;
    lost(loss: Loss): void;
    notice(fields: Fields): void;
    notification(notification: Notification): void;
  };
}

export type Fate = 'committed' | 'rolled_back' | 'unknown';

/** What came of a statement of the app's own: nothing, or the server's (or the gate's) words against it. */
export type OwnAnswer = Fields | null;

/** A connection that was given up gets so long to end before the next is opened. */
const GONE_MS = 2000;
const TOO_MANY_CONNECTIONS = '53300';

export class UserConnection {
  readonly #parts: ConnectionParts;
  #client: WireClient | null = null;
  #connecting: Promise<WireClient> | null = null;
  /** Settles when the connection before has ended and what became of its statements is recorded. */
  #gone: Promise<void> = Promise.resolve();
  #status: ConnectionState['status'] = 'connecting';
  #pid: number | null = null;
  #version: string | null = null;
  #track: Track = nothingOpen;
  #commit: 'none' | 'sent' | 'unknown' = 'none';
  /** How the transaction ends, once a statement has ended it. */
  #fate: Fate = 'unknown';
  #wanted = false;
  #idleSince: number | null = null;
  /** In force on this connection by the user's wish; null: the grant's. */
  #timeout: number | null = null;
  #timeoutRefused: number | null = null;
  /** Statements that write can get past the session's own fence. */
  #writable = false;
  /** Whose statement runs: a transaction that the server then reports was opened by it. */
  opener: Opener = { by: 'user', tab: '' };

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  get state(): Pick<ConnectionState, 'status' | 'backend_pid' | 'server_version' | 'tx'> {
    return { status: this.#status, backend_pid: this.#pid, server_version: this.#version, tx: this.tx };
  }
  get tx(): TransactionStatus {
    return this.#track.status;
  }
  get open(): Transaction | null {
    return this.#track.open;
  }
  /** Since when nothing has been sent in the open transaction, on the monotonic clock; null where something runs. */
  get idleSince(): number | null {
    return this.#track.open === null ? null : this.#idleSince;
  }

  /** Connects where it is needed. Rejects with {@link ConnectionLost}. */
  client(): Promise<WireClient> {
    if (this.#client?.alive === true) return Promise.resolve(this.#client);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }
  /** The open connection, without opening one. */
  get current(): WireClient | null {
    return this.#client?.alive === true ? this.#client : null;
  }

  /** A statement of the app's own, recorded like any other. Rejects with {@link ConnectionLost}. */
  async run(text: string): Promise<OwnAnswer> {
    const client = await this.client();
    let failure: OwnAnswer = null;
    await client.simple(text, { ...silent, error: (fields) => (failure = fields) });
    return failure;
  }

  get writable(): boolean {
    return this.#writable;
  }
  /** The fence of a read-only session is not as the grant has it now; also false where there is no connection. */
  get fenceIsOff(): boolean {
    return this.current !== null && this.#writable !== (this.#parts.relay.mode() !== 'read');
  }
  /** Puts the fence up or down, as the grant has it. Rejects with {@link ConnectionLost}. */
  async setFence(): Promise<OwnAnswer> {
    const writable = this.#parts.relay.mode() !== 'read';
    const refused = await this.run(`set default_transaction_read_only = ${writable ? 'off' : 'on'}`);
    if (refused === null) this.#writable = writable;
    return refused;
  }

  /** The timeout that is to be set before the next statement; null where the right one is in force. */
  get timeoutToSet(): number | null {
    const { timeoutMs, limits } = this.#parts;
    const wanted = lowered(timeoutMs(), limits);
    if (wanted === this.#timeout || this.current === null) return null;
    const ms = wanted ?? limits.statement_timeout_ms;
    return ms === this.#timeoutRefused ? null : ms;
  }
  timeoutSet(ms: number): void {
    this.#timeout = lowered(ms, this.#parts.limits);
  }
  /** It stays as it is until the connection is opened again. */
  timeoutRefused(ms: number): void {
    this.#timeoutRefused = ms;
  }
  /** In force by the user's wish, ms; null: the grant's. */
  get timeout(): number | null {
    return this.#timeout;
  }

  /** Lets go of the connection, whatever runs on it; the server is asked to cancel that. */
  giveUp(): void {
    this.#wanted = true;
    this.#client?.stream.destroy();
  }
  end(): void {
    this.#client?.end();
  }

  async #connect(): Promise<WireClient> {
    await Promise.race([this.#gone, sleep(GONE_MS)]);
    try {
      return await this.#open();
    } catch (error) {
      if (!(error instanceof ConnectionLost) || error.code !== TOO_MANY_CONNECTIONS) throw error;
      await this.#parts.freeOne();
      return await this.#open();
    }
  }

  async #open(): Promise<WireClient> {
    const { relay, limits, timeoutMs, events } = this.#parts;
    this.#set('connecting', null, null);
    this.#track = { ...this.#track, status: 'idle', open: null, ended: false };
    this.#commit = 'none';
    this.#wanted = false;
    this.#writable = relay.mode() !== 'read';
    const gone = Promise.withResolvers<void>();
    this.#gone = gone.promise;
    const timeout = lowered(timeoutMs(), limits);
    const stream = relay.connect('user', {
      observer: {
        opened: ({ pid, serverVersion }) => this.#set('connected', pid, serverVersion),
        sent: (operation) => this.#sent(operation, stream),
        settled: (operation, result) => this.#settled(operation, result, stream),
        status: (status) => this.#ready(status),
        closed: () => gone.resolve(),
      },
    });
    const client = new WireClient(stream, {
      notice: events.notice,
      notification: events.notification,
      closed: (lost) => this.#closed(client, lost),
    });
    await client.connect(timeout === null ? {} : { statement_timeout: String(timeout) });
    this.#client = client;
    this.#timeout = timeout;
    this.#timeoutRefused = null;
    return client;
  }

  #set(status: ConnectionState['status'], pid: number | null, version: string | null): void {
    this.#status = status;
    this.#pid = pid;
    this.#version = version;
    this.#parts.events.changed();
  }

  #sent(operation: Operation, stream: Duplex): void {
    this.#idleSince = null;
    if (operation.classified?.transaction === 'commit') this.#commit = 'sent';
    this.#parts.events.sent(operation, stream);
  }

  #settled(operation: Operation, result: Result, stream: Duplex): void {
    if (operation.op !== 'parse') {
      const { classified, text, tags } = operation;
      const step = classified?.kind === 'transaction' && text !== null ? transactionStep(text) : null;
      const { open } = this.#track;
      this.#track = settled(this.#track, { ok: result === 'ok', tags, step });
      if (classified?.transaction === 'commit') this.#commit = result === 'unknown' ? 'unknown' : 'none';
      if (step?.kind === 'commit')
        this.#fate = result === 'ok' && tags.at(-1) === 'COMMIT' ? 'committed' : 'rolled_back';
      if (step?.kind === 'rollback') this.#fate = 'rolled_back';
      const back = step?.kind === 'rollback_to' && result === 'ok';
      const kept = back ? this.#track.open?.savepoints.at(-1) : undefined;
      if (open !== null && kept !== undefined && kept.name === step?.name)
        this.#parts.events.decided(open.n, 'rolled_back', kept.statements);
    }
    this.#parts.events.settled(operation, result, stream);
  }

  #ready(status: TransactionStatus): void {
    const { clock } = this.#parts;
    const at = { wall: clock.wall(), mono: clock.mono() };
    const { open } = this.#track;
    this.#track = ready(this.#track, status, at, this.opener);
    if (open !== null && open.n !== this.#track.open?.n) this.#decided(open.n, this.#fate);
    this.#idleSince = at.mono;
    this.#parts.events.changed();
  }

  #closed(client: WireClient, lost: ConnectionLost): void {
    const { status, open, ended } = this.#track;
    const opened = this.#client === client;
    this.#track = { ...this.#track, status: 'idle', open: null, ended: false };
    this.#set('lost', this.#pid, this.#version);
    if (!opened) return;
    // A COMMIT or ROLLBACK that was answered has ended it, even if the last word is missing.
    const wasOpen = status !== 'idle' && !ended ? open : null;
    const committing = this.#commit !== 'none';
    if (open !== null) this.#decided(open.n, ended ? this.#fate : committing ? 'unknown' : 'rolled_back');
    this.#parts.events.lost({ lost, open: wasOpen, committing, wanted: this.#wanted });
  }

  #decided(n: number, fate: Fate): void {
    this.#fate = 'unknown';
    this.#parts.events.decided(n, fate, 0);
  }
}

/** The user's wish counts only below the grant's limit. */
const lowered = (ms: number | null, limits: Limits): number | null =>
  ms !== null && ms < limits.statement_timeout_ms ? ms : null;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
