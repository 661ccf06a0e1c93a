/** What the window says about the open transaction. Pure. */
import type { AppState } from '../../shared/ipc.ts';
import { MARKS } from '../../shared/urgency.ts';
import { clock, plural, utcTime } from '../words/format.ts';

export type LiveConnection = Extract<AppState, { phase: 'live' }>['connection'];
type Open = NonNullable<LiveConnection['open']>;

export const modeWord: Readonly<Record<LiveConnection['mode'], string>> = { auto: 'Auto-commit', manual: 'Manual' };

/** `2 statements, 37 rows changed` */
export const contents = ({ statements, rows_changed: rows }: Open): string =>
  `${plural(statements, 'statement')}, ${plural(rows, 'row')} changed`;

/** What is at stake, for a question: `2 statements, 37 rows changed, since 14:02 UTC.` */
export function stake({ open, tx }: Pick<LiveConnection, 'open' | 'tx'>): string {
  if (open === null) return '';
  const failed = tx === 'failed' ? ' One of them has failed, so it can only be rolled back.' : '';
  return `The open transaction holds ${contents(open)}, since ${utcTime(open.since)}.${failed}`;
}

/** The server is near its patience with an idle transaction. `leftMs`: until the app rolls it back; null: not idle. */
export const nearlyIdle = ({ warn_ms: warn }: Pick<Open, 'warn_ms'>, leftMs: number | null): boolean =>
  leftMs !== null && leftMs <= warn;

export interface Said {
  readonly kind: '' | 'warn' | 'danger';
  readonly text: string;
}

/**
 * For the status bar: the most urgent thing first. `idleLeftMs` until the app rolls it back (null while something runs),
 * `grantLeftMs` until the glass closes at `expiresAt`.
 */
export function transactionWords(
  { open, tx }: Pick<LiveConnection, 'open' | 'tx'>,
  idleLeftMs: number | null,
  grantLeftMs: number,
  expiresAt: string,
): Said {
  if (tx === 'idle' || open === null) return { kind: '', text: 'No open transaction' };
  if (grantLeftMs <= MARKS.closing)
    return { kind: 'danger', text: `The open transaction will be rolled back at ${utcTime(expiresAt)}` };
  if (nearlyIdle(open, idleLeftMs))
    return { kind: 'warn', text: `Idle transaction: rolled back in ${clock(idleLeftMs ?? 0)}` };
  if (tx === 'failed') return { kind: 'danger', text: 'Transaction failed: only ROLLBACK is accepted' };
  return { kind: 'warn', text: `Transaction open since ${utcTime(open.since)}` };
}
