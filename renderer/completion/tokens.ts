/**
 * A tokenizer for text that is being typed: it reads anything, never fails, and says what is not closed. What runs is
 * read by the real parser in main; this one only has to know where the cursor stands. (PostgreSQL docs, 4.1)
 */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'comment' | 'symbol';
  /** What it names: words in lower case, quoted names without their quotes; of all others the text. */
  readonly name: string;
  readonly text: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** It has begun and does not end: a quote, a comment. */
  readonly open: boolean;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}_][\p{L}\p{N}\p{M}_$]*/uy;
const NUMBER = /(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const PARAMETER = /\$\d+|:[\p{L}_][\p{L}\p{N}_]*/uy;
const QUOTED = /"(?:[^"\n]|"")*("?)/y;
const OPERATORS = new Set('+-*/<>=~!@#%^&|`?');
const DIGITS = new Set('0123456789');

/**
 * Reads to the end, or, where `behind` is given, to the first semicolon at or after it: of a long script only what the cursor
 * can have to do with. It runs with each key, so what a token is follows from its first character, and one pattern reads it.
 */
export function tokenize(text: string, behind = Number.POSITIVE_INFINITY): Token[] {
  const tokens: Token[] = [];
  const endOf = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at;
  };
  const push = (kind: Token['kind'], start: number, end: number, open = false, name?: string) => {
    const part = text.slice(start, end);
    tokens.push({ kind, text: part, name: name ?? part, start, end, open });
    return end;
  };
  /** Where the token that begins at `at` ends. */
  const read = (at: number): number => {
    const c = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (c === '-' && next === '-') {
      const line = text.indexOf('\n', at);
      // A cursor at its end is still in it, however the line goes on.
      return push('comment', at, line < 0 ? text.length : line, true);
    }
    if (c === '/' && next === '*') {
      const end = commentEnd(text, at);
      return push('comment', at, end ?? text.length, end === null);
    }
    if (OPERATORS.has(c)) return push('symbol', at, operatorEnd(text, at));
    if (c === "'") return pushString(at, at);
    if (c === '"') {
      QUOTED.lastIndex = at;
      const [part = c, close] = QUOTED.exec(text) ?? [];
      const closed = close === '"';
      const name = part.slice(1, closed ? -1 : undefined).replaceAll('""', '"');
      return push('quoted', at, at + part.length, !closed, name);
    }
    if (c === ':' && (next === ':' || next === '=')) return push('symbol', at, at + 2);
    if (c === '$') {
      const behindMark = endOf(DOLLAR, at);
      if (behindMark > at) {
        const mark = text.slice(at, behindMark);
        const close = text.indexOf(mark, behindMark);
        return push('string', at, close < 0 ? text.length : close + mark.length, close < 0);
      }
    }
    if (c === '$' || c === ':') {
      const end = endOf(PARAMETER, at);
      return end > at ? push('parameter', at, end) : push('symbol', at, at + 1);
    }
    if (DIGITS.has(c) || (c === '.' && DIGITS.has(next))) return push('number', at, endOf(NUMBER, at));
    const end = endOf(WORD, at);
    if (end === at) return push('symbol', at, at + 1);
    if (text[end] === "'" && end === at + 1 && /[ebxn]/i.test(c)) return pushString(at, end);
    return push('word', at, end, false, text.slice(at, end).toLowerCase());
  };
  let at = endOf(SPACE, 0);
  while (at < text.length) {
    const ends = text[at] === ';' && at >= behind;
    at = endOf(SPACE, read(at));
    if (ends) break;
  }
  return tokens;

  function pushString(start: number, quote: number): number {
    const escapes = quote > start && /e/i.test(text[start] ?? '');
    for (let i = quote + 1; i < text.length; i++) {
      if (escapes && text[i] === '\\') i++;
      else if (text[i] === "'") {
        if (text[i + 1] !== "'") return push('string', start, i + 1);
        i++;
      }
    }
    return push('string', start, text.length, true);
  }
}

/** Comments nest. Null where it does not end. */
function commentEnd(text: string, at: number): number | null {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
  return null;
}

/** Up to a comment that begins in the middle of it. */
function operatorEnd(text: string, at: number): number {
  let end = at + 1;
  while (OPERATORS.has(text[end] ?? '')) {
    if ((text[end] === '-' && text[end + 1] === '-') || (text[end] === '/' && text[end + 1] === '*')) break;
    end++;
  }
  return end;
}
