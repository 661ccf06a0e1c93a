/**
 * The choke point of one grant: every client stream gets its own backend connection and its own audit session, and all
 * of them end together. (I1, I2, I3)
 */
import type { Duplex } from 'node:stream';
import type { Activation } from '../../../shared/api.ts';
import type { Intent, SessionOpen } from '../../../shared/audit/records.ts';
import { Fault } from '../../../shared/errors.ts';
import type { EndReason, Limits, Mode } from '../../../shared/grants.ts';
import type { AuditLog, NoticeFacts, SessionFacts, SessionLog } from '../../audit/index.ts';
import type { Clock } from '../../clock.ts';
import { cancelUpstream, type Dial, openUpstream } from '../connect.ts';
import type { Gate, GateRefusal } from '../gate.ts';
import type { Upstream } from '../upstream.ts';
import { WireError } from '../wire/frames.ts';
import { back, cstring, errorResponse, int32, message, type Refusal, readyForQuery } from '../wire/messages.ts';
import { farewell } from './farewell.ts';
import { readGreeting, type Startup } from './greeting.ts';
import { CancelKeys } from './keys.ts';
import type { SessionObserver } from './line.ts';
import { memoryConnection } from './memory.ts';
import { Session, type SessionCut } from './session.ts';
import { chosenSettings } from './startup.ts';
import { type Tally, TallyKeeper } from './tally.ts';
import { endedBy } from './words.ts';

export type Origin = Intent['origin'];

export interface RelayOptions {
  readonly connection: Activation['connection'];
  readonly target: { readonly id: SessionOpen['target']['id'] };
  readonly gate: Gate;
  readonly log: AuditLog;
  readonly session: {
    readonly gid: string;
    readonly grant: string;
    readonly idToken: SessionFacts['idToken'];
    readonly limits: Limits;
  };
  readonly clock: Clock;
  /** What the grant allows now; read from the grant itself when absent. Null leaves it to the database alone. */
  readonly mode?: () => Mode | null;
  /** How the target is reached; by TCP when absent. The proofs bring a target that lies. */
  readonly dial?: Dial;
}

export interface CutReport {
  /** The statement of the user's connection that was running. */
  readonly statement: { readonly text: string; readonly outcome: string } | null;
  /** What became of an open transaction; null when none was open. */
  readonly transaction: string | null;
  /** From the call until the last client stream was closed. */
  readonly client_cut_ms: number;
}

/** Shown to the client, or observed by the app's own runner. */
export interface ConnectOptions {
  readonly observer?: SessionObserver;
}

export interface Relay {
  /** A PostgreSQL server in memory: give it to `pg` as `stream: () => relay.connect(…)`. No password is asked. */
  connect(origin: Origin, options?: ConnectOptions): Duplex;
  /**
   * Speaks with a client that has been let in and waits for AuthenticationOk; `client` is the stream behind its startup.
   * A refusal is told to it, and to the observer.
   */
  serve(client: Duplex, startup: Startup, origin: Origin, observer?: SessionObserver): void;
  /** A client's own cancel request, with the key that it was given; a wrong key does nothing. */
  cancelByKey(pid: number, key: Buffer): Promise<void>;
  /** Ends this client alone, with FATAL 57P01 and these words; resolves when its outcomes and its end are recorded. */
  disconnect(client: Duplex, words: GateRefusal): Promise<void>;
  /** Write access is over: connections that may write and are not the editor's are ended, with the reason. */
  lower(): void;
  /** Asks the server to cancel what runs for this stream (as `connect` gave it); resolves when the server took it. */
  cancel(client: Duplex): Promise<void>;
  /** Says whose the statements are that this stream sends from now on: the app may lend the user's connection to itself. */
  attribute(client: Duplex, origin: Origin): void;
  /** A record beside the statements of this stream. Throws a Fault where the log has failed. */
  notice(client: Duplex, facts: NoticeFacts): void;
  /** The same, durable with everything before it when it resolves. Rejects with a Fault where there is no session. */
  record(client: Duplex, facts: NoticeFacts): Promise<void>;
  /** Ends everything, for good; idempotent. Resolves when outcomes and session ends are recorded. */
  cut(why: EndReason): Promise<CutReport>;
  /** Why nothing may be sent now. */
  refusal(): GateRefusal | null;
  /** What the grant allows now; null where only the database knows. */
  mode(): Mode | null;
  /** What was done through every connection but introspection's. */
  tally(): Tally;
  readonly log: Pick<AuditLog, 'indexOf' | 'onState' | 'fault'>;
}

/** Who is about to get a backend; `handle` is the stream by which the caller knows this client. */
interface Newcomer {
  readonly client: Duplex;
  readonly handle: Duplex;
  readonly startup: Startup;
  readonly origin: Origin;
  readonly observer: SessionObserver;
}

