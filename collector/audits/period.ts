/** The periods that are audited: calendar months, or weeks that begin on Monday, in UTC. Pure. */
import type { AuditEvery } from '../../shared/audits.ts';

export interface Period {
  readonly from: Date;
  /** The first moment after it. */
  readonly until: Date;
}

const DAY = 86_400_000;

/** The period that `at` is in. */
export function periodAt(every: AuditEvery, at: Date): Period {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (every === 'month') return { from: new Date(Date.UTC(year, month)), until: new Date(Date.UTC(year, month + 1)) };
  const midnight = Date.UTC(year, month, at.getUTCDate());
  const monday = midnight - ((at.getUTCDay() + 6) % 7) * DAY;
  return { from: new Date(monday), until: new Date(monday + 7 * DAY) };
}

/** The last one that has ended at `at`. */
export const endedBefore = (every: AuditEvery, at: Date): Period =>
  periodAt(every, new Date(periodAt(every, at).from.getTime() - 1));

const day = (date: Date): string => date.toISOString().slice(0, 10);
/** `2026-11-01..2026-12-01` */
export const idOf = ({ from, until }: Period): string => `${day(from)}..${day(until)}`;
