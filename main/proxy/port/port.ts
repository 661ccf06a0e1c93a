/**
 * The local port of one grant: opens and closes with the user's will, ends with the grant, lets in who knows the password
 * of this opening, and hands each of them to the relay. (I1, I3, I6)
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Fault } from '../../../shared/errors.ts';
import type { Limits } from '../../../shared/grants.ts';
import type { Clock } from '../../clock.ts';
import { throttled } from '../../throttle.ts';
import type { Startup } from '../relay/greeting.ts';
import type { Relay } from '../relay/relay.ts';
import { atUtc } from '../relay/words.ts';
import { Clients, type PortClient, type PortRefusal } from './clients.ts';
import type { PortFacts } from './directions.ts';
import { type Listener, listenOnLoopback } from './listener.ts';
import { Peers } from './peers.ts';
import { verifierOf } from './scram.ts';
import { TurnedAwayList, type TurnedAwayState } from './turned-away.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface PortState {
  /** Why it cannot be opened under this grant at all; null when it can. */
  readonly forbidden: Fault | null;
  /** Where tools connect; null while closed. The password is not part of any state. */
  readonly open: Omit<PortFacts, 'password'> | null;
  readonly clients: readonly PortClient[];
  /** Most clients at once. */
  readonly limit: number;
  /** Since the port was opened last: at the door, or because the grant or the server did not allow it. */
  readonly turnedAway: TurnedAwayState;
  /** Statements that were not sent, the newest of them. */
  readonly refusals: readonly PortRefusal[];
}

export interface LocalPort {
  /** Idempotent. Throws a Fault where policy, the limits or the end of the grant forbid it, or where it cannot listen. */
  open(): Promise<PortFacts>;
  /** For the clipboard and for starting a tool; throws a Fault while the port is closed. */
  facts(): PortFacts;
  /** Ends the clients with FATAL 57P01; resolves when they are gone. The app's own connections stay. */
  close(): Promise<void>;
  state(): PortState;
  /** Ends one client the same way. Does nothing where it has left in the meantime. */
  disconnect(id: string): Promise<void>;
  /** The grant is over: closes for good. The relay's cut ends the clients, in the words of the grant's end. */
  end(): void;
}

export interface PortOptions {
  readonly relay: Pick<Relay, 'serve' | 'cancelByKey' | 'disconnect' | 'refusal'>;
  readonly limits: Pick<Limits, 'local_port' | 'connections'>;
  /** Names under which clients connect: the role and database of the grant, so that tools see what is true. */
  readonly user: string;
  readonly database: string;
  readonly clock: Clock;
  /** The state has changed; called at most four times a second. */
  readonly onChange: () => void;
  /** Time for a client to authenticate, ms. */
  readonly patience?: number;
}

/** The editor's connection and introspection's. */
const OWN_CONNECTIONS = 2;
const PATIENCE_MS = 5000;
const CHANGE_MS = 250;
/** PostgreSQL's own count; the password has 192 random bits, so that more would protect nothing. */
const ITERATIONS = 4096;

interface Opened {
  readonly facts: PortFacts;
  readonly listener: Listener;
  readonly room: WaitingRoom;
}

export function openLocalPort(options: PortOptions): LocalPort {
  return new Port(options);
}

class Port implements LocalPort {
  readonly #options: PortOptions;
  readonly #limit: number;
  readonly #changed: () => void;
  readonly #clients: Clients;
  readonly #turnedAway: TurnedAwayList;
  readonly #peers: Peers;
  #opened: Opened | null = null;
  #opening: Promise<Opened> | null = null;
  #ended = false;

  constructor(options: PortOptions) {
    this.#options = options;
    this.#limit = limitOf(options.limits);
    this.#changed = throttled(options.onChange, CHANGE_MS);
    this.#turnedAway = new TurnedAwayList(() => options.clock.wall(), this.#changed);
    this.#peers = new Peers(() => options.clock.mono());
    this.#clients = new Clients(this.#changed, this.#turnedAway);
  }

  async open(): Promise<PortFacts> {
    this.#assertAllowed();
    if (this.#opened !== null) return this.#opened.facts;
    this.#opening ??= this.#listen().finally(() => {
      this.#opening = null;
    });
    return (await this.#opening).facts;
  }

