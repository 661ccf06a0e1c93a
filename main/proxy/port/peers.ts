/**
 * Searches for the programs at the other ends, one after the other: searching is work for the threads that also sync the
 * log. Whoever is let in is searched for; of those who are turned away one in a while is, so that nobody can keep the
 * machine busy by knocking.
 */
import type { Socket } from 'node:net';
import { type Peer, peerOf } from './peer.ts';

/** Between two searches for those who are turned away, ms. */
const REST_MS = 1000;

export class Peers {
  #last: Promise<unknown> = Promise.resolve();
  #searching = 0;
  #strangerAt = Number.NEGATIVE_INFINITY;
  readonly #mono: () => number;

  /** `mono`: a monotonic clock, ms. */
  constructor(mono: () => number) {
    this.#mono = mono;
  }

  /** Null where the system does not tell, or `wanted` says that it is too late. Never rejects. */
  find(socket: Socket, wanted: () => boolean = () => true): Promise<Peer | null> {
    const { localPort, remotePort } = socket;
    if (localPort === undefined || remotePort === undefined) return Promise.resolve(null);
    this.#searching++;
    const found = this.#last
      .then(() => (wanted() ? peerOf(localPort, remotePort) : null))
      .finally(() => {
        this.#searching--;
      });
    this.#last = found;
    return found;
  }

  /** Of one who is being turned away; null, at once, where others are searched for or one was a moment ago. */
  findStranger(socket: Socket): Promise<Peer | null> {
    if (this.#searching > 0 || this.#mono() - this.#strangerAt < REST_MS) return Promise.resolve(null);
    this.#strangerAt = this.#mono();
    return this.find(socket);
  }
}
