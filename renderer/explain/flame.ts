/** Where each node's box of the flame view is: as wide as its share with all below it, one row a level. Pure. */
import type { Plan, PlanNode } from './plan.ts';

export interface Box {
  readonly node: PlanNode;
  /** From 0 to 1. */
  readonly left: number;
  readonly width: number;
  readonly row: number;
}
/** Thinner ones cannot be seen or hit; they are in the tree. */
const THINNEST = 0.002;

/** Children stand below their parent, side by side; where they come to more than it, they are made narrower in proportion. */
export function flameOf({ root }: Plan): readonly Box[] {
  const boxes: Box[] = [];
  const place = (node: PlanNode, left: number, width: number, row: number): void => {
    boxes.push({ node, left, width, row });
    const below = node.children.reduce((sum, child) => sum + child.total, 0);
    const whole = Math.max(node.total, below);
    let at = left;
    for (const child of node.children) {
      const share = whole === 0 ? 0 : (width * child.total) / whole;
      if (share >= THINNEST) place(child, at, share, row + 1);
      at += share;
    }
  };
  place(root, 0, 1, 0);
  return boxes;
}
