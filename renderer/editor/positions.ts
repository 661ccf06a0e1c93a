/** Where things are in the text: the statement under the cursor, the server's error in a text that may have changed. Pure. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The statement the cursor belongs to: the one it is in or directly behind (also behind its semicolon). Between two, the
 * next one unless a blank line parts it from the cursor (its leading comment belongs to it), else the one before under
 * the same rule, else none.
 */
export function statementAt(ranges: readonly Range[], text: string, cursor: number): Range | null {
  const inside = ranges.find((range) => cursor >= range.start && cursor <= behind(text, range.end));
  if (inside !== undefined) return inside;
  const together = (from: number, to: number) => !/\n[^\S\n]*\n/.test(text.slice(from, to));
  const next = ranges.find((range) => range.start > cursor);
  if (next !== undefined && together(cursor, next.start)) return next;
  const before = ranges.findLast((range) => range.end < cursor);
  return before !== undefined && together(before.end, cursor) ? before : null;
}

/** End of a statement, its semicolon included when the range leaves it out. */
function behind(text: string, end: number): number {
  const rest = /^\s*;/.exec(text.slice(end, end + 200));
  return rest === null ? end : end + rest[0].length;
}

/**
 * Where the server's position stands in the tab now. `ran` is the text that was sent; `now` is what stands today in the
 * place that it was taken from, which began at `start`. Null when that place was edited: a wrong squiggle is worse.
 */
export function errorOffset(ran: string, now: string, start: number, position: number | null): number | null {
  if (position === null || ran !== now) return null;
  return start + Math.max(0, Math.min(position, ran.length));
}

/** The word at an offset, to underline; at least one character. */
export function wordAt(text: string, offset: number): Range {
  const word = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$.]+|[^\s])/u.exec(text.slice(offset, offset + 200));
  if (word !== null) return { start: offset, end: offset + word[0].length };
  return { start: Math.max(0, offset - 1), end: Math.max(1, offset) };
}

/**
 * Where an offset of `before` stands in `after`, when the two differ in white space only: behind as many other characters.
 */
export function samePlace(before: string, offset: number, after: string): number {
  let signs = before.slice(0, offset).replace(/\s+/g, '').length;
  let at = 0;
  while (at < after.length && signs > 0) {
    if (!/\s/.test(after[at] ?? '')) signs--;
    at++;
  }
  // In front of a sign it stays there.
  if (/\S/.test(before[offset] ?? '')) while (/\s/.test(after[at] ?? '')) at++;
  return at;
}

/** The qualified name at a place in a line: `shop.orders` anywhere in it or directly behind; empty where there is none. */
export function nameAt(line: string, column: number): string {
  for (const match of line.matchAll(
    /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*/gu,
  ))
    if (match.index <= column && column <= match.index + match[0].length) return match[0];
  return '';
}

/** Text as Markdown that shows exactly it: no link, no image, no HTML comes of it; every line break stays one. */
export const escapedMarkdown = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, '\\$&').replaceAll(/\r?\n/g, '  \n');
