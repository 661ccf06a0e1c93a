/**
 * One client, one backend connection, one audit session: its beginning and its ends. After {@link Session.cut} nothing
 * more is sent, whatever happens. (I1, I3, I6)
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Intent, SessionClose } from '../../../shared/audit/records.ts';
import { Fault } from '../../../shared/errors.ts';
import type { SessionLog } from '../../audit/index.ts';
import type { GateRefusal } from '../gate.ts';
import { errorResponse, type Refusal } from '../wire/messages.ts';
import { Answers } from './answers.ts';
import { farewell, PATIENCE_MS } from './farewell.ts';
import type { Refused } from './judge.ts';
import { Line, type SessionParts } from './line.ts';
import { Requests } from './requests.ts';
import { fateOf, transactionAtEnd } from './words.ts';

/** How long the outcome of a running statement is waited for after the cut. */
const OUTCOME_MS = 1000;
/** Pauses after which a cancel request is made again while what it is about still runs. */
const CANCEL_AGAIN_MS: readonly number[] = [250, 250, 250, 250, 1000, 2000, 4000];

export interface SessionCut {
  readonly statement: { readonly text: string; readonly outcome: string } | null;
  readonly transaction: string | null;
  readonly clientMs: number;
}

export class Session {
  readonly #line: Line;
  readonly #requests: Requests;
  readonly #answers: Answers;
  readonly #gone: Promise<void>;
  #tellGone: () => void = () => {};
  #closed: Promise<void> | null = null;

  constructor(parts: SessionParts) {
    this.#line = new Line(parts, { fatal: (refused) => this.#fatal(refused), left: () => this.#left() });
    this.#requests = new Requests(this.#line);
    this.#answers = new Answers(this.#line);
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
  }

  get origin(): Intent['origin'] {
    return this.#line.origin;
  }
  /** For the statements that come from now on. */
  attribute(origin: Intent['origin']): void {
    this.#line.origin = origin;
  }
  /** The server holds it to reading, as it says itself. */
  get readOnly(): boolean {
    return this.#line.reading.readOnly;
  }
  get log(): SessionLog {
    return this.#line.parts.log;
  }

