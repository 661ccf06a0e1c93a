/** For tests only: a real PostgreSQL with a small shop, the real log, a gate that a test can close, a tap on the wire. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { Fault } from '../../shared/errors.ts';
import {
  type AuditLog,
  type IntentFacts,
  type NoticeFacts,
  type OutcomeFacts,
  openAuditLog,
  type SessionFacts,
} from '../audit/index.ts';
import { limits as logLimits, newSigner, temporaryDir } from '../audit/testing.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { GateRefusal } from './gate.ts';
import type { SessionObserver } from './relay/line.ts';
import { type Origin, openRelay, type Relay, type RelayOptions } from './relay/relay.ts';
import { CANCEL_REQUEST } from './wire/messages.ts';

export const limits: typeof logLimits = {
  ...logLimits,
  max_rows: 10_000,
  max_bytes: 64 * 1024 * 1024,
  unparsed: false,
};

/** The part of dev's PostgreSQL that is used here; handed in, because main imports nothing of dev. */
export interface Postgres {
  readonly port: number;
  readonly ca: string;
  readonly logDir: string;
  database(name: string, options?: { superuser?: boolean }): Promise<string>;
  stop(): Promise<void>;
}
export type StartPostgres = (options: { settings: Record<string, string> }) => Promise<Postgres>;

export interface World {
  readonly postgres: Postgres;
  readonly admin: pg.Client;
  readonly role: string;
  readonly password: string;
  stop(): Promise<void>;
}

export async function openWorld(start: StartPostgres, settings: Record<string, string> = {}): Promise<World> {
  const postgres = await start({ settings: { log_statement: 'all', ...settings } });
  const shop = await postgres.database('shop', { superuser: true });
  const admin = new pg.Client({ connectionString: shop });
  await admin.connect();
  await admin.query(`
    create schema shop;
    create table shop.orders(id int primary key, status text not null, total numeric(12,2), updated_at timestamptz);
    insert into shop.orders select i, 'processing', i, now() from generate_series(1, 1000) i;
    create table shop.lines(id int primary key, order_id int references shop.orders, note text);
    create table shop.secrets(id int);
    create view shop.late as select id, status from shop.orders where status = 'late';
    create role breaker login password 'pw-breaker';
    grant connect on database shop to breaker;
    grant usage on schema shop to breaker;
    grant select, insert, update, delete on shop.orders to breaker;
    grant select (id, order_id), insert on shop.lines to breaker;
    grant select on shop.late to breaker;
  `);
  return {
    postgres,
    admin,
    role: 'breaker',
    password: 'pw-breaker',
    async stop() {
      await admin.end();
      await postgres.stop();
    },
  };
}

/** A grant token of the shape that the relay reads; its signature is somebody else's business. */
export const grantOf = (mode: 'read' | 'write'): string =>
  `e30.${Buffer.from(JSON.stringify({ scope: { mode } })).toString('base64url')}.sig`;

export interface Tap {
  readonly port: number;
  /** What the relay has sent to the server, without TLS. */
  sent(): string;
  /** In how many pieces that arrived. */
  chunks(): number;
  /** Forgets what was sent. */
  clear(): void;
  /** Loses so many cancel requests, as a server does that is not yet at the statement. */
  loseCancels(count: number): void;
  /** Cuts every connection. */
  break(): void;
  close(): Promise<void>;
}

/** A TCP hop between relay and server that remembers what passes. */
export async function openTap(to: number): Promise<Tap> {
  let sent: Buffer[] = [];
  let lose = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => {
      if (lose > 0 && chunk.length >= 8 && chunk.readUInt32BE(4) === CANCEL_REQUEST) {
        lose--;
        near.end();
        return;
      }
      sent.push(chunk);
      far.write(chunk);
    });
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sent: () => Buffer.concat(sent).toString('latin1'),
    chunks: () => sent.length,
    clear() {
      sent = [];
    },
    loseCancels(count) {
      lose = count;
    },
    break() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export interface Rig {
  readonly relay: Relay;
  readonly intents: (IntentFacts & { readonly id: string })[];
  readonly outcomes: OutcomeFacts[];
  readonly notices: NoticeFacts[];
  /** Those of them that were durable when somebody had waited for it. */
  readonly durable: NoticeFacts[];
  /** Of every session that was opened. */
  readonly targets: SessionFacts['target'][];
  /** What each of them has recorded, in order. */
  readonly sessions: { readonly target: SessionFacts['target']; readonly intents: Rig['intents'] }[];
  readonly closes: { reason: string; delay: number | null }[];
  /** Where the log lies, unless a test brought its own. */
  readonly logDir: string;
  /** Closes the gate, or opens it again. */
  gate(refusal: GateRefusal | null): void;
  /** Runs before every permit is given; may wait, or throw as a log that has failed. */
  beforePermit: (() => Promise<void>) | null;
  /** Runs before a session is opened in the log, when its backend is connected already; may wait. */
  beforeSession: (() => Promise<void>) | null;
  /** A `pg` client through the relay. */
  client(origin?: Origin, observer?: SessionObserver): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly mode?: 'read' | 'write';
  /** What the grant allows now, where that is to change. */
  readonly modeNow?: () => 'read' | 'write';
  readonly tls?: boolean;
  readonly port?: number;
  readonly database?: string;
  readonly limits?: Partial<typeof limits>;
  readonly clock?: Clock;
  readonly gate?: RelayOptions['gate'];
  /** Replaces the real log. */
  readonly log?: AuditLog;
}

