/** Every state of every page, as a script of answers. The name is the address: `?state=desk`. */
import type { Me, RequestView } from '../../../shared/api.ts';
import type { Fetch } from '../api/client.ts';
import type { Check, Progress, Report, VerifyBundle } from '../verify/report.ts';
import { auditStates } from './audit-states.ts';
import { changeStates } from './change-states.ts';
import {
  alertTimeline,
  grant,
  idOf,
  liveTimeline,
  meOf,
  NOW,
  ordersRepair,
  people,
  queue,
  request,
  signedTimeline,
  supportRead,
  timeline,
  waiting,
} from './data.ts';
import { envelopeStates } from './envelope-states.ts';
import { type Answer, json, never, problem, type State, script } from './script.ts';
import { stepUpStates } from './step-up-states.ts';
import { stopStates } from './stop-states.ts';
import { delivery, givenUp, heard, notTold, toldAtOnce, toldToApprovers } from './told.ts';

const check = (
  id: string,
  title: string,
  detail: string,
  state: Check['state'] = 'ok',
  findings: string[] = [],
): Check => ({ id, state, title, detail, findings });
const good: readonly Check[] = [
  check('notes', 'Signed by the ledger', 'at size 18,240; no witness has cosigned it'),
  check('inclusion', '84 of 84 entries', 'are in the ledger’s tree, under that signature'),
  check('consistency', 'Nothing rewritten:', '12 earlier checkpoints are prefixes of this one'),
  check('signatures', '84 of 84 records signed', 'by Amira’s device or the collector, unaltered'),
  check('chain', 'No gaps', 'and none out of order'),
  check('identity', 'Her login commits', 'to the device key that signed'),
  check('outcomes', 'Every statement', 'has an outcome'),
  check('times', 'Times are plausible:', 'each within 2 minutes of its receipt'),
  check('evidence', 'The database’s own log', 'is not part of this bundle', 'absent'),
];
const reports = {
  good: { checks: good, entries: 84, bytes: 241_300, ms: 640, logKey: 'bundle' },
  bad: {
    checks: good.map((one) =>
      one.id === 'chain'
        ? check('chain', 'Entries are missing:', 'the session’s own numbering does not add up', 'failed', [
            'session-1: expected seq 14, found 16',
            'session-1 seq 16: prev names an entry that is not in the bundle',
          ])
        : one.id === 'signatures'
          ? check('signatures', '1 signature is wrong:', 'a record was altered after it was signed', 'failed', [
              'entry #18,200: signature does not fit the payload',
            ])
          : one,
    ),
    entries: 83,
    bytes: 239_000,
    ms: 655,
    logKey: 'bundle',
  },
} satisfies Record<string, Report>;

const verifies =
  (report: Report): VerifyBundle =>
  async () =>
    report;
const verifying =
  (progress: Progress): VerifyBundle =>
  (_, onProgress) => {
    onProgress(progress);
    return never() as Promise<never>;
  };

const asks = (who: Me, one: RequestView, more: Record<string, Answer> = {}): Fetch =>
  script({
    'GET /v1/me': () => json(who),
    'GET /v1/requests/': () => json(one),
    'GET /v1/requests': () => json({ requests: [one] }),
    told: () => json(one.alone ? toldAtOnce : toldToApprovers),
    ...more,
  });
/** The first question is answered, the long poll after it hangs, as it does for real. */
function held(who: Me, one: RequestView, more: Record<string, Answer> = {}): Fetch {
  return asks(who, one, { [`GET /v1/requests/${one.id}?wait`]: never, ...more });
}
const reads = (who: Me, more: Record<string, Answer> = {}): Fetch =>
  script({
    'GET /v1/me': () => json(who),
    'GET /v1/review/grants': () => json({ grants: queue }),
    'GET /v1/review/grants/': () => json(grant()),
    [`GET /v1/review/grants/${idOf('amira-sev1')}/bundle`]: () => new Response('{}\n'),
    [`GET /v1/review/grants/${idOf('priya-live')}`]: () =>
      json(
        grant({ item: queue[2] ?? grant().item, timeline: liveTimeline, denied: 0, used_s: 1071, tree_size: 18_232 }),
      ),
    [`GET /v1/review/grants/${idOf('kofi')}`]: () =>
      json(grant({ item: queue[3] ?? grant().item, timeline: signedTimeline, denied: 1 })),
    [`GET /v1/review/grants/${idOf('jonas')}`]: () =>
      json(grant({ item: queue[1] ?? grant().item, timeline: alertTimeline, denied: 0, used_s: 1800 })),
    ...more,
  });

