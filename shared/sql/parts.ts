/**
 * Which queries inside a statement a cursor stands in: subqueries, bodies of CTEs, arms of UNION, INTERSECT and EXCEPT.
 * Brackets say where one may be, the parser whether it is one; a part that cannot run without what is around it (a
 * column of an outer query, an earlier CTE) is none.
 */
import { type Token, tokens } from './lexer.ts';
import { type Node, parse } from './parser.ts';
import type { StatementRange } from './split.ts';
import { isNode, list, stringOf, unwrap, walk, word } from './tree.ts';

export interface Part extends StatementRange {
  /** `Subquery`, `CTE recent`, `Arm 2 of 3`. */
  readonly what: string;
}

/** Longest statement that is looked into, UTF-16. */
export const MAX_PARTS_TEXT = 200_000;

/**
 * Of one statement, outermost first, without the statement itself. Empty where the cursor stands in nothing nested, at
 * either end of the text, or where the text is not one statement that parses. Offsets in UTF-16.
 */
export function partsAt(text: string, cursor: number): readonly Part[] {
  if (text.length > MAX_PARTS_TEXT || cursor <= 0 || cursor >= text.trimEnd().length) return [];
  const whole = parse(text);
  if (!whole.ok || whole.statements.length !== 1) return [];
  const code = [...tokens(text)].filter(({ kind }) => kind !== 'space' && kind !== 'comment');
  const levels: Level[] = [
    { from: 0, to: code.length, what: null },
    ...brackets(code, text, cursor).map(([open, close]) => ({
      from: open + 1,
      to: close,
      what: nameOf(code, text, open),
    })),
  ];
  const common = commonNames(whole.statements[0]?.stmt);
  const found: Part[] = [];
  for (const level of levels) {
    const candidates = [level.what === null ? null : rangeOf(code, level.from, level.to, level.what)];
    candidates.push(armAt(code, text, level, cursor));
    for (const part of candidates)
      if (part !== null && !found.some((one) => one.start === part.start) && runsAlone(text, part, common))
        found.push(part);
  }
  return found;
}

/** Tokens `from` to `to`, end exclusive; `what` is null for the statement itself. */
interface Level {
  readonly from: number;
  readonly to: number;
  readonly what: string | null;
}

const isWord = (token: Token | undefined, text: string, pattern: RegExp): boolean =>
  token?.kind === 'text' && pattern.test(text.slice(token.start, token.end));
const OPEN = /^\($/;
const CLOSE = /^\)$/;

/** Pairs of brackets around the cursor, outermost first, as indices of tokens. */
function brackets(code: readonly Token[], text: string, cursor: number): [number, number][] {
  const open: number[] = [];
  const around: [number, number][] = [];
  for (const [i, token] of code.entries()) {
    if (isWord(token, text, OPEN)) open.push(i);
    if (!isWord(token, text, CLOSE)) continue;
    const begin = open.pop();
    const from = begin === undefined ? undefined : code[begin];
    if (begin !== undefined && from !== undefined && from.end <= cursor && cursor <= token.start)
      around.unshift([begin, i]);
  }
  return around;
}

function rangeOf(code: readonly Token[], from: number, to: number, what: string): Part | null {
  const first = code[from];
  const last = code[to - 1];
  return first === undefined || last === undefined || to <= from ? null : { start: first.start, end: last.end, what };
}

/** `name [(columns)] AS [[NOT] MATERIALIZED] (`. */
function nameOf(code: readonly Token[], text: string, open: number): string {
  let at = open - 1;
  if (isWord(code[at], text, /^materialized$/i)) at--;
  if (isWord(code[at], text, /^not$/i)) at--;
  if (!isWord(code[at], text, /^as$/i)) return 'Subquery';
  at--;
  if (isWord(code[at], text, CLOSE)) while (at >= 0 && !isWord(code[at], text, OPEN)) at--;
  if (isWord(code[at], text, OPEN)) at--;
  const name = code[at];
  return name === undefined ? 'Subquery' : `CTE ${text.slice(name.start, name.end)}`;
}

const SET = /^(union|intersect|except)$/i;
/** What follows the last arm belongs to all of them. */
const AFTER_ARMS = /^(order|limit|offset|fetch|for)$/i;

function armAt(code: readonly Token[], text: string, level: Level, cursor: number): Part | null {
  const starts = [level.from];
  let end = level.to;
  let depth = 0;
  for (let i = level.from; i < level.to; i++) {
    const token = code[i];
    if (isWord(token, text, OPEN)) depth++;
    else if (isWord(token, text, CLOSE)) depth--;
    else if (depth > 0) continue;
    else if (isWord(token, text, SET)) {
      starts.push(i + (isWord(code[i + 1], text, /^(all|distinct)$/i) ? 2 : 1));
      end = level.to;
    } else if (end === level.to && isWord(token, text, AFTER_ARMS)) end = i;
  }
  if (starts.length === 1) return null;
  for (const [n, from] of starts.entries()) {
    const next = starts[n + 1];
    let to = next === undefined ? end : next - 1;
    if (next !== undefined && !isWord(code[to], text, SET)) to--;
    const part = rangeOf(code, from, to, `Arm ${n + 1} of ${starts.length}`);
    if (part !== null && cursor >= part.start && cursor <= part.end) return part;
  }
  return null;
}

function commonNames(tree: unknown): Set<string> {
  const names = new Set<string>();
  walk(tree, (_name, body) => {
    if (typeof body.ctename === 'string') names.add(body.ctename);
    return true;
  });
  return names;
}

/** Whether this is one query, as far as its text shows without anything from outside. */
function runsAlone(text: string, { start, end }: StatementRange, common: ReadonlySet<string>): boolean {
  const parsed = parse(text.slice(start, end));
  const [only, ...more] = parsed.ok ? parsed.statements : [];
  if (only === undefined || more.length > 0 || unwrap(only.stmt)[0] !== 'SelectStmt') return false;
  const own = commonNames(only.stmt);
  const sources = new Set<string>();
  const qualifiers = new Set<string>();
  let alone = true;
  walk(only.stmt, (name, body) => {
    if (isNode(body.alias)) sources.add(word(body.alias.aliasname));
    if (typeof body.relname === 'string') {
      sources.add(body.relname);
      if (word(body.schemaname) === '' && common.has(body.relname) && !own.has(body.relname)) alone = false;
    }
    if (name === 'ColumnRef') qualifierOf(body, qualifiers);
    return true;
  });
  return alone && [...qualifiers].every((one) => sources.has(one));
}

function qualifierOf(column: Node, into: Set<string>): void {
  const fields = list(column.fields);
  if (fields.length > 1) into.add(stringOf(fields[fields.length - 2]));
}
