/** How much the results of one grant may take together. Only counts; who has to go is the shelf's business. (I8) */

export interface RoomLimits {
  /** Encrypted bytes in this process. */
  readonly memory: number;
  /** Encrypted bytes in temporary files. */
  readonly disk: number;
}
export type Place = 'memory' | 'disk';

/** Two results as large as a policy allows by default fit on the disk; what is looked at again and again, in memory. */
const LIMITS: RoomLimits = { memory: 64 * 1024 * 1024, disk: 1024 * 1024 * 1024 };

export class Room {
  readonly #limits: RoomLimits;
  readonly #used = { memory: 0, disk: 0 };

  constructor(limits: RoomLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Frees some room by letting something go; false when there is nothing to let go. Set by the shelf. */
  makeRoom: () => boolean = () => false;

  /** Takes room for `bytes`, in memory where `mayBeMemory`; null where none can be had. */
  take(bytes: number, mayBeMemory: boolean): Place | null {
    if (mayBeMemory && this.#fits('memory', bytes)) return this.#taken('memory', bytes);
    while (!this.#fits('disk', bytes)) if (!this.makeRoom()) return null;
    return this.#taken('disk', bytes);
  }

  give(place: Place, bytes: number): void {
    this.#used[place] -= bytes;
  }

  #fits(place: Place, bytes: number): boolean {
    return this.#used[place] + bytes <= this.#limits[place];
  }
  #taken(place: Place, bytes: number): Place {
    this.#used[place] += bytes;
    return place;
  }
}
