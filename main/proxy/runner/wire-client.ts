/**
 * The runner's own side of the protocol on a relay stream: texts go in, rows come out as the server's bytes, so that a
 * cell is shown exactly as it came and a million rows are not a million objects. No behaviour of its own: one statement
 * at a time, everything in text format.
 */
import type { Duplex } from 'node:stream';
import { serialize } from 'pg-protocol';
import { FrameReader, type FrameSink, WireError } from '../wire/frames.ts';
import {
  BodyReader,
  back,
  type Fields,
  front,
  int32,
  message,
  readFields,
  statusOf,
  type TransactionStatus,
} from '../wire/messages.ts';
import { textOf } from './cells.ts';

export interface Field {
  readonly name: string;
  readonly type: number;
  readonly modifier: number;
  /** The column of a table that it stems from; absent for anything that was computed. */
  readonly origin?: Origin;
}
export interface Origin {
  /** Oid. */
  readonly table: number;
  /** Number of the column in its table. */
  readonly column: number;
}

export interface Answers {
  fields(fields: readonly Field[]): void;
  /** Body of a DataRow: a count, then length and bytes of each value. Null: the row was too long to be held. */
  row(body: Buffer | null): void;
  /** Data of COPY TO STDOUT. */
  copied(bytes: Buffer): void;
  /** The server wants data for COPY FROM STDIN; it will be told that there is none. */
  copyIn(): void;
  notice(fields: Fields): void;
  /** Null tag: the row limit was reached, or the text was empty. */
  complete(tag: string | null, limited: boolean): void;
  error(fields: Fields): void;
}

/** LISTEN: what another session said with NOTIFY. */
export interface Notification {
  readonly pid: number;
  readonly channel: string;
  readonly payload: string;
}
/** What the server says without being asked, and the end of the connection with its last words, if it had any. */
export interface Unasked {
  notice(fields: Fields): void;
  notification(notification: Notification): void;
  closed(lost: ConnectionLost): void;
}

interface Waiting {
  readonly answers: Answers;
  resolve(status: TransactionStatus): void;
  reject(error: Error): void;
}

/** Bytes that are worked off before everybody else has a turn: about two milliseconds of rows. */
const TURN = 128 * 1024;
const MAX_ROW = 256 * 1024 * 1024;

export class WireClient {
  readonly stream: Duplex;
  #waiting: Waiting | null = null;
  #held = false;
  #sinceTurn = 0;
  #fatal: Fields | null = null;
  readonly #unasked: Unasked;

