/**
 * Writes one session's chain: builds its records in order and hands them to the journal. Signing happens here and now:
 * a record stands on the hash of the one before, signature and all, and the way to another thread and back costs as much
 * as it frees (decision 016). (I2, I4)
 */
import { type ChainOptions, type RecordBody, type Sealed, sealNext, type Tally } from './chain.ts';
import type { Journal } from './journal.ts';
import type { Sealer } from './seal.ts';
import type { Frame, Place } from './segment.ts';
import type { SealedItem } from './types.ts';

export interface Item {
  readonly body: RecordBody;
  /** Travels beside the record, never in it. */
  readonly disclose: SealedItem | null;
}
export const bare = (body: RecordBody): Item => ({ body, disclose: null });

export interface Written extends Pick<Sealed, 'record' | 'leaf'> {
  /** A frame with its disclosure stands in front of it. */
  readonly disclosed: boolean;
}

export interface ScribeOptions extends ChainOptions {
  readonly journal: Journal;
  readonly sealer: Sealer;
  /** Where the chain stands; nobody else moves it. */
  readonly head: Tally;
  /** On the monotonic clock. */
  readonly opened: number;
  /** Told in order, with one place per frame. */
  durable(written: readonly Written[], places: readonly Place[]): void;
  /** Something could not be built or written: the chain ends here. Told before whoever waits is. */
  failed(cause: unknown): void;
}

export class Scribe {
  readonly #options: ScribeOptions;
  /** Records that nobody waits for: built at the end of the turn that made them, or in front of the next that is. */
  #later: RecordBody[] = [];
  /** The newest batch, which is durable after all before it. Never rejects. */
  #durable: Promise<unknown> = Promise.resolve();
  #broken: { readonly cause: unknown } | null = null;

  constructor(options: ScribeOptions) {
    this.#options = options;
  }

  /** Queues records, after those handed in before; resolves when they are durable. */
  write(items: readonly Item[]): Promise<void> {
    return this.#write(items, true);
  }

  /** A record that nobody waits for. */
  later(body: RecordBody): void {
    // The client has its answer first: signing takes longer than everything else that is done for a statement.
    if (this.#later.push(body) === 1) setImmediate(() => this.flush());
  }

  /** What was left for later is built now. */
  flush(): void {
    // Its failure is told to `failed`.
    if (this.#later.length > 0) this.#write([], false).catch(() => undefined);
  }

  /** Resolves when everything handed in so far is durable, or has failed. */
  async settle(): Promise<void> {
    this.flush();
    await this.#options.journal.sync();
    await this.#durable;
  }

  #write(items: readonly Item[], urgent: boolean): Promise<void> {
    const all = this.#later.length === 0 ? items : [...this.#later.map(bare), ...items];
    this.#later = [];
    const durable = this.#build(all, urgent);
    // Registered before the caller can: it hears of a failure first.
    this.#durable = durable.catch(this.#options.failed);
    return durable;
  }

  #build(items: readonly Item[], urgent: boolean): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken.cause);
    const { head, clock, opened } = this.#options;
    try {
      const records = items.map(({ body }) => sealNext(head, body, clock.mono() - opened, this.#options));
      return this.#queue(items, records, urgent);
    } catch (cause) {
      // The chain may have moved, and nothing of it was written: it cannot go on.
      this.#broken = { cause };
      return Promise.reject(cause);
    }
  }

  #queue(items: readonly Item[], records: readonly Sealed[], urgent: boolean): Promise<void> {
    const { journal, sealer, durable } = this.#options;
    const frames: Frame[] = [];
    const written = records.map(({ record, leaf, line }, i): Written => {
      const disclose = items[i]?.disclose ?? null;
      // The disclosure first: an intent is never on disk without what it commits to.
      if (disclose !== null)
        frames.push({ kind: 'sealed', body: sealer.seal({ sid: record.sid, seq: record.seq, item: disclose }) });
      frames.push({ kind: 'entry', body: Buffer.from(line, 'latin1') });
      return { record, leaf, disclosed: disclose !== null };
    });
    return journal.append(frames, urgent).then((places) => durable(written, places));
  }
}
