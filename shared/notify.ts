/** What the collector tells people by message, and what became of each message. Data shapes only. */
import { z } from 'zod';
import { timestamp } from './grants.ts';

/** What is told. The order is that of a grant's life. */
export const notifyEvent = z.enum([
  'request_waiting',
  'glass_broken',
  'change_waiting',
  'elevated',
  'envelope_opened',
  'grant_revoked',
  'review_overdue',
  'policy_invalid',
]);
export type NotifyEvent = z.infer<typeof notifyEvent>;
export const channelKind = z.enum(['webhook', 'slack', 'smtp']);
export type ChannelKind = z.infer<typeof channelKind>;

export const delivery = z.object({
  /** Id in the policy, and the name that people know it by. */
  channel: z.string(),
  label: z.string(),
  kind: channelKind,
  /** `dropped`: it was about a request that nobody waits for any more. */
  state: z.enum(['waiting', 'sending', 'sent', 'given_up', 'dropped']),
  /** Times that it was tried; 0 while nothing was. */
  attempts: z.int(),
  sent_at: timestamp.nullable(),
  /** Milliseconds from the event to the receiver's yes. */
  after_ms: z.int().nullable(),
  /** When it is tried next. */
  next_at: timestamp.nullable(),
  /** Why it has not arrived, or what was not quite right, as the end of a sentence: `it answered 500`. */
  problem: z.string().nullable(),
});
export type Delivery = z.infer<typeof delivery>;

/** `GET /v1/requests/:id/told`: what was told about one request, oldest first, and to whom. */
export const told = z.object({
  notices: z.array(z.object({ event: notifyEvent, at: timestamp, deliveries: z.array(delivery) })),
});
export type Told = z.infer<typeof told>;
