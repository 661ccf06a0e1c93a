/**
 * Runs the machine of `machine.ts`: performs its effects, feeds their outcomes back as events, and pushes every new
 * state to the window. The only place that knows the glass, the log and the collector together.
 */
import type { AccessRequest, Person, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { EndReason, Scope } from '../../shared/grants.ts';
import type {
  AppState,
  CallValue,
  ExportState,
  Prefill,
  ResultState,
  Summary,
  TransactionMode,
  UserError,
} from '../../shared/ipc.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import type { EnvelopeOpening, HeldEnvelope } from '../../shared/ipc-envelope.ts';
import type { StepUpState } from '../../shared/ipc-step-up.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import type { Asked } from '../../shared/step-up.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Collector } from '../collector/index.ts';
import type { DeviceKey, KeyVault, OidcLogin } from '../identity/index.ts';
import type { CatalogQuestion, Exporter, ExporterOptions, LocalPort, Runner } from '../proxy/index.ts';
import { throttled } from '../throttle.ts';
import type { History, WorkspaceFiles } from '../workspace/index.ts';
import type { ApprovalQuestion } from './approval-question.ts';
import { Approvals } from './approvals.ts';
import { ChangeCalls } from './change-calls.ts';
import { closeGrant } from './closing.ts';
import { saveEvidence } from './evidence.ts';
import { type LiveGrantSession, openLive } from './live.ts';
import { CAN_OPEN_ENVELOPE, type Effect, type Event, type Glass, step } from './machine.ts';
import { Offline, type OfflineParts } from './offline.ts';
import { StepUp } from './step-up.ts';
import { summaryText } from './summary-text.ts';
import { appStateOf, userErrorOf } from './view.ts';
import { wishesOf } from './wishes.ts';

export interface Parts {
  readonly clock: Clock;
  readonly vault: KeyVault;
  readonly collectorOrigin: string;
  /** Throws a Fault when the collector or its identity provider cannot be used; called again until it answers. */
  readonly connect: () => Promise<{ collector: Collector; login: OidcLogin }>;
  /** Opens (and recovers) the log of this device. Throws a Fault when it cannot be written. */
  readonly openLog: (key: DeviceKey) => Promise<AuditLog>;
  /** Sends the log to the collector from now on, across restarts. */
  readonly startUploads: (
    log: AuditLog,
    collector: Collector,
    /** Has to resolve before a batch of entries is sent. */
    before: () => Promise<void>,
  ) => { stop(): Promise<void>; poke(): void };
  readonly workspace: WorkspaceFiles;
  /** What was found damaged and put aside before there was a glass: the file of the device's key. */
  readonly lost: readonly Mishap[];
  /** Envelopes of this device: where they lie, and how an opening is told of. */
  readonly envelopes: OfflineParts['envelopes'];
  /** What was run on this device. Never throws. */
  readonly openHistory: (key: DeviceKey) => History;
  readonly app: string;
  readonly onState: (state: AppState) => void;
  readonly onResult: (result: ResultState) => void;
  readonly onExport: (state: ExportState) => void;
  /** Somebody has to sign in once more; null: nobody any more. */
  readonly onStepUp: (state: StepUpState | null) => void;
  /** What waits for whoever is signed in; null: they approve nothing. Left out where nobody answers requests. */
  readonly onApprovals?: (state: ApprovalsState | null) => void;
  /** Asks the person in a dialog of the system; left out: no. */
  readonly confirm?: (question: ApprovalQuestion) => Promise<boolean>;
  /** Asks the person for a file, in a dialog of the system. */
  readonly askFile: ExporterOptions['ask'];
  /** Defects go here, with their stack; never to the window. */
  readonly onDefect: (error: unknown) => void;
}

/** How often the counting parts of the state are pushed while a grant is live, ms. */
const TICK = 1000;
const COUNTS_MS = 100;
const RETRY = 2000;

