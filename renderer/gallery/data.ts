/** Facts that the scenes share: the people, the policy and the shop of the embedded stack. */

import type { Options, Person, RequestView, SeverityOption } from '../../shared/api.ts';
import type { ScopeCheck } from '../../shared/api-check.ts';
import type { Limits, Scope } from '../../shared/grants.ts';
import type {
  AppState,
  ExportState,
  LiveGrant,
  Message,
  OpenTransaction,
  ResultState,
  Summary,
} from '../../shared/ipc.ts';
import type { PortClient, PortState, TurnedAway } from '../../shared/ipc-port.ts';

type ConnectionState = Extract<AppState, { phase: 'live' }>['connection'];

export const amira: Person = { sub: 'amira', name: 'Amira Haddad', roles: ['engineer'] };
export const limits: Limits = {
  max_rows: 1_000_000,
  max_bytes: 256 * 1024 * 1024,
  statement_timeout_ms: 60_000,
  idle_tx_timeout_ms: 60_000,
  connections: 4,
  strict: false,
  max_unacked: 500,
  max_age_s: 60,
  unparsed: false,
  exports: true,
  local_port: true,
  port_dangerous: 'refuse',
};
const tables = ['customers', 'orders', 'order_lines', 'payments', 'shipments', 'products', 'warehouses'];
const read: Scope = {
  id: 'support-read',
  label: 'Support read',
  mode: 'read',
  tables: tables.map((table) => ({
    schema: 'shop',
    table,
    select: table === 'customers' ? ['id', 'name', 'created_at'] : '*',
  })),
};
export const repair: Scope = {
  id: 'orders-repair',
  label: 'Orders repair',
  mode: 'write',
  tables: read.tables.map((t) => (t.table === 'orders' ? { ...t, update: ['status', 'updated_at', 'details'] } : t)),
};

const severity = (part: Partial<SeverityOption> & Pick<SeverityOption, 'id' | 'summary'>): SeverityOption => ({
  label: part.id,
  max_minutes: 30,
  default_minutes: 30,
  approvals: 0,
  alone: false,
  review_hours: 24,
  limits,
  told: { approvers: 4, reviewers: 2, alone: ['#on-call', 'everybody by mail'], asked: ['#on-call'] },
  refused: null,
  ...part,
});
const severities = [
  severity({ id: 'SEV1', label: 'Customers are affected now', summary: '30 min, alone', alone: true }),
  severity({ id: 'SEV2', label: 'Degraded, can wait for an approval', summary: '30 min, 1 approval', approvals: 1 }),
  severity({
    id: 'SEV3',
    label: 'Needs a repair, not tonight',
    summary: '60 min, 2 approvals',
    approvals: 2,
    max_minutes: 60,
    default_minutes: 60,
  }),
  severity({
    id: 'Drill',
    label: 'Exercise, reading only',
    summary: '10 min, read',
    alone: true,
    max_minutes: 10,
    default_minutes: 10,
    review_hours: null,
    told: { approvers: 0, reviewers: 0, alone: [], asked: [] },
  }),
];
export const hash = 'A'.repeat(43);
export const id = (n: number): string => `r${String(n).padStart(21, '0')}`;
export const options: Options = {
  policy: hash,
  overdue_reviews: 0,
  targets: [
    {
      id: 'orders',
      label: 'Orders',
      environment: 'production',
      database: 'shop',
      scopes: [
        {
          id: 'support-read',
          label: 'Support read',
          mode: 'read',
          summary: 'Read 7 tables; customers without e-mail, phone and address',
          scope: read,
          severities,
        },
        {
          id: 'orders-repair',
          label: 'Orders repair',
          mode: 'write',
          summary: 'Read 7 tables; update of orders: status, updated_at, details',
          scope: repair,
          severities: severities.slice(0, 3),
        },
      ],
    },
    {
      id: 'billing-staging',
      label: 'Billing',
      environment: 'staging',
      database: 'billing',
      scopes: [
        {
          id: 'support-read',
          label: 'Support read',
          mode: 'read',
          summary: 'Read 7 tables',
          scope: read,
          severities: severities.slice(0, 2),
        },
      ],
    },
  ],
};
/** The same, with what the databases say to the scopes. */
export const checkedOptions = (check: Partial<ScopeCheck>): Options => ({
  ...options,
  targets: options.targets.map((t) => ({
    ...t,
    scopes: t.scopes.map((s) => ({
      ...s,
      check: { at: '2026-11-23T14:00:02.000Z', failed: null, blocks: [], widens: [], ...check },
    })),
  })),
});
export const refusedOptions: Options = {
  ...options,
  overdue_reviews: 1,
  targets: options.targets.map((t) => ({
    ...t,
    scopes: t.scopes.map((s) => ({
      ...s,
      severities: s.severities.map((sev) =>
        sev.id === 'SEV1'
          ? {
              ...sev,
              refused: 'The review of INC-4698 is overdue since yesterday, so you cannot break the glass alone.',
            }
          : sev,
      ),
    })),
  })),
};

