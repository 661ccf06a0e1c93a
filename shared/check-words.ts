/** What a person reads of a check ahead of a request; the same words in the app and on the collector's pages. Pure. */
import type { ScopeCheck } from './api-check.ts';

export interface CheckNote {
  /** `warn`: it would not open. `quiet`: good to know. */
  readonly tone: 'warn' | 'quiet';
  readonly title: string;
  readonly lines: readonly string[];
  readonly hint: string | null;
}

const HINTS = {
  engineer:
    'Tell an operator, or pick something else. You can send it all the same: it is checked again when it opens.',
  approver: 'Tell an operator. Approved as it is, it would not open; it is checked again then.',
} as const;

/** In the order in which they matter; none where nothing was found, or nobody has looked yet. */
export function checkNotes(check: ScopeCheck | undefined, reader: keyof typeof HINTS): CheckNote[] {
  if (check === undefined) return [];
  const { at, failed, blocks, widens } = check;
  const notes: CheckNote[] = [];
  if (failed !== null) {
    const known = at !== null && blocks.length + widens.length > 0 ? ' What was found then stands below.' : '';
    const last = at === null ? 'It was not checked before.' : `Last checked at ${at.slice(11, 16)} UTC.${known}`;
    notes.push({ tone: 'warn', title: `${failed}.`, lines: [], hint: last });
  }
  if (blocks.length > 0)
    notes.push({ tone: 'warn', title: 'This would not open now.', lines: blocks, hint: HINTS[reader] });
  if (widens.length > 0) notes.push({ tone: 'quiet', title: 'This scope does not stop:', lines: widens, hint: null });
  return notes;
}
