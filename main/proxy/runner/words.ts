/** What the runner tells people: refusals before anything is sent, and what became of statements and transactions. */
import { Fault } from '../../../shared/errors.ts';
import type { Limits } from '../../../shared/grants.ts';
import type { QueryError, ResultState } from '../../../shared/ipc.ts';
import type { Danger, NoPlan } from '../../../shared/sql/index.ts';
import type { Loss } from './connection.ts';
import type { Saying } from './messages.ts';
import type { Transaction } from './transaction.ts';

const count = (n: number, one: string): string => `${n.toLocaleString('en-US')} ${one}${n === 1 ? '' : 's'}`;
/** `2 statements, 37 rows changed` */
export const contents = ({ statements, rows }: Pick<Transaction, 'statements' | 'rows'>): string =>
  `${count(statements, 'statement')}, ${count(rows, 'row')} changed`;
/** `30 s`, `1 min 30 s`, `0.5 s` */
export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))} s`;
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
}

// ---- before anything is sent

export const nothingToRun = (): Fault =>
  new Fault('nothing_to_run', 'There is no statement here.', 'Put the cursor into a statement, or select one.');

export const tooManyStatements = (most: number): Fault =>
  new Fault(
    'too_many_statements',
    `This text has more than ${most.toLocaleString('en-US')} statements. Nothing was sent.`,
    'Run it in parts: select some of them and press Run.',
  );

export const tooLong = (place: string, bytes: number, most: number): Fault =>
  new Fault(
    'statement_too_long',
    `${place} is ${megabytes(bytes)} long; this grant sends only what can be read first, up to ${megabytes(most)}. Nothing was sent.`,
    'Split it, for example an INSERT with many rows into several.',
  );
const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '')} MiB`;

export const copyNeedsData = (place: string, { local_port: port }: Pick<Limits, 'local_port'>): Fault =>
  new Fault(
    'copy_from_stdin',
    `${place} is a COPY … FROM STDIN, which waits for data that the editor does not have. Nothing was sent.`,
    port
      ? String.raw`Open the local port and use \copy in psql, or write the rows as INSERT … VALUES.`
      : 'Write the rows as INSERT … VALUES, or ask for a grant that lets other tools in.',
  );

export const cannotBeInTransaction = (place: string, command: string): Fault =>
  new Fault(
    'not_in_transaction',
    `${place} is ${command}, which cannot run inside a transaction, and one would be open. Nothing was sent.`,
    'Commit or roll back first, then run it by itself.',
  );

export const NOT_SENT = 'The statement was not sent.';
export const toQueryError = ({ code, message, hint }: Fault): QueryError => ({
  code,
  message,
  detail: null,
  hint,
  position: null,
});
export const tooManyWaiting = (): Fault =>
  new Fault('too_many_waiting', 'Too much is waiting to run. Nothing was sent.', 'Cancel what waits, or let it end.');
export const somethingRuns = (): Fault =>
  new Fault('statement_running', 'A statement is running.', 'Change the mode when it has ended, or cancel it.');
export const noTransaction = (): Fault =>
  new Fault('no_transaction', 'No transaction is open (any more).', 'The window shows what became of it.');

// ---- a statement

/** A statement that waited while the transaction it was meant for ended without the user. */
export const transactionGone = (): QueryError => ({
  code: 'transaction_gone',
  message: 'The transaction that this was run in is gone: it was rolled back in the meantime.',
  detail: NOT_SENT,
  hint: 'Look at what is left to do, and run it again.',
  position: null,
});

export const notBegun = (words: string, code: string): QueryError => ({
  code,
  message: `The transaction could not be opened: ${words}`,
  detail: NOT_SENT,
  hint: null,
  position: null,
});

export interface TimedOut {
  /** The server's. */
  readonly words: string;
  /** How long it ran. */
  readonly ms: number;
  /** The user's own timeout on this connection; null where the grant's is in force. */
  readonly users: number | null;
  readonly grants: number;
  readonly inTransaction: boolean;
}
/**
 * 57014 that the app did not ask for; null where it was no timeout (somebody else has cancelled it). The server's words may
 * be in any language, so its time counts, too; a timeout that the session has set for itself fits neither known one.
 */
