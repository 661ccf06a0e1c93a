/**
 * Catalog queries of the app: what the schema tree and the column headers need. They never keep the user waiting: none
 * begins while a statement of the user waits to be sent. They run on a connection of their own, given back when it is not
 * used; where the role has no second one, they borrow the user's while nothing of the user's runs or is open on it, and
 * are cancelled as soon as something does.
 */
import type { Duplex } from 'node:stream';
import { Fault } from '../../../shared/errors.ts';
import type { Relay } from '../relay/relay.ts';
import { readRow } from './cells.ts';
import { type Answers, ConnectionLost, WireClient } from './wire-client.ts';

type Rows = (string | null)[][];

/** The user's side of the agreement. */
export interface Turns {
  /** A statement of the user waits to be sent: nothing else may begin. */
  waiting(): boolean;
  /**
   * Runs a query on the user's connection. Null: not now; `resume` is called when it may be possible. Answers `false`
   * where the user needed the connection in the middle of it.
   */
  borrow(use: (client: WireClient) => Promise<void>): Promise<boolean> | null;
}

interface Wanted {
  readonly text: string;
  readonly answer: PromiseWithResolvers<Rows>;
}

const MOST_WAITING = 16;
/** An unused connection is given back after this, ms. */
const UNUSED_MS = 30_000;

export class Introspection {
  readonly #relay: Relay;
  readonly #turns: Turns;
  readonly #waiting: Wanted[] = [];
  #borrows: boolean;
  #running = false;
  #ended = false;
  #client: WireClient | null = null;
  #gone: Promise<void> = Promise.resolve();
  #unused: NodeJS.Timeout | null = null;

  constructor(relay: Relay, connections: number, turns: Turns) {
    this.#relay = relay;
    this.#turns = turns;
    this.#borrows = connections < 2;
  }

  /** Rejects with a Fault, or with {@link ConnectionLost}. The same question, asked twice before it is answered, is one. */
  query(text: string): Promise<Rows> {
    const same = this.#waiting.find((wanted) => wanted.text === text);
    if (same !== undefined) return same.answer.promise;
    if (this.#ended || this.#waiting.length >= MOST_WAITING)
      return Promise.reject(
        new Fault('introspection_busy', 'The schema is still being read.', 'Try again in a moment.'),
      );
    const wanted: Wanted = { text, answer: Promise.withResolvers() };
    this.#waiting.push(wanted);
    this.resume();
    return wanted.answer.promise;
  }

  /** Begins the next query, if the user lets it. */
  resume(): void {
    const next = this.#waiting[0];
    if (next === undefined || this.#running || this.#ended || this.#turns.waiting()) return;
    const run = this.#borrows ? this.#borrowed(next) : this.#own(next);
    if (run === null) return;
    this.#running = true;
    void run.then((done) => {
      this.#running = false;
      if (done) this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.resume();
    });
  }

  /** Gives its connection back; resolves when it is gone. */
  async giveBack(): Promise<void> {
    this.#client?.end();
    this.#client = null;
    await this.#gone;
  }

  end(): void {
    this.#ended = true;
    if (this.#unused !== null) clearTimeout(this.#unused);
    this.#client?.end();
    const closed = new Fault('glass_closed', 'The glass is closed.', 'Ask for access again.');
    for (const { answer } of this.#waiting.splice(0)) answer.reject(closed);
  }

  /** True when the question is answered, false when it has to be asked again. */
  async #own({ text, answer }: Wanted): Promise<boolean> {
    try {
      answer.resolve(await ask(await this.#connected(), text));
    } catch (error) {
      if (error instanceof ConnectionLost && error.code === '53300') {
        // Others hold the role's connections: from now on the user's is borrowed.
        this.#borrows = true;
        return false;
      }
      answer.reject(error);
    }
    if (this.#unused !== null) clearTimeout(this.#unused);
    this.#unused = setTimeout(() => {
      if (!this.#running) void this.giveBack();
    }, UNUSED_MS).unref();
    return true;
  }

  #borrowed({ text, answer }: Wanted): Promise<boolean> | null {
    let rows: Promise<Rows> | null = null;
    const lent = this.#turns.borrow(async (client) => {
      rows = ask(client, text);
      await rows.catch(() => undefined);
    });
    if (lent === null) return null;
    return lent.then((undisturbed) => {
      if (!undisturbed || rows === null) return false;
      rows.then(answer.resolve, answer.reject);
      return true;
    });
  }

  async #connected(): Promise<WireClient> {
    if (this.#client?.alive === true) return this.#client;
    const gone = Promise.withResolvers<void>();
    const stream: Duplex = this.#relay.connect('introspection', { observer: { closed: () => gone.resolve() } });
    const client = new WireClient(stream);
    await client.connect();
    this.#gone = gone.promise;
    this.#client = client;
    return client;
  }
}

async function ask(client: WireClient, text: string): Promise<Rows> {
  const rows: Rows = [];
  let failure: Fault | null = null;
  const answers: Answers = {
    fields() {},
    row(body) {
      if (body !== null) rows.push(readRow(body));
    },
    copied() {},
    copyIn() {},
    notice() {},
    complete() {},
    error(fields) {
      failure = new Fault(fields.get('C') ?? 'introspection', fields.get('M') ?? '', fields.get('H') ?? null);
    },
  };
  await client.simple(text, answers);
  if (failure !== null) throw failure;
  return rows;
}
