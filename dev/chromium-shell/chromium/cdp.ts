/**
 * The DevTools protocol over a pair of pipes. Pipes and not a port, because Chromium exits by itself when they close:
 * a killed main process leaves no browser behind.
 */
import type { Readable, Writable } from 'node:stream';
import type { Protocol } from './protocol.ts';

type Command = keyof Protocol.CommandParameters;

interface Reply {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
  sessionId?: string;
}
interface Waiting {
  method: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Cdp {
  readonly #output: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sessions = new Map<string, Session>();
  #lastId = 0;
  #held: Buffer[] = [];
  #closed = false;
  readonly browser: Session;

  constructor(output: Writable, input: Readable) {
    this.#output = output;
    this.browser = this.session('');
    input.on('data', (chunk: Buffer) => this.#read(chunk));
    input.on('close', () => this.#end());
    // A browser that is gone is reported by its exit event; the write error says nothing more.
    output.on('error', () => this.#end());
  }

  /** The session with this id; the empty id is the browser itself. */
  session(id: string): Session {
    let session = this.#sessions.get(id);
    if (!session) {
      session = new Session(this, id);
      this.#sessions.set(id, session);
    }
    return session;
  }

  send(method: string, params: unknown, sessionId: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error(`${method}: the browser is gone`));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#output.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      this.#held.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const text = Buffer.concat(this.#held).toString('utf8');
      this.#held = [];
      // Written by Chromium to its own protocol.
      this.#take(JSON.parse(text) as Reply);
    }
    if (rest.length > 0) this.#held.push(rest);
  }

  #take(message: Reply): void {
    if (message.id === undefined) {
      this.#sessions.get(message.sessionId ?? '')?.deliver(message.method ?? '', message.params);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting?.resolve(message.result);
  }

  #end(): void {
    this.#closed = true;
    for (const { method, reject } of this.#waiting.values()) reject(new Error(`${method}: the browser is gone`));
    this.#waiting.clear();
  }
}

/** One attached target. */
export class Session {
  readonly id: string;
  readonly #cdp: Cdp;
  readonly #listeners = new Map<string, ((params: unknown) => void)[]>();

  constructor(cdp: Cdp, id: string) {
    this.#cdp = cdp;
    this.id = id;
  }

  /** Rejects with the protocol's message, prefixed with the method. */
  send<M extends Command>(method: M, params?: Protocol.CommandParameters[M]): Promise<Protocol.CommandReturnValues[M]> {
    // The protocol's own types describe what Chromium answers.
    return this.#cdp.send(method, params ?? {}, this.id) as Promise<Protocol.CommandReturnValues[M]>;
  }

  on<N extends keyof Protocol.Events>(name: N, listener: (params: Protocol.Events[N]) => void): void {
    const known = this.#listeners.get(name) ?? [];
    // As above.
    known.push(listener as (params: unknown) => void);
    this.#listeners.set(name, known);
  }

  deliver(name: string, params: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(params);
  }
}
