import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, on, scopeOf } from '../targets/testing.ts';
import { type ChangeEvent, changeOf, changesOf, isOpenChange } from './change.ts';
import { dueChanges, wakeAt } from './change-due.ts';
import { type Grant, type GrantEvent, isEnded, next, opened } from './machine.ts';

const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const MINUTE = 60_000;
const amira = { sub: 'amira', name: 'Amira Haddad', idt: null };
const lina = { sub: 'lina', name: 'Li Na', idt: null };
const write = scopeOf('write', on('orders', { update: ['status'] }));

function live(): Grant {
  const { grant } = opened({
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    by: amira,
    jkt: 'k'.repeat(43),
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: scopeOf('read', on('orders', { select: '*' })),
    severity: 'SEV1',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: 30,
    alone: true,
    limits,
    policy: 'p'.repeat(43),
    approvalsNeeded: 1,
    reviewHours: 24,
    requestMinutes: 30,
    activateMinutes: 15,
    createdAt: T0,
  });
  const jws = 'j';
  const expiresAt = T0 + 30 * MINUTE;
  return following(
    grant,
    { type: 'activate', at: T0, role: 'r', expiresAt, jws },
    { type: 'activated', at: T0, role: 'r', tables: 1 },
  );
}
/** The grant after these events; those that are refused or have happened change nothing. */
const following = (grant: Grant, ...events: GrantEvent[]): Grant =>
  events.reduce((now, event) => {
    const step = next(now, event);
    return step.kind === 'moved' ? step.grant : now;
  }, grant);

const ask = (id: string, kind: 'extend' | 'elevate', at: number, alone = true): ChangeEvent => ({
  type: 'change',
  at,
  mostExtensions: 2,
  change: {
    id,
    kind,
    by: amira,
    minutes: 5,
    reason: 'it has to go on',
    scope: kind === 'elevate' ? write : null,
    alone,
    policy: 'p'.repeat(43),
    requirements: alone ? [] : [{ count: 1, groups: null }],
    lapsesAt: at + 10 * MINUTE,
  },
});
const make = (id: string, at: number, until: number): ChangeEvent => ({ type: 'change_make', at, id, until, jws: 'j' });
const made = (id: string, at: number): ChangeEvent => ({ type: 'change_made', at, id, tables: 1 });

describe('a change of a live grant', () => {
  it('is asked for, made and over, each step with its record', () => {
    const types = (grant: Grant, event: GrantEvent): string[] => {
      const step = next(grant, event);
      return step.kind === 'moved' ? step.records.map(({ typ }) => typ) : [step.kind];
    };
    let grant = live();
    const run = (event: GrantEvent): string[] => {
      const records = types(grant, event);
      grant = following(grant, event);
      return records;
    };
    expect(run(ask('a', 'elevate', T0 + 1))).toEqual(['change', 'decision']);
    expect(run(make('a', T0 + 2, T0 + 5 * MINUTE))).toEqual(['elevation']);
    expect(run(made('a', T0 + 3))).toEqual(['change.made']);
    expect(run({ type: 'change_end', at: T0 + 4 * MINUTE, id: 'a', why: 'expired', by: null })).toEqual(['same']);
    expect(run({ type: 'change_end', at: T0 + 4 * MINUTE, id: 'a', why: 'handed_back', by: amira })).toEqual([]);
    expect(run({ type: 'change_gone', at: T0 + 4 * MINUTE + 30, id: 'a', terminated: 0 })).toEqual(['change.end']);
    expect(run({ type: 'change_gone', at: T0 + 4 * MINUTE + 30, id: 'a', terminated: 0 })).toEqual(['same']);
    expect(changeOf(grant, 'a')?.phase).toBe('over');
  });

  it('is not approved by its own engineer, nor by an approval that does not count', () => {
    const grant = following(live(), ask('a', 'elevate', T0 + 1, false));
    const approve = (sub: string) =>
      next(grant, { type: 'change_approve', at: T0 + 2, id: 'a', by: { ...lina, sub }, groups: [], note: null });
    expect(approve('amira')).toMatchObject({ kind: 'refused', code: 'own_request' });
    expect(approve('lina')).toMatchObject({ kind: 'moved' });
  });

  it('names what is due, and when', () => {
    const made1 = following(live(), ask('a', 'elevate', T0 + 1), make('a', T0 + 2, T0 + 5 * MINUTE), made('a', T0 + 3));
    expect(wakeAt(made1)).toBe(T0 + 5 * MINUTE);
    expect(dueChanges(made1, T0 + 5 * MINUTE - 1)).toEqual([]);
    expect(dueChanges(made1, T0 + 5 * MINUTE)).toEqual([{ id: 'a', do: 'end' }]);
    const asked = following(live(), ask('a', 'extend', T0 + 1, false));
    expect(dueChanges(asked, T0 + 11 * MINUTE)).toEqual([{ id: 'a', do: 'lapse' }]);
    const making = following(live(), ask('a', 'extend', T0 + 1), make('a', T0 + 2, T0 + 35 * MINUTE));
    expect(dueChanges(making, T0 + MINUTE)).toEqual([{ id: 'a', do: 'fail' }]);
    expect(following(making, { type: 'change_end', at: T0 + MINUTE, id: 'a', why: 'failed', by: null }).expiresAt).toBe(
      T0 + 30 * MINUTE,
    );
  });
});

