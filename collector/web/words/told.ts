/** What became of a message, in words. Pure. */
import type { Delivery, NotifyEvent } from '../../../shared/notify.ts';
import { plural } from './number.ts';
import { clockWords, durationWords } from './time.ts';

export const eventWords: Readonly<Record<NotifyEvent, string>> = {
  request_waiting: 'Request waiting',
  glass_broken: 'Glass broken alone',
  change_waiting: 'Change waiting',
  elevated: 'Write access open',
  envelope_opened: 'Offline envelope opened',
  grant_revoked: 'Access revoked',
  review_overdue: 'Review overdue',
  policy_invalid: 'Policy not taken',
};

export type DeliveryTone = 'ok' | 'waiting' | 'failed' | 'quiet';
export interface DeliveryWords {
  readonly tone: DeliveryTone;
  readonly text: string;
}

/** `at once`, `3 s after`, `4 min 3 s after`. */
function afterWords(ms: number | null): string {
  if (ms === null || ms < 1000) return 'at once';
  return `${ms < 60_000 ? `${Math.min(59, Math.round(ms / 1000))} s` : durationWords(ms)} after`;
}

/** Follows the name of the channel. */
export function deliveryWords(delivery: Delivery): DeliveryWords {
  const { state, attempts, after_ms, next_at, problem } = delivery;
  const times = attempts === 1 ? 'once' : plural(attempts, 'time');
  const because = problem === null ? '' : `: ${problem}`;
  switch (state) {
    case 'sent':
      return { tone: 'ok', text: `told ${afterWords(after_ms)}${problem === null ? '' : `, but ${problem}`}` };
    case 'sending':
      return { tone: 'waiting', text: attempts > 1 ? `is being tried again, ${times} so far` : 'is being told now' };
    case 'dropped':
      return {
        tone: 'quiet',
        text: `was not told${because}. Nobody waits for an answer any more.`,
      };
    case 'given_up':
      return {
        tone: 'failed',
        text: `was never told. Given up after a day${attempts === 0 ? '' : `, tried ${times}`}${because}.`,
      };
    case 'waiting': {
      if (attempts === 0)
        return problem === null
          ? { tone: 'waiting', text: 'is about to be told' }
          : { tone: 'failed', text: `cannot be told${because}.` };
      const next = next_at === null ? '' : ` Next at ${clockWords(next_at)}.`;
      return { tone: 'failed', text: `is not told yet. Tried ${times}${because}.${next}` };
    }
  }
}
