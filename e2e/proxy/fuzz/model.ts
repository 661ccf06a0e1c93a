/**
 * A model of a PostgreSQL backend: the message flow of both protocols, transactions and COPY, without any data. It knows what it truly did with every statement, and holds that against the log afterwards. What it says may be
 * bent on its way out (`mischief.ts`). PostgreSQL manual, "Message Flow".
 */
import type { Duplex } from 'node:stream';
import {
  type Done,
  errorFrame,
  foreignKey,
  perform,
  rowDescription,
  type ServerError,
  type Standing,
  statementsOf,
} from './commands.ts';
import type { Handshake } from './handshake.ts';
import { Cutter, encode, type Frame, uint16, uint32 } from './memory-wire.ts';
import { ModelNames, type Portal, wrong } from './model-names.ts';

/** What became of one statement that arrived, in the order of arrival. */
export interface Truth {
  readonly op: 'query' | 'parse' | 'execute' | 'function';
  /** Null while it is not finished. */
  result: 'ok' | 'error' | null;
  sqlstate: string | null;
  rows: number;
  bytes: number;
  readonly tags: string[];
  /** For an Execute: the place in this list of the Parse that it ran; -1 where it ran none. */
  readonly parse: number;
  readonly parameters: readonly (string | null)[];
}

export interface ModelOptions {
  readonly stream: Duplex;
  readonly handshake: Handshake;
  /** Everything that is said after the start goes through here. */
  readonly say: (frames: Buffer) => void;
  readonly ready: () => void;
}

export class Model {
  readonly truths: Truth[] = [];
  /** What cannot come from a relay that knows the protocol. */
  readonly violations: string[] = [];
  heard = 0;
  readonly #options: ModelOptions;
  readonly #cutter = new Cutter();
  readonly #names = new ModelNames();
  #standing: Standing = { status: 'I', doomed: false };
  /** Since the last Sync, outside a transaction block: theirs is the fate of the Sync. */
  #implicit: Truth[] = [];
  #skipping = false;
  /** SQLSTATE of the error because of which it skips. */
  #failure = '';
  #started = false;
  #copy: { truth: Truth; simple: boolean; rest: string[]; whole: string; rows: number } | null = null;
  #sleeping: { truth: Truth; simple: boolean } | null = null;
  /** What waits behind a statement that sleeps. */
  #waiting: Frame[] = [];

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** A cancel request has come for this backend. */
  cancel(): void {
    const asleep = this.#sleeping;
    if (asleep === null) return;
    this.#sleeping = null;
    this.#fail(
      asleep.truth,
      { code: '57014', message: 'canceling statement due to user request', position: 0 },
      asleep.simple,
    );
    for (const frame of this.#waiting.splice(0)) this.#message(frame);
  }

  /** Bytes of the client. */
  hear(chunk: Buffer): void {
    this.heard += chunk.length;
    const rest = this.#started ? chunk : this.#options.handshake.push(chunk);
    if (rest === null) return;
    if (!this.#started) {
      this.#started = true;
      this.#options.ready();
    }
    for (const frame of this.#cutter.push(rest)) this.#message(frame);
  }

  #message(frame: Frame): void {
    if (this.#sleeping !== null && frame.type !== 'X') {
      this.#waiting.push(frame);
      return;
    }
    const { type, body } = frame;
    if (type === 'X') this.#options.stream.end();
    else if (this.#copy !== null) this.#copyMessage(type, body);
    else if (this.#skipping && type !== 'S') this.#skipped(type);
    else this.#handle(type, body);
  }

  /** An error of the extended protocol has everything up to the Sync thrown away; it counts as failed with it. */
  #skipped(type: string): void {
    const op = ({ Q: 'query', P: 'parse', E: 'execute', F: 'function' } as const)[type];
    if (op === undefined) return;
    const truth = this.#arrived(op);
    truth.result = 'error';
    truth.sqlstate = this.#failure;
  }

  #handle(type: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString('latin1').split('\0');
    switch (type) {
      case 'Q':
        this.#query(utf8(first));
        return;
      case 'P': {
        const truth = this.#arrived('parse');
        const error = this.#names.parse(first, utf8(second), this.truths.length - 1, this.#standing);
        if (error === null) truth.result = 'ok';
        this.#cycle(truth, error, encode('1'));
        return;
      }
      case 'B':
        this.#cycle(null, this.#names.bind(first, second, body), encode('2'));
        return;
      case 'E': {
        const portal = this.#names.portal(first);
        const truth = this.#arrived('execute', portal);
        this.#cycle(truth, this.#execute(truth, portal, body.readUInt32BE(body.indexOf(0) + 1)));
        return;
      }
      case 'D': {
        const described = this.#names.describe(first);
        if (Buffer.isBuffer(described)) this.#say(described);
        else this.#cycle(null, described);
        return;
      }
      case 'C':
        this.#names.close(first);
        this.#say(encode('3'));
        return;
      case 'F': {
        const truth = this.#arrived('function');
        truth.result = 'ok';
        this.#settleImplicit(null);
        this.#say(encode('V', uint32(1), '5'), this.#ready());
        return;
      }
      case 'S':
        this.#sync();
        return;
      case 'H':
      case 'd':
      case 'c':
      case 'f':
        return;
      default:
        this.violations.push(`the server was sent '${type}'`);
    }
  }

