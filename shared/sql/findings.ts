/**
 * What can be said about a text before it runs: syntax, writes that touch every row, and what the grant does not hold.
 * Only what is beyond doubt from the text and the scope: a wrong warning about a valid statement is worse than none.
 */
import type { Scope } from '../grants.ts';
import { dangerOf } from './danger.ts';
import { inspect } from './inspect.ts';
import { masked } from './parameters.ts';
import { type Node, parse } from './parser.ts';
import { outsideScope } from './scope.ts';
import { pieces, type StatementRange, utf16OfByte, utf16OfCodePoint } from './split.ts';

export interface Finding extends StatementRange {
  readonly code: 'syntax' | 'every_row' | 'read_only' | 'not_in_grant';
  readonly message: string;
  /** The statement that it is in, without its semicolon. */
  readonly statement: StatementRange;
  /** A semicolon follows: somebody has finished it. */
  readonly closed: boolean;
}

/** Longest statement that is looked at, UTF-16. */
const MAX_STATEMENT = 100_000;

/**
 * Of a text, some at a time: whoever has something else to do may do it in between. `scope` is null where there is no
 * grant, and then nothing is said about grants. Offsets in UTF-16.
 */
export function* findings(text: string, scope: Scope | null): Generator<readonly Finding[]> {
  const readable = masked(text);
  for (const batch of pieces(readable)) {
    const found: Finding[] = [];
    for (const { start, end } of batch) {
      if (end - start > MAX_STATEMENT) continue;
      const closed = /^(?:\s|--[^\n]*\n)*;/.test(readable.slice(end, end + 1000));
      for (const one of ofStatement(readable.slice(start, end), scope))
        found.push({
          ...one,
          start: start + one.start,
          end: start + one.end,
          statement: { start, end },
          closed,
        });
    }
    yield found;
  }
}

type Local = Pick<Finding, 'code' | 'message' | 'start' | 'end'>;

function ofStatement(text: string, scope: Scope | null): readonly Local[] {
  const parsed = parse(text);
  if (!parsed.ok) {
    // Without a place the parser gave up; the server may still read it.
    if (parsed.position === null) return [];
    return [{ code: 'syntax', message: parsed.message, ...wordAt(text, utf16OfCodePoint(text, parsed.position)) }];
  }
  return parsed.statements.flatMap(({ stmt }) => [...ofTree(text, stmt, scope)]);
}

function* ofTree(text: string, stmt: Node, scope: Scope | null): Generator<Local> {
  const danger = dangerOf(stmt);
  const first = wordAt(text, firstWord(text));
  if (danger?.code === 'update_all' || danger?.code === 'delete_all')
    yield { code: 'every_row', message: `${danger.detail} Vitrine asks before it sends it.`, ...first };
  if (scope === null) return;
  if (scope.mode === 'read') {
    const write = inspect([{ stmt, start: 0 }]).effects.find(
      ({ kind }) => kind === 'write' || kind === 'define' || kind === 'role',
    );
    if (write !== undefined) {
      const message = `This grant only reads, so ${write.what} is refused. “Ask for write access…” hands back and asks for a grant that writes.`;
      yield { code: 'read_only', message, ...first };
      return;
    }
  }
  for (const { at, message } of outsideScope(stmt, scope))
    yield { code: 'not_in_grant', message, ...wordAt(text, utf16OfByte(text, at)) };
}

/** Behind comments in front of the statement. */
const firstWord = (text: string): number => /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;

const WORD =
  /^(?:(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*|\*))*|[\p{L}\p{N}_$]+|\S)/u;

/** A name with its qualifiers, a word, a sign; at the end of the text the last sign of it. */
function wordAt(text: string, at: number): StatementRange {
  const word = WORD.exec(text.slice(at, at + 400));
  if (word !== null) return { start: at, end: at + word[0].length };
  const end = text.trimEnd().length;
  return { start: Math.max(0, end - 1), end };
}
