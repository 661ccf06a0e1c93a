import { describe, expect, it } from 'vitest';
import { announcement, leftNow, share, untilTick } from './countdown.ts';

describe('the countdown', () => {
  it('carries on from what main said, on the monotonic clock, and never below zero (I3)', () => {
    const anchor = { leftMs: 60_000, at: 1000 };
    expect(leftNow(anchor, 1000)).toBe(60_000);
    expect(leftNow(anchor, 31_000)).toBe(30_000);
    expect(leftNow(anchor, 10_000_000)).toBe(0);
  });
  it('keeps the line between empty and full', () => {
    expect(share(15, 30)).toBe(0.5);
    expect(share(40, 30)).toBe(1);
    expect(share(-1, 30)).toBe(0);
    expect(share(1, 0)).toBe(0);
  });
  it('ticks just behind the second that is shown', () => {
    expect(untilTick(23_400)).toBe(401);
    expect(untilTick(23_000)).toBe(1);
  });
  it('announces each mark once, when it is passed', () => {
    expect(announcement(310_000, 300_500)).toBeNull();
    expect(announcement(300_500, 299_500)).toMatchObject({ text: 'Five minutes left.', urgent: false });
    expect(announcement(299_500, 298_500)).toBeNull();
    expect(announcement(60_200, 59_200)).toMatchObject({ urgent: true });
    expect(announcement(900, 0)).toMatchObject({ urgent: true });
    expect(announcement(0, 0)).toBeNull();
  });
  it('tells at once how little is left when the page opens late', () => {
    expect(announcement(null, 1_400_000)).toBeNull();
    expect(announcement(null, 200_000)).toMatchObject({ urgent: false });
    expect(announcement(null, 20_000)).toMatchObject({ urgent: true });
  });
});
