/**
 * From the client to the server: messages are planned, permitted in batches, and sent one after the other, each against
 * its permit. What may not go is answered here. (I2, I3, I6)
 */
import { parserReady } from '../../../shared/sql/index.ts';
import type { Permit } from '../../audit/index.ts';
import type { GateRefusal } from '../gate.ts';
import type { Statement } from '../upstream.ts';
import { WireError } from '../wire/frames.ts';
import { front } from '../wire/messages.ts';
import { Inbox, type Item } from './inbox.ts';
import type { Refused } from './judge.ts';
import type { Line } from './line.ts';
import type { Operation } from './operation.ts';
import { fresh, type PlanContext, type PlanState, plan, type Step } from './plan.ts';
import type { Expected } from './replies.ts';
import { cancelled, closing, defect, logRefusal, protocolError } from './words.ts';

/** Most statements that share one sync of the log. */
const MAX_BATCH = 256;
/** Messages without a Sync or Flush are held for so many bytes at most. */
const HOLD_BYTES = 1024 * 1024;
const answering: ReadonlySet<number> = new Set([
  front.query,
  front.functionCall,
  front.sync,
  front.flush,
  front.terminate,
]);

export class Requests {
  readonly #line: Line;
  readonly #inbox = new Inbox();
  #state: PlanState = fresh(0);
  /** Bytes of a COPY message that nobody expects: read and forgotten, as the server does. */
  #copyDropped = false;
  #pumping = false;
  /** The server is being heard: what the client answers to that waits until all of it is known. */
  hearing = false;

  constructor(line: Line) {
    this.#line = line;
  }

