import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessRequest } from '../../shared/api.ts';
import { findDeepLink, parseDeepLink } from './deep-link.ts';

describe('a deep link', () => {
  it('fills target, scope, severity, ticket, reason and minutes', () => {
    expect(
      parseDeepLink(
        'vitrine://request?target=orders&scope=support-read&severity=SEV1&ticket=INC-4711&reason=Orders+stuck+since+14:00&minutes=20',
      ),
    ).toEqual({
      target: 'orders',
      scope: 'support-read',
      severity: 'SEV1',
      ticket: 'INC-4711',
      reason: 'Orders stuck since 14:00',
      minutes: 20,
    });
  });

  it('never chooses to go in alone, and carries nothing else', () => {
    expect(parseDeepLink('vitrine://request?severity=SEV1&alone=true&submit=1&collector=https://evil')).toEqual({
      severity: 'SEV1',
    });
  });

  it.each([
    ['a target that is no id', 'target=../orders'],
    ['a ticket with markup', 'ticket=<b>INC-1</b>'],
    ['minutes that are no number', 'minutes=1e3'],
    ['minutes out of range', 'minutes=99999'],
    ['a reason that is too short', 'reason=x'],
    ['a reason that is too long', `reason=${'x'.repeat(600)}`],
    ['a reason with a direction override', `reason=${encodeURIComponent('harmless \u202e txet neddih')}`],
    ['a reason with a line break', `reason=${encodeURIComponent('one line\nanother')}`],
    ['a field given twice', 'target=orders&target=billing'],
  ])('leaves out %s', (_what, query) => {
    expect(parseDeepLink(`vitrine://request?${query}`)).toEqual({});
  });

  it.each([
    'vitrine://submit?target=orders',
    'vitrine://request.evil?target=orders',
    'vitrine://request/approve?target=orders',
    'vitrine://user:pw@request?target=orders',
    'vitrine:request?target=orders',
    'https://request?target=orders',
    'javascript:alert(1)',
    'not a link',
    '',
    `vitrine://request?reason=${'x'.repeat(3000)}`,
  ])('ignores %s', (link) => {
    expect(parseDeepLink(link)).toBeNull();
  });

  it('gives a part of a request or nothing, whatever it is handed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('target', 'scope', 'severity', 'ticket', 'reason', 'minutes', 'alone'),
        fc.string(),
        (field, text) => {
          for (const link of [
            `vitrine://request?${field}=${encodeURIComponent(text.toWellFormed())}`,
            `vitrine://${text}`,
            text,
          ]) {
            const prefill = parseDeepLink(link);
            expect(prefill === null || accessRequest.partial().safeParse(prefill).success).toBe(true);
            expect(prefill === null || !('alone' in prefill)).toBe(true);
          }
        },
      ),
    );
  });

  it('is found anywhere on the command line', () => {
    expect(findDeepLink(['/usr/bin/vitrine', '--flag', 'VITRINE://request?x=1', '--last'])).toBe(
      'VITRINE://request?x=1',
    );
    expect(findDeepLink(['/usr/bin/vitrine', '--url=vitrine://request'])).toBeNull();
  });
});
