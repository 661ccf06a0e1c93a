/** Where the boxes and lines of a neighbourhood go, and what lies in which direction. Pure. */
import { Graph, layout } from '@dagrejs/dagre';
import type { Neighbours } from '../../../shared/ipc-schema.ts';

type Table = Neighbours['tables'][number];
type Edge = Neighbours['edges'][number];
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** In CSS pixels at a scale of one; `x`, `y` are the top left corner. */
export interface Box extends Point {
  readonly table: Table;
  readonly width: number;
  readonly height: number;
}
export interface Drawing {
  readonly boxes: readonly Box[];
  readonly lines: readonly { readonly edge: Edge; readonly points: readonly Point[] }[];
  readonly width: number;
  readonly height: number;
}

export const HEAD = 26;
export const LINE = 18;
const SIGN = 6.9;
const NARROWEST = 130;
const WIDEST = 280;

export function drawn({ tables, edges }: Neighbours): Drawing {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 84, edgesep: 18, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const table of tables) {
    const longest = Math.max(
      table.name.length * 1.05,
      ...table.columns.map(({ name, type }) => name.length + type.length + 6),
    );
    graph.setNode(String(table.oid), {
      width: Math.round(Math.max(NARROWEST, Math.min(WIDEST, longest * SIGN + 24))),
      height: HEAD + Math.max(1, table.columns.length) * LINE + 6,
    });
  }
  edges.forEach((edge, n) => {
    graph.setEdge(String(edge.from), String(edge.to), {}, String(n));
  });
  layout(graph);
  const size = graph.graph();
  const boxes = tables.map((table): Box => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(String(table.oid));
    return { table, x: x - width / 2, y: y - height / 2, width, height };
  });
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    boxes,
    lines: spread(
      boxes,
      edges.map((edge, n) => ({
        edge,
        points: graph.edge(String(edge.from), String(edge.to), String(n)).points ?? [],
      })),
    ),
  };
}

/** Lines end at the sides of boxes, one below the other, so that what is written at their ends can be read. */
function spread(boxes: readonly Box[], lines: Drawing['lines']): Drawing['lines'] {
  const ends = new Map<string, { readonly line: number; readonly last: boolean; readonly from: Point }[]>();
  lines.forEach(({ edge, points }, line) => {
    if (edge.from === edge.to) return;
    for (const last of [false, true]) {
      const box = boxes.find(({ table }) => table.oid === (last ? edge.to : edge.from));
      const from = points.at(last ? -2 : 1);
      if (box === undefined || from === undefined) continue;
      const key = `${box.table.oid} ${from.x > box.x + box.width / 2 ? 'right' : 'left'}`;
      ends.set(key, [...(ends.get(key) ?? []), { line, last, from }]);
    }
  });
  const moved = lines.map(({ points }) => [...points]);
  for (const [key, list] of ends) {
    const [oid, side] = key.split(' ');
    const box = boxes.find(({ table }) => String(table.oid) === oid);
    if (box === undefined) continue;
    list
      .sort((a, b) => a.from.y - b.from.y)
      .forEach(({ line, last }, n) => {
        const points = moved[line];
        const at = {
          x: side === 'right' ? box.x + box.width : box.x,
          y: box.y + (box.height * (n + 1)) / (list.length + 1),
        };
        points?.splice(last ? -1 : 0, 1, at);
      });
  }
  return lines.map(({ edge, points }, n) => ({ edge, points: moved[n] ?? points }));
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** The nearest box in a direction; one that lies straight there before one that lies aside. Null where there is none. */
export function towards(boxes: readonly Box[], from: Box, direction: Direction): Box | null {
  const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const start = middle(from);
  const flat = direction === 'ArrowLeft' || direction === 'ArrowRight';
  const sign = direction === 'ArrowLeft' || direction === 'ArrowUp' ? -1 : 1;
  let best: { box: Box; cost: number } | null = null;
  for (const box of boxes) {
    const to = middle(box);
    const [ahead, aside] = flat ? [to.x - start.x, to.y - start.y] : [to.y - start.y, to.x - start.x];
    if (box === from || ahead * sign <= 1) continue;
    const cost = Math.abs(ahead) + 2 * Math.abs(aside);
    if (best === null || cost < best.cost) best = { box, cost };
  }
  return best?.box ?? null;
}

/** How many rows of each end belong together: `[from, to]`. */
export const cardinality = ({ unique, optional }: Edge): readonly [string, string] => [
  unique ? '0..1' : 'many',
  optional ? '0..1' : '1',
];

/** `each orders has one customers; each customers has many orders`, as a sentence. */
export function edgeWords(edge: Edge, nameOf: (oid: number) => string): string {
  const from = nameOf(edge.from);
  const to = nameOf(edge.to);
  return `${from} (${edge.columns.join(', ')}) refers to ${edge.optional ? 'at most one' : 'one'} row of ${to}; ${edge.unique ? 'at most one row' : 'any number of rows'} of ${from} for each`;
}
