/** Everything as long as it may be: names of 63 bytes, a ticket and a reason that somebody wrote in full. */
import type { AppState } from '../../shared/ipc.ts';
import { amira, connection, grant, ledger, opened, options, request, summary } from './data.ts';
import { live, type Scene } from './scene.ts';

const NAME = 'a_name_that_is_as_long_as_postgresql_lets_a_name_be_63_bytes_xx';
/** As long as the contract lets one be. */
const TICKET = 'INCIDENTREPORT26-1234567890';
const REASON =
  'Orders have been stuck in processing since the 11:40 deploy, on worker-7c9f and perhaps on others; I need to see which worker holds them, whether their payments were captured, and which ones to set back. The refund desk has been told to wait; customers see “We are packing your order”. Nothing is to be changed before Li Na has looked at the list, which I will paste into the ticket together with the number of every statement in the ledger.';
const target = {
  id: 'orders',
  label: 'Orders of the online shop in Northern and Western Europe (primary)',
  environment: 'production',
} as const;
const person = { ...amira, name: 'Amira Wilhelmina Haddad-Vanderbilt of the Northern Region' };
const scope = {
  ...grant(1).scope,
  label: 'Support read for the second line, without payment data',
  mode: 'write',
} as const;
const long = { target, ticket: TICKET, reason: REASON } as const;
const lasting = { ...grant(1421), ...long, scope, mode: 'write' as const };
const columns = Array.from({ length: 8 }, (_, n) => ({
  name: `${String(n)}${NAME}`.slice(0, 63),
  type: n % 2 === 0 ? 'character varying(255)' : 'timestamp with time zone',
  align: 'left' as const,
}));
const locked: AppState = {
  phase: 'locked',
  person,
  ledger,
  problem: null,
  options: {
    ...options,
    targets: options.targets.map((one, n) =>
      n > 0 ? one : { ...one, label: target.label, scopes: one.scopes.map((s) => ({ ...s, label: scope.label })) },
    ),
  },
  prefill: { target: 'orders', severity: 'SEV1', ticket: TICKET, reason: REASON },
};

export const longScenes: Readonly<Record<string, Scene>> = {
  'long-locked': { state: locked },
  'long-waiting': {
    state: {
      phase: 'waiting',
      problem: null,
      person,
      request: request({
        ...long,
        scope,
        approvers: ['Li Na', 'Jonas Weber', 'Priya Raman', 'Ingrid Solheim', person.name, 'Kofi Mensah', 'Tomás Ruiz'],
      }),
    },
  },
  'long-live': {
    state: live(1421, { grant: lasting, connection: connection(opened(248)) }),
    titles: ['stuck orders.sql', NAME, ...Array.from({ length: 9 }, (_, n) => `another tab ${n + 1}`)],
    results: [
      [0, { columns, tag: 'SELECT 37' }],
      [0, { columns, offset: 60, error: null }],
    ],
    run: true,
  },
  'long-closed': {
    state: {
      phase: 'closed',
      person,
      summary: summary({
        ...long,
        target: target.label,
        tables: Array.from({ length: 12 }, (_, n) => `shop.${n}${NAME}`.slice(0, 68)),
        statements: 1_204_331,
        rows_read: 8_214_331_002,
        rows_changed: 1_204_331,
        fates: { committed: 1_200_000, rolled_back: 4000, unknown: 331 },
      }),
    },
  },
  narrow: {
    state: live(1421),
    settings: { side_width: 160, inspector_width: 240, editor_height: 0.2 },
    results: [[0, { columns: [{ name: 'details', type: 'jsonb', align: 'left' }] }]],
    run: true,
    value: '{"worker": "worker-7c9f", "lines": [{"sku": "A-100", "count": 2}], "note": "Left at the door."}',
    keys: ['Alt+Enter'],
    shows: '.value-body > *',
  },
};
