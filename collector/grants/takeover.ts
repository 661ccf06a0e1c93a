/** When another collector takes over what one may have died over. Pure. */
import type { Instant, Phase } from './machine.ts';

/** A collector that dies while it makes or removes a role is succeeded by another one this long after. */
const ACTIVATION_TAKEOVER_MS = 20_000;
export const END_TAKEOVER_MS = 1500;

/** Null while there is nothing to take over. */
export function takeoverAt(phase: Phase, at: Instant): Instant | null {
  if (phase === 'activating') return at + ACTIVATION_TAKEOVER_MS;
  if (phase === 'ending') return at + END_TAKEOVER_MS;
  return null;
}