  start(): void {
    const { client, upstream } = this.#line.parts;
    upstream.listen({
      data: (chunk) => this.#hear(chunk),
      drain: () => this.#line.changed(),
      closed: (error) => void this.#lost(error),
    });
    client.on('data', (chunk: Buffer) => this.#requests.push(chunk));
    client.on('drain', () => this.#line.drained());
    client.on('error', () => client.destroy());
    client.on('end', () => this.#left());
    client.on('close', () => this.#left());
    client.resume();
  }

  #hear(chunk: Buffer): void {
    // A client in memory answers at once, in the middle of this; it is heard when all that the chunk says is known.
    this.#requests.hearing = true;
    try {
      this.#line.gather(() => this.#answers.push(chunk));
    } finally {
      this.#requests.hearing = false;
    }
    this.#line.changed();
    this.#requests.pump();
  }

  /** Asks the server to cancel what runs now; resolves when the server has taken the request. */
  async cancel(): Promise<void> {
    if (this.#line.ended) return;
    // What still waits for its permit is not sent at all.
    this.#line.cancelWaiting = this.#line.permitting;
    const open = this.#line.replies.operations();
    if (open.length === 0) return;
    for (const operation of open) operation.cancelAsked = true;
    this.#tries = 0;
    void this.#insist();
    await this.#askServer();
  }

  async #askServer(): Promise<void> {
    // Nothing is sent until the server has taken the request: a late one would cancel the next statement.
    this.#line.cancelling ??= this.#line.parts.cancel().finally(() => {
      this.#line.cancelling = null;
      this.#line.changed();
    });
    await this.#line.cancelling;
  }

  /** A request that comes to a busy server before the statement does is taken and means nothing: it is made again. */
  async #insist(): Promise<void> {
    if (this.#insisting) return;
    this.#insisting = true;
    const asked = (): boolean => this.#line.replies.operations().some(({ cancelAsked }) => cancelAsked);
    for (let pause = CANCEL_AGAIN_MS[0]; pause !== undefined; pause = CANCEL_AGAIN_MS[++this.#tries]) {
      await sleep(pause, undefined, { ref: false });
      if (this.#line.ended || !asked()) break;
      // Whoever asked first has heard of a target that cannot be reached; the next try may reach it.
      await this.#askServer().catch(() => {});
    }
    this.#insisting = false;
  }
  #insisting = false;
  #tries = 0;

  /**
   * Ends this connection from our side. The client hears FATAL 57P01 with the reason at once; the server gets a cancel
   * for what runs and up to a second to say what became of it.
   */
  async cut(reason: SessionClose['reason'], refusal: GateRefusal): Promise<SessionCut> {
    const began = this.#line.parts.mono();
    const { upstream, mono } = this.#line.parts;
    upstream.latch(refusal);
    this.#line.closing ??= reason;
    const running = this.#line.replies.running();
    const open = this.#line.replies.status !== 'idle';
    this.#line.changed();
    if (running !== null && running.start !== null) this.cancel().catch(() => {});
    const clientGone = this.#endClient({ ...refusal, code: '57P01' });
    const outcome = this.#outcomeWithin(OUTCOME_MS);
    await clientGone;
    const clientMs = mono() - began;
    await outcome;
    // A connection that is not idle may still commit; what it does is unknown, and it must not go on.
    if (this.#line.replies.idle) upstream.terminate();
    else upstream.destroy();
    await this.#gone;
    await this.#close(reason, reason === 'expired' ? mono() - began : null);
    const result = this.#line.lastResults.get(running?.intent ?? '') ?? 'unknown';
    return {
      statement:
        running === null || running.start === null
          ? null
          : { text: running.text ?? '', outcome: fateOf(running, result, open) },
      transaction: transactionAtEnd(running, result, open, this.#line.replies.status),
      clientMs,
    };
  }

  /** Tells the client why and closes it; resolves when its stream is closed. */
  async #endClient(refusal: Refusal): Promise<void> {
    const { client, upstream, mono } = this.#line.parts;
    const until = mono() + PATIENCE_MS;
    const hears = !this.#line.muted && this.#line.serverSaid === null;
    // Our words cannot stand in the middle of a message of the server: its rest is let through, and nothing behind it.
    this.#line.lastMessage = true;
    upstream.resume();
    while (this.#answers.midMessage && !this.#line.ended && mono() < until) await tick();
    this.#line.flush();
    const words = hears && !this.#answers.midMessage ? errorResponse('FATAL', refusal) : null;
    this.#line.muted = true;
    await farewell(client, words, until - mono());
  }

  async #outcomeWithin(ms: number): Promise<void> {
    const until = this.#line.parts.mono() + ms;
    const timer = setTimeout(() => this.#line.changed(), ms + 1);
    while (!this.#line.ended && this.#line.replies.running() !== null && this.#line.parts.mono() < until)
      await this.#line.change();
    clearTimeout(timer);
  }

  /** The client said goodbye, or is gone. */
  #left(): void {
    if (this.#line.closing !== null || this.#line.ended) return;
    this.#line.closing = 'disconnected';
    this.#line.changed();
    void this.#leave();
  }

  async #leave(): Promise<void> {
    const { upstream, client } = this.#line.parts;
    this.#line.muted = true;
    upstream.resume();
    if (this.#line.replies.running() !== null) {
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
    if (this.#line.closing !== null || this.#line.ended) return;
    this.#line.closing = 'failed';
    this.#line.refusedNotice(refused, null);
    void (async () => {
      const running = this.#line.replies.running();
      if (running !== null) this.cancel().catch(() => {});
      await this.#endClient(refused);
      await this.#outcomeWithin(OUTCOME_MS);
      this.#line.parts.upstream.terminate();
      await this.#gone;
      await this.#close('failed', null, refused.message);
    })();
  }

  /** The connection to the server is gone, by our will or not. */
  async #lost(error: Error | null): Promise<void> {
    if (this.#line.ended) return;
    this.#line.ended = true;
    this.#line.replies.abandon();
    this.#line.changed();
    this.#tellGone();
    if (this.#line.closing !== null) return;
    this.#line.closing = 'failed';
    const said = this.#line.serverSaid ?? error?.message ?? 'the server closed the connection';
    await this.#endClient({
      code: '08006',
      message: `the connection to the database was lost: ${said}`,
      hint: 'Whether a running statement was committed is not known. Connect again while the grant is live.',
    });
    await this.#close('failed', null, said);
  }

  /** Two endings may meet, a client's goodbye and the cut: the first one is recorded and told. */
  #close(reason: SessionClose['reason'], delay: number | null, why = ''): Promise<void> {
    const first = this.#line.closing ?? reason;
    this.#closed ??= this.#end(first, first === reason ? delay : null, why);
    return this.#closed;
  }

  async #end(reason: SessionClose['reason'], delay: number | null, why: string): Promise<void> {
    try {
      await this.#line.parts.log.close({ reason, delay });
    } catch (error) {
      // A log that has failed has been told to everyone who sent something; it records the end when it is opened again.
      if (!(error instanceof Fault)) throw error;
    }
    this.#line.parts.observer.closed?.(reason, why);
    this.#line.parts.onClosed();
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