export function timedOut({ words, ms, users, grants, inTransaction }: TimedOut): QueryError | null {
  const whose = users ?? grants;
  const fits = ms >= whose * 0.95 && ms <= whose + 5000 && !words.includes('user request');
  if (!fits && !words.includes('statement timeout')) return null;
  const by = !fits
    ? 'the statement timeout of this session'
    : users !== null
      ? 'your statement timeout'
      : 'the statement timeout of this grant';
  return {
    code: '57014',
    message: `Stopped after ${seconds(fits ? whose : ms)} by ${by}.`,
    detail: inTransaction
      ? 'The server cancelled it, and the open transaction has failed: only ROLLBACK is accepted.'
      : 'The server cancelled it; nothing of it was kept.',
    hint: users !== null && fits ? 'Your own timeout is in the settings (Ctrl+,).' : null,
    position: null,
  };
}

/** What became of a statement whose connection was lost before its answer came. */
export function lostStatement(sent: boolean, text: { commit: boolean; inTransaction: boolean }): string {
  if (!sent) return NOT_SENT;
  if (text.commit) return 'Whether the transaction was committed is not known.';
  if (text.inTransaction) return 'It belonged to the open transaction, which is rolled back.';
  return 'Whether the statement was committed is not known.';
}

// ---- the transaction and the connection

export function lossMessage({ lost, open, committing, wanted }: Loss): Saying {
  const idle = lost.code === '25P03';
  const what = wanted
    ? 'The connection was closed'
    : idle
      ? 'The server ended the connection, because its transaction was idle for too long'
      : 'The connection to the database was lost';
  const transaction = committing
    ? '; whether the transaction was committed is not known'
    : open === null
      ? ''
      : `; the open transaction was rolled back (${contents(open)})`;
  // The relay's own words begin with what has just been said.
  const why = idle ? '' : `${sentence(lost.message.replace(/^the connection to the database was lost: /, ''))} `;
  return {
    kind: 'warn',
    text: `${what}${transaction}.`,
    detail: wanted
      ? 'Its temporary tables, settings and LISTEN are gone.'
      : `${why}The next statement opens a new connection; temporary tables, settings and LISTEN of the old one are gone.`,
    action: wanted ? null : 'reconnect',
  };
}
/** Said with the first result on the new connection. */
export function lossNotice({ open, committing, wanted }: Loss): string {
  const transaction = committing
    ? ', and whether the open transaction was committed is not known'
    : open === null
      ? ''
      : ', and the open transaction was rolled back';
  return `The connection was ${wanted ? 'closed' : 'lost'}${transaction}. This ran on a new one.`;
}
const sentence = (text: string): string => {
  const trimmed = text.trim().replace(/\.$/, '');
  return `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}.`;
};

export const rolledBackIdle = (open: Transaction, idleMs: number, timeoutMs: number): Saying => ({
  kind: 'warn',
  text: `The open transaction was rolled back, because nothing was sent in it for ${seconds(idleMs)}: ${contents(open)}, undone.`,
  detail: `It held locks, and at ${seconds(timeoutMs)} the server would have ended the connection. The connection is kept.`,
});
export const rolledBackWithWrite = (open: Transaction): Saying => ({
  kind: 'warn',
  text: `The open transaction was rolled back, because write access is over: ${contents(open)}, undone.`,
  detail: 'The connection is kept. Ask for write access again to do it once more.',
});
export const notRolledBack = (why: string): Saying => ({
  kind: 'warn',
  text: `Vitrine could not roll back the idle transaction: ${sentence(why)}`,
  detail: 'The server ends the connection in a moment; that rolls it back.',
});
export const ended = (how: 'commit' | 'rollback', open: Transaction): Saying => ({
  kind: 'ok',
  text: how === 'commit' ? `Committed: ${contents(open)}.` : `Rolled back: ${contents(open)}, undone.`,
});
export const commitRolledBack = (open: Transaction): Saying => ({
  kind: 'warn',
  text: `Not committed: a statement in the transaction had failed, so the server rolled it back (${contents(open)}, undone).`,
});

