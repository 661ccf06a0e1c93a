/** When another collector takes over what one may have died over. Pure. */
import { wakeAt } from './change-due.ts';
import type { Grant, Instant } from './machine.ts';

/** A collector that dies while it makes or removes a role is succeeded by another one this long after. */
const ACTIVATION_TAKEOVER_MS = 20_000;
export const END_TAKEOVER_MS = 1500;

/** Also when a change of a live grant is due. Null while there is nothing to do. */
export function takeoverAt(grant: Pick<Grant, 'phase' | 'changes'>, at: Instant): Instant | null {
  if (grant.phase === 'activating') return at + ACTIVATION_TAKEOVER_MS;
  if (grant.phase === 'ending') return at + END_TAKEOVER_MS;
  return grant.phase === 'active' ? wakeAt(grant) : null;
}
