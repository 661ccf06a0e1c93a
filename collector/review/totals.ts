/** What a grant did, in numbers, out of its records. Pure. */
import type { Intent, Outcome } from '../../shared/audit/records.ts';
import type { Line } from './records.ts';

export interface Totals {
  /** Statements that a person or a tool sent; the app's own introspection does not count. */
  readonly statements: number;
  readonly rowsRead: number;
  /** In transactions that were committed. */
  readonly rowsChanged: number;
  /** Refused by the gate, or by the database for want of a privilege. */
  readonly denied: number;
  readonly alerts: number;
}

const CHANGED = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/;
const INSUFFICIENT_PRIVILEGE = '42501';
const WRITING: ReadonlySet<Intent['kind']> = new Set(['insert', 'update', 'delete', 'merge', 'ddl']);

/** By its kind, or by what the server said that it did. */
export const writes = (intent: Pick<Intent, 'kind'>, outcome: Pick<Outcome, 'tag'> | undefined): boolean =>
  WRITING.has(intent.kind) || (outcome?.tag ?? '').split('; ').some((tag) => CHANGED.test(tag));

/** Every outcome by the intent that it is of. */
export function outcomesOf(lines: readonly Line[]): Map<string, { index: number; record: Outcome }> {
  const outcomes = new Map<string, { index: number; record: Outcome }>();
  for (const { index, record } of lines) if (record.typ === 'outcome') outcomes.set(record.of, { index, record });
  return outcomes;
}

/**
 * What is shown as a statement: not a Parse that was executed, because then its Executes are, unless the Parse itself
 * went wrong.
 */
export function statementsOf(lines: readonly Line[]): { index: number; intent: Intent; parse: Intent | null }[] {
  const parses = new Map<string, Intent>();
  const executed = new Set<string>();
  for (const { record } of lines) {
    if (record.typ !== 'intent') continue;
    if (record.op === 'parse') parses.set(record.i, record);
    if (record.op === 'execute' && record.of !== null) executed.add(record.of);
  }
  return lines.flatMap(({ index, record }) => {
    if (record.typ !== 'intent' || (record.op === 'parse' && executed.has(record.i))) return [];
    return [{ index, intent: record, parse: record.of === null ? null : (parses.get(record.of) ?? null) }];
  });
}

/** Rows changed of one session, counted when their transaction commits. */
class Changes {
  committed = 0;
  #open = 0;
  #inTransaction = false;
  statement(intent: Intent, norm: string | null, tags: readonly string[]): void {
    if (intent.tx !== 'idle') this.#inTransaction = true;
    for (const tag of tags) {
      const rows = Number(CHANGED.exec(tag)?.[1] ?? 0);
      if (tag === 'BEGIN' || tag === 'START TRANSACTION') this.#inTransaction = true;
      else if (tag === 'COMMIT') this.#settle(this.#open);
      // ROLLBACK TO a savepoint has the same tag and ends nothing.
      else if (tag === 'ROLLBACK' && !/^\s*rollback\s+(work\s+|transaction\s+)?to\b/i.test(norm ?? '')) this.#settle(0);
      else if (this.#inTransaction) this.#open += rows;
      else this.committed += rows;
    }
  }
  #settle(rows: number): void {
    this.committed += rows;
    this.#open = 0;
    this.#inTransaction = false;
  }
}

export function totalsOf(lines: readonly Line[]): Totals {
  const outcomes = outcomesOf(lines);
  const sessions = new Map<string, Changes>();
  let statements = 0;
  let rowsRead = 0;
  let denied = 0;
  for (const { intent, parse } of statementsOf(lines)) {
    const outcome = outcomes.get(intent.i)?.record;
    const changes = sessions.get(intent.sid) ?? new Changes();
    sessions.set(intent.sid, changes);
    if (outcome?.result === 'ok') {
      const tags = (outcome.tag ?? '').split('; ').filter((tag) => tag !== '');
      changes.statement(intent, intent.norm ?? parse?.norm ?? null, tags);
    }
    if (intent.origin === 'introspection') continue;
    statements++;
    if (outcome?.sqlstate === INSUFFICIENT_PRIVILEGE) denied++;
    if (outcome !== undefined && !writes(intent, outcome)) rowsRead += outcome.rows;
  }
  const count = (is: (line: Line) => boolean): number => lines.filter(is).length;
  return {
    statements,
    rowsRead,
    rowsChanged: [...sessions.values()].reduce((sum, changes) => sum + changes.committed, 0),
    denied: denied + count(({ record }) => record.typ === 'notice' && record.kind === 'refused'),
    alerts: count(({ record }) => record.typ === 'alert'),
  };
}
