/** A text laid out anew, statement by statement, and only where it is provably the same statement still. */
import { setImmediate as breathe } from 'node:timers/promises';
import { formatDialect, postgresql } from 'sql-formatter';
import type { Formatted } from '../../shared/ipc-editor.ts';
import { fingerprint, masked, pieces, tokens } from '../../shared/sql/index.ts';

/** Longest statement that is formatted, UTF-16: about a second of work. */
const MAX_STATEMENT = 100_000;

/** What stands between the statements stays as it is. */
export async function formatSql(text: string): Promise<Formatted> {
  let out = '';
  let at = 0;
  let kept = 0;
  let done = 0;
  for (const batch of pieces(masked(text))) {
    for (const { start, end, stmt } of batch) {
      const before = text.slice(start, end);
      const after = stmt === null ? null : laidOut(before);
      out += text.slice(at, start) + (after ?? before);
      at = end;
      if (after === null) kept++;
      else done++;
      await breathe();
    }
  }
  return { text: out + text.slice(at), kept, done };
}

/** Null where it cannot be done without a doubt. */
function laidOut(statement: string): string | null {
  if (statement.length > MAX_STATEMENT) return null;
  try {
    const after = formatDialect(statement, {
      dialect: postgresql,
      tabWidth: 2,
      keywordCase: 'preserve',
      paramTypes: { named: [':'], numbered: ['$'] },
    });
    return isSame(statement, after) ? after : null;
  } catch {
    // The formatter reads less of SQL than the parser; what it cannot read stays as it is.
    return null;
  }
}

/** The same words, strings and comments in the same order, and the same to the parser. */
export function isSame(before: string, after: string): boolean {
  const wanted = fingerprint(masked(before));
  return wanted !== null && fingerprint(masked(after)) === wanted && words(before) === words(after);
}

function words(text: string): string {
  let all = '';
  for (const { kind, start, end } of tokens(text)) {
    if (kind === 'space') continue;
    const word = text.slice(start, end);
    // The lines of a block comment are indented anew.
    all += `${kind === 'comment' ? word.replace(/\s*\n\s*/g, '\n') : word}\u0000`;
  }
  return all;
}
