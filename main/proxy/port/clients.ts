/** The tools that are connected now, as the window lists them: kept up by what the relay observes of each. */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { SessionObserver } from '../relay/line.ts';
import { printable } from '../relay/startup.ts';
import type { TransactionStatus } from '../wire/messages.ts';
import type { Peer } from './peer.ts';
import type { TurnedAwayList } from './turned-away.ts';

export interface PortClient {
  readonly id: string;
  /** What the tool calls itself (`application_name`), also when it changes its mind; empty where it does not say. */
  readonly application: string;
  /** The tool's own process, where the system tells. */
  readonly pid: number | null;
  readonly program: string | null;
  /** Of the target; null until it is connected there. */
  readonly backend_pid: number | null;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** Sent since then. */
  readonly statements: number;
  readonly running: boolean;
  readonly tx: TransactionStatus;
}

/** A statement of a tool that was not sent. */
export interface PortRefusal {
  /** Counts from 1 in the life of the port. */
  readonly n: number;
  readonly application: string;
  /** SQLSTATE, as the tool was told. */
  readonly code: string;
  readonly message: string;
}

/** Refusals that are kept for whoever looks; the log has all of them. */
const REFUSALS = 20;

interface Entry {
  readonly stream: Duplex;
  readonly id: string;
  application: string;
  peer: Peer | null;
  backendPid: number | null;
  readonly since: string;
  statements: number;
  /** Sent and not yet settled. */
  open: number;
  tx: TransactionStatus;
  readonly gone: Promise<void>;
}

export class Clients {
  readonly #entries = new Map<string, Entry>();
  readonly #refusals: PortRefusal[] = [];
  readonly #onChange: () => void;
  readonly #turnedAway: Pick<TurnedAwayList, 'add'>;

  constructor(onChange: () => void, turnedAway: Pick<TurnedAwayList, 'add'>) {
    this.#onChange = onChange;
    this.#turnedAway = turnedAway;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Lists the client until the relay says that it is closed; answers with the observer for the relay. */
  add(stream: Duplex, application: string, since: string): { id: string; observer: SessionObserver } {
    const left = Promise.withResolvers<void>();
    const entry: Entry = {
      stream,
      id: randomBytes(16).toString('base64url'),
      application: printable(application),
      peer: null,
      backendPid: null,
      since,
      statements: 0,
      open: 0,
      tx: 'idle',
      gone: left.promise,
    };
    this.#entries.set(entry.id, entry);
    this.#onChange();
    const changed = this.#onChange;
    const observer: SessionObserver = {
      opened({ pid }) {
        entry.backendPid = pid;
        changed();
      },
      parameter(name, value) {
        if (name !== 'application_name') return;
        entry.application = printable(value);
        changed();
      },
      sent(operation) {
        entry.open++;
        if (operation.op !== 'parse') entry.statements++;
        changed();
      },
      settled() {
        entry.open--;
        changed();
      },
      status(tx) {
        entry.tx = tx;
        changed();
      },
      refused: ({ code, message }) => {
        const n = (this.#refusals.at(-1)?.n ?? 0) + 1;
        this.#refusals.push({ n, application: entry.application, code, message });
        if (this.#refusals.length > REFUSALS) this.#refusals.shift();
        changed();
      },
      turnedAway: (words) => {
        // The end of the grant, of the port or of this client is our own doing, and is told elsewhere.
        if (words.code !== '57P01') this.#turnedAway.add(words, entry.application, entry.peer);
      },
      closed: () => {
        this.#entries.delete(entry.id);
        changed();
        left.resolve();
      },
    };
    return { id: entry.id, observer };
  }

  identified(id: string, peer: Peer): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.peer = peer;
    this.#onChange();
  }

  /** Null where it has left in the meantime. `gone` resolves when it is not listed any more. */
  find(id: string): { readonly stream: Duplex; readonly gone: Promise<void> } | null {
    return this.#entries.get(id) ?? null;
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  /** The newest, oldest first; also of tools that have left. */
  refusals(): PortRefusal[] {
    return [...this.#refusals];
  }

  /** Oldest first. */
  list(): PortClient[] {
    return [...this.#entries.values()].map((entry) => ({
      id: entry.id,
      application: entry.application,
      pid: entry.peer?.pid ?? null,
      program: entry.peer?.program ?? null,
      backend_pid: entry.backendPid,
      since: entry.since,
      statements: entry.statements,
      running: entry.open > 0,
      tx: entry.tx,
    }));
  }
}
