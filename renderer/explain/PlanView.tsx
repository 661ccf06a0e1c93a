/** One plan in one of its shapes; tree and flame share the chosen node, whose details stand beside them. */
import { useId, useState } from 'react';
import { Icon } from '../ui/icons.tsx';
import { NodeDetails } from './NodeDetails.tsx';
import { PlanFlame } from './PlanFlame.tsx';
import { PlanTree } from './PlanTree.tsx';
import type { Plan } from './plan.ts';
import { planText } from './plan-text.ts';
import { remarksOf } from './remarks.ts';

export type Shape = 'tree' | 'flame' | 'text' | 'json';
export const shapes: readonly (readonly [Shape, string])[] = [
  ['tree', 'Tree'],
  ['flame', 'Flame'],
  ['text', 'Text'],
  ['json', 'JSON'],
];
/** Sentences above the plan; each is beside its node as well. */
const MOST_ABOVE = 3;

export function PlanView({ plan, shape, json }: { readonly plan: Plan; readonly shape: Shape; readonly json: string }) {
  const [remarks] = useState(() => remarksOf(plan));
  const [chosen, setChosen] = useState(() => remarks[0]?.node ?? 0);
  const details = useId();
  if (shape === 'text' || shape === 'json')
    return (
      // biome-ignore lint/a11y/useSemanticElements: a section has no line breaks of its own
      <pre
        className="plan-text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must take the keyboard
        tabIndex={0}
        role="region"
        aria-label={shape === 'text' ? 'Plan as text' : 'Plan as JSON'}
      >
        {shape === 'text' ? planText(plan) : json}
      </pre>
    );
  const node = plan.nodes[chosen] ?? plan.root;
  return (
    <div className="plan">
      <div className="plan-main">
        {remarks.length > 0 && (
          <ul className="plan-remarks" aria-label="What stands out">
            {remarks.slice(0, MOST_ABOVE).map((remark) => (
              <li key={`${remark.kind} ${remark.node}`}>
                <button type="button" onClick={() => setChosen(remark.node)}>
                  <Icon name="warning" size={12} />
                  <b>{plan.nodes[remark.node]?.kind}</b>
                  <span className="clip" title={remark.text}>
                    {remark.text}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {shape === 'tree' ? (
          <PlanTree plan={plan} remarks={remarks} chosen={node.id} details={details} onChoose={setChosen} />
        ) : (
          <PlanFlame plan={plan} remarks={remarks} chosen={node.id} details={details} onChoose={setChosen} />
        )}
      </div>
      <NodeDetails id={details} plan={plan} node={node} remarks={remarks.filter((remark) => remark.node === node.id)} />
    </div>
  );
}
