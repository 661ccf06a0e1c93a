/**
 * EXPLAIN's JSON as a tree with what a person wants to know of each node: its own time and that with its children, rows
 * expected and real, and what it threw away. Pure. PostgreSQL manual, "Using EXPLAIN"; 14 to 18.
 *
 * Times are of the wall clock, ms. The server gives the average of a loop; below a Gather the loops of its workers
 * overlap, so they are divided by the number of them. An InitPlan or CTE is carried out inside of the node that reads it,
 * which is where its time is taken off.
 */

export type Raw = { readonly [key: string]: unknown };

export interface PlanNode {
  /** Place in the order of the plan, from 0. */
  readonly id: number;
  readonly parent: number | null;
  readonly depth: number;
  /** `Hash left join`, `Parallel sequential scan`. */
  readonly kind: string;
  /** `InitPlan 1`, `SubPlan 2`, `CTE late`; null for an ordinary child. */
  readonly role: string | null;
  /** `shop.orders o` */
  readonly relation: string | null;
  readonly index: string | null;
  /** It never came to be carried out. Always false in a plan that was not measured. */
  readonly never: boolean;
  readonly loops: number | null;
  /** With all below it: ms, or the planner's cost where nothing was measured. */
  readonly total: number;
  /** Without what is below it. */
  readonly own: number;
  /** Of one loop. */
  readonly expected: number;
  readonly rows: number | null;
  /** Removed by its filters, of one loop. */
  readonly removed: number;
  /** How many times more (or fewer) rows came than were expected; 1 where that is not known or means nothing. */
  readonly error: number;
  readonly raw: Raw;
  readonly children: readonly PlanNode[];
}

export interface Plan {
  readonly root: PlanNode;
  /** Every node, in order. */
  readonly nodes: readonly PlanNode[];
  readonly measured: boolean;
  readonly planningMs: number | null;
  readonly executionMs: number | null;
  /** Settings that differ from the server's own. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly triggers: readonly { readonly name: string; readonly ms: number; readonly calls: number }[];
}

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Raw[] => (Array.isArray(value) ? value.filter(isRaw) : []);
export const numberOf = (raw: Raw, key: string): number | null => {
  const value = raw[key];
  return typeof value === 'number' ? value : null;
};
export const textOf = (raw: Raw, key: string): string | null => {
  const value = raw[key];
  return typeof value === 'string' ? value : null;
};

/** Null where the text is not a plan. */
export function readPlan(json: string): Plan | null {
  let all: unknown;
  try {
    all = JSON.parse(json);
  } catch {
    return null;
  }
  const [whole] = listOf(all);
  if (whole === undefined || !isRaw(whole.Plan)) return null;
  const measured = numberOf(whole.Plan, 'Actual Loops') !== null;
  const reader = new Reader(measured);
  const root = reader.read(whole.Plan, { parent: null, depth: 0, workers: 1, limited: false });
  const settings = isRaw(whole.Settings) ? Object.entries(whole.Settings) : [];
  return {
    root,
    nodes: flat(root),
    measured,
    planningMs: numberOf(whole, 'Planning Time'),
    executionMs: numberOf(whole, 'Execution Time'),
    settings: settings.map(([name, value]) => [name, String(value)]),
    triggers: listOf(whole.Triggers).map((raw) => ({
      name: textOf(raw, 'Constraint Name') ?? textOf(raw, 'Trigger Name') ?? '',
      ms: numberOf(raw, 'Time') ?? 0,
      calls: numberOf(raw, 'Calls') ?? 0,
    })),
  };
}

function flat(root: PlanNode): PlanNode[] {
  const found: PlanNode[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    found.push(node);
    open.push(...node.children.toReversed());
  }
  return found;
}

interface Place {
  readonly parent: number | null;
  readonly depth: number;
  /** Processes that share the loops. */
  readonly workers: number;
  /** Something above stops it when it has enough. */
  readonly limited: boolean;
}
type Building = { -readonly [K in keyof PlanNode]: PlanNode[K] };

/** They read everything before they give anything, whatever is wanted of them. */
const BLOCKING = new Set(['Sort', 'Aggregate', 'Hash', 'WindowAgg', 'SetOp']);

class Reader {
  readonly #measured: boolean;
  #next = 0;

  constructor(measured: boolean) {
    this.#measured = measured;
  }

