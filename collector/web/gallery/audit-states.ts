/** The states of the audits' page. */
import type { Fetch } from '../api/client.ts';
import { audit, auditList, emptyAudit, october } from './audits.ts';
import { meOf } from './data.ts';
import { json, never, type State, script } from './script.ts';

const ingrid = meOf('ingrid');
const noVerify: State['verify'] = () => new Promise(() => {});
const audited = (audits: typeof auditList, one: ReturnType<typeof audit>): Fetch =>
  script({
    'GET /v1/me': () => json(ingrid),
    'GET /v1/audits': () =>
      json({ every: 'month', running: { id: '2026-11-01..2026-12-01', from: one.from, until: one.until }, audits }),
    'GET /v1/audits/': () => json(one),
  });

export const auditStates: Record<string, State> = {
  'audits-first': { path: '/audits', fetch: audited([], emptyAudit), verify: noVerify },
  'audits-running': { path: '/audits', fetch: audited(auditList, audit()), verify: noVerify },
  'audits-findings': {
    path: `/audits/${auditList[0]?.id}`,
    fetch: audited(auditList, audit(october)),
    verify: noVerify,
  },
  'audits-unreachable': {
    path: `/audits/${auditList[0]?.id}`,
    fetch: audited(auditList, audit({ ...october, unreachable: [{ id: 'billing', label: 'Billing' }] })),
    verify: noVerify,
  },
  'audits-loading': {
    path: '/audits',
    fetch: script({ 'GET /v1/me': () => json(ingrid), 'GET /v1/audits': never, 'GET /v1/audits/': never }),
    verify: noVerify,
  },
  'audits-away': {
    path: '/audits',
    fetch: script({
      'GET /v1/me': () => json(ingrid),
      'GET /v1/audits': () => Promise.reject(new TypeError('gone')),
      'GET /v1/audits/': () => Promise.reject(new TypeError('gone')),
    }),
    verify: noVerify,
  },
  'audits-forbidden': { path: '/audits', fetch: script({ 'GET /v1/me': () => json(meOf('amira')) }), verify: noVerify },
};
