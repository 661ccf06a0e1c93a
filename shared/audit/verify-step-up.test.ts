import { describe, expect, it } from 'vitest';
import type { SignIn } from '../step-up.ts';
import { Findings } from './findings.ts';
import { type CollectorRecord, collectorRecord } from './records.ts';
import { StepUpCheck } from './verify-step-up.ts';

const key = 'k'.repeat(43);
const common = { v: 1, col: key, t: '2026-11-23T14:05:00.000Z', gid: 'g'.repeat(22) };
const person = (sub: string) => ({ sub, name: sub, idt: `${sub}${'_'.repeat(43 - sub.length)}` });
const FRESH = { at: '2026-11-23T14:00:00.000Z', acr: 'strong' };
const both = { who: ['engineer', 'approver'], max_age: 300, acr: 'strong' };

const record = (typ: string, sub: string, more: object): CollectorRecord =>
  collectorRecord.parse({ ...common, typ, by: person(sub), ...more });
const request = (more: object = {}): CollectorRecord =>
  record('request', 'amira', {
    dev: key,
    target: 'orders',
    scope: 'support',
    severity: 'SEV1',
    ticket: 'INC-1',
    reason: 'a reason to look',
    minutes: 45,
    alone: false,
    policy: key,
    step_up: both,
    auth: FRESH,
    ...more,
  });
const approved = (sub: string, more: object = {}): CollectorRecord =>
  record('decision', sub, { decision: 'approved', note: null, auth: FRESH, ...more });
const granted = (more: object = {}): CollectorRecord => record('grant', 'amira', { jws: 'j', auth: FRESH, ...more });

/** What is found, where every ID token says the same of its sign-in. */
function found(records: readonly CollectorRecord[], token: SignIn | null = FRESH): string[] {
  const said: string[] = [];
  const check = new StepUpCheck(new Findings(({ message }) => void said.push(message)));
  const tokenOf = () => (token === null ? null : { at: Date.parse(token.at), acr: token.acr ?? null });
  for (const [index, one] of records.entries()) check.record(one, index, tokenOf);
  return said;
}

describe('sign-ins against what the request demanded of them (I4)', () => {
  it.each<[string, string[]]>([
    ['everybody signed in as was asked', found([request(), approved('lina'), granted()])],
    ['nothing was asked for, nothing kept', found([request({ step_up: undefined, auth: undefined })], null)],
    [
      'only the approver was asked',
      found([
        request({ step_up: { ...both, who: ['approver'] }, auth: undefined }),
        approved('lina'),
        granted({ auth: undefined, by: undefined }),
      ]),
    ],
    [
      'only the engineer was asked',
      found([request({ step_up: { ...both, who: ['engineer'] } }), approved('lina', { auth: undefined }), granted()]),
    ],
    [
      'somebody denies without a sign-in',
      found([request(), approved('lina', { decision: 'denied', auth: undefined })]),
    ],
  ])('fits: %s', (_name, said) => {
    expect(said).toEqual([]);
  });

  const later = { at: '2026-11-23T14:00:00.001Z', acr: 'strong' };
  it.each<[string, string, string[]]>([
    ['no sign-in with the request', 'The request in entry 0 needed', found([request({ auth: undefined })])],
    [
      'one that is older',
      'of the last 5 minutes with strong, and there is none',
      found([request({ auth: { ...FRESH, at: '2026-11-23T13:59:59.000Z' } })]),
    ],
    [
      'one that lies ahead',
      'needed',
      found([request({ auth: { ...FRESH, at: '2026-11-23T14:05:06.000Z' } })], {
        ...FRESH,
        at: '2026-11-23T14:05:06.000Z',
      }),
    ],
    [
      'one of another class',
      'needed',
      found([request({ auth: { at: FRESH.at, acr: 'weak' } })], { ...FRESH, acr: 'weak' }),
    ],
    ['an approver without one', 'The decision in entry 1', found([request(), approved('lina', { auth: undefined })])],
    [
      'an engineer alone without one',
      'The decision in entry 1',
      found([request({ alone: true }), approved('amira', { auth: undefined })]),
    ],
    ['an activation without one', 'The grant in entry 1', found([request(), granted({ auth: undefined })])],
    ['a later one than its ID token has', 'names a later sign-in', found([request({ auth: later })])],
    ['another class than its ID token has', 'names another kind', found([request()], { at: FRESH.at, acr: 'weak' })],
    ['an activation by somebody else', 'by somebody else', found([request(), granted({ by: person('omar') })])],
  ])('is found: %s', (_name, message, said) => {
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(message);
  });

  it('finds an ID token that the bundle does not have, or that names no time', () => {
    expect(found([request()], null)).toEqual([
      'The request in entry 0 names a later sign-in than its ID token does.',
      'The request in entry 0 names another kind of sign-in than its ID token does.',
    ]);
  });

  it('finds an act that is proven by no ID token', () => {
    const nobody = { by: { ...person('amira'), idt: null } };
    expect(found([request(nobody)])[0]).toContain('names a later sign-in');
    expect(found([request({ ...nobody, auth: undefined })])).toEqual([
      'The request in entry 0 needed a sign-in of the last 5 minutes with strong, and there is none.',
    ]);
  });
});
