import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, on, scopeOf } from '../targets/testing.ts';
import {
  ENDED,
  type Grant,
  type GrantEvent,
  isEnded,
  next,
  opened,
  reviewDueAt,
  reviewState,
  stateOf,
} from './machine.ts';

const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const amira = { sub: 'amira', name: 'Amira Haddad', idt: null };
const lina = { sub: 'lina', name: 'Li Na', idt: null };
const ingrid = { sub: 'ingrid', name: 'Ingrid Solheim', idt: null };
const omar = { sub: 'omar', name: 'Omar', idt: null };

function asked(changes: Partial<Parameters<typeof opened>[0]> = {}) {
  return opened({
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    by: amira,
    jkt: 'k'.repeat(43),
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: scopeOf('read', on('orders', { select: '*' })),
    severity: 'SEV2',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: 30,
    alone: false,
    limits,
    policy: 'p'.repeat(43),
    approvalsNeeded: 1,
    reviewHours: 24,
    requestMinutes: 30,
    activateMinutes: 15,
    createdAt: T0,
    ...changes,
  });
}

const EVENTS = {
  approve: { type: 'approve', at: T0 + 1, by: lina, note: null },
  deny: { type: 'deny', at: T0 + 1, by: lina, note: 'no' },
  withdraw: { type: 'withdraw', at: T0 + 1, by: amira },
  lapse: { type: 'lapse', at: T0 + HOUR },
  activate: { type: 'activate', at: T0 + 2, role: 'r', expiresAt: T0 + 30 * MINUTE, jws: 'j' },
  activated: { type: 'activated', at: T0 + 3, role: 'r', tables: 1 },
  expire: { type: 'end', at: T0 + 30 * MINUTE, why: 'expired', by: null },
  handBack: { type: 'end', at: T0 + 5, why: 'handed_back', by: amira },
  revoke: { type: 'end', at: T0 + 5, why: 'revoked', by: lina },
  fail: { type: 'end', at: T0 + 5, why: 'failed', by: null },
  stop: { type: 'stop', at: T0 + 5, by: lina },
  stopOwn: { type: 'stop', at: T0 + 5, by: amira },
  gone: { type: 'gone', at: T0 + 31 * MINUTE, terminated: 2 },
  reviewed: {
    type: 'reviewed',
    at: T0 + HOUR,
    by: ingrid,
    outcome: 'accepted',
    note: 'as announced',
    verdicts: {},
    seen: 9,
  },
} as const satisfies Record<string, GrantEvent>;
type EventName = keyof typeof EVENTS;

/** Applies events one after the other; what is refused or known changes nothing. */
const following = (grant: Grant, ...names: readonly EventName[]): Grant =>
  names.reduce((now, name) => {
    const step = next(now, EVENTS[name]);
    return step.kind === 'moved' ? step.grant : now;
  }, grant);
const requested = asked().grant;
const PHASES = {
  requested,
  approved: following(requested, 'approve'),
  activating: following(requested, 'approve', 'activate'),
  active: following(requested, 'approve', 'activate', 'activated'),
  ending: following(requested, 'approve', 'activate', 'activated', 'handBack'),
  handed_back: following(requested, 'approve', 'activate', 'activated', 'handBack', 'gone'),
  expired: following(requested, 'approve', 'activate', 'activated', 'expire', 'gone'),
  revoked: following(requested, 'approve', 'activate', 'activated', 'revoke', 'gone'),
  failed: following(requested, 'approve', 'activate', 'fail', 'gone'),
  denied: following(requested, 'deny'),
  withdrawn: following(requested, 'withdraw'),
  lapsed: following(requested, 'lapse'),
} as const;