export class GlassController {
  readonly #parts: Parts;
  #glass: Glass = { phase: 'starting', problem: null };
  #collector: Collector | null = null;
  #login: OidcLogin | null = null;
  #connecting: Promise<void> | null = null;
  #key: DeviceKey | null = null;
  #log: AuditLog | null = null;
  #history: History | null = null;
  #uploads: ReturnType<Parts['startUploads']> | null = null;
  readonly #offline: Offline;
  #live: LiveGrantSession | null = null;
  #signIn: AbortController | null = null;
  #watch: AbortController | null = null;
  #unheard: UserError | null = null;
  #prefill: Prefill = {};
  #pushing: NodeJS.Immediate | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #closed = false;
  /** The form follows the live grant at once, without its summary. */
  #formNext = false;
  /** Signing in once more, where the collector asks for it. */
  readonly stepUp: StepUp;
  /** Other people's requests. */
  readonly approvals: Approvals;
  /** What is asked of the grant that is held. */
  readonly changes: ChangeCalls;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#offline = new Offline({ ...parts, onEnded: (id, why) => this.#envelopeEnded(id, why) });
    this.#prefill = parts.workspace.lastRequest.read();
    this.stepUp = new StepUp({
      signIn: (asked, signal) => this.#signInAgain(asked, signal),
      onChange: parts.onStepUp,
      onDefect: parts.onDefect,
    });
    this.changes = new ChangeCalls({
      live: () => this.#liveGrant(),
      collector: () => this.#need(this.#collector),
      steppedUp: (call) => this.stepUp.run('change', call),
      heard: (request) => this.#heard(request),
    });
    this.approvals = new Approvals({
      collector: () => this.#need(this.#collector),
      steppedUp: (call) => this.stepUp.run('approve', call),
      confirm: async (question) => (await parts.confirm?.(question)) ?? false,
      onChange: (state) => parts.onApprovals?.(state),
      onDefect: parts.onDefect,
    });
  }

  state(): AppState {
    return appStateOf(this.#glass, {
      collector: this.#parts.collectorOrigin,
      prefill: this.#prefill,
      ledger: this.#log?.state() ?? { recorded: 0, in_ledger: 0, index: null, waiting: null },
      indexOf: (intent) => this.#log?.indexOf(intent) ?? null,
      unheard: this.#unheard,
      live: this.#live && {
        claims: this.#live.claims,
        changes: this.#live.changes,
        deadline: this.#live.deadline,
        connection: this.#live.connection(),
        messages: [...this.#live.runner.messages()],
        port: this.#live.port.state(),
        blocked: this.#blocked(),
      },
    });
  }

  /** Asks for the key while it looks for the collector, then opens the log; keeps trying, and says what it waits for. */
  async start(): Promise<void> {
    let key: ReturnType<KeyVault['state']>;
    try {
      key = this.#parts.vault.state();
    } catch (error) {
      // The way out of a damaged key, to forget it, is on the page that unlocks one.
      this.#dispatch({ type: 'key-needed', key: 'unlock', problem: this.#told(error) });
      return;
    }
    if (key === 'ready') return this.#keyOpened();
    this.#dispatch({ type: 'key-needed', key, problem: this.#parts.lost[0] ?? null });
    // Only a head start: whoever needs the collector asks again and says what is wrong.
    await this.#connect().catch(() => undefined);
  }

  async chooseKey(choice: Parameters<KeyVault['choose']>[0]): Promise<void> {
    this.#require('key');
    await this.#parts.vault.choose(choice);
    await this.#keyOpened();
  }

  async unlockKey(passphrase: string): Promise<void> {
    this.#require('key');
    await this.#parts.vault.unlock(passphrase);
    await this.#keyOpened();
  }

  forgetKey(): void {
    this.#require('key');
    this.#parts.vault.forget();
    this.#dispatch({ type: 'key-needed', key: 'choose', problem: null });
  }

  signIn(): void {
    this.#require('signed-out');
    this.#dispatch({ type: 'sign-in' });
  }

  cancelSignIn(): void {
    this.#signIn?.abort();
  }

  signOut(): void {
    if (this.#glass.phase === 'live' || this.#glass.phase === 'closing') {
      throw new Fault('grant_live', 'You still hold a grant.', 'Hand it back first.');
    }
    this.stepUp.cancel();
    this.#dispatch({ type: 'sign-out' });
  }

  async submit(wanted: AccessRequest): Promise<void> {
    this.#require('locked');
    this.#prefill = { target: wanted.target, scope: wanted.scope, severity: wanted.severity };
    this.#parts.workspace.lastRequest.write(this.#prefill);
    const collector = this.#need(this.#collector);
    const request = await this.stepUp.run('request', () => collector.submit(wanted));
    this.#dispatch({ type: 'request', request });
  }

  async withdraw(): Promise<void> {
    const glass = this.#require('waiting');
    this.#dispatch({ type: 'request', request: await this.#need(this.#collector).withdraw(glass.request.id) });
  }

  handBack(): void {
    this.#require('live');
    this.#end('handed_back');
  }

  /** Hands back, and fills in the form for a grant that writes; it is shown as soon as the glass is closed. */
  async askForWrite(): Promise<void> {
    const { prefill } = await this.changes.writeInstead();
    this.#require('live');
    this.#prefill = prefill;
    this.#formNext = true;
    this.#end('handed_back');
  }

  listEnvelopes(): Promise<HeldEnvelope[]> {
    return this.#offline.list();
  }

  challengeEnvelope(id: string): Promise<string> {
    this.#requireClosed();
    return this.#offline.challenge(id);
  }

  /** Once it resolves the opening is recorded, and the glass opens by itself. */
  async openEnvelope(wish: EnvelopeOpening): Promise<void> {
    this.#requireClosed();
    // A request that waits is left to lapse: nobody can be told that it is withdrawn.
    const { request, options } = await this.#offline.open(wish);
    if (!CAN_OPEN_ENVELOPE.includes(this.#glass.phase)) {
      await this.#ending(request)
        .end(request.id)
        .catch(() => undefined);
      this.#offline.close();
      throw new Fault('not_now', 'The glass has opened another way meanwhile; this envelope is used.', null);
    }
    this.#watch?.abort();
    this.#dispatch({ type: 'envelope-opened', person: request.by, options, request });
  }

  #requireClosed(): void {
    if (CAN_OPEN_ENVELOPE.includes(this.#glass.phase)) return;
    throw new Fault('not_now', 'An envelope can be opened while the glass is closed.', 'Close it first.');
  }

  /** The collector says that what came out of an envelope has ended. */
  #envelopeEnded(id: string, why: EndReason): void {
    if (this.#glass.phase === 'live' && this.#glass.request.id === id) this.#end(why);
  }

  dismiss(): void {
    this.#require('closed');
    this.#dispatch({ type: 'dismiss' });
  }

  /** The runner of the live grant; a Fault `no_grant` where there is none. */
  runner(): Runner {
    return this.#liveGrant().runner;
  }

  /** The local port of the live grant; a Fault `no_grant` where there is none. */
  port(): LocalPort {
    return this.#liveGrant().port;
  }

  /** The same for exports. */
  exporter(): Exporter {
    return this.#liveGrant().exporter;
  }

  /** What was run in the window, under this grant and earlier ones. */
  history(): History {
    return this.#need(this.#history);
  }

  /** What happened to the history, and to what was there before it, when they were opened. */
  mishaps(): Mishap[] {
    const mishap = this.#history?.mishap ?? null;
    return [...this.#parts.lost, ...(mishap === null ? [] : [mishap])];
  }

  /** What the live grant allows; null where there is none. */
  scope(): Scope | null {
    return this.#glass.phase === 'live' ? (this.#live?.changes.scope ?? null) : null;
  }

  /** The answer to one question about the catalog, behind whatever the user wants to run. */
  catalog<T>(question: (scope: Scope) => CatalogQuestion<T>): Promise<T> {
    const runner = this.runner();
    return runner.catalog(question(this.#need(this.#live).changes.scope));
  }

  /** Also how the next grant begins. */
  setTransactionMode(mode: TransactionMode): void {
    this.runner().setMode(mode);
    this.#parts.workspace.transactionMode.write(mode);
  }

  /** Quitting would undo an open transaction, or stop an export that is being written. */
  losesByQuitting(): boolean {
    const live = this.#glass.phase === 'live' ? this.#live : null;
    return live !== null && (live.connection().tx !== 'idle' || live.exporter.busy());
  }

  /** A deep link fills the form; it never submits. */
  prefill(wanted: Prefill): void {
    this.#prefill = { ...this.#prefill, ...wanted };
    this.#push();
  }

  /** The machine woke up or its clock changed. */
  recheck(): void {
    this.#live?.check();
    this.#uploads?.poke();
  }

  /** Quitting: hands a live grant back, sends what it can of the log in a moment, closes it. */
  async quit(): Promise<void> {
    this.#closed = true;
    this.#signIn?.abort();
    this.stepUp.cancel();
    this.approvals.stop();
    this.#watch?.abort();
    if (this.#glass.phase === 'live') {
      this.#end('handed_back');
      const handedBack = new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
      await Promise.race([handedBack, new Promise((resolve) => setTimeout(resolve, 4000))]);
    }
    // A moment for the last records; what does not make it is sent after the next sign-in.
    if (this.#uploads !== null && this.#log !== null) {
      await Promise.race([
        this.#log.drained().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, 2000)),
      ]);
    }
    this.#offline.stop();
    await this.#uploads?.stop();
    await this.#log?.close();
    await this.#history?.settled();
  }
  #onClosed: () => void = () => undefined;

  #dispatch(event: Event): void {
    const { glass, effects } = step(this.#glass, event);
    this.#glass = glass;
    this.#push();
    for (const effect of effects) this.#perform(effect);
    this.#tick();
  }

  #perform(effect: Effect): void {
    const work = {
      start: () => this.#performStart(),
      'sign-in': () => this.#performSignIn(),
      'forget-login': async () => {
        this.approvals.stop();
        this.#offline.unfollow();
        this.#collector?.forget();
        await this.#login?.signOut();
      },
      'refresh-options': async () =>
        this.#dispatch({ type: 'options', options: await this.#need(this.#collector).options() }),
      watch: () => this.#performWatch(),
      activate: () => this.#performActivate(),
      close: () => this.#performClose(),
    }[effect];
    work().catch(this.#parts.onDefect);
  }

  async #keyOpened(): Promise<void> {
    this.#key = await this.#parts.vault.open();
    try {
      this.#log ??= await this.#openLog(this.#key);
      this.#history ??= this.#openHistory(this.#key, this.#log);
      this.#offline.begin(this.#key, this.#log);
    } catch (error) {
      this.#dispatch({ type: 'not-ready', problem: this.#told(error) });
      return;
    }
    if (this.#collector === null) this.#dispatch({ type: 'looking' });
    try {
      await this.#connect();
      this.#dispatch({ type: 'key-ready' });
    } catch (error) {
      this.#dispatch({ type: 'not-ready', problem: this.#told(error) });
    }
  }

  async #openLog(key: DeviceKey): Promise<AuditLog> {
    const log = await this.#parts.openLog(key);
    // Every record of every tool changes the counts; nobody reads them faster than this.
    log.onState(
      throttled(() => {
        this.#push();
        this.#history?.receipted((intent) => log.indexOf(intent));
      }, COUNTS_MS),
    );
    return log;
  }

  #openHistory(key: DeviceKey, log: AuditLog): History {
    const history = this.#parts.openHistory(key);
    history.receipted((intent) => log.indexOf(intent));
    return history;
  }

  /** Finds collector and identity provider, once. */
  #connect(): Promise<void> {
    this.#connecting ??= this.#parts
      .connect()
      .then(({ collector, login }) => {
        this.#collector = collector;
        this.#login = login;
      })
      .catch((error: unknown) => {
        this.#connecting = null;
        throw error;
      });
    return this.#connecting;
  }

  /** Starting failed; the next try comes by itself. */
  async #performStart(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, RETRY));
    if (!this.#closed && this.#glass.phase === 'starting') await this.start();
  }

  async #performSignIn(): Promise<void> {
    this.#signIn = new AbortController();
    const collector = this.#need(this.#collector);
    const login = this.#need(this.#login);
    const key = this.#need(this.#key);
    try {
      await login.signIn(key, this.#signIn.signal);
      const person = await this.#authenticate();
      const options = await collector.options();
      await this.#offline.follow(collector);
      this.#uploads ??= this.#parts.startUploads(this.#need(this.#log), collector, () => this.#offline.reported());
      this.#uploads.poke();
      this.#dispatch({ type: 'signed-in', person, options });
      if (this.#parts.onApprovals !== undefined) this.approvals.follow(person);
    } catch (error) {
      const cancelled = error instanceof Fault && error.code === 'login_cancelled';
      this.#dispatch({ type: 'sign-in-failed', problem: cancelled ? null : this.#told(error) });
    } finally {
      this.#signIn = null;
    }
  }

  #authenticate(): Promise<Person> {
    const login = this.#need(this.#login);
    const identity = { key: this.#need(this.#key), login: () => login.current(), app: this.#parts.app };
    return this.#need(this.#collector).authenticate(identity);
  }

  /** The same person, freshly: the collector's token is of this sign-in from then on. What is open goes on under its own. */
  async #signInAgain(asked: Asked, signal: AbortSignal): Promise<void> {
    await this.#need(this.#login).signInAgain(this.#need(this.#key), asked, signal);
    await this.#authenticate();
  }

  /** Follows the request until it leaves the phase that asked; a collector that is away is asked again. */
  async #performWatch(): Promise<void> {
    this.#watch?.abort();
    const watch = new AbortController();
    this.#watch = watch;
    this.#unheard = null;
    // What came out of an envelope is followed by the envelopes themselves, without a sign-in.
    if (this.#glass.phase === 'live' && this.#offline.of(this.#glass.request) !== null) return;
    const collector = this.#need(this.#collector);
    while (!watch.signal.aborted && (this.#glass.phase === 'waiting' || this.#glass.phase === 'live')) {
      try {
        const { id, state, version } = this.#glass.request;
        // Not in this state: answered at once, so that the window hears soon that the collector is back.
        const from = this.#unheard === null ? state : 'lapsed';
        const seen = { id, state: from, ...(version === undefined ? {} : { version }) };
        const request = await collector.awaitChange(seen, watch.signal);
        this.#unheard = null;
        if (!watch.signal.aborted) await this.#heard(request);
      } catch (error) {
        if (watch.signal.aborted) return;
        // What this device had open was ended with it; nobody will tell it so.
        if (error instanceof Fault && error.code === 'device_revoked' && this.#glass.phase === 'live')
          return this.#end('revoked');
        this.#unheard = this.#told(error);
        this.#push();
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }

  /** Deadline and elevation first: the window never shows what is not in force here. */
  async #heard(request: RequestView): Promise<void> {
    if (request.end_reason === null) await this.#live?.changes.heard(request);
    this.#dispatch({ type: 'request', request });
  }

  async #performActivate(): Promise<void> {
    if (this.#glass.phase !== 'activating') return;
    const { request } = this.#glass;
    const collector = this.#collector;
    const envelope = this.#offline.of(request);
    try {
      this.#live = await openLive({
        clock: this.#parts.clock,
        collector,
        key: this.#need(this.#key),
        login: () => this.#need(this.#login).current(),
        steppedUp: (call) => this.stepUp.run('open', call),
        ...(envelope === null ? {} : { envelope }),
        log: this.#need(this.#log),
        request,
        onStep: (words) => this.#dispatch({ type: 'step', step: words }),
        onDeadline: () => this.#end('expired'),
        onConnection: () => this.#push(),
        onPort: () => this.#push(),
        onResult: (result, claims) => {
          const { jti: grant, target, severity, ticket } = claims;
          this.#history?.note(result, { grant, target, severity, ticket });
          this.#parts.onResult(result);
        },
        wishes: wishesOf(this.#parts.workspace, request.target.id),
        askFile: this.#parts.askFile,
        onExport: this.#parts.onExport,
      });
      this.#dispatch({ type: 'opened', request: { ...request, state: 'active' } });
      this.#live.check();
    } catch (error) {
      this.#live = null;
      // A half-open grant is not left to its deadline.
      const givenUp = error instanceof Fault && error.code === 'step_up_cancelled';
      const over = givenUp ? collector?.withdraw(request.id) : this.#ending(request).end(request.id);
      await over?.catch(() => undefined);
      this.#offline.close();
      this.#dispatch({ type: 'open-failed', problem: this.#told(error) });
    }
  }

  #end(why: EndReason): void {
    this.#dispatch({ type: 'end', why });
  }

  async #performClose(): Promise<void> {
    const live = this.#need(this.#live);
    const glass = this.#glass;
    if (glass.phase !== 'closing') return;
    this.#watch?.abort();
    const { summary, heard, askAgain } = await closeGrant({
      live,
      glass,
      collector: this.#ending(glass.request),
      log: this.#need(this.#log),
      now: () => this.#parts.clock.wall(),
      onCut: () => this.#uploads?.poke(),
    });
    this.#live = null;
    this.#offline.close();
    this.#dispatch({ type: 'ended', summary });
    this.#onClosed();
    if (this.#formNext) this.dismiss();
    this.#formNext = false;
    // The collector was away: its reaper removes the role all the same; the page says so until we hear of it.
    while (!heard && !this.#closed && this.#showsSummaryOf(glass.request.id)) {
      await new Promise((resolve) => setTimeout(resolve, RETRY));
      const late = await askAgain();
      if (late === null) continue;
      this.#dispatch({ type: 'summary', summary: late });
      return;
    }
  }

  /** Who is told that the work is over: the collector, or for an envelope whoever reports its opening. */
  #ending(request: RequestView): Pick<Collector, 'end'> {
    return this.#offline.ending(request) ?? this.#need(this.#collector);
  }

  /** What was done, as Markdown for a ticket. */
  summaryText(): string {
    return summaryText(this.#summary());
  }

  /** The engineer's own copy of the evidence, into a file that they choose; null where they chose none. */
  saveEvidence(): Promise<CallValue<'saveEvidence'>> {
    const summary = this.#summary();
    if (this.#collector === null)
      throw new Fault(
        'collector_unreachable',
        'The collector is away, and the evidence is there.',
        'Every record is kept here; sign in once it is back.',
      );
    return saveEvidence(summary, this.#collector, this.#parts.askFile);
  }

  #summary(): Summary {
    const state = this.state();
    if (state.phase !== 'closed')
      throw new Fault('not_now', 'There is no summary at this moment.', 'It is there once the glass is closed.');
    return state.summary;
  }

  #liveGrant(): LiveGrantSession {
    if (this.#live === null || this.#glass.phase !== 'live')
      throw new Fault('no_grant', 'The glass is closed; nothing can be sent.', 'Ask for access first.');
    return this.#live;
  }

  #showsSummaryOf(grant: string): boolean {
    return this.#glass.phase === 'closed' && this.#glass.summary.grant === grant;
  }

  /** Why nothing can be sent although the grant is live. */
  #blocked(): UserError | null {
    const fault = this.#log?.fault() ?? null;
    return fault === null ? null : userErrorOf(fault);
  }

  /** Pushes at most once per turn of the event loop, however many parts changed. */
  #push(): void {
    this.#pushing ??= setImmediate(() => {
      this.#pushing = null;
      this.#parts.onState(this.state());
    });
  }

  #tick(): void {
    const counting = this.#glass.phase === 'live' || this.#glass.phase === 'closing';
    if (counting && this.#ticker === null) this.#ticker = setInterval(() => this.#push(), TICK);
    if (!counting && this.#ticker !== null) {
      clearInterval(this.#ticker);
      this.#ticker = null;
    }
  }

  #told(error: unknown): UserError {
    if (!(error instanceof Fault)) this.#parts.onDefect(error);
    return userErrorOf(error);
  }

  #require<P extends Glass['phase']>(phase: P): Extract<Glass, { phase: P }> {
    const glass = this.#glass;
    if (glass.phase !== phase)
      throw new Fault('not_now', 'That is not possible at this moment.', 'The window shows what is.');
    // Cast: the comparison above narrows the phase, which TypeScript cannot carry to the generic.
    return glass as Extract<Glass, { phase: P }>;
  }

  #need<T>(part: T | null): T {
    if (part === null) throw new Fault('not_ready', 'Vitrine is still starting.', 'Try again in a moment.');
    return part;
  }
}
