import { describe, expect, it } from 'vitest';
import type { Options, ScopeOption, SeverityOption } from '../../shared/api.ts';
import type { Mode, Scope } from '../../shared/grants.ts';
import { limits } from '../proxy/testing.ts';
import { writeRequest } from './write-access.ts';

const scopeOf = (id: string, mode: Mode): Scope => ({ id, label: id, mode, tables: [] });
const severity = (id: string, refused: string | null = null): SeverityOption => ({
  id,
  label: `the label of ${id}`,
  summary: '',
  max_minutes: 30,
  default_minutes: 15,
  approvals: 0,
  alone: true,
  review_hours: null,
  limits,
  told: { approvers: 0, reviewers: 0, alone: [], asked: [] },
  refused,
});
const option = (id: string, mode: Mode, ...severities: SeverityOption[]): ScopeOption => ({
  id,
  label: `the label of ${id}`,
  mode,
  summary: '',
  scope: scopeOf(id, mode),
  severities,
});
const options = (...scopes: ScopeOption[]): Options => ({
  policy: 'A'.repeat(43),
  overdue_reviews: 0,
  targets: [
    {
      id: 'other',
      label: 'Other',
      environment: 'production',
      database: 'o',
      scopes: [option('x', 'write', severity('SEV1'))],
    },
    { id: 'orders', label: 'Orders', environment: 'production', database: 'shop', scopes },
  ],
});
const held = {
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: scopeOf('read', 'read'),
  severity: 'SEV2',
  ticket: 'INC-4711',
  reason: 'Orders are stuck',
} as const;
const read = option('read', 'read', severity('SEV2'));

describe('from reading to writing', () => {
  it('keeps database, ticket, reason and severity, and takes the scope that writes', () => {
    const all = options(
      read,
      option('a', 'write', severity('SEV1')),
      option('b', 'write', severity('SEV1'), severity('SEV2')),
    );
    expect(writeRequest(all, held)).toEqual({
      offer: { scope: 'the label of b', severity: 'the label of SEV2', same_severity: true },
      prefill: { target: 'orders', scope: 'b', severity: 'SEV2', ticket: 'INC-4711', reason: 'Orders are stuck' },
    });
  });
  it('takes another severity where that is the only one that can be used, and says so', () => {
    const all = options(read, option('a', 'write', severity('SEV2', 'a review is overdue'), severity('SEV1')));
    expect(writeRequest(all, held)).toMatchObject({ offer: { same_severity: false }, prefill: { severity: 'SEV1' } });
  });
  it.each([
    ['nothing that writes is offered', options(read)],
    ['nothing that writes can be used', options(read, option('a', 'write', severity('SEV2', 'no')))],
    ['the database is not offered any more', { ...options(), targets: [] }],
  ])('says that %s (I6)', (_what, all) => {
    expect(() => writeRequest(all, held)).toThrow('The policy offers you no access that writes to Orders.');
  });
  it('has nothing to ask for where the grant writes', () => {
    expect(() => writeRequest(options(read), { ...held, scope: scopeOf('b', 'write') })).toThrow('writes already');
  });
});
