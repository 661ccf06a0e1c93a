/** Made-up audits in the shapes of `shared/audits.ts`. */
import type { AuditedGrant, AuditList, AuditReport } from '../../../shared/audits.ts';
import { idOf, NOW, people } from './data.ts';

const ago = (days: number): string => new Date(NOW - days * 86_400_000).toISOString();
const hashOf = (name: string): string => `${name}${'A'.repeat(43)}`.slice(0, 43);
const who = (key: keyof typeof people) => ({ sub: people[key].sub, name: people[key].name });
const orders = { id: 'orders', label: 'Orders' };
const billing = { id: 'billing', label: 'Billing' };

const granted = (name: string, over: Partial<AuditedGrant> = {}): AuditedGrant => ({
  id: idOf(name),
  by: who('amira'),
  target: orders,
  scope: 'Support read',
  severity: 'SEV1',
  ticket: 'INC-4711',
  minutes: 30,
  alone: true,
  approved_by: [],
  state: 'handed_back',
  asked_at: ago(12),
  opened_at: ago(12),
  ended_at: ago(12),
  ended_by: 'Amira Haddad',
  gone_ms: 180,
  review: 'signed',
  review_due_at: ago(11),
  ...over,
});
const late = granted('jonas', {
  by: who('jonas'),
  target: billing,
  ticket: 'INC-4698',
  alone: false,
  approved_by: ['Li Na'],
  severity: 'SEV2',
  state: 'expired',
  ended_by: null,
  review: 'overdue',
  asked_at: ago(5),
});

export const audit = (over: Partial<AuditReport> = {}): AuditReport => ({
  v: 1,
  from: '2026-11-01T00:00:00.000Z',
  until: '2026-12-01T00:00:00.000Z',
  at: new Date(NOW - 40_000).toISOString(),
  unused_days: 90,
  grants: [
    granted('amira-sev1'),
    granted('priya', {
      by: who('priya'),
      ticket: 'INC-4705',
      scope: 'Orders repair',
      alone: false,
      approved_by: ['Li Na', 'Sofia Rossi'],
      severity: 'SEV2',
      minutes: 60,
      state: 'revoked',
      ended_by: 'Ingrid Solheim',
      asked_at: ago(9),
      review: 'due',
    }),
    granted('kofi', {
      by: who('kofi'),
      ticket: 'INC-4702',
      alone: false,
      severity: 'SEV3',
      state: 'denied',
      opened_at: null,
      ended_at: null,
      ended_by: null,
      gone_ms: null,
      asked_at: ago(7),
      review: 'none',
      review_due_at: null,
    }),
    late,
  ],
  overdue: [late],
  roles: [
    { target: orders, role: 'vitrine_k3x9q2ab', grant: idOf('amira-sev1'), removed: true },
    { target: billing, role: 'vitrine_p0d7w1zz', grant: null, removed: false },
  ],
  unreachable: [],
  people: [
    { ...who('kofi'), roles: ['engineer'], last_used_at: ago(140), seen_at: ago(6) },
    { sub: 'mara', name: 'Mara \u202eLindt', roles: ['engineer', 'approver'], last_used_at: null, seen_at: null },
  ],
  devices: [{ jkt: hashOf('q1'), name: 'Old ThinkPad', by: who('kofi'), enrolled_at: ago(420), seen_at: ago(128) }],
  policies: [{ hash: hashOf('pol'), at: ago(14), index: 17_902 }],
  ...over,
});
export const october = {
  from: '2026-10-01T00:00:00.000Z',
  until: '2026-11-01T00:00:00.000Z',
  at: '2026-11-01T00:00:12.000Z',
} satisfies Partial<AuditReport>;
export const emptyAudit: AuditReport = audit({
  grants: [],
  overdue: [],
  roles: [],
  people: [],
  devices: [],
  policies: [],
});

const written = (from: string, until: string, findings: number, index: number): AuditList['audits'][number] => ({
  id: `${from}..${until}`,
  from: `${from}T00:00:00.000Z`,
  until: `${until}T00:00:00.000Z`,
  at: `${until}T00:00:12.000Z`,
  grants: 14,
  findings,
  index,
  digest: hashOf(from),
});
export const auditList: AuditList['audits'] = [
  written('2026-10-01', '2026-11-01', 3, 16_240),
  written('2026-09-01', '2026-10-01', 0, 12_018),
  written('2026-08-01', '2026-09-01', 1, 9004),
];
