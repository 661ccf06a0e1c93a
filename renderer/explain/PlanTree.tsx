/** The plan as a tree, one line a node: its own time, its share as a bar, rows expected and real. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../ui/icons.tsx';
import type { Plan, PlanNode } from './plan.ts';
import type { Remark } from './remarks.ts';
import { collapsedAtFirst, figuresOf, revealed, shownNodes, spoken, stepOf } from './tree.ts';

export interface ShapeProps {
  readonly plan: Plan;
  readonly remarks: readonly Remark[];
  readonly chosen: number;
  /** Id of the panel that shows the chosen node. */
  readonly details: string;
  readonly onChoose: (node: number) => void;
}

export function PlanTree({ plan, remarks, chosen, details, onChoose }: ShapeProps) {
  const [closed, setClosed] = useState(() => collapsedAtFirst(plan));
  const collapsed = revealed(plan, closed, chosen);
  const tree = useRef<HTMLDivElement>(null);
  const shown = shownNodes(plan.root, collapsed);
  const toggle = (id: number) => {
    const next = new Set(collapsed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
    if (chosen !== id && !shownNodes(plan.root, next).some((node) => node.id === chosen)) onChoose(id);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen line comes into view, whoever chose it
  useEffect(() => {
    const line = tree.current?.querySelector<HTMLElement>('[aria-selected=true]');
    line?.scrollIntoView({ block: 'nearest' });
    if (tree.current?.contains(document.activeElement) === true) line?.focus();
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepOf(event.key, shown, chosen, collapsed);
    if (step === null) return;
    event.preventDefault();
    if ('choose' in step) onChoose(step.choose);
    else toggle(step.toggle);
  };
  return (
    <div className={`plan-tree ${plan.measured ? 'measured' : ''}`}>
      <div className="plan-head" aria-hidden="true">
        <span>Step</span>
        <span>{plan.measured ? 'Own time' : 'Own cost'}</span>
        <span />
        <span>{plan.measured ? 'With steps below' : 'Total cost'}</span>
        <span>Expected rows</span>
        {plan.measured && (
          <>
            <span>Rows</span>
            <span>Estimate off by</span>
            <span>Loops</span>
          </>
        )}
      </div>
      <div ref={tree} role="tree" aria-label="Plan" aria-controls={details} onKeyDown={onKeyDown}>
        {shown.map((node) => (
          <Line
            key={node.id}
            node={node}
            plan={plan}
            marked={remarks.some((remark) => remark.node === node.id)}
            chosen={node.id === chosen}
            collapsed={collapsed.has(node.id)}
            onChoose={() => onChoose(node.id)}
            onToggle={() => toggle(node.id)}
          />
        ))}
      </div>
    </div>
  );
}

function Line(props: {
  readonly node: PlanNode;
  readonly plan: Plan;
  readonly marked: boolean;
  readonly chosen: boolean;
  readonly collapsed: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}) {
  const { node, plan, collapsed } = props;
  const siblings = node.parent === null ? [node] : (plan.nodes[node.parent]?.children ?? []);
  const figures = figuresOf(node, plan.measured);
  const share = plan.root.total === 0 ? 0 : node.own / plan.root.total;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys for all of its lines
    <div
      role="treeitem"
      className={`plan-line ${node.never ? 'never' : ''}`}
      aria-level={node.depth + 1}
      aria-posinset={siblings.indexOf(node) + 1}
      aria-setsize={siblings.length}
      aria-selected={props.chosen}
      aria-expanded={node.children.length === 0 ? undefined : !collapsed}
      aria-label={`${spoken(node, plan)}${props.marked ? ', stands out' : ''}`}
      tabIndex={props.chosen ? 0 : -1}
      onClick={props.onChoose}
    >
      <span
        className="plan-name"
        title={`${node.kind} ${node.relation ?? ''}`.trim()}
        style={{ paddingLeft: Math.min(node.depth, 24) * 14 }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the line itself does the same by keyboard */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
        <span
          className="plan-twist"
          onClick={(event) => {
            if (node.children.length === 0) return;
            event.stopPropagation();
            props.onToggle();
          }}
        >
          {node.children.length > 0 && <Icon name={collapsed ? 'chevronRight' : 'chevronDown'} size={12} />}
        </span>
        {props.marked && (
          <span className="plan-mark">
            <Icon name="warning" size={12} />
          </span>
        )}
        {node.role !== null && <span className="chip">{node.role}</span>}
        <b>{node.kind}</b>
        {node.relation !== null && <span className="mono muted clip">{node.relation}</span>}
        {node.index !== null && <span className="mono faint clip">{node.index}</span>}
        {collapsed && <span className="faint">{node.children.length} steps below</span>}
        {node.never && <span className="faint">never carried out</span>}
      </span>
      <span className="num">{figures.own}</span>
      <span className="plan-bar">
        <i style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      <span className="num muted">{figures.total}</span>
      <span className="num muted">{figures.expected}</span>
      {plan.measured && (
        <>
          <span className="num">{figures.rows}</span>
          <span className={`num ${node.error >= 10 ? 'plan-off' : 'muted'}`}>{figures.error}</span>
          <span className="num muted">{figures.loops}</span>
        </>
      )}
    </div>
  );
}
