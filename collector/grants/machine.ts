/**
 * The life of a request and of the grant that may come of it (docs/architecture.md, “The way of a grant”), as plain functions: what is known plus
 * what happens gives what is known next and the records that the ledger must hold with it. No clock, no store, no
 * target. Access exists from `activating` to `ending`; nothing leads from an ended state back there (I3).
 *
 * requested → approved → activating → active → ending → expired | handed_back | revoked | failed
 *     └→ denied | withdrawn | lapsed (also from approved)
 */
import type { z } from 'zod';
import type { Requirement } from '../../shared/approvals.ts';
import type { verdict } from '../../shared/audit/records.ts';
import type { EndReason, Environment, GrantState, Limits, Scope } from '../../shared/grants.ts';
import type { Asked as AskedSignIn, SignIn, StepUp } from '../../shared/step-up.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';
import { digestOf, type GivenApproval, needsGroups, notCounting, requirementsOf, weigh } from './approving.ts';
import { type Change, type ChangeEvent, endedWithGrant, nextChange } from './change.ts';
import { known, stale } from './sign-in.ts';

type Verdict = z.infer<typeof verdict>;
/** Milliseconds since the epoch on the collector's clock. */
export type Instant = number;
/** A person at the moment of an act; `idt` is the hash of the ID token that proved it. */
export interface Actor {
  readonly sub: string;
  readonly name: string;
  readonly idt: string | null;
}

/** Somebody lets the engineer in. What is left out is given as it was asked for. */
export interface Approve {
  readonly type: 'approve';
  readonly at: Instant;
  readonly by: Actor;
  /** Of this sign-in; left out: none. */
  readonly groups?: readonly string[];
  /** Their sign-in; left out: not known, so never fresh. */
  readonly auth?: SignIn | null;
  readonly note: string | null;
  /** Of the request that was looked at, see {@link digestOf}; left out: not compared. */
  readonly digest?: string | undefined;
  readonly minutes?: number | undefined;
  /** Another scope of the policy. */
  readonly scope?: Scope | undefined;
  /** Tables to leave out, `schema.table`. */
  readonly without?: readonly string[] | undefined;
}
export interface Asked {
  readonly minutes: number;
  readonly scope: Scope;
}

export type Phase = GrantState | 'activating' | 'ending';
export const ENDED = ['expired', 'handed_back', 'revoked', 'failed', 'denied', 'withdrawn', 'lapsed'] as const;
export const isEnded = (phase: Phase): boolean => ENDED.some((ended) => ended === phase);

/** Everything known about one request; plain JSON. */
export interface Grant {
  readonly id: string;
  readonly phase: Phase;
  readonly by: Actor;
  /** Thumbprint of the device that asked: only it may activate. */
  readonly jkt: string;
  readonly target: { readonly id: string; readonly label: string; readonly environment: Environment };
  /** Frozen when it was asked for, like the limits and the policy's hash. */
  readonly scope: Scope;
  readonly severity: string;
  readonly ticket: string;
  readonly reason: string;
  readonly minutes: number;
  readonly alone: boolean;
  readonly limits: Limits;
  readonly policy: string;
  readonly approvalsNeeded: number;
  /** From whom; frozen when it was asked for. Left out of what was asked before there were groups: from anybody. */
  readonly requirements?: readonly Requirement[];
  /** What it asks of sign-ins; frozen when it was asked for. */
  readonly stepUp?: StepUp;
  readonly approvals: readonly GivenApproval[];
  /** What was asked for, once an approver gave less: `minutes` and `scope` are then what was given. */
  readonly asked?: Asked;
  /** It came out of an offline envelope, opened without this collector. */
  readonly offline?: true;
  readonly note: string | null;
  readonly reviewHours: number | null;
  readonly activateMinutes: number;
  readonly createdAt: Instant;
  readonly lapsesAt: Instant;
  /** Name of the ephemeral role, chosen before it exists. */
  readonly role: string | null;
  readonly activatedAt: Instant | null;
  readonly expiresAt: Instant | null;
  /** The role was verified, so its credentials may have been told. */
  readonly told: boolean;
  readonly end: {
    readonly why: EndReason;
    readonly by: Actor | null;
    /** When access ended: the deadline, the hand back, the revocation. */
    readonly at: Instant;
    /** Set when the role was gone from the database. */
    readonly goneMs: number | null;
    readonly terminated: number;
  } | null;
  /** A reviewer signed it off. */
  readonly reviewedAt: Instant | null;
  /** What was changed about it while it lived, or was to be; oldest first. */
  readonly changes?: readonly Change[];
}

