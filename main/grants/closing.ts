/**
 * The end of a grant, on both sides at once: the relay is cut here while the collector removes the role there. (I3) What is
 * known afterwards makes the summary; where the collector was away, its part follows later.
 */
import type { Summary } from '../../shared/ipc.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Collector } from '../collector/index.ts';
import type { LiveGrantSession } from './live.ts';
import type { Glass } from './machine.ts';
import { type Ended, summaryOf } from './view.ts';

/** How long the collector's answer is waited for before the summary is shown without it, ms. */
const HEARD_WITHIN = 3000;

export interface Closing {
  readonly live: LiveGrantSession;
  readonly glass: Extract<Glass, { phase: 'closing' }>;
  readonly collector: Pick<Collector, 'end'>;
  readonly log: Pick<AuditLog, 'state'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The connection is cut: its last records are in the log. */
  readonly onCut: () => void;
}
export interface Closed {
  readonly summary: Summary;
  /** The collector has said that the role is gone. */
  readonly heard: boolean;
  /** Asks the collector again; null while it is still away. */
  askAgain(): Promise<Summary | null>;
}

export async function closeGrant({ live, glass, collector, log, now, onCut }: Closing): Promise<Closed> {
  const { why, request } = glass;
  const usedMs = live.deadline.total() - live.deadline.left();
  const tools = live.port.state().clients;
  // The collector removes the role while the relay still learns what became of a running statement.
  const cut = live.close(why);
  const end = async (): Promise<Pick<Ended, 'goneMs' | 'reviewDueAt'>> => {
    const answer = await collector.end(request.id);
    return { goneMs: answer.gone_ms, reviewDueAt: answer.request.review.due_at };
  };
  const gone = cut.then(end);
  const report = await cut;
  onCut();
  await live.runner.dispose();
  const facts = {
    claims: live.claims,
    why,
    usedMs,
    endedAt: now(),
    totalMs: live.deadline.total(),
    report,
    tally: live.relay.tally(),
    exports: live.exporter.totals(),
    tools,
    ledger: log.state(),
  };
  const known = await Promise.race([
    gone,
    new Promise<null>((resolve) => setTimeout(() => resolve(null), HEARD_WITHIN)),
  ]).catch(() => null);
  return {
    summary: summaryOf({ ...facts, ...(known ?? { goneMs: null, reviewDueAt: request.review.due_at }) }),
    heard: known !== null,
    askAgain: () =>
      end().then(
        (late) => summaryOf({ ...facts, ...late }),
        () => null,
      ),
  };
}
