import { describe, expect, it } from 'vitest';
import { endedBefore, idOf, periodAt } from './period.ts';

describe('the periods of audits', () => {
  it.each([
    ['month', '2026-11-26T23:59:59.999Z', '2026-11-01..2026-12-01'],
    ['month', '2026-12-01T00:00:00.000Z', '2026-12-01..2027-01-01'],
    ['month', '2028-02-29T12:00:00.000Z', '2028-02-01..2028-03-01'],
    ['week', '2026-11-26T12:00:00.000Z', '2026-11-23..2026-11-30'],
    // A Sunday, and the Monday after it.
    ['week', '2026-11-29T23:59:59.999Z', '2026-11-23..2026-11-30'],
    ['week', '2026-11-30T00:00:00.000Z', '2026-11-30..2026-12-07'],
    ['week', '2027-01-01T00:00:00.000Z', '2026-12-28..2027-01-04'],
  ] as const)('%s at %s is %s', (every, at, id) => expect(idOf(periodAt(every, new Date(at)))).toBe(id));
  it.each([
    ['month', '2027-01-01T00:00:00.000Z', '2026-12-01..2027-01-01'],
    ['month', '2026-11-26T00:00:00.000Z', '2026-10-01..2026-11-01'],
    ['week', '2026-11-30T00:00:00.000Z', '2026-11-23..2026-11-30'],
  ] as const)('the last %s that has ended at %s is %s', (every, at, id) =>
    expect(idOf(endedBefore(every, new Date(at)))).toBe(id),
  );
});