export type GrantEvent =
  | Approve
  | ChangeEvent
  | { readonly type: 'deny'; readonly at: Instant; readonly by: Actor; readonly note: string | null }
  | { readonly type: 'withdraw'; readonly at: Instant; readonly by: Actor }
  | { readonly type: 'lapse'; readonly at: Instant }
  /** The grant JWS is signed; nothing exists on the target yet. */
  | {
      readonly type: 'activate';
      readonly at: Instant;
      readonly role: string;
      readonly expiresAt: Instant;
      readonly jws: string;
      /** The engineer's sign-in; left out: not known, so never fresh. */
      readonly by?: Actor;
      readonly auth?: SignIn | null;
    }
  /** The role exists and was verified. */
  | { readonly type: 'activated'; readonly at: Instant; readonly role: string; readonly tables: number }
  | { readonly type: 'end'; readonly at: Instant; readonly why: EndReason; readonly by: Actor | null }
  /** Access is stopped, whatever it has come to: what lives ends, what is not active yet is closed. */
  | { readonly type: 'stop'; readonly at: Instant; readonly by: Actor }
  /** Neither a backend nor the role is left on the target. */
  | { readonly type: 'gone'; readonly at: Instant; readonly terminated: number }
  | {
      readonly type: 'reviewed';
      readonly at: Instant;
      readonly by: Actor;
      readonly outcome: 'accepted' | 'followup';
      readonly note: string;
      readonly verdicts: Readonly<Record<string, Verdict>>;
      /** Size of the ledger that the reviewer had before them. */
      readonly seen: number;
    };

export type Step =
  | { readonly kind: 'moved'; readonly grant: Grant; readonly records: readonly NewCollectorRecord[] }
  /** It has happened before; nothing to do. */
  | { readonly kind: 'same' }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly title: string;
      readonly hint: string;
      /** The input that it is about. */
      readonly field?: string;
      /** What a new sign-in has to be like, where that is all that it lacks. */
      readonly signIn?: { readonly asked: AskedSignIn; readonly found: SignIn | null };
    };

const MINUTE = 60_000;
const iso = (at: Instant): string => new Date(at).toISOString();
const refused = (code: string, title: string, hint: string): Step => ({ kind: 'refused', code, title, hint });
const SAME: Step = { kind: 'same' };

type Opening = Omit<
  Grant,
  'phase' | 'approvals' | 'note' | 'lapsesAt' | 'role' | 'activatedAt' | 'expiresAt' | 'told' | 'end' | 'reviewedAt'
> & { readonly requestMinutes: number; readonly auth?: SignIn | null };

/**
 * A new request; whether its sign-in is enough was asked before ({@link stale}). Alone, it is approved at once by the
 * engineer's own act, which is a record of its own.
 */
export function opened(opening: Opening): { grant: Grant; records: readonly NewCollectorRecord[] } {
  const { requestMinutes, auth, ...asked } = opening;
  const { by, createdAt } = asked;
  const base: Grant = {
    ...asked,
    phase: 'requested',
    approvals: [],
    note: null,
    lapsesAt: createdAt + requestMinutes * MINUTE,
    role: null,
    activatedAt: null,
    expiresAt: null,
    told: false,
    end: null,
    reviewedAt: null,
  };
  const request: NewCollectorRecord = {
    typ: 'request',
    gid: base.id,
    t: iso(createdAt),
    by,
    dev: base.jkt,
    target: base.target.id,
    scope: base.scope.id,
    severity: base.severity,
    ticket: base.ticket,
    reason: base.reason,
    minutes: base.minutes,
    alone: base.alone,
    policy: base.policy,
    ...(base.alone || !needsGroups(base) ? {} : { approvals: [...requirementsOf(base)] }),
    ...(base.stepUp === undefined ? {} : { step_up: base.stepUp }),
    ...known(auth),
  };
  if (!base.alone) return { grant: base, records: [request] };
  const approvals = [{ sub: by.sub, name: by.name, alone: true, at: iso(createdAt) }];
  const lapsesAt = createdAt + base.activateMinutes * MINUTE;
  return {
    grant: { ...base, phase: 'approved', approvals, lapsesAt },
    records: [request, decided(base, createdAt, by, 'approved', null, known(auth))],
  };
}

function decided(
  grant: Grant,
  at: Instant,
  by: Actor | null,
  decision: 'approved' | 'denied' | 'withdrawn' | 'lapsed',
  note: string | null,
  given: Partial<Extract<NewCollectorRecord, { typ: 'decision' }>> = {},
): NewCollectorRecord {
  return { typ: 'decision', gid: grant.id, t: iso(at), by, decision, note, ...given };
}