export function openRelay(options: RelayOptions): Relay {
  const { connection, gate, log, clock } = options;
  const grantMode = modeOfGrant(options.session.grant);
  const { limits } = options.session;
  const rulesFor = (origin: Origin) => () => ({
    unparsed: limits.unparsed,
    mode: options.mode === undefined ? grantMode : options.mode(),
    statementTimeoutMs: limits.statement_timeout_ms,
    idleTxTimeoutMs: limits.idle_tx_timeout_ms,
    // The editor asks before it sends one; on the port nobody can be asked.
    dangerous: origin === 'port' ? limits.port_dangerous : ('send' as const),
  });
  const sessions = new Set<Session>();
  const sessionOf = new WeakMap<Duplex, Session>();
  const keys = new CancelKeys<Session>();
  const tally = new TallyKeeper();
  /** Streams that wait for their backend; `over` resolves when they have it, or have given it up. */
  const opening = new Map<Duplex, { readonly abort: AbortController; readonly over: Promise<void> }>();
  let ended: GateRefusal | null = null;
  let endedWhy: EndReason | null = null;
  let cutting: Promise<CutReport> | null = null;
  const guarded: Gate = { refusal: () => ended ?? gate.refusal() };

  async function greet(client: Duplex, handle: Duplex, origin: Origin, observer: SessionObserver): Promise<void> {
    const greeting = await readGreeting(client);
    if (greeting.kind === 'startup') {
      if (greeting.negotiation !== null) client.write(greeting.negotiation);
      return serveOne({ client, handle, startup: greeting, origin, observer });
    }
    await keys.find(greeting.pid, greeting.key)?.cancel();
    client.end();
  }

  async function serveOne(newcomer: Newcomer): Promise<void> {
    const { client, handle, startup, origin } = newcomer;
    const settings = chosenSettings(startup.parameters, limits.statement_timeout_ms);
    const name = origin === 'user' ? 'Vitrine' : `Vitrine ${origin}`;
    if (!settings.has('application_name')) settings.set('application_name', name);
    // What the app asks the catalog never needs to write.
    const reading = origin === 'introspection' || rulesFor(origin)().mode === 'read';
    // The second fence of a read grant, which also holds what the gate cannot see: what a function or a view does.
    if (reading) settings.set(READ_ONLY, 'on');
    const abort = new AbortController();
    const over = Promise.withResolvers<void>();
    opening.set(handle, { abort, over: over.promise });
    const leave = (): void => abort.abort();
    client.once('close', leave);
    if (client.destroyed) leave();
    try {
      const upstream = await openUpstream(connection, guarded, settings, abort.signal, options.dial);
      const sessionLog = await openSession(upstream, reading);
      const refusal = guarded.refusal();
      if (refusal === null && !abort.signal.aborted) {
        begin(newcomer, upstream, sessionLog);
        return;
      }
      upstream.terminate();
      await sessionLog.close({ reason: refusal === null ? 'disconnected' : (endedWhy ?? 'expired'), delay: null });
      throw new WireError('the client left before it was connected');
    } catch (error) {
      // Whoever gave up may have said why.
      throw abort.signal.reason instanceof Fault ? abort.signal.reason : error;
    } finally {
      client.off('close', leave);
      opening.delete(handle);
      over.resolve();
    }
  }

  async function openSession(upstream: Upstream, reading: boolean): Promise<SessionLog> {
    try {
      if (reading && upstream.facts.parameters.get(READ_ONLY) === 'off') throw notReadOnly;
      return await log.openSession({ ...options.session, target: targetFacts(upstream) });
    } catch (error) {
      upstream.destroy();
      throw error;
    }
  }

  function begin(newcomer: Newcomer, upstream: Upstream, sessionLog: SessionLog): void {
    const { client, handle, startup, origin, observer } = newcomer;
    const { facts } = upstream;
    const session = new Session({
      client,
      upstream,
      log: sessionLog,
      origin,
      rules: rulesFor(origin),
      cancel: () => cancelUpstream(connection, facts, options.dial),
      mono: () => clock.mono(),
      observer: tallied(observer, () => session.origin),
      onClosed() {
        sessions.delete(session);
        keys.forget(facts.pid, session);
      },
    });
    sessions.add(session);
    sessionOf.set(handle, session);
    const key = keys.issue(facts.pid, startup.minor, session);
    const status = [...facts.parameters].map(([name, value]) =>
      message(back.parameterStatus, cstring(name), cstring(value)),
    );
    client.write(
      Buffer.concat([
        message(back.authentication, int32(0)),
        ...status,
        message(back.backendKeyData, int32(facts.pid), key),
        readyForQuery('idle'),
      ]),
    );
    observer.opened?.({ pid: facts.pid, serverVersion: facts.parameters.get('server_version') ?? null });
    session.start();
  }

  function targetFacts(upstream: Upstream): SessionOpen['target'] {
    const { facts } = upstream;
    return {
      id: options.target.id,
      host: connection.host,
      port: connection.port,
      database: connection.database,
      role: connection.user,
      server_version: facts.parameters.get('server_version') ?? '',
      cert: facts.certificate,
      pid: facts.pid,
      client_port: facts.clientPort,
    };
  }

  /** A session may be lent: whose a statement is, is asked when it settles. */
  const tallied = (observer: SessionObserver, origin: () => Origin): SessionObserver => {
    const account = tally.account();
    return {
      ...observer,
      settled(operation, result) {
        const whose = origin();
        if (whose !== 'introspection') account.settled(operation, result, whose);
        observer.settled?.(operation, result);
      },
      status(status) {
        account.status(status);
        observer.status?.(status);
      },
      closed(reason, why) {
        account.closed();
        observer.closed?.(reason, why);
      },
    };
  };

  function speak(client: Duplex, observer: SessionObserver, begin: () => Promise<void>): void {
    client.on('error', () => client.destroy());
    begin().catch((error: unknown) => {
      const refusal = asRefusal(error, guarded.refusal());
      if (!client.destroyed) observer.turnedAway?.(refusal);
      observer.closed?.('failed', refusal.message);
      void farewell(client, errorResponse('FATAL', refusal));
    });
  }

  async function cut(why: EndReason): Promise<CutReport> {
    const began = clock.mono();
    ended = endedBy(why, clock.wall());
    endedWhy = why;
    const refusal = ended;
    const waiting = [...opening.values()];
    for (const { abort } of waiting) abort.abort();
    const live = [...sessions];
    const cuts = await Promise.all(live.map((session) => session.cut(why, refusal)));
    // Nothing opens after the cut: who was about to get a backend has given it up, and its record says so.
    await Promise.all(waiting.map(({ over }) => over));
    const own = cuts.filter((_, i) => live[i]?.origin !== 'introspection');
    const worst = (pick: (cut: SessionCut) => string | null): string | null =>
      own.map(pick).find((text) => text !== null) ?? null;
    return {
      statement: own.map((one) => one.statement).find((statement) => statement !== null) ?? null,
      transaction: worst((one) => one.transaction),
      client_cut_ms: cuts.length === 0 ? clock.mono() - began : Math.max(...cuts.map((one) => one.clientMs)),
    };
  }

  return {
    connect(origin, { observer = {} } = {}) {
      const { near, far } = memoryConnection();
      speak(far, observer, () => greet(far, near, origin, observer));
      return near;
    },
    serve(client, startup, origin, observer = {}) {
      speak(client, observer, () => serveOne({ client, handle: client, startup, origin, observer }));
    },
    async cancelByKey(pid, key) {
      await keys.find(pid, key)?.cancel();
    },
    async disconnect(client, words) {
      opening.get(client)?.abort.abort(new Fault(words.code, words.message, words.hint));
      await sessionOf.get(client)?.cut('disconnected', words);
    },
    lower() {
      for (const session of sessions)
        if (session.origin === 'port' && !session.readOnly) void session.cut('disconnected', writeIsOver);
    },
    async cancel(client) {
      await sessionOf.get(client)?.cancel();
    },
    attribute(client, origin) {
      sessionOf.get(client)?.attribute(origin);
    },
    notice(client, facts) {
      sessionOf.get(client)?.log.notice(facts);
    },
    async record(client, facts) {
      const session = sessionOf.get(client);
      if (session === undefined)
        throw new Fault('no_session', 'There is no connection under which this could be recorded.', 'Connect again.');
      session.log.notice(facts);
      await session.log.settle();
    },
    cut(why) {
      cutting ??= cut(why);
      return cutting;
    },
    refusal: () => guarded.refusal(),
    mode: () => rulesFor('user')().mode,
    tally: () => tally.read(),
    log,
  };
}

const writeIsOver: GateRefusal = {
  code: '57P01',
  message: 'write access of this grant is over',
  detail: 'What was not committed was rolled back.',
  hint: 'Connect again to go on reading.',
};
const READ_ONLY = 'default_transaction_read_only';
const notReadOnly = new Fault(
  '25006',
  'the database does not hold this connection to reading, as the grant does',
  'Nothing was sent. Tell the operator of the target; something between here and the database changes settings.',
);

/** Only the mode is read here, to explain early; the signature was checked before the grant was used. */
function modeOfGrant(jws: string): Mode | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
    if (typeof payload !== 'object' || payload === null || !('scope' in payload)) return null;
    const { scope } = payload;
    if (typeof scope !== 'object' || scope === null || !('mode' in scope)) return null;
    return scope.mode === 'read' || scope.mode === 'write' ? scope.mode : null;
  } catch {
    return null;
  }
}

function asRefusal(error: unknown, gate: GateRefusal | null): Refusal {
  if (gate !== null) return { ...gate };
  if (error instanceof Fault) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof WireError) return { code: '08P01', message: error.message };
  return { code: '08006', message: error instanceof Error ? error.message : String(error) };
}
