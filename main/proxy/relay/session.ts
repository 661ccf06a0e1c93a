/**
 * One client, one backend connection, one audit session. Client messages are planned, permitted in batches and sent;
 * answers stream back with only their frames read. After {@link Session.cut} nothing more is sent, whatever happens.
 * (I1, I2, I3, I6)
 */
import type { Duplex } from 'node:stream';
import type { Intent, SessionClose } from '../../../shared/audit/records.ts';
import { Fault } from '../../../shared/errors.ts';
import { parserReady } from '../../../shared/sql/index.ts';
import type { Permit, SessionLog } from '../../audit/index.ts';
import type { GateRefusal } from '../gate.ts';
import { type Statement, tagText, type Upstream } from '../upstream.ts';
import { FrameReader, type FrameSink, type Treatment, WireError } from '../wire/frames.ts';
import {
  back,
  errorResponse,
  front,
  readFields,
  statusOf,
  type TransactionStatus,
  writeFields,
} from '../wire/messages.ts';
import { Inbox, type Item } from './inbox.ts';
import type { Reading, Refused, Rules } from './judge.ts';
import { Names } from './names.ts';
import type { Operation, Result } from './operation.ts';
import { type PlanState, plan, type Step } from './plan.ts';
import { type Expected, Replies } from './replies.ts';

/** What the app's own runner wants to know; every call is made synchronously, in order. */
export interface SessionObserver {
  opened?(facts: { readonly pid: number; readonly serverVersion: string | null }): void;
  sent?(operation: Operation): void;
  settled?(operation: Operation, result: Result): void;
  status?(status: TransactionStatus): void;
  closed?(reason: SessionClose['reason'], why: string): void;
}

export interface SessionParts {
  readonly client: Duplex;
  readonly upstream: Upstream;
  readonly log: SessionLog;
  readonly origin: Intent['origin'];
  readonly rules: () => Rules;
  readonly cancel: () => Promise<void>;
  readonly mono: () => number;
  readonly observer: SessionObserver;
  readonly onClosed: () => void;
}

/** Most statements that share one sync of the log. */
const MAX_BATCH = 256;
/** Messages without a Sync or Flush are held for so many bytes at most. */
const HOLD_BYTES = 1024 * 1024;
/** How long the outcome of a running statement is waited for after the cut. */
const OUTCOME_MS = 1000;
/** A cut client is closed after this, whether it reads or not. */
const CLIENT_MS = 150;

export interface SessionCut {
  readonly statement: { readonly text: string; readonly outcome: string } | null;
  readonly transaction: string | null;
  readonly clientMs: number;
}

