import { describe, expect, it } from 'vitest';
import type { GrantClaims } from '../grants.ts';
import { Findings } from './findings.ts';
import { type CollectorRecord, collectorRecord, type EnvelopeOpened, type SessionOpen } from './records.ts';
import { EnvelopeCheck } from './verify-envelope.ts';

const dev = 'k'.repeat(43);
const T0 = Date.parse('2026-11-23T14:00:00.000Z');
const at = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString();
const common = { v: 1, col: dev, gid: 'g'.repeat(22) };
const person = (sub: string) => ({ sub, name: sub, idt: null });

const asked = (more: object = {}): CollectorRecord =>
  collectorRecord.parse({
    ...common,
    typ: 'envelope.asked',
    t: at(0),
    by: person('lina'),
    holder: person('amira'),
    dev,
    target: 'orders',
    scope: 'support',
    severity: 'SEV1',
    minutes: 15,
    days: 7,
    reason: 'on call this week',
    policy: dev,
    ...more,
  });
const confirmed = (sub: string): CollectorRecord =>
  collectorRecord.parse({ ...common, typ: 'envelope.confirmed', t: at(1), by: person(sub) });
const ended = (why: string, minutes: number): CollectorRecord =>
  collectorRecord.parse({ ...common, typ: 'envelope.ended', t: at(minutes), by: null, why, reason: null });
const right: readonly CollectorRecord[] = [asked(), confirmed('lina'), confirmed('ingrid')];

const claims = (more: object = {}) =>
  // Cast: only what the check reads.
  ({
    sub: 'amira',
    cnf: { jkt: dev },
    iat: T0 / 1000,
    exp: T0 / 1000 + 7 * 86_400,
    target: { id: 'orders' },
    scope: { id: 'support', mode: 'read' },
    severity: 'SEV1',
    approvals: [{ sub: 'lina' }, { sub: 'ingrid' }],
    offline: { minutes: 15 },
    ...more,
  }) as unknown as GrantClaims;
// Casts: as above.
const opening = (minutes = 60, more: object = {}) => ({ dev, t: at(minutes), ...more }) as EnvelopeOpened;
const session = (minutes = 61) => ({ t: at(minutes) }) as SessionOpen;

function found(run: (check: EnvelopeCheck) => void): string[] {
  const said: string[] = [];
  run(new EnvelopeCheck(new Findings(({ message }) => void said.push(message))));
  return said;
}
const granted = (records: readonly CollectorRecord[], grant = claims()): string[] =>
  found((check) => {
    for (const record of records) check.record(record);
    check.grant(grant, 7);
  });
const afterwards = (run: (check: EnvelopeCheck) => void): string[] =>
  found((check) => {
    for (const record of right) check.record(record);
    check.grant(claims(), 7);
    run(check);
  });
const opened = (check: EnvelopeCheck, record = opening(), grant: GrantClaims | null = claims(), same = true): void =>
  check.opening(record, 'The opening', grant, same);

describe('a grant out of an envelope', () => {
  it('has nothing wrong when two others confirmed it and its device opened it first (I4)', () => {
    expect(
      afterwards((check) => {
        opened(check);
        check.record(ended('rotated', 70));
        check.session(session(), 'The session');
        expect(check.deadline).toBe(T0 + 75 * 60_000);
      }),
    ).toEqual([]);
  });

  it.each<[string, readonly CollectorRecord[], GrantClaims | undefined, string]>([
    [
      'one confirmation',
      [asked(), confirmed('lina')],
      claims({ approvals: [{ sub: 'lina' }] }),
      'with 1 confirmations of others',
    ],
    [
      'the same one twice',
      [asked(), confirmed('lina'), confirmed('lina')],
      claims({ approvals: [{ sub: 'lina' }] }),
      'with 1 confirm',
    ],
    [
      'the holder as the second',
      [asked(), confirmed('lina'), confirmed('amira')],
      claims({ approvals: [{ sub: 'lina' }, { sub: 'amira' }] }),
      'with 1 confirm',
    ],
    [
      'an approval that is on no record',
      right,
      claims({ approvals: [{ sub: 'lina' }, { sub: 'noor' }] }),
      'by noor that is on no record',
    ],
    ['another person', right, claims({ sub: 'jonas' }), 'for another person or device'],
    ['another device', right, claims({ cnf: { jkt: 'x'.repeat(43) } }), 'for another person or device'],
    ['another scope', right, claims({ scope: { id: 'more', mode: 'read' } }), 'for something else'],
    ['another target', right, claims({ target: { id: 'billing' } }), 'for something else'],
    ['a scope that writes', right, claims({ scope: { id: 'support', mode: 'write' } }), 'can write'],
    ['more minutes', right, claims({ offline: { minutes: 16 } }), 'lasts longer'],
    ['more days', right, claims({ exp: T0 / 1000 + 8 * 86_400 }), 'lasts longer'],
    ['no mark of an envelope', right, claims({ offline: undefined }), 'differ on whether it is in an envelope'],
    [
      'no asking before it',
      [confirmed('lina'), confirmed('ingrid')],
      claims(),
      'differ on whether it is in an envelope',
    ],
  ])('is found with %s', (_what, records, grant, words) => {
    expect(granted(records, grant).join()).toContain(words);
  });

  it('that is an ordinary one has nothing to do with any of it', () => {
    expect(granted([], claims({ offline: undefined }))).toEqual([]);
    expect(found((check) => check.session(session(), 'The session'))).toEqual([]);
    found((check) => expect(check.deadline).toBe(null));
  });
});

describe('its opening', () => {
  it('stands before its sessions, once (I5)', () => {
    expect(afterwards((check) => check.session(session(), 'The session')).join()).toContain('before the record that');
    const twice = afterwards((check) => {
      opened(check);
      opened(check, opening(62));
    });
    expect(twice.join()).toContain('a second opening of this envelope');
    const early = afterwards((check) => {
      opened(check);
      check.session(session(50), 'The session');
    });
    expect(early.join()).toContain('from before its envelope was opened');
  });

  it('is of the device and the grant that the envelope is for (I4)', () => {
    const stranger = opening(60, { dev: 'x'.repeat(43) });
    expect(afterwards((check) => opened(check, stranger)).join()).toContain('that the envelope is not for');
    expect(afterwards((check) => opened(check, opening(), claims(), false)).join()).toContain('another grant document');
    expect(afterwards((check) => opened(check, opening(), claims({ offline: undefined }))).join()).toContain(
      'never sealed',
    );
  });

  it('is not later than its days, nor than its end (I3)', () => {
    const late = opening(7 * 24 * 60 + 3);
    expect(afterwards((check) => opened(check, late)).join()).toContain('when the envelope had ended');
    const withdrawn = (minutes: number) =>
      afterwards((check) => {
        check.record(ended('withdrawn', 30));
        opened(check, opening(minutes));
      });
    expect(withdrawn(33).join()).toContain('when the envelope had ended');
    // Opened while nobody answered, heard of after the withdrawal.
    expect(withdrawn(29)).toEqual([]);
  });

  it('gives its minutes and no more; without it nothing may be sent (I3)', () => {
    afterwards((check) => {
      expect(check.deadline).toBe(0);
      opened(check, opening(7 * 24 * 60 - 5));
      expect(check.deadline).toBe(claims().exp * 1000);
    });
  });
});