/** COMMIT or ROLLBACK was asked for and the transaction did not end that way. */
export function notEnded(how: 'commit' | 'rollback', { status, error }: Pick<ResultState, 'status' | 'error'>): Fault {
  const word = how === 'commit' ? 'committed' : 'rolled back';
  if (status === 'unknown')
    return new Fault(
      'outcome_unknown',
      `The connection was lost before the server answered: whether the transaction was ${word} is not known.`,
      'Look before you do it again.',
    );
  const why = error === null ? '' : `: ${error.message}${error.detail === null ? '' : ` ${error.detail}`}`;
  return new Fault(
    how === 'commit' ? 'not_committed' : 'not_rolled_back',
    `The transaction was not ${word}${why}`.slice(0, 2000),
    error?.hint ?? 'The window shows whether it is still open.',
  );
}
export const commitWasRollback = (): Fault =>
  new Fault(
    'not_committed',
    'The transaction was not committed: a statement in it had failed, so the server rolled it back.',
    'Run its statements again, without the one that failed.',
  );
export const notConnected = (error: unknown): Fault =>
  new Fault(
    'not_connected',
    `No new connection could be opened: ${error instanceof Error ? error.message : String(error)}`,
    'The next statement tries again.',
  );

export const gone = (words: string): { title: string; detail: string; action: string } => ({
  title: 'Your transaction is gone. Run this outside of it?',
  detail: `${words} What you run now is committed by itself.`,
  action: 'Run it',
});
/** Where every write is asked about. */
export function writes(text: string): { title: string; detail: string; action: string } {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > 200 ? `${line.slice(0, 200)}…` : line;
  return {
    title: 'Run this? It may change something.',
    detail: `${short} You have set that every write is asked about first.`,
    action: 'Run it',
  };
}
export const runsAlone = (command: string): { title: string; detail: string; action: string } => ({
  title: `Run ${command} outside a transaction?`,
  detail: `${command} cannot run inside a transaction: it takes effect at once, and Roll back will not undo it.`,
  action: 'Run it',
});
export const timeoutAtNextConnection = (ms: number): Saying => ({
  kind: 'warn',
  text: `The statement timeout of ${seconds(ms)} applies from the next connection.`,
  detail: 'This connection keeps the one it was opened with. A new one loses temporary tables, settings and LISTEN.',
  action: 'reconnect',
});

const noPlans: Readonly<Record<NoPlan, readonly [message: string, hint: string]>> = {
  nothing: ['There is no statement to explain.', 'Put the cursor into one, or select it.'],
  several: ['More than one statement is selected, and each has a plan of its own.', 'Select one of them.'],
  explain: ['This is an EXPLAIN already.', 'Explain the statement in it, without the word, or run it as it is.'],
  utility: [
    'PostgreSQL makes a plan only for SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, EXECUTE, DECLARE and CREATE TABLE AS.',
    'Commands like this one are carried out as they stand.',
  ],
  parameters: [
    'It has parameters ($1, …) without values.',
    'Put values in their place; without running it, PostgreSQL 16 and later can plan it as it is.',
  ],
};
export const noPlan = (why: NoPlan): Fault =>
  new Fault(`no_plan_${why}`, `${noPlans[why][0]} Nothing was sent.`, noPlans[why][1]);

export const inReadGrant = (effects: readonly string[]): Fault =>
  new Fault(
    'explain_writes',
    `Measuring a plan runs the statement, and this grant is to read: ${effects.join(', ')} is more than reading. Nothing was sent.`,
    'The plan without running it is allowed. To measure it, allow writes first.',
  );

/** Before an ANALYZE of a statement that does more than read. */
export function undoneFirst(
  effects: readonly string[],
  danger: Danger | null,
): { title: string; detail: string; action: string } {
  const what = effects.join(', ');
  const more = danger === null ? '' : ` ${danger.detail}`;
  return {
    title: `Run this ${what} to measure it?`,
    detail: `It is carried out on the real data and then rolled back: nothing of it is kept. Until then its locks hold, its triggers fire, and others may have to wait. What no rollback takes back stays: numbers taken from sequences, and what reaches other systems.${more}`,
    action: 'Run and roll back',
  };
}

export const notRepeatable = (): Fault =>
  new Fault(
    'not_repeatable',
    'This statement is not a plain SELECT, so it is not run again for more rows.',
    'Narrow it, or run it again yourself.',
  );

/** Said with the result that needed the room. */
export function madeRoom({ text, stored }: Pick<ResultState, 'text' | 'stored'>): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > 80 ? `${line.slice(0, 80)}…` : line;
  return `NOTICE: To make room, ${stored.toLocaleString('en-US')} rows of an older result were let go: ${short}`;
}
