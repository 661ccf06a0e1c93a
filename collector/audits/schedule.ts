/**
 * Writes the report of a period as soon as the period has ended, once, however many collectors look: the report and its
 * record in the ledger are one transaction, and the second one to come finds the place taken.
 */
import { createHash } from 'node:crypto';
import { canonical } from '../../shared/audit/canonical.ts';
import { findingsOf } from '../../shared/audits.ts';
import { toBase64url } from '../../shared/encoding.ts';
import { type Again, again } from '../again.ts';
import type { CollectorDeps } from '../deps.ts';
import { endedBefore, idOf, type Period } from './period.ts';
import { type ReportDeps, readReport } from './report.ts';

type ScheduleDeps = ReportDeps & Pick<CollectorDeps, 'ledger' | 'now'>;

const LOOK_MS = 60_000;

export const startAudits = (deps: ScheduleDeps): Again =>
  again(
    () => auditWhatIsDue(deps),
    LOOK_MS,
    (error) => deps.log.error({ err: error }, 'an audit could not be written; it is tried again'),
  );

/** The last period that has ended, unless it is there already or this collector did not exist then. Answers whether one was written. */
export async function auditWhatIsDue(deps: ScheduleDeps): Promise<boolean> {
  const at = deps.now();
  const period = endedBefore(deps.policy.current().audits.every, at);
  if ((await isWritten(deps, period)) || !(await existedIn(deps, period))) return false;
  const report = await readReport(deps, period, at);
  const body = canonical(report);
  const digest = toBase64url(createHash('sha256').update(body).digest());
  const figures = { grants: report.grants.length, findings: findingsOf(report) };
  const { from, until } = report;
  try {
    await deps.ledger.append([{ typ: 'audit', gid: null, from, until, digest, ...figures }], async (tx, placed) => {
      const row = { id: idOf(period), from_at: period.from, until_at: period.until, at, body, digest, ...figures };
      await tx
        .insertInto('audits')
        .values({ ...row, index: placed[0]?.index ?? -1 })
        .execute();
    });
  } catch (error) {
    // Another collector was faster.
    if (await isWritten(deps, period)) return false;
    throw error;
  }
  deps.log.info({ audit: idOf(period), ...figures }, 'audit written');
  return true;
}

async function isWritten({ store }: ScheduleDeps, period: Period): Promise<boolean> {
  const row = await store.selectFrom('audits').select('id').where('id', '=', idOf(period)).executeTakeFirst();
  return row !== undefined;
}

async function existedIn({ store }: ScheduleDeps, { until }: Period): Promise<boolean> {
  const first = await store
    .selectFrom('ledger_entries')
    .select('received_at')
    .orderBy('index')
    .limit(1)
    .executeTakeFirst();
  return first !== undefined && first.received_at < until;
}