export const expired: GateRefusal = {
  code: '57P01',
  message: 'grant expired at 14:32 UTC',
  detail: 'Nothing is sent outside a live grant.',
  hint: 'Ask for access again.',
};

export async function openRig(world: World, options: RigOptions = {}): Promise<Rig> {
  const clock = options.clock ?? systemClock;
  const directory = temporaryDir();
  const log =
    options.log ??
    (await openAuditLog({ dir: directory.dir, signer: newSigner(), clock, app: { version: '0', build: 'test' } }));
  const intents: Rig['intents'] = [];
  const outcomes: OutcomeFacts[] = [];
  const notices: NoticeFacts[] = [];
  const durable: NoticeFacts[] = [];
  const targets: SessionFacts['target'][] = [];
  const sessions: Rig['sessions'] = [];
  const closes: Rig['closes'] = [];
  let refusal: GateRefusal | null = null;
  const rig: Pick<Rig, 'beforePermit' | 'beforeSession'> = { beforePermit: null, beforeSession: null };
  const spied: AuditLog = {
    ...delegate(log),
    async openSession(facts) {
      await rig.beforeSession?.();
      const session = await log.openSession(facts);
      targets.push(facts.target);
      const own: Rig['intents'] = [];
      sessions.push({ target: facts.target, intents: own });
      return {
        sid: session.sid,
        permit: (fact) => session.permit(fact),
        async permitAll(facts) {
          const permits = await session.permitAll(facts);
          await rig.beforePermit?.();
          const made = facts.map((fact, i) => ({ ...fact, id: permits[i]?.intent ?? '' }));
          intents.push(...made);
          own.push(...made);
          return permits;
        },
        outcome(facts) {
          outcomes.push(facts);
          session.outcome(facts);
        },
        notice(facts) {
          notices.push(facts);
          session.notice(facts);
        },
        async settle() {
          const before = notices.slice(durable.length);
          await session.settle();
          durable.push(...before);
        },
        close(facts) {
          closes.push(facts);
          return session.close(facts);
        },
        elapsed: () => session.elapsed(),
      };
    },
  };
  const relay = openRelay({
    connection: {
      host: '127.0.0.1',
      port: options.port ?? world.postgres.port,
      database: options.database ?? 'shop',
      user: world.role,
      password: world.password,
      tls:
        options.tls === false
          ? { mode: 'disable', ca: '', server_name: '' }
          : { mode: 'verify-full', ca: world.postgres.ca, server_name: 'localhost' },
    },
    target: { id: 'orders' },
    gate: options.gate ?? { refusal: () => refusal },
    log: spied,
    session: {
      gid: 'A'.repeat(22),
      grant: grantOf(options.mode ?? 'write'),
      idToken: 'e30.e30.sig',
      limits: { ...limits, ...options.limits },
    },
    clock,
    ...(options.modeNow === undefined ? {} : { mode: options.modeNow }),
  });
  const clients: pg.Client[] = [];
  return Object.assign(rig, {
    relay,
    intents,
    outcomes,
    notices,
    durable,
    targets,
    sessions,
    closes,
    logDir: directory.dir,
    gate(value: GateRefusal | null) {
      refusal = value;
    },
    async client(origin: Origin = 'user', observer: SessionObserver = {}) {
      const stream = relay.connect(origin, { observer });
      const client = new pg.Client({ stream: () => stream as Socket, user: 'x', database: 'x', password: 'x' });
      client.on('error', () => {});
      await client.connect();
      clients.push(client);
      return client;
    },
    async close() {
      await relay.cut('handed_back');
      for (const client of clients) await client.end().catch(() => {});
      if (options.log === undefined) await log.close();
      directory.remove();
    },
  });
}

/** A class keeps its methods on the prototype, where a spread does not see them. */
function delegate(log: AuditLog): AuditLog {
  return {
    openSession: (facts) => log.openSession(facts),
    state: () => log.state(),
    onState: (listener) => log.onState(listener),
    ack: () => log.ack(),
    indexOf: (intent) => log.indexOf(intent),
    drained: () => log.drained(),
    close: () => log.close(),
    fault: () => log.fault(),
  };
}

export const brokenLog = (): Promise<void> =>
  Promise.reject(new Fault('log_failed', 'The log disk is full.', 'Free some space.'));