const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
export const grant = (leftS: number, scope: Scope = read): LiveGrant => ({
  id: id(1),
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope,
  mode: scope.mode,
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the 11:40 deploy',
  limits,
  expires_at: '2026-11-23T14:32:11.000Z',
  offline: false,
  left_ms: leftS * 1000,
  elevation: null,
  waiting: [],
  total_ms: 30 * 60_000,
});
const connected: ConnectionState = {
  status: 'connected',
  backend_pid: 48_213,
  server_version: '18.1',
  tx: 'idle',
  mode: 'auto',
  open: null,
};
export const connection = (part: Partial<ConnectionState> = {}): ConnectionState => ({ ...connected, ...part });
/** An open transaction with so many seconds until it is rolled back. */
export const opened = (leftS: number | null, part: Partial<OpenTransaction> = {}): Partial<ConnectionState> => ({
  tx: 'transaction',
  mode: 'manual',
  open: {
    n: 1,
    by: 'app',
    tab: 'a',
    since: '2026-11-23T14:02:40.000Z',
    statements: 2,
    rows_changed: 37,
    rollback_in_ms: leftS === null ? null : leftS * 1000,
    warn_ms: 60_000,
    ...part,
  },
});
export const said = (part: Partial<Message> & Pick<Message, 'text'>): Message => ({
  id: 1,
  at: '2026-11-23T14:04:02.000Z',
  kind: 'warn',
  detail: null,
  action: null,
  ...part,
});
export const request = (part: Partial<RequestView> = {}): RequestView => ({
  id: id(2),
  state: 'requested',
  by: amira,
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: read,
  severity: 'SEV2',
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the 11:40 deploy; I need to see which worker holds them.',
  minutes: 30,
  alone: false,
  approvals_needed: 1,
  approvals: [],
  approvers: ['Li Na', 'Jonas Weber', 'Priya Raman'],
  note: null,
  created_at: at(-2),
  lapses_at: at(28),
  activated_at: null,
  expires_at: null,
  ended_at: null,
  end_reason: null,
  ended_by: null,
  review: { state: 'none', due_at: null },
  url: 'https://vitrine.example/requests/r0000000000000000000002',
  ...part,
});
export const ledger = { recorded: 42, in_ledger: 42, index: 18_204, waiting: null };

export const script = `-- INC-4711: orders that never left processing after the 11:40 deploy
select o.id, o.placed_at, c.name, o.total, o.details->>'worker' as worker, p.state as payment
from shop.orders o
join shop.customers c on c.id = o.customer_id
left join shop.payments p on p.order_id = o.id
where o.status = 'processing' and o.placed_at < now() - interval '2 hours'
order by o.placed_at;

select status, count(*) from shop.orders group by 1;
`;
export const result = (part: Partial<ResultState> = {}): ResultState => ({
  id: id(10),
  tab: 'a',
  text: 'select status, count(*) from shop.orders group by 1',
  offset: 0,
  n: 1,
  of: 1,
  status: 'done',
  columns: [
    { name: 'id', type: 'bigint', align: 'right' },
    { name: 'placed_at', type: 'timestamptz', align: 'left' },
    { name: 'name', type: 'text', align: 'left' },
    { name: 'total', type: 'numeric(12,2)', align: 'right' },
    { name: 'worker', type: 'text', align: 'left' },
    { name: 'payment', type: 'payment_state', align: 'left' },
  ],
  rows: 37,
  stored: 37,
  cap: null,
  repeatable: true,
  let_go: false,
  tag: 'SELECT 37',
  notices: [],
  error: null,
  queued_ms: 0.4,
  waited_ms: 2,
  first_row_ms: 29,
  done_ms: 31,
  cancel_ms: null,
  fate: null,
  intent: id(11),
  ledger_index: 18_204,
  ...part,
});

export const exported = (part: Partial<ExportState> = {}): ExportState => ({
  id: id(50),
  status: 'done',
  format: 'csv',
  file: 'orders-2026-11-23-1420.csv',
  folder: '~/Downloads',
  rows: 37,
  of: 37,
  bytes: 2894,
  ms: 12,
  error: null,
  ...part,
});

