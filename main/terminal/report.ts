/** After the grant: waits, for a while, until the role is known to be gone and every record delivered; says what was done. */
import type { Summary } from '../../shared/ipc.ts';
import { type ExitCode, exit } from './exit.ts';
import type { Parts } from './parts.ts';
import { clock, plain, plural, took, utc } from './words.ts';

/** Longest wait for what the collector still has to confirm, ms. */
const PATIENCE = 15_000;

/** Called in the phase `closed`. Answers with the exit code of a run without a command. */
export async function report({ glass, watch, voice }: Parts): Promise<ExitCode> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), PATIENCE);
  const all = watch.until<Summary>(glass.state(), (state) =>
    state.phase === 'closed' && isConfirmed(state.summary) ? state.summary : null,
  );
  const closed = glass.state();
  if (closed.phase === 'closed' && !isConfirmed(closed.summary))
    voice.status('Waiting until every record is in the ledger · Ctrl+C again ends at once');
  await Promise.race([all, late.promise]);
  clearTimeout(timer);
  voice.status(null);
  const state = glass.state();
  if (state.phase !== 'closed') return exit.defect;
  const { summary } = state;
  const delivered = isDelivered(summary);
  voice.event({ event: 'ended', summary, delivered });
  for (const line of linesOf(summary)) voice.say(line);
  if (summary.why !== 'handed_back') return exit.endedEarly;
  return isConfirmed(summary) ? exit.handedBack : exit.unconfirmed;
}

const isDelivered = ({ ledger }: Summary): boolean => ledger.in_ledger >= ledger.recorded;
const isConfirmed = (summary: Summary): boolean => isDelivered(summary) && summary.gone_ms !== null;

const TITLES = {
  expired: 'The time was over',
  handed_back: 'Handed back',
  revoked: 'The grant was revoked',
  failed: 'The grant ended early',
} as const;

/** The summary in words. Pure. */
export function linesOf(summary: Summary): string[] {
  const { ledger } = summary;
  const gone =
    summary.gone_ms === null
      ? 'It is not known yet whether the database role is gone; it is removed at the deadline at the latest.'
      : `The database role was gone ${took(summary.gone_ms)} later.`;
  const denied = summary.denied === 0 ? '' : `, ${summary.denied} denied`;
  const lines = [
    `${TITLES[summary.why]} after ${clock(summary.used_ms)} of ${plural(Math.round(summary.total_ms / 60_000), 'minute')}. ${gone}`,
    `${plural(summary.statements, 'statement')}${denied} · ${plural(summary.rows_read, 'row')} read · ${plural(summary.rows_changed, 'row')} changed`,
  ];
  if (summary.cut !== null) {
    lines.push(
      `A statement was still running. ${plain(summary.cut.outcome)}`,
      `  ${plain(summary.cut.text).slice(0, 200)}`,
    );
  }
  if (summary.transaction !== null) lines.push(plain(summary.transaction));
  lines.push(
    isDelivered(summary)
      ? `Every record is in the ledger: ${ledger.in_ledger} of ${ledger.recorded}.`
      : `${ledger.in_ledger} of ${plural(ledger.recorded, 'record')} are in the ledger. The rest is safe on this disk and is sent at the next start.${ledger.waiting === null ? '' : ` ${plain(ledger.waiting)}`}`,
  );
  if (summary.review_due_at !== null) {
    const day = summary.review_due_at.slice(0, 10);
    lines.push(`A review is due by ${day} ${utc(summary.review_due_at)}.`);
  }
  return lines;
}
