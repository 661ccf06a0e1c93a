/**
 * The life of a change of a live grant, beside `machine.ts` and as pure: its deadline moves (an extension), or it may write
 * for some minutes (an elevation). No change outlives its grant, and nothing leads from an ended one back. (I3, I6)
 *
 * asked → approved → making → made (an extension)
 *   │        │          └→ in_force → ending → over (an elevation; from making as well)
 *   └→ denied | withdrawn | lapsed          making → failed (an extension that the database did not take)
 */

import type { ChangeEnd, ChangeKind } from '../../shared/api-change.ts';
import { counts, missing, type Requirement, requirementWords } from '../../shared/approvals.ts';
import type { Scope } from '../../shared/grants.ts';
import type { SignIn } from '../../shared/step-up.ts';
import type { NewCollectorRecord } from '../ledger/index.ts';
import type { GivenApproval } from './approving.ts';
import type { Actor, Grant, Instant, Step } from './machine.ts';
import { known, stale } from './sign-in.ts';

export type ChangePhase =
  | 'asked'
  | 'approved'
  | 'making'
  | 'in_force'
  | 'ending'
  | 'made'
  | 'over'
  | 'denied'
  | 'withdrawn'
  | 'lapsed'
  | 'failed';

/** Everything known about one change; plain JSON, inside its grant. */
export interface Change {
  readonly id: string;
  readonly kind: ChangeKind;
  readonly phase: ChangePhase;
  readonly by: Actor;
  readonly minutes: number;
  readonly reason: string;
  /** What an elevation adds; null for an extension. */
  readonly scope: Scope | null;
  readonly alone: boolean;
  readonly policy: string;
  readonly requirements: readonly Requirement[];
  readonly approvals: readonly GivenApproval[];
  readonly note: string | null;
  readonly askedAt: Instant;
  readonly lapsesAt: Instant;
  /** When its making began. */
  readonly from: Instant | null;
  /** End of an elevation; the new deadline of an extension. */
  readonly until: Instant | null;
  readonly jws: string | null;
  readonly end: { readonly why: ChangeEnd; readonly by: Actor | null; readonly at: Instant } | null;
}

export type ChangeEvent =
  | {
      readonly type: 'change';
      readonly at: Instant;
      readonly change: Pick<
        Change,
        'id' | 'kind' | 'by' | 'minutes' | 'reason' | 'scope' | 'alone' | 'policy' | 'requirements' | 'lapsesAt'
      >;
      /** How often the policy lets this grant be extended. */
      readonly mostExtensions: number;
      readonly auth?: SignIn | null;
    }
  | {
      readonly type: 'change_approve';
      readonly at: Instant;
      readonly id: string;
      readonly by: Actor;
      readonly groups: readonly string[];
      readonly note: string | null;
      readonly auth?: SignIn | null;
    }
  | {
      readonly type: 'change_deny' | 'change_withdraw';
      readonly at: Instant;
      readonly id: string;
      readonly by: Actor;
      readonly note: string | null;
    }
  | { readonly type: 'change_lapse'; readonly at: Instant; readonly id: string }
  /** It is signed; nothing on the target has changed yet. */
  | {
      readonly type: 'change_make';
      readonly at: Instant;
      readonly id: string;
      readonly until: Instant;
      readonly jws: string;
    }
  /** The database has it, and was asked. */
  | { readonly type: 'change_made'; readonly at: Instant; readonly id: string; readonly tables: number }
  /** An elevation ends, or what was being made is given up. */
  | {
      readonly type: 'change_end';
      readonly at: Instant;
      readonly id: string;
      readonly why: ChangeEnd;
      readonly by: Actor | null;
    }
  /** The privileges are gone, and whatever was done under them and not committed. */
  | { readonly type: 'change_gone'; readonly at: Instant; readonly id: string; readonly terminated: number };

const iso = (at: Instant): string => new Date(at).toISOString();
const refused = (code: string, title: string, hint: string): Step => ({ kind: 'refused', code, title, hint });
const SAME: Step = { kind: 'same' };

