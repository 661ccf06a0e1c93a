/**
 * Every result of a grant that has rows, in the order in which somebody last looked at it. When all of them together
 * are too many or too large, the ones that nobody has looked at for longest are let go, and say so. (I8)
 */
import { Fault } from '../../../shared/errors.ts';
import { MOST_OF_A_TEXT, MOST_PINNED } from '../../../shared/results.ts';
import type { AuditLog } from '../../audit/index.ts';
import type { LiveResult } from './result.ts';
import { Room } from './room.ts';
import { RowStore } from './store.ts';

/** Results that are kept at most. A text alone takes half of them: those of other tabs stay. */
const MOST = 2 * MOST_OF_A_TEXT;

export class Shelf {
  readonly #results = new Map<string, LiveResult>();
  /** Those that somebody wants to keep: they make no room. */
  readonly #pinned = new Set<string>();
  readonly #room: Room;
  readonly #gone: (result: LiveResult) => void;

  /** `gone` is told which result had to make room for others. */
  constructor(room = new Room(), gone: (result: LiveResult) => void = () => {}) {
    this.#room = room;
    this.#gone = gone;
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
      if (!one.ended || this.#pinned.has(id)) continue;
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

  /** Throws a Fault where it is not there any more, and where too many are pinned. */
  pin(id: string, pinned: boolean): void {
    const result = this.#results.get(id);
    if (!pinned) this.#pinned.delete(id);
    else if (result === undefined || result.state.let_go)
      throw new Fault('result_gone', 'This result is not kept any more.', 'Run the statement again.');
    else if (this.#pinned.size >= MOST_PINNED)
      throw new Fault('too_many_pins', `At most ${MOST_PINNED} results can be pinned.`, 'Unpin one first.');
    else this.#pinned.add(id);
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
    if (this.#pinned.has(id)) return;
    this.#results.get(id)?.letGo();
    this.#results.delete(id);
  }
  remove(id: string): void {
    this.#results.get(id)?.wipe();
    this.#results.delete(id);
    this.#pinned.delete(id);
  }

  wipe(): void {
    for (const result of this.#results.values()) result.wipe();
    this.#results.clear();
    this.#pinned.clear();
  }

  #letOldestGo(): boolean {
    for (const result of this.#results.values()) {
      // What is in memory alone takes no room on the disk.
      if (!result.ended || result.onDisk === 0 || this.#pinned.has(result.id)) continue;
      this.#gone(result);
      result.letGo();
      return true;
    }
    return false;
  }
}
