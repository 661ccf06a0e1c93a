/**
 * The deadline clock (I3). The collector's time is carried over at activation; from then on the earlier of the
 * monotonic clock and the wall clock wins, so neither a changed clock nor a sleeping machine gives a second more.
 */
import type { Clock } from '../clock.ts';

export interface Deadline {
  /** Milliseconds left, never negative once passed: 0 means over. */
  left(): number;
  passed(): boolean;
  /** Total length from activation on, ms. */
  total(): number;
  /** By the collector's clock, ms since the epoch. */
  expiresAt(): number;
  /** Moves it to a later time by the collector's clock; false where that is not later, or where it is over already. */
  extend(expiresAt: number): boolean;
  /** Milliseconds by which the later of both clocks has gone past the deadline; 0 before it. */
  overshoot(): number;
}

export interface Activated {
  /** Monotonic and wall time when the activation request was *sent*: the answer can only be younger. */
  readonly mono: number;
  readonly wall: number;
  /** The collector's clock when it answered, ms since the epoch. */
  readonly collectorNow: number;
  readonly expiresAt: number;
}

export function deadlineOf(clock: Clock, at: Activated): Deadline {
  let expiresAt = at.expiresAt;
  let total = Math.max(0, expiresAt - at.collectorNow);
  const margin = (): number => Math.min(at.mono + total - clock.mono(), at.wall + total - clock.wall());
  // Once over, always over: a clock set back later does not reopen it.
  let over = false;
  const left = (): number => {
    if (over) return 0;
    const rest = Math.max(0, margin());
    if (rest === 0) over = true;
    return rest;
  };
  return {
    left,
    passed: () => left() === 0,
    total: () => total,
    expiresAt: () => expiresAt,
    extend(later) {
      if (left() === 0 || later <= expiresAt) return false;
      expiresAt = later;
      total = Math.max(0, expiresAt - at.collectorNow);
      return true;
    },
    overshoot: () => Math.max(0, -margin()),
  };
}