  constructor(stream: Duplex, unasked: Unasked = deaf) {
    this.stream = stream;
    this.#unasked = unasked;
    const reader = new FrameReader(this.#sink());
    stream.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        stream.destroy(error instanceof Error ? error : undefined);
      }
      this.#takeTurns(chunk.length);
    });
    stream.on('error', () => {});
    stream.on('close', () => this.#closed());
  }

  /** Resolves when the backend is ready; rejects with {@link ConnectionLost}. `settings` are startup parameters. */
  connect(settings: Readonly<Record<string, string>> = {}): Promise<TransactionStatus> {
    return this.#ask(serialize.startup({ user: 'vitrine', database: 'vitrine', ...settings }), silent);
  }

  /** Reads no more until `then` is settled; the server is held back over the whole way. */
  hold(then: Promise<void>): void {
    if (this.#held) return;
    this.#held = true;
    this.stream.pause();
    const goOn = (): void => {
      this.#held = false;
      this.stream.resume();
    };
    then.then(goOn, goOn);
  }

  /**
   * A socket that always has more to read is read by libuv in one go, megabytes of it, and each part is worked off in
   * between: timers, the window's calls and other connections would wait for tens of milliseconds.
   */
  #takeTurns(bytes: number): void {
    this.#sinceTurn += bytes;
    if (this.#sinceTurn < TURN) return;
    this.#sinceTurn = 0;
    this.hold(new Promise((resolve) => setImmediate(resolve)));
  }

  get alive(): boolean {
    return !this.stream.destroyed && this.stream.writable;
  }

  /** Simple protocol: the text as it is. Resolves at ReadyForQuery; errors of the server go to `answers`. */
  simple(text: string, answers: Answers): Promise<TransactionStatus> {
    return this.#ask(serialize.query(text), answers);
  }

  /**
   * One statement, at most `rows` rows of it (0: all): the portal is closed in the same breath, so that it is never left open and
   * nothing runs on.
   */
  limited(text: string, rows: number, answers: Answers): Promise<TransactionStatus> {
    const execute = message(front.execute, Buffer.alloc(1), int32(rows));
    return this.#ask(
      Buffer.concat([
        serialize.parse({ text }),
        serialize.bind({}),
        serialize.describe({ type: 'P' }),
        execute,
        serialize.close({ type: 'P' }),
        serialize.sync(),
      ]),
      answers,
    );
  }

  end(): void {
    if (this.alive) this.stream.end(serialize.end());
  }

  #ask(bytes: Uint8Array, answers: Answers): Promise<TransactionStatus> {
    return new Promise((resolve, reject) => {
      if (this.#waiting !== null || !this.alive) {
        reject(new ConnectionLost(this.#fatal));
        return;
      }
      this.#waiting = { answers, resolve, reject };
      this.stream.write(bytes);
    });
  }

  #closed(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    const lost = new ConnectionLost(this.#fatal);
    // First what was lost, then the statement that was.
    this.#unasked.closed(lost);
    waiting?.reject(lost);
  }

  #sink(): FrameSink {
    return {
      treat: (_type, length) => (length > MAX_ROW ? { take: 'drop' } : { take: 'whole', limit: MAX_ROW }),
      passed: () => {},
      ended: (type, _length, body) => this.#answered(type, body),
    };
  }

  #answered(type: number, body: Buffer | null): void {
    const answers = this.#waiting?.answers;
    if (type === back.dataRow) answers?.row(body);
    if (body === null) return;
    switch (type) {
      case back.rowDescription:
        answers?.fields(readRowDescription(body));
        return;
      case back.copyData:
        answers?.copied(body);
        return;
      case back.copyIn:
        answers?.copyIn();
        this.stream.write(serialize.copyFail('the editor has no data for COPY FROM STDIN'));
        return;
      case back.commandComplete:
        answers?.complete(body.subarray(0, -1).toString(), false);
        return;
      case back.emptyQuery:
        answers?.complete(null, false);
        return;
      case back.portalSuspended:
        answers?.complete(null, true);
        return;
      case back.notice:
        if (answers === undefined || answers === silent) this.#unasked.notice(readFields(body));
        else answers.notice(readFields(body));
        return;
      case back.notification: {
        const reader = new BodyReader(body);
        const pid = reader.int32();
        this.#unasked.notification({ pid, channel: reader.text(), payload: reader.text() });
        return;
      }
      case back.error: {
        const fields = readFields(body);
        if (fields.get('V') === 'FATAL' || fields.get('V') === 'PANIC') this.#fatal = fields;
        else answers?.error(fields);
        return;
      }
      case back.readyForQuery: {
        const waiting = this.#waiting;
        this.#waiting = null;
        waiting?.resolve(statusOf(body[0] ?? 0));
        return;
      }
      default:
    }
  }
}

/** The connection is gone; with the server's or the relay's last words where there were any. */
export class ConnectionLost extends Error {
  readonly code: string;
  readonly hint: string | null;
  constructor(fatal: Fields | null) {
    super(fatal?.get('M') ?? 'the connection to the database was lost');
    this.code = fatal?.get('C') ?? '08006';
    this.hint = fatal?.get('H') ?? null;
  }
}

function readRowDescription(body: Buffer): Field[] {
  const reader = new BodyReader(body);
  return Array.from({ length: reader.uint16() }, () => {
    const name = textOf(reader.zero());
    const table = reader.int32() >>> 0;
    const column = reader.uint16();
    const type = reader.int32() >>> 0;
    // Size of the type.
    reader.take(2);
    const modifier = reader.int32();
    if (reader.uint16() !== 0) throw new WireError('a column came in binary');
    return { name, type, modifier, ...(table === 0 || column === 0 ? {} : { origin: { table, column } }) };
  });
}

const deaf: Unasked = { notice() {}, notification() {}, closed() {} };
/** For who wants no answer. */
export const silent: Answers = {
  fields() {},
  row() {},
  copied() {},
  copyIn() {},
  notice() {},
  complete() {},
  error() {},
};