export class Session {
  readonly origin: Intent['origin'];
  readonly #parts: SessionParts;
  readonly #inbox = new Inbox();
  readonly #names = new Names();
  readonly #replies: Replies;
  readonly #answers: FrameReader;
  readonly #reading: { clientEncoding: string; standardStrings: boolean };
  #state: PlanState = { skipping: false, sent: false, cycle: 0 };
  /** Cycles up to this one have failed at the server, which skips what is left of them. */
  #failedCycle = -1;
  /** Set while an operation that may start COPY IN has not answered yet. */
  #barrier: Operation | null = null;
  #copyIn: Operation | null = null;
  /** Bytes of a COPY message that nobody expects: read and forgotten, as the server does. */
  #copyDropped = false;
  #cancelling: Promise<void> | null = null;
  #pumping = false;
  /** Bytes of the server are being read. */
  #hearing = false;
  /** A batch waits for its permits; whether its statements are to be dropped. */
  #permitting = false;
  #cancelWaiting = false;
  #wake: (() => void) | null = null;
  /** Nothing more goes to the client. */
  #muted = false;
  #held = false;
  #ended = false;
  #closing: SessionClose['reason'] | null = null;
  #serverSaid: string | null = null;
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.origin = parts.origin;
    const parameters = parts.upstream.facts.parameters;
    this.#reading = {
      clientEncoding: parameters.get('client_encoding') ?? 'UTF8',
      standardStrings: parameters.get('standard_conforming_strings') !== 'off',
    };
    this.#replies = new Replies({
      settled: (operation, result) => this.#settled(operation, result),
      local: (bytes) => this.#toClient(bytes),
      ready: (status, cycle) => {
        if (status === 'idle') this.#names.closePortals(cycle);
        parts.observer.status?.(status);
      },
      failed: (cycle) => {
        this.#failedCycle = cycle;
      },
    });
    this.#answers = new FrameReader(this.#answerSink());
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
  }

  get pid(): number {
    return this.#parts.upstream.facts.pid;
  }
  get log(): SessionLog {
    return this.#parts.log;
  }

  start(): void {
    const { client, upstream } = this.#parts;
    upstream.listen({
      data: (chunk) => this.#fromServer(chunk),
      drain: () => this.#changed(),
      closed: (error) => void this.#lost(error),
    });
    client.on('data', (chunk: Buffer) => {
      this.#inbox.push(chunk);
      if (this.#inbox.full) client.pause();
      this.#changed();
      void this.#pump();
    });
    client.on('drain', () => {
      if (this.#held) {
        this.#held = false;
        upstream.resume();
      }
    });
    client.on('error', () => client.destroy());
    client.on('end', () => this.#left());
    client.on('close', () => this.#left());
    client.resume();
  }

  /** Asks the server to cancel what runs now; resolves when the server has taken the request. */
  async cancel(): Promise<void> {
    if (this.#ended) return;
    // What still waits for its permit is not sent at all.
    this.#cancelWaiting = this.#permitting;
    const open = this.#replies.operations();
    if (open.length === 0) return;
    for (const operation of open) operation.cancelAsked = true;
    // Nothing is sent until the server has taken the request: a late one would cancel the next statement.
    this.#cancelling ??= this.#parts.cancel().finally(() => {
      this.#cancelling = null;
      this.#changed();
    });
    await this.#cancelling;
  }

  /**
   * Ends this connection from our side. The client hears FATAL 57P01 with the reason at once; the server gets a cancel
   * for what runs and up to a second to say what became of it.
   */
  async cut(reason: SessionClose['reason'], refusal: GateRefusal): Promise<SessionCut> {
    const began = this.#parts.mono();
    const { upstream, mono } = this.#parts;
    upstream.latch(refusal);
    this.#closing ??= reason;
    const running = this.#replies.running();
    const open = this.#replies.status !== 'idle';
    this.#changed();
    if (running !== null && running.start !== null) this.cancel().catch(() => {});
    const clientGone = this.#endClient({ ...refusal, code: '57P01' });
    const outcome = this.#outcomeWithin(OUTCOME_MS);
    await clientGone;
    const clientMs = mono() - began;
    await outcome;
    // A connection that is not idle may still commit; what it does is unknown, and it must not go on.
    if (this.#replies.idle) upstream.terminate();
    else upstream.destroy();
    await this.#gone;
    await this.#close(reason, reason === 'expired' ? mono() - began : null);
    const result = this.#resultOf(running);
    return {
      statement:
        running === null || running.start === null
          ? null
          : { text: running.text ?? '', outcome: fateOf(running, result, open) },
      transaction: transactionAtEnd(running, result, open, this.#replies.status),
      clientMs,
    };
  }

  #resultOf(operation: Operation | null): Result {
    const last = this.#results.get(operation?.intent ?? '');
    return last ?? 'unknown';
  }
  /** Results of what was open when the cut came. */
  readonly #results = new Map<string, Result>();

  // ---- client to server

  #changed(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = (): void => {
        before?.();
        resolve();
      };
    });
  }

  async #pump(): Promise<void> {
    if (this.#pumping || this.#hearing) return;
    this.#pumping = true;
    try {
      while (!this.#ended && this.#closing === null) {
        if (this.#cancelling !== null || this.#parts.upstream.full) {
          await this.#change();
          continue;
        }
        const item = this.#inbox.at(0);
        if (item === undefined) break;
        if (item.kind === 'copy' || item.kind === 'copy-bytes') this.#copyItem();
        else if (item.kind === 'broken') this.#fatal(protocolError(item.error.message));
        else if (this.#copyIn !== null) this.#duringCopy(item);
        else if (this.#barrier !== null) await this.#change();
        // Not behind an await: what arrives in between would wake nobody.
        else if (!this.#complete()) break;
        else await this.#batch();
        this.#refill();
      }
    } catch (error) {
      if (error instanceof WireError) this.#fatal(protocolError(error.message));
      else this.#fatal(defect(error));
    } finally {
      this.#pumping = false;
    }
  }

  #refill(): void {
    const { client } = this.#parts;
    if (!this.#inbox.full && client.isPaused()) client.resume();
  }

  /** CopyData, CopyDone, CopyFail: to the server while a COPY is open, else forgotten, as the server itself does. */
  #copyItem(): void {
    const item = this.#inbox.take();
    if (item === undefined) return;
    const { upstream } = this.#parts;
    let refusal: GateRefusal | null = null;
    if (item.kind === 'copy') {
      this.#copyDropped = this.#copyIn === null;
      if (this.#copyIn === null) return;
      refusal = upstream.copyHeader(item.type, item.length);
      if (item.type === front.copyData) this.#copyIn.bytes += item.length;
      else {
        this.#copyIn = null;
        this.#barrier = null;
      }
    } else if (item.kind === 'copy-bytes' && !this.#copyDropped) refusal = upstream.copyBody(item.bytes);
    if (refusal !== null) this.#fatal({ rule: 'after_deadline', ...refusal });
  }

  /** Sync and Flush mean nothing to a server that reads COPY data; anything else breaks the protocol. */
  #duringCopy(item: Item): void {
    if (item.kind === 'message' && (item.type === front.sync || item.type === front.flush)) this.#inbox.take();
    else if (item.kind === 'message' && item.type === front.terminate) this.#left();
    else this.#fatal(protocolError('a statement came in the middle of COPY data'));
  }

  /** Plans, permits and sends what can go together. */
  async #batch(): Promise<void> {
    await parserReady();
    if (this.#closing !== null) return;
    const items: Extract<Item, { kind: 'message' | 'oversized' }>[] = [];
    const steps: { step: Step; before: PlanState; item: number }[] = [];
    const before = this.#state;
    const refuse = this.#refusal();
    while (items.length < MAX_BATCH) {
      const item = this.#inbox.at(0);
      if (item === undefined || (item.kind !== 'message' && item.kind !== 'oversized')) break;
      if (items.length > 0 && !this.#complete()) break;
      this.#inbox.take();
      items.push(item);
      const state = this.#current();
      const planned = plan(item, state, this.#context(refuse));
      this.#state = planned.state;
      if (planned.step !== null) steps.push({ step: planned.step, before: state, item: items.length - 1 });
      const { step } = planned;
      if (step !== null && (step.do === 'fatal' || step.do === 'terminate' || (step.do === 'send' && step.mayCopyIn)))
        break;
    }
    const wanted = steps.flatMap(({ step }) => (step.do === 'send' ? [step.facts] : []));
    let permits: Permit[] = [];
    if (wanted.length > 0) {
      this.#permitting = true;
      try {
        permits = await this.#parts.log.permitAll(wanted);
      } catch (error) {
        undo(steps.map(({ step }) => step));
        this.#state = before;
        this.#replan(items, { refused: logRefusal(error), closed: true });
        return;
      } finally {
        this.#permitting = false;
      }
    }
    this.#execute(items, steps, permits);
    this.#cancelWaiting = false;
  }

  /** Is there a message that asks for an answer, or too much to hold back? */
  #complete(): boolean {
    let bytes = 0;
    for (let i = 0; ; i++) {
      const item = this.#inbox.at(i);
      if (item === undefined) return bytes > HOLD_BYTES || i >= MAX_BATCH;
      if (item.kind !== 'message') return true;
      if (answering.has(item.type)) return true;
      bytes += item.body.length;
    }
  }

  #current(): PlanState {
    return this.#failedCycle === this.#state.cycle ? { ...this.#state, skipping: true } : this.#state;
  }

  #context(refuse: { refused: Refused; closed: boolean } | null): Parameters<typeof plan>[2] {
    const reading: Reading = this.#reading;
    const { origin } = this.#parts;
    return { names: this.#names, rules: this.#parts.rules(), origin, reading, status: this.#replies.status, refuse };
  }

  #refusal(): { refused: Refused; closed: boolean } | null {
    const refusal = this.#parts.upstream.refusal();
    return refusal === null ? null : { refused: { rule: 'after_deadline', ...refusal }, closed: true };
  }

  /** The same messages again, with every statement refused. */
  #replan(
    items: readonly Extract<Item, { kind: 'message' | 'oversized' }>[],
    refuse: { refused: Refused; closed: boolean },
  ): void {
    for (const item of items) {
      const planned = plan(item, this.#current(), this.#context(refuse));
      this.#state = planned.state;
      if (planned.step !== null && !this.#small(planned.step)) return;
    }
  }

  #execute(
    items: readonly Extract<Item, { kind: 'message' | 'oversized' }>[],
    steps: readonly { readonly step: Step; readonly before: PlanState; readonly item: number }[],
    permits: readonly Permit[],
  ): void {
    const { upstream, log } = this.#parts;
    const remaining = [...permits];
    upstream.cork();
    try {
      for (const [i, { step, before, item }] of steps.entries()) {
        let refused: Refused | null = null;
        if (step.do === 'send') {
          const permit = remaining[0];
          if (permit === undefined) throw new Error('a statement without a permit');
          refused = this.#cancelWaiting ? cancelled : this.#trySend(permit, step.statement);
          if (refused === null) {
            remaining.shift();
            step.operation.start = log.elapsed();
            if (step.mayCopyIn) this.#barrier = step.operation;
            this.#replies.push(step.expected);
            this.#parts.observer.sent?.(step.operation);
            continue;
          }
        } else if (step.do === 'control') {
          const refusal = upstream.control(step.type, step.body);
          if (refusal === null) {
            if (step.expected !== null) this.#replies.push(step.expected);
            continue;
          }
          refused = { rule: 'after_deadline', ...refusal };
        } else {
          if (!this.#small(step)) return;
          continue;
        }
        // The gate closed, or the log failed, between the permit and the socket.
        for (const permit of remaining) this.#notSent(permit);
        undo(steps.slice(i).map((later) => later.step));
        this.#state = before;
        this.#replan(items.slice(item), { refused, closed: refused !== cancelled });
        return;
      }
    } finally {
      upstream.uncork();
    }
  }

  /** The write itself: why it was refused, or null when the statement is on its way. */
  #trySend(permit: Permit, statement: Statement): Refused | null {
    const { upstream } = this.#parts;
    try {
      const refusal = this.#closing === null ? upstream.send(permit, statement) : (upstream.refusal() ?? closed);
      return refusal === null ? null : { rule: 'after_deadline', ...refusal };
    } catch (error) {
      return logRefusal(error);
    }
  }

  #notSent(permit: Permit): void {
    this.#record(() =>
      this.#parts.log.outcome({
        of: permit.intent,
        result: 'not_sent',
        sqlstate: null,
        tag: null,
        rows: 0,
        bytes: 0,
        start: null,
        end: null,
      }),
    );
  }

  /** Steps that send no statement. False ends the connection. */
  #small(step: Step): boolean {
    const { upstream } = this.#parts;
    switch (step.do) {
      case 'local':
        if (step.refused !== null) this.#refusedNotice(step.refused, step.about);
        this.#replies.push(step.expected);
        return true;
      case 'abort': {
        this.#refusedNotice(step.refused, step.about);
        const refusal = upstream.control(front.describe, step.body);
        if (refusal === null) {
          this.#replies.push(step.expected);
          return true;
        }
        this.#fatal({ rule: 'after_deadline', ...refusal });
        return false;
      }
      case 'control': {
        const refusal = upstream.control(step.type, step.body);
        if (refusal === null && step.expected !== null) this.#replies.push(step.expected);
        return true;
      }
      case 'fatal':
        this.#fatal(step.refused);
        return false;
      case 'terminate':
        this.#left();
        return false;
      case 'send':
        throw new Error('a statement without a permit');
    }
  }

  #refusedNotice(refused: Refused, about: { fp: string | null; norm: string | null } | null): void {
    const { rule } = refused;
    this.#record(() =>
      this.#parts.log.notice({
        kind: 'refused',
        of: null,
        code: rule.slice(0, 64),
        fp: about?.fp ?? null,
        norm: about?.norm ?? null,
        rows: null,
        bytes: null,
      }),
    );
  }

  /** A record that nobody waits for. A log that has failed refuses it, and every statement after it. */
  #record(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  // ---- server to client

  #fromServer(chunk: Buffer): void {
    // A client in memory answers at once, in the middle of this: it is heard when all that the chunk says is known.
    this.#hearing = true;
    try {
      this.#answers.push(chunk);
    } catch (error) {
      this.#fatal(protocolError(error instanceof Error ? `from the server: ${error.message}` : 'from the server'));
      this.#parts.upstream.destroy();
      return;
    } finally {
      this.#hearing = false;
    }
    this.#changed();
    if (this.#inbox.length > 0) void this.#pump();
  }

  #answerSink(): FrameSink {
    return {
      treat: (type): Treatment => {
        const limit = held.get(type);
        if (limit !== undefined) return { take: 'whole', limit };
        if (!known.has(type)) throw new WireError('unknown message');
        return this.#muted ? { take: 'drop' } : { take: 'pass' };
      },
      passed: (bytes) => this.#toClient(bytes),
      ended: (type, length, body) => this.#answered(type, length, body),
    };
  }

  #answered(type: number, length: number, body: Buffer | null): void {
    const replies = this.#replies;
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
        this.#copyIn = replies.current();
        return;
      default:
        if (body !== null) this.#heldAnswer(type, body);
    }
  }

  /** The operation at the head will not ask for COPY data any more. */
  #unbar(): void {
    if (this.#barrier !== null && this.#barrier === this.#replies.current()) {
      // A text of several statements may still come to its COPY.
      if (this.#barrier.op === 'query' && this.#replies.head?.kind === 'query') return;
      this.#barrier = null;
    }
  }

  #heldAnswer(type: number, body: Buffer): void {
    const replies = this.#replies;
    if (type === back.error || type === back.notice) {
      this.#toldByServer(type, body);
      return;
    }
    const raw = frame(type, body);
    if (type === back.commandComplete) {
      this.#toClient(raw);
      this.#copyIn = null;
      this.#unbar();
      replies.commandComplete(body.subarray(0, -1).toString('latin1'));
      return;
    }
    if (type === back.readyForQuery) {
      this.#toClient(raw);
      this.#copyIn = null;
      if (this.#barrier !== null && this.#barrier === replies.current()) this.#barrier = null;
      replies.readyForQuery(statusOf(body[0] ?? 0));
      return;
    }
    if (type === back.parameterStatus) {
      const [name, value] = body.toString('utf8').split('\0');
      if (name === 'client_encoding') this.#reading.clientEncoding = value ?? '';
      if (name === 'standard_conforming_strings') this.#reading.standardStrings = value !== 'off';
    }
    this.#toClient(raw);
  }

  #toldByServer(type: number, body: Buffer): void {
    const fields = readFields(body);
    const operation = this.#replies.current();
    const changed = operation !== null && untag(fields, operation);
    const raw = changed ? writeFields(type, fields) : frame(type, body);
    if (type === back.notice) {
      this.#toClient(raw);
      return;
    }
    const severity = fields.get('V') ?? fields.get('S');
    if (severity === 'FATAL' || severity === 'PANIC') {
      this.#serverSaid = fields.get('M') ?? '';
      this.#toClient(raw);
      return;
    }
    this.#copyIn = null;
    if (this.#barrier !== null && this.#barrier === operation && operation.op !== 'query') this.#barrier = null;
    const ours = this.#replies.error(fields);
    this.#toClient(ours ?? raw);
  }

  #toClient(bytes: Buffer): void {
    if (this.#muted || bytes.length === 0) return;
    const { client, upstream } = this.#parts;
    if (!client.writable) return;
    if (!client.write(bytes) && this.#closing === null) {
      this.#held = true;
      upstream.pause();
    }
  }

  #settled(operation: Operation, result: Result): void {
    const { log, observer } = this.#parts;
    if (this.#closing !== null) this.#results.set(operation.intent, result);
    this.#record(() => log.outcome(operation.outcome(result, log.elapsed())));
    observer.settled?.(operation, result);
  }

  // ---- endings

  /** Tells the client why and closes it; resolves when its stream is closed. */
  async #endClient(refusal: {
    code: string;
    message: string;
    detail?: string | undefined;
    hint?: string | null | undefined;
  }): Promise<void> {
    const { client, upstream } = this.#parts;
    const until = this.#parts.mono() + CLIENT_MS;
    upstream.resume();
    // Our words cannot stand in the middle of a message of the server: its rest is let through first.
    while (this.#answers.midPass && !this.#ended && this.#parts.mono() < until) await tick();
    if (!this.#muted && !this.#answers.midPass && this.#serverSaid === null && client.writable)
      client.write(errorResponse('FATAL', refusal));
    this.#muted = true;
    if (client.destroyed) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => client.destroy(), Math.max(0, until - this.#parts.mono()));
      client.once('close', () => {
        clearTimeout(late);
        resolve();
      });
      client.end();
      // In memory nothing closes the other half for us; on a socket the peer may never do it.
      client.once('finish', () => setImmediate(() => client.destroy()));
    });
  }

  async #outcomeWithin(ms: number): Promise<void> {
    const until = this.#parts.mono() + ms;
    const timer = setTimeout(() => this.#changed(), ms + 1);
    while (!this.#ended && this.#replies.running() !== null && this.#parts.mono() < until) await this.#change();
    clearTimeout(timer);
  }

  /** The client said goodbye, or is gone. */
  #left(): void {
    if (this.#closing !== null || this.#ended) return;
    this.#closing = 'disconnected';
    this.#changed();
    void this.#leave();
  }

  async #leave(): Promise<void> {
    const { upstream, client } = this.#parts;
    this.#muted = true;
    upstream.resume();
    if (this.#replies.running() !== null) {
      this.cancel().catch(() => {});
      await this.#outcomeWithin(OUTCOME_MS);
    }
    upstream.terminate();
    client.destroy();
    await this.#gone;
    await this.#close('disconnected', null);
  }

  /** Ends the connection because of a defect of the client, the server or ours, with a reason that is recorded. */
  #fatal(refused: Refused): void {
    if (this.#closing !== null || this.#ended) return;
    this.#closing = 'failed';
    this.#refusedNotice(refused, null);
    void (async () => {
      const running = this.#replies.running();
      if (running !== null) this.cancel().catch(() => {});
      await this.#endClient(refused);
      await this.#outcomeWithin(OUTCOME_MS);
      this.#parts.upstream.terminate();
      await this.#gone;
      await this.#close('failed', null, refused.message);
    })();
  }

  /** The connection to the server is gone, by our will or not. */
  async #lost(error: Error | null): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#replies.abandon();
    this.#changed();
    this.#tellGone();
    if (this.#closing !== null) return;
    this.#closing = 'failed';
    const said = this.#serverSaid ?? error?.message ?? 'the server closed the connection';
    await this.#endClient({
      code: '08006',
      message: `the connection to the database was lost: ${said}`,
      hint: 'Whether a running statement was committed is not known. Connect again while the grant is live.',
    });
    await this.#close('failed', null, said);
  }

  async #close(reason: SessionClose['reason'], delay: number | null, why = ''): Promise<void> {
    try {
      await this.#parts.log.close({ reason, delay });
    } catch (error) {
      // A log that has failed has been told to everyone who sent something; it records the end when it is opened again.
      if (!(error instanceof Fault)) throw error;
    }
    this.#parts.observer.closed?.(reason, why);
    this.#parts.onClosed();
  }
}

