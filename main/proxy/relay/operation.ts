/** One intent on its way: what was permitted, what has come back, and what becomes of it in the log. */
import type { Intent, Outcome } from '../../../shared/audit/records.ts';
import type { Classified } from '../../../shared/sql/index.ts';
import type { OutcomeFacts } from '../../audit/index.ts';

export type Result = Outcome['result'];

export class Operation {
  readonly intent: string;
  readonly op: Intent['op'];
  /** The user's text; for an Execute, of its Parse. Null where it is not known (a FunctionCall, a PREPARE in SQL). */
  readonly text: string | null;
  readonly classified: Classified | null;
  /** {@link SessionLog.elapsed}; null while not sent. */
  start: number | null = null;
  end: number | null = null;
  rows = 0;
  bytes = 0;
  /** We have asked the server to cancel it. */
  cancelAsked = false;
  sqlstate: string | null = null;
  readonly tags: string[] = [];
  #rowsOfCommand = 0;

  constructor(facts: {
    intent: string;
    op: Intent['op'];
    text: string | null;
    classified: Classified | null;
  }) {
    this.intent = facts.intent;
    this.op = facts.op;
    this.text = facts.text;
    this.classified = facts.classified;
  }

  row(bytes: number): void {
    this.rows++;
    this.#rowsOfCommand++;
    this.bytes += bytes;
  }

  /** A command of the text is complete; commands without returned rows count what their tag says (`UPDATE 37`). */
  command(tag: string): void {
    // A long script has one tag per command; the record holds the first 256 characters.
    if (this.tags.length < 64) this.tags.push(tag);
    this.commands++;
    const counted = Number(/ (\d+)$/.exec(tag)?.[1] ?? 0);
    if (this.#rowsOfCommand === 0 && Number.isSafeInteger(counted)) this.rows += counted;
    this.#rowsOfCommand = 0;
  }
  commands = 0;

  outcome(result: Result, end: number | null): OutcomeFacts {
    this.end = end;
    return {
      of: this.intent,
      result,
      sqlstate: this.sqlstate !== null && /^[0-9A-Z]{5}$/.test(this.sqlstate) ? this.sqlstate : null,
      tag: this.tags.length === 0 ? null : this.tags.join('; ').slice(0, 256),
      rows: this.rows,
      bytes: this.bytes,
      start: this.start,
      end: this.start === null ? null : end,
    };
  }

  /** What the server's answer means once it is complete. */
  settled(): Result {
    if (this.sqlstate === null) return 'ok';
    return this.sqlstate === '57014' && this.cancelAsked ? 'cancelled' : 'error';
  }
}
