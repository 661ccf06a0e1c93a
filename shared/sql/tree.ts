/** Questions that are asked of a parse tree, whatever the statement. */
import type { Node } from './parser.ts';

/** `["SelectStmt", {…}]` of `{"SelectStmt": {…}}`; an empty name for a node that is not there. */
export function unwrap(value: unknown): readonly [name: string, body: Node] {
  if (!isNode(value)) return ['', {}];
  const name = Object.keys(value)[0] ?? '';
  const body = value[name];
  return [name, isNode(body) ? body : {}];
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The string inside `{"String": {"sval": …}}`. */
export const stringOf = (value: unknown): string => word(unwrap(value)[1].sval);

/** Calls `visit(name, body)` for every node below, outermost first; `visit` answers false to stay out of a node. */
export function walk(value: unknown, visit: (name: string, body: Node) => boolean): void {
  // Explicit stack: the depth of a tree is the choice of whoever wrote the statement.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (let i = next.length - 1; i >= 0; i--) open.push(next[i]);
    } else if (isNode(next)) {
      for (const [name, body] of Object.entries(next).reverse()) {
        if (typeof body !== 'object' || body === null) continue;
        if (!Array.isArray(body) && isNode(body) && !visit(name, body)) continue;
        open.push(body);
      }
    }
  }
}

/** Value of a constant as text: strings, numbers and booleans; null for anything computed. */
export function constantOf(value: unknown): string | null {
  const [name, body] = unwrap(value);
  if (name === 'TypeCast') return constantOf(body.arg);
  if (name !== 'A_Const') return null;
  // libpg-query leaves out a zero, so `{"ival": {}}` is 0 and `{"boolval": {}}` is false.
  if (isNode(body.sval)) return word(body.sval.sval);
  if (isNode(body.ival)) return String(typeof body.ival.ival === 'number' ? body.ival.ival : 0);
  if (isNode(body.fval)) return word(body.fval.fval);
  if (isNode(body.boolval)) return String(body.boolval.boolval === true);
  return null;
}
