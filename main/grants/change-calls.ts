/** What the person asks of the grant that they hold: more time, write access for a while, or another grant in its place. (I6) */
import type { RequestView } from '../../shared/api.ts';
import type { ChangeAsk, ChangeOptions } from '../../shared/api-change.ts';
import { Fault } from '../../shared/errors.ts';
import type { Collector } from '../collector/index.ts';
import type { LiveGrantSession } from './live.ts';
import { type WriteRequest, writeRequest } from './write-access.ts';

export interface ChangeCallsParts {
  /** Throws a Fault where none is held. */
  readonly live: () => Pick<LiveGrantSession, 'claims' | 'changes'>;
  /** Throws a Fault while there is none. */
  readonly collector: () => Collector;
  /** Makes the call, once more after a new sign-in where the collector asks for one. */
  readonly steppedUp: <T>(call: () => Promise<T>) => Promise<T>;
  /** What the collector answered: of the grant as it is now. */
  readonly heard: (request: RequestView) => Promise<void>;
}

export class ChangeCalls {
  readonly #parts: ChangeCallsParts;

  constructor(parts: ChangeCallsParts) {
    this.#parts = parts;
  }

  /** What may be changed, as the policy has it now. */
  async options(): Promise<ChangeOptions> {
    const { claims } = this.#parts.live();
    return this.#parts.collector().changeOptions(claims.jti);
  }

  /** Resolves when the change was made, or waits for an approval. Rejects with a Fault where it is refused. */
  async ask(wanted: ChangeAsk): Promise<void> {
    const { live, collector, steppedUp, heard } = this.#parts;
    const { claims } = live();
    await heard(await steppedUp(() => collector().askChange(claims.jti, wanted)));
  }

  async withdraw(id: string): Promise<void> {
    const { live, collector, heard } = this.#parts;
    await heard(await collector().endChange(live().claims.jti, id, 'withdraw'));
  }

  /** Resolves when the privileges are gone from the database. */
  async giveWriteBack(): Promise<void> {
    const { live, collector, heard } = this.#parts;
    const { claims, changes } = live();
    const { elevation } = changes;
    if (elevation === null) throw new Fault('not_elevated', 'There is no write access to give back.');
    await heard(await collector().endChange(claims.jti, elevation.id, 'end'));
  }

  /** Another grant that writes, as the policy offers it now. Rejects with a Fault where there is none. */
  async writeInstead(): Promise<WriteRequest> {
    const { claims } = this.#parts.live();
    if (claims.offline !== undefined)
      throw new Fault(
        'no_write_scope',
        'What came out of an envelope only reads.',
        'Ask for access once the collector is back.',
      );
    return writeRequest(await this.#parts.collector().options(), claims);
  }
}
