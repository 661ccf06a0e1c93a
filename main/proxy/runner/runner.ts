/**
 * The editor's statements: texts are split by the real parser and run one after the other on one connection of the
 * relay; rows go to encrypted stores and are read in windows. It is a client of the relay like any other and has no way
 * around it. (I1, I8)
 *
 *   contract      what the rest of main may ask of it; kept what is asked of results that are there
 *   script        a text, read; preflight what is refused or asked before anything of it is sent; queue one by one
 *   execution     one statement: sending, answers, cancel; result and results are what the window sees, store its rows
 *   connection    the one connection, lost and found; wire-client its protocol
 *   explain       plans; ANALYZE in a transaction that is rolled back
 *   transactions  modes, commit, roll back; transaction counts (pure), idle-guard acts when nobody works in it
 *   introspection what the app asks the catalog, behind the user's statements: catalog/, catalogue, type-names, types, lending
 *   words         every sentence; messages those that are for all tabs
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Fault } from '../../../shared/errors.ts';
import type { CallArgs, Message, QueryError, ResultState, TransactionMode } from '../../../shared/ipc.ts';
import type { Catalogue } from '../../../shared/ipc-completion.ts';
import type { ExplainAnswer, ExplainWish } from '../../../shared/ipc-explain.ts';
import { MOST_OF_A_TEXT } from '../../../shared/results.ts';
import { parserReady, readScript, type ScriptStatement } from '../../../shared/sql/index.ts';
import type { NoticeFacts } from '../../audit/index.ts';
import type { Operation, Result } from '../relay/operation.ts';
import type { CatalogQuestion } from './catalog/index.ts';
import { readCatalogue } from './catalogue.ts';
import { type ConnectionState, type Loss, UserConnection } from './connection.ts';
import type { RunAnswer, Runner, RunnerOptions, Streaming } from './contract.ts';
import { Execution } from './execution.ts';
import { answerOf, Explaining, majorOf, PlanText, planned, Unit } from './explain.ts';
import { Introspection } from './introspection.ts';
import { KeptResults } from './kept.ts';
import { Lending } from './lending.ts';
import { Links } from './links.ts';
import { Messages, type Saying } from './messages.ts';
import { asked, preflight, type Question } from './preflight.ts';
import { Queue } from './queue.ts';
import { type Caps, LiveResult, noticeWords, type WholeSink } from './result.ts';
import { Room } from './room.ts';
import { readText, type Script } from './script.ts';
import { Shelf } from './shelf.ts';
import { Transactions } from './transactions.ts';
import { TypeNames } from './type-names.ts';
import { ConnectionLost, type WireClient } from './wire-client.ts';
import * as words from './words.ts';

/** Changes that only count are told this much later, ms. */
const SOON_MS = 50;

export function openRunner(options: RunnerOptions): Runner {
  return new StatementRunner(options);
}

class StatementRunner implements Runner {
  readonly #options: RunnerOptions;
  readonly #shelf: Shelf = new Shelf(new Room(), (gone) => this.#current?.note(words.madeRoom(gone.state)));
  readonly results: KeptResults;
  readonly #messages: Messages;
  readonly #connection: UserConnection;
  readonly #execution: Execution;
  readonly #transactions: Transactions;
  readonly #introspection: Introspection;
  readonly #unsubscribe: () => void;
  readonly #queue: Queue;
  readonly #lending: Lending;
  readonly #explaining = new Explaining();
  /** What runs now; whether it has been sent. */
  #current: LiveResult | null = null;
  #sentCurrent = false;
  /** What the last question was about. */
  #asked: { readonly text: string; readonly codes: ReadonlySet<string> } | null = null;
  /** Said with the next result: what was lost with the connection. */
  #lossNotice: string | null = null;
  #telling: NodeJS.Timeout | null = null;
  #told = '';
  #disposed = false;