/** Rows: phase; columns: event → next phase, `same`, or the code of the refusal. */
const TABLE: Record<keyof typeof PHASES, Record<EventName, string>> = (() => {
  const row = (...cells: string[]): Record<EventName, string> =>
    // One cell for each event, in their order.
    Object.fromEntries(Object.keys(EVENTS).map((name, i) => [name, cells[i]])) as Record<EventName, string>;
  const na = 'not_active';
  const late = 'too_late';
  const told = 'already_activated';
  const over = 'ended_meanwhile';
  // biome-ignore format: a table is read in columns
  return {
    //               approve     deny      withdraw     lapse     activate         activated  expire    handBack  revoke    fail      stop       stopOwn       gone           reviewed
    requested:   row('approved', 'denied', 'withdrawn', 'lapsed', 'not_approved',  over,      na,       na,       na,       na,       'denied',  'withdrawn',  'same',        'still_live'),
    approved:    row('same',     'denied', 'withdrawn', 'lapsed', 'activating',    over,      na,       na,       na,       na,       'denied',  'withdrawn',  'same',        'still_live'),
    activating:  row('same',     late,     late,        'same',   told,            'active',  'ending', 'ending', 'ending', 'ending', 'ending',  'ending',     'same',        'still_live'),
    active:      row('same',     late,     late,        'same',   told,            over,      'ending', 'ending', 'ending', 'ending', 'ending',  'ending',     'same',        'still_live'),
    ending:      row('same',     late,     late,        'same',   told,            over,      'same',   'same',   'same',   'same',   'same',    'same',       'handed_back', 'still_live'),
    handed_back: row(late,       late,     late,        'same',   told,            over,      'same',   'same',   'same',   'same',   'same',    'same',       'same',        'handed_back'),
    expired:     row(late,       late,     late,        'same',   told,            over,      'same',   'same',   'same',   'same',   'same',    'same',       'same',        'expired'),
    revoked:     row(late,       late,     late,        'same',   told,            over,      'same',   'same',   'same',   'same',   'same',    'same',       'same',        'revoked'),
    failed:      row(late,       late,     late,        'same',   told,            over,      'same',   'same',   'same',   'same',   'same',    'same',       'same',        'failed'),
    denied:      row(late,       'same',   late,        'same',   late,            over,      na,       na,       na,       na,       'same',    'same',       'same',        'still_live'),
    withdrawn:   row(late,       late,     'same',      'same',   late,            over,      na,       na,       na,       na,       'same',    'same',       'same',        'still_live'),
    lapsed:      row(late,       late,     late,        'same',   late,            over,      na,       na,       na,       na,       'same',    'same',       'same',        'still_live'),
  };
})();

