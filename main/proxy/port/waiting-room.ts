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
import type { Peers } from './peers.ts';
import type { TurnedAwayList } from './turned-away.ts';

/** One more drops the oldest, so that those who only connect block nobody. */
const MAX_WAITING = 32;

export interface WaitingRoomParts {
  readonly door: Door;
  /** Time for a client to authenticate, ms. */
  readonly patience: number;
  readonly turnedAway: Pick<TurnedAwayList, 'add'>;
  readonly peers: Pick<Peers, 'findStranger'>;
}

export class WaitingRoom {
  readonly #parts: WaitingRoomParts;
  /** Oldest first. */
  readonly #waiting = new Set<Socket>();
  readonly #leaving = new WeakSet<Socket>();

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts;
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
      void this.turnAway(socket, new Fault('57014', 'the client did not authenticate in time', 'Connect again.'));
    }, this.#parts.patience);
    try {
      const greeting = await admit(socket, this.#parts.door);
      // Its time was over while it was still proving itself: it is being told so.
      return this.#leaving.has(socket) ? null : greeting;
    } catch (error) {
      clearTimeout(late);
      await this.turnAway(socket, error);
      return null;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(socket);
    }
  }

  /** Remembers why, for the window, then tells the client where it would understand. */
  async turnAway(socket: Socket, error: unknown): Promise<void> {
    if (this.#leaving.has(socket)) return;
    this.#leaving.add(socket);
    // Asking for the password is how psql begins: it leaves, asks, and comes again.
    if (socket.destroyed || error instanceof PeerLeft) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error);
    // While it still waits for its answer: a program that has left cannot be found any more.
    const peer = await this.#parts.peers.findStranger(socket);
    this.#parts.turnedAway.add(refusal, '', peer);
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