export function next(grant: Grant, event: GrantEvent): Step {
  switch (event.type) {
    case 'approve':
      return approve(grant, event);
    case 'deny':
      return close(grant, event.at, 'denied', event.by, event.note);
    case 'withdraw':
      return close(grant, event.at, 'withdrawn', event.by, null);
    case 'lapse':
      if (!isOpen(grant) || event.at < grant.lapsesAt) return SAME;
      return close(grant, event.at, 'lapsed', null, null);
    case 'activate':
      return activate(grant, event);
    case 'activated':
      return activated(grant, event);
    case 'end':
      return end(grant, event);
    case 'stop':
      return stop(grant, event);
    case 'gone':
      return gone(grant, event);
    case 'reviewed':
      return reviewed(grant, event);
    default:
      return nextChange(grant, event);
  }
}

/** Not active yet, and not closed: can still be answered, withdrawn, or lapse. */
export const isOpen = (grant: Grant): boolean => grant.phase === 'requested' || grant.phase === 'approved';

const SAID: Readonly<Record<Phase, string>> = {
  requested: 'is waiting for an approval',
  approved: 'is approved',
  activating: 'is being activated',
  active: 'is active',
  ending: 'is ending',
  expired: 'has expired',
  handed_back: 'was handed back',
  revoked: 'was revoked',
  failed: 'failed',
  denied: 'was denied',
  withdrawn: 'was withdrawn',
  lapsed: 'has lapsed',
};
const tooLate = (grant: Grant): Step =>
  refused('too_late', `This request ${SAID[grant.phase]}`, 'Nothing was changed. A new request can be sent.');

function approve(grant: Grant, event: Approve): Step {
  const { at, by, note } = event;
  if (by.sub === grant.by.sub)
    return refused(
      'own_request',
      'You cannot approve your own request',
      'Somebody else with the role approver has to.',
    );
  const weighed = weigh(grant, event);
  if (grant.approvals.some((approval) => approval.sub === by.sub) && !isEnded(grant.phase))
    return weighed.kind === 'given' && weighed.narrows ? givenAlready : SAME;
  if (grant.phase !== 'requested' || at >= grant.lapsesAt) return tooLate(grant);
  if (event.digest !== undefined && event.digest !== digestOf(grant)) return changedMeanwhile;
  const why = notCounting(grant, event);
  if (why !== null) return refused('does_not_count', why, 'Ask one of those who are still missing to approve.');
  if (weighed.kind === 'refused') return weighed;
  const again = stale(grant, 'approver', event);
  if (again !== null) return again;
  const { approval, minutes, scope, record, enough } = weighed;
  return {
    kind: 'moved',
    grant: {
      ...grant,
      ...(weighed.narrows
        ? { minutes, scope, asked: grant.asked ?? { minutes: grant.minutes, scope: grant.scope } }
        : {}),
      approvals: [...grant.approvals, approval],
      note: note ?? grant.note,
      ...(enough ? { phase: 'approved', lapsesAt: at + grant.activateMinutes * MINUTE } : {}),
    },
    records: [decided(grant, at, by, 'approved', note, { ...record, ...known(event.auth) })],
  };
}
const givenAlready = refused(
  'already_approved',
  'You have approved this request already',
  'Your approval stands as it was given. To take it back, deny the request while nobody has started.',
);
const changedMeanwhile = refused(
  'request_changed',
  'This request is no longer the one that you looked at',
  'Nothing was approved. Look at what it is now, then answer.',
);

function close(
  grant: Grant,
  at: Instant,
  phase: 'denied' | 'withdrawn' | 'lapsed',
  by: Actor | null,
  note: string | null,
): Step {
  if (grant.phase === phase) return SAME;
  if (!isOpen(grant)) return tooLate(grant);
  if (phase === 'denied' && by?.sub === grant.by.sub)
    return refused('own_request', 'You cannot deny your own request', 'Withdraw it instead.');
  return {
    kind: 'moved',
    grant: { ...grant, phase, note: note ?? grant.note },
    records: [decided(grant, at, by, phase, note)],
  };
}

function activate(grant: Grant, event: Extract<GrantEvent, { type: 'activate' }>): Step {
  if (grant.phase === 'requested')
    return refused('not_approved', 'This request is not approved yet', 'Wait for an approver.');
  if (grant.activatedAt !== null || grant.phase === 'activating')
    return refused(
      'already_activated',
      'The credentials of this grant were told already, once',
      'Hand it back and ask again.',
    );
  if (grant.phase !== 'approved' || event.at >= grant.lapsesAt) return tooLate(grant);
  const again = stale(grant, 'engineer', event);
  if (again !== null) return again;
  const { at, role, expiresAt, jws, by, auth } = event;
  return {
    kind: 'moved',
    grant: { ...grant, phase: 'activating', role, activatedAt: at, expiresAt },
    records: [{ typ: 'grant', gid: grant.id, t: iso(at), jws, ...(by === undefined ? {} : { by, ...known(auth) }) }],
  };
}

