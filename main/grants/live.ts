/**
 * One live grant from activation to the closed connection: verifies the grant, opens relay and runner, keeps the
 * deadline, and makes the cut. (I1, I3)
 */
import { givenLess } from '../../shared/given-less.ts';
import type { EndReason, GrantClaims } from '../../shared/grants.ts';
import type { AppState, ExportState, ResultState } from '../../shared/ipc.ts';
import type { AuditLog } from '../audit/index.ts';
import {
  type CutReport,
  type Exporter,
  type ExporterOptions,
  type Gate,
  type LocalPort,
  openExporter,
  openLocalPort,
  openRelay,
  openRunner,
  type Relay,
  type Runner,
} from '../proxy/index.ts';
import { carryOut, faultSaying } from './change-news.ts';
import { LiveChanges } from './changes.ts';
import type { Deadline } from './deadline.ts';
import { type Giving, given } from './given.ts';
import type { Wishes } from './wishes.ts';

/** How long the summary waits for partial files of exports to be removed. */
const PARTIAL_FILES_MS = 1000;

export type ConnectionState = Extract<AppState, { phase: 'live' }>['connection'];

export interface LiveGrantSession {
  readonly claims: GrantClaims;
  readonly deadline: Deadline;
  readonly changes: LiveChanges;
  /** The one way to the target; the runner is its first client. */
  readonly relay: Relay;
  readonly runner: Runner;
  /** Closed until the user opens it. */
  readonly port: LocalPort;
  readonly exporter: Exporter;
  connection(): ConnectionState;
  /** Re-checks the deadline now, for example after the machine woke up. */
  check(): void;
  /** Cuts statement and connection, in the order of docs/decisions/003-cut-order.md; idempotent. */
  close(why: EndReason): Promise<CutReport>;
}

export interface LiveOptions extends Giving {
  readonly log: AuditLog;
  readonly onStep: (step: string) => void;
  readonly onDeadline: () => void;
  readonly onConnection: () => void;
  /** `port.state()` has changed; at most four times a second. */
  readonly onPort: () => void;
  readonly onResult: (result: ResultState, claims: GrantClaims) => void;
  /** Absent: everything as the grant has it, and auto-commit. */
  readonly wishes?: Wishes;
  /** Asks where an export is to go; no file is chosen where nobody can be asked. */
  readonly askFile?: ExporterOptions['ask'];
  readonly onExport?: (state: ExportState) => void;
}

/** Throws a Fault when activation, the grant or the connection fails; then nothing is left open here. */
export async function openLive(options: LiveOptions): Promise<LiveGrantSession> {
  const { clock, log, request, wishes } = options;
  const { claims, grant, connection, deadline, idToken, activated, expected } = await given(options);
  const changes = new LiveChanges({
    clock,
    expected,
    claims,
    activated,
    deadline,
    onNews: (news) => carryOut(news, { relay, runner }, () => options.onConnection()),
    onFault: (error) => runner.say(faultSaying(error)),
  });
  options.onStep('Connecting to the database');
  const relay = openRelay({
    connection,
    target: { id: claims.target.id },
    gate: gateOf(deadline),
    mode: () => changes.mode,
    log,
    session: { gid: claims.jti, grant, idToken, limits: claims.limits },
    clock,
  });
  const runner = openRunner({
    relay,
    limits: claims.limits,
    clock,
    onResult: (result) => options.onResult(result, claims),
    onConnection: () => options.onConnection(),
    first: givenLess(request).map((sentence) => `${sentence}.`),
    ...(wishes === undefined ? {} : { ...wishes, mode: wishes.mode() }),
  });
  const { user, database } = connection;
  const port = openLocalPort({ relay, limits: claims.limits, user, database, clock, onChange: options.onPort });
  const exporter = openExporter({
    runner,
    allowed: claims.limits.exports,
    ask: options.askFile ?? (async () => null),
    clock,
    onExport: (state) => options.onExport?.(state),
  });
  let timer: NodeJS.Timeout | undefined;
  let closing: Promise<CutReport> | null = null;
  const check = (): void => {
    clearTimeout(timer);
    if (closing !== null) return;
    const left = deadline.left();
    if (left === 0) {
      options.onDeadline();
      return;
    }
    changes.check();
    const soonest = Math.min(left, changes.elevation?.deadline.left() ?? left);
    // Short naps: a clock that jumps, or a machine that wakes, is noticed within half a second.
    timer = setTimeout(check, Math.min(soonest, 500));
  };
  check();
  return {
    claims,
    deadline,
    changes,
    relay,
    runner,
    port,
    exporter,
    connection: () => runner.connection(),
    check,
    close(why) {
      clearTimeout(timer);
      port.end();
      closing ??= cutBoth(relay.cut(why), exporter.close());
      return closing;
    },
  };
}

/** The cut does not wait for a slow disk; the partial files are gone soon after, or with the process. */
async function cutBoth(cut: Promise<CutReport>, exports: Promise<void>): Promise<CutReport> {
  const report = await cut;
  await Promise.race([exports, new Promise((resolve) => setTimeout(resolve, PARTIAL_FILES_MS))]);
  return report;
}

/** The gate that every statement passes twice: before its intent is written and right before it is sent. (I3) */
function gateOf(deadline: Deadline): Gate {
  return {
    refusal: () =>
      deadline.passed()
        ? {
            code: '57P01',
            message: `grant expired at ${new Date(deadline.expiresAt()).toISOString().slice(11, 16)} UTC`,
            detail: 'Nothing is sent outside a live grant; this statement was not sent.',
            hint: 'Ask for access again.',
          }
        : null,
  };
}
