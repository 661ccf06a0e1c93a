import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf } from './deadline.ts';

const START = { mono: 1_000, wall: 1_700_000_000_000, collectorNow: 1_700_000_005_000, expiresAt: 1_700_000_065_000 };

function at(mono: number, wall: number) {
  const time = { mono: START.mono + mono, wall: START.wall + wall };
  return { time, deadline: deadlineOf({ mono: () => time.mono, wall: () => time.wall }, START) };
}

describe('the deadline clock (I3)', () => {
  it('counts from the moment the activation was asked for, by the collector’s own clock', () => {
    expect(at(0, 0).deadline.left()).toBe(60_000);
    expect(at(59_999, 59_999).deadline.left()).toBe(1);
  });

  it('is over at the deadline to the millisecond', () => {
    expect(at(59_999, 59_999).deadline.passed()).toBe(false);
    expect(at(60_000, 59_999).deadline.passed()).toBe(true);
  });

  it('gives nothing to a wall clock moved back an hour', () => {
    expect(at(60_000, 60_000 - 3_600_000).deadline.passed()).toBe(true);
  });

  it('closes after sleep although the monotonic clock stood still', () => {
    expect(at(10, 3_600_000).deadline.passed()).toBe(true);
  });

  it('stays over when both clocks are set back afterwards', () => {
    const { time, deadline } = at(60_001, 60_001);
    expect(deadline.passed()).toBe(true);
    time.mono = START.mono;
    time.wall = START.wall;
    expect(deadline.left()).toBe(0);
  });

  it('never gives more than the total, whatever the clocks do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: -1e10, max: 1e10 }))),
        (steps) => {
          const { time, deadline } = at(0, 0);
          let mono = 0;
          for (const [forward, wall] of steps) {
            mono += forward;
            time.mono = START.mono + mono;
            time.wall = START.wall + wall;
            const left = deadline.left();
            expect(left).toBeLessThanOrEqual(Math.max(0, 60_000 - mono));
          }
        },
      ),
    );
  });
});

describe('an extended deadline (I3)', () => {
  it('moves by the collector’s clock, and only to a later time', () => {
    const { time, deadline } = at(30_000, 30_000);
    expect(deadline.extend(START.expiresAt - 1)).toBe(false);
    expect(deadline.extend(START.expiresAt + 60_000)).toBe(true);
    expect(deadline.left()).toBe(90_000);
    expect(deadline.total()).toBe(120_000);
    time.mono = START.mono + 120_000;
    expect(deadline.passed()).toBe(true);
  });

  it('does not come back once it is over', () => {
    const { deadline } = at(60_000, 60_000);
    expect(deadline.passed()).toBe(true);
    expect(deadline.extend(START.expiresAt + 60_000)).toBe(false);
    expect(deadline.left()).toBe(0);
  });
});
