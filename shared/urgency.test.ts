import { describe, expect, it } from 'vitest';
import { markPassed, urgencyOf } from './urgency.ts';

describe('the time that is left', () => {
  it('turns amber at exactly five minutes and red at exactly one', () =>
    expect([300_001, 300_000, 60_001, 60_000, 0].map(urgencyOf)).toEqual([
      'live',
      'warning',
      'warning',
      'closing',
      'closing',
    ]));
  it.each([
    [310_000, 300_500, null],
    [300_500, 299_500, 'warning'],
    [299_500, 298_500, null],
    [60_400, 59_400, 'closing'],
    [59_400, 58_400, null],
    // A machine that slept, and a grant that was extended.
    [310_000, 20_000, 'closing'],
    [20_000, 310_000, null],
    [null, 1_800_000, null],
    [null, 120_000, 'warning'],
    [null, 60_000, 'closing'],
  ] as const)('from %s to %s ms passes %s', (before, after, mark) => expect(markPassed(before, after)).toBe(mark));
});
