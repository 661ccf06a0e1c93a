import { describe, expect, it } from 'vitest';
import { clock, count, dayTime, elapsed, minutes, plural, short, took } from './format.ts';

describe('words', () => {
  it('counts down to the second, rounded up, so that zero means that nothing is left', () => {
    expect(clock(23 * 60_000 + 41_000)).toBe('23:41');
    expect(clock(59_001)).toBe('01:00');
    expect(clock(1)).toBe('00:01');
    expect(clock(0)).toBe('00:00');
    expect(clock(-5)).toBe('00:00');
    expect(clock(3_723_000)).toBe('1:02:03');
  });
  it('shortens estimates without ever showing a thousand thousands', () => {
    expect([0, 980, 999, 1000, 214_000, 999_499, 999_600, 1_204_331, 12_000_000, 3e9].map(short)).toEqual([
      '0',
      '980',
      '999',
      '1k',
      '214k',
      '999k',
      '1M',
      '1.2M',
      '12M',
      '3B',
    ]);
  });
  it('says durations in the unit that a person would use', () => {
    expect([0, 0.4, 2, 31.4, 999, 1240, 12_340, 42_100, 192_000].map(took)).toEqual([
      '0 ms',
      '0.4 ms',
      '2 ms',
      '31 ms',
      '999 ms',
      '1.24 s',
      '12.3 s',
      '42.1 s',
      '3 min 12 s',
    ]);
    expect(elapsed(400)).toBe('0.4 s');
    expect(elapsed(64_000)).toBe('1 min 4 s');
  });
  it('groups numbers and bends words', () => {
    expect(count(18_204)).toBe('18,204');
    expect(plural(1, 'row')).toBe('1 row');
    expect(plural(37, 'row')).toBe('37 rows');
    expect(plural(1, 'person is', 'people are')).toBe('1 person is');
    expect([minutes(30), minutes(1), minutes(60), minutes(120), minutes(90)]).toEqual([
      '30 minutes',
      '1 minute',
      '1 hour',
      '2 hours',
      '90 minutes',
    ]);
  });
  it('names the day of a deadline in UTC', () => {
    const now = Date.parse('2026-11-23T23:30:00.000Z');
    expect(dayTime('2026-11-23T23:59:00.000Z', now)).toBe('today, 23:59 UTC');
    expect(dayTime('2026-11-24T00:01:00.000Z', now)).toBe('tomorrow, 00:01 UTC');
    expect(dayTime('2026-11-27T14:02:00.000Z', now)).toBe('Friday 27 November, 14:02 UTC');
  });
});
