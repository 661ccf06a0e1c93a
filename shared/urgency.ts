/** How urgent the time that is left of a grant is, the same in the window, at the terminal and on the desktop. Pure. */
export type Urgency = 'live' | 'warning' | 'closing';

/** Milliseconds before the deadline at which the next stage begins. */
export const MARKS = { warning: 5 * 60_000, closing: 60_000 } as const;

export const urgencyOf = (leftMs: number): Urgency =>
  leftMs <= MARKS.closing ? 'closing' : leftMs <= MARKS.warning ? 'warning' : 'live';

/** The mark that was passed between two looks at the countdown, the later one of two; `before` is null at the first look. */
export function markPassed(before: number | null, after: number): Exclude<Urgency, 'live'> | null {
  return (
    (['closing', 'warning'] as const).find(
      (mark) => after <= MARKS[mark] && (before === null || before > MARKS[mark]),
    ) ?? null
  );
}
