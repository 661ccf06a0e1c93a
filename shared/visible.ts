/**
 * Text that somebody else chose, made so that nothing in it can hide, or turn the writing around it: control characters,
 * line and paragraph separators, spaces of no width, marks of direction. Letters of every script stay, and so do U+200C
 * and U+200D, which join letters and emoji. Only for the eye, never for SQL or a copy. Pure.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** The first 32 have pictures of their own (U+2400 block); all others are shown by their number: `[U+202E]`. */
function shown(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** In a name nothing may hide at all: also not what joins letters or keeps words together. */
const HIDDEN_IN_NAMES = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0]/gu;

/** A name as it stands in the catalog, in a file, in a list: `a␊b`, `x[U+202E]y`. */
export const visibleName = (name: string): string => name.replace(HIDDEN_IN_NAMES, shown);

/** As one line. */
export const visibleLine = (text: string): string => text.replace(UNSEEN, shown);

/** Line breaks and tabs stay what they are. */
export const visibleText = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(UNSEEN, (sign) => (sign === '\n' || sign === '\t' ? sign : shown(sign)));