const answering: ReadonlySet<number> = new Set([
  front.query,
  front.functionCall,
  front.sync,
  front.flush,
  front.terminate,
]);

/** Messages that are read whole, with the most that is held of each. */
const held: ReadonlyMap<number, number> = new Map([
  [back.error, 16 * 1024 * 1024],
  [back.notice, 16 * 1024 * 1024],
  [back.commandComplete, 1024],
  [back.readyForQuery, 16],
  [back.parameterStatus, 1024 * 1024],
]);
const known: ReadonlySet<number> = new Set(Object.values(back));

function frame(type: number, body: Buffer): Buffer {
  const head = Buffer.allocUnsafe(5);
  head[0] = type;
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/**
 * Takes our tag out of the server's words, and puts a position that lies behind the user's text to its end: there, the
 * server would have said the same of the text alone. Answers whether something changed.
 */
function untag(fields: Map<string, string>, operation: Operation): boolean {
  let changed = false;
  const tag = tagText(operation.intent);
  for (const [letter, value] of fields) {
    if (!value.includes('/*vitrine:')) continue;
    fields.set(letter, value.replaceAll(tag, '').replaceAll(/\n\/\*vitrine:[\w-]{22}\*\//g, ''));
    changed = true;
  }
  const position = Number(fields.get('P') ?? 0);
  if (position > 0 && operation.text !== null && position > operation.text.length / 2) {
    const end = [...operation.text].length + 1;
    if (position > end) {
      fields.set('P', String(end));
      changed = true;
    }
  }
  return changed;
}

function undo(steps: readonly Step[]): void {
  const expected = steps.flatMap((step): (Expected | null)[] => ('expected' in step ? [step.expected] : []));
  for (const one of expected.reverse()) one?.undo?.();
}

const cancelled: Refused = {
  rule: 'cancelled',
  code: '57014',
  message: 'canceling statement due to user request',
  detail: 'It had not been sent.',
};
const closed: GateRefusal = { code: '57P01', message: 'the connection is closing', hint: 'Connect again.' };

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

const protocolError = (message: string): Refused => ({
  rule: 'protocol_violation',
  code: '08P01',
  message: `protocol violation: ${message}`,
  hint: 'The connection was closed. Connect again.',
});
function defect(error: unknown): Refused {
  console.error(error instanceof Error ? error.stack : error);
  return {
    rule: 'defect',
    code: 'XX000',
    message: 'the relay met a defect of its own',
    detail: 'Nothing more was sent.',
    hint: 'Connect again, and report what you did.',
  };
}
function logRefusal(error: unknown): Refused {
  if (!(error instanceof Fault)) return defect(error);
  return {
    rule: 'log_failed',
    code: '58030',
    message: error.message,
    detail: 'The statement was not sent.',
    hint: error.hint,
  };
}

function fateOf(operation: Operation, result: Result, wasOpen: boolean): string {
  const open = wasOpen && operation.classified?.transaction !== 'commit';
  switch (result) {
    case 'ok':
      if (operation.classified?.transaction === 'commit') return 'It finished: the transaction was committed.';
      if (operation.classified?.writes === false && !open) return 'It finished before the connection was closed.';
      return open
        ? 'It finished, and was rolled back with its transaction.'
        : 'It finished and was committed before the connection was closed.';
    case 'cancelled':
      return 'The server cancelled it; nothing of it was kept.';
    case 'error':
      return `The server refused it (${operation.sqlstate ?? 'no code'}); nothing of it was kept.`;
    case 'not_sent':
      return 'It was not sent.';
    case 'unknown':
      return open
        ? 'The server did not answer in time; its transaction is rolled back.'
        : 'The server did not answer in time: whether it was committed is not known.';
  }
}

function transactionAtEnd(
  running: Operation | null,
  result: Result,
  wasOpen: boolean,
  now: TransactionStatus,
): string | null {
  if (running?.classified?.transaction === 'commit')
    return result === 'ok'
      ? 'The transaction was committed.'
      : result === 'unknown'
        ? 'Whether the transaction was committed is not known.'
        : 'The open transaction was rolled back.';
  return wasOpen || now !== 'idle' ? 'The open transaction was rolled back.' : null;
}