  read(raw: Raw, place: Place): Building {
    const id = this.#next++;
    const type = textOf(raw, 'Node Type') ?? 'Node';
    const loops = numberOf(raw, 'Actual Loops');
    const limited = (type === 'Limit' || place.limited) && !BLOCKING.has(type);
    const children = listOf(raw.Plans).map((child) => {
      const workers = /^Gather/.test(type)
        ? Math.max(1, (numberOf(child, 'Actual Loops') ?? 1) / (loops || 1))
        : place.workers;
      return this.read(child, { parent: id, depth: place.depth + 1, workers, limited });
    });
    const total = this.#totalOf(raw, place.workers);
    const expected = numberOf(raw, 'Plan Rows') ?? 0;
    const rows = numberOf(raw, 'Actual Rows');
    const never = this.#measured && loops === 0;
    const removed = ['Filter', 'Join Filter', 'Index Recheck'].map((by) => numberOf(raw, `Rows Removed by ${by}`) ?? 0);
    const node: Building = {
      id,
      parent: place.parent,
      depth: place.depth,
      kind: kindOf(raw, type),
      role: textOf(raw, 'Subplan Name'),
      relation: relationOf(raw),
      index: textOf(raw, 'Index Name'),
      never,
      loops,
      total,
      own: children.filter((child) => !isInit(child)).reduce((left, child) => left - child.total, total),
      expected,
      rows,
      removed: removed.reduce((sum, n) => sum + n),
      error: rows === null || never ? 1 : errorOf(expected, rows, place.limited),
      raw,
      children,
    };
    for (const init of children.filter(isInit)) takeOff(node, init);
    node.own = Math.max(0, node.own);
    return node;
  }

  #totalOf(raw: Raw, workers: number): number {
    if (!this.#measured) return numberOf(raw, 'Total Cost') ?? 0;
    return ((numberOf(raw, 'Actual Total Time') ?? 0) * (numberOf(raw, 'Actual Loops') ?? 0)) / workers;
  }
}

const isInit = ({ raw }: PlanNode): boolean => raw['Parent Relationship'] === 'InitPlan';

/** The time of `init` is in that of the nodes which read it: they share it by what they have. */
function takeOff(parent: Building, init: PlanNode): void {
  const within = new Set(flat(init));
  const names = namesOf(init.role ?? '');
  const readers = (flat(parent) as Building[]).filter((node) => !within.has(node) && reads(node.raw, names));
  const all = readers.reduce((sum, { own }) => sum + own, 0);
  if (all <= 0) parent.own -= init.total;
  else for (const node of readers) node.own = Math.max(0, node.own - (init.total * node.own) / all);
}

/** What expressions call it: `(InitPlan 1)` since 17, `$0` before; of a CTE its name. */
function namesOf(role: string): { cte: string | null; words: readonly string[] } {
  const cte = /^CTE (.+)$/.exec(role)?.[1] ?? null;
  const returns = [...role.matchAll(/\$\d+/g)].map(([word]) => word);
  return { cte, words: cte === null ? [`(${role.replace(/ \(.*$/, '')})`, ...returns] : [] };
}
function reads(raw: Raw, { cte, words }: ReturnType<typeof namesOf>): boolean {
  if (cte !== null) return raw['CTE Name'] === cte;
  return Object.entries(raw).some(
    ([key, value]) =>
      typeof value === 'string' && /Cond|Filter|Expr|Limit/.test(key) && words.some((w) => value.includes(w)),
  );
}

/** Fewer rows than expected mean nothing where something above had enough. */
function errorOf(expected: number, rows: number, limited: boolean): number {
  const [one, other] = [Math.max(1, expected), Math.max(1, rows)];
  return other >= one ? other / one : limited ? 1 : one / other;
}

const scans: Readonly<Record<string, string>> = {
  'Seq Scan': 'sequential scan',
  'Index Scan': 'index scan',
  'Index Only Scan': 'index-only scan',
  'Bitmap Heap Scan': 'bitmap heap scan',
  'Bitmap Index Scan': 'bitmap index scan',
  'CTE Scan': 'CTE scan',
  'Tid Scan': 'row address scan',
  'Tid Range Scan': 'row address range scan',
};
const strategies: Readonly<Record<string, string>> = {
  Plain: 'aggregate',
  Sorted: 'aggregate by groups, sorted',
  Hashed: 'aggregate by groups, hashed',
  Mixed: 'aggregate by groups, mixed',
};

/** The node's kind in words. */
function kindOf(raw: Raw, type: string): string {
  const join = textOf(raw, 'Join Type');
  const joined = join === null || join === 'Inner' ? '' : `${join.toLowerCase()} `;
  let words = scans[type] ?? type.toLowerCase();
  if (type === 'Nested Loop') words = `nested loop ${joined}join`;
  else if (type === 'Hash Join' || type === 'Merge Join') words = `${type.split(' ')[0]?.toLowerCase()} ${joined}join`;
  else if (type === 'Aggregate') words = strategies[textOf(raw, 'Strategy') ?? ''] ?? 'aggregate';
  else if (type === 'ModifyTable') words = (textOf(raw, 'Operation') ?? 'modify').toLowerCase();
  const partial = { Partial: 'partial ', Finalize: 'final ' }[textOf(raw, 'Partial Mode') ?? ''] ?? '';
  const parallel = raw['Parallel Aware'] === true ? 'parallel ' : '';
  const all = `${parallel}${partial}${words}`;
  return all.charAt(0).toUpperCase() + all.slice(1);
}

function relationOf(raw: Raw): string | null {
  const name = ['Relation Name', 'CTE Name', 'Function Name', 'Tuplestore Name']
    .map((key) => textOf(raw, key))
    .find(Boolean);
  if (name == null) return null;
  const schema = textOf(raw, 'Schema');
  const alias = textOf(raw, 'Alias');
  const full = schema === null ? name : `${schema}.${name}`;
  return alias === null || alias === name ? full : `${full} ${alias}`;
}
