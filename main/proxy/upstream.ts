/**
 * The connection to the target database (opened by `connect.ts`), and the one place from which bytes go there. SQL leaves
 * only through {@link Upstream.send}, which takes a permit; every other message that can be sent is one that cannot
 * carry SQL. (I1, I2, I3)
 */
import type { Socket } from 'node:net';
import type { Permit } from '../audit/index.ts';
import type { Gate, GateRefusal } from './gate.ts';
import { front, message, type ParseMessage, writeParse, writeQuery } from './wire/messages.ts';

/** What may go upstream without a permit: none of these can carry SQL. Bind runs only what a permitted Parse named. */
export type ControlType =
  | typeof front.bind
  | typeof front.describe
  | typeof front.close
  | typeof front.sync
  | typeof front.flush;

export type CopyType = typeof front.copyData | typeof front.copyDone | typeof front.copyFail;

/** What goes upstream against a permit. */
export type Statement =
  | { readonly op: 'query'; readonly text: Buffer }
  | { readonly op: 'parse'; readonly parse: ParseMessage }
  | { readonly op: 'execute'; readonly body: Buffer }
  | { readonly op: 'function'; readonly body: Buffer };

export interface UpstreamFacts {
  readonly pid: number;
  readonly key: Buffer;
  readonly parameters: ReadonlyMap<string, string>;
  readonly clientPort: number;
  /** SHA-256 of the server's DER certificate, base64url; null without TLS. */
  readonly certificate: string | null;
}

export interface UpstreamEvents {
  data(chunk: Buffer): void;
  drain(): void;
  /** The connection is gone; null when it ended without an error. */
  closed(error: Error | null): void;
}

/** A connected, authenticated, idle connection. Reading starts with {@link Upstream.listen}. */
export class Upstream {
  readonly facts: UpstreamFacts;
  readonly #socket: Socket;
  readonly #gate: Gate;
  #latched: GateRefusal | null = null;
  /** Bytes still owed of a COPY message. */
  #copyLeft = 0;
  /** Messages of one batch, for one write. */
  #gathered: Buffer[] | null = null;

  constructor(socket: Socket, gate: Gate, facts: UpstreamFacts) {
    this.#socket = socket;
    this.#gate = gate;
    this.facts = facts;
  }

  listen(events: UpstreamEvents): void {
    let failure: Error | null = null;
    this.#socket.on('data', (chunk: Buffer) => events.data(chunk));
    this.#socket.on('drain', () => events.drain());
    this.#socket.on('error', (error) => {
      failure = error;
    });
    // The server has ended its side: nothing more can come, and nothing more may go.
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => events.closed(failure));
    if (this.#socket.destroyed) queueMicrotask(() => events.closed(null));
    this.#socket.resume();
  }

  /** Why nothing may be sent now. */
  refusal(): GateRefusal | null {
    return this.#latched ?? this.#gate.refusal();
  }

  /** From now on nothing but Terminate is sent, whatever the gate says. */
  latch(refusal: GateRefusal): void {
    this.#latched ??= refusal;
  }

  /**
   * The only way of SQL to the database. Asks the gate once more, uses up the permit, and tags the text with the
   * intent; a trailing `--` comment cannot swallow the tag because it stands on a line of its own. Answers with the
   * gate's refusal when nothing was sent; throws a Fault when the permit was used before or the log is poisoned.
   */
  send(permit: Permit, statement: Statement): GateRefusal | null {
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    this.#assertBoundary();
    permit.use();
    this.#write(encode(statement, tagOf(permit.intent)));
    return null;
  }

  /** A message that cannot carry SQL, under the same gate. */
  control(type: ControlType, body: Buffer): GateRefusal | null {
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    this.#assertBoundary();
    this.#write(message(type, body));
    return null;
  }

  /** Begins a CopyData, CopyDone or CopyFail message of a COPY whose statement had its permit. */
  copyHeader(type: CopyType, length: number): GateRefusal | null {
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    this.#assertBoundary();
    const head = Buffer.allocUnsafe(5);
    head[0] = type;
    head.writeUInt32BE(length + 4, 1);
    this.#copyLeft = length;
    this.#write(head);
    return null;
  }

  /** Part of the body that {@link Upstream.copyHeader} announced, never more than that. */
  copyBody(bytes: Buffer): GateRefusal | null {
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    if (bytes.length > this.#copyLeft) throw new Error('more COPY data than its header announced');
    this.#copyLeft -= bytes.length;
    this.#write(bytes);
    return null;
  }

  #assertBoundary(): void {
    if (this.#copyLeft > 0) throw new Error('a COPY message is not complete');
  }

  /** Buffered bytes are above the mark: wait for `drain` before sending more. */
  get full(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** What `batch` sends goes out in one write, in the same turn. */
  together(batch: () => void): void {
    this.#gathered = [];
    try {
      batch();
    } finally {
      this.#flush();
    }
  }

  #write(bytes: Buffer): void {
    if (this.#gathered === null) this.#socket.write(bytes);
    else this.#gathered.push(bytes);
  }
  #flush(): void {
    const messages = this.#gathered ?? [];
    this.#gathered = null;
    const [only] = messages;
    if (only !== undefined) this.#socket.write(messages.length === 1 ? only : Buffer.concat(messages));
  }

  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye and closes; what is unread is dropped. */
  terminate(): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#flush();
    // Inside a COPY message a goodbye would be read as data; the server rolls back when the connection just ends.
    if (this.#copyLeft > 0) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(message(front.terminate));
    // The server answers Terminate by closing; a dead peer does not.
    setTimeout(() => this.#socket.destroy(), 200).unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const tagText = (intent: string): string => `\n/*vitrine:${intent}*/`;
const tagOf = (intent: string): Buffer => Buffer.from(tagText(intent));

/** The tag as it appears in an error message that quotes the text. */
export { tagText };

function encode(statement: Statement, tag: Buffer): Buffer {
  switch (statement.op) {
    case 'query':
      return writeQuery(statement.text, tag);
    case 'parse':
      return writeParse(statement.parse, tag);
    case 'execute':
      return message(front.execute, statement.body);
    case 'function':
      return message(front.functionCall, statement.body);
  }
}
