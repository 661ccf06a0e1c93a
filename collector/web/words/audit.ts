/** Audits in words: the names of periods, what became of a grant, how long something has not been used. */
import type { AuditEvery, AuditedGrant } from '../../../shared/audits.ts';
import type { Label } from './grant.ts';
import { plural } from './number.ts';
import { agoWords } from './time.ts';

/** `November 2026`, `23–29 November 2026`, `28 December 2026 – 3 January 2027`; in UTC, as the periods are. */
export function periodWords(every: AuditEvery, from: string, until: string): string {
  const [first, last] = [new Date(from), new Date(Date.parse(until) - 1)];
  const said = (at: Date, options: Intl.DateTimeFormatOptions): string =>
    at.toLocaleDateString('en-GB', { ...options, timeZone: 'UTC' });
  if (every === 'month') return said(first, { month: 'long', year: 'numeric' });
  const whole = { day: 'numeric', month: 'long', year: 'numeric' } as const;
  if (said(first, { month: 'long' }) === said(last, { month: 'long' }))
    return `${first.getUTCDate()}–${said(last, whole)}`;
  const sameYear = first.getUTCFullYear() === last.getUTCFullYear();
  return `${said(first, sameYear ? { day: 'numeric', month: 'long' } : whole)} – ${said(last, whole)}`;
}

export const findingsLabel = (findings: number): Label =>
  findings === 0 ? { text: 'nothing to look at', tone: 'ok' } : { text: `${findings} to look at`, tone: 'danger' };

const STATES: Readonly<Record<string, string>> = {
  requested: 'waits for an approval',
  approved: 'approved, not opened',
  active: 'live',
  expired: 'time ran out',
  handed_back: 'handed back',
  revoked: 'revoked',
  failed: 'ended by a failure',
  denied: 'denied',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
};
/** `handed back`, `revoked by Li Na` */
export function fateWords({ state, ended_by: by }: Pick<AuditedGrant, 'state' | 'ended_by'>): string {
  const words = STATES[state] ?? state;
  return state === 'revoked' && by !== null ? `${words} by ${by}` : words;
}

export const letInBy = ({ alone, approved_by: names }: Pick<AuditedGrant, 'alone' | 'approved_by'>): string =>
  alone ? 'alone' : names.length === 0 ? 'nobody' : names.join(', ');

export function reviewLabel({ review }: Pick<AuditedGrant, 'review'>): Label {
  switch (review) {
    case 'overdue':
      return { text: 'overdue', tone: 'danger' };
    case 'due':
      return { text: 'due', tone: 'warn' };
    case 'signed':
      return { text: 'signed off', tone: 'ok' };
    case 'none':
      return { text: 'none due', tone: 'plain' };
  }
}

export const lastWords = (at: string | null, now: number): string => (at === null ? 'never' : agoWords(at, now));

/** `14 requests, 3 of them alone` */
export function requestsWords(grants: readonly AuditedGrant[]): string {
  const alone = grants.filter((grant) => grant.alone).length;
  return `${plural(grants.length, 'request')}${alone === 0 ? '' : `, ${alone} of them alone`}`;
}
