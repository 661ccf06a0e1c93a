/**
 * Parameters of a text, `:name` and `$1`, and the text with values in their places. A value becomes exactly one literal,
 * whatever it holds: that is proven by the parser before anything is sent. (I1)
 */
import { tokens } from './lexer.ts';
import { fingerprint, type Node, parse } from './parser.ts';
import { pieces, type StatementRange } from './split.ts';
import { isNode, list, unwrap, word } from './tree.ts';

export interface Parameter {
  /** As written: `:order_id`, `$1`. */
  readonly name: string;
  /** Every place of it, in the order of the text; UTF-16. */
  readonly places: readonly StatementRange[];
}
export interface ParameterValue {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'null' | 'expression';
  readonly value: string;
}
export type Filled =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly { readonly name: string; readonly message: string }[] };

interface Place extends StatementRange {
  readonly name: string;
}

/**
 * In the order in which they first stand in the text. Not in strings, comments and quoted names; `::type` is a cast and
 * a colon right inside the brackets of a subscript is a slice (`a[(:i)]` is a parameter). `$1` of PREPARE and of a
 * function's body is the server's own.
 */
export function parametersOf(text: string): readonly Parameter[] {
  const found = new Map<string, StatementRange[]>();
  for (const { name, start, end } of places(text)) {
    const there = found.get(name);
    if (there === undefined) found.set(name, [{ start, end }]);
    else there.push({ start, end });
  }
  return [...found].map(([name, all]) => ({ name, places: all }));
}

/** The text as the parser can read it: `$1` and spaces in the place of every `:name`, so that all offsets stay. */
export function masked(text: string): string {
  let clean = '';
  let at = 0;
  for (const { name, start, end } of scanned(text)) {
    if (!name.startsWith(':')) continue;
    clean += text.slice(at, start) + '$1'.padEnd(end - start);
    at = end;
  }
  return clean + text.slice(at);
}

/** Puts a literal in every place of every parameter; what has no value, or one that cannot be, is a problem. */
export function fill(text: string, values: readonly ParameterValue[]): Filled {
  const literals = new Map<string, string>();
  const problems: { name: string; message: string }[] = [];
  const all = places(text);
  for (const name of new Set(all.map((place) => place.name))) {
    const given = values.find((value) => value.name === name);
    const literal = given === undefined ? { problem: 'No value yet.' } : literalOf(given);
    if (typeof literal === 'string') literals.set(name, literal);
    else problems.push({ name, message: literal.problem });
  }
  if (problems.length > 0) return { ok: false, problems };
  const filled = put(text, all, (name) => literals.get(name) ?? '');
  // Constants and parameters have one fingerprint; an expression is more than a constant, and was read on its own.
  const computed = values.some(({ kind }) => kind === 'expression');
  const before = computed ? null : fingerprint(put(text, all, () => '$1'));
  return before === null || before === fingerprint(filled)
    ? { ok: true, text: filled }
    : {
        ok: false,
        problems: [{ name: all[0]?.name ?? '', message: 'The values would change what the statement is.' }],
      };
}

function put(text: string, all: readonly Place[], literal: (name: string) => string): string {
  let filled = '';
  let at = 0;
  for (const { name, start, end } of all) {
    filled += text.slice(at, start) + apart(text[start - 1]) + literal(name) + apart(text[end]);
    at = end;
  }
  return filled + text.slice(at);
}

/** A letter, digit, quote or dot beside a literal would become part of it. */
const apart = (neighbour: string | undefined): string =>
  neighbour !== undefined && /[\p{L}\p{N}_$"'&.]/u.test(neighbour) ? ' ' : '';

function literalOf({ kind, value }: ParameterValue): string | { problem: string } {
  switch (kind) {
    case 'null':
      return 'null';
    case 'number': {
      const number = value.trim();
      if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(number)) return { problem: 'This is not a number.' };
      // `x -:n` would otherwise begin a comment.
      return /^[+-]/.test(number) ? `(${number})` : number;
    }
    case 'text':
      if (value.includes('\0')) return { problem: 'PostgreSQL has no text with a zero character in it.' };
      return quoteLiteral(value);
    case 'expression':
      return isExpression(value) ? `(${value}\n)` : { problem: 'This is not one SQL expression.' };
  }
}

/** As PQescapeLiteral of libpq does it: right whatever `standard_conforming_strings` is. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? ` E${quoted}` : quoted;
}

/** `select (…) as it` must be one SELECT of one column and nothing else. */
function isExpression(text: string): boolean {
  const parsed = parse(`select (${text}\n) as vitrine_it`);
  const [only, ...more] = parsed.ok ? parsed.statements : [];
  if (only === undefined || more.length > 0) return false;
  const [name, select] = unwrap(only.stmt);
  const clauses = Object.keys(select).filter((key) => !['targetList', 'limitOption', 'op'].includes(key));
  const columns = list(select.targetList);
  if (name !== 'SelectStmt' || clauses.length > 0 || columns.length !== 1) return false;
  const [, column] = unwrap(columns[0]);
  // `(1, 2)` would be a row, which nobody means by a value.
  return word(column.name) === 'vitrine_it' && !isImplicitRow(column);
}
const isImplicitRow = (column: Node): boolean => {
  const [name, row] = unwrap(column.val);
  return name === 'RowExpr' && isNode(row) && row.row_format === 'COERCE_IMPLICIT_CAST';
};

/** Without the `$1` that are the server's own. */
function places(text: string): readonly Place[] {
  const all = scanned(text);
  if (!all.some(({ name }) => name.startsWith('$'))) return all;
  const own: StatementRange[] = [];
  for (const batch of pieces(masked(text)))
    for (const piece of batch) if (piece.stmt !== null && SERVERS.has(unwrap(piece.stmt)[0])) own.push(piece);
  return all.filter(
    ({ name, start }) => name.startsWith(':') || !own.some((range) => start >= range.start && start < range.end),
  );
}
const SERVERS = new Set(['PrepareStmt', 'CreateFunctionStmt']);

function scanned(text: string): readonly Place[] {
  const found: Place[] = [];
  /** Of each open bracket: `[` of a subscript, where a colon parts two bounds; or another one. */
  const open: ('subscript' | 'other')[] = [];
  let previous = '';
  let before = '';
  let colon: number | null = null;
  for (const { kind, start, end } of tokens(text)) {
    const here = text.slice(start, end);
    if (kind === 'text' && colon === start - 1 && /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(here)) {
      if (open.at(-1) !== 'subscript') found.push({ name: `:${here}`, start: colon, end });
    } else if (kind === 'text' && /^\$\d{1,5}$/.test(here)) found.push({ name: here, start, end });
    else if (here === '[') open.push(/^array$/i.test(before) || isInArray(before, open) ? 'other' : 'subscript');
    else if (here === '(') open.push('other');
    else if (here === ']' || here === ')') open.pop();
    colon = here === ':' && previous !== ':' && text[end] !== ':' ? start : null;
    previous = here;
    if (kind !== 'space' && kind !== 'comment') before = here;
  }
  return found;
}

/** `array[[1], [2]]`: where an item of an array may begin, a bracket begins another array. */
const isInArray = (before: string, open: readonly string[]): boolean =>
  (before === ',' || before === '[') && open.at(-1) === 'other';
