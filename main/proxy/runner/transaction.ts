/**
 * The open transaction of the editor's connection: what it holds so far, counted from what the server answers, and when
 * it has been idle for too long. Pure. Whether one is open is the server's word alone (ReadyForQuery).
 */
import type { TransactionStep } from '../../../shared/sql/index.ts';
import type { TransactionStatus } from '../wire/messages.ts';

/** A moment on both clocks: the wall clock is for people, the monotonic one for durations. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}
/** Who opened it: the app, in manual mode, or a BEGIN of the user; and from which tab. */
export interface Opener {
  readonly by: 'app' | 'user';
  readonly tab: string;
}
export interface Transaction extends Opener {
  readonly n: number;
  readonly since: Moment;
  readonly statements: number;
  readonly rows: number;
  /** Innermost last, with what the transaction held when they were set. */
  readonly savepoints: readonly { readonly name: string; readonly rows: number; readonly statements: number }[];
}

export interface Track {
  readonly status: TransactionStatus;
  readonly open: Transaction | null;
  /** Transactions of this grant so far. */
  readonly count: number;
  /** The open one has ended; what the server still calls a transaction is the next (AND CHAIN). */
  readonly ended: boolean;
}
export const nothingOpen: Track = { status: 'idle', open: null, count: 0, ended: false };

export interface Settled {
  readonly ok: boolean;
  readonly tags: readonly string[];
  readonly step: TransactionStep | null;
}

/** A statement was answered; the server's word on the transaction ({@link ready}) follows it. */
export function settled(track: Track, { ok, tags, step }: Settled): Track {
  const { open } = track;
  if (open === null) return track;
  if (step?.kind === 'commit' || step?.kind === 'rollback' || step?.kind === 'prepare')
    return ok ? { ...track, ended: true } : track;
  // A second BEGIN is only a warning of the server.
  if (step?.kind === 'begin') return track;
  if (step !== null) return ok ? { ...track, open: savepoint(open, step) } : track;
  const rows = open.rows + (ok ? changedBy(tags) : 0);
  return { ...track, open: { ...open, statements: open.statements + 1, rows } };
}

/** ReadyForQuery. */
export function ready(track: Track, status: TransactionStatus, at: Moment, opener: Opener): Track {
  if (status === 'idle') return { ...track, status, open: null, ended: false };
  if (track.open !== null && !track.ended) return { ...track, status };
  const n = track.count + 1;
  return {
    status,
    count: n,
    ended: false,
    open: { ...opener, n, since: at, statements: 0, rows: 0, savepoints: [] },
  };
}

/** Savepoints of one name shadow each other; the newest counts. */
function savepoint(open: Transaction, step: TransactionStep): Transaction {
  const { savepoints, rows, statements } = open;
  const name = step.name ?? '';
  if (step.kind === 'savepoint') return { ...open, savepoints: [...savepoints, { name, rows, statements }] };
  const at = savepoints.findLastIndex((one) => one.name === name);
  if (at < 0) return open;
  if (step.kind === 'release') return { ...open, savepoints: savepoints.slice(0, at) };
  return { ...open, rows: savepoints[at]?.rows ?? open.rows, savepoints: savepoints.slice(0, at + 1) };
}

const CHANGES = /^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/;
const changedBy = (tags: readonly string[]): number =>
  tags.reduce((sum, tag) => sum + Number(CHANGES.exec(tag)?.[1] ?? 0), 0);

export interface IdleLimits {
  /** From the moment that nothing is sent any more until the app rolls back, ms: before the server ends the connection. */
  readonly rollback: number;
  /** The window warns when less than this is left. */
  readonly warn: number;
}
/**
 * From the role's `idle_in_transaction_session_timeout`. The app is ahead of the server by a tenth of it, 5 s at most:
 * time for the record, the way, and a slow receipt. It warns for a minute or a fifth of the time, whichever is longer,
 * but never for more than half of it.
 */
export function idleLimits(timeoutMs: number): IdleLimits {
  const rollback = timeoutMs - Math.min(5000, timeoutMs / 10);
  return { rollback, warn: Math.min(timeoutMs / 2, Math.max(60_000, timeoutMs / 5)) };
}