  /** What the extended protocol answers: a word where it went well, else the error that ends the cycle. */
  #cycle(truth: Truth | null, error: ServerError | null, word?: Buffer): void {
    if (error !== null) this.#fail(truth, error, false);
    else if (word !== undefined) this.#say(word);
  }

  #query(whole: string): void {
    const truth = this.#arrived('query');
    this.#names.dropUnnamed();
    this.#goOn(truth, statementsOf(whole), whole);
  }

  /** The statements of a simple query from here on; a COPY or a sleep interrupts them. */
  #goOn(truth: Truth, statements: readonly string[], whole: string): void {
    if (statements.length === 0 && truth.tags.length === 0) this.#say(encode('I'));
    // Several statements in one message are one transaction, unless they say otherwise.
    for (const [i, statement] of statements.entries()) {
      const done = perform(statement, whole, this.#standing);
      this.#standing = done.standing;
      for (const one of done.notices) this.#say(one);
      if (done.sleeps) {
        this.#sleeping = { truth, simple: true };
        return;
      }
      if (done.error !== null) {
        this.#fail(truth, done.error, true);
        return;
      }
      if (done.copy === 'in') {
        this.#copy = { truth, simple: true, rest: statements.slice(i + 1), whole, rows: 0 };
        this.#say(encode('G', '\0', uint16(0)));
        return;
      }
      this.#results(truth, done, done.describes);
      if (decides(done.tag)) this.#settleImplicit(null);
    }
    if (this.#standing.status === 'I' && this.#standing.doomed) {
      this.#standing = { status: 'I', doomed: false };
      this.#fail(truth, foreignKey, true);
      return;
    }
    truth.result = 'ok';
    this.#settleImplicit(null);
    this.#say(this.#ready());
  }

  #results(truth: Truth, done: Done, described: boolean): void {
    if (done.copy === 'out') {
      this.#say(encode('H', '\0', uint16(0)));
      for (const row of done.rows) this.#say(encode('d', row));
      this.#say(encode('c'));
      truth.bytes += done.rows.reduce((sum, row) => sum + row.length, 0);
      truth.rows += done.rows.length;
    } else {
      if (described) this.#say(rowDescription);
      this.#rows(truth, done.rows);
      if (done.rows.length === 0) truth.rows += Number(/ (\d+)$/.exec(done.tag ?? '')?.[1] ?? 0);
    }
    if (done.tag === null) this.#say(encode('I'));
    else {
      truth.tags.push(done.tag);
      this.#names.done(done.tag);
      this.#say(encode('C', `${done.tag}\0`));
    }
  }
  #rows(truth: Truth, rows: readonly Buffer[]): void {
    for (const row of rows) this.#say(encode('D', row));
    truth.rows += rows.length;
    truth.bytes += rows.reduce((sum, row) => sum + row.length, 0);
  }

  /** Answers with the error that ends its cycle, or null when it has said what it has to say. */
  #execute(truth: Truth, portal: Portal | undefined, limit: number): ServerError | null {
    if (portal === undefined) return wrong('34000', 'no such portal');
    if (portal.running === null) {
      const done = perform(statementsOf(portal.text)[0] ?? '', portal.text, this.#standing);
      this.#standing = done.standing;
      for (const one of done.notices) this.#say(one);
      if (done.sleeps) {
        this.#sleeping = { truth, simple: false };
        return null;
      }
      if (done.error !== null) return done.error;
      if (done.copy === 'in') {
        this.#copy = { truth, simple: false, rest: [], whole: '', rows: 0 };
        this.#say(encode('G', '\0', uint16(0)));
        return null;
      }
      portal.running = { done, at: 0 };
    }
    const { done, at } = portal.running;
    const left = done.rows.slice(at);
    if (limit > 0 && done.describes && left.length >= limit) {
      this.#rows(truth, left.slice(0, limit));
      portal.running.at += limit;
      this.#say(encode('s'));
    } else {
      portal.running.at = done.rows.length;
      const counts = done.describes || done.copy === 'out';
      const tag = counts && done.tag !== null ? done.tag.replace(/\d+$/, `${left.length}`) : done.tag;
      this.#results(truth, { ...done, rows: left, tag }, false);
    }
    truth.result = 'ok';
    if (decides(done.tag)) this.#settleImplicit(null);
    else if (this.#standing.status === 'I') this.#implicit.push(truth);
    return null;
  }

  #copyMessage(type: string, body: Buffer): void {
    const copy = this.#copy;
    if (copy === null || type === 'H' || type === 'S') return;
    if (type === 'd') {
      copy.truth.bytes += body.length;
      copy.rows++;
      if (body.includes('bad')) this.#copyFails(copy, { code: '22P02', message: 'invalid input', position: 0 });
      return;
    }
    if (type === 'f') {
      this.#copyFails(copy, { code: '57014', message: 'COPY from stdin failed', position: 0 });
      return;
    }
    if (type !== 'c') {
      this.violations.push(`the server was sent '${type}' inside a COPY`);
      return;
    }
    this.#copy = null;
    copy.truth.tags.push(`COPY ${copy.rows}`);
    copy.truth.rows += copy.rows;
    this.#say(encode('C', `COPY ${copy.rows}\0`));
    if (copy.simple) this.#goOn(copy.truth, copy.rest, copy.whole);
    else {
      copy.truth.result = 'ok';
      if (this.#standing.status === 'I') this.#implicit.push(copy.truth);
    }
  }
  #copyFails(copy: { truth: Truth; simple: boolean }, error: ServerError): void {
    this.#copy = null;
    if (this.#standing.status === 'T') this.#standing = { ...this.#standing, status: 'E' };
    this.#fail(copy.truth, error, copy.simple);
  }

  #sync(): void {
    this.#skipping = false;
    if (this.#standing.status === 'I' && this.#standing.doomed) {
      this.#standing = { status: 'I', doomed: false };
      this.#settleImplicit(foreignKey.code);
      this.#say(errorFrame(foreignKey));
    }
    this.#settleImplicit(null);
    if (this.#standing.status === 'I') this.#names.endOfTransaction();
    this.#say(this.#ready());
  }

  /** What an error does: to its statement, to what shares its transaction, and to what follows. */
  #fail(truth: Truth | null, error: ServerError, simple: boolean): void {
    if (truth !== null) {
      truth.result = 'error';
      truth.sqlstate = error.code;
    }
    if (this.#standing.status === 'T') this.#standing = { ...this.#standing, status: 'E' };
    this.#standing = { ...this.#standing, doomed: false };
    this.#settleImplicit(error.code);
    this.#say(errorFrame(error));
    this.#failure = error.code;
    if (simple) this.#say(this.#ready());
    else this.#skipping = true;
  }

  #settleImplicit(sqlstate: string | null): void {
    for (const truth of this.#implicit.splice(0)) {
      if (sqlstate === null) continue;
      truth.result = 'error';
      truth.sqlstate = sqlstate;
    }
  }

  #arrived(op: Truth['op'], portal?: Portal): Truth {
    const truth: Truth = {
      op,
      result: null,
      sqlstate: null,
      rows: 0,
      bytes: 0,
      tags: [],
      parse: portal?.parse ?? -1,
      parameters: portal?.parameters ?? [],
    };
    this.truths.push(truth);
    return truth;
  }
  #ready(): Buffer {
    return encode('Z', this.#standing.status);
  }
  #say(...frames: Buffer[]): void {
    for (const frame of frames) this.#options.say(frame);
  }
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString();
/** After it, what came before in the cycle is not undone by what comes behind. */
const decides = (tag: string | null): boolean => tag === 'BEGIN' || tag === 'COMMIT' || tag === 'ROLLBACK';
