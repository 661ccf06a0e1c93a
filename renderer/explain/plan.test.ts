import { describe, expect, it } from 'vitest';
import { planNames as all, type PlanName, planJson } from './fixtures/index.ts';
import { type Plan, type PlanNode, readPlan } from './plan.ts';
import { planText } from './plan-text.ts';
import { remarksOf } from './remarks.ts';

function plan(name: PlanName): Plan {
  const found = readPlan(planJson(name));
  if (found === null) throw new Error(`${name} is no plan`);
  return found;
}
const find = ({ nodes }: Plan, kind: RegExp): PlanNode => {
  const node = nodes.find((one) => kind.test(one.kind));
  if (node === undefined) throw new Error(`none like ${kind} among ${nodes.map((one) => one.kind)}`);
  return node;
};
const sum = (nodes: readonly PlanNode[]): number => nodes.reduce((all, { own }) => all + own, 0);

describe('a plan, read', () => {
  it.each(all.filter((name) => name !== 'plan'))('gives every millisecond of %s to one node', (name) => {
    const { nodes, root } = plan(name);
    expect(nodes.map(({ id }) => id)).toEqual(nodes.map((_, i) => i));
    expect(Math.min(...nodes.map(({ own }) => own))).toBeGreaterThanOrEqual(0);
    // The server rounds its times, and those of workers are averages.
    expect(sum(nodes) / root.total).toBeGreaterThan(0.97);
    expect(sum(nodes) / root.total).toBeLessThan(1.03);
  });
  it('without measuring has costs, no rows and nothing that never ran', () => {
    const { root, measured, nodes } = plan('plan');
    expect({ measured, rows: root.rows, never: nodes.some((node) => node.never) }).toEqual({
      measured: false,
      rows: null,
      never: false,
    });
    expect(root.total).toBeGreaterThan(0);
  });
  it('shares the loops among the workers of a Gather', () => {
    const { root, nodes } = plan('parallel');
    const scan = find(plan('parallel'), /sequential scan/);
    expect(scan.loops).toBeGreaterThan(1);
    for (const node of nodes) expect(node.total).toBeLessThanOrEqual(root.total);
    expect(find(plan('parallel'), /^Partial aggregate/).kind).toContain('hashed');
  });
  it('takes the time of an InitPlan off the node that reads it', () => {
    const found = plan('init');
    const init = found.nodes.find(({ role }) => role !== null);
    expect(init?.role).toMatch(/^InitPlan 1/);
    const scan = found.root.children.find(({ kind }) => /sequential scan/i.test(kind));
    expect(scan?.total).toBeGreaterThan(init?.total ?? 0);
    expect(scan?.own).toBeLessThan((scan?.total ?? 0) - (init?.total ?? 0) + 0.001);
  });
  it('names CTEs and SubPlans, and counts the loops of a SubPlan', () => {
    expect(plan('cte').nodes.map(({ role }) => role)).toContain('CTE late');
    expect(find(plan('cte'), /CTE scan/).relation).toBe('late a');
    expect(plan('sub').nodes.find(({ role }) => role?.startsWith('SubPlan'))?.loops).toBe(3);
  });
  it('knows what was never carried out', () => {
    expect(plan('never').nodes.filter(({ never }) => never)).toHaveLength(1);
  });
  it('holds every partition', () => {
    expect(find(plan('partitions'), /^Append/).children).toHaveLength(20);
  });
  it('names the write', () => {
    expect(plan('write').root.kind).toBe('Update');
    expect(plan('write').root.relation).toBe('public.orders');
  });
  it.each(['', 'null', '[]', '{"Plan": 1}', '[{"Plan": []}]', '[{"Plain": {}}]'])('refuses %j', (text) => {
    expect(readPlan(text)).toBeNull();
  });
});

describe('what stands out', () => {
  const kinds = (name: PlanName): string[] => remarksOf(plan(name)).map(({ kind }) => kind);
  it('is said of sorts on the disk', () => {
    expect(remarksOf(plan('disk')).find(({ kind }) => kind === 'disk')?.text).toMatch(/^Sorts on the disk \(1\.2 MB\)/);
  });
  it('is said of scans that throw most rows away', () => {
    expect(remarksOf(plan('join')).find(({ kind }) => kind === 'discarded')?.text).toMatch(
      /20,000 rows and throws 99 %/,
    );
  });
  it('is said of estimates that are far off', () => {
    expect(remarksOf(plan('cte')).find(({ kind }) => kind === 'estimate')?.text).toMatch(
      /Expected 27 rows and got 3,900, 144 times more/,
    );
  });
  it('is not said of estimates below a LIMIT that had enough, nor of a plan that was not measured', () => {
    const scan = plan('init').root.children.find(({ kind }) => /sequential scan/i.test(kind));
    expect(scan?.rows).toBe(5);
    expect(scan?.expected).toBeGreaterThan(1000);
    expect(scan?.error).toBe(1);
    expect(kinds('plan')).toEqual([]);
  });
  it('is said of at most three nodes of a kind', () => {
    for (const name of all)
      for (const kind of new Set(kinds(name))) expect(kinds(name).filter((one) => one === kind).length).toBeLessThan(4);
  });
});

describe('a plan as text', () => {
  it('looks as psql shows it', () => {
    const lines = planText(plan('plan')).split('\n');
    expect(lines[0]).toMatch(/^Nested Loop {2}\(cost=\d+\.\d\d\.\.\d+\.\d\d rows=1 width=\d+\)$/);
    expect(
      lines.some((line) => /^ {2}-> {2}Index Scan using orders_pkey on public\.orders o {2}\(cost=/.test(line)),
    ).toBe(true);
    expect(planText(plan('never'))).toContain('(never executed)');
    expect(planText(plan('disk'))).toContain('  Sort Key: orders.note, orders.total');
  });
});
