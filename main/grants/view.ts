/** From what main knows to what the window shows: pure projections, no decision is made here. */

import { requirementWords } from '../../shared/approvals.ts';
import { Fault } from '../../shared/errors.ts';
import type { GrantClaims } from '../../shared/grants.ts';
import type { AppState, LiveGrant, Prefill, Summary, UserError } from '../../shared/ipc.ts';
import { urgencyOf } from '../../shared/urgency.ts';
import type { CutReport, ExportTotals, PortClient, PortState, Tally } from '../proxy/index.ts';
import type { LiveChanges } from './changes.ts';
import type { Deadline } from './deadline.ts';
import type { Glass } from './machine.ts';
import { endedToolsOf, portStateOf } from './port-view.ts';

type LiveState = Extract<AppState, { phase: 'live' }>;
type LedgerState = LiveState['ledger'];

/** What changes faster than the glass: counted, never decided. */
export interface Surroundings {
  readonly collector: string;
  readonly prefill: Prefill;
  readonly ledger: LedgerState;
  /** Place of an intent in the ledger; null until its receipt was verified. */
  readonly indexOf: (intent: string) => number | null;
  /** Why the collector could not be asked what became of the request; null once it answers. */
  readonly unheard: UserError | null;
  readonly live: {
    readonly claims: GrantClaims;
    readonly deadline: Deadline;
    readonly changes: Pick<LiveChanges, 'mode' | 'scope' | 'elevation' | 'waiting'>;
    readonly connection: LiveState['connection'];
    readonly messages: LiveState['messages'];
    readonly port: PortState;
    readonly blocked: UserError | null;
  } | null;
}

export function appStateOf(glass: Glass, around: Surroundings): AppState {
  switch (glass.phase) {
    case 'starting':
    case 'key':
      return glass;
    case 'signed-out':
      return { ...glass, collector: around.collector };
    case 'signing-in':
      return { phase: 'signing-in', collector: around.collector };
    case 'locked':
      return { ...glass, prefill: around.prefill, ledger: around.ledger };
    case 'waiting':
      return { phase: 'waiting', person: glass.person, request: glass.request, problem: around.unheard };
    case 'activating':
      return { phase: 'activating', person: glass.person, request: glass.request, step: glass.step };
    case 'live':
    case 'closing': {
      // Live and closing exist only between `opened` and `ended`, when the grant is there.
      if (around.live === null) throw new Error(`${glass.phase} without a grant`);
      const grant = liveGrantOf(around.live);
      if (glass.phase === 'closing') {
        return {
          phase: 'closing',
          person: glass.person,
          grant,
          why: glass.why,
          step: 'Closing the connection and removing your database role',
        };
      }
      const { connection, blocked, messages } = around.live;
      const { person } = glass;
      const port = portStateOf(around.live.port);
      return {
        phase: 'live',
        person,
        grant,
        connection,
        port,
        ledger: around.ledger,
        blocked,
        messages: [...messages],
      };
    }
    case 'closed':
      return { phase: 'closed', person: glass.person, summary: placed(glass.summary, around) };
  }
}

/** The summary with what the receipts have proven by now. */
function placed(summary: Summary, { ledger, indexOf }: Surroundings): Summary {
  const recent = summary.recent.map((one) => ({ ...one, ledger_index: indexOf(one.intent) }));
  return { ...summary, ledger, recent };
}

type Held = Pick<NonNullable<Surroundings['live']>, 'claims' | 'deadline' | 'changes'>;

