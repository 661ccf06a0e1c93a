import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Requirement } from '../../shared/approvals.ts';
import type { Scope } from '../../shared/grants.ts';
import { isNarrower } from '../../shared/narrow.ts';
import { limits, on, scopeOf } from '../targets/testing.ts';
import { digestOf, missingOf } from './approving.ts';
import { claimsOf } from './jws.ts';
import { type Approve, type Grant, next, opened } from './machine.ts';

const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const actor = (sub: string) => ({ sub, name: `${sub} by name`, idt: null });
const orders = on('orders', { select: '*', update: ['status'] });
const customers = on('customers', { select: ['id', 'name'] });
const payments = on('payments', { select: '*' });
const all: Scope = scopeOf('write', orders, customers, payments);
const reading: Scope = {
  ...scopeOf('read', on('orders', { select: '*' }), customers),
  id: 'reading',
  label: 'Reading',
};

const ask = (requirements: readonly Requirement[]): Grant =>
  opened({
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    by: actor('amira'),
    jkt: 'k'.repeat(43),
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    scope: all,
    severity: 'SEV2',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: 45,
    alone: false,
    limits,
    policy: 'p'.repeat(43),
    approvalsNeeded: requirements.reduce((sum, { count }) => sum + count, 0),
    requirements,
    reviewHours: 24,
    requestMinutes: 30,
    activateMinutes: 15,
    createdAt: T0,
  }).grant;
const one = ask([{ count: 1, groups: null }]);
const two = ask([{ count: 2, groups: null }]);
const approve = (sub: string, more: Partial<Approve> = {}): Approve => ({
  type: 'approve',
  at: T0 + 1000,
  by: actor(sub),
  groups: [],
  note: null,
  ...more,
});
const moved = (grant: Grant, event: Approve) => {
  const step = next(grant, event);
  if (step.kind !== 'moved') throw new Error(JSON.stringify(step));
  return step;
};

describe('approvals from named groups', () => {
  const both = ask([
    { count: 1, groups: ['dba'] },
    { count: 1, groups: ['security'] },
  ]);

  it('are enough only when each group has answered', () => {
    const first = moved(both, approve('lina', { groups: ['dba', 'sales'] }));
    expect(first.grant.phase).toBe('requested');
    expect(missingOf(first.grant)).toEqual([{ count: 1, groups: ['security'] }]);
    // Groups that the request does not name are nobody's business.
    expect(first.records).toMatchObject([{ typ: 'decision', decision: 'approved', groups: ['dba'] }]);
    expect(moved(first.grant, approve('ingrid', { groups: ['security'] })).grant.phase).toBe('approved');
  });

  it('refuse somebody who would not count, and say who is missing (I6)', () => {
    const first = moved(both, approve('lina', { groups: ['dba'] })).grant;
    expect(next(both, approve('omar', { groups: ['sales'] }))).toMatchObject({
      kind: 'refused',
      code: 'does_not_count',
    });
    expect(next(first, approve('sofia', { groups: ['dba'] }))).toMatchObject({
      code: 'does_not_count',
      title: 'Your approval would not count: still missing is 1 approval by security',
    });
    expect(next(both, approve('nobody', {}))).toMatchObject({ code: 'does_not_count' });
  });

  it('let somebody in both groups count for one, and make room for who comes next', () => {
    const first = moved(both, approve('lina', { groups: ['dba', 'security'] })).grant;
    expect(first.phase).toBe('requested');
    expect(moved(first, approve('sofia', { groups: ['dba'] })).grant.phase).toBe('approved');
  });

  it('stand in the request’s record, and stay what they were when it was asked for', () => {
    expect(both.requirements).toHaveLength(2);
    const { requirements: _none, ...before } = two;
    expect(missingOf(before)).toEqual([{ count: 2, groups: null }]);
  });

  it('never come from the engineer', () => {
    expect(next(both, approve('amira', { groups: ['dba', 'security'] }))).toMatchObject({ code: 'own_request' });
  });
});

