import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../shared/notify.ts';
import { clockWords } from './time.ts';
import { deliveryWords } from './told.ts';

const delivery = (changes: Partial<Delivery>): Delivery => ({
  channel: 'on-call',
  label: '#on-call',
  kind: 'slack',
  state: 'sent',
  attempts: 1,
  sent_at: '2026-11-23T14:02:14.000Z',
  after_ms: 3120,
  next_at: null,
  problem: null,
  ...changes,
});
const next_at = '2026-11-23T14:05:10.000Z';

describe('what became of a message', () => {
  const cases: [string, Partial<Delivery>, string, string][] = [
    ['told at once', { after_ms: 412 }, 'ok', 'told at once'],
    ['told a little later', {}, 'ok', 'told 3 s after'],
    ['never says sixty seconds', { after_ms: 59_700 }, 'ok', 'told 59 s after'],
    ['told after a while', { after_ms: 243_000, attempts: 6 }, 'ok', 'told 4 min 3 s after'],
    [
      'told, not quite right',
      { problem: '1 of 3 addresses refused' },
      'ok',
      'told 3 s after, but 1 of 3 addresses refused',
    ],
    ['under way', { state: 'sending' }, 'waiting', 'is being told now'],
    ['under way again', { state: 'sending', attempts: 4 }, 'waiting', 'is being tried again, 4 times so far'],
    ['not begun', { state: 'waiting', attempts: 0 }, 'waiting', 'is about to be told'],
    [
      'a channel without its address',
      { state: 'waiting', attempts: 0, problem: 'VITRINE_NOTIFY_X_URL is not set on the collector' },
      'failed',
      'cannot be told: VITRINE_NOTIFY_X_URL is not set on the collector.',
    ],
    [
      'failed so far',
      { state: 'waiting', attempts: 4, problem: 'it answered 500', next_at },
      'failed',
      `is not told yet. Tried 4 times: it answered 500. Next at ${clockWords(next_at)}.`,
    ],
    [
      'overtaken',
      { state: 'dropped', attempts: 3, problem: 'it answered 500' },
      'quiet',
      'was not told: it answered 500. Nobody waits for an answer any more.',
    ],
    [
      'given up',
      { state: 'given_up', attempts: 31, problem: 'it answered 404' },
      'failed',
      'was never told. Given up after a day, tried 31 times: it answered 404.',
    ],
  ];
  it.each(cases)('%s', (_name, changes, tone, text) => {
    expect(deliveryWords(delivery(changes))).toEqual({ tone, text });
  });
});
