/** The states of the page of envelopes. */
import type { Envelopes, EnvelopeView } from '../../../shared/api-envelope.ts';
import type { Fetch } from '../api/client.ts';
import { idOf, meOf, NOW, people } from './data.ts';
import { type Answer, json, never, problem, type State, script } from './script.ts';

const time = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const keyOf = (name: string): string => `${name}${'0'.repeat(43)}`.slice(0, 43);
const DAY = 24 * 60;

const envelope = (name: string, over: Partial<EnvelopeView> = {}): EnvelopeView => ({
  id: idOf(name),
  state: 'sealed',
  holder: { sub: people.amira.sub, name: people.amira.name },
  device: { jkt: keyOf('amira'), name: 'amira-laptop' },
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: { id: 'support-read', label: 'Support read', mode: 'read' },
  severity: 'SEV1',
  minutes: 15,
  days: 7,
  reason: 'On call this week, for when the sign-in is down',
  asked: { by: people.lina.name, at: time(-600) },
  confirmed: [
    { sub: 'lina', name: people.lina.name, at: time(-600) },
    { sub: 'jonas', name: people.jonas.name, at: time(-580) },
  ],
  lapses_at: time(DAY - 600),
  until: time(7 * DAY - 580),
  fetched_at: time(-570),
  seen_at: null,
  opened: null,
  ended: null,
  rotated: false,
  confirm_refused: 'This envelope is sealed.',
  ...over,
});
const asked = envelope('asked', {
  state: 'asked',
  holder: { sub: people.kofi.sub, name: people.kofi.name },
  device: { jkt: keyOf('kofi'), name: 'kofi-thinkpad' },
  confirmed: [{ sub: 'jonas', name: people.jonas.name, at: time(-12) }],
  asked: { by: people.jonas.name, at: time(-12) },
  until: null,
  fetched_at: null,
  confirm_refused: null,
});
const list: readonly EnvelopeView[] = [
  asked,
  envelope('sealed'),
  envelope('used', { seen_at: time(-4), device: { jkt: keyOf('priya'), name: 'priya-laptop' } }),
  envelope('opened', {
    state: 'opened',
    opened: { at: time(-300), heard_at: time(-221), times: 1 },
    ended: { at: time(-221), by: null, reason: null },
    rotated: true,
  }),
  envelope('twice', {
    state: 'opened',
    opened: { at: time(-2300), heard_at: time(-2221), times: 2 },
    ended: { at: time(-2221), by: null, reason: null },
  }),
  envelope('withdrawn', {
    state: 'withdrawn',
    ended: { at: time(-3000), by: people.ingrid.name, reason: 'The laptop was left on a train' },
    rotated: true,
  }),
];
const choices = [
  {
    target: { id: 'orders', label: 'Orders' },
    scope: { id: 'support-read', label: 'Support read' },
    severity: 'SEV1',
    minutes: 15,
    days: 7,
  },
];
const offers: Envelopes['offers'] = [
  { device: asked.device, holder: asked.holder, ready: true, choices },
  {
    device: { jkt: keyOf('amira'), name: 'amira-laptop' },
    holder: { sub: 'amira', name: people.amira.name },
    ready: false,
    choices,
  },
];
const KEY = '7K2QM-90ADX-M3VZ1-QQ0TH-8N4CW-5RBEJ-ZZ71K-0PFYS';

const lina = meOf('lina');
const sees = (envelopes: readonly EnvelopeView[], more: Record<string, Answer> = {}): Fetch =>
  script({
    'GET /v1/me': () => json(lina),
    'GET /v1/envelopes': () => json({ envelopes, offers }),
    'POST /v1/envelopes/': () => json({ envelope: envelope('asked'), opening_key: KEY }),
    ...more,
  });
const none: State['verify'] = () => new Promise(() => {});
const page = (fetch: Fetch, steps: NonNullable<State['steps']> = []): State => ({
  path: '/envelopes',
  fetch,
  verify: none,
  steps,
});

export const envelopeStates: Readonly<Record<string, State>> = {
  envelopes: page(sees(list)),
  'envelopes-none': page(sees([])),
  'envelopes-loading': page(sees([], { 'GET /v1/envelopes': never })),
  'envelopes-failed': page(
    sees([], { 'GET /v1/envelopes': () => problem(500, 'internal', 'The collector failed at this request') }),
  ),
  'envelopes-ask': page(sees(list), [{ click: 'Seal an envelope…' }]),
  'envelopes-confirm': page(sees(list), [{ click: 'Confirm the envelope' }]),
  'envelopes-key': page(sees(list), [{ click: 'Confirm the envelope' }, { click: 'Confirm and seal' }]),
  'envelopes-refused': page(
    sees(list, {
      'POST /v1/envelopes/': () =>
        problem(409, 'policy_changed', 'The policy has changed since this was asked for', 'Withdraw this envelope.'),
    }),
    [{ click: 'Confirm the envelope' }, { click: 'Confirm and seal' }],
  ),
  'envelopes-respond': page(sees(list), [{ click: 'Answer a challenge…' }]),
  'envelopes-withdraw': page(sees(list), [{ click: 'Withdraw the envelope' }]),
};