describe('an approval that gives less', () => {
  it('shortens the time and leaves tables out, and that is what is signed', () => {
    const { grant, records } = moved(one, approve('lina', { minutes: 20, without: ['shop.payments'] }));
    const claims = claimsOf(grant, 'https://collector.test', T0);
    expect(claims.exp - claims.iat).toBe(20 * 60);
    expect(claims.scope).toEqual(scopeOf('write', orders, customers));
    expect(claims.approvals).toEqual([
      { sub: 'lina', name: 'lina by name', alone: false, at: new Date(T0 + 1000).toISOString() },
    ]);
    expect(grant.asked).toEqual({ minutes: 45, scope: all });
    expect(records).toMatchObject([{ minutes: 20, scope: all.id, without: ['shop.payments'] }]);
  });

  it('picks another scope, which takes the writing away', () => {
    const { grant } = moved(one, approve('lina', { scope: reading }));
    expect(grant.scope).toEqual(reading);
    expect(grant.minutes).toBe(45);
    expect(moved(one, approve('lina', { without: ['shop.orders'] })).grant.scope.mode).toBe('read');
  });

  it('leaves no trace where it gives everything', () => {
    const { grant, records } = moved(one, approve('lina', { minutes: 45, scope: all }));
    expect(grant.asked).toBeUndefined();
    expect(grant.scope).toBe(all);
    expect(records).toEqual([
      {
        typ: 'decision',
        gid: one.id,
        t: new Date(T0 + 1000).toISOString(),
        by: actor('lina'),
        decision: 'approved',
        note: null,
      },
    ]);
  });

  it('of several the narrowest counts, whoever came first', () => {
    const short = { minutes: 20, without: ['shop.payments'] };
    const read = { minutes: 30, scope: reading };
    const ab = moved(moved(two, approve('lina', short)).grant, approve('omar', read)).grant;
    const ba = moved(moved(two, approve('omar', read)).grant, approve('lina', short)).grant;
    for (const { minutes, scope, phase } of [ab, ba]) {
      expect([phase, minutes, scope.mode]).toEqual(['approved', 20, 'read']);
      expect(scope.tables).toEqual(reading.tables);
    }
    expect(ab.asked).toEqual({ minutes: 45, scope: all });
  });

  it.each<[string, Partial<Approve>, string, string]>([
    ['more minutes', { minutes: 46 }, 'not_narrower', 'minutes'],
    ['a scope that allows more', { scope: scopeOf('read', on('secrets', { select: '*' })) }, 'not_narrower', 'scope'],
    ['a table that is not asked for', { without: ['shop.secrets'] }, 'not_in_scope', 'without'],
    [
      'every table left out',
      { without: ['shop.orders', 'shop.customers', 'shop.payments'] },
      'nothing_left',
      'without',
    ],
  ])('is refused with the field: %s (I6)', (_name, more, code, field) => {
    expect(next(one, approve('lina', more))).toMatchObject({ kind: 'refused', code, field });
  });

  it('is never more than each approver gave, in whatever order they come (I6)', () => {
    const choice = fc.record(
      {
        minutes: fc.integer({ min: 1, max: 45 }),
        without: fc.uniqueArray(fc.constantFrom('shop.orders', 'shop.customers', 'shop.payments'), { minLength: 1 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 4 }), (choices) => {
        let grant = ask([{ count: 5, groups: null }]);
        const given: typeof choices = [];
        for (const [i, more] of choices.entries()) {
          const step = next(grant, approve(`person ${i}`, more));
          if (step.kind !== 'moved') continue;
          grant = step.grant;
          given.push(more);
        }
        expect(grant.minutes).toBe(Math.min(45, ...given.map(({ minutes }) => minutes ?? 45)));
        const dropped = new Set<string>(given.flatMap(({ without }) => without ?? []));
        expect(grant.scope.tables).toEqual(all.tables.filter((table) => !dropped.has(`shop.${table.table}`)));
        expect(isNarrower(grant.scope, all)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused where two approvers leave nothing in common (I6)', () => {
    const first = moved(two, approve('lina', { without: ['shop.orders', 'shop.customers'] })).grant;
    expect(next(first, approve('omar', { scope: reading }))).toMatchObject({ code: 'nothing_left', field: 'scope' });
  });
});

describe('an approval that comes twice, late or for another request', () => {
  it('counts once; with less in it, it does not take back what was given', () => {
    const given = moved(two, approve('lina', { minutes: 20, digest: digestOf(two) })).grant;
    expect(next(given, approve('lina', { minutes: 20, digest: digestOf(two) }))).toEqual({ kind: 'same' });
    expect(next(given, approve('lina', { minutes: 5 }))).toMatchObject({ code: 'already_approved' });
  });

  it('is refused when somebody gave less meanwhile, and not when they gave it all', () => {
    const seen = digestOf(two);
    const less = moved(two, approve('lina', { minutes: 20 })).grant;
    expect(next(less, approve('omar', { digest: seen }))).toMatchObject({ kind: 'refused', code: 'request_changed' });
    expect(moved(less, approve('omar', { digest: digestOf(less) })).grant.phase).toBe('approved');
    const full = moved(two, approve('lina')).grant;
    expect(moved(full, approve('omar', { digest: seen })).grant.phase).toBe('approved');
  });

  it('is refused once the request has lapsed or was withdrawn', () => {
    expect(next(one, approve('lina', { at: T0 + 30 * 60_000, digest: digestOf(one) }))).toMatchObject({
      code: 'too_late',
    });
    const step = next(one, { type: 'withdraw', at: T0 + 5, by: actor('amira') });
    const gone = step.kind === 'moved' ? step.grant : one;
    expect(next(gone, approve('lina', { digest: digestOf(one) }))).toMatchObject({ code: 'too_late' });
  });
});