function activated(grant: Grant, { at, role, tables }: Extract<GrantEvent, { type: 'activated' }>): Step {
  const { expiresAt } = grant;
  if (grant.phase !== 'activating' || grant.role !== role || expiresAt === null || at >= expiresAt)
    return refused('ended_meanwhile', `This grant ${SAID[grant.phase]}`, 'Its role was removed again. Ask once more.');
  return {
    kind: 'moved',
    grant: { ...grant, phase: 'active', told: true },
    records: [{ typ: 'activation', gid: grant.id, t: iso(at), role, tables, until: iso(expiresAt), verified: true }],
  };
}

function end(grant: Grant, { at, why, by }: Extract<GrantEvent, { type: 'end' }>): Step {
  if (grant.phase === 'ending' || grant.end !== null) return SAME;
  if (grant.phase !== 'activating' && grant.phase !== 'active')
    return refused('not_active', `This request ${SAID[grant.phase]}`, 'There is nothing to end.');
  const { expiresAt } = grant;
  if (why === 'expired' && (expiresAt === null || at < expiresAt)) return SAME;
  // What comes after the deadline, the deadline ended: nobody can hand back what has expired.
  const late = expiresAt !== null && at >= expiresAt && why !== 'failed';
  return {
    kind: 'moved',
    grant: {
      ...grant,
      phase: 'ending',
      end: {
        why: late ? 'expired' : why,
        by: late ? null : by,
        at: late ? expiresAt : at,
        goneMs: null,
        terminated: 0,
      },
    },
    records: [],
  };
}

/** The note is for the engineer; why it was stopped stands in the stop's own record, for reviewers. */
function stop(grant: Grant, { at, by }: Extract<GrantEvent, { type: 'stop' }>): Step {
  if (grant.phase === 'activating' || grant.phase === 'active')
    return end(grant, { type: 'end', at, why: 'revoked', by });
  if (!isOpen(grant)) return SAME;
  return close(grant, at, by.sub === grant.by.sub ? 'withdrawn' : 'denied', by, `Stopped by ${by.name}.`);
}

function gone(grant: Grant, { at, terminated }: Extract<GrantEvent, { type: 'gone' }>): Step {
  if (grant.phase !== 'ending' || grant.end === null) return SAME;
  const goneMs = Math.max(0, Math.round(at - grant.end.at));
  const { why, by } = grant.end;
  const over = endedWithGrant(grant, at);
  return {
    kind: 'moved',
    grant: { ...over.grant, phase: why, end: { ...grant.end, goneMs, terminated } },
    records: [...over.records, { typ: 'revoked', gid: grant.id, t: iso(at), by, why, gone_ms: goneMs, terminated }],
  };
}

function reviewed(grant: Grant, event: Extract<GrantEvent, { type: 'reviewed' }>): Step {
  const { at, by, outcome, note, verdicts, seen } = event;
  if (grant.end === null || grant.end.goneMs === null)
    return refused('still_live', `This grant ${SAID[grant.phase]}`, 'It can be signed off after it has ended.');
  if (by.sub === grant.by.sub)
    return refused('own_grant', 'You cannot sign off your own access', 'Another reviewer has to read it.');
  return {
    kind: 'moved',
    grant: { ...grant, reviewedAt: at },
    records: [{ typ: 'review', gid: grant.id, t: iso(at), by, outcome, note, verdicts: { ...verdicts }, seen }],
  };
}

/** When the review of a grant is due; null where none becomes due. From its end on, or from its deadline while it lives. */
export function reviewDueAt(grant: Grant): Instant | null {
  if (grant.reviewHours === null || !grant.told) return null;
  const from = grant.end?.at ?? grant.expiresAt;
  return from === null ? null : from + grant.reviewHours * 60 * MINUTE;
}

export function reviewState(grant: Grant, now: Instant): 'none' | 'due' | 'overdue' | 'signed' {
  if (grant.reviewedAt !== null) return 'signed';
  const due = reviewDueAt(grant);
  if (due === null) return 'none';
  return grant.end !== null && due <= now ? 'overdue' : 'due';
}

/** The state as everyone outside sees it. While a role is being made access is not there yet; while it is taken, it is over. */
export function stateOf(grant: Grant): GrantState {
  if (grant.phase === 'activating') return 'approved';
  if (grant.phase === 'ending') return grant.end?.why ?? 'failed';
  return grant.phase;
}
