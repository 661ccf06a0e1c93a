/** Which findings may be shown while somebody is typing: none about what is not finished. Pure. */
import type { Finding } from '../../shared/ipc-editor.ts';

/** The cursor's line, as offsets in the text. */
export interface CursorLine {
  readonly offset: number;
  readonly start: number;
}

/**
 * - An error of syntax in the cursor's statement only above the cursor's line: what comes later follows from what is
 *   being typed.
 * - That a WHERE is missing only when the statement is closed, or the cursor has left it.
 * - Anything else unless the cursor touches the very word.
 */
export function shown(findings: readonly Finding[], cursor: CursorLine): readonly Finding[] {
  return findings.filter((finding) => {
    const { statement, closed } = finding;
    // Behind the semicolon the statement is left.
    const inside = cursor.offset >= statement.start && cursor.offset <= statement.end;
    switch (finding.code) {
      case 'syntax':
        return !inside || finding.end <= cursor.start;
      case 'every_row':
        return closed || !inside;
      default:
        return cursor.offset < finding.start || cursor.offset > finding.end;
    }
  });
}