const names = ['Amira Haddad', 'Jonas Weber', 'Li Na', 'Priya Raman', 'Tomás Ruiz', 'Ingrid Solheim', 'Kofi Mensah'];
/** Row `i` of the pretended result, with `columns` columns. */
export const cell = (i: number, columns: number): (string | null)[] => {
  const row = [
    String(918_231 + i * 37),
    `2026-11-23 11:${String(40 + (i % 19)).padStart(2, '0')}:${String((10 + i * 2) % 60).padStart(2, '0')}+00`,
    names[i % names.length] ?? null,
    (40 + ((i * 13.37) % 900)).toFixed(2),
    i % 4 === 2 ? null : 'worker-7c9f',
    i % 5 === 4 ? null : i % 7 === 3 ? '' : 'captured',
  ];
  while (row.length < columns) row.push(`cell ${i}.${row.length}`);
  return row.slice(0, columns);
};

export const portClosed: PortState = {
  forbidden: null,
  open: null,
  limit: 3,
  clients: [],
  turned_away: { count: 0, recent: [] },
};
export const portForbidden: PortState = {
  ...portClosed,
  forbidden: {
    message: 'This grant does not allow other tools: its policy keeps the local port closed.',
    hint: 'Work in the editor, or ask the owner of the policy for local_port.',
  },
};
export const portOpen = (part: Partial<PortState> = {}): PortState => ({
  ...portClosed,
  open: { host: '127.0.0.1', port: 49_822, user: 'vitrine_k3v9q2xw', database: 'shop' },
  ...part,
});
export const portClient = (n: number, part: Partial<PortClient> = {}): PortClient => ({
  id: id(50 + n),
  application: 'psql',
  program: 'psql',
  pid: 48_311 + n,
  backend_pid: 48_390 + n,
  since: '2026-11-23T14:09:12.000Z',
  statements: 12,
  running: false,
  tx: 'idle',
  ...part,
});
export const turnedAway = (n: number, part: Partial<TurnedAway> = {}): TurnedAway => ({
  n,
  at: `2026-11-23T14:1${n}:40.000Z`,
  code: '28P01',
  message: 'password authentication failed for user "postgres"',
  application: '',
  program: 'nc',
  pid: 1234,
  ...part,
});

export const summary = (part: Partial<Summary> = {}): Summary => ({
  grant: id(1),
  target_id: 'orders',
  target: 'Orders',
  environment: 'production',
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the 11:40 deploy',
  from: at(-24),
  until: at(0),
  why: 'handed_back',
  used_ms: (24 * 60 + 18) * 1000,
  total_ms: 30 * 60_000,
  statements: 42,
  denied: 1,
  rows_read: 8214,
  rows_changed: 37,
  fates: { committed: 37, rolled_back: 0, unknown: 0 },
  tables: ['shop.card_tokens', 'shop.customers', 'shop.orders'],
  exports: { done: 1, rows: 37, bytes: 2894, cut: 0 },
  gone_ms: 180,
  cut: null,
  transaction: null,
  tools: [],
  recent: [
    ['select status, count(*) from shop.orders group by 1', 'ok', 'SELECT 6', 212, null],
    ['select * from shop.card_tokens', 'error', null, 3, '42501'],
    [
      "select o.id, o.placed_at, c.name from shop.orders o join shop.customers c on c.id = o.customer_id where o.status = 'processing'",
      'ok',
      'SELECT 37',
      31,
      null,
    ],
    ['begin', 'ok', 'BEGIN', 1, null],
    ["update shop.orders set status = 'queued', updated_at = now() where id = any($1)", 'ok', 'UPDATE 37', 18, null],
    ['commit', 'ok', 'COMMIT', 4, null],
    ['select pg_sleep(600)', 'cancelled', null, 42_100, '57014'],
  ].map(([text, outcome, tag, ms, sqlstate], i) => ({
    intent: id(20 + i),
    port: i === 1 || i === 6,
    text: String(text),
    // The list above is written by hand with the contract's words.
    result: outcome as 'ok' | 'error' | 'cancelled',
    tag: tag === null ? null : String(tag),
    sqlstate: sqlstate === null ? null : String(sqlstate),
    rows: 0,
    ms: Number(ms),
    ledger_index: 18_200 + i * 4,
  })),
  review_due_at: at(21 * 60),
  ledger: { recorded: 84, in_ledger: 84, index: 18_240, waiting: null },
  ...part,
});
