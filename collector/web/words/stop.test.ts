import { describe, expect, it } from 'vitest';
import type { Device, LiveGrant } from '../../../shared/api-stop.ts';
import { idOf, NOW } from '../gallery/data.ts';
import { routeOf } from '../state/route.ts';
import { choicesOf, everything, leftWords, outcomeLines, outcomeTitle, ownAccess, sizeWords } from './stop.ts';

const grant = (id: string, over: Partial<LiveGrant> = {}): LiveGrant => ({
  id: idOf(id),
  state: 'active',
  by: { sub: 'amira', name: 'Amira Haddad' },
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: { id: 's', label: 'Support read', mode: 'read' },
  severity: 'SEV1',
  ticket: 'INC-1',
  alone: true,
  device: { jkt: 'a'.repeat(43), name: 'laptop' },
  activated_at: new Date(NOW).toISOString(),
  expires_at: new Date(NOW + 90_000).toISOString(),
  statements: 0,
  end: null,
  ...over,
});
const kofi = { by: { sub: 'kofi', name: 'Kofi Mensah' }, device: { jkt: 'k'.repeat(43), name: 'laptop' } };
const all = [
  grant('one'),
  grant('two', { target: { id: 'billing', label: 'Billing', environment: 'production' } }),
  grant('three', { device: { jkt: 'b'.repeat(43), name: 'spare' }, state: 'approved', expires_at: null }),
  grant('four', kofi),
];
const [one = grant('one')] = all;

describe('what a stop would end', () => {
  it('is told for every reach, from the narrowest to the widest', () => {
    const choices = choicesOf(one, all, NOW);
    expect(choices.map(({ reach, live, pending }) => [reach.what, live, pending])).toEqual([
      ['grant', 1, 0],
      ['person', 2, 1],
      ['device', 2, 0],
      ['target', 2, 1],
      ['everything', 3, 1],
    ]);
    expect(choices.map(({ title }) => title)).toEqual([
      'Stop this grant?',
      'Stop all access of Amira Haddad?',
      'Stop all access from laptop?',
      'Stop all access to Orders?',
      'Stop everything?',
    ]);
    expect(choices[0]?.lines).toEqual([{ key: idOf('one'), who: 'Amira Haddad on Orders', what: '01:30 left' }]);
  });
  it('tells two devices of one name apart', () => {
    const [, , device] = choicesOf(grant('four', kofi), all, NOW);
    expect(device?.lines.map(({ key }) => key)).toEqual([idOf('four')]);
  });
  it('says of a grant that has ended meanwhile that nothing is open there', () => {
    expect(choicesOf(grant('gone'), all, NOW)[0]).toMatchObject({ live: 0, pending: 0, lines: [] });
    expect(everything([], NOW)).toMatchObject({ live: 0, pending: 0, lines: [] });
    expect(everything(null, NOW).lines).toHaveLength(1);
  });
  it('counts in words', () => {
    expect([sizeWords(0, 0), sizeWords(1, 0), sizeWords(0, 2), sizeWords(2, 1)]).toEqual([
      'nothing',
      '1 grant',
      '2 requests',
      '2 grants, 1 request',
    ]);
    expect(leftWords(grant('x', { state: 'ending' }), NOW)).toBe('ending');
  });
  it('is one’s own as the devices tell it', () => {
    const device = (over: Partial<Device>): Device => ({
      jkt: 'a'.repeat(43),
      name: 'laptop',
      os: '',
      app: '',
      person: { sub: 'amira', name: 'Amira Haddad' },
      own: true,
      enrolled_at: '',
      seen_at: '',
      revoked: null,
      live: 0,
      pending: 0,
      ...over,
    });
    const mine = [device({ live: 1, pending: 2 }), device({ jkt: 'b'.repeat(43) }), device({ own: false, live: 9 })];
    expect(ownAccess({ sub: 'amira' }, mine)).toMatchObject({
      reach: { what: 'person', id: 'amira' },
      live: 1,
      pending: 2,
      lines: [{ who: 'laptop', what: '1 grant, 2 requests' }],
    });
  });
});

describe('what came of a stop', () => {
  const line = { id: idOf('one'), by: 'Amira Haddad', target: 'Orders' };
  it('is named by the worst of it, and what is not gone comes first', () => {
    const answer = { ended: [{ ...line, gone_ms: 131 }], not_yet: [{ ...line, id: idOf('two') }], closed: [line] };
    expect(outcomeTitle(answer)).toBe('1 grant is not gone yet');
    expect(outcomeLines(answer).map(({ tone, what }) => `${tone}: ${what}`)).toEqual([
      'warn: not gone yet',
      'ok: gone after 0.13 s',
      'plain: closed, was not open',
    ]);
    expect(outcomeTitle({ ...answer, not_yet: [] })).toBe('1 grant ended');
    expect(outcomeTitle({ ended: [], not_yet: [], closed: [line] })).toBe('1 request closed');
    expect(outcomeTitle({ ended: [], not_yet: [], closed: [] })).toBe('Nothing was open');
  });
});

describe('the addresses', () => {
  it('of the live list and the devices are known, and nothing below them', () => {
    expect([routeOf('/live').page, routeOf('/devices/').page, routeOf('/live/x').page]).toEqual([
      'live',
      'devices',
      'unknown',
    ]);
  });
});
