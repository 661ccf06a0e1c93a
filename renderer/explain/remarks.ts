/** What stands out in a plan: at most one sentence of a kind for a node, in plain words. Pure. */
import { count, plural, short } from '../words/format.ts';
import { duration } from './duration.ts';
import { numberOf, type Plan, type PlanNode, textOf } from './plan.ts';

export interface Remark {
  readonly kind: 'slow' | 'estimate' | 'disk' | 'discarded' | 'workers' | 'lossy';
  readonly node: number;
  readonly text: string;
}

/** Shares below are not worth a word. */
const SLOW_SHARE = 0.25;
const OFF_BY = 10;
const DISCARDED_ROWS = 1000;
const DISCARDED_SHARE = 0.9;
/** Nodes of one kind of remark at most, so that a plan over 300 partitions does not shout 300 times. */
const OF_A_KIND = 3;

/** The worst of each kind first. */
export function remarksOf({ nodes, root, measured }: Plan): readonly Remark[] {
  if (!measured) return [];
  const worst = (of: (node: PlanNode) => number): PlanNode[] =>
    nodes
      .filter((node) => !node.never && of(node) > 0)
      .sort((a, b) => of(b) - of(a))
      .slice(0, OF_A_KIND);
  const say = (kind: Remark['kind'], found: readonly PlanNode[], text: (node: PlanNode) => string): Remark[] =>
    found.map((node) => ({ kind, node: node.id, text: text(node) }));
  return [
    ...say(
      'slow',
      worst((node) => (root.total > 0 && node.own / root.total >= SLOW_SHARE ? node.own : 0)),
      (node) => `Takes ${duration(node.own)} by itself, ${percent(node.own / root.total)} of the whole.`,
    ),
    ...say(
      'estimate',
      worst((node) => (node.error >= OFF_BY ? node.error : 0)),
      estimateWords,
    ),
    ...say('disk', worst(diskKb), diskWords),
    ...say('discarded', worst(discarded), (node) => {
      const read = (node.rows ?? 0) + node.removed;
      return `Reads ${plural(Math.round(read), 'row')} and throws ${percent(node.removed / read)} of them away; an index for its filter may spare that.`;
    }),
    ...say('workers', worst(missingWorkers), (node) => {
      const planned = numberOf(node.raw, 'Workers Planned') ?? 0;
      return `${plural(planned, 'worker')} planned, ${count(planned - missingWorkers(node))} could be started: the server had no more to give.`;
    }),
    ...say(
      'lossy',
      worst((node) => numberOf(node.raw, 'Lossy Heap Blocks') ?? 0),
      () => 'The bitmap did not fit into memory (work_mem), so whole pages were read and checked again.',
    ),
  ];
}

export const percent = (share: number): string => {
  const value = share * 100;
  return value > 99 && value < 100 ? 'over 99 %' : `${value < 1 && value > 0 ? value.toFixed(1) : Math.round(value)} %`;
};

/** `1,204 × more`, `12 × fewer`; null where the estimate was near enough. */
export function errorWords({ error, expected, rows }: PlanNode): string | null {
  if (error < 2 || rows === null) return null;
  return `${short(error)} × ${rows > expected ? 'more' : 'fewer'}`;
}

function estimateWords(node: PlanNode): string {
  const way = (node.rows ?? 0) > node.expected ? 'more' : 'fewer';
  return `Expected ${plural(node.expected, 'row')} and got ${count(Math.round(node.rows ?? 0))}, ${short(node.error)} times ${way}; statistics may be old (ANALYZE) or miss that columns go together.`;
}

/** Kilobytes that went to the disk because memory (work_mem) was not enough; 1 where only that they did is known. */
function diskKb({ raw }: PlanNode): number {
  if (textOf(raw, 'Sort Space Type') === 'Disk') return numberOf(raw, 'Sort Space Used') ?? 1;
  const hashed = Math.max(numberOf(raw, 'Hash Batches') ?? 1, numberOf(raw, 'HashAgg Batches') ?? 1);
  return numberOf(raw, 'Disk Usage') || (hashed > 1 ? 1 : 0);
}
function diskWords(node: PlanNode): string {
  const kb = diskKb(node);
  const size = kb > 1 ? ` (${kb >= 1024 ? `${(kb / 1024).toFixed(1)} MB` : `${count(kb)} kB`})` : '';
  const what = textOf(node.raw, 'Node Type') === 'Sort' ? 'Sorts' : 'Hashes';
  return `${what} on the disk${size}, because it did not fit into memory (work_mem).`;
}

function discarded(node: PlanNode): number {
  if (textOf(node.raw, 'Node Type') !== 'Seq Scan') return 0;
  const removed = node.removed * (node.loops ?? 1);
  const share = node.removed / Math.max(1, node.removed + (node.rows ?? 0));
  return removed >= DISCARDED_ROWS && share >= DISCARDED_SHARE ? removed : 0;
}

const missingWorkers = ({ raw }: PlanNode): number =>
  (numberOf(raw, 'Workers Planned') ?? 0) -
  (numberOf(raw, 'Workers Launched') ?? numberOf(raw, 'Workers Planned') ?? 0);
