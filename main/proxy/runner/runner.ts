/**
 * The editor's statements: texts are split by the real parser and run one after the other on one connection of the
 * relay; rows go to encrypted stores and are read in windows. It is a client of the relay like any other and has no way
 * around it. (I1, I8)
 *
 * A plain SELECT is sent through the extended protocol with a row limit of the cap plus one, and its portal is closed in
 * the same message batch: the server stops there, nothing stays open, and an open transaction is not hurt. Everything
 * else is sent as a simple query, because stopping it halfway could leave half of its effects; rows above the cap are
 * then received and dropped. Where the cap in bytes comes first, a SELECT outside a transaction block is cancelled on
 * the server; inside one, where a cancel would fail the transaction, its remaining rows are received and dropped.
 */

import { Fault } from '../../../shared/errors.ts';
import type { Limits, Scope } from '../../../shared/grants.ts';
import type { AppState, CallArgs, CallValue, ResultState, SchemaTable } from '../../../shared/ipc.ts';
import { classify, split } from '../../../shared/sql/index.ts';
import type { NoticeFacts } from '../../audit/index.ts';
import type { Clock } from '../../clock.ts';
import type { Operation, Result } from '../relay/operation.ts';
import type { Relay } from '../relay/relay.ts';
import type { TransactionStatus } from '../wire/messages.ts';
import { type Copied, cellOf, copyOf } from './copy.ts';
import { Introspection } from './introspection.ts';
import { type Caps, LiveResult, type ResultSource, type WholeSink } from './result.ts';
import { schemaQuery, schemaTables } from './schema.ts';
import { Shelf } from './shelf.ts';
import { builtinName } from './types.ts';
import { type Answers, ConnectionLost, WireClient } from './wire-client.ts';

export type ConnectionState = Extract<AppState, { phase: 'live' }>['connection'];
type RunAnswer = CallValue<'runSql'>;

export interface RunnerOptions {
  readonly relay: Relay;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Rows that the person wants kept of a result; the grant's limit counts where it is smaller, or where this is absent. */
  readonly keepRows?: () => number;
  readonly onResult: (result: ResultState) => void;
  readonly onConnection: (state: ConnectionState) => void;
}

export interface Runner {
  /** Throws a Fault when there is nothing to run. */
  run(wanted: CallArgs<'runSql'>[0]): Promise<RunAnswer>;
  /** Asks the server; the result says `cancelled` only when the server has confirmed it. */
  cancel(id: string): Promise<void>;
  /** Throws a Fault for a result that is not there any more. */
  rows(window: CallArgs<'getRows'>[0]): Promise<(string | null)[][]>;
  /** One value; null is SQL NULL. Throws a Fault like `rows`. */
  cell(wanted: CallArgs<'getCell'>[0]): Promise<CallValue<'getCell'>>;
  /** A rectangle of a result as text for the clipboard. Throws a Fault like `rows`, and where it is too much. */
  copy(wanted: CallArgs<'copyRows'>[0]): Promise<Copied>;
  close(id: string): void;
  /** Throws a Fault where the result is not there any more. */
  source(id: string): ResultSource;
  /** Runs a plain SELECT once more, in its turn and as the statement that it is, with all rows into `sink`. */
  stream(id: string, sink: WholeSink): Streaming;
  /** Throws a Fault while nothing can be recorded. */
  assertRecordable(): void;
  /** A record beside the statements; durable, with the outcomes before it, when it resolves. Rejects with a Fault. */
  record(facts: NoticeFacts): Promise<void>;
  schema(scope: Scope): Promise<SchemaTable[]>;
  /** Wipes every result and closes the connections. */
  dispose(): Promise<void>;
}

export interface Streaming {
  /** Null until the statement was recorded. */
  intent(): string | null;
  cancel(): void;
  /** Its last state; never rejects. */
  readonly done: Promise<ResultState>;
}

interface Job {
  readonly results: LiveResult[];
  readonly confirmed: boolean;
}

export function openRunner(options: RunnerOptions): Runner {
  return new StatementRunner(options);
}