describe('under any order of events (I3)', () => {
  const anyId = fc.constantFrom('a', 'b', 'c');
  const anyAt = fc.integer({ min: -5, max: 80 }).map((minutes) => T0 + minutes * MINUTE);
  const anyEvent: fc.Arbitrary<GrantEvent> = fc.oneof(
    fc
      .tuple(anyId, fc.constantFrom('extend', 'elevate'), anyAt, fc.boolean())
      .map(([id, kind, at, alone]) => ask(id, kind as 'extend', at, alone)),
    fc
      .tuple(anyId, anyAt)
      .map(([id, at]): GrantEvent => ({ type: 'change_approve', at, id, by: lina, groups: [], note: null })),
    fc
      .tuple(anyId, anyAt, fc.integer({ min: 1, max: 5 }))
      .map(([id, at, minutes]) => make(id, at, at + minutes * MINUTE)),
    fc.tuple(anyId, anyAt).map(([id, at]) => made(id, at)),
    fc
      .tuple(anyId, anyAt, fc.constantFrom('expired', 'handed_back', 'revoked', 'failed'))
      .map(([id, at, why]): GrantEvent => ({ type: 'change_end', at, id, why: why as 'failed', by: null })),
    fc.tuple(anyId, anyAt).map(([id, at]): GrantEvent => ({ type: 'change_gone', at, id, terminated: 0 })),
    fc.tuple(anyId, anyAt).map(([id, at]): GrantEvent => ({ type: 'change_lapse', at, id })),
    fc
      .tuple(anyId, anyAt, fc.constantFrom('change_deny', 'change_withdraw'))
      .map(([id, at, type]) => ({ type: type as 'change_deny', at, id, by: lina, note: null })),
    anyAt.map((at): GrantEvent => ({ type: 'end', at, why: 'expired', by: null })),
    anyAt.map((at): GrantEvent => ({ type: 'end', at, why: 'revoked', by: lina })),
    anyAt.map((at): GrantEvent => ({ type: 'stop', at, by: lina })),
    anyAt.map((at): GrantEvent => ({ type: 'gone', at, terminated: 0 })),
  );

  it('nothing writes without a signed elevation, after its end, or without its grant', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let grant = live();
        let elevations = 0;
        let ends = 0;
        for (const event of events) {
          const step = next(grant, event);
          if (step.kind !== 'moved') continue;
          const was = grant;
          grant = step.grant;
          elevations += step.records.filter(({ typ }) => typ === 'elevation').length;
          ends += step.records.filter((record) => record.typ === 'change.end' && record.kind === 'elevate').length;
          for (const change of changesOf(grant)) {
            const before = changeOf(was, change.id);
            // What is closed stays closed.
            if (before !== undefined && !isOpenChange(before)) expect(change).toEqual(before);
            // Nothing comes into force after its end, or after the grant's.
            if (change.phase === 'in_force' && before?.phase !== 'in_force') {
              expect(event.at).toBeLessThan(change.until ?? 0);
              expect(event.at).toBeLessThan(was.expiresAt ?? 0);
              expect(before?.phase).toBe('making');
              expect(was.phase).toBe('active');
            }
          }
          // The deadline only moves with a signed extension, by no more than it gave, and never back.
          const moved = (grant.expiresAt ?? 0) - (was.expiresAt ?? 0);
          expect(moved).toBeGreaterThanOrEqual(0);
          if (moved > 0) expect(event.type).toBe('change_made');
          if (isEnded(grant.phase)) expect(changesOf(grant).filter(isOpenChange)).toEqual([]);
        }
        const open = changesOf(grant).filter(
          (change) => change.kind === 'elevate' && change.jws !== null && isOpenChange(change),
        );
        // Each signed elevation has its end on record, or is still to be ended.
        expect(ends + open.length).toBe(elevations);
        expect(changesOf(grant).filter(({ kind }) => kind === 'extend').length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 2000 },
    );
  });
});
