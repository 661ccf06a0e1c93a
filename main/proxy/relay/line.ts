/**
 * One connection between a client and a backend: what both directions and the endings of it share. `requests.ts` reads
 * the client, `answers.ts` the server, `session.ts` begins and ends it.
 */
import type { Duplex } from 'node:stream';
import type { Intent, SessionClose } from '../../../shared/audit/records.ts';
import { Fault } from '../../../shared/errors.ts';
import type { SessionLog } from '../../audit/index.ts';
import type { Upstream } from '../upstream.ts';
import type { Refusal, TransactionStatus } from '../wire/messages.ts';
import type { Refused, Rules } from './judge.ts';
import { Names } from './names.ts';
import type { Operation, Result } from './operation.ts';
import { Replies } from './replies.ts';
import { Unsettled } from './unsettled.ts';

/** What the app's own runner and the local port want to know; every call is made synchronously, in order. */
export interface SessionObserver {
  opened?(facts: { readonly pid: number; readonly serverVersion: string | null }): void;
  sent?(operation: Operation): void;
  settled?(operation: Operation, result: Result): void;
  status?(status: TransactionStatus): void;
  /** Not sent: the gate, the log or the rules said no, and the client has been told the same. */
  refused?(refused: Refused): void;
  /** A setting that the server reports has changed. */
  parameter?(name: string, value: string): void;
  /** It could not be opened, and is told these words; `closed` follows. Not called where the client has left by itself. */
  turnedAway?(words: Refusal): void;
  /** Once, also when it could not be opened. */
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

/** Gathered for one write at most. */
const GATHER_BYTES = 128 * 1024;
/** Up to here one copy is cheaper than a write of several parts. */
const COPY_BYTES = 8 * 1024;
/** Above this many bytes that the client has not read, the server is not read either. */
const UNREAD_BYTES = 256 * 1024;

export class Line {
  readonly parts: SessionParts;
  readonly names = new Names();
  readonly unsettled = new Unsettled(this.names);
  readonly replies: Replies;
  /** Whose statements these are, as the record says. */
  origin: Intent['origin'];
  /** Settings that decide how the server reads a text, and whether it holds a session to reading. */
  readonly reading: { clientEncoding: string; standardStrings: boolean; readOnly: boolean };
  /** Set while an operation that may start COPY IN has not answered yet. */
  barrier: Operation | null = null;
  copyIn: Operation | null = null;
  /** A cancel request is on its way: nothing is sent meanwhile. */
  cancelling: Promise<void> | null = null;
  /** A batch waits for its permits; whether its statements are to be dropped. */
  permitting = false;
  cancelWaiting = false;
  /** The message of the server that is passing is the last one that goes to the client. */
  lastMessage = false;
  /** Nothing more goes to the client. */
  muted = false;
  /** Set once, by whoever ends the connection first. */
  closing: SessionClose['reason'] | null = null;
  /** The connection to the server is gone. */
  ended = false;
  /** The server's last words, when it ended the connection. */
  serverSaid: string | null = null;
  /** What became of the operations that were open when the end began. */
  readonly lastResults = new Map<string, Result>();
  /** The end of the connection by a defect, and by the client's goodbye; `session.ts` knows how. */
  readonly fatal: (refused: Refused) => void;
  readonly left: () => void;
  #full = false;
  #wake: (() => void) | null = null;
  /** What the client is to be told, while the server is heard; written together. */
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #gathering = false;
  #soon: NodeJS.Immediate | null = null;

  constructor(parts: SessionParts, endings: { fatal: (refused: Refused) => void; left: () => void }) {
    this.parts = parts;
    this.origin = parts.origin;
    this.fatal = endings.fatal;
    this.left = endings.left;
    const { parameters } = parts.upstream.facts;
    this.reading = {
      clientEncoding: parameters.get('client_encoding') ?? 'UTF8',
      standardStrings: parameters.get('standard_conforming_strings') !== 'off',
      readOnly: parameters.get('default_transaction_read_only') !== 'off',
    };
    this.replies = new Replies({
      settled: (operation, result) => this.#settled(operation, result),
      local: (bytes) => this.toClient(bytes),
      over: (cycle) => this.unsettled.settled(cycle),
      ready: (status, cycle) => {
        if (status === 'idle') this.names.closePortals(cycle);
        parts.observer.status?.(status);
      },
    });
  }

  /** Something that somebody may wait for has changed. */
  changed(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
  change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = (): void => {
        before?.();
        resolve();
      };
    });
  }

  toClient(bytes: Buffer): void {
    if (this.muted || bytes.length === 0) return;
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (!this.#gathering || this.#gatheredBytes >= GATHER_BYTES) this.flush();
  }

  /**
   * Runs `hear`, and writes what it says to the client in one piece: at once where the server has said all that it owes,
   * else together with what else has arrived in this turn of the event loop.
   */
  gather(hear: () => void): void {
    this.#gathering = true;
    try {
      hear();
    } finally {
      this.#gathering = false;
    }
    if (this.replies.idle || this.closing !== null) this.flush();
    else if (this.#gathered.length > 0) this.#soon ??= setImmediate(() => this.flush());
  }

  /** Writes what was gathered. Pauses the server while the client has too much to read. */
  flush(): void {
    if (this.#soon !== null) clearImmediate(this.#soon);
    this.#soon = null;
    const parts = this.#gathered;
    if (parts.length === 0) return;
    const { client, upstream } = this.parts;
    const bytes = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (!client.writable) return;
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) client.write(only);
    else if (bytes <= COPY_BYTES) client.write(Buffer.concat(parts, bytes));
    else {
      client.cork();
      for (const part of parts) client.write(part);
      client.uncork();
    }
    // Only where a `drain` will tell that it has been read.
    if (client.writableNeedDrain && client.writableLength > UNREAD_BYTES && this.closing === null) {
      this.#full = true;
      upstream.pause();
    }
  }

  /** The client has read what was waiting for it. */
  drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.parts.upstream.resume();
  }

  refusedNotice(refused: Refused, about: { fp: string | null; norm: string | null } | null): void {
    const { rule } = refused;
    this.parts.observer.refused?.(refused);
    this.record(() =>
      this.parts.log.notice({
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
  record(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }

  #settled(operation: Operation, result: Result): void {
    const { log, observer } = this.parts;
    // Whatever became of it, it asks for no COPY data any more; an error before it in its cycle ends it too.
    if (this.barrier === operation) this.barrier = null;
    if (this.closing !== null) this.lastResults.set(operation.intent, result);
    this.record(() => log.outcome(operation.outcome(result, log.elapsed())));
    observer.settled?.(operation, result);
  }
}
