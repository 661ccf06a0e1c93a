/**
 * The choke point of one grant: every client stream gets its own backend connection and its own audit session, and all
 * of them end together. (I1, I2, I3)
 */
import { randomBytes } from 'node:crypto';
import { type Duplex, duplexPair } from 'node:stream';
import type { Activation } from '../../../shared/api.ts';
import type { Intent, SessionOpen } from '../../../shared/audit/records.ts';
import { Fault } from '../../../shared/errors.ts';
import type { EndReason, Limits, Mode } from '../../../shared/grants.ts';
import type { AuditLog, NoticeFacts, SessionLog } from '../../audit/index.ts';
import type { Clock } from '../../clock.ts';
import { cancelUpstream, openUpstream } from '../connect.ts';
import type { Gate, GateRefusal } from '../gate.ts';
import type { Upstream } from '../upstream.ts';
import { WireError } from '../wire/frames.ts';
import { back, cstring, errorResponse, int32, message, type Refusal, readyForQuery } from '../wire/messages.ts';
import { readGreeting } from './greeting.ts';
import type { SessionObserver } from './line.ts';
import { Session, type SessionCut } from './session.ts';

export type Origin = Intent['origin'];

export interface RelayOptions {
  readonly connection: Activation['connection'];
  readonly target: { readonly id: SessionOpen['target']['id'] };
  readonly gate: Gate;
  readonly log: AuditLog;
  readonly session: { readonly gid: string; readonly grant: string; readonly idToken: string; readonly limits: Limits };
  readonly clock: Clock;
  /** What the grant allows now; read from the grant itself when absent. Null leaves it to the database alone. */
  readonly mode?: () => Mode | null;
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
  /** Speaks with a client on any stream. */
  serve(client: Duplex, origin: Origin, observer?: SessionObserver): void;
  /** Asks the server to cancel what runs for this stream (as `connect` gave it); resolves when the server took it. */
  cancel(client: Duplex): Promise<void>;
  /** A record beside the statements of this stream. Throws a Fault where the log has failed. */
  notice(client: Duplex, facts: NoticeFacts): void;
  /** Ends everything, for good; idempotent. Resolves when outcomes and session ends are recorded. */
  cut(why: EndReason): Promise<CutReport>;
  /** Why nothing may be sent now. */
  refusal(): GateRefusal | null;
  readonly log: Pick<AuditLog, 'indexOf' | 'onState'>;
}

/** Startup parameters that a client may choose; none of them can widen what it may do. */
const allowedParameters = new Set(
  'application_name datestyle timezone intervalstyle extra_float_digits lock_timeout geqo search_path bytea_output'.split(
    ' ',
  ),
);

