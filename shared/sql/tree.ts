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

/** Byte offset in the whole text; null where the parser keeps none. A zero is left out by libpg-query. */
export const locationOf = (body: Node): number | null => {
  const at = body.location ?? 0;
  return typeof at === 'number' && at >= 0 ? at : null;
};

/**
 * Calls `visit(name, body)` for every node below, parents first, in the order of the text; `visit` answers false to stay
 * out of a node. A node stands bare in its parent's field (`relation: {relname}`, `larg: {targetList}`) or wrapped in its
 * name (`{RangeVar: {relname}}`): `name` is the field's or the node's.
 */
export function walk(value: unknown, visit: (name: string, body: Node) => boolean): void {
  // Explicit stacks: the depth of a tree is the choice of whoever wrote the statement.
  const names: string[] = [''];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    const name = names.pop() ?? '';
    if (Array.isArray(next)) {
      for (let i = next.length - 1; i >= 0; i--) {
        open.push(next[i]);
        names.push('');
      }
    } else if (isNode(next)) {
      if (name !== '' && !visit(name, next)) continue;
      const keys = Object.keys(next);
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i] ?? '';
        const body = next[key];
        if (typeof body !== 'object' || body === null) continue;
        open.push(body);
        names.push(key);
      }
    }
  }
}

let looked = 0;
/**
 * How often the value of a constant has been looked at. What `classify` says of a text without looking at one holds for
 * every text of the same shape (`shape.ts`), so a rule must read constants through {@link constantOf} alone.
 */
export const constantsLookedAt = (): number => looked;

/** Value of a constant as text: strings, numbers and booleans; null for anything computed, casts included. */
export function constantOf(value: unknown): string | null {
  const [name, body] = unwrap(value);
  if (name !== 'A_Const') return null;
  looked++;
  // libpg-query leaves out a zero, so `{"ival": {}}` is 0 and `{"boolval": {}}` is false.
  if (isNode(body.sval)) return word(body.sval.sval);
  if (isNode(body.ival)) return String(typeof body.ival.ival === 'number' ? body.ival.ival : 0);
  if (isNode(body.fval)) return word(body.fval.fval);
  if (isNode(body.boolval)) return String(body.boolval.boolval === true);
  return null;
}

/**
 * As {@link constantOf}, through casts that cannot change a string: `'a'::text`. Not through others, such as
 * `'role_name'::varchar(4)`.
 */
export function textConstantOf(value: unknown): string | null {
  let inner = value;
  for (;;) {
    const [name, body] = unwrap(inner);
    if (name !== 'TypeCast') return constantOf(inner);
    const type = isNode(body.typeName) ? body.typeName : {};
    const names = list(type.names).map(stringOf);
    const plain = /^(pg_catalog\.)?(text|varchar)$/.test(names.join('.'));
    if (!plain || type.typmods !== undefined || type.arrayBounds !== undefined) return null;
    inner = body.arg;
  }
}
