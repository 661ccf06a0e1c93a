/** What a result says about itself, in plain words. Pure. */
import type { ResultState } from '../../shared/ipc.ts';
import { count, elapsed, plural, took } from '../words/format.ts';

const verbs: Readonly<Record<string, string>> = {
  UPDATE: 'changed',
  DELETE: 'deleted',
  MERGE: 'merged',
  COPY: 'copied',
};
const control: Readonly<Record<string, string>> = {
  BEGIN: 'Transaction opened',
  'START TRANSACTION': 'Transaction opened',
  COMMIT: 'Committed',
  ROLLBACK: 'Rolled back',
  SAVEPOINT: 'Savepoint set',
  RELEASE: 'Savepoint released',
  SET: 'Setting changed',
};

/** `UPDATE 37` → `37 rows changed`; `INSERT 0 5` → `5 rows added`; `COMMIT` → `Committed`; else the tag as it is. */
export function tagWords(tag: string): string {
  const parts = /^([A-Z ]+?)((?: \d+)*)$/.exec(tag);
  const command = parts?.[1] ?? tag;
  const number = parts?.[2]?.trim().split(' ').at(-1);
  if (number !== undefined && number !== '') {
    const rows = plural(Number(number), 'row');
    if (command === 'INSERT') return `${rows} added`;
    const verb = verbs[command];
    if (verb !== undefined) return `${rows} ${verb}`;
    if (command === 'SELECT') return rows;
  }
  return control[command] ?? tag;
}

export const isRunning = (result: Pick<ResultState, 'status'>): boolean =>
  ['recording', 'waiting', 'running', 'cancelling'].includes(result.status);

/** A text runs until its last statement has ended, or one did not end well. Results in the order of its statements. */
export function textRuns(results: readonly ResultState[]): boolean {
  const last = results.at(-1);
  return last !== undefined && (results.some(isRunning) || (last.status === 'done' && last.n < last.of));
}
/** There are rows to write, or a statement that may be run again for them. */
export const exportable = (result: ResultState): boolean =>
  !isRunning(result) && (result.stored > 0 || (result.repeatable && result.status === 'done'));

/** There are rows here that a chart could show. */
export const drawable = (result: ResultState): boolean => !isRunning(result) && result.stored > 0;

/** The label of a result's tab. */
export function resultTitle(result: ResultState): string {
  switch (result.status) {
    case 'waiting':
      return 'Waiting';
    case 'recording':
    case 'running':
    case 'cancelling':
      return result.columns.length > 0 ? plural(result.rows, 'row') : 'Running';
    case 'done':
      if (result.columns.length > 0) return plural(result.rows, 'row');
      return result.tag === null ? 'Done' : tagWords(result.tag);
    case 'error':
      return 'Error';
    case 'cancelled':
      return 'Cancelled';
    case 'unknown':
      return 'Outcome unknown';
    case 'not_sent':
      return 'Not sent';
  }
}

/** The same with the name that a person gave to it. */
export function tabTitle(result: ResultState, name: string | null): string {
  const title = result.let_go ? 'Let go' : resultTitle(result);
  return name === null ? title : `${name} · ${title}`;
}

/** Rows to ask for next where a cap of the person's own stopped it, within the grant; null where there are no more. */
export function moreRows(
  result: Pick<ResultState, 'cap' | 'stored' | 'repeatable' | 'status' | 'let_go'>,
  most: number,
): number | null {
  if (result.cap !== 'own_rows' || !result.repeatable || result.status !== 'done' || result.let_go) return null;
  const next = Math.min(most, result.stored * 10);
  return next > result.stored ? next : null;
}

/** `waited 2 ms · first row 29 ms · done 31 ms`; only what is known. */
export function timing(result: ResultState): string {
  const parts: string[] = [];
  if (result.waited_ms !== null) parts.push(`waited ${took(result.waited_ms)}`);
  if (result.first_row_ms !== null && result.rows > 0) parts.push(`first row ${took(result.first_row_ms)}`);
  if (result.done_ms !== null) {
    const ends: Readonly<Partial<Record<ResultState['status'], string>>> = {
      error: 'failed after',
      cancelled: 'cancelled after',
      unknown: 'lost after',
    };
    parts.push(`${ends[result.status] ?? 'done'} ${took(result.done_ms)}`);
  }
  return parts.join(' · ');
}