class StatementRunner implements Runner {
  readonly #options: RunnerOptions;
  readonly #results = new Shelf();
  readonly #jobs: Job[] = [];
  readonly #typeNames = new Map<string, string>();
  readonly #introspection: Introspection;
  readonly #unsubscribe: () => void;
  #client: WireClient | null = null;
  #connecting: Promise<WireClient> | null = null;
  #state: ConnectionState = { status: 'connecting', backend_pid: null, server_version: null, tx: 'idle' };
  #running = false;
  #current: LiveResult | null = null;
  /** Its rows are more than wanted and it was cancelled for that. */
  #stopped = false;
  #confirmed = false;
  #lastOutcome: { readonly operation: Operation; readonly result: Result } | null = null;
  /** Said with the next result: what was lost with the connection. */
  #lostWords: string | null = null;
  #disposed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#introspection = new Introspection(options.relay);
    this.#unsubscribe = options.relay.log.onState(() => this.#ledger());
    // The window shows the connection before the first statement; a failure is told by the state and by the next run.
    this.#connected().catch(() => {});
  }

  async run({ tab, text, confirmed }: CallArgs<'runSql'>[0]): Promise<RunAnswer> {
    this.#assertOpen();
    const parts = split(text).map(({ start, end }) => ({ offset: start, text: text.slice(start, end) }));
    if (parts.length === 0)
      throw new Fault(
        'nothing_to_run',
        'There is no statement here.',
        'Put the cursor into a statement, or select one.',
      );
    const dangers = parts.flatMap((part) => classify(part.text).dangerous ?? []);
    const [danger] = dangers;
    if (danger !== undefined && !confirmed) {
      const more = dangers.length > 1 ? ` ${dangers.length - 1} more statements of this text are like it.` : '';
      return { kind: 'confirm', title: danger.title, detail: `${danger.detail}${more}`, action: danger.action };
    }
    const now = (): number => this.#options.clock.mono();
    const caps = this.#caps();
    const results = parts.map(
      (part) => new LiveResult({ tab, ...part }, { store: this.#results.store(), caps }, now, this.#options.onResult),
    );
    for (const result of results) {
      this.#results.put(result);
      result.now();
    }
    this.#jobs.push({ results, confirmed });
    void this.#work();
    return { kind: 'started', results: results.map(({ id }) => id) };
  }

  async cancel(id: string): Promise<void> {
    const result = this.#results.get(id);
    if (result !== undefined) await this.#cancel(result);
  }

  async #cancel(result: LiveResult): Promise<void> {
    if (result.ended) return;
    if (result !== this.#current) {
      result.end('not_sent');
      return;
    }
    result.state.status = 'cancelling';
    result.now();
    const { stream } = await this.#connected();
    await this.#options.relay.cancel(stream);
  }

  async rows({ result: id, offset, count }: CallArgs<'getRows'>[0]): Promise<(string | null)[][]> {
    return this.#kept(id).window(offset, count);
  }

  async cell({ result: id, row, column }: CallArgs<'getCell'>[0]): Promise<CallValue<'getCell'>> {
    return cellOf(await this.#kept(id).bodies(row, 1), column);
  }

  copy(wanted: CallArgs<'copyRows'>[0]): Promise<Copied> {
    const result = this.#kept(wanted.result);
    return copyOf(wanted, result.source(), (offset, count) => result.bodies(offset, count));
  }

  source(id: string): ResultSource {
    return this.#kept(id).source();
  }

  stream(id: string, sink: WholeSink): Streaming {
    this.#assertOpen();
    const { tab, text, offset } = this.#kept(id).state;
    const done = Promise.withResolvers<ResultState>();
    const result: LiveResult = new LiveResult(
      { tab, text, offset },
      { store: this.#results.store(), caps: this.#caps(), sink },
      () => this.#options.clock.mono(),
      (state) => {
        if (result.ended) done.resolve(state);
      },
    );
    this.#jobs.push({ results: [result], confirmed: false });
    void this.#work();
    return {
      intent: () => result.state.intent,
      // Where the connection is lost the result says so by itself.
      cancel: () => void this.#cancel(result).catch(() => {}),
      done: done.promise,
    };
  }

  assertRecordable(): void {
    this.#assertOpen();
    const fault = this.#options.relay.log.fault();
    if (fault !== null) throw fault;
  }

  async record(facts: NoticeFacts): Promise<void> {
    this.#assertOpen();
    const { stream } = await this.#connected();
    await this.#options.relay.record(stream, facts);
  }

  close(id: string): void {
    const result = this.#results.get(id);
    if (result === undefined) return;
    if (!result.ended) void this.cancel(id).catch(() => {});
    this.#results.remove(id);
  }

  async schema(scope: Scope): Promise<SchemaTable[]> {
    this.#assertOpen();
    return schemaTables(await this.#introspection.query(schemaQuery(scope)));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#unsubscribe();
    this.#results.wipe();
    this.#client?.end();
    this.#introspection.end();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new Fault('glass_closed', 'The glass is closed.', 'Ask for access again.');
  }

  #kept(id: string): LiveResult {
    const result = this.#results.touch(id);
    if (result === undefined)
      throw new Fault('result_gone', 'This result is not kept any more.', 'Run the statement again.');
    return result;
  }

  #caps(): Caps {
    const { limits, keepRows } = this.#options;
    const own = keepRows?.() ?? limits.max_rows;
    const rows = Math.min(own, limits.max_rows);
    return { rows, rowsBy: own < limits.max_rows ? 'own_rows' : 'grant_rows', bytes: limits.max_bytes };
  }

  // ---- the connection

  #connected(): Promise<WireClient> {
    if (this.#client?.alive === true) return Promise.resolve(this.#client);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(): Promise<WireClient> {
    const { relay } = this.#options;
    this.#put({ status: 'connecting', backend_pid: null, server_version: null, tx: 'idle' });
    const stream = relay.connect('user', {
      observer: {
        opened: ({ pid, serverVersion }) =>
          this.#put({ status: 'connected', backend_pid: pid, server_version: serverVersion, tx: 'idle' }),
        sent: (operation) => this.#sent(operation, stream),
        settled: (operation, result) => this.#settled(operation, result),
        status: (tx) => this.#transaction(tx),
        closed: (_reason, why) => this.#closed(why),
      },
    });
    const client = new WireClient(stream);
    await client.connect(() => {});
    this.#client = client;
    return client;
  }

  #put(state: ConnectionState): void {
    this.#state = state;
    if (!this.#disposed) this.#options.onConnection(state);
  }

  #transaction(tx: TransactionStatus): void {
    if (tx !== this.#state.tx) this.#put({ ...this.#state, tx });
  }

  #closed(_why: string): void {
    const open = this.#state.tx !== 'idle';
    this.#put({ ...this.#state, status: 'lost', tx: 'idle' });
    // The grant has ended: its rows end with it.
    if (this.#options.relay.refusal() !== null) this.#results.wipe();
    else
      this.#lostWords = `The connection was lost${open ? ', and the open transaction was rolled back' : ''}. This ran on a new one.`;
  }

  // ---- statements

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await this.#runJob(job);
    } finally {
      this.#running = false;
    }
  }

  /** Stops at the first statement that does not end well. */
  async #runJob({ results, confirmed }: Job): Promise<void> {
    let stopped = false;
    for (const result of results) {
      if (result.ended) {
        stopped = true;
        continue;
      }
      if (stopped) {
        result.end('not_sent');
        continue;
      }
      this.#current = result;
      this.#confirmed = confirmed;
      try {
        await this.#runOne(result);
      } catch (error) {
        lost(result, error);
      }
      this.#current = null;
      stopped = result.state.status !== 'done';
    }
  }

  async #runOne(result: LiveResult): Promise<void> {
    result.state.status = 'recording';
    result.now();
    const client = await this.#connected();
    if (this.#lostWords !== null) result.state.notices = [this.#lostWords];
    this.#lostWords = null;
    this.#stopped = false;
    this.#lastOutcome = null;
    const { text } = result.state;
    const classified = classify(text);
    const plain = classified.kind === 'select' && !classified.writes;
    // Once more is once more, for whatever it does besides answering.
    result.state.repeatable = plain && classified.effects.length === 0 && classified.settings.length === 0;
    const answers = this.#answers(result, client, plain);
    const tx = plain ? await client.limited(text, result.limit, answers) : await client.simple(text, answers);
    this.#transaction(tx);
    result.end(this.#endOf(result));
  }

  #endOf(result: LiveResult): ResultState['status'] {
    const { error } = result.state;
    if (error === null) return 'done';
    if (this.#stopped && error.code === '57014') {
      // It was cancelled because enough had come: that is how the cap ends it, not an error of the user.
      result.state.error = null;
      return 'done';
    }
    const outcome = this.#lastOutcome?.result;
    if (outcome === 'cancelled') return 'cancelled';
    // Refused by the relay: nothing of it has left this machine.
    if (outcome === undefined && error.code === '57014') return 'cancelled';
    return 'error';
  }

  #answers(result: LiveResult, client: WireClient, plain: boolean): Answers {
    const { state } = result;
    const keep = (row: Buffer | null): void => {
      if (!result.row(row)) this.#enough(result, client, plain);
      if (result.sink.full) client.hold(result.sink.drained());
    };
    return {
      fields: (fields) => {
        result.describe(fields);
        this.#nameTypes(result);
        result.soon();
      },
      row: keep,
      copied: (bytes) => {
        if (state.columns.length === 0) result.describe([{ name: 'copy', type: 25, modifier: -1 }]);
        keep(asRow(bytes));
      },
      copyIn: () => {},
      notice: (fields) => result.notice(fields),
      complete: (tag, limited) => {
        if (tag !== null) state.tag = tag;
        if (limited) result.limited();
      },
      error: (fields) => result.failed(fields),
    };
  }

  #enough(result: LiveResult, client: WireClient, plain: boolean): void {
    // The limit of rows ends a plain SELECT by itself; this is about bytes and room.
    if (this.#stopped || !plain || this.#state.tx !== 'idle' || result.state.cap === result.caps.rowsBy) return;
    this.#stopped = true;
    this.#options.relay.cancel(client.stream).catch(() => {});
  }

  // ---- what the relay says

  #sent(operation: Operation, stream: WireClient['stream']): void {
    const result = this.#current;
    if (result === null || operation.op === 'parse') return;
    result.state.intent = operation.intent;
    result.state.waited_ms = result.since();
    if (result.state.status === 'recording') result.state.status = 'running';
    result.now();
    const danger = operation.classified?.dangerous ?? null;
    if (this.#confirmed && danger !== null)
      this.#options.relay.notice(stream, {
        kind: 'confirmed',
        of: operation.intent,
        code: danger.code,
        fp: operation.classified?.fp ?? null,
        norm: operation.classified?.norm ?? null,
        rows: null,
        bytes: null,
      });
  }

  #settled(operation: Operation, result: Result): void {
    if (operation.op === 'parse') return;
    this.#lastOutcome = { operation, result };
  }

  /** Receipts came: results whose intent is now known to be in the ledger say where. */
  #ledger(): void {
    for (const result of this.#results.values()) {
      const { intent, ledger_index: known } = result.state;
      if (intent === null || known !== null) continue;
      const index = this.#options.relay.log.indexOf(intent);
      if (index === null) continue;
      result.state.ledger_index = index;
      result.soon();
    }
  }

  /** Types that are not built in are asked for beside the user's statement; the header is corrected when it comes. */
  #nameTypes(result: LiveResult): void {
    const unknown = new Map<string, readonly [number, number]>();
    for (const { type, modifier } of result.fields) {
      const key = `${type}:${modifier}`;
      if (builtinName(type, modifier) !== null) continue;
      const known = this.#typeNames.get(key);
      if (known === undefined) unknown.set(key, [type, modifier]);
      else result.named(type, modifier, known);
    }
    if (unknown.size === 0) return;
    const values = [...unknown.values()].map(([type, modifier]) => `(${type}::oid, ${modifier})`).join(', ');
    this.#introspection
      .query(`select t, m, pg_catalog.format_type(t, m) from (values ${values}) v(t, m)`)
      .then((rows) => {
        for (const [type, modifier, name] of rows) {
          if (name === undefined || name === null) continue;
          this.#typeNames.set(`${type}:${modifier}`, name);
          result.named(Number(type), Number(modifier), name);
        }
      })
      // Only the name in the header is missing then; the number of the type stands there.
      .catch(() => {});
  }
}

function lost(result: LiveResult, error: unknown): void {
  const sent = result.state.intent !== null;
  const told = error instanceof ConnectionLost || error instanceof Fault ? error : null;
  if (told === null) throw error;
  result.state.error = {
    code: told.code,
    message: told.message,
    detail: sent ? 'Whether the statement was committed is not known.' : 'The statement was not sent.',
    hint: told.hint,
    position: null,
  };
  result.end(sent ? 'unknown' : 'not_sent');
}

/** A line of COPY as a row of one column. */
function asRow(bytes: Buffer): Buffer {
  const line = bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
  const head = Buffer.alloc(6);
  head.writeUInt16BE(1, 0);
  head.writeUInt32BE(line.length, 2);
  return Buffer.concat([head, line]);
}
