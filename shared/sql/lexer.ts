/**
 * A small lexer for what the parser cannot give: comments inside normalised text, and the semicolons of a text that
 * does not parse (somebody is still typing it). Follows "Lexical Structure" of the PostgreSQL manual, section 4.1.
 */
export interface Token {
  readonly kind: 'text' | 'string' | 'quoted' | 'comment' | 'semicolon' | 'space';
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}_$]+/uy;
const SPACE = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const PLAIN_STRING = /'(?:[^']|'')*(?:'|$)/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)/y;
const QUOTED_NAME = /"(?:[^"]|"")*(?:"|$)/y;

/** Every character belongs to exactly one token. An unterminated string or comment reaches to the end of the text. */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  const match = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  const read = (): { kind: Token['kind']; end: number } => {
    const char = text[at] ?? '';
    const space = match(SPACE);
    if (space > 0) return { kind: 'space', end: space };
    if (char === ';') return { kind: 'semicolon', end: at + 1 };
    if (text.startsWith('--', at)) return { kind: 'comment', end: match(LINE_COMMENT) };
    if (text.startsWith('/*', at)) return { kind: 'comment', end: blockCommentEnd(text, at) };
    if (char === "'") return { kind: 'string', end: match(PLAIN_STRING) };
    if (char === '"') return { kind: 'quoted', end: match(QUOTED_NAME) };
    const escaped = match(ESCAPE_STRING);
    if (escaped > 0) return { kind: 'string', end: escaped };
    const tag = match(DOLLAR_TAG);
    if (tag > 0) {
      const close = text.indexOf(text.slice(at, tag), tag);
      return { kind: 'string', end: close < 0 ? text.length : close + tag - at };
    }
    const word = match(WORD);
    return { kind: 'text', end: word > 0 ? word : at + 1 };
  };
  while (at < text.length) {
    const { kind, end } = read();
    yield { kind, start: at, end };
    at = end;
  }
}

/** Block comments nest in SQL. */
function blockCommentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