/** Where the time went, one part a line. */
export function timingDetail(result: ResultState): string {
  const { queued_ms: queued, waited_ms: waited, first_row_ms: first, done_ms: done } = result;
  const lines: string[] = [];
  if (waited === null) return '';
  if (queued !== null) {
    lines.push(`${took(queued)} until its turn`);
    lines.push(`${took(waited - queued)} until its record was safe; then it was sent`);
  }
  if (first !== null) lines.push(`${took(first - waited)} until the first row came`);
  if (done !== null) {
    const rest = done - (first ?? waited);
    lines.push(first === null ? `${took(rest)} at the server and on the way` : `${took(rest)} for the other rows`);
  }
  return lines.join('\n');
}

/** From so many ms on without an answer, more than waiting is offered. */
const LONG_MS = 5000;
/** The server was asked to cancel, and does not answer. `ms` since the user asked for the statement. */
export const unconfirmed = (result: ResultState, ms: number): boolean =>
  result.status === 'cancelling' && ms - (result.cancel_ms ?? 0) >= LONG_MS;

/** For a long text whose statements come and go too fast to be told apart. */
export const passingWords = (result: ResultState, ms: number): string =>
  result.status === 'cancelling' ? progress(result, ms) : `${count(result.n)} of ${count(result.of)} · ${elapsed(ms)}`;

/** What is going on while it runs; `ms` since the user asked. */
export function progress(result: ResultState, ms: number): string {
  const time = elapsed(ms);
  const place = result.of > 1 ? `${count(result.n)} of ${count(result.of)} · ` : '';
  switch (result.status) {
    case 'recording':
      return `${place}${ms < LONG_MS ? 'writing its record…' : 'waiting until its record is safe…'} ${time}`;
    case 'waiting':
      return `${place}waiting for its turn… ${time}`;
    case 'cancelling': {
      const since = ms - (result.cancel_ms ?? 0);
      return unconfirmed(result, ms)
        ? `asked the server ${Math.floor(since / 1000)} s ago to cancel; it has not confirmed`
        : `asking the server to cancel… ${elapsed(since)}`;
    }
    case 'running':
      return `${place}${result.first_row_ms === null ? 'running' : 'reading rows'} ${time}`;
    default:
      return `${place}running ${time}`;
  }
}

/** What is not shown of a long text; null when everything is. Results in the order of its statements. */
export function scriptWords(results: readonly ResultState[]): string | null {
  const [first] = results;
  const last = results.at(-1);
  if (first === undefined || last === undefined) return null;
  const parts: string[] = [];
  if (first.n > 1)
    parts.push(
      `Only the last ${count(results.length)} results are kept; statements 1 to ${count(first.n - 1)} ended well before them.`,
    );
  const rest = last.of - last.n;
  if (rest > 0 && !textRuns(results))
    parts.push(
      `The ${rest === 1 ? 'statement' : `${count(rest)} statements`} after this ${rest === 1 ? 'was' : 'were'} not sent.`,
    );
  return parts.length === 0 ? null : parts.join(' ');
}

/** The record of the statement; `kind` is the chip's colour. */
export function recordWords(result: Pick<ResultState, 'status' | 'intent' | 'ledger_index'>): {
  readonly text: string;
  readonly kind: 'ok' | 'warn' | '';
} {
  if (result.ledger_index !== null) return { text: `recorded · ledger ${count(result.ledger_index)}`, kind: 'ok' };
  if (result.intent !== null) return { text: 'recorded, waiting for the ledger', kind: '' };
  if (result.status === 'not_sent') return { text: 'not sent', kind: 'warn' };
  return { text: 'recording…', kind: '' };
}

const limits: Readonly<Record<NonNullable<ResultState['cap']>, string>> = {
  grant_rows: 'this grant keeps no more',
  own_rows: 'your settings keep no more',
  grant_bytes: 'this grant keeps no more bytes of one result',
  room: 'all results together take as much room as they may',
  disk: 'the disk for temporary files takes no more',
};

/** Said under the bar when not every row is kept; `exports`: they may be written to a file. */
export function cappedWords(result: ResultState, exports: boolean): string {
  if (result.cap === null) return '';
  const all =
    result.rows > result.stored ? ` of ${plural(result.rows, 'row')}` : result.stored === 1 ? ' row' : ' rows';
  const more = result.repeatable && exports ? 'Export can fetch every row.' : 'Narrow the statement to see the rest.';
  return `Showing the first ${count(result.stored)}${all}: ${limits[result.cap]}. ${more}`;
}

export const LET_GO = 'This result was let go to make room for newer ones. Run it again to see its rows.';

export const EXPORTS_OFF = 'This grant does not allow results to be written to files; the policy says so.';
