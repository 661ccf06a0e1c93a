/**
 * Every result of a grant that has rows, in the order in which somebody last looked at it. When all of them together
 * are too many or too large, the ones that nobody has looked at for longest are let go, and say so. (I8)
 */
import { MOST_OF_A_TEXT } from '../../../shared/results.ts';
import type { AuditLog } from '../../audit/index.ts';
import type { LiveResult } from './result.ts';
import { Room } from './room.ts';
import { RowStore } from './store.ts';

/** Results that are kept at most. A text alone takes half of them: those of other tabs stay. */
const MOST = 2 * MOST_OF_A_TEXT;

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

  /** The transaction has ended; or was rolled back to a savepoint that so many of its statements were before. */
  decide(n: number, fate: 'committed' | 'rolled_back' | 'unknown', afterStatement = 0): void {
    for (const result of this.#results.values()) {
      const { ranIn, state } = result;
      if (state.fate !== 'open' || ranIn?.n !== n || ranIn.statement <= afterStatement) continue;
      state.fate = fate;
      result.soon();
    }
  }
  /** Receipts came: results whose intent is now known to be in the ledger say where. */
  receipted(log: Pick<AuditLog, 'indexOf'>): void {
    for (const result of this.#results.values()) {
      const { intent, ledger_index: known } = result.state;
      if (intent === null || known !== null) continue;
      const index = log.indexOf(intent);
      if (index === null) continue;
      result.state.ledger_index = index;
      result.soon();
    }
  }

  /** Newer ones of the same text take its place. */
  letGo(id: string): void {
    this.#results.get(id)?.letGo();
    this.#results.delete(id);
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
      if (!result.ended || result.onDisk === 0) continue;
      result.letGo();
      return true;
    }
    return false;
  }
}
