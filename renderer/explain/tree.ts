/** Which nodes of a plan are on the screen, and where the keys go (WAI-ARIA, tree view). Pure. */
import { count, plural, short } from '../words/format.ts';
import { duration } from './duration.ts';
import type { Plan, PlanNode } from './plan.ts';
import { errorWords, percent } from './remarks.ts';

/** A node with more children begins collapsed: the partitions of a table. */
const MANY_CHILDREN = 12;

export const collapsedAtFirst = ({ nodes }: Plan): ReadonlySet<number> =>
  new Set(nodes.filter(({ children }) => children.length > MANY_CHILDREN).map(({ id }) => id));

export function shownNodes(root: PlanNode, collapsed: ReadonlySet<number>): PlanNode[] {
  return collapsed.has(root.id) ? [root] : [root, ...root.children.flatMap((child) => shownNodes(child, collapsed))];
}

/** Opens whatever hides a node. */
export function revealed({ nodes }: Plan, collapsed: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const open = new Set<number>();
  for (let at = nodes[id]?.parent ?? null; at !== null; at = nodes[at]?.parent ?? null) open.add(at);
  return [...open].some((one) => collapsed.has(one))
    ? new Set([...collapsed].filter((one) => !open.has(one)))
    : collapsed;
}

export type Step = { readonly choose: number } | { readonly toggle: number } | null;

/** What a key means at a node; null where it means nothing. */
export function stepOf(key: string, shown: readonly PlanNode[], at: number, collapsed: ReadonlySet<number>): Step {
  const index = shown.findIndex(({ id }) => id === at);
  const node = shown[index];
  if (node === undefined) return null;
  const choose = (target: PlanNode | undefined): Step => (target === undefined ? null : { choose: target.id });
  const closed = collapsed.has(at);
  switch (key) {
    case 'ArrowDown':
      return choose(shown[index + 1]);
    case 'ArrowUp':
      return choose(shown[index - 1]);
    case 'Home':
      return choose(shown[0]);
    case 'End':
      return choose(shown.at(-1));
    case 'ArrowRight':
      if (node.children.length === 0) return null;
      return closed ? { toggle: at } : choose(node.children[0]);
    case 'ArrowLeft':
      if (node.children.length > 0 && !closed) return { toggle: at };
      return node.parent === null ? null : { choose: node.parent };
    case 'Enter':
    case ' ':
      return node.children.length === 0 ? null : { toggle: at };
    default:
      return null;
  }
}

export interface Figures {
  readonly own: string;
  readonly total: string;
  readonly expected: string;
  readonly rows: string;
  readonly error: string;
  readonly loops: string;
}
/** Empty where nothing was measured. */
export function figuresOf(node: PlanNode, measured: boolean): Figures {
  const time = (value: number): string => (measured ? duration(value) : short(value));
  return {
    own: node.never ? '–' : time(node.own),
    total: node.never ? '–' : time(node.total),
    expected: short(node.expected),
    rows: node.rows === null || node.never ? '' : short(node.rows),
    error: errorWords(node) ?? '',
    loops: node.loops === null ? '' : count(node.loops),
  };
}

/** For a screen reader: the whole line as a sentence. */
export function spoken(node: PlanNode, { root, measured }: Plan): string {
  const head = [
    node.role,
    node.kind,
    node.relation === null ? null : `on ${node.relation}`,
    node.index && `by ${node.index}`,
  ];
  const share = percent(root.total === 0 ? 0 : node.own / root.total);
  const rest = node.never
    ? ['never carried out']
    : measured
      ? [`${duration(node.own)} by itself, ${share}`, `${plural(Math.round(node.rows ?? 0), 'row')}`, errorWords(node)]
      : [`${share} of the cost`, `${plural(node.expected, 'row')} expected`];
  return [head.filter(Boolean).join(' '), ...rest.filter(Boolean)].join(', ');
}
