/** The states of the pages that end access: who has it now, the stop, the devices. */
import type { Me } from '../../../shared/api.ts';
import type { Device, LiveGrant, StopAnswer } from '../../../shared/api-stop.ts';
import type { Fetch } from '../api/client.ts';
import { idOf, meOf, NOW, people } from './data.ts';
import { type Answer, json, never, problem, type State, script } from './script.ts';

const time = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const keyOf = (name: string): string => `${name}${'0'.repeat(43)}`.slice(0, 43);
type Person = keyof typeof people;

const grant = (who: Person, over: Partial<LiveGrant> = {}): LiveGrant => ({
  id: idOf(`live-${who}`),
  state: 'active',
  by: { sub: people[who].sub, name: people[who].name },
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: { id: 'support-read', label: 'Support read', mode: 'read' },
  severity: 'SEV1',
  ticket: 'INC-4711',
  alone: true,
  device: { jkt: keyOf(who), name: `${who}-laptop` },
  activated_at: time(-20),
  expires_at: time(9.4),
  statements: 42,
  end: null,
  ...over,
});
const catalog = { id: 'catalog', label: 'Catalog', environment: 'staging' } as const;
const waits = { activated_at: null, expires_at: null, statements: 0 } as const;
const live: LiveGrant[] = [
  grant('jonas', { expires_at: time(0.62), statements: 118, ticket: 'INC-4698' }),
  grant('amira'),
  grant('priya', {
    target: catalog,
    scope: { id: 'prices', label: 'Prices repair', mode: 'write' },
    severity: 'SEV3',
    ticket: 'INC-4720',
    alone: false,
    expires_at: time(12.15),
    statements: 1,
  }),
  grant('amira', {
    id: idOf('asked-amira'),
    state: 'approved',
    target: catalog,
    severity: 'SEV2',
    ticket: 'INC-4712',
    alone: false,
    ...waits,
  }),
  grant('kofi', { state: 'requested', severity: 'SEV2', ticket: 'INC-4713', alone: false, ...waits }),
];
const ending = grant('jonas', {
  id: idOf('ending-jonas'),
  state: 'ending',
  target: { id: 'billing', label: 'Billing', environment: 'production' },
  end: { why: 'revoked', at: time(-3), failed: 4 },
});

const line = ({ id, by, target }: LiveGrant) => ({ id, by: by.name, target: target.label });
const [jonas = ending, amira = ending, priya = ending, asked = ending, kofi = ending] = live;
const stopped: StopAnswer = {
  ended: [jonas, amira, priya].map((one, n) => ({ ...line(one), gone_ms: [84, 131, 212][n] ?? 0 })),
  not_yet: [],
  closed: [line(asked), line(kofi)],
};

const lina = meOf('lina');
const ingrid = meOf('ingrid');
const seesLive = (who: Me, answer: Answer, more: Record<string, Answer> = {}): Fetch =>
  script({ 'GET /v1/me': () => json(who), 'GET /v1/live': answer, ...more });
const all: Answer = () => json({ grants: live });
const REASON = 'Amira’s laptop was stolen at the station';
const noVerify: State['verify'] = () => new Promise(() => {});
const page = (path: string, fetch: Fetch, steps: NonNullable<State['steps']> = []): State => ({
  path,
  fetch,
  verify: noVerify,
  steps,
});
/** What answers once and is gone from then on. */
function once(fetch: Fetch, path: string): Fetch {
  let asked = 0;
  return (to, init) => (to.startsWith(path) && asked++ > 0 ? Promise.reject(new TypeError('gone')) : fetch(to, init));
}
/** Long enough that the page says how far it is. */
const SLOWLY = Array.from({ length: 24 }, () => 'Shift');

const device = (who: Person, over: Partial<Device> = {}): Device => ({
  jkt: keyOf(who),
  name: `${who}-laptop`,
  os: 'Linux x64',
  app: 'vitrine 0.1.0',
  person: { sub: people[who].sub, name: people[who].name },
  own: false,
  enrolled_at: '2026-10-02T08:14:00.000Z',
  seen_at: time(-4),
  revoked: null,
  live: 0,
  pending: 0,
  ...over,
});
const revoked = { at: time(-26 * 60), by: 'Ingrid Solheim', reason: 'Left in a taxi on the way back from the offsite' };
const list: Device[] = [
  device('amira', { live: 1, pending: 1 }),
  device('jonas', { live: 1, seen_at: time(-0.5) }),
  device('priya', { os: 'Darwin arm64', name: 'priyas-macbook-pro.shop.example', live: 1 }),
  device('amira', { jkt: keyOf('b7xQ2'), name: 'oncall-spare', seen_at: time(-60 * 30) }),
  device('kofi', { os: 'Windows_NT x64', name: 'KOFI-PC', pending: 1, seen_at: time(-90) }),
  device('lina', { seen_at: time(-60 * 24 * 9) }),
  device('kofi', { jkt: keyOf('Zt9-k'), name: 'kofi-old', seen_at: time(-60 * 27), revoked }),
];
const seesDevices = (who: Me, devices: Device[], more: Record<string, Answer> = {}): Fetch =>
  script({
    'GET /v1/me': () => json(who),
    'GET /v1/devices': () => json({ devices, more: false }),
    'GET /v1/devices?': () => json({ devices: [], more: false }),
    ...more,
  });
