/**
 * What the server still owes the client, in order, and what each of its messages means for the operation at the head.
 * Plain state, no sockets: `session.ts` feeds it the ends of the server's messages. PostgreSQL manual, "Message Flow".
 */
import { HEADER } from '../wire/frames.ts';
import { type Fields, readFields, type TransactionStatus } from '../wire/messages.ts';
import type { Undo } from './names.ts';
import type { Operation, Result } from './operation.ts';

export type Expected = { readonly cycle: number; readonly undo?: Undo; readonly done?: () => void } & (
  | { readonly kind: 'query' | 'function' | 'parse' | 'execute'; readonly operation: Operation }
  | { readonly kind: 'bind' | 'describe' | 'close' | 'sync' }
  /** Ours, told to the client when everything before it has been answered. `ends`: nothing of its cycle comes behind it. */
  | { readonly kind: 'local'; readonly bytes: (status: TransactionStatus) => Buffer; readonly ends?: true }
  /** A message that the server will refuse, so that the cycle fails there too; the client gets our words instead. */
  | { readonly kind: 'refused'; readonly error: Buffer }
);

export interface RepliesEvents {
  /** The fate of an operation is known. */
  settled(operation: Operation, result: Result): void;
  /** Bytes of ours for the client. */
  local(bytes: Buffer): void;
  ready(status: TransactionStatus, cycle: number): void;
  /** Nothing is owed of this cycle any more, nor of those before: the server has answered it, or never saw it. */
  over(cycle: number): void;
}

export class Replies {
  readonly #events: RepliesEvents;
  readonly #queue: Expected[] = [];
  /** Executes that are complete but, outside a transaction block, committed only by the Sync that follows. */
  #uncommitted: Operation[] = [];
  /** A BEGIN of this cycle: what follows waits for its COMMIT, not for the Sync. */
  #inBlock = false;
  status: TransactionStatus = 'idle';
  #skipping = false;

  constructor(events: RepliesEvents) {
    this.#events = events;
  }

  get head(): Expected | undefined {
    return this.#queue[0];
  }
  /** Nothing is owed: neither an answer nor the word that an answer was final. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.#uncommitted.length === 0;
  }
  /** After an error the server throws away whatever comes before a Sync, and that Sync has not been sent yet. */
  get skipping(): boolean {
    return this.#skipping;
  }
  push(expected: Expected): void {
    if (expected.kind === 'sync') this.#skipping = false;
    this.#queue.push(expected);
    this.#flushLocal();
  }

  /**
   * The operation that the server works on now, as far as can be known: its answer to a Parse waits in its buffer until
   * the Execute behind it is done.
   */
  running(): Operation | null {
    const open = this.operations();
    return open.find(({ op }) => op !== 'parse') ?? open[0] ?? null;
  }
  operations(): Operation[] {
    return this.#queue.flatMap((expected) => ('operation' in expected ? [expected.operation] : []));
  }

  current(): Operation | null {
    const head = this.head;
    return head !== undefined && 'operation' in head ? head.operation : null;
  }

  /** ParseComplete, BindComplete, CloseComplete, and the end of a Describe. */
  completed(kind: 'parse' | 'bind' | 'close' | 'describe'): void {
    if (this.head?.kind !== kind) return;
    this.head.done?.();
    const operation = this.current();
    if (operation !== null) this.#events.settled(operation, 'ok');
    this.#shift();
  }

  /** CommandComplete, EmptyQueryResponse or PortalSuspended. */
  commandComplete(tag: string | null): void {
    const operation = this.current();
    if (operation === null) return;
    if (tag !== null) operation.command(tag);
    // From here on, what came before in the cycle is not undone by what comes behind.
    const turn = tag !== null && /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|PREPARE TRANSACTION)$/.test(tag);
    if (turn) {
      this.#settleUncommitted(null);
      this.#inBlock = tag === 'BEGIN' || tag === 'START TRANSACTION';
    }
    if (this.head?.kind !== 'execute') return;
    if (this.status === 'idle' && !this.#inBlock && !turn) this.#uncommitted.push(operation);
    else this.#events.settled(operation, 'ok');
    this.#shift();
  }

  /**
   * ErrorResponse that is not FATAL. Answers with our own words where the error was provoked by a refusal, else null:
   * the server's words go to the client.
   */
  error(fields: Fields): Buffer | null {
    const head = this.head;
    if (head === undefined) return null;
    const told = head.kind === 'refused' ? readFields(head.error.subarray(HEADER)) : fields;
    const sqlstate = told.get('C') ?? null;
    const operation = this.current();
    if (operation !== null) operation.sqlstate = sqlstate;
    // One transaction with what failed here, so nothing of them is kept.
    this.#settleUncommitted(sqlstate);
    // A simple query, a function call and a Sync are followed by ReadyForQuery, which ends them.
    if (head.kind === 'query' || head.kind === 'function' || head.kind === 'sync') return null;
    if (operation !== null) this.#events.settled(operation, operation.settled());
    const dropped = [head];
    this.#queue.shift();
    while (this.head !== undefined && this.head.kind !== 'sync') {
      const skipped = this.head;
      if ('operation' in skipped) {
        skipped.operation.sqlstate = sqlstate;
        this.#events.settled(skipped.operation, 'error');
      }
      dropped.push(skipped);
      this.#queue.shift();
    }
    for (const expected of dropped.reverse()) expected.undo?.(expected === head ? 0 : undefined);
    this.#skipping = this.head === undefined;
    return head.kind === 'refused' ? head.error : null;
  }

  readyForQuery(status: TransactionStatus): void {
    this.status = status;
    this.#inBlock = false;
    const head = this.head;
    this.#settleUncommitted(null);
    if (head === undefined) return;
    if ((head.kind === 'query' || head.kind === 'function') && head.operation.sqlstate !== null)
      head.undo?.(head.operation.commands);
    if (head.kind === 'query' || head.kind === 'function')
      this.#events.settled(head.operation, head.operation.settled());
    if (head.kind === 'query' || head.kind === 'function' || head.kind === 'sync') {
      this.#events.over(head.cycle);
      this.#events.ready(status, head.cycle);
      this.#shift();
    }
  }

  /** The connection is gone: says of every operation that is still open what can be known. */
  abandon(): void {
    for (const operation of this.#uncommitted.splice(0)) this.#events.settled(operation, 'unknown');
    for (const expected of this.#queue.splice(0)) {
      if (!('operation' in expected)) continue;
      const { operation } = expected;
      if (operation.start === null) this.#events.settled(operation, 'not_sent');
      else if (operation.sqlstate !== null) this.#events.settled(operation, operation.settled());
      else {
        // The server commits before it reports the last command of a text.
        const complete = expected.kind === 'query' && operation.commands >= Math.max(1, operation.classified?.n ?? 1);
        this.#events.settled(operation, complete ? 'ok' : 'unknown');
      }
    }
  }

  /** `sqlstate`: of the error that has undone them; null where they stay. */
  #settleUncommitted(sqlstate: string | null): void {
    for (const operation of this.#uncommitted.splice(0)) {
      operation.sqlstate = sqlstate;
      this.#events.settled(operation, sqlstate === null ? 'ok' : 'error');
    }
  }

  #shift(): void {
    this.#queue.shift();
    this.#flushLocal();
  }
  #flushLocal(): void {
    for (let head = this.head; head?.kind === 'local'; head = this.head) {
      this.#queue.shift();
      if (head.ends) this.#events.over(head.cycle);
      this.#events.local(head.bytes(this.status));
    }
  }
}
