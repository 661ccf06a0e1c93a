/**
 * The shape of a text: itself, with plain integers and plain strings replaced by marks. Two texts of one shape are the
 * same tokens to PostgreSQL's grammar, which decides by the kinds of tokens alone; so they have one parse tree but for
 * the values of their constants, and whatever is said of one without looking at those values holds for the other.
 *
 * Only what is beyond doubt is replaced: digits that can be nothing but a 32-bit integer, strings between single quotes
 * with neither prefix nor backslash. Everything else stands in the shape as it is, and a text with something that could
 * be read in two ways (a comment, a dollar quote, `E''`, `1.5`, `float(8)`) has no shape at all. PostgreSQL manual,
 * "Lexical Structure"; src/backend/parser/scan.l and gram.y of PostgreSQL 18. (I4)
 */

/** Stand for an integer and a string; no text with them has a shape. */
const INTEGER = '\u0001';
const STRING = '\u0002';

export interface Shape {
  readonly key: string;
  /** Constants that were replaced. */
  readonly constants: number;
}

// Character codes.
const QUOTE = 39;
const NAME_QUOTE = 34;
const DOLLAR = 36;
const AMPERSAND = 38;
const STAR = 42;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const UNDERSCORE = 95;
const SPACE = 32;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** Letters, and everything outside ASCII, as in scan.l. */
const startsName = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === UNDERSCORE || code >= 0x80;
const inName = (code: number): boolean => startsName(code) || isDigit(code) || code === DOLLAR;
const isSpace = (code: number): boolean => code === SPACE || (code >= 9 && code <= 13);

/** Up to here digits are a 32-bit integer to the scanner, whatever they are. */
const MAX_DIGITS = 9;

/** Null where a text has no shape. Linear in the text. */
export function shapeOf(text: string): Shape | null {
  const { length } = text;
  let key = '';
  /** Start of what stands in the text as it is and is not in the key yet. */
  let kept = 0;
  let constants = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      const start = at;
      while (at < length && isDigit(text.charCodeAt(at))) at++;
      const next = text.charCodeAt(at);
      // Longer ones may be floats; `1.5`, `1e5`, `0x1f`, `1_000` are numbers of other kinds, `1a` is an error.
      if (at - start > MAX_DIGITS || next === DOT || inName(next)) return null;
      key += text.slice(kept, start) + INTEGER;
      kept = at;
      constants++;
    } else if (startsName(code)) {
      do at++;
      while (at < length && inName(text.charCodeAt(at)));
      // A prefix of a string: E'', B'', X'', N''.
      if (text.charCodeAt(at) === QUOTE) return null;
    } else if (code === QUOTE) {
      const end = endOfQuoted(text, at, QUOTE);
      if (end < 0) return null;
      key += text.slice(kept, at) + STRING;
      kept = end;
      at = end;
      constants++;
    } else if (code === NAME_QUOTE) {
      at = endOfQuoted(text, at, NAME_QUOTE);
      if (at < 0) return null;
    } else if (code === DOLLAR) {
      // `$1` is a parameter, and another one than `$2`; everything else begins a dollar quote, or is an error.
      const start = ++at;
      while (at < length && isDigit(text.charCodeAt(at))) at++;
      if (at === start || inName(text.charCodeAt(at))) return null;
    } else {
      const next = text.charCodeAt(at + 1);
      if (code === MINUS && next === MINUS) return null;
      if (code === SLASH && next === STAR) return null;
      // `.5` is a number; `U&''` and `U&""` are read in a way of their own.
      if (code === DOT && isDigit(next)) return null;
      if (code === AMPERSAND && (next === QUOTE || next === NAME_QUOTE)) return null;
      if (code < SPACE && !isSpace(code)) return null;
      at++;
    }
  }
  return { key: key + text.slice(kept), constants };
}

/** Behind the closing quote; -1 where there is none, or where a backslash or a control character stands inside. */
function endOfQuoted(text: string, start: number, quote: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1;
      at++;
    } else if (code === 92 || (code < SPACE && !isSpace(code))) return -1;
  }
  return -1;
}

/** A text of this shape with every integer and every string replaced by these. */
export const textOfShape = (key: string, integer: string, string: string): string =>
  key.replaceAll(INTEGER, integer).replaceAll(STRING, string);
