/**
 * Looks after a transaction that nobody works in: it holds locks in production, and the server would end the connection
 * for it. Says when the window should warn, and when the app should roll back, shortly before the server acts.
 */
import type { Clock } from '../../clock.ts';
import { type IdleLimits, idleLimits } from './transaction.ts';

export class IdleGuard {
  readonly limits: IdleLimits;
  readonly #clock: Clock;
  readonly #act: { warn(): void; rollBack(): void };
  #timer: NodeJS.Timeout | null = null;
  #since: number | null = null;

  constructor(timeoutMs: number, clock: Clock, act: { warn(): void; rollBack(): void }) {
    this.limits = idleLimits(timeoutMs);
    this.#clock = clock;
    this.#act = act;
  }

  /** `since`: when the open transaction became idle (monotonic); null where none is, or something runs in it. */
  watch(since: number | null): void {
    if (since === this.#since) return;
    this.#since = since;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (since !== null) this.#next(since);
  }

  /** Until the app rolls back, ms; null while nothing is watched. */
  left(): number | null {
    return this.#since === null ? null : Math.max(0, this.#since + this.limits.rollback - this.#clock.mono());
  }

  #next(since: number): void {
    const left = since + this.limits.rollback - this.#clock.mono();
    if (left <= 0) {
      this.#timer = null;
      this.#act.rollBack();
      return;
    }
    const untilWarning = left - this.limits.warn;
    if (untilWarning <= 0) this.#act.warn();
    this.#timer = setTimeout(() => this.#next(since), untilWarning > 0 ? untilWarning : left);
  }
}
