/** A statement and its outcome in words, and the sign in front of it. */
import type { TimelineEntry } from '../../../shared/api.ts';
import { plural } from './number.ts';
import { runtimeWords } from './time.ts';

export type StatementEntry = Extract<TimelineEntry, { kind: 'statement' }>;
export type Sign = 'plain' | 'read' | 'write' | 'bad' | 'warn' | 'ok';

/** SQLSTATE codes that reviewers meet, in words; the code always stands beside them. */
const SQLSTATE: Record<string, string> = {
  '42501': 'not in the grant',
  '42P01': 'no such table',
  '42703': 'no such column',
  '42883': 'no such function',
  '42601': 'does not parse',
  '25P02': 'the transaction had already failed',
  '25006': 'the grant only reads',
  '57014': 'cancelled while it ran',
  '57P01': 'the grant was over',
  '53300': 'too many connections',
  '40001': 'conflict with another transaction',
  '40P01': 'deadlock',
  '23505': 'a unique key stood against it',
  '23503': 'a foreign key stood against it',
  '23514': 'a check stood against it',
  '22P02': 'a value of the wrong form',
  '22012': 'division by zero',
  '55P03': 'a lock was not free',
  '25P03': 'idle in a transaction for too long',
};

export const isDenied = (entry: StatementEntry): boolean => entry.outcome?.sqlstate === '42501';
export const isBad = (entry: StatementEntry): boolean => entry.outcome !== null && entry.outcome.result !== 'ok';

/** Written by the app itself, not by the person. */
export const isByApp = (entry: TimelineEntry): entry is StatementEntry =>
  entry.kind === 'statement' && (entry.origin === 'introspection' || entry.origin === 'driver');

export function statementSign(entry: StatementEntry): Sign {
  if (entry.outcome === null) return 'plain';
  if (entry.outcome.result === 'error') return 'bad';
  if (entry.outcome.result !== 'ok') return 'warn';
  return entry.writes ? 'write' : 'read';
}

/** What the sign means, for those who do not see it. */
export const signWords: Record<Sign, string> = {
  plain: 'no outcome yet',
  read: 'read',
  write: 'write',
  bad: 'refused or failed',
  warn: 'without a clean end',
  ok: 'signed off',
};

function rowsWords(entry: StatementEntry, rows: number): string | null {
  if (/^(begin|commit|rollback|savepoint|release|set|start)\b/i.test(entry.outcome?.tag ?? '')) return null;
  if (entry.writes) return entry.statement === 'ddl' ? null : `${plural(rows, 'row')} changed`;
  return plural(rows, 'row');
}

/** The second line: `37 rows changed · 18 ms · in a transaction`. */
export function outcomeWords(entry: StatementEntry): string {
  const { outcome } = entry;
  const parts: string[] = [];
  if (outcome === null) parts.push('no outcome recorded yet');
  else if (outcome.result === 'ok') {
    const rows = rowsWords(entry, outcome.rows);
    if (rows !== null) parts.push(rows);
    if (outcome.ms !== null) parts.push(runtimeWords(outcome.ms));
  } else {
    if (outcome.result === 'error') parts.push(isDenied(entry) ? 'denied by the database' : 'failed');
    if (outcome.result === 'cancelled') parts.push('cancelled');
    if (outcome.result === 'unknown') parts.push('outcome unknown: the app stopped before it heard');
    if (outcome.result === 'not_sent') parts.push('never sent');
    if (outcome.sqlstate !== null) {
      parts.push(outcome.sqlstate);
      const words = SQLSTATE[outcome.sqlstate];
      if (words !== undefined && outcome.result === 'error') parts.push(words);
    }
    if (outcome.result === 'cancelled' && outcome.ms !== null) parts.push(`after ${runtimeWords(outcome.ms)}`);
  }
  if (entry.tx === 'transaction') parts.push('in a transaction');
  if (entry.tx === 'failed') parts.push('in a failed transaction');
  if (entry.origin === 'port') parts.push('through the local port');
  return parts.join(' · ');
}

/** What stands in the first line where the normalised text is not in the record. */
export const kindWords = (entry: StatementEntry): string =>
  entry.statement === 'unparsed'
    ? 'A text that does not parse'
    : `A ${entry.statement.replace('_', ' ')} statement, its text only sealed`;
