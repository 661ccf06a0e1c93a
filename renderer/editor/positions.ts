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

const RESERVED = new Set(
  'all and any array as asc both case cast check collate column constraint create current_date current_time current_user default desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime not null offset on only or order placing primary references returning select session_user some symmetric table then to trailing true union unique user using variadic when where window with'.split(
    ' ',
  ),
);
/** A name as SQL needs it: bare where that is safe, else quoted. */
export const sqlName = (name: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
