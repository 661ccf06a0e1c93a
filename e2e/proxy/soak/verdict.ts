/** Whether a process keeps its size: figures over time, judged by the slope of their second half. Pure. */

/** One look at the app. Memory in bytes, after a collection. */
export interface Sample {
  /** Seconds since the process began. */
  readonly at: number;
  readonly rss: number;
  readonly heap: number;
  /** Buffers outside the heap. */
  readonly external: number;
  readonly descriptors: number;
  /** Tools that are connected to the local port. */
  readonly tools: number;
  readonly recorded: number;
  readonly inLedger: number;
  /** Event-loop delay since the last look, p99, ms. */
  readonly delay: number;
}

type Figure = 'rss' | 'heap' | 'external' | 'descriptors';
/**
 * Most that each may grow over the whole second half, by its slope, whatever its length: a leak of the smallest thing that
 * a connection or a statement has would be far above it. RSS also moves with the allocator.
 */
const bounds: Readonly<Record<Figure, number>> = { rss: 32e6, heap: 5e6, external: 8e6, descriptors: 3 };
const WINDOWS = 8;
/** A connected tool holds two: its own socket and the one to the server. They are its, and not counted as growth. */
const DESCRIPTORS_OF_A_TOOL = 2;
/**
 * Descriptors that may be open when everything is over and were not before it began: two more files of the log (the next
 * segment, the reader of the last) and connections to the collector that are kept alive.
 */
export const LEFT_DESCRIPTORS = 5;

export interface Trend {
  readonly figure: Figure;
  /** Mean of the second half. */
  readonly mean: number;
  /** What the slope makes of the second half's length. */
  readonly growth: number;
  readonly bound: number;
  readonly flat: boolean;
}

/**
 * The slope is that of the lowest value in each of some windows: what is on its way at the moment of a look comes and goes,
 * what is leaked stays. Throws on fewer than two looks for each window: nothing can be said then.
 */
export function trends(samples: readonly Sample[]): Trend[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (half.length < 2 * WINDOWS) throw new Error(`${samples.length} samples are too few for a trend`);
  const seconds = (half.at(-1)?.at ?? 0) - (half[0]?.at ?? 0);
  const windows = Array.from({ length: WINDOWS }, (_, i) =>
    half.slice(Math.floor((i * half.length) / WINDOWS), Math.floor(((i + 1) * half.length) / WINDOWS)),
  );
  return (Object.keys(bounds) as Figure[]).map((figure) => {
    const lowest = windows.map((window) => ({
      x: mean(window.map(({ at }) => at)),
      y: Math.min(...window.map((sample) => kept(sample, figure))),
    }));
    const growth = slope(lowest) * seconds;
    const bound = bounds[figure];
    return { figure, mean: mean(half.map((sample) => kept(sample, figure))), growth, bound, flat: growth <= bound };
  });
}

/** What is held beyond the tools that are connected at that moment: whether any are, at a look, is chance. */
const kept = (sample: Sample, figure: Figure): number =>
  figure === 'descriptors' ? sample.descriptors - DESCRIPTORS_OF_A_TOOL * sample.tools : sample[figure];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Least squares, y per x. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