const CLOSED: readonly ChangePhase[] = ['made', 'over', 'denied', 'withdrawn', 'lapsed', 'failed'];
/** Not over yet: waits, is being made, or is in force. */
export const isOpenChange = ({ phase }: Pick<Change, 'phase'>): boolean => !CLOSED.includes(phase);
export const changesOf = (grant: Pick<Grant, 'changes'>): readonly Change[] => grant.changes ?? [];
export const changeOf = (grant: Pick<Grant, 'changes'>, id: string): Change | undefined =>
  changesOf(grant).find((change) => change.id === id);
/** Extensions that moved the deadline, or may still. */
export const extensionsOf = (grant: Pick<Grant, 'changes'>): number =>
  changesOf(grant).filter((change) => change.kind === 'extend' && (change.phase === 'made' || isOpenChange(change)))
    .length;

const SAID: Readonly<Record<ChangePhase, string>> = {
  asked: 'is waiting for an approval',
  approved: 'is approved',
  making: 'is being made',
  in_force: 'is in force',
  ending: 'is ending',
  made: 'was made',
  over: 'is over',
  denied: 'was denied',
  withdrawn: 'was withdrawn',
  lapsed: 'has lapsed',
  failed: 'could not be made',
};
const tooLate = ({ phase }: Change): Step =>
  refused('too_late', `This change ${SAID[phase]}`, 'Nothing was changed. It can be asked for again.');

/** Live: its role is there and its deadline has not come. */
const isLive = (grant: Grant, at: Instant): boolean =>
  grant.phase === 'active' && grant.expiresAt !== null && at < grant.expiresAt;
const notLive = refused('not_active', 'The grant has ended', 'Nothing was changed. A new request can be sent.');

export function nextChange(grant: Grant, event: ChangeEvent): Step {
  if (event.type === 'change') return ask(grant, event);
  const change = changeOf(grant, event.id);
  if (change === undefined) return refused('not_found', 'There is no such change', 'Check the address.');
  switch (event.type) {
    case 'change_approve':
      return approve(grant, change, event);
    case 'change_deny':
      if (event.by.sub === grant.by.sub)
        return refused('own_request', 'You cannot deny your own request', 'Withdraw it instead.');
      return close(grant, change, event, 'denied');
    case 'change_withdraw':
      return close(grant, change, event, 'withdrawn');
    case 'change_lapse':
      if (event.at < change.lapsesAt || (change.phase !== 'asked' && change.phase !== 'approved')) return SAME;
      return close(grant, change, { ...event, by: null, note: null }, 'lapsed');
    case 'change_make':
      return make(grant, change, event);
    case 'change_made':
      return made(grant, change, event);
    case 'change_end':
      return end(grant, change, event);
    case 'change_gone':
      return gone(grant, change, event);
  }
}

function withChange(grant: Grant, change: Change): Grant {
  const others = changesOf(grant).filter(({ id }) => id !== change.id);
  return { ...grant, changes: [...others, change] };
}
const moved = (grant: Grant, change: Change, ...records: NewCollectorRecord[]): Step => ({
  kind: 'moved',
  grant: withChange(grant, change),
  records,
});

function decided(
  grant: Grant,
  change: Change,
  at: Instant,
  by: Actor | null,
  decision: 'approved' | 'denied' | 'withdrawn' | 'lapsed',
  note: string | null,
  groups: readonly string[] = [],
): NewCollectorRecord {
  const named = new Set(change.requirements.flatMap((one) => one.groups ?? []));
  const counted = groups.filter((group) => named.has(group));
  return {
    typ: 'decision',
    gid: grant.id,
    t: iso(at),
    by,
    decision,
    note,
    of: change.id,
    ...(counted.length > 0 ? { groups: counted } : {}),
  };
}

