/** Who was told of a request, in the shapes of `shared/notify.ts`. */
import type { Delivery, Told } from '../../../shared/notify.ts';
import { NOW } from './data.ts';

export const delivery = (label: string, kind: Delivery['kind'], change: Partial<Delivery> = {}): Delivery => ({
  channel: label.toLowerCase().replace(/[^a-z]+/g, '-'),
  label,
  kind,
  state: 'sent',
  attempts: 1,
  sent_at: new Date(NOW - 110_000).toISOString(),
  after_ms: 412,
  next_at: null,
  problem: null,
  ...change,
});
export const heard = (event: Told['notices'][number]['event'], ...deliveries: Delivery[]): Told => ({
  notices: [{ event, at: new Date(NOW - 120_000).toISOString(), deliveries }],
});
/** Everybody was told at once, where a state says nothing else. */
export const toldAtOnce = heard(
  'glass_broken',
  delivery('#on-call', 'slack'),
  delivery('Pager', 'webhook', { after_ms: 3120 }),
  delivery('Security', 'smtp', { after_ms: 1400 }),
);
export const toldToApprovers = heard('request_waiting', delivery('#on-call', 'slack'), delivery('Approvers', 'smtp'));
const unset = 'VITRINE_NOTIFY_PAGER_URL is not set on the collector';
export const notTold = heard(
  'glass_broken',
  delivery('#on-call', 'slack', {
    state: 'waiting',
    attempts: 4,
    sent_at: null,
    after_ms: null,
    next_at: new Date(NOW + 38_000).toISOString(),
    problem: 'it answered 500',
  }),
  delivery('Pager', 'webhook', { state: 'waiting', attempts: 0, sent_at: null, after_ms: null, problem: unset }),
  delivery('Security', 'smtp', { after_ms: 243_000, attempts: 6, problem: '1 of 3 addresses refused' }),
);
export const givenUp: Told = {
  notices: [
    ...heard(
      'glass_broken',
      delivery('#on-call', 'slack', { after_ms: 780 }),
      delivery('Pager', 'webhook', {
        state: 'given_up',
        attempts: 57,
        sent_at: null,
        after_ms: null,
        problem: 'its name is not known',
      }),
    ).notices,
    ...heard(
      'review_overdue',
      delivery('Security', 'smtp', { state: 'sending', attempts: 1, sent_at: null, after_ms: null }),
      delivery('#on-call', 'slack', { state: 'waiting', attempts: 0, sent_at: null, after_ms: null }),
    ).notices,
  ],
};
