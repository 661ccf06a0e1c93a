/** What one record of the server's log says about a statement, and the tag that the relay put behind its text. */
import type { LogLine } from './csvlog.ts';

export type Said =
  /** A simple query began (`log_statement`), with its whole text. */
  | { readonly what: 'query'; readonly text: string }
  /** A portal was executed, first or again; `text` is that of its Parse. */
  | { readonly what: 'execute'; readonly text: string }
  /** A call through the function-call message, which has no text and so no tag. */
  | { readonly what: 'function'; readonly oid: number }
  /** The text stands beside something else: an error, a wait for a lock, the duration of a Parse. */
  | { readonly what: 'quoted'; readonly text: string };

/**
 * Null where the record is about no statement. The server's messages must be in English (`lc_messages` can only be set by
 * its administrator). A statement's name may be anything; it is taken to end at the first colon and space, so a name that
 * holds these makes a text that does not match, never one that matches by mistake.
 */
export function said({ severity, message, query }: LogLine): Said | null {
  // The server shows no running text beside its own word that a statement begins; beside RAISE LOG, whose words are the
  // user's, it does.
  if (severity === 'LOG' && query === null) {
    const call = /^fastpath function call: "(?:[^"]|"")*" \(OID (\d+)\)$/.exec(message);
    if (call !== null) return { what: 'function', oid: Number(call[1]) };
    const begun = /^(duration: [\d.]+ ms {2})?(statement|(?:execute|parse|bind) [\s\S]*?): ([\s\S]*)$/.exec(message);
    if (begun !== null) {
      const [, duration, how = '', text = ''] = begun;
      // With its duration a statement is told again, after it ran; a Parse or a Bind runs nothing.
      if (duration !== undefined || how.startsWith('parse ') || how.startsWith('bind '))
        return { what: 'quoted', text };
      return { what: how === 'statement' ? 'query' : 'execute', text };
    }
  }
  return query === null ? null : { what: 'quoted', text: query };
}

export interface Tagged {
  readonly intent: string;
  /** The user's own text. */
  readonly text: string;
}

/** Takes the tag off: only one that stands at the very end, on a line of its own, is ours. Null where there is none. */
export function untagged(text: string): Tagged | null {
  const tag = /\n\/\*vitrine:([\w-]{22})\*\/$/.exec(text);
  return tag === null ? null : { intent: tag[1] ?? '', text: text.slice(0, tag.index) };
}