export function openRelay(options: RelayOptions): Relay {
  const { connection, gate, log, clock } = options;
  const grantMode = modeOfGrant(options.session.grant);
  const rules = () => ({
    unparsed: options.session.limits.unparsed,
    mode: options.mode === undefined ? grantMode : options.mode(),
  });
  const sessions = new Set<Session>();
  const sessionOf = new WeakMap<Duplex, Session>();
  const byKey = new Map<string, Session>();
  /** Streams that wait for their backend. */
  const opening = new Map<Duplex, AbortController>();
  let ended: GateRefusal | null = null;
  let cutting: Promise<CutReport> | null = null;
  const guarded: Gate = { refusal: () => ended ?? gate.refusal() };

  async function serveOne(client: Duplex, handle: Duplex, origin: Origin, observer: SessionObserver): Promise<void> {
    const greeting = await readGreeting(client);
    if (greeting.kind === 'cancel') {
      await byKey.get(keyName(greeting.pid, greeting.key))?.cancel();
      client.end();
      return;
    }
    if (greeting.minor > 0) client.write(negotiate());
    const startup = chosenParameters(greeting.parameters, origin);
    const abort = new AbortController();
    opening.set(handle, abort);
    const leave = (): void => abort.abort();
    client.once('close', leave);
    let upstream: Upstream | null = null;
    let sessionLog: SessionLog;
    try {
      upstream = await openUpstream(connection, guarded, startup, abort.signal);
      sessionLog = await log.openSession({ ...options.session, target: targetFacts(upstream) });
    } catch (error) {
      upstream?.destroy();
      throw error;
    } finally {
      opening.delete(handle);
      client.off('close', leave);
    }
    const refusal = guarded.refusal();
    if (refusal !== null || client.destroyed) {
      upstream.terminate();
      await sessionLog.close({ reason: client.destroyed ? 'disconnected' : 'expired', delay: null });
      if (refusal !== null) throw new Fault(refusal.code, refusal.message, refusal.hint);
      return;
    }
    const { facts } = upstream;
    const key = randomBytes(4);
    const live = upstream;
    const session = new Session({
      client,
      upstream,
      log: sessionLog,
      origin,
      rules,
      cancel: () => cancelUpstream(connection, live.facts),
      mono: () => clock.mono(),
      observer,
      onClosed() {
        sessions.delete(session);
        byKey.delete(keyName(facts.pid, key));
      },
    });
    sessions.add(session);
    sessionOf.set(handle, session);
    byKey.set(keyName(facts.pid, key), session);
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

  /** `handle` is the stream by which the caller knows this client. */
  function serve(client: Duplex, handle: Duplex, origin: Origin, observer: SessionObserver): void {
    client.on('error', () => client.destroy());
    serveOne(client, handle, origin, observer).catch((error: unknown) => {
      const refusal = asRefusal(error, guarded.refusal());
      observer.closed?.('failed', refusal.message);
      if (client.writable) client.end(errorResponse('FATAL', refusal));
      client.once('finish', () => setImmediate(() => client.destroy()));
    });
  }

  async function cut(why: EndReason): Promise<CutReport> {
    const began = clock.mono();
    ended = endedBy(why, clock.wall());
    const refusal = ended;
    for (const abort of opening.values()) abort.abort();
    const live = [...sessions];
    const cuts = await Promise.all(live.map((session) => session.cut(why, refusal)));
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
      const [near, far] = duplexPair();
      serve(far, near, origin, observer);
      return socketLike(near, far);
    },
    serve: (client, origin, observer = {}) => serve(client, client, origin, observer),
    async cancel(client) {
      await sessionOf.get(client)?.cancel();
    },
    notice(client, facts) {
      sessionOf.get(client)?.log.notice(facts);
    },
    cut(why) {
      cutting ??= cut(why);
      return cutting;
    },
    refusal: () => guarded.refusal(),
    log,
  };
}

/** What the clients are told, and why nothing more is sent. */
function endedBy(why: EndReason, wall: number): GateRefusal {
  const at = `at ${new Date(wall).toISOString().slice(11, 16)} UTC`;
  const words: Record<EndReason, string> = {
    expired: `grant expired ${at}`,
    handed_back: `grant handed back ${at}`,
    revoked: `grant revoked ${at}`,
    failed: `grant ended ${at} because of a fault`,
  };
  return {
    code: '57P01',
    message: words[why],
    detail: 'Nothing is sent outside a live grant.',
    hint: 'Ask for access again.',
  };
}

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

function chosenParameters(parameters: ReadonlyMap<string, string>, origin: Origin): Map<string, string> {
  const chosen = new Map([['application_name', origin === 'user' ? 'Vitrine' : `Vitrine ${origin}`]]);
  for (const [name, value] of parameters) {
    if (name === 'user' || name === 'database' || name.startsWith('_pq_.')) continue;
    if (name === 'client_encoding' && /^'?utf-?8'?$/i.test(value)) continue;
    if (!allowedParameters.has(name.toLowerCase()))
      throw new Fault('0A000', `the startup parameter ${name} is not allowed here`, 'Use SET after connecting.');
    chosen.set(name, value);
  }
  return chosen;
}

/** NegotiateProtocolVersion: 3.0, no options. */
const negotiate = (): Buffer => message(back.negotiateVersion, int32(0), int32(0));

const keyName = (pid: number, key: Buffer): string => `${pid}:${key.toString('hex')}`;

function asRefusal(error: unknown, gate: GateRefusal | null): Refusal {
  if (gate !== null) return { ...gate };
  if (error instanceof Fault) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof WireError) return { code: '08P01', message: error.message };
  return { code: '08006', message: error instanceof Error ? error.message : String(error) };
}

/** `pg` expects a `net.Socket`: these are the parts of one that it touches. */
function socketLike(near: Duplex, far: Duplex): Duplex {
  // The halves end together: a destroyed client has left, and a closed server has nothing more to say.
  near.once('close', () => far.destroy());
  far.once('close', () => setImmediate(() => near.destroy()));
  return Object.assign(near, {
    connect(): Duplex {
      queueMicrotask(() => near.emit('connect'));
      return near;
    },
    setNoDelay: (): Duplex => near,
    setKeepAlive: (): Duplex => near,
    ref: (): Duplex => near,
    unref: (): Duplex => near,
  });
}