describe('the life of a grant', () => {
  it('reaches every phase of the table', () => {
    for (const [phase, grant] of Object.entries(PHASES)) expect(grant.phase).toBe(phase);
  });

  const cells = Object.entries(TABLE).flatMap(([phase, row]) =>
    Object.entries(row).map(([event, expected]) => [phase, event, expected] as const),
  );
  it.each(cells)('%s + %s → %s', (phase, event, expected) => {
    // Both names come from the tables above.
    const step = next(PHASES[phase as keyof typeof PHASES], EVENTS[event as EventName]);
    const got = step.kind === 'moved' ? step.grant.phase : step.kind === 'same' ? 'same' : step.code;
    expect(got).toBe(expected);
  });

  it('starts approved where the engineer breaks the glass alone, with both records (I4)', () => {
    const { grant, records } = asked({ alone: true, approvalsNeeded: 0 });
    expect(grant.phase).toBe('approved');
    expect(grant.approvals).toEqual([
      { sub: 'amira', name: 'Amira Haddad', alone: true, at: '2026-11-23T14:00:00.000Z' },
    ]);
    expect(records.map((record) => record.typ)).toEqual(['request', 'decision']);
  });

  it('waits for as many approvals of different people as policy wants', () => {
    const two = asked({ approvalsNeeded: 2 }).grant;
    const once = following(two, 'approve', 'approve');
    expect([once.phase, once.approvals.length]).toEqual(['requested', 1]);
    const step = next(once, { type: 'approve', at: T0 + 2, by: omar, note: null });
    expect(step.kind === 'moved' && step.grant.phase).toBe('approved');
  });

  it('lets nobody approve or deny their own request', () => {
    for (const type of ['approve', 'deny'] as const)
      expect(next(requested, { type, at: T0, by: amira, note: null })).toMatchObject({ code: 'own_request' });
  });

  it('refuses an approval and an activation at the very millisecond of the lapse (I3)', () => {
    expect(next(requested, { ...EVENTS.approve, at: requested.lapsesAt })).toMatchObject({ code: 'too_late' });
    expect(next(requested, { ...EVENTS.approve, at: requested.lapsesAt - 1 }).kind).toBe('moved');
    const { approved } = PHASES;
    expect(next(approved, { ...EVENTS.activate, at: approved.lapsesAt })).toMatchObject({ code: 'too_late' });
  });

  it('does not expire one millisecond before the deadline, and calls every later end expired (I3)', () => {
    const { active } = PHASES;
    const deadline = T0 + 30 * MINUTE;
    expect(next(active, { ...EVENTS.expire, at: deadline - 1 }).kind).toBe('same');
    const late = next(active, { ...EVENTS.handBack, at: deadline + 700 });
    expect(late).toMatchObject({ grant: { end: { why: 'expired', at: deadline, by: null } } });
  });

  it('does not become active after its deadline, whatever took so long (I3)', () => {
    expect(next(PHASES.activating, { ...EVENTS.activated, at: T0 + 30 * MINUTE })).toMatchObject({ kind: 'refused' });
  });

  it('records how long the role took to go', () => {
    expect(next(PHASES.ending, { ...EVENTS.gone, at: T0 + 5 + 180 })).toMatchObject({
      records: [{ typ: 'revoked', why: 'handed_back', gone_ms: 180, terminated: 2, by: amira }],
    });
  });

  it('counts the review from the end, and only of grants whose credentials were told', () => {
    const { handed_back: ended, failed, active } = PHASES;
    expect(reviewDueAt(ended)).toBe(T0 + 5 + 24 * HOUR);
    expect([reviewState(ended, T0 + HOUR), reviewState(ended, T0 + 25 * HOUR)]).toEqual(['due', 'overdue']);
    expect(reviewState(following(ended, 'reviewed'), T0 + 25 * HOUR)).toBe('signed');
    expect(reviewState(failed, T0 + 99 * HOUR)).toBe('none');
    expect(reviewState(active, T0 + HOUR)).toBe('due');
  });

  it('is not signed off by the engineer themselves', () => {
    expect(next(PHASES.expired, { ...EVENTS.reviewed, by: amira })).toMatchObject({ code: 'own_grant' });
  });

  it('shows the outside no access before the role is verified, nor after the end was decided', () => {
    expect([stateOf(PHASES.activating), stateOf(PHASES.ending)]).toEqual(['approved', 'handed_back']);
  });

  it('never leads from an end back to access, under any order of events, repeats and clock jumps (I3)', () => {
    const someone = fc.constantFrom(amira, lina, omar);
    const at = fc.integer({ min: T0 - HOUR, max: T0 + 3 * HOUR });
    const event: fc.Arbitrary<GrantEvent> = fc.oneof(
      fc.record({ type: fc.constant('approve' as const), at, by: someone, note: fc.constant(null) }),
      fc.record({ type: fc.constant('deny' as const), at, by: someone, note: fc.constant(null) }),
      fc.record({ type: fc.constant('withdraw' as const), at, by: someone }),
      fc.record({ type: fc.constant('lapse' as const), at }),
      fc.record({
        type: fc.constant('activate' as const),
        at,
        role: fc.constantFrom('r', 's'),
        expiresAt: at,
        jws: fc.constant('j'),
      }),
      fc.record({
        type: fc.constant('activated' as const),
        at,
        role: fc.constantFrom('r', 's'),
        tables: fc.constant(1),
      }),
      fc.record({
        type: fc.constant('end' as const),
        at,
        why: fc.constantFrom('expired', 'handed_back', 'revoked', 'failed'),
        by: fc.oneof(someone, fc.constant(null)),
      }),
      fc.record({ type: fc.constant('gone' as const), at, terminated: fc.constant(0) }),
      at.map((when) => ({ ...EVENTS.reviewed, at: when })),
    );
    fc.assert(
      fc.property(fc.boolean(), fc.array(event, { maxLength: 40 }), (alone, events) => {
        let { grant } = asked({ alone, approvalsNeeded: alone ? 0 : 1 });
        let ended = false;
        let activations = 0;
        let grants = 0;
        let ends = 0;
        for (const happened of events) {
          const step = next(grant, happened);
          if (step.kind !== 'moved') continue;
          const from = grant;
          grant = step.grant;
          grants += step.records.filter((record) => record.typ === 'grant').length;
          ends += step.records.filter((record) => record.typ === 'revoked').length;
          if (grant.phase === 'active' && from.phase !== 'active') {
            activations++;
            // Access only ever follows an approval by somebody else, or the engineer's own act where they went alone.
            expect(grant.approvals.some(({ sub }) => (sub === amira.sub) === alone)).toBe(true);
            expect(grants).toBe(1);
            expect(happened.at).toBeLessThan(grant.expiresAt ?? 0);
          }
          if (ended) expect(isEnded(grant.phase)).toBe(true);
          if (from.phase === 'ending') expect(ENDED).toContain(grant.phase);
          ended ||= isEnded(grant.phase);
        }
        expect(activations).toBeLessThanOrEqual(1);
        expect(ends).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3000 },
    );
  });
});
