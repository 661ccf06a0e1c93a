import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../../shared/api.ts';
import { scopeWords, tableWords } from '../../../shared/scope-words.ts';
import { meOf, NOW, ordersRepair, people, request, supportRead, waiting } from '../gallery/data.ts';
import { routeOf } from '../state/route.ts';
import { letInWords, queueChip } from './grant.ts';
import { bytes, count, listed, plural } from './number.ts';
import { standOf, standWords } from './request.ts';

describe('a scope in plain words', () => {
  it('counts the tables and says what is withheld or written', () => {
    expect(scopeWords(supportRead)).toBe('Read 7 tables, 1 with columns withheld');
    expect(scopeWords(ordersRepair)).toBe('Read 5 tables, 1 with columns withheld, write shop.orders');
  });
  it('names the only columns that can be read or changed', () => {
    expect(tableWords({ schema: 'shop', table: 'customers', select: ['id', 'name'] }).limits).toEqual([
      'only id and name; every other column is withheld',
    ]);
    expect(
      tableWords({ schema: 'shop', table: 'orders', select: '*', update: ['status'], delete: true }),
    ).toMatchObject({
      verbs: 'Read, change and delete rows',
      writes: true,
      limits: ['change only in status'],
      withheld: false,
    });
  });
});

describe('where a request stands', () => {
  const lina = meOf('lina').person;
  const approval = { sub: people.lina.sub, name: people.lina.name, alone: false, at: new Date(NOW).toISOString() };
  it.each<[string, RequestView, string]>([
    ['an approver', waiting(), 'answer'],
    ['an approver of no missing group', waiting({ approval_refused: 'It would not count' }), 'uncounted'],
    [
      'an approver who approved, while more are needed',
      waiting({ approvals: [approval], approvals_needed: 2 }),
      'given',
    ],
    ['an approver whose own it is', waiting({ by: lina }), 'own'],
    ['anybody, once it is denied', waiting({ state: 'denied' }), 'denied'],
    ['anybody, while it is live', waiting({ state: 'active' }), 'active'],
    ['anybody, once the time ran out', waiting({ state: 'expired' }), 'ended'],
  ])('is clear to %s', (_, one, stand) => {
    expect(standOf(one, lina)).toBe(stand);
  });
  it('says whose approvals are missing, to who asked, who gave one and who cannot', () => {
    const one = waiting({
      approvals_needed: 2,
      approvals_missing: [
        { count: 1, groups: ['dba', 'sre'], people: ['Sofia Rossi'] },
        { count: 2, groups: null, people: [] },
      ],
    });
    const said = 'Still missing: 1 approval by dba or sre (Sofia Rossi) and 2 approvals (nobody is known who could).';
    const given = { ...one, approvals: [approval] };
    expect(standWords(given, lina, null).text).toBe(said);
    expect(standWords({ ...one, approval_refused: 'It would not count' }, lina, null).text).toBe(said);
    expect(standWords(one, meOf('amira').person, null).text).toBe(`Somebody else has to answer it. ${said}`);
  });
  it('offers an engineer nothing to answer', () => {
    expect(standOf(waiting(), meOf('kofi').person)).toBe('watching');
  });
  it('says "you" to the approver who approved, and the name to others', () => {
    const approved = waiting({ state: 'approved', approvals: [approval] });
    expect(standWords(approved, lina, null).title).toBe('You approved this');
    expect(standWords(approved, meOf('kofi').person, null).title).toBe('Approved by Li Na');
  });
});

describe('the queue', () => {
  it('has one chip a row: live with the clock, then the deadline, then the signature', () => {
    const ended = (review: RequestView['review']): RequestView => request({ review });
    const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
    expect(queueChip(request({ state: 'active', expires_at: at(12.15) }), NOW)).toEqual({
      text: 'live 12:09',
      tone: 'live',
    });
    expect(queueChip(ended({ state: 'due', due_at: at(21 * 60 + 5) }), NOW)).toEqual({
      text: 'due in 21 h',
      tone: 'warn',
    });
    expect(queueChip(ended({ state: 'due', due_at: at(-1) }), NOW)).toEqual({ text: 'overdue 1 min', tone: 'danger' });
    expect(queueChip(ended({ state: 'signed', due_at: at(-90) }), NOW)).toEqual({ text: 'signed off', tone: 'ok' });
    expect(queueChip(ended({ state: 'none', due_at: null }), NOW)).toEqual({ text: 'no review due', tone: 'plain' });
  });
  it('says how somebody got in', () => {
    expect(letInWords(request())).toBe('broke the glass alone');
    expect(letInWords(waiting())).toBe('not approved');
  });
});

describe('numbers', () => {
  it('are grouped, and their nouns agree', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(plural(1, 'row')).toBe('1 row');
    expect(plural(8214, 'row')).toBe('8,214 rows');
    expect(listed(['id', 'name', 'total'])).toBe('id, name and total');
    expect(bytes(241_300)).toBe('241 kB');
    expect(bytes(999)).toBe('999 bytes');
  });
});

describe('addresses', () => {
  const id = 'abcdefghijklmnopqrstuv';
  it.each([
    ['/', { page: 'desk', grant: null }],
    [`/review/${id}`, { page: 'desk', grant: id }],
    ['/requests', { page: 'requests' }],
    [`/requests/${id}`, { page: 'request', id }],
    ['/requests/short', { page: 'unknown' }],
    [`/requests/${id}/more`, { page: 'unknown' }],
    ['/review/..%2f..%2fetc', { page: 'unknown' }],
  ])('%s leads to its page', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });
});
