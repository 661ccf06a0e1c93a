/**
 * What the controller does with envelopes: keeps them in step with the collector while somebody is signed in, opens one,
 * and stands in for the collector while the grant that was in it lives. (I3, I5)
 */
import type { Options, RequestView } from '../../shared/api.ts';
import { Fault } from '../../shared/errors.ts';
import type { EndReason } from '../../shared/grants.ts';
import type { EnvelopeOpening, HeldEnvelope } from '../../shared/ipc-envelope.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Collector } from '../collector/index.ts';
import { Envelopes, type EnvelopesOptions, type Opened } from '../envelopes/index.ts';
import type { DeviceKey } from '../identity/index.ts';
import { noOptions, requestOf } from './given.ts';
import { verifyGrant } from './grant-token.ts';

export interface OfflineParts {
  /** Where envelopes lie, and how an opening is told of. */
  readonly envelopes: Pick<EnvelopesOptions, 'dir' | 'report'>;
  readonly clock: Clock;
  readonly collectorOrigin: string;
  /** The grant out of an envelope has ended on the collector. */
  readonly onEnded: (id: string, why: EndReason) => void;
  readonly onDefect: (error: unknown) => void;
}

const FETCH_MS = 15_000;

export class Offline {
  readonly #parts: OfflineParts;
  #envelopes: Envelopes | null = null;
  /** The one that is open, or being opened. */
  #opened: Opened | null = null;
  #fetching: NodeJS.Timeout | null = null;

  constructor(parts: OfflineParts) {
    this.#parts = parts;
  }

  /** Once the device key and the log are open. */
  begin(key: DeviceKey, log: AuditLog): void {
    const { envelopes, clock, onEnded } = this.#parts;
    this.#envelopes ??= new Envelopes({ ...envelopes, key, clock, ack: () => log.ack(), verifyGrant, onEnded });
  }

  list(): Promise<HeldEnvelope[]> {
    return this.#envelopes?.list() ?? Promise.resolve([]);
  }

  challenge(id: string): Promise<string> {
    return this.#need().challenge(id);
  }

  /** The opening is recorded when it resolves; answers with the request that the window knows it by. */
  async open(wish: EnvelopeOpening): Promise<{ request: RequestView; options: Options }> {
    const opened = await this.#need().open(wish);
    this.#opened = opened;
    return { request: requestOf(opened, this.#parts.collectorOrigin), options: noOptions(opened.claims) };
  }

  /** The opened envelope that this request came out of; null for one that the collector was asked for. */
  of(request: Pick<RequestView, 'id'>): Opened | null {
    return this.#opened?.claims.jti === request.id ? this.#opened : null;
  }

  /** The work under it is over. */
  close(): void {
    this.#opened = null;
  }

  /** Who is told of the end in the collector's place; null where that was asked for the grant. */
  ending(request: RequestView): Pick<Collector, 'end'> | null {
    if (this.of(request) === null) return null;
    const envelopes = this.#need();
    return {
      end: async (id) => {
        const { gone_ms, review_due_at } = await envelopes.end(id);
        if (gone_ms === null) throw new Fault('target_unavailable', 'The role is not gone yet.', 'It is tried again.');
        return { gone_ms, request: { ...request, review: { state: 'due', due_at: review_due_at } } };
      },
    };
  }

  /** What was opened is told first; what can be opened is fetched, now and every few seconds. Neither keeps anybody from working. */
  async follow(collector: Collector): Promise<void> {
    this.unfollow();
    const envelopes = this.#need();
    const fetch = () => envelopes.fetch(collector);
    try {
      await envelopes.reportAll();
      await fetch();
    } catch (error) {
      // Told again by itself, and fetched again below; a collector that is away is no defect.
      if (!(error instanceof Fault)) this.#parts.onDefect(error);
    }
    this.#fetching = setInterval(() => void fetch().catch(() => undefined), FETCH_MS).unref();
  }

  /** Nobody is signed in any more. */
  unfollow(): void {
    if (this.#fetching !== null) clearInterval(this.#fetching);
    this.#fetching = null;
  }

  /** Resolves when the collector has heard of every opening: before any record is uploaded. (I5) */
  reported(): Promise<void> {
    return this.#envelopes?.reportAll() ?? Promise.resolve();
  }

  stop(): void {
    this.unfollow();
    this.#envelopes?.stop();
  }

  #need(): Envelopes {
    if (this.#envelopes !== null) return this.#envelopes;
    throw new Fault('not_ready', 'Vitrine is still starting.', 'Try again in a moment.');
  }
}