function ask(grant: Grant, event: Extract<ChangeEvent, { type: 'change' }>): Step {
  const { at, change: asked, mostExtensions, auth } = event;
  if (!isLive(grant, at)) return notLive;
  if (changeOf(grant, asked.id) !== undefined) return SAME;
  const before = changesOf(grant).find((change) => change.kind === asked.kind && isOpenChange(change));
  if (before !== undefined)
    return refused('change_open', `One that was asked for before ${SAID[before.phase]}`, 'End or withdraw it first.');
  if (asked.kind === 'extend' && extensionsOf(grant) >= mostExtensions)
    return refused(
      'no_more_extensions',
      mostExtensions === 0
        ? `The policy does not let a grant at ${grant.severity} be extended`
        : `This grant was extended ${mostExtensions === 1 ? 'once' : `${mostExtensions} times`}, as often as the policy allows`,
      'Hand back and ask again if you need more time.',
    );
  const again = stale(grant, 'engineer', event);
  if (again !== null) return again;
  const { id, kind, by, minutes, reason, scope, alone, policy, requirements } = asked;
  const change: Change = {
    ...asked,
    phase: 'asked',
    approvals: [],
    note: null,
    askedAt: at,
    from: null,
    until: null,
    jws: null,
    end: null,
  };
  const record: NewCollectorRecord = {
    typ: 'change',
    gid: grant.id,
    t: iso(at),
    by,
    dev: grant.jkt,
    id,
    kind,
    minutes,
    reason,
    scope,
    alone,
    policy,
    approvals: [...requirements],
    ...known(auth),
  };
  if (!alone) return moved(grant, change, record);
  const approvals = [{ sub: by.sub, name: by.name, alone: true, at: iso(at) }];
  const approved: Change = { ...change, phase: 'approved', approvals };
  return moved(grant, approved, record, { ...decided(grant, change, at, by, 'approved', null), ...known(auth) });
}

const givenBy = (change: Change) => change.approvals.map(({ sub, groups = [] }) => ({ sub, groups }));
export const missingOfChange = (change: Change): readonly Requirement[] =>
  missing(change.requirements, givenBy(change));
/** Why an approval by this person would bring the change no nearer; null where it counts. */
export function changeNotCounting(
  change: Change,
  by: { readonly sub: string; readonly groups: readonly string[] },
): string | null {
  if (by.sub === change.by.sub) return 'You cannot approve your own request';
  if (counts(change.requirements, givenBy(change), by)) return null;
  return `Your approval would not count: still missing is ${requirementWords(missingOfChange(change))}`;
}

function approve(grant: Grant, change: Change, event: Extract<ChangeEvent, { type: 'change_approve' }>): Step {
  const { at, by, groups, note } = event;
  if (by.sub === grant.by.sub)
    return refused(
      'own_request',
      'You cannot approve your own request',
      'Somebody else with the role approver has to.',
    );
  if (!isLive(grant, at)) return notLive;
  if (change.approvals.some(({ sub }) => sub === by.sub) && isOpenChange(change)) return SAME;
  if (change.phase !== 'asked' || at >= change.lapsesAt) return tooLate(change);
  const why = changeNotCounting(change, { sub: by.sub, groups });
  if (why !== null) return refused('does_not_count', why, 'Ask one of those who are still missing to approve.');
  const again = stale(grant, 'approver', event);
  if (again !== null) return again;
  const approval: GivenApproval = { sub: by.sub, name: by.name, alone: false, at: iso(at), groups };
  const given: Change = { ...change, approvals: [...change.approvals, approval], note: note ?? change.note };
  const enough = missingOfChange(given).length === 0;
  const record = { ...decided(grant, change, at, by, 'approved', note, groups), ...known(event.auth) };
  return moved(grant, { ...given, phase: enough ? 'approved' : 'asked' }, record);
}

function close(
  grant: Grant,
  change: Change,
  { at, by, note }: { readonly at: Instant; readonly by: Actor | null; readonly note: string | null },
  phase: 'denied' | 'withdrawn' | 'lapsed',
): Step {
  if (change.phase === phase) return SAME;
  if (change.phase !== 'asked' && change.phase !== 'approved') return tooLate(change);
  return moved(grant, { ...change, phase, note: note ?? change.note }, decided(grant, change, at, by, phase, note));
}

