/** What the benchmarks share: one line per metric, and order statistics. */

/** Times are milliseconds; a `budget` is the figure from the design that this metric is held against. */
export interface Metric {
  readonly metric: string;
  readonly unit: 'ms' | 'µs' | 'ratio' | 'count' | '1/s' | 'MB';
  readonly value: number;
  readonly budget?: number;
  /** What the value is compared with, or was made of. */
  readonly beside?: Readonly<Record<string, number | string>>;
}
export type Report = (metric: Metric) => void;

/** The `share` quantile (0 to 1) of the samples, nearest rank. Throws on no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new Error('no samples');
  return value;
}

/** The middle one, or between the two in the middle. Throws on no samples. */
export function median(samples: readonly number[]): number {
  const [low, high] = [quantile(samples, 0.5), quantile(samples, 0.5 + 1 / (2 * samples.length))];
  return samples.length % 2 === 1 ? low : (low + high) / 2;
}

export const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

export function spread(samples: readonly number[]): { p50: number; p95: number; p99: number; worst: number } {
  return {
    p50: round(quantile(samples, 0.5)),
    p95: round(quantile(samples, 0.95)),
    p99: round(quantile(samples, 0.99)),
    worst: round(quantile(samples, 1)),
  };
}

/** Milliseconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