  constructor(options: RunnerOptions) {
    const { relay, limits, clock } = options;
    this.#options = options;
    this.#messages = new Messages(() => clock.wall());
    for (const text of options.first ?? []) this.#messages.say({ kind: 'warn', text });
    this.#lending = new Lending(relay);
    this.#queue = new Queue({
      begins: () => {
        this.#transactions.watch(true);
        return this.#lending.takeBack();
      },
      idle: () => this.#changed(),
      defect: (error) => this.#defect(error),
    });
    this.#introspection = new Introspection(relay, limits.connections, {
      waiting: () => this.#queue.length > 0 || (this.#queue.working && !this.#sentCurrent),
      borrow: (use) => this.#borrow(use),
    });
    const typeNames = new TypeNames(this.#introspection);
    this.results = new KeptResults(this.#shelf, new Links(this.#introspection));
    this.#connection = new UserConnection({
      relay,
      limits,
      clock,
      timeoutMs: options.statementTimeoutMs ?? (() => null),
      freeOne: () => this.#introspection.giveBack(),
      events: {
        changed: () => this.#changed(),
        sent: (operation, stream) => this.#sent(operation, stream),
        settled: (operation, result, stream) => this.#settled(operation, result, stream),
        decided: (n, fate, afterStatement) => this.#shelf.decide(n, fate, afterStatement),
        lost: (loss) => this.#lost(loss),
        notice: (fields) => this.#say({ kind: 'warn', text: noticeWords(fields) }),
        notification: ({ channel, payload, pid }) =>
          this.#say({
            kind: 'notify',
            text: `${channel}${payload === '' ? '' : `: ${payload}`}`,
            detail: `backend ${pid}`,
          }),
      },
    });
    this.#execution = new Execution({
      relay,
      limits,
      connection: this.#connection,
      described: (result) => typeNames.name(result),
    });
    this.#transactions = new Transactions({
      mode: options.mode ?? 'auto',
      limits,
      clock,
      connection: this.#connection,
      messages: this.#messages,
      changed: () => this.#changed(),
      control: (how, check) => this.#control(how, check),
      inTurn: (work) => this.#queue.inTurn(work),
    });
    this.#unsubscribe = relay.log.onState(() => this.#shelf.receipted(relay.log));
    // The window shows the connection before the first statement; a failure is told by the state and by the next run.
    this.#connection.client().catch(() => {});
  }

  async run({ tab, text, confirmed }: CallArgs<'runSql'>[0]): Promise<RunAnswer> {
    this.#assertOpen();
    const { undone } = this.#transactions;
    const asked = this.#options.clock.mono();
    const parts = await readText(text);
    this.#assertOpen();
    const question = this.#ask(text, parts, confirmed);
    if (question !== null) return { kind: 'confirm', ...question };
    if (this.#messages.next()) this.#changed();
    const ids = parts.map(newId);
    const script: Script = { tab, text, parts, ids, confirmed, asked, undone, caps: this.#caps(), stopped: false };
    this.#queue.add(script, () => this.#runScript(script));
    // The results of a long text come into being when their statements do.
    if (parts.length <= MOST_OF_A_TEXT) for (const n of parts.keys()) this.#resultOf(script, n);
    return { kind: 'started', results: ids };
  }

  async cancel(id: string): Promise<void> {
    const waiting = this.#queue.takeOut(id);
    if (waiting !== null) {
      for (const one of waiting.ids) this.#known(waiting, one)?.end('not_sent');
      return;
    }
    const { script } = this.#queue;
    if (script?.ids.includes(id) !== true) return;
    script.stopped = true;
    const current = this.#current;
    if (current !== null && !current.ended) await this.#execution.cancel(current);
  }

  again(of: string, rows: number): string {
    this.#assertOpen();
    const { state } = this.results.get(of);
    if (!state.repeatable) throw words.notRepeatable();
    const { tab, text, offset, n, of: all } = state;
    const { undone } = this.#transactions;
    const [id, asked] = [newId(), this.#options.clock.mono()];
    const caps = this.#caps(rows);
    const [parts = []] = readScript(text);
    const place = { offset, n, of: all };
    const script: Script = {
      tab,
      text,
      parts,
      ids: [id],
      confirmed: false,
      asked,
      undone,
      caps,
      place,
      stopped: false,
    };
    this.#queue.add(script, () => this.#runScript(script));
    this.#resultOf(script, 0);
    return id;
  }

  stream(of: string, sink: WholeSink): Streaming {
    this.#assertOpen();
    const { tab, text } = this.results.get(of).state;
    const { script, result, done } = this.#apart({ tab, text, at: 0, confirmed: false }, sink);
    this.#queue.add(script, () => this.#runScript(script));
    return {
      intent: () => result.state.intent,
      // Where the connection is lost the result says so by itself.
      cancel: () => void this.cancel(result.id).catch(() => {}),
      done,
    };
  }

  async explain(wanted: ExplainWish): Promise<ExplainAnswer> {
    this.#assertOpen();
    await parserReady();
    const { relay } = this.#options;
    const version = majorOf(this.#connection.state.server_version);
    const found = planned(wanted, { version, mode: relay.mode() });
    if ('kind' in found) return found;
    const { tab, analyze, confirmed } = wanted;
    const { text, writes } = found;
    // Errors then stand in the text that was asked about.
    const at = found.at - found.start;
    const plan = new PlanText();
    const { script, result, done } = this.#apart({ tab, text, at, confirmed }, plan, (state) =>
      // A statement like any other: recorded, in the list of recent ones and in the history; but its answer is no rows.
      this.#options.onResult({ ...state, tab: '', columns: [], rows: 0, stored: 0 }),
    );
    // There it hears of its receipt.
    this.#shelf.put(result);
    const unit = new Unit(this.#connection);
    return this.#explaining.one(tab, result.id, async () => {
      const over = Promise.withResolvers<void>();
      this.#queue.add(script, () =>
        this.#runUnit(script, result, analyze ? unit : null).then(over.resolve, over.reject),
      );
      // One that was cancelled while it waited never gets its turn.
      await Promise.race([over.promise, done.then(({ status }) => (status === 'not_sent' ? undefined : over.promise))]);
      return answerOf(result.state, plan, { analyze, writes, undone: unit.undone, ms: result.sinceAsked() });
    });
  }

  async cancelExplain(tab: string): Promise<void> {
    const id = this.#explaining.idOf(tab);
    if (id !== null) await this.cancel(id);
  }

  assertRecordable(): void {
    this.#assertOpen();
    const fault = this.#options.relay.log.fault();
    if (fault !== null) throw fault;
  }

  async record(facts: NoticeFacts): Promise<void> {
    this.#assertOpen();
    const { stream } = await this.#connection.client();
    await this.#options.relay.record(stream, facts);
  }

  close(id: string): void {
    const result = this.#shelf.get(id);
    if (result !== undefined && !result.ended) void this.cancel(id).catch(() => {});
    this.#shelf.remove(id);
  }

  async catalog<T>(question: CatalogQuestion<T>): Promise<T> {
    this.#assertOpen();
    return question.read(await this.#introspection.query(question.text));
  }

  catalogue(): Promise<Catalogue> {
    this.#assertOpen();
    return readCatalogue((text) => this.#introspection.query(text));
  }

  connection(): ConnectionState {
    return { ...this.#connection.state, ...this.#transactions.state() };
  }
  messages(): readonly Message[] {
    return this.#messages.all;
  }
  dismiss(message: number): void {
    this.#transactions.noted(message);
    this.#messages.dismiss(message);
    this.#changed();
  }

  setMode(mode: TransactionMode): void {
    this.#assertOpen();
    if (this.#queue.length > 0 || this.#queue.script !== null || this.#current !== null) throw words.somethingRuns();
    this.#transactions.setMode(mode);
  }

  endTransaction(how: 'commit' | 'rollback'): Promise<void> {
    this.#assertOpen();
    if (this.#connection.tx === 'idle' && !this.#queue.working) return Promise.reject(words.noTransaction());
    return this.#queue.inTurn(() => this.#transactions.end(how));
  }

  elevated(): void {
    if (this.#disposed || this.#queue.working) return;
    void this.#queue.inTurn(() => this.#transactions.fence()).catch(ignoreLoss);
  }

  lowered(): void {
    if (this.#disposed || !this.#connection.writable) return;
    const current = this.#current;
    if (this.#queue.script !== null) this.#queue.script.stopped = true;
    if (current !== null && !current.ended) void this.#execution.cancel(current).catch(() => {});
    void this.#queue.inTurn(() => this.#transactions.lowered()).catch(ignoreLoss);
  }

  say(saying: Saying): void {
    this.#say(saying);
  }

  async reconnect(): Promise<void> {
    this.#assertOpen();
    this.#connection.giveUp();
    await this.#connection.client().catch((error: unknown) => {
      throw words.notConnected(error);
    });
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#unsubscribe();
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#transactions.dispose();
    this.#shelf.wipe();
    this.results.comparisons.wipe();
    this.#connection.end();
    this.#introspection.end();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new Fault('glass_closed', 'The glass is closed.', 'Ask for access again.');
  }

  /** `wanted` rows, where the person asked for more of one result than the settings say. */
  #caps(wanted?: number): Caps {
    const { limits, keepRows } = this.#options;
    const own = wanted ?? keepRows?.() ?? limits.max_rows;
    const rows = Math.min(own, limits.max_rows);
    return { rows, rowsBy: own < limits.max_rows ? 'own_rows' : 'grant_rows', bytes: limits.max_bytes };
  }

  // ---- texts and their statements

  /** Null when nothing has to be asked (any more). Throws a Fault where nothing of the text may run. */
  #ask(text: string, parts: readonly ScriptStatement[], confirmed: boolean): Omit<Question, 'code'> | null {
    if (parts.length === 0) throw words.nothingToRun();
    const { limits, confirmsWrites } = this.#options;
    const { mode, gone } = this.#transactions;
    const open = this.#queue.working ? null : this.#connection.tx !== 'idle';
    const found = preflight(text, parts, { mode, open, gone, limits, everyWrite: confirmsWrites?.() ?? false });
    if ('refused' in found) throw found.refused;
    const codes = new Set(found.questions.map(({ code }) => code));
    // What has come up since the last question is asked, too.
    const known = (code: Question['code']): boolean =>
      code === 'danger' || (this.#asked?.text === text && this.#asked.codes.has(code));
    if (codes.size > 0 && !(confirmed && [...codes].every(known))) {
      this.#asked = { text, codes };
      return asked(found.questions);
    }
    this.#asked = null;
    if (codes.has('gone')) this.#transactions.noted(null);
    return null;
  }

  /** A defect of ours must not hold up what comes after it. */
  #defect(error: unknown): void {
    console.error(error instanceof Error ? error.stack : error);
    this.#current?.end(this.#current.state.intent === null ? 'not_sent' : 'unknown');
    this.#finished();
  }

  #known(script: Script, id: string): LiveResult | undefined {
    return script.apart ?? this.#shelf.get(id);
  }

  #resultOf(script: Script, index: number): LiveResult {
    const { tab, text, parts, ids, asked, caps } = script;
    const id = ids[index] ?? '';
    const known = this.#known(script, id);
    if (known !== undefined) return known;
    const { start: offset, end } = parts[index] ?? { start: 0, end: 0 };
    const place = script.place ?? { offset, n: index + 1, of: parts.length };
    const facts = { id, tab, text: text.slice(offset, end), ...place };
    const { clock, onResult } = this.#options;
    const rows = { store: () => this.#shelf.store(), caps };
    const result = new LiveResult(facts, rows, asked, () => clock.mono(), onResult);
    this.#shelf.put(result);
    result.told();
    return result;
  }

  /** Stops at the first statement that does not end well. */
  async #runScript(script: Script): Promise<void> {
    for (const [index, part] of script.parts.entries()) {
      if (this.#disposed) return;
      if (script.stopped) {
        this.#known(script, script.ids[index] ?? '')?.end('not_sent');
        continue;
      }
      const result = this.#resultOf(script, index);
      await this.#runOne(script, part, result);
      if (result.state.status !== 'done') script.stopped = true;
      const old = script.ids[index - MOST_OF_A_TEXT];
      if (old !== undefined) this.#shelf.letGo(old);
    }
  }

  /** A statement whose result the window does not have; `at`: where the person's own text begins in it. */
  #apart(
    { tab, text, at, confirmed }: { tab: string; text: string; at: number; confirmed: boolean },
    sink: WholeSink,
    told: (state: ResultState) => void = () => {},
  ): { script: Script; result: LiveResult; done: Promise<ResultState> } {
    const { undone } = this.#transactions;
    const [id, asked, caps] = [newId(), this.#options.clock.mono(), this.#caps()];
    const [parts = []] = readScript(text);
    const done = Promise.withResolvers<ResultState>();
    const result: LiveResult = new LiveResult(
      { id, tab, text, offset: -at, n: 1, of: 1 },
      { store: () => this.#shelf.store(), caps, sink },
      asked,
      () => this.#options.clock.mono(),
      (state) => {
        told(state);
        if (result.ended) done.resolve(state);
      },
    );
    const script: Script = { tab, text, parts, ids: [id], confirmed, asked, undone, caps, stopped: false };
    script.apart = result;
    return { script, result, done: done.promise };
  }

  /** One statement that opens no transaction for good: what `unit` begins for it, it also undoes. */
  async #runUnit(script: Script, result: LiveResult, unit: Unit | null): Promise<void> {
    this.#begin(result);
    let refused = await this.#transactions.prepare(script, NEEDS_NO_TRANSACTION, result);
    try {
      if (refused === null && unit !== null) {
        this.#connection.opener = { by: 'app', tab: script.tab };
        const failure = await unit.begin();
        if (failure !== null) refused = words.notBegun(failure.get('M') ?? '', failure.get('C') ?? '');
      }
      if (refused === null) await this.#execution.run(result, script.confirmed, () => this.#transactions.check(script));
      else {
        if (result.state.status !== 'cancelling') result.state.error = refused;
        result.end('not_sent');
      }
    } catch (error) {
      this.#execution.lost(result, error);
    }
    await unit?.undo();
    this.#finished();
    result.wipe();
  }

  async #runOne(script: Script, part: ScriptStatement, result: LiveResult): Promise<void> {
    this.#begin(result);
    const refused = await this.#transactions.prepare(script, part, result);
    if (refused === null) {
      if (this.#lossNotice !== null) result.note(this.#lossNotice);
      this.#lossNotice = null;
      await this.#execution.run(result, script.confirmed, () => this.#transactions.check(script));
    } else {
      if (result.state.status !== 'cancelling') result.state.error = refused;
      result.end('not_sent');
    }
    this.#finished();
    await this.#transactions.after(result);
  }

  #begin(result: LiveResult): void {
    this.#current = result;
    this.#sentCurrent = false;
    result.turn();
    if (result.state.status !== 'waiting') return;
    result.state.status = 'recording';
    result.told();
  }
  #finished(): void {
    this.#current = null;
    this.#sentCurrent = false;
  }

  /** COMMIT or ROLLBACK by the app: shown in the list of recent statements, not as the result of a tab. */
  async #control(how: 'commit' | 'rollback', check: () => QueryError | null): Promise<LiveResult> {
    const { clock, onResult } = this.#options;
    const facts = { id: newId(), tab: '', text: how, offset: 0, n: 1, of: 1 };
    const rows = { store: () => this.#shelf.store(), caps: this.#caps() };
    const result = new LiveResult(facts, rows, clock.mono(), () => clock.mono(), onResult);
    this.#begin(result);
    await this.#execution.run(result, false, check);
    this.#finished();
    result.wipe();
    return result;
  }

  // ---- the connection

  #borrow(use: (client: WireClient) => Promise<void>): Promise<boolean> | null {
    const client = this.#connection.current;
    if (client === null || this.#queue.working || !this.#lending.free || this.#connection.tx !== 'idle') return null;
    return this.#lending.lend(client, use);
  }

  #sent(operation: Operation, stream: Duplex): void {
    if (this.#lending.has(stream)) {
      this.#lending.sent();
      return;
    }
    this.#execution.sent(operation, stream);
    if (operation.op === 'parse' || this.#current?.state.intent !== operation.intent) return;
    this.#sentCurrent = true;
    this.#introspection.resume();
  }

  #settled(operation: Operation, result: Result, stream: Duplex): void {
    if (!this.#lending.has(stream)) this.#execution.settled(operation, result);
  }

  #lost(loss: Loss): void {
    // The grant has ended: its rows end with it.
    if (this.#options.relay.refusal() !== null || this.#disposed) {
      this.#shelf.wipe();
      return;
    }
    this.#lossNotice = words.lossNotice(loss);
    this.#transactions.lost(loss);
  }

  #say(saying: Saying): void {
    this.#messages.say(saying);
    this.#changed();
  }

  /** Tells the window: at once what it must show at once, a moment later what only counts. */
  #changed(): void {
    if (this.#disposed) return;
    const { working } = this.#queue;
    this.#transactions.watch(working);
    if (!working) this.#introspection.resume();
    const { status, tx, mode, open, backend_pid: pid } = this.connection();
    const telling = `${status} ${tx} ${mode} ${pid} ${open?.n}`;
    if (telling !== this.#told) {
      if (status === 'connected' && !this.#told.startsWith(status)) this.#messages.connected();
      this.#told = telling;
      this.#options.onConnection(this.connection());
    } else
      this.#telling ??= setTimeout(() => {
        this.#telling = null;
        this.#options.onConnection(this.connection());
      }, SOON_MS);
  }
}

/** It brings its own, or wants none. */
const NEEDS_NO_TRANSACTION: Pick<ScriptStatement, 'alone' | 'step'> = {
  alone: null,
  step: { kind: 'begin', name: null, chain: false },
};

/** The next statement meets the same loss, and says so. */
const ignoreLoss = (error: unknown): void => {
  if (!(error instanceof ConnectionLost) && !(error instanceof Fault)) throw error;
};

const newId = (): string => randomBytes(16).toString('base64url');
