/** Before and after a grant: start, key, sign-in, the request, waiting, the hand-back. */
import type { AppState, UserError } from '../../shared/ipc.ts';
import type { HeldEnvelope } from '../../shared/ipc-envelope.ts';
import { amira, checkedOptions, grant, ledger, options, refusedOptions, request, summary } from './data.ts';
import { done, live, type Scene } from './scene.ts';

const locked = (part: Partial<Extract<AppState, { phase: 'locked' }>> = {}): AppState => ({
  phase: 'locked',
  person: amira,
  options,
  prefill: {
    target: 'orders',
    severity: 'SEV1',
    ticket: 'INC-4711',
    reason: 'Orders stuck in processing since the 11:40 deploy',
  },
  problem: null,
  ledger,
  ...part,
});
const notNow: UserError = {
  code: 'sign_in_failed',
  message: 'The sign-in page at https://login.example does not answer. What was recorded is safe on this disk.',
  hint: 'Check the network or VPN, then try again.',
};
const problem: UserError = {
  code: 'collector_unreachable',
  message: 'The collector at https://vitrine.example does not answer. What was recorded is safe on this disk.',
  hint: 'Check the network or VPN. Vitrine tries again every few seconds.',
};

const envelope = (part: Partial<HeldEnvelope> = {}): HeldEnvelope => ({
  id: 'e000000000000000000001',
  state: 'sealed',
  person: 'Amira Haddad',
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: { label: 'Support read', mode: 'read' },
  severity: 'SEV1',
  minutes: 15,
  until: '2026-11-30T14:00:00.000Z',
  used: null,
  ...part,
});
const envelopes = [
  envelope(),
  envelope({
    id: 'e000000000000000000002',
    state: 'used',
    used: { at: '2026-11-23T02:41:00.000Z', heard: false },
  }),
  envelope({ id: 'e000000000000000000003', state: 'late', until: '2026-11-01T09:00:00.000Z' }),
];

/** Past the cog. */
const toEnvelopes = ['Tab', 'Tab', 'Enter'] as const;

