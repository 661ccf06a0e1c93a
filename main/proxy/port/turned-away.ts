/** Who was turned away at the port, and why: a count and the last few, for the window. Display only. */
import type { Peer } from './peer.ts';

export interface TurnedAway {
  /** Grows with everyone who is turned away under this grant: newer ones have a greater number. */
  readonly n: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** SQLSTATE that the client was told: `28P01` for a wrong password. */
  readonly code: string;
  readonly message: string;
  /** What it calls itself; empty where it did not come far enough to say, or has not proven that it may say anything. */
  readonly application: string;
  /** Its own process, where the system tells. */
  readonly pid: number | null;
  readonly program: string | null;
}

export interface TurnedAwayState {
  /** Since the port was opened last. */
  readonly count: number;
  /** Oldest first. */
  readonly recent: readonly TurnedAway[];
}

/** As many as a person looks through. */
const RECENT = 8;

export class TurnedAwayList {
  readonly #now: () => number;
  readonly #onChange: () => void;
  #n = 0;
  #count = 0;
  #recent: TurnedAway[] = [];

  /** `now`: ms since the epoch. */
  constructor(now: () => number, onChange: () => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  add(words: { readonly code: string; readonly message: string }, application: string, peer: Peer | null): void {
    const one: TurnedAway = {
      n: ++this.#n,
      at: new Date(this.#now()).toISOString(),
      code: words.code,
      message: words.message,
      application,
      pid: peer?.pid ?? null,
      program: peer?.program ?? null,
    };
    this.#count++;
    this.#recent = [...this.#recent.slice(1 - RECENT), one];
    this.#onChange();
  }

  /** The port is opened anew. */
  clear(): void {
    this.#count = 0;
    this.#recent = [];
  }

  read(): TurnedAwayState {
    return { count: this.#count, recent: this.#recent };
  }
}
