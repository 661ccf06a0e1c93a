/** Which lines of a JSON tree are to be seen: what is open, and how much of it. Pure. */
import { childrenOf, isParent, type JsonNode } from './json.ts';

/** Children that are shown of an open node, by where it starts: from and to, exclusive. */
export type Open = ReadonlyMap<number, readonly [from: number, to: number]>;

export interface Line {
  readonly node: JsonNode;
  readonly depth: number;
  readonly path: readonly (string | number)[];
  readonly open: boolean;
  /** Children it has. */
  readonly size: number;
  /** Set for a line that stands for children that are not shown, and shows more when it is chosen. */
  readonly rest: string | null;
}

/** Children of a node that are shown at once. */
const SOME = 200;
/** The root is open wherever it starts. */
const ROOT = -1;
export const START: Open = new Map([[ROOT, [0, SOME]]]);
const keyOf = (node: JsonNode, depth: number): number => (depth === 0 ? ROOT : node.start);

export function linesOf(text: string, root: JsonNode, open: Open): Line[] {
  const lines: Line[] = [];
  const walk = (node: JsonNode, depth: number, path: readonly (string | number)[]): void => {
    const span = isParent(node) ? open.get(keyOf(node, depth)) : undefined;
    const children = isParent(node) ? childrenOf(text, node) : [];
    lines.push({ node, depth, path, open: span !== undefined, size: children.length, rest: null });
    if (span === undefined) return;
    const [from, to] = span;
    const rest = (n: number, where: string): void => {
      const words = `${n.toLocaleString('en-US')} ${where}: show more`;
      if (n > 0) lines.push({ node, depth: depth + 1, path, open: true, size: n, rest: words });
    };
    rest(from, 'before');
    for (const child of children.slice(from, to)) walk(child, depth + 1, [...path, child.key ?? '']);
    rest(children.length - to, 'after');
  };
  walk(root, 0, []);
  return lines;
}

/** Opens a line, closes it, or shows more where it stands for the rest. */
export function opened(open: Open, line: Line, wide: boolean): Open {
  const next = new Map(open);
  const { node, rest } = line;
  const key = keyOf(node, rest === null ? line.depth : line.depth - 1);
  const [from, to] = open.get(key) ?? [0, 0];
  if (rest !== null) next.set(key, rest.includes('before') ? [Math.max(0, from - SOME), to] : [from, to + SOME]);
  else if (wide) next.set(key, [0, SOME]);
  else next.delete(key);
  return next;
}

/** Opens the way to what stands at an offset of the text; answers with the innermost node there. */
export function branchAt(
  text: string,
  root: JsonNode,
  offset: number,
  open: Open,
): { readonly open: Open; readonly node: JsonNode } {
  const next = new Map(open);
  let node = root;
  for (let depth = 0; ; depth++) {
    const children = childrenOf(text, node);
    // A name stands before its value.
    const n = children.findIndex(({ end }) => offset < end);
    const child = children[n];
    if (child === undefined) return { open: next, node };
    const key = keyOf(node, depth);
    const [from, to] = next.get(key) ?? [0, SOME];
    next.set(key, n >= from && n < to ? [from, to] : [Math.max(0, n - 20), n + SOME]);
    node = child;
    if (offset < child.start) return { open: next, node };
  }
}
