/** Whether a condition selects anything at all, as far as can be said from its text. In doubt it does. */
import type { Node } from './parser.ts';
import { constantOf, isNode, list, stringOf, unwrap, walk, word } from './tree.ts';

/** `true`, `1 = 1`, `id = id`, `not false`, and AND and OR of these; also no condition. */
export function alwaysTrue(condition: unknown): boolean {
  if (condition === undefined) return true;
  return truth(condition) === true;
}

/** Deeper conditions are somebody's machine's, and no mistake. */
const MAX_DEPTH = 50;

/** Null where it depends on the row. */
function truth(condition: unknown, depth = 0): boolean | null {
  if (depth > MAX_DEPTH) return null;
  const [name, body] = unwrap(condition);
  if (name === 'TypeCast') return truth(body.arg, depth + 1);
  if (name === 'A_Const') return constantTruth(condition);
  if (name === 'BoolExpr') {
    const parts = list(body.args).map((arg) => truth(arg, depth + 1));
    if (body.boolop === 'NOT_EXPR') return parts[0] === null || parts[0] === undefined ? null : !parts[0];
    const all = body.boolop === 'AND_EXPR';
    if (parts.includes(!all)) return !all;
    return parts.includes(null) ? null : all;
  }
  if (name === 'A_Expr' && body.kind === 'AEXPR_OP' && list(body.name).map(stringOf).join('') === '=')
    return comparison(body.lexpr, body.rexpr);
  return null;
}

function constantTruth(constant: unknown): boolean | null {
  const text = constantOf(constant)?.trim() ?? '';
  if (/^(t|true|y|yes|on|1)$/i.test(text)) return true;
  return /^(f|false|n|no|off|0)$/i.test(text) ? false : null;
}

/** Equal constants are equal; a column equals itself in every row where it is not null. */
function comparison(left: unknown, right: unknown): boolean | null {
  const [name, body] = unwrap(left);
  const [other, otherBody] = unwrap(right);
  if (name === 'A_Const' && other === 'A_Const') {
    const constant = constantOf(left);
    return constant === null ? null : constant === constantOf(right);
  }
  if (name !== 'ColumnRef' || other !== 'ColumnRef') return null;
  const column = (ref: Node): string => JSON.stringify(list(ref.fields).map(stringOf));
  return column(body) === column(otherBody) ? true : null;
}

/**
 * True where every column of the condition is named with a table, and never with the one that is changed: a condition on
 * other tables only. A bare column name may be one of the changed table, and then nothing is said.
 */
export function namesNothingOf(condition: unknown, relation: unknown): boolean {
  if (!isNode(relation)) return false;
  const own = new Set([isNode(relation.alias) ? word(relation.alias.aliasname) : word(relation.relname)]);
  let others = 0;
  let unclear = false;
  walk(condition, (name, body) => {
    // WHERE CURRENT OF names one row without a column.
    if (name === 'CurrentOfExpr') unclear = true;
    if (name !== 'ColumnRef') return true;
    const table = list(body.fields).map(stringOf).at(-2);
    if (table === undefined || own.has(table)) unclear = true;
    else others++;
    return true;
  });
  return others > 0 && !unclear;
}