const mine = list.filter(({ person }) => person.sub === 'amira').map((one) => ({ ...one, own: true }));
const first = { click: 'Revoke amira-laptop of Amira Haddad, key' };

export const stopStates: Record<string, State> = {
  live: page('/live', seesLive(lina, all)),
  'live-reviewer': page(
    '/live',
    seesLive(ingrid, () => json({ grants: [ending, ...live.slice(0, 1)] })),
  ),
  'live-empty': page(
    '/live',
    seesLive(lina, () => json({ grants: [] })),
  ),
  'live-loading': page('/live', seesLive(lina, never)),
  'live-failed': page(
    '/live',
    seesLive(lina, () => problem(500, 'internal', 'The collector failed at this request')),
  ),
  'live-failed-stop': page(
    '/live',
    seesLive(lina, () => problem(500, 'internal', 'The collector failed at this request')),
    [{ click: 'Stop everything…' }],
  ),
  'live-offline': page('/live', once(seesLive(lina, all), '/v1/live')),
  'live-forbidden': page('/live', seesLive(meOf('amira'), all)),
  'live-stop': page('/live', seesLive(lina, all), ['j', 'j', 'Enter']),
  'live-stop-person': page('/live', seesLive(lina, all), ['j', 'j', 'Enter', 'Shift+Tab', 'Shift+Tab', 'ArrowDown']),
  'live-stop-everything': page('/live', seesLive(lina, all), [{ click: 'Stop everything…' }, { type: REASON }]),
  'live-stop-reason': page('/live', seesLive(lina, all), ['j', 'Enter', { click: 'Stop 1 grant' }]),
  'live-stopping': page('/live', seesLive(lina, all, { 'POST /v1/stop': never }), [
    { click: 'Stop everything…' },
    { type: REASON },
    'Control+Enter',
    ...SLOWLY,
  ]),
  'live-stopped': page('/live', seesLive(lina, all, { 'POST /v1/stop': () => json(stopped) }), [
    { click: 'Stop everything…' },
    { type: REASON },
    'Control+Enter',
  ]),
  'live-stopped-down': page(
    '/live',
    seesLive(lina, all, {
      'POST /v1/stop': () => json({ ...stopped, ended: stopped.ended.slice(1), not_yet: [line(jonas)] }),
    }),
    [{ click: 'Stop everything…' }, { type: REASON }, 'Control+Enter'],
  ),
  'live-stop-failed': page(
    '/live',
    seesLive(lina, all, {
      'POST /v1/stop': () =>
        problem(
          503,
          'stop_not_recorded',
          'The stop could not be written down',
          'Stop again; tell an operator when it stays.',
        ),
    }),
    [{ click: 'Stop everything…' }, { type: REASON }, 'Control+Enter'],
  ),

  devices: page('/devices', seesDevices(ingrid, list)),
  'devices-own': page('/devices', seesDevices(meOf('amira'), mine)),
  'devices-none': page('/devices', seesDevices(meOf('amira'), [])),
  'devices-not-found': page('/devices', seesDevices(ingrid, list), ['/', { type: 'nobody' }, ...SLOWLY.slice(0, 6)]),
  'devices-loading': page('/devices', seesDevices(ingrid, list, { 'GET /v1/devices': never })),
  'devices-failed': page(
    '/devices',
    seesDevices(ingrid, list, {
      'GET /v1/devices': () => problem(500, 'internal', 'The collector failed at this request'),
    }),
  ),
  'devices-offline': page('/devices', once(seesDevices(ingrid, list), '/v1/devices'), [
    '/',
    { type: 'amira' },
    ...SLOWLY.slice(0, 6),
  ]),
  'devices-revoke': page('/devices', seesDevices(ingrid, list), [first, { type: REASON }]),
  'devices-revoked': page(
    '/devices',
    seesDevices(ingrid, list, {
      'POST /v1/devices/': () =>
        json({
          device: device('amira', { revoked }),
          stopped: { ended: [{ ...line(amira), gone_ms: 131 }], not_yet: [], closed: [line(asked)] },
        }),
    }),
    [first, { type: REASON }, 'Control+Enter'],
  ),
  'devices-stop-own': page('/devices', seesDevices(meOf('amira'), mine), [{ click: 'Stop my access…' }]),
};
