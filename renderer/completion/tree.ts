/** The tokens of the statement at the cursor, nested by their parentheses; what is not closed ends with the statement. */
import { type Token, tokenize } from './tokens.ts';

export interface Group {
  readonly kind: 'group';
  readonly start: number;
  /** Behind its closing parenthesis; endless where that is missing. */
  readonly end: number;
  readonly nodes: readonly Node[];
}
export type Node = Token | Group;

/** A list of nodes that the cursor is in: the statement itself, or what stands between parentheses. */
export interface Level {
  readonly nodes: readonly Node[];
  /** Those that end before the cursor, without the word that is being typed. */
  readonly before: readonly Node[];
  readonly parent: Level | null;
  /** Where it stands in its parent's nodes. */
  readonly index: number;
}

export interface Place {
  /** What is being typed, up to the cursor; empty where nothing is. */
  readonly prefix: string;
  /** The prefix was begun with a double quote. */
  readonly quoted: boolean;
  /** What a chosen item replaces. */
  readonly start: number;
  readonly end: number;
  /** Innermost. */
  readonly level: Level;
  readonly next: Token | null;
  readonly tokens: readonly Token[];
}

type Word = Token & { readonly kind: 'word' };
/** A word of the language, not a name that somebody quoted. */
export const isWord = (node: Node | undefined, ...words: readonly string[]): node is Word =>
  node?.kind === 'word' && (words.length === 0 || words.includes(node.name));
export const isSymbol = (node: Node | undefined, symbol: string): boolean =>
  node?.kind === 'symbol' && node.text === symbol;
export const isName = (node: Node | undefined): node is Token => node?.kind === 'word' || node?.kind === 'quoted';

/** Null inside of comments, strings, numbers and parameters, where nothing is to be completed. */
export function placeOf(text: string, cursor: number): Place | null {
  const read = tokenize(text, cursor);
  const at = tokenAt(read, cursor);
  if (at !== undefined && (at.kind === 'comment' || at.kind === 'string')) return null;
  const quote = at?.kind === 'quoted' && at.open ? at.start : null;
  const all = quote === null ? read : tokenize(withoutQuote(text, quote, cursor), cursor);
  const tokens = statementOf(
    all.filter(({ kind }) => kind !== 'comment'),
    text,
    cursor,
  );
  const typed = tokens.find(({ start, end }) => start < cursor && cursor <= end);
  if (typed?.kind === 'number' || typed?.kind === 'parameter') return null;
  // Behind a quoted name that is closed, nothing of it is typed any more.
  const word = isName(typed) && (typed.kind === 'word' || cursor < typed.end) ? typed : null;
  const start = quote ?? word?.start ?? cursor;
  const cut = tokens.filter((token) => token !== word);
  return {
    prefix: word === null ? '' : text.slice(quote === null && word.kind === 'word' ? start : start + 1, cursor),
    quoted: quote !== null || word?.kind === 'quoted',
    start,
    end: word?.end ?? cursor,
    level: levelAt(nest(cut), start),
    next: cut.find((token) => token.start >= start) ?? null,
    tokens: cut,
  };
}

const tokenAt = (tokens: readonly Token[], cursor: number): Token | undefined =>
  tokens.find(({ start, end, open }) => start < cursor && (cursor < end || (open && cursor <= end)));

/** A quote that is not closed yet would swallow the rest of its line: what is behind it up to the cursor becomes a word. */
function withoutQuote(text: string, quote: number, cursor: number): string {
  const name = text.slice(quote + 1, cursor).replaceAll(/[^\p{L}]/gu, (letters) => '_'.repeat(letters.length));
  return `${text.slice(0, quote)} ${name}${text.slice(cursor)}`;
}

const STARTERS = new Set(
  'select insert update delete with create alter drop truncate explain begin commit rollback merge call grant revoke values'.split(
    ' ',
  ),
);
const MAIN = new Set(['select', 'update', 'delete', 'values', 'create', 'alter', 'drop', 'truncate', 'merge']);
const LEADS_ON = new Set([
  'as',
  'for',
  'do',
  'on',
  'union',
  'all',
  'intersect',
  'except',
  'explain',
  'analyze',
  'then',
]);

/**
 * Statements end at semicolons, and, because one often types above others without closing one's own, also before a
 * blank line with a word that begins a statement.
 */
export function statementOf(tokens: readonly Token[], text: string, cursor: number): readonly Token[] {
  let from = 0;
  let depth = 0;
  let main = false;
  let until = tokens.length;
  for (const [i, token] of tokens.entries()) {
    const last = tokens[i - 1];
    const ends = isSymbol(token, ';');
    const begins =
      i > from &&
      depth === 0 &&
      main &&
      token.kind === 'word' &&
      STARTERS.has(token.name) &&
      last !== undefined &&
      !LEADS_ON.has(last.name) &&
      /\n[^\S\n]*\n/.test(text.slice(last.end, token.start));
    if (ends || begins) {
      if (ends ? token.start >= cursor : token.start > cursor) {
        until = i;
        break;
      }
      [from, depth, main] = [ends ? i + 1 : i, 0, false];
    }
    if (token.text === '(' || token.text === '[') depth++;
    else if (token.text === ')' || token.text === ']') depth = Math.max(0, depth - 1);
    else if (depth === 0 && token.kind === 'word' && MAIN.has(token.name)) main = true;
  }
  return tokens.slice(from, until);
}

export function nest(tokens: readonly Token[]): readonly Node[] {
  const stack: { nodes: Node[]; start: number }[] = [{ nodes: [], start: 0 }];
  const close = (end: number) => {
    const done = stack.pop();
    if (done !== undefined) stack.at(-1)?.nodes.push({ kind: 'group', start: done.start, end, nodes: done.nodes });
  };
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[') stack.push({ nodes: [], start: token.start });
    else if (token.text === ')' || token.text === ']') {
      if (stack.length > 1) close(token.end);
    } else stack.at(-1)?.nodes.push(token);
  }
  while (stack.length > 1) close(Number.POSITIVE_INFINITY);
  return stack[0]?.nodes ?? [];
}

export function levelAt(root: readonly Node[], at: number): Level {
  let level: Level = { nodes: root, before: before(root, at), parent: null, index: 0 };
  for (;;) {
    const index = level.nodes.findIndex((node) => node.kind === 'group' && node.start < at && at < node.end);
    const group = level.nodes[index];
    if (group?.kind !== 'group') return level;
    level = { nodes: group.nodes, before: before(group.nodes, at), parent: level, index };
  }
}

const before = (nodes: readonly Node[], at: number): readonly Node[] => nodes.filter(({ end }) => end <= at);
