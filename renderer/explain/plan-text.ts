/** A plan as psql shows it, made of the same facts: one run of the statement is enough. Pure. */
import { numberOf, type Plan, type PlanNode, textOf } from './plan.ts';

/** Already in a node's first line, or said of it elsewhere. */
const told =
  /^(Node Type|Parent Relationship|Subplan Name|Parallel Aware|Async Capable|Join Type|Startup Cost|Total Cost|Plan (Rows|Width)|Actual .*|Plans|Relation Name|Schema|Alias|Index Name|Scan Direction|Strategy|Partial Mode|Operation|Inner Unique|Disabled|CTE Name|Function Name)$/;

export function planText(plan: Plan): string {
  const lines = linesOf(plan.root, 0);
  for (const { name, ms, calls } of plan.triggers) lines.push(`Trigger ${name}: time=${ms.toFixed(3)} calls=${calls}`);
  if (plan.settings.length > 0)
    lines.push(`Settings: ${plan.settings.map(([name, value]) => `${name} = '${value}'`).join(', ')}`);
  if (plan.planningMs !== null) lines.push(`Planning Time: ${plan.planningMs.toFixed(3)} ms`);
  if (plan.executionMs !== null) lines.push(`Execution Time: ${plan.executionMs.toFixed(3)} ms`);
  return lines.join('\n');
}

function linesOf(node: PlanNode, indent: number): string[] {
  const pad = ' '.repeat(indent);
  const role = node.role === null ? [] : [`${pad}${node.role}`];
  const inner = indent + (node.role === null ? 0 : 2);
  const arrow = node.parent === null ? '' : `${' '.repeat(inner)}->  `;
  const below = ' '.repeat(inner + (node.parent === null ? 2 : 6));
  return [
    ...role,
    `${arrow}${nameOf(node)}  ${figuresOf(node)}`,
    ...detailsOf(node.raw).map(([name, value]) => `${below}${name}: ${value}`),
    ...node.children.flatMap((child) => linesOf(child, inner + (node.parent === null ? 2 : 6))),
  ];
}

function nameOf({ raw, relation, index }: PlanNode): string {
  const type = textOf(raw, 'Node Type') ?? '';
  const join = textOf(raw, 'Join Type');
  const outer = join === null || join === 'Inner' ? '' : ` ${join}`;
  const name = type === 'ModifyTable' ? (textOf(raw, 'Operation') ?? type) : type;
  const joined = outer === '' ? name : `${name.replace(/ Join$/, '')}${outer} Join`;
  const parallel = raw['Parallel Aware'] === true ? 'Parallel ' : '';
  const using = index === null ? '' : type === 'Bitmap Index Scan' ? ` on ${index}` : ` using ${index}`;
  return `${parallel}${joined}${using}${relation === null ? '' : ` on ${relation}`}`;
}

function figuresOf({ raw, never }: PlanNode): string {
  const n = (key: string): number => numberOf(raw, key) ?? 0;
  const cost = `(cost=${n('Startup Cost').toFixed(2)}..${n('Total Cost').toFixed(2)} rows=${n('Plan Rows')} width=${n('Plan Width')})`;
  if (never) return `${cost} (never executed)`;
  if (numberOf(raw, 'Actual Loops') === null) return cost;
  const time = `time=${n('Actual Startup Time').toFixed(3)}..${n('Actual Total Time').toFixed(3)} `;
  return `${cost} (actual ${time}rows=${n('Actual Rows')} loops=${n('Actual Loops')})`;
}

/** What else the server says of a node; nothings (no blocks read, no WAL) are left out. */
export function detailsOf(raw: PlanNode['raw']): readonly (readonly [name: string, value: string])[] {
  return Object.entries(raw).flatMap(([name, value]): [string, string][] => {
    if (told.test(name) || value === 0 || value === false || value === null) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [[name, value.join(', ')]];
    return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
  });
}
