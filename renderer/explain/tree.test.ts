import { describe, expect, it } from 'vitest';
import { type PlanName, planJson } from './fixtures/index.ts';
import { flameOf } from './flame.ts';
import { type Plan, readPlan } from './plan.ts';
import { collapsedAtFirst, revealed, shownNodes, spoken, stepOf } from './tree.ts';

function plan(name: PlanName): Plan {
  const found = readPlan(planJson(name));
  if (found === null) throw new Error(`${name} is no plan`);
  return found;
}
const none: ReadonlySet<number> = new Set();

describe('the lines of the tree', () => {
  it('are all nodes; partitions begin closed, and open for the one that is chosen', () => {
    const cte = plan('cte');
    expect(shownNodes(cte.root, none)).toHaveLength(cte.nodes.length);
    const parted = plan('partitions');
    const closed = collapsedAtFirst(parted);
    expect(closed.size).toBe(1);
    expect(shownNodes(parted.root, closed).length).toBeLessThan(4);
    expect(revealed(parted, closed, parted.nodes.length - 1)).toEqual(none);
    expect(revealed(parted, closed, 0)).toBe(closed);
  });
  const cte = plan('cte');
  const lines = shownNodes(cte.root, none);
  const last = cte.nodes.length - 1;
  it.each([
    ['ArrowDown', 0, { choose: 1 }],
    ['ArrowUp', 0, null],
    ['End', 0, { choose: last }],
    ['Home', last, { choose: 0 }],
    ['ArrowRight', 0, { choose: 1 }],
    ['ArrowRight', last, null],
    ['ArrowLeft', 0, { toggle: 0 }],
    ['ArrowLeft', last, { choose: last - 1 }],
    ['Enter', 0, { toggle: 0 }],
    ['a', 0, null],
  ])('follow %s at %i', (key, at, step) => {
    expect(stepOf(key, lines, at, none)).toEqual(step);
  });
  it('open again with the arrow that points into them', () => {
    expect(stepOf('ArrowRight', shownNodes(cte.root, new Set([0])), 0, new Set([0]))).toEqual({ toggle: 0 });
  });
  it('are sentences for a screen reader', () => {
    expect(spoken(plan('never').nodes.at(-1) ?? cte.root, plan('never'))).toMatch(
      /^Sequential scan on .*, never carried out$/,
    );
    expect(spoken(cte.root, cte)).toMatch(/^Hash join, .* by itself, \d+ %, 3,900 rows, 144 × more$/);
  });
});

describe('the flame', () => {
  it.each<PlanName>(['join', 'parallel', 'init', 'sub', 'cte', 'partitions'])(
    'of %s keeps every box inside of its parent',
    (name) => {
      const boxes = flameOf(plan(name));
      for (const { node, left, width, row } of boxes) {
        const parent = boxes.find((box) => box.node.id === node.parent);
        if (parent === undefined) continue;
        expect(row).toBe(parent.row + 1);
        expect(left).toBeGreaterThanOrEqual(parent.left - 1e-9);
        expect(left + width).toBeLessThanOrEqual(parent.left + parent.width + 1e-9);
      }
    },
  );
});
