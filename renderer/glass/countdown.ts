/**
 * The countdown as the window draws it. Main counts (I3); the renderer carries on from the last `left_ms` on the
 * monotonic clock of this page, so a change of the wall clock cannot stretch what is shown.
 */
import { markPassed } from '../../shared/urgency.ts';

/** What main said, and when it arrived on this page's monotonic clock (ms). */
export interface Anchor {
  readonly leftMs: number;
  readonly at: number;
}

export const leftNow = (anchor: Anchor, now: number): number => Math.max(0, anchor.leftMs - (now - anchor.at));

/** Share of the time that is left, for the line that runs out: 0 to 1. */
export const share = (leftMs: number, totalMs: number): number =>
  totalMs <= 0 ? 0 : Math.min(1, Math.max(0, leftMs / totalMs));

/** Milliseconds until the shown second changes: the clock ticks on the second, not whenever the page loaded. */
export const untilTick = (leftMs: number): number => (leftMs % 1000) + 1;

/**
 * What a screen reader is told when the time left goes from `before` to `after`; null when no mark was passed.
 * A grant that starts below a mark is told at once (`before` is null).
 */
export function announcement(before: number | null, after: number): { text: string; urgent: boolean } | null {
  if (after <= 0 && before !== null && before > 0)
    return { text: 'The time is over. The glass is closing.', urgent: true };
  const mark = markPassed(before, after);
  if (mark === 'closing')
    return {
      text: 'One minute left. A statement that is still running will be cancelled; an open transaction rolls back.',
      urgent: true,
    };
  return mark === 'warning' ? { text: 'Five minutes left.', urgent: false } : null;
}
