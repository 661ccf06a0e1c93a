/**
 * What still has to reach the ledger: per session the durable entries, how many are receipted, and the disclosures that
 * travel beside them. Holds places in the segments, not the entries themselves, so a day offline costs little memory. (I5)
 */
import type { Clock } from '../clock.ts';
import type { Place } from './segment.ts';

/** A list that only grows at its end, and forgets what is done with at its beginning; indexes stay what they were. */
export class Pending<Item> {
  #items: Item[] = [];
  #forgotten = 0;

  /** With what is forgotten. */
  get length(): number {
    return this.#forgotten + this.#items.length;
  }
  push(item: Item): void {
    this.#items.push(item);
  }
  /** Undefined where it is forgotten, or not there yet. */
  at(index: number): Item | undefined {
    return this.#items[index - this.#forgotten];
  }
  slice(from: number, to: number): Item[] {
    return this.#items.slice(Math.max(0, from - this.#forgotten), Math.max(0, to - this.#forgotten));
  }
  /** Those below `index` are not asked for again. */
  forget(index: number): void {
    const gone = Math.min(index, this.length) - this.#forgotten;
    // Not for every few: taking off the beginning moves the rest.
    if (gone <= 0 || (gone < 1024 && index < this.length)) return;
    this.#items = this.#items.slice(gone);
    this.#forgotten += gone;
  }
}

export interface Delivery {
  readonly sid: string;
  /** Durable entries by `seq`, with the monotonic time at which each became durable. Receipted ones are forgotten. */
  readonly entries: Pending<Place & { readonly since: number }>;
  /** Sealed disclosures, in the order of their intents. Those that were sent are forgotten. */
  readonly sealed: Pending<Place & { readonly seq: number }>;
  /** Entries below this `seq` are proven to be in the ledger by receipts verified in this run. */
  receipted: number;
  /** The first of `sealed` that still has to be sent. */
  disclosed: number;
  /** `seq` at which the collector says to go on; null: to be asked, as by a new run. */
  resume: number | null;
  /** Entries in the batch that has been sent without an answer so far. */
  inflight: number | null;
  closed: boolean;
  /** Signed by a key that this device no longer has, or damaged: nothing can be added. */
  readonly foreign: boolean;
  done: boolean;
}

/** Intents whose ledger index can be told: more than a hand-back summary or a history shows. */
const KEPT_INTENTS = 20_000;
/** Delivered sessions of which anything is kept: tools open and close connections all day. */
const KEPT_SESSIONS = 1000;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

export class Deliveries {
  readonly sessions = new Map<string, Delivery>();
  readonly #clock: Clock;
  /** The newest ones: whoever shows an index shows it for what was done a moment ago. */
  readonly #intents = new Map<string, { sid: string; seq: number }>();
  /** Their ids, in a ring: a map that is asked for its oldest key walks over all that were deleted before. */
  readonly #kept: string[] = [];
  #oldest = 0;
  readonly #ranges = new Map<string, Range[]>();
  /** Delivered whole, oldest first. */
  readonly #whole: string[] = [];
  #waiters: (() => void)[] = [];
  #awaiting = 0;
  #recorded = 0;
  #receipted = 0;
  #index: number | null = null;
  readonly #changed: () => void;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get recorded(): number {
    return this.#recorded;
  }
  get receipted(): number {
    return this.#receipted;
  }
  get index(): number | null {
    return this.#index;
  }

  session(sid: string, foreign = false): Delivery {
    const known = this.sessions.get(sid);
    if (known !== undefined) return known;
    const delivery: Delivery = {
      sid,
      entries: new Pending(),
      sealed: new Pending(),
      receipted: 0,
      disclosed: 0,
      resume: null,
      inflight: null,
      closed: false,
      foreign,
      done: false,
    };
    this.sessions.set(sid, delivery);
    return delivery;
  }

  /** One entry has become durable. */
  add(sid: string, place: Place, intent: string | null): void {
    const delivery = this.session(sid);
    if (intent !== null) {
      this.#intents.set(intent, { sid, seq: delivery.entries.length });
      this.#intents.delete(this.#kept[this.#oldest] ?? '');
      this.#kept[this.#oldest] = intent;
      this.#oldest = (this.#oldest + 1) % KEPT_INTENTS;
    }
    const { segment, at, length } = place;
    delivery.entries.push({ segment, at, length, since: this.#clock.mono() });
    this.#recorded++;
  }

  /** Entries up to and with `seq` are in the ledger; `index` is the ledger index of `seq`, `batch` how many came with it. */
  receipt(delivery: Delivery, seq: number, index: number, batch: number): void {
    const news = seq + 1 - delivery.receipted;
    const ranges = this.#ranges.get(delivery.sid) ?? [];
    ranges.push({ from: seq + 1 - batch, to: seq, index });
    this.#ranges.set(delivery.sid, ranges);
    if (news > 0) {
      this.#receipted += news;
      delivery.receipted = seq + 1;
      delivery.entries.forget(delivery.receipted);
    }
    this.#index = Math.max(this.#index ?? 0, index);
    this.notify();
  }

  /** Forgets the places of a session that is delivered whole; its counts stay, and its indexes for a while. */
  finish(delivery: Delivery): void {
    delivery.done = true;
    delivery.entries.forget(delivery.entries.length);
    delivery.sealed.forget(delivery.sealed.length);
    this.#whole.push(delivery.sid);
    const oldest = this.#whole.length > KEPT_SESSIONS ? this.#whole.shift() : undefined;
    if (oldest !== undefined) {
      this.sessions.delete(oldest);
      this.#ranges.delete(oldest);
    }
    this.notify();
  }

  indexOf(intent: string): number | null {
    const at = this.#intents.get(intent);
    if (at === undefined) return null;
    const range = this.#ranges.get(at.sid)?.find(({ from, to }) => from <= at.seq && at.seq <= to);
    return range === undefined ? null : range.index - (range.to - at.seq);
  }

  /** Whether everything durable is receipted and disclosed. */
  get drained(): boolean {
    for (const delivery of this.sessions.values()) {
      // What another key signed may be refused to this one; it must not hold up a hand-back.
      if (delivery.done || delivery.foreign) continue;
      if (delivery.receipted < delivery.entries.length || delivery.disclosed < delivery.sealed.length) return false;
    }
    return true;
  }

  /** Somebody waits for receipts: a strict grant's statement, a limit that is reached, a hand-back. */
  get awaited(): boolean {
    return this.#awaiting > 0;
  }
  /** As {@link change}, for those who wait for receipts. */
  async receipts(): Promise<void> {
    this.#awaiting++;
    this.onAwaited();
    try {
      await this.change();
    } finally {
      this.#awaiting--;
    }
  }
  /** Called when somebody begins to wait for receipts; the uploader's. */
  onAwaited: () => void = () => {};

  /** Resolves at the next change; callers look again. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }

  notify(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
    this.#changed();
  }
}
