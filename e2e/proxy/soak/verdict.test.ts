import { describe, expect, it } from 'vitest';
import { type Sample, trends } from './verdict.ts';

const sample = (minute: number, changed: Partial<Sample> = {}): Sample => ({
  at: minute * 60,
  rss: 200e6,
  heap: 40e6,
  external: 10e6,
  descriptors: 40,
  tools: 8,
  recorded: 0,
  inLedger: 0,
  delay: 12,
  ...changed,
});
const flat = (samples: readonly Sample[]): string[] =>
  trends(samples).flatMap((trend) => (trend.flat ? [] : [trend.figure]));
const minutes = Array.from({ length: 40 }, (_, minute) => minute);
const over = (change: (minute: number) => Partial<Sample>): Sample[] =>
  minutes.map((minute) => sample(minute, change(minute)));

describe('a process keeps its size', () => {
  it('when it grows while it warms up, and swings with what it does', () => {
    expect(flat(over((minute) => ({ rss: Math.min(minute, 15) * 20e6 + (minute % 2) * 90e6 })))).toEqual([]);
  });
  it('when no look of some minutes found the tools away', () => {
    expect(flat(over((minute) => (minute < 34 ? { tools: 0, descriptors: 24 } : { tools: 8 })))).toEqual([]);
  });
  it('and does not when it grows on, however slowly', () => {
    expect(flat(over((minute) => ({ heap: 40e6 + minute * 0.4e6 + (minute % 3) * 5e6 })))).toEqual(['heap']);
    expect(flat(over((minute) => ({ descriptors: 40 + Math.floor(minute / 4) })))).toEqual(['descriptors']);
    expect(flat(over((minute) => ({ external: minute ** 2 * 1e6, rss: minute ** 2 * 1e6 })))).toEqual([
      'rss',
      'external',
    ]);
  });
  it('tells the figures', () => {
    const heap = trends(over((minute) => ({ heap: minute * 1e6 }))).find(({ figure }) => figure === 'heap');
    expect(heap?.growth).toBeGreaterThan(18e6);
    expect(heap?.mean).toBeCloseTo(29.5e6);
  });
  it('says nothing of too few samples', () => {
    expect(() => trends(minutes.slice(0, 30).map((minute) => sample(minute)))).toThrow('too few');
  });
});