  facts(): PortFacts {
    if (this.#opened === null) throw new Fault('port_closed', 'The local port is closed.', 'Open it first.');
    return this.#opened.facts;
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    this.#stop();
    const why = `local port closed by the user ${atUtc(this.#options.clock.wall())}`;
    await Promise.all(this.#clients.ids().map((id) => this.#endClient(id, why)));
  }

  state(): PortState {
    const opened = this.#opened;
    return {
      forbidden: forbiddenBy(this.#options.limits),
      open: opened === null ? null : withoutPassword(opened.facts),
      clients: this.#clients.list(),
      limit: this.#limit,
      turnedAway: this.#turnedAway.read(),
      refusals: this.#clients.refusals(),
    };
  }

  async disconnect(id: string): Promise<void> {
    await this.#endClient(id, `disconnected by the user ${atUtc(this.#options.clock.wall())}`);
  }

  end(): void {
    this.#ended = true;
    this.#stop();
  }

  #assertAllowed(): void {
    const refusal = this.#options.relay.refusal();
    if (refusal !== null) throw new Fault(refusal.code, refusal.message, refusal.hint);
    if (this.#ended) throw new Fault('glass_closed', 'The glass is closed.', 'Ask for access again.');
    const forbidden = forbiddenBy(this.#options.limits);
    if (forbidden !== null) throw forbidden;
  }

  async #listen(): Promise<Opened> {
    const { user, database } = this.#options;
    const password = randomBytes(24).toString('base64url');
    const verifier = await verifierOf(password, randomBytes(16), ITERATIONS);
    const room = new WaitingRoom({
      door: { user, database, verifier },
      patience: this.#options.patience ?? PATIENCE_MS,
      turnedAway: this.#turnedAway,
      peers: this.#peers,
    });
    let listener: Listener;
    try {
      listener = await listenOnLoopback((socket) => void this.#connected(socket));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Fault('port_not_opened', `The local port could not be opened: ${why}.`, 'Try again.', { cause: error });
    }
    const facts: PortFacts = { host: '127.0.0.1', port: listener.port, user, password, database };
    try {
      // The grant may have ended meanwhile.
      this.#assertAllowed();
    } catch (error) {
      listener.close();
      throw error;
    }
    this.#turnedAway.clear();
    this.#opened = { facts, listener, room };
    this.#changed();
    return this.#opened;
  }

  /** No more clients, and the password is forgotten; those that are connected stay. */
  #stop(): void {
    this.#opened?.listener.close();
    this.#opened?.room.clear();
    this.#opened = null;
    this.#changed();
  }

  async #endClient(id: string, why: string): Promise<void> {
    const client = this.#clients.find(id);
    if (client === null) return;
    await this.#options.relay.disconnect(client.stream, {
      code: '57P01',
      message: why,
      detail: 'The grant goes on; only this connection was ended.',
      hint: 'Connect again while the local port is open.',
    });
    await client.gone;
  }

  async #connected(socket: Socket): Promise<void> {
    const opened = this.#opened;
    socket.on('error', () => socket.destroy());
    if (opened === null) {
      socket.destroy();
      return;
    }
    const greeting = await opened.room.enter(socket);
    if (greeting?.kind === 'startup') {
      const refusal = this.#refusal(opened);
      if (refusal === null) this.#hand(socket, greeting);
      else void opened.room.turnAway(socket, refusal);
    }
    if (greeting?.kind === 'cancel') {
      // A cancel request has no answer; whether it had an effect shows in the statement.
      await this.#options.relay.cancelByKey(greeting.pid, greeting.key).catch(() => {});
      socket.destroy();
    }
  }

  /** Why somebody who knows the password cannot come in. */
  #refusal(opened: Opened): Fault | null {
    // It may have been closed while the client was proving itself.
    if (this.#opened !== opened) return new Fault('57P01', 'the local port is closed', 'Open it again in Vitrine.');
    if (this.#clients.size < this.#limit) return null;
    return new Fault(
      '53300',
      `too many connections: this port allows ${this.#limit} at once`,
      'Close one in your tool, or disconnect one in Vitrine; the app keeps two of the grant for itself.',
    );
  }

  #hand(socket: Socket, startup: Startup): void {
    const { relay, clock } = this.#options;
    const since = new Date(clock.wall()).toISOString();
    const { id, observer } = this.#clients.add(socket, startup.parameters.get('application_name') ?? '', since);
    relay.serve(socket, startup, 'port', observer);
    const listed = (): boolean => this.#clients.find(id) !== null;
    void this.#peers.find(socket, listed).then((peer) => {
      if (peer !== null) this.#clients.identified(id, peer);
    });
  }
}

const limitOf = ({ connections }: PortOptions['limits']): number => Math.max(0, connections - OWN_CONNECTIONS);

function forbiddenBy(limits: PortOptions['limits']): Fault | null {
  if (!limits.local_port)
    return new Fault(
      'port_not_allowed',
      'This grant does not allow other tools: its policy keeps the local port closed.',
      'Work in the editor, or ask the owner of the policy for local_port.',
    );
  if (limitOf(limits) === 0)
    return new Fault(
      'port_no_connections',
      `This grant has ${limits.connections} connections, which the app itself needs: none is left for other tools.`,
      'Work in the editor, or ask the owner of the policy for more connections.',
    );
  return null;
}

const withoutPassword = ({ host, port, user, database }: PortFacts): Omit<PortFacts, 'password'> => ({
  host,
  port,
  user,
  database,
});