function liveGrantOf({ claims, deadline, changes }: Held): LiveGrant {
  const { elevation } = changes;
  return {
    id: claims.jti,
    target: claims.target,
    scope: changes.scope,
    mode: changes.mode,
    severity: claims.severity,
    ticket: claims.ticket,
    reason: claims.reason,
    limits: claims.limits,
    expires_at: new Date(deadline.expiresAt()).toISOString(),
    offline: claims.offline !== undefined,
    left_ms: Math.round(deadline.left()),
    total_ms: deadline.total(),
    elevation:
      elevation === null
        ? null
        : {
            tables: [...elevation.tables],
            until: new Date(elevation.until).toISOString(),
            left_ms: Math.round(elevation.deadline.left()),
          },
    waiting: changes.waiting.map(({ id, kind, minutes, lapses_at, approvals_missing: missing = [] }) => ({
      id,
      kind,
      minutes,
      lapses_at,
      missing: requirementWords(missing),
      people: [...new Set(missing.flatMap(({ people }) => people))].slice(0, 20),
    })),
  };
}

export interface Ended {
  readonly claims: GrantClaims;
  readonly why: Summary['why'];
  readonly usedMs: number;
  /** By the wall clock, ms since the epoch. */
  readonly endedAt: number;
  readonly totalMs: number;
  readonly report: CutReport;
  readonly tally: Tally;
  readonly exports: ExportTotals;
  /** Who was connected through the local port when the end began. */
  readonly tools: readonly PortClient[];
  readonly goneMs: number | null;
  readonly reviewDueAt: string | null;
  readonly ledger: LedgerState;
}

export function summaryOf(ended: Ended): Summary {
  const { claims, tally } = ended;
  return {
    grant: claims.jti,
    target_id: claims.target.id,
    target: claims.target.label,
    environment: claims.target.environment,
    severity: claims.severity,
    ticket: claims.ticket,
    reason: claims.reason,
    from: new Date(ended.endedAt - ended.usedMs).toISOString(),
    until: new Date(ended.endedAt).toISOString(),
    why: ended.why,
    used_ms: Math.round(Math.min(ended.usedMs, ended.totalMs)),
    total_ms: ended.totalMs,
    statements: tally.statements,
    denied: tally.denied,
    rows_read: tally.rows_read,
    rows_changed: tally.rows_changed,
    fates: tally.fates,
    tables: [...tally.tables],
    exports: ended.exports,
    gone_ms: ended.goneMs,
    cut: ended.report.statement,
    transaction: ended.report.transaction,
    tools: endedToolsOf(ended.tools),
    recent: tally.recent.map(({ origin, ...statement }) => ({
      ...statement,
      port: origin === 'port',
      ledger_index: null,
    })),
    review_due_at: ended.reviewDueAt,
    ledger: ended.ledger,
  };
}

const MOST_WORDS = 2000;

/** What a person is told about an error; a defect is named as such, its internals stay in the log file. */
export function userErrorOf(error: unknown): UserError {
  // What a collector says may be of any length; the window takes so much of it.
  if (error instanceof Fault)
    return {
      code: error.code.slice(0, 64),
      message: error.message.slice(0, MOST_WORDS),
      hint: error.hint?.slice(0, MOST_WORDS) ?? null,
    };
  return {
    code: 'internal',
    message: 'Something went wrong inside Vitrine. Nothing was sent that is not recorded.',
    hint: 'Try again; if it happens twice, restart the app and report it.',
  };
}

/** The window's title: what a glance at the taskbar should tell. */
export function titleOf(state: AppState): string {
  if (state.phase !== 'live') return state.phase === 'closing' ? 'Closing · Vitrine' : 'Vitrine';
  const seconds = Math.ceil(state.grant.left_ms / 1000);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return `${clock} · ${state.grant.target.label} · Vitrine`;
}

const TASKBAR = { live: 'normal', warning: 'paused', closing: 'error' } as const;
/** Time left, for the taskbar: amber in the last five minutes, red in the last. Null while the glass is not open. */
export function progressOf(state: AppState): { share: number; mode: 'normal' | 'paused' | 'error' } | null {
  if (state.phase !== 'live') return null;
  const { left_ms: left, total_ms: total } = state.grant;
  return { share: total === 0 ? 0 : Math.min(1, left / total), mode: TASKBAR[urgencyOf(left)] };
}
