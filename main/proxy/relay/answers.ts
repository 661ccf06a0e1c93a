/**
 * From the server to the client: bytes stream through, only frames are read. Errors lose our tag, ReadyForQuery and its
 * like settle what they answer. (I2)
 */
import { FrameReader, type FrameSink, type Treatment, WireError } from '../wire/frames.ts';
import { back, message, readFields, statusOf, writeFields } from '../wire/messages.ts';
import type { Line } from './line.ts';
import { protocolError, untag } from './words.ts';

/** Messages that are read, with the most that is held of each: some may be changed, the others only tell. */
const changed: ReadonlyMap<number, Treatment> = new Map([
  [back.error, { take: 'whole', limit: 16 * 1024 * 1024 }],
  [back.notice, { take: 'whole', limit: 16 * 1024 * 1024 }],
]);
const told: ReadonlyMap<number, number> = new Map([
  [back.commandComplete, 1024],
  [back.readyForQuery, 16],
  [back.parameterStatus, 1024 * 1024],
]);
const read: ReadonlyMap<number, Treatment> = new Map([
  ...changed,
  ...[...told].map(([type, limit]): [number, Treatment] => [type, { take: 'peek', limit }]),
]);
/** To a client that is not told any more. */
const readOnly: ReadonlyMap<number, Treatment> = new Map([
  ...changed,
  ...[...told].map(([type, limit]): [number, Treatment] => [type, { take: 'whole', limit }]),
]);
const known: ReadonlySet<number> = new Set(Object.values(back));
const pass: Treatment = { take: 'pass' };
const drop: Treatment = { take: 'drop' };

export class Answers {
  readonly #line: Line;
  readonly #reader: FrameReader;

  constructor(line: Line) {
    this.#line = line;
    this.#reader = new FrameReader(this.#sink());
  }

  /** Part of a message has gone to the client and the rest has not: nothing else may go in between. */
  get midMessage(): boolean {
    return this.#reader.midPass;
  }

  /** Bytes of the server. */
  push(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#line.fatal(protocolError(error instanceof Error ? `from the server: ${error.message}` : 'from the server'));
      this.#line.parts.upstream.destroy();
    }
  }

  #sink(): FrameSink {
    return {
      treat: (type): Treatment => {
        const silent = this.#line.muted || this.#line.lastMessage;
        if (type === back.dataRow) return silent ? drop : pass;
        const treatment = (silent ? readOnly : read).get(type);
        if (treatment !== undefined) return treatment;
        if (!known.has(type)) throw new WireError('unknown message');
        return silent ? drop : pass;
      },
      passed: (bytes) => this.#line.toClient(bytes),
      ended: (type, length, body) => this.#answered(type, length, body),
    };
  }

  #answered(type: number, length: number, body: Buffer | null): void {
    const replies = this.#line.replies;
    switch (type) {
      case back.dataRow:
        replies.current()?.row(length);
        return;
      case back.copyData: {
        const operation = replies.current();
        if (operation !== null) operation.bytes += length;
        return;
      }
      case back.parseComplete:
        replies.completed('parse');
        return;
      case back.bindComplete:
        replies.completed('bind');
        return;
      case back.closeComplete:
        replies.completed('close');
        return;
      case back.noData:
      case back.rowDescription:
        replies.completed('describe');
        return;
      case back.emptyQuery:
      case back.portalSuspended:
        this.#unbar();
        replies.commandComplete(null);
        return;
      case back.copyIn:
      case back.copyBoth:
        this.#line.copyIn = replies.current();
        return;
      default:
        if (body !== null) this.#heldAnswer(type, body);
    }
  }

  /** The operation at the head will not ask for COPY data any more. */
  #unbar(): void {
    if (this.#line.barrier !== null && this.#line.barrier === this.#line.replies.current()) {
      // A text of several statements may still come to its COPY.
      if (this.#line.barrier.op === 'query' && this.#line.replies.head?.kind === 'query') return;
      this.#line.barrier = null;
    }
  }

  #heldAnswer(type: number, body: Buffer): void {
    const replies = this.#line.replies;
    if (type === back.error || type === back.notice) {
      this.#toldByServer(type, body);
      return;
    }
    if (type === back.commandComplete) {
      this.#line.copyIn = null;
      this.#unbar();
      replies.commandComplete(body.subarray(0, -1).toString('latin1'));
      return;
    }
    if (type === back.readyForQuery) {
      this.#line.copyIn = null;
      replies.readyForQuery(statusOf(body[0] ?? 0));
      return;
    }
    if (type === back.parameterStatus) {
      const [name = '', value = ''] = body.toString('utf8').split('\0');
      if (name === 'client_encoding') this.#line.reading.clientEncoding = value;
      if (name === 'standard_conforming_strings') this.#line.reading.standardStrings = value !== 'off';
      if (name === 'default_transaction_read_only') this.#line.reading.readOnly = value !== 'off';
      this.#line.parts.observer.parameter?.(name, value);
    }
  }

  #toldByServer(type: number, body: Buffer): void {
    const fields = readFields(body);
    const operation = this.#line.replies.current();
    const changed = operation !== null && untag(fields, operation);
    const raw = changed ? writeFields(type, fields) : message(type, body);
    if (type === back.notice) {
      this.#tell(raw);
      return;
    }
    const severity = fields.get('V') ?? fields.get('S');
    if (severity === 'FATAL' || severity === 'PANIC') {
      this.#line.serverSaid = fields.get('M') ?? '';
      this.#tell(raw);
      return;
    }
    this.#line.copyIn = null;
    const ours = this.#line.replies.error(fields);
    this.#tell(ours ?? raw);
  }

  /** A message that was held, whole: it is never the one that is passing. */
  #tell(bytes: Buffer): void {
    if (!this.#line.lastMessage) this.#line.toClient(bytes);
  }
}
