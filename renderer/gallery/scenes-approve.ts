/** Answering other people's requests: nothing waits, some wait, no answer is possible, somebody was faster, the collector is away. */
import type { RequestView } from '../../shared/api.ts';
import type { ApprovalsState } from '../../shared/ipc-approve.ts';
import { request } from './data.ts';
import type { Scene } from './scene.ts';

const lina = { sub: 'lina', name: 'Li Na', roles: ['engineer', 'approver'] as const };
const one = (n: number, part: Partial<RequestView> = {}): RequestView =>
  request({
    id: String(n).padStart(22, 'q'),
    digest: 'd'.repeat(43),
    approval_refused: null,
    approvals_missing: [{ count: 1, groups: null, people: ['Li Na', 'Jonas Weber'] }],
    lapses_at: '2026-11-23T14:36:00.000Z',
    ...part,
  });
const by = (sub: string, name: string) => ({ sub, name, roles: [] });
const narrower = [
  {
    id: 'orders-look',
    label: 'Look at orders',
    mode: 'read' as const,
    tables: request().scope.tables.filter(({ table }) => table === 'orders'),
  },
];
const many = [
  one(1, { narrower, step_up: { who: ['approver'], max_age: 300 } }),
  one(2, {
    by: by('jonas', 'Jonas Weber'),
    severity: 'SEV1',
    ticket: 'INC-4713',
    minutes: 45,
    approvals_needed: 2,
    approvals: [{ sub: 'omar', name: 'Omar Farouk', alone: false, at: '2026-11-23T14:07:00.000Z' }],
    approvals_missing: [{ count: 1, groups: ['dba'], people: ['Sofia Rossi'] }],
    approval_refused: 'Your approval would not count: still missing is 1 approval by dba',
    reason: 'Replaying refunds after the payment provider came back',
  }),
  one(3, {
    by: by('lina', 'Li Na'),
    ticket: 'INC-4714',
    reason: 'Looking for the order that the customer calls about',
  }),
];
const waits = (waiting: ApprovalsState['waiting'], part: Partial<ApprovalsState> = {}): ApprovalsState => ({
  me: 'lina',
  waiting,
  count: waiting?.length ?? 0,
  problem: null,
  ...part,
});
const away = {
  code: 'collector_unreachable',
  message: 'The collector at collector.vitrine.example cannot be reached.',
  hint: null,
};
const shows = { keys: ['ControlOrMeta+Shift+A'], shows: '.approve-panel' } as const;

/** `locked` is the form, `working` the window while a grant lives. */
export function approveScenes(locked: Scene['state'], working: Scene['state']): Readonly<Record<string, Scene>> {
  if (locked.phase !== 'locked') throw new Error('these scenes begin with the form');
  const person = { ...lina, roles: [...lina.roles] };
  const state: Scene['state'] = { ...locked, person };
  return {
    'approve-count': { state, approvals: waits(many) },
    'approve-count-live': { state: working, approvals: waits(many) },
    approve: { state, approvals: waits(many), ...shows },
    'approve-none': { state, approvals: waits([]), ...shows },
    'approve-asking': { state, approvals: waits(null), ...shows },
    'approve-away': { state, approvals: waits(many.slice(0, 1), { problem: away }), ...shows },
    'approve-away-first': { state, approvals: waits(null, { problem: away }), ...shows },
    'approve-uncounted': { state, approvals: waits(many.slice(1)), ...shows },
    'approve-own': { state, approvals: waits(many.slice(2)), ...shows },
    'approve-yes': { state, approvals: waits(many), ...shows, keys: [...shows.keys, 'Tab', 'Tab', 'Enter'] },
  };
}