  /** Bytes of the client. */
  push(chunk: Buffer): void {
    this.#inbox.push(chunk);
    if (this.#inbox.full) this.#line.parts.client.pause();
    this.#line.changed();
    this.pump();
  }

  /** Works off what has come, as far as that is possible now. */
  pump(): void {
    if (!this.#pumping && !this.hearing && this.#inbox.length > 0) void this.#pump();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      while (!this.#line.ended && this.#line.closing === null) {
        if (this.#line.cancelling !== null || this.#line.parts.upstream.full) {
          await this.#line.change();
          continue;
        }
        const item = this.#inbox.at(0);
        if (item === undefined) break;
        // Data sent ahead of the server's word that it wants them: that word decides what becomes of them.
        if (item.kind === 'copy' && this.#line.copyIn === null && this.#line.barrier !== null)
          await this.#line.change();
        else if (item.kind === 'copy' || item.kind === 'copy-bytes') this.#copyItem();
        else if (item.kind === 'broken') this.#line.fatal(protocolError(item.error.message));
        else if (this.#line.copyIn !== null) this.#duringCopy(item);
        else if (this.#line.barrier !== null) await this.#line.change();
        // Not behind an await: what arrives in between would wake nobody.
        else if (!this.#complete()) break;
        else await this.#batch();
        this.#refill();
      }
    } catch (error) {
      if (error instanceof WireError) this.#line.fatal(protocolError(error.message));
      else this.#line.fatal(defect(error));
    } finally {
      this.#pumping = false;
    }
  }

  #refill(): void {
    const { client } = this.#line.parts;
    if (!this.#inbox.full && client.isPaused()) client.resume();
  }

  /** CopyData, CopyDone, CopyFail: to the server while a COPY is open, else forgotten, as the server itself does. */
  #copyItem(): void {
    const item = this.#inbox.take();
    if (item === undefined) return;
    const { upstream } = this.#line.parts;
    let refusal: GateRefusal | null = null;
    if (item.kind === 'copy') {
      const copy = this.#line.copyIn;
      this.#copyDropped = copy === null;
      if (copy === null) return;
      if (item.type === front.copyData) copy.bytes += item.length;
      else {
        this.#line.copyIn = null;
        // A text of several statements may come to another COPY; its end is told by ReadyForQuery.
        if (copy.op !== 'query') this.#line.barrier = null;
      }
      refusal = upstream.copyHeader(item.type, item.length);
    } else if (item.kind === 'copy-bytes' && !this.#copyDropped) refusal = upstream.copyBody(item.bytes);
    if (refusal !== null) this.#line.fatal({ rule: 'after_deadline', ...refusal });
  }

  /** Sync and Flush mean nothing to a server that reads COPY data; anything else breaks the protocol. */
  #duringCopy(item: Item): void {
    if (item.kind === 'message' && (item.type === front.sync || item.type === front.flush)) this.#inbox.take();
    else if (item.kind === 'message' && item.type === front.terminate) this.#line.left();
    else this.#line.fatal(protocolError('a statement came in the middle of COPY data'));
  }

  /** Plans, permits and sends what can go together. */
  async #batch(): Promise<void> {
    await parserReady();
    if (this.#line.closing !== null) return;
    const items: Extract<Item, { kind: 'message' | 'oversized' }>[] = [];
    const steps: { step: Step; before: PlanState; item: number }[] = [];
    const before = this.#current();
    this.#state = before;
    const refuse = this.#refusal();
    let context = this.#context(refuse, this.#line.replies.idle);
    while (items.length < MAX_BATCH) {
      const item = this.#inbox.at(0);
      if (item === undefined || (item.kind !== 'message' && item.kind !== 'oversized')) break;
      if (items.length > 0 && !this.#complete()) break;
      const state = this.#state;
      if (item.kind === 'message' && !state.skipping && this.#line.unsettled.waits(item, state.cycle)) break;
      this.#inbox.take();
      items.push(item);
      const { step, state: next } = plan(item, state, context);
      this.#state = next;
      if (step !== null) steps.push({ step, before: state, item: items.length - 1 });
      if (steps.length === 1 && context.settled) context = { ...context, settled: false };
      if (item.kind === 'message' && (step?.do === 'send' || step?.do === 'control'))
        this.#line.unsettled.planned(item, state.cycle, executedBy(step));
      if (step !== null && (step.do === 'fatal' || step.do === 'terminate' || (step.do === 'send' && step.mayCopyIn)))
        break;
    }
    if (items.length === 0) {
      await this.#line.change();
      return;
    }
    const wanted = steps.flatMap(({ step }) => (step.do === 'send' ? [step.facts] : []));
    let permits: Permit[] = [];
    if (wanted.length > 0) {
      this.#line.permitting = true;
      try {
        permits = await this.#line.parts.log.permitAll(wanted);
      } catch (error) {
        undo(steps.map(({ step }) => step));
        this.#state = before;
        this.#replan(items, { refused: logRefusal(error), closed: true });
        return;
      } finally {
        this.#line.permitting = false;
      }
      // Something before it has failed meanwhile: the server would throw it away, so it is planned once more, as skipped.
      if (this.#line.replies.skipping && !before.skipping) {
        for (const permit of permits) this.#notSent(permit);
        undo(steps.map(({ step }) => step));
        this.#state = before;
        this.#inbox.giveBack(items);
        this.#line.cancelWaiting = false;
        return;
      }
    }
    this.#line.parts.upstream.together(() => this.#execute(items, steps, permits));
    this.#line.cancelWaiting = false;
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

  /** Where the next message meets the plan: what the server skips is not sent, but its Sync is. */
  #current(): PlanState {
    return this.#line.replies.skipping ? { ...this.#state, skipping: true, sent: true } : this.#state;
  }

  #context(refuse: PlanContext['refuse'], settled: boolean): PlanContext {
    const { reading, origin } = this.#line;
    return {
      names: this.#line.names,
      rules: this.#line.parts.rules(),
      origin,
      reading,
      status: this.#line.replies.status,
      settled,
      refuse,
    };
  }

  #refusal(): { refused: Refused; closed: boolean } | null {
    const refusal = this.#line.parts.upstream.refusal();
    return refusal === null ? null : { refused: { rule: 'after_deadline', ...refusal }, closed: true };
  }

  /** The same messages again, with every statement refused. */
  #replan(
    items: readonly Extract<Item, { kind: 'message' | 'oversized' }>[],
    refuse: { refused: Refused; closed: boolean },
  ): void {
    this.#state = this.#current();
    for (const item of items) {
      const planned = plan(item, this.#state, this.#context(refuse, false));
      this.#state = planned.state;
      if (planned.step !== null && !this.#small(planned.step)) return;
    }
  }

  #execute(
    items: readonly Extract<Item, { kind: 'message' | 'oversized' }>[],
    steps: readonly { readonly step: Step; readonly before: PlanState; readonly item: number }[],
    permits: readonly Permit[],
  ): void {
    const { upstream, log } = this.#line.parts;
    let used = 0;
    for (const [i, { step, before, item }] of steps.entries()) {
      let refused: Refused | null = null;
      if (step.do === 'send') {
        const permit = permits[used];
        if (permit === undefined) throw new Error('a statement without a permit');
        refused = this.#line.cancelWaiting ? cancelled : this.#trySend(permit, step.statement);
        if (refused === null) {
          used++;
          step.operation.start = log.elapsed();
          if (step.mayCopyIn) this.#line.barrier = step.operation;
          this.#line.replies.push(step.expected);
          this.#line.parts.observer.sent?.(step.operation);
          continue;
        }
      } else if (step.do === 'control') {
        const refusal = upstream.control(step.type, step.body);
        if (refusal === null) {
          if (step.expected !== null) this.#line.replies.push(step.expected);
          continue;
        }
        refused = { rule: 'after_deadline', ...refusal };
      } else {
        if (!this.#small(step)) return;
        continue;
      }
      // The gate closed, or the log failed, between the permit and the socket.
      for (const permit of permits.slice(used)) this.#notSent(permit);
      undo(steps.slice(i).map((later) => later.step));
      this.#state = before;
      this.#replan(items.slice(item), { refused, closed: refused !== cancelled });
      return;
    }
  }

  /** The write itself: why it was refused, or null when the statement is on its way. */
  #trySend(permit: Permit, statement: Statement): Refused | null {
    const { upstream } = this.#line.parts;
    try {
      const refusal = this.#line.closing === null ? upstream.send(permit, statement) : (upstream.refusal() ?? closing);
      return refusal === null ? null : { rule: 'after_deadline', ...refusal };
    } catch (error) {
      return logRefusal(error);
    }
  }

  #notSent(permit: Permit): void {
    this.#line.record(() =>
      this.#line.parts.log.outcome({
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
    const { upstream } = this.#line.parts;
    switch (step.do) {
      case 'local':
        if (step.refused !== null) this.#line.refusedNotice(step.refused, step.about);
        this.#line.replies.push(step.expected);
        if (step.flush === true) upstream.control(front.flush, Buffer.alloc(0));
        return true;
      case 'abort': {
        this.#line.refusedNotice(step.refused, step.about);
        const refusal = upstream.control(front.describe, step.body);
        if (refusal === null) {
          this.#line.replies.push(step.expected);
          return true;
        }
        this.#line.fatal({ rule: 'after_deadline', ...refusal });
        return false;
      }
      case 'control': {
        const refusal = upstream.control(step.type, step.body);
        if (refusal === null && step.expected !== null) this.#line.replies.push(step.expected);
        return true;
      }
      case 'fatal':
        this.#line.fatal(step.refused);
        return false;
      case 'terminate':
        this.#line.left();
        return false;
      case 'send':
        throw new Error('a statement without a permit');
    }
  }
}

/** A Parse only names its text. */
const executedBy = (step: Step): Operation['classified'] =>
  step.do === 'send' && step.operation.op !== 'parse' ? step.operation.classified : null;

function undo(steps: readonly Step[]): void {
  const expected = steps.flatMap((step): (Expected | null)[] => ('expected' in step ? [step.expected] : []));
  for (const one of expected.reverse()) one?.undo?.();
}
