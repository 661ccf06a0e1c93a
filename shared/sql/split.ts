/** Where the top-level statements of a text stand. */
import { tokens } from './lexer.ts';
import { parse } from './parser.ts';

/** UTF-16 offsets, end exclusive, without surrounding white space and without the semicolon. */
export interface StatementRange {
  readonly start: number;
  readonly end: number;
}

/** By the real parser; by semicolons outside strings and comments where the text does not parse. */
export function split(text: string): readonly StatementRange[] {
  const parsed = parse(text);
  if (!parsed.ok) return splitAtSemicolons(text);
  const ends = parsed.statements.flatMap(({ start, length }) => [start, length === null ? Infinity : start + length]);
  const offsets = utf16Offsets(text, ends);
  return parsed.statements.map((_, i) => trimmed(text, offsets[2 * i] ?? 0, offsets[2 * i + 1] ?? text.length));
}

function splitAtSemicolons(text: string): readonly StatementRange[] {
  const ranges: StatementRange[] = [];
  let start = 0;
  let hasCode = false;
  const close = (end: number): void => {
    if (hasCode) ranges.push(trimmed(text, start, end));
    hasCode = false;
  };
  for (const token of tokens(text)) {
    if (token.kind === 'semicolon') {
      close(token.start);
      start = token.end;
    } else if (token.kind !== 'space' && token.kind !== 'comment') hasCode = true;
  }
  close(text.length);
  return ranges;
}

function trimmed(text: string, start: number, end: number): StatementRange {
  const part = text.slice(start, end);
  const lead = part.length - part.trimStart().length;
  return { start: start + lead, end: start + part.trimEnd().length };
}

/** UTF-16 offsets of ascending byte offsets in the text's UTF-8 form; beyond the end means the end. */
export function utf16Offsets(text: string, byteOffsets: readonly number[]): number[] {
  const found: number[] = [];
  let bytes = 0;
  let at = 0;
  for (const wanted of byteOffsets) {
    while (at < text.length && bytes < wanted) {
      const code = text.codePointAt(at) ?? 0;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code < 0x10000 ? 1 : 2;
    }
    found.push(at);
  }
  return found;
}

/** UTF-16 offset of a code-point offset, as PostgreSQL counts positions (here 0-based). */
export function utf16OfCodePoint(text: string, codePoints: number): number {
  let at = 0;
  for (let i = 0; i < codePoints && at < text.length; i++) at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2;
  return at;
}

/** Code points before a byte offset in the text's UTF-8 form. */
export function codePointOfByte(text: string, byteOffset: number): number {
  const [end = 0] = utf16Offsets(text, [byteOffset]);
  return [...text.slice(0, end)].length;
}
