/** The user's connection, lent to a query of the app while the user has no use for it, and taken back at once. */
import type { Duplex } from 'node:stream';
import type { Relay } from '../relay/relay.ts';
import type { WireClient } from './wire-client.ts';

export class Lending {
  readonly #relay: Pick<Relay, 'attribute' | 'cancel'>;
  #lent: { readonly stream: Duplex; readonly done: Promise<void>; disturbed: boolean } | null = null;

  constructor(relay: Pick<Relay, 'attribute' | 'cancel'>) {
    this.#relay = relay;
  }

  get free(): boolean {
    return this.#lent === null;
  }
  /** What this stream sends now is not the user's. */
  has(stream: Duplex): boolean {
    return this.#lent?.stream === stream;
  }

  /** The record says whose statements they are. Answers `false` where the user needed the connection in the middle. */
  async lend(client: WireClient, use: (client: WireClient) => Promise<void>): Promise<boolean> {
    const { stream } = client;
    this.#relay.attribute(stream, 'introspection');
    const done = use(client);
    const lent = { stream, done, disturbed: false };
    this.#lent = lent;
    try {
      await done;
    } finally {
      this.#relay.attribute(stream, 'user');
      this.#lent = null;
    }
    return !lent.disturbed;
  }

  /** Resolves when the connection is the user's again. */
  async takeBack(): Promise<void> {
    const lent = this.#lent;
    if (lent === null) return;
    lent.disturbed = true;
    this.#cancel(lent.stream);
    await lent.done;
  }
  /** A query was sent on the lent connection; it may have been on its way already when that was taken back. */
  sent(): void {
    if (this.#lent?.disturbed === true) this.#cancel(this.#lent.stream);
  }

  #cancel(stream: Duplex): void {
    // A request that does not arrive leaves the query to its end.
    this.#relay.cancel(stream).catch(() => {});
  }
}
