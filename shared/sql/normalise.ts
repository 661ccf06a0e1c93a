/** The form of a statement that may stand in the log in the clear: no constants, no comments (docs/record-format.md, 5). */
import type { StatementKind } from '../audit/records.ts';
import { tokens } from './lexer.ts';
import { rawNormalise } from './parser.ts';

export const MAX_NORM = 8192;
const allowed: ReadonlySet<StatementKind> = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'explain',
  'transaction',
]);

/**
 * Only for text that parses and whose statements are all of the kinds above; null for others, where a string is left
 * after normalising (`COMMIT PREPARED 'id'`), and where the result is longer than {@link MAX_NORM}.
 */
export function normalise(text: string, kinds: readonly StatementKind[]): string | null {
  if (kinds.length === 0 || !kinds.every((kind) => allowed.has(kind))) return null;
  const raw = rawNormalise(text);
  if (raw === null) return null;
  let clean = raw;
  if (/--|\/\*|'|\$\D|\$$/.test(raw)) {
    clean = '';
    for (const token of tokens(raw)) {
      if (token.kind === 'string') return null;
      clean += token.kind === 'comment' ? ' ' : raw.slice(token.start, token.end);
    }
  }
  clean = clean.replace(/[;\s]+$/, '').trimStart();
  return clean.length <= MAX_NORM ? clean : null;
}
