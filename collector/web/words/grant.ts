/** Grants and requests in words: how somebody got in, what state it is in, how it ended. */
import type { QueueItem, RequestView } from '../../../shared/api.ts';
import type { EndReason, Environment } from '../../../shared/grants.ts';
import { count, plural } from './number.ts';
import { countdown, dueWords } from './time.ts';

export type Tone = 'danger' | 'warn' | 'ok' | 'live' | 'write' | 'plain';
export interface Label {
  readonly text: string;
  readonly tone: Tone;
}

export const environmentLabel: Record<Environment, Label> = {
  production: { text: 'Production', tone: 'danger' },
  staging: { text: 'Staging', tone: 'warn' },
  development: { text: 'Development', tone: 'plain' },
};

export const firstName = (name: string): string => name.split(' ')[0] ?? name;

/** `broke the glass alone`, `approved by Li Na`, `approved by 2`. */
export function letInWords(request: Pick<RequestView, 'alone' | 'approvals'>): string {
  if (request.alone) return 'broke the glass alone';
  const [first, ...more] = request.approvals;
  if (first === undefined) return 'not approved';
  return more.length === 0 ? `approved by ${first.name}` : `approved by ${more.length + 1}`;
}

export const endWords: Record<EndReason, string> = {
  expired: 'Time ran out.',
  handed_back: 'Handed back.',
  revoked: 'Revoked.',
  failed: 'Ended by a failure.',
};

export const isLive = (request: Pick<RequestView, 'state'>): boolean => request.state === 'active';

/** The one chip of a row in the queue. */
export function queueChip(request: RequestView, now: number): Label {
  if (request.state === 'active')
    return request.expires_at === null
      ? { text: 'live', tone: 'live' }
      : { text: `live ${countdown(Date.parse(request.expires_at) - now)}`, tone: 'live' };
  if (request.state === 'approved') return { text: 'not started yet', tone: 'plain' };
  const { state, due_at } = request.review;
  if (state === 'signed') return { text: 'signed off', tone: 'ok' };
  if (due_at !== null && state !== 'none') {
    const late = state === 'overdue' || Date.parse(due_at) < now;
    return { text: dueWords(due_at, now), tone: late ? 'danger' : 'warn' };
  }
  return { text: 'no review due', tone: 'plain' };
}

/** Third line of a row in the queue. */
export function queueFacts(item: QueueItem): string {
  const { request } = item;
  if (isLive(request)) return `${plural(item.statements, 'statement')} so far`;
  const changed = item.rows_changed > 0 ? `${plural(item.rows_changed, 'row')} changed` : 'read only';
  return [plural(item.statements, 'statement'), changed, request.ticket].join(' · ');
}

/** True where the deadline of a review has passed and nobody signed. */
export const isOverdue = ({ review }: Pick<RequestView, 'review'>, now: number): boolean =>
  review.state === 'overdue' || (review.state === 'due' && review.due_at !== null && Date.parse(review.due_at) < now);

/** `1 of 2 approvals`, or null where one is enough. */
export const approvalsWords = (request: Pick<RequestView, 'approvals' | 'approvals_needed'>): string | null =>
  request.approvals_needed > 1
    ? `${count(request.approvals.length)} of ${count(request.approvals_needed)} approvals`
    : null;
