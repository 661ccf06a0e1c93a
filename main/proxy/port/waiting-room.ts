/**
 * Connections of one opening that have not proven anything yet: few, for a few seconds, and what was wrong with those
 * that were turned away. (I6)
 */
import type { Socket } from 'node:net';
import { Fault } from '../../../shared/errors.ts';
import { farewell } from '../relay/farewell.ts';
import { type Greeting, NotPostgres } from '../relay/greeting.ts';
import { defect } from '../relay/words.ts';
import { WireError } from '../wire/frames.ts';
import { errorResponse, type Refusal } from '../wire/messages.ts';
import { PeerLeft } from '../wire/read.ts';
import { admit, type Door } from './admit.ts';

/** One more drops the oldest, so that those who only connect block nobody. */
const MAX_WAITING = 32;

export class WaitingRoom {
  readonly #door: Door;
  readonly #patience: number;
  readonly #onRefused: () => void;
  /** Oldest first. */
  readonly #waiting = new Set<Socket>();
  #refused = 0;
  #last: string | null = null;

  /** `patience`: time for a client to authenticate, ms. */
  constructor(door: Door, patience: number, onRefused: () => void) {
    this.#door = door;
    this.#patience = patience;
    this.#onRefused = onRefused;
  }

  get refused(): { readonly count: number; readonly last: string | null } {
    return { count: this.#refused, last: this.#last };
  }

  /** Null for who left, or was turned away. */
  async enter(socket: Socket): Promise<Greeting | null> {
    for (const oldest of this.#waiting) {
      if (this.#waiting.size < MAX_WAITING) break;
      this.#waiting.delete(oldest);
      oldest.destroy();
    }
    this.#waiting.add(socket);
    const late = setTimeout(() => {
      this.turnAway(socket, new Fault('57014', 'the client did not authenticate in time', 'Connect again.'));
    }, this.#patience);
    try {
      return await admit(socket, this.#door);
    } catch (error) {
      this.turnAway(socket, error);
      return null;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(socket);
    }
  }

  /** Tells the client, where it would understand, and remembers why for the window. */
  turnAway(socket: Socket, error: unknown): void {
    // Asking for the password is how psql begins: it leaves, asks, and comes again.
    if (socket.destroyed || error instanceof PeerLeft) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error);
    this.#refused++;
    this.#last = refusal.message;
    this.#onRefused();
    void farewell(socket, error instanceof NotPostgres ? null : errorResponse('FATAL', refusal));
  }

  /** The port is closing. */
  clear(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Fault) return { code: error.code, message: error.message, hint: error.hint };
  return error instanceof WireError ? { code: '08P01', message: error.message } : defect(error);
}