function make(grant: Grant, change: Change, event: Extract<ChangeEvent, { type: 'change_make' }>): Step {
  const { at, until, jws } = event;
  if (!isLive(grant, at)) return notLive;
  if (change.phase !== 'approved' || at >= change.lapsesAt) return tooLate(change);
  const making: Change = { ...change, phase: 'making', from: at, until, jws };
  return change.kind === 'extend'
    ? moved(grant, making, { typ: 'grant', gid: grant.id, t: iso(at), jws })
    : moved(grant, making, { typ: 'elevation', gid: grant.id, t: iso(at), of: change.id, jws });
}

function made(grant: Grant, change: Change, event: Extract<ChangeEvent, { type: 'change_made' }>): Step {
  const { at, tables } = event;
  const { until } = change;
  if (change.phase !== 'making' || until === null) return tooLate(change);
  if (!isLive(grant, at) || at >= until) return notLive;
  const { id, kind } = change;
  const record: NewCollectorRecord = {
    typ: 'change.made',
    gid: grant.id,
    t: iso(at),
    of: id,
    kind,
    tables,
    until: iso(until),
  };
  if (kind === 'elevate') return moved(grant, { ...change, phase: 'in_force' }, record);
  // Never backwards: an extension that took long must not cut what another one gave.
  const expiresAt = Math.max(grant.expiresAt ?? until, until);
  return moved({ ...grant, expiresAt }, { ...change, phase: 'made' }, record);
}

function end(grant: Grant, change: Change, event: Extract<ChangeEvent, { type: 'change_end' }>): Step {
  const { at, why, by } = event;
  if (change.phase === 'ending' || change.end !== null) return SAME;
  if (change.phase !== 'making' && change.phase !== 'in_force')
    return refused('not_in_force', `This change ${SAID[change.phase]}`, 'There is nothing to end.');
  if (why === 'expired' && (change.until === null || at < change.until)) return SAME;
  // Whatever comes after its end, time ended it.
  const late = change.phase === 'in_force' && change.until !== null && at >= change.until;
  const ended = { why: late ? ('expired' as const) : why, by: late ? null : by, at: late ? (change.until ?? at) : at };
  const closing: Change = { ...change, end: ended };
  // An extension that was not made has changed nothing that would have to be taken back but a date in the database,
  // which no login and no session outlives.
  if (change.kind === 'extend') return moved(grant, { ...closing, phase: 'failed' }, endRecord(grant, closing, at, 0));
  return moved(grant, { ...closing, phase: 'ending' });
}

function endRecord(grant: Grant, change: Change, at: Instant, terminated: number): NewCollectorRecord {
  const { id, kind, end } = change;
  return {
    typ: 'change.end',
    gid: grant.id,
    t: iso(at),
    of: id,
    kind,
    by: end?.by ?? null,
    why: end?.why ?? 'failed',
    gone_ms: Math.max(0, Math.round(at - (end?.at ?? at))),
    terminated,
  };
}

function gone(grant: Grant, change: Change, event: Extract<ChangeEvent, { type: 'change_gone' }>): Step {
  if (change.phase !== 'ending') return SAME;
  return moved(grant, { ...change, phase: 'over' }, endRecord(grant, change, event.at, event.terminated));
}

/**
 * With the grant every change of it is over: its role is gone, and with it the privileges. Answers with the grant and the
 * records of that.
 */
export function endedWithGrant(grant: Grant, at: Instant): { grant: Grant; records: readonly NewCollectorRecord[] } {
  const records: NewCollectorRecord[] = [];
  const changes = changesOf(grant).map((change): Change => {
    if (!isOpenChange(change)) return change;
    if (change.phase === 'asked' || change.phase === 'approved') {
      records.push(decided(grant, change, at, null, 'lapsed', null));
      return { ...change, phase: 'lapsed' };
    }
    const end = change.end ?? { why: grant.end?.why ?? 'failed', by: grant.end?.by ?? null, at: grant.end?.at ?? at };
    const ended: Change = { ...change, end, phase: change.kind === 'extend' ? 'failed' : 'over' };
    records.push(endRecord(grant, ended, at, 0));
    return ended;
  });
  return records.length === 0 ? { grant, records } : { grant: { ...grant, changes }, records };
}
