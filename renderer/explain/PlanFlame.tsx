/** The plan as a flame: every step as wide as the time that it and the steps below it take. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { duration } from './duration.ts';
import { type Box, flameOf } from './flame.ts';
import type { ShapeProps } from './PlanTree.tsx';
import { percent } from './remarks.ts';
import { spoken } from './tree.ts';

export function PlanFlame({ plan, remarks, chosen, details, onChoose }: ShapeProps) {
  const [boxes] = useState(() => flameOf(plan));
  const root = useRef<HTMLDivElement>(null);
  const rows = Math.max(...boxes.map(({ row }) => row)) + 1;
  // What is too thin to be drawn may be chosen in the tree; the keys then begin at the top.
  const at = boxes.some(({ node }) => node.id === chosen) ? chosen : plan.root.id;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = next(boxes, at, event.key);
    if (target === undefined) return;
    event.preventDefault();
    onChoose(target.node.id);
    root.current?.querySelector<HTMLElement>(`[data-node="${target.node.id}"]`)?.focus();
  };
  const share = (box: Box): string => percent(plan.root.total === 0 ? 0 : box.node.total / plan.root.total);
  return (
    <div className="plan-flame">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would look like a form */}
      <div
        ref={root}
        role="group"
        aria-label={plan.measured ? 'Flame of the plan, by time' : 'Flame of the plan, by cost'}
        style={{ height: rows * 25 }}
        onKeyDown={onKeyDown}
      >
        {boxes.map((box) => (
          <button
            key={box.node.id}
            type="button"
            data-node={box.node.id}
            className={remarks.some((remark) => remark.node === box.node.id) ? 'marked' : ''}
            aria-pressed={box.node.id === chosen}
            aria-controls={details}
            aria-label={`${spoken(box.node, plan)}; with the steps below it ${share(box)}`}
            title={`${box.node.kind} ${box.node.relation ?? ''}: ${plan.measured ? duration(box.node.total) : box.node.total.toFixed(0)}, ${share(box)}`}
            tabIndex={box.node.id === at ? 0 : -1}
            style={{ left: `${box.left * 100}%`, width: `calc(${box.width * 100}% - 1px)`, top: box.row * 25 }}
            onClick={() => onChoose(box.node.id)}
          >
            {box.node.kind} <span className="mono">{box.node.relation ?? ''}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function next(boxes: readonly Box[], at: number, key: string): Box | undefined {
  const here = boxes.find(({ node }) => node.id === at);
  if (here === undefined) return undefined;
  const inRow = boxes.filter(({ row }) => row === here.row);
  const index = inRow.indexOf(here);
  switch (key) {
    case 'ArrowDown':
      return boxes.find(({ node }) => node.parent === at);
    case 'ArrowUp':
      return boxes.find(({ node }) => node.id === here.node.parent);
    case 'ArrowLeft':
      return inRow[index - 1];
    case 'ArrowRight':
      return inRow[index + 1];
    case 'Home':
      return boxes[0];
    default:
      return undefined;
  }
}
