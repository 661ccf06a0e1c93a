import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64url, utf8 } from '../encoding.ts';
import type { GrantClaims, Scope } from '../grants.ts';
import { nodePrimitives } from '../primitives.ts';
import { canonical } from './canonical.ts';
import { Findings } from './findings.ts';
import { type CollectorRecord, collectorRecord } from './records.ts';
import { ApprovalsCheck } from './verify-approvals.ts';

const p = nodePrimitives(crypto);
const key = 'k'.repeat(43);
const common = { v: 1, col: key, t: '2026-11-23T14:00:00.000Z', gid: 'g'.repeat(22) };
const person = (sub: string) => ({ sub, name: sub, idt: null });
const scope: Scope = {
  id: 'support',
  label: 'Support',
  mode: 'read',
  tables: [{ schema: 'shop', table: 'orders', select: '*' }],
};
const request = (more: object = {}): CollectorRecord =>
  collectorRecord.parse({
    ...common,
    typ: 'request',
    by: person('amira'),
    dev: key,
    target: 'orders',
    scope: 'support',
    severity: 'SEV2',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: 45,
    alone: false,
    policy: key,
    ...more,
  });
const approved = (sub: string, more: object = {}): CollectorRecord =>
  collectorRecord.parse({ ...common, typ: 'decision', by: person(sub), decision: 'approved', note: null, ...more });
const hashed = toBase64url(p.sha256(utf8(canonical(scope))));

/** What is found about a grant of so many minutes with the approvals of these. */
function found(
  records: readonly CollectorRecord[],
  minutes: number,
  subs: readonly string[],
  granted = scope,
): string[] {
  const said: string[] = [];
  const findings = new Findings(({ message }) => void said.push(message));
  const check = new ApprovalsCheck(p, findings);
  for (const record of records) check.record(record);
  const approvals = subs.map((sub) => ({ sub, name: sub, alone: sub === 'amira', at: common.t }));
  check.grant({ iat: 1000, exp: 1000 + minutes * 60, scope: granted, approvals } as unknown as GrantClaims, 7);
  return said;
}

describe('a grant against the approvals on the record (I4)', () => {
  const groups = [
    { count: 1, groups: ['dba'] },
    { count: 1, groups: ['security'] },
  ];
  const both = [approved('lina', { groups: ['dba'] }), approved('ingrid', { groups: ['security'] })];
  const less = approved('lina', { minutes: 20, scope: 'support', scope_hash: hashed });

  it.each<[string, string[]]>([
    ['alone', found([request({ alone: true })], 45, ['amira'])],
    ['as it was asked for', found([request(), approved('lina')], 45, ['lina'])],
    ['shorter than it could be', found([request(), approved('lina')], 5, ['lina'])],
    ['as an approver narrowed it', found([request(), less], 20, ['lina'])],
    ['with one of each group', found([request({ approvals: groups }), ...both], 45, ['lina', 'ingrid'])],
  ])('fits: %s', (_name, said) => {
    expect(said).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['longer than asked for', '2760 seconds', found([request(), approved('lina')], 46, ['lina'])],
    ['longer than given', '1260 seconds, and 1200', found([request(), less], 21, ['lina'])],
    [
      'with a table that was left out',
      'another scope',
      found([request(), approved('lina', { minutes: 20, scope: 'support', scope_hash: key })], 20, ['lina']),
    ],
    ['of another scope', 'another scope', found([request(), approved('lina')], 45, ['lina'], { ...scope, id: 'all' })],
    [
      'by somebody who never answered',
      'by omar that is on no record',
      found([request(), approved('lina')], 45, ['omar']),
    ],
    [
      'without one group',
      'lacks approvals',
      found([request({ approvals: groups }), approved('lina', { groups: ['dba'] })], 45, ['lina']),
    ],
    [
      'with one person for both groups',
      'lacks approvals',
      found([request({ approvals: groups }), approved('lina', { groups: ['dba', 'security'] })], 45, ['lina']),
    ],
  ])('is found: %s', (_name, message, said) => {
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(message);
  });
});
