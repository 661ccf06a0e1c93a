/**
 * Every result of a grant that has rows, in the order in which somebody last looked at it. When all of them together
 * are too many or too large, the ones that nobody has looked at for longest are let go, and say so. (I8)
 */
import type { LiveResult } from './result.ts';
import { Room } from './room.ts';
import { RowStore } from './store.ts';

/** Results that are kept at most. */
const MOST = 200;

export class Shelf {
  readonly #results = new Map<string, LiveResult>();
  readonly #room: Room;

  constructor(room = new Room()) {
    this.#room = room;
    room.makeRoom = () => this.#letOldestGo();
  }

  /** An empty store in the room that all results share. */
  store(): RowStore {
    return new RowStore(this.#room);
  }

  put(result: LiveResult): void {
    this.#results.set(result.id, result);
    for (const [id, one] of this.#results) {
      if (this.#results.size <= MOST) return;
      if (!one.ended) continue;
      one.letGo();
      this.#results.delete(id);
    }
  }

  get(id: string): LiveResult | undefined {
    return this.#results.get(id);
  }
  /** Somebody looks at it: it goes last. */
  touch(id: string): LiveResult | undefined {
    const result = this.#results.get(id);
    if (result === undefined) return undefined;
    this.#results.delete(id);
    this.#results.set(id, result);
    return result;
  }
  values(): Iterable<LiveResult> {
    return this.#results.values();
  }

  remove(id: string): void {
    this.#results.get(id)?.wipe();
    this.#results.delete(id);
  }

  wipe(): void {
    for (const result of this.#results.values()) result.wipe();
    this.#results.clear();
  }

  #letOldestGo(): boolean {
    for (const result of this.#results.values()) {
      // What is in memory alone takes no room on the disk.
      if (!result.ended || result.store.onDisk === 0) continue;
      result.letGo();
      return true;
    }
    return false;
  }
}