export const gateScenes = {
  'envelope-away': { state: { phase: 'starting', problem }, envelopes },
  'envelope-list': { state: { phase: 'starting', problem }, envelopes, keys: toEnvelopes, shows: 'dialog' },
  'envelope-open': {
    state: { phase: 'starting', problem },
    envelopes,
    keys: [...toEnvelopes, 'Enter'],
    shows: 'dialog.envelope-opening',
  },
  'envelope-live': { state: live(14 * 60, { grant: { ...grant(14 * 60), offline: true } }), results: done, run: true },
  starting: { state: { phase: 'starting', problem: null } },
  'starting-problem': { state: { phase: 'starting', problem } },
  'key-choose': { state: { phase: 'key', key: 'choose', problem: null } },
  'key-unlock': {
    state: {
      phase: 'key',
      key: 'unlock',
      problem: { code: 'wrong_passphrase', message: 'That is not the passphrase.', hint: null },
    },
  },
  'signed-out': { state: { phase: 'signed-out', collector: 'https://vitrine.example', problem: null } },
  'signed-out-problem': {
    state: { phase: 'signed-out', collector: 'https://vitrine.example', problem: notNow },
  },
  'signing-in': { state: { phase: 'signing-in', collector: 'https://vitrine.example' } },
  locked: { state: locked() },
  'locked-empty': { state: locked({ prefill: {} }) },
  'locked-refused': {
    state: locked({
      options: refusedOptions,
      prefill: { target: 'orders', severity: 'SEV2', ticket: 'INC-4711' },
      ledger: { ...ledger, in_ledger: 39 },
    }),
  },
  'locked-foreseen': {
    state: locked({
      options: checkedOptions({
        blocks: ['Every role on Orders can also read public.rates'],
        widens: [
          'Every role on Orders can run shop.refund(bigint), which acts with the rights of shop_owner',
          'Tables that shop_owner makes in schema shop will be open to every role (select)',
        ],
      }),
    }),
  },
  'locked-unchecked': {
    state: locked({
      options: checkedOptions({ failed: 'Orders does not answer the collector, so this could not be checked' }),
    }),
  },
  'locked-denied': {
    state: locked({
      problem: {
        code: 'denied',
        message: 'Li Na said no: “Use the read replica for this.”',
        hint: 'Change the request, or talk to Li Na.',
      },
    }),
  },
  'locked-nothing': { state: locked({ options: { ...options, targets: [] } }) },
  waiting: { state: { phase: 'waiting', person: amira, request: request(), problem: null } },
  'waiting-away': {
    state: {
      phase: 'waiting',
      person: amira,
      request: request(),
      problem: {
        code: 'collector_unreachable',
        message: 'The collector at collector.vitrine.example cannot be reached.',
        hint: 'Nothing is lost; try again in a moment.',
      },
    },
  },
  'waiting-two': {
    state: {
      phase: 'waiting',
      person: amira,
      problem: null,
      request: request({
        severity: 'SEV3',
        approvals_needed: 2,
        approvals: [{ sub: 'lina', name: 'Li Na', alone: false, at: '2026-11-23T14:03:00.000Z' }],
        approvers: ['Jonas Weber', 'Priya Raman'],
      }),
    },
  },
  'waiting-groups': {
    state: {
      phase: 'waiting',
      person: amira,
      problem: null,
      request: request({
        severity: 'SEV3',
        minutes: 20,
        scope: { ...request().scope, tables: request().scope.tables.filter(({ table }) => table !== 'payments') },
        asked: { minutes: 45, scope: request().scope },
        approvals_needed: 2,
        approvals: [
          {
            sub: 'lina',
            name: 'Li Na',
            alone: false,
            at: '2026-11-23T14:03:00.000Z',
            minutes: 20,
            without: ['shop.payments'],
          },
        ],
        approvals_missing: [{ count: 1, groups: ['security'], people: ['Ingrid Solheim', 'Priya Raman'] }],
      }),
    },
  },
  activating: {
    state: {
      phase: 'activating',
      person: amira,
      request: request({
        state: 'approved',
        approvals: [{ sub: 'lina', name: 'Li Na', alone: false, at: '2026-11-23T14:08:00.000Z' }],
      }),
      step: 'Creating a database role for this grant…',
    },
  },
  closing: {
    state: live(2),
    results: done,
    run: true,
    next: {
      phase: 'closing',
      person: amira,
      grant: grant(0),
      why: 'expired',
      step: 'Asking the server to cancel what is running…',
    },
  },
  closed: { state: { phase: 'closed', person: amira, summary: summary() } },
  'closed-tools': {
    state: {
      phase: 'closed',
      person: amira,
      summary: summary({
        transaction: 'The open transaction was rolled back.',
        tools: [
          { name: 'psql', statements: 12, transaction: true },
          { name: 'DBeaver', statements: 3, transaction: false },
        ],
      }),
    },
  },
  'closed-expired': {
    state: {
      phase: 'closed',
      person: amira,
      summary: summary({
        why: 'expired',
        used_ms: 30 * 60_000,
        fates: { committed: 0, rolled_back: 37, unknown: 0 },
        recent: summary().recent.filter(({ tag }) => tag !== 'COMMIT'),
        gone_ms: null,
        cut: { text: 'select pg_sleep(600)', outcome: 'The server cancelled it; nothing was changed.' },
        exports: { done: 0, rows: 0, bytes: 0, cut: 1 },
        transaction: 'An open transaction was rolled back: 37 changed rows are as they were.',
        ledger: { recorded: 84, in_ledger: 80, index: 18_236, waiting: 'Next try in 2 s.' },
      }),
    },
  },
} satisfies Readonly<Record<string, Scene>>;
