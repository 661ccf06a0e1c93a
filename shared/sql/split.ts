/**
 * Where the top-level statements of a text stand. By the real parser, in batches, so that a script of ten thousand
 * statements does not hold up whoever reads it; by semicolons outside strings and comments where the text does not parse.
 */
import { tokens } from './lexer.ts';
import { type Node, parse } from './parser.ts';

/** UTF-16 offsets, end exclusive, without surrounding white space and without the semicolon. */
export interface StatementRange {
  readonly start: number;
  readonly end: number;
}
/** A statement and what the parser makes of it; null where it does not parse. */
export interface Piece extends StatementRange {
  readonly stmt: Node | null;
}

/** Characters that are parsed in one go: some 30 ms of work. */
const BATCH = 32 * 1024;
/** A statement with semicolons of its own, and how far its end is looked for. */
const COMPOUND = /\bbegin\s+atomic\b|\brule\b/i;
const COMPOUND_PARTS = 200;

export const split = (text: string): readonly StatementRange[] =>
  [...pieces(text)].flat().map(({ start, end }) => ({ start, end }));

/** The statements of a text, some at a time: whoever has something else to do may do it in between. */
export function* pieces(text: string): Generator<readonly Piece[]> {
  const cuts = new Cuts(text);
  let start = 0;
  let at = 0;
  while (cuts.at(at) !== undefined) {
    let last = at;
    while (cuts.next(last) - start < BATCH && cuts.at(last + 1) !== undefined) last++;
    const whole = parsed(text, start, cuts.next(last));
    if (whole !== null) {
      yield whole;
      at = last + 1;
    } else {
      const found: Piece[] = [];
      for (let from = start; at <= last; from = cuts.next(at - 1)) {
        const one = single(text, from, at, cuts);
        found.push(...one.found);
        at = one.through + 1;
      }
      yield found;
    }
    start = cuts.next(at - 1);
  }
}

interface Cut {
  /** Offset of the semicolon, or the end of the text. */
  readonly end: number;
  /** Where the next statement begins. */
  readonly next: number;
  /** There is more than white space and comments before it. */
  readonly code: boolean;
}

/** Semicolons outside strings and comments, found as far as they are asked for. */
class Cuts {
  readonly #source: Generator<Cut>;
  readonly #found: Cut[] = [];
  constructor(text: string) {
    this.#source = semicolons(text);
  }
  at(index: number): Cut | undefined {
    while (this.#found.length <= index) {
      const { done, value } = this.#source.next();
      if (done) return undefined;
      this.#found.push(value);
    }
    return this.#found[index];
  }
  next(index: number): number {
    return this.at(index)?.next ?? 0;
  }
}

function* semicolons(text: string): Generator<Cut> {
  let code = false;
  for (const { kind, start, end } of tokens(text)) {
    if (kind === 'semicolon') {
      yield { end: start, next: end, code };
      code = false;
    } else if (kind !== 'space' && kind !== 'comment') code = true;
  }
  yield { end: text.length, next: text.length, code };
}

/** Null where this part of the text does not parse. */
function parsed(text: string, from: number, to: number): Piece[] | null {
  const part = text.slice(from, to);
  const answer = parse(part);
  if (!answer.ok) return null;
  const ends = answer.statements.flatMap(({ start, length }) => [start, length === null ? Infinity : start + length]);
  const offsets = utf16Offsets(part, ends);
  return answer.statements.map(({ stmt }, i) => ({
    ...trimmed(text, from + (offsets[2 * i] ?? 0), from + (offsets[2 * i + 1] ?? part.length)),
    stmt,
  }));
}

/** The statement that begins at `from`, up to cut `at`, or further where it has semicolons of its own. */
function single(text: string, from: number, at: number, cuts: Cuts): { found: readonly Piece[]; through: number } {
  const cut = cuts.at(at);
  if (cut === undefined || !cut.code) return { found: [], through: at };
  const whole = parsed(text, from, cut.end);
  if (whole !== null) return { found: whole, through: at };
  if (COMPOUND.test(text.slice(from, cut.end)))
    for (let last = at + 1; last <= at + COMPOUND_PARTS; last++) {
      const end = cuts.at(last)?.end;
      if (end === undefined) break;
      const found = parsed(text, from, end);
      if (found !== null) return { found, through: last };
    }
  return { found: [{ ...trimmed(text, from, cut.end), stmt: null }], through: at };
}

function trimmed(text: string, start: number, end: number): StatementRange {
  const part = text.slice(start, end);
  const lead = part.length - part.trimStart().length;
  return { start: start + lead, end: start + part.trimEnd().length };
}

/** UTF-16 offsets of ascending byte offsets in the text's UTF-8 form; beyond the end means the end. */
function utf16Offsets(text: string, byteOffsets: readonly number[]): number[] {
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

/** UTF-16 offset of a byte offset in the text's UTF-8 form. */
export const utf16OfByte = (text: string, byteOffset: number): number => utf16Offsets(text, [byteOffset])[0] ?? 0;

/** Code points before a byte offset in the text's UTF-8 form. */
export function codePointOfByte(text: string, byteOffset: number): number {
  const [end = 0] = utf16Offsets(text, [byteOffset]);
  return [...text.slice(0, end)].length;
}
