/** How long until the next attempt. Pure. */

export interface Backoff {
  /** Wait after the first failure, doubled after each further one. */
  readonly firstMs: number;
  readonly mostMs: number;
}
export const BACKOFF: Backoff = { firstMs: 5_000, mostMs: 30 * 60_000 };

/** Milliseconds after `attempts` (from 1) failures; `random` in [0, 1) takes up to half off, so that many do not come at once. */
export function waitAfter(attempts: number, { firstMs, mostMs }: Backoff, random: number): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(whole * (1 - random / 2));
}