const ingrid = meOf('ingrid');
const lina = meOf('lina');
const both = meOf('lina', ['approver', 'reviewer']);
const asked = `/requests/${idOf('waiting')}`;
const approvedBy = (who: 'lina' | 'ingrid', at = NOW - 9000) => [
  { sub: people[who].sub, name: people[who].name, alone: false, at: new Date(at).toISOString() },
];
/** Two groups have to answer; one has. */
const needsGroups = waiting({
  severity: 'SEV1',
  scope: ordersRepair,
  approvals_needed: 2,
  approvals: approvedBy('ingrid'),
  approvals_missing: [{ count: 1, groups: ['dba', 'incident-commanders'], people: ['Li Na', 'Sofia Rossi'] }],
});
const lookAtOrders: RequestView['scope'] = {
  id: 'orders-look',
  label: 'Look at orders',
  mode: 'read',
  tables: [{ schema: 'shop', table: 'orders', select: ['id', 'status', 'updated_at'] }],
};
const widest = waiting({ minutes: 45, scope: ordersRepair, narrower: [lookAtOrders] });
const foreseen = waiting({
  check: {
    at: new Date(NOW - 60_000).toISOString(),
    failed: null,
    blocks: ['Every role on Orders can also read public.rates'],
    widens: ['Every role on Orders can run shop.refund(bigint), which acts with the rights of shop_owner'],
  },
});
const toLess = ['a', 'Shift+Tab', 'Enter', 'Tab', 'ControlOrMeta+a'];
const giveLess = [...toLess, { type: '20' }, 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Space'];
const givenLess = waiting({
  minutes: 20,
  scope: { ...ordersRepair, tables: ordersRepair.tables.filter(({ table }) => table !== 'payments') },
  asked: { minutes: 45, scope: ordersRepair },
  approvals_needed: 2,
  approvals: approvedBy('lina').map((one) => ({ ...one, minutes: 20, without: ['shop.payments'] })),
  approvals_missing: [{ count: 1, groups: ['security'], people: ['Ingrid Solheim'] }],
});
const first = `/review/${idOf('amira-sev1')}`;
const noVerify = verifies(reports.good);

const sealedText = {
  sql: "-- INC-4711: orders that never left processing\nselect o.id, o.placed_at, c.name, o.total, o.details->>'worker' as worker\nfrom shop.orders o\njoin shop.customers c on c.id = o.customer_id\nwhere o.status = 'processing' and o.placed_at < now() - interval '2 hours'\norder by o.placed_at",
  parameters: ['processing', null, '{918231,918268,918305}'],
};

export const states: Record<string, State> = {
  'sign-in': {
    path: '/',
    fetch: script({ 'GET /v1/me': () => problem(401, 'signed_out', 'You are signed out.') }),
    verify: noVerify,
  },
  'sign-in-request': {
    path: asked,
    fetch: script({ 'GET /v1/me': () => problem(401, 'signed_out', 'You are signed out.') }),
    verify: noVerify,
  },
  unreachable: { path: '/', fetch: () => Promise.reject(new TypeError('gone')), verify: noVerify },
  forbidden: { path: '/', fetch: script({ 'GET /v1/me': () => json(meOf('amira')) }), verify: noVerify },
  unknown: { path: '/nowhere', fetch: script({ 'GET /v1/me': () => json(lina) }), verify: noVerify },

  requests: {
    path: '/requests',
    fetch: script({
      'GET /v1/me': () => json(lina),
      'GET /v1/requests': () =>
        json({
          requests: [
            waiting(),
            waiting({
              id: idOf('w2'),
              by: { ...people.kofi, roles: ['engineer'] },
              severity: 'SEV1',
              ticket: 'INC-4713',
              scope: ordersRepair,
              approvals_needed: 2,
              approvals: approvedBy('ingrid'),
              reason: '37 orders are stuck in processing since the 11:40 deploy; they need their status set back',
              created_at: new Date(NOW - 40_000).toISOString(),
            }),
            waiting({
              id: idOf('w3'),
              by: { ...people.lina, roles: ['approver'] },
              target: { id: 'catalog', label: 'Catalog', environment: 'staging' },
              severity: 'Drill',
              ticket: 'DRILL-13',
              minutes: 10,
              reason: 'Practice for the on-call rota',
            }),
          ],
        }),
    }),
    verify: noVerify,
  },
  'requests-empty': {
    path: '/requests',
    fetch: script({ 'GET /v1/me': () => json(both), 'GET /v1/requests': () => json({ requests: [] }) }),
    verify: noVerify,
  },
  request: { path: asked, fetch: held(lina, waiting()), verify: noVerify },
  'request-write': {
    path: asked,
    fetch: held(
      lina,
      waiting({ scope: ordersRepair, approvals_needed: 2, approvals: approvedBy('ingrid'), severity: 'SEV1' }),
    ),
    verify: noVerify,
  },
  'request-foreseen': { path: asked, fetch: held(lina, foreseen), verify: noVerify },
  'request-groups': { path: asked, fetch: held(lina, needsGroups), verify: noVerify },
  'request-uncounted': {
    path: asked,
    fetch: held(lina, {
      ...needsGroups,
      approval_refused: 'Your approval would not count: still missing is 1 approval by security',
    }),
    verify: noVerify,
  },
  'request-less': { path: asked, fetch: held(lina, widest), verify: noVerify, steps: giveLess },
  'request-less-nothing': {
    path: asked,
    fetch: held(lina, widest),
    verify: noVerify,
    steps: [...toLess, { type: 'x' }, 'Tab', ...Array(5).fill(['Tab', 'Space']).flat()],
  },
  'request-less-given': {
    path: asked,
    fetch: held(meOf('ingrid', ['approver', 'reviewer']), givenLess),
    verify: noVerify,
  },
  'request-less-approved': {
    path: asked,
    fetch: held(lina, { ...givenLess, state: 'approved', approvals_needed: 1, approvals_missing: [] }),
    verify: noVerify,
  },
  'request-changed': {
    path: asked,
    fetch: held(lina, widest, {
      'POST /v1/requests/': () =>
        problem(
          409,
          'request_changed',
          'This request is no longer the one that you looked at',
          'Nothing was approved. Look at what it is now, then answer.',
        ),
    }),
    verify: noVerify,
    steps: ['a', { click: 'Approve 45 minutes' }],
  },
  'request-approve': { path: asked, fetch: held(lina, waiting()), verify: noVerify, steps: ['a'] },
  'request-deny': {
    path: asked,
    fetch: held(lina, waiting()),
    verify: noVerify,
    steps: ['d', { click: 'Deny request' }],
  },
  'request-approved': {
    path: asked,
    fetch: held(lina, waiting(), {
      'POST /v1/requests/': () => json(waiting({ state: 'approved', approvals: approvedBy('lina') })),
    }),
    verify: noVerify,
    steps: ['a', { click: 'Approve 30 minutes' }],
  },
  'request-denied': {
    path: asked,
    fetch: held(
      lina,
      waiting({ state: 'denied', note: 'The refund desk can see payments in its own tool. Ask Sofia there first.' }),
    ),
    verify: noVerify,
  },
  'request-withdrawn': { path: asked, fetch: held(lina, waiting({ state: 'withdrawn' })), verify: noVerify },
  'request-lapsed': { path: asked, fetch: held(lina, waiting({ state: 'lapsed' })), verify: noVerify },
  'request-own': { path: asked, fetch: held(meOf('amira', ['engineer', 'approver']), waiting()), verify: noVerify },
  'request-active': {
    path: asked,
    fetch: held(
      both,
      waiting({
        state: 'active',
        created_at: new Date(NOW - 560_000).toISOString(),
        approvals: approvedBy('lina', NOW - 391_000),
        activated_at: new Date(NOW - 379_000).toISOString(),
        expires_at: new Date(NOW + 1_421_000).toISOString(),
      }),
    ),
    verify: noVerify,
  },
  'request-ended': {
    path: asked,
    fetch: held(
      both,
      request({
        id: idOf('waiting'),
        alone: false,
        approvals: approvedBy('lina', Date.parse(request().created_at) + 1000),
      }),
    ),
    verify: noVerify,
  },
  'request-not-told': {
    path: asked,
    fetch: held(
      both,
      waiting({
        state: 'approved',
        alone: true,
        severity: 'SEV1',
        scope: ordersRepair,
        approvals: [{ sub: 'amira', name: 'Amira Haddad', alone: true, at: new Date(NOW - 120_000).toISOString() }],
      }),
      { told: () => json(notTold) },
    ),
    verify: noVerify,
  },
  'request-told-late': {
    path: asked,
    fetch: held(lina, waiting({ state: 'withdrawn' }), {
      told: () =>
        json(
          heard(
            'request_waiting',
            delivery('#on-call', 'slack'),
            delivery('Approvers', 'smtp', {
              state: 'dropped',
              attempts: 3,
              sent_at: null,
              after_ms: null,
              problem: 'it did not answer in time',
            }),
          ),
        ),
    }),
    verify: noVerify,
  },
  'request-told-nobody': {
    path: asked,
    fetch: held(lina, waiting(), { told: () => json({ notices: [] }) }),
    verify: noVerify,
  },
  'request-faster': {
    path: asked,
    fetch: held(lina, waiting(), {
      'POST /v1/requests/': () =>
        problem(409, 'not_waiting', 'Sofia Rossi has answered this request.', 'Nothing was changed by you.'),
    }),
    verify: noVerify,
    steps: ['a', { click: 'Approve 30 minutes' }],
  },

  desk: { path: '/', fetch: reads(ingrid), verify: verifies(reports.good) },
  'desk-empty': {
    path: '/',
    fetch: reads(ingrid, { 'GET /v1/review/grants': () => json({ grants: [] }) }),
    verify: noVerify,
  },
  'desk-checking': {
    path: first,
    fetch: reads(ingrid),
    verify: verifying({ stage: 'check', part: 0.62, bytes: 241_300 }),
  },
  'desk-tampered': { path: first, fetch: reads(ingrid), verify: verifies(reports.bad) },
  'desk-judging': {
    path: first,
    fetch: reads(ingrid),
    verify: noVerify,
    steps: ['ArrowRight', '1', 'j', '2', 'j', '1', 'j'],
  },
  'desk-folded': { path: first, fetch: reads(ingrid), verify: noVerify, steps: [{ click: '14 schema look-ups' }] },
  'desk-sign-off': {
    path: first,
    fetch: reads(ingrid),
    verify: noVerify,
    steps: [
      'ArrowRight',
      '1',
      'j',
      '2',
      'j',
      '1',
      's',
      { type: 'The update touched the 37 orders of INC-4711 and nothing else.' },
    ],
  },
  'desk-sign-off-stale': {
    path: first,
    fetch: reads(ingrid, { 'POST /v1/review/grants/': () => problem(409, 'not_seen', 'New entries came.') }),
    verify: noVerify,
    steps: ['s', { type: 'Looks right.' }, { click: 'Sign off' }],
  },
  'desk-open': { path: first, fetch: reads(ingrid), verify: noVerify, steps: ['ArrowRight', 'j', 'j', 'o'] },
  'desk-opened': {
    path: first,
    fetch: reads(ingrid, { 'POST /v1/review/statements/': () => json(sealedText) }),
    verify: noVerify,
    steps: ['ArrowRight', 'j', 'j', 'o', { type: 'Check which orders the query showed' }, { click: 'Open and record' }],
  },
  'desk-live': { path: `/review/${idOf('priya-live')}`, fetch: reads(both), verify: noVerify },
  'desk-live-stop': {
    path: `/review/${idOf('priya-live')}`,
    fetch: reads(both),
    verify: noVerify,
    steps: [{ click: 'Stop…' }],
  },
  'desk-signed': { path: `/review/${idOf('kofi')}`, fetch: reads(ingrid), verify: noVerify },
  'desk-alert': { path: `/review/${idOf('jonas')}`, fetch: reads(ingrid), verify: noVerify },
  'desk-not-told': {
    path: first,
    fetch: reads(ingrid, { told: () => json(givenUp) }),
    verify: verifies(reports.good),
  },
  'desk-told-nobody': {
    path: first,
    fetch: reads(ingrid, { told: () => json({ notices: [] }) }),
    verify: verifies(reports.good),
  },
  'desk-expired': {
    path: first,
    fetch: reads(ingrid, { 'GET /v1/review/grants': () => problem(401, 'signed_out', 'You are signed out.') }),
    verify: noVerify,
  },
  'desk-offline': {
    path: first,
    fetch: (() => {
      const online = reads(ingrid);
      let grants = 0;
      return (path: string, init?: RequestInit) =>
        path === '/v1/review/grants' && grants++ > 0
          ? Promise.reject(new TypeError('gone'))
          : path.includes('/bundle')
            ? Promise.reject(new TypeError('gone'))
            : online(path, init);
    })(),
    verify: noVerify,
  },
  ...auditStates,
  ...changeStates,
  ...stopStates,
  ...stepUpStates,
  ...envelopeStates,
};
export const fixtures = { supportRead, timeline };
