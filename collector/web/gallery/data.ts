/** Made-up people, requests and timelines in the shapes of `shared/api.ts`, at a fixed moment. */
import type { Me, QueueItem, RequestView, ReviewGrant, TimelineEntry } from '../../../shared/api.ts';

/** 23 Nov 2026, 16:40 UTC. */
export const NOW = Date.parse('2026-11-23T16:40:00.000Z');
export const at = (hms: string, day = '2026-11-23'): string => `${day}T${hms}.000Z`;
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const ahead = (minutes: number): string => ago(-minutes);
export const idOf = (name: string): string =>
  `${name.replace(/[^A-Za-z0-9]/g, '_')}______________________`.slice(0, 22);

export const people = {
  amira: { sub: 'amira', name: 'Amira Haddad', email: 'amira@shop.example', roles: ['engineer'] },
  jonas: { sub: 'jonas', name: 'Jonas Weber', email: 'jonas@shop.example', roles: ['engineer'] },
  priya: { sub: 'priya', name: 'Priya Raman', email: 'priya@shop.example', roles: ['engineer'] },
  kofi: { sub: 'kofi', name: 'Kofi Mensah', email: 'kofi@shop.example', roles: ['engineer'] },
  lina: { sub: 'lina', name: 'Li Na', email: 'lina@shop.example', roles: ['approver'] },
  ingrid: { sub: 'ingrid', name: 'Ingrid Solheim', email: 'ingrid@shop.example', roles: ['reviewer'] },
} as const satisfies Record<
  string,
  { sub: string; name: string; email: string; roles: readonly Me['person']['roles'][number][] }
>;

export const meOf = (who: keyof typeof people, roles?: Me['person']['roles']): Me => ({
  person: { ...people[who], roles: roles ?? [...people[who].roles] },
  csrf: 'gallery',
});

const read = (table: string, columns: '*' | string[] = '*') => ({ schema: 'shop', table, select: columns });
export const supportRead: RequestView['scope'] = {
  id: 'support-read',
  label: 'Support read',
  mode: 'read',
  tables: [
    read('customers', ['id', 'name', 'created_at']),
    read('orders'),
    read('order_lines'),
    read('payments'),
    read('shipments'),
    read('products'),
    read('deployments'),
  ],
};
export const ordersRepair: RequestView['scope'] = {
  id: 'orders-repair',
  label: 'Orders repair',
  mode: 'write',
  tables: [
    read('customers', ['id', 'name', 'created_at']),
    { ...read('orders'), update: ['status', 'updated_at', 'details'] },
    read('order_lines'),
    read('payments'),
    read('shipments'),
  ],
};

const approval = (who: keyof typeof people, when: string, alone = false) => ({
  sub: people[who].sub,
  name: people[who].name,
  alone,
  at: when,
});

export const request = (over: Partial<RequestView> = {}): RequestView => ({
  id: idOf('amira-sev1'),
  state: 'handed_back',
  by: { ...people.amira, roles: ['engineer'] },
  target: { id: 'orders', label: 'Orders', environment: 'production' },
  scope: supportRead,
  severity: 'SEV1',
  ticket: 'INC-4711',
  reason: 'Orders stuck in processing since the 11:40 deploy',
  minutes: 30,
  alone: true,
  approvals_needed: 1,
  approvals: [approval('amira', at('14:02:11'), true)],
  approvers: ['Li Na', 'Sofia Rossi'],
  note: null,
  created_at: at('14:02:11'),
  lapses_at: at('14:17:11'),
  activated_at: at('14:02:13'),
  expires_at: at('14:32:13'),
  ended_at: at('14:26:29'),
  end_reason: 'handed_back',
  ended_by: 'Amira Haddad',
  review: { state: 'due', due_at: ahead(21 * 60 + 40) },
  url: 'http://localhost/requests/x',
  ...over,
});

export const waiting = (over: Partial<RequestView> = {}): RequestView =>
  request({
    id: idOf('waiting'),
    state: 'requested',
    severity: 'SEV2',
    ticket: 'INC-4712',
    reason: 'Refunds of order 918342 fail since noon; I need to see its payments and shipments',
    alone: false,
    approvals: [],
    created_at: ago(2),
    lapses_at: ahead(13),
    activated_at: null,
    expires_at: null,
    ended_at: null,
    end_reason: null,
    ended_by: null,
    review: { state: 'none', due_at: null },
    ...over,
  });

const item = (over: Partial<RequestView>, figures: Partial<QueueItem> = {}): QueueItem => ({
  request: request(over),
  statements: 42,
  rows_read: 8214,
  rows_changed: 37,
  gone_ms: 180,
  alerts: 0,
  ...figures,
});

export const queue: QueueItem[] = [
  item({}),
  item(
    {
      id: idOf('jonas'),
      by: { ...people.jonas, roles: ['engineer'] },
      target: { id: 'billing', label: 'Billing', environment: 'production' },
      severity: 'SEV2',
      ticket: 'INC-4698',
      alone: false,
      approvals: [approval('lina', at('09:00:00'))],
      review: { state: 'overdue', due_at: ago(200) },
      end_reason: 'expired',
      state: 'expired',
    },
    { statements: 9, rows_changed: 0, rows_read: 311, alerts: 1 },
  ),
  item(
    {
      id: idOf('priya-live'),
      state: 'active',
      by: { ...people.priya, roles: ['engineer'] },
      target: { id: 'catalog', label: 'Catalog', environment: 'staging' },
      scope: ordersRepair,
      severity: 'SEV3',
      ticket: 'INC-4720',
      reason: 'Prices of the winter range show in the wrong currency',
      alone: false,
      approvals: [approval('lina', ago(19)), approval('ingrid', ago(18))],
      approvals_needed: 2,
      minutes: 30,
      activated_at: ago(17.85),
      expires_at: ahead(12.15),
      ended_at: null,
      end_reason: null,
      ended_by: null,
      review: { state: 'none', due_at: null },
    },
    { statements: 5, rows_changed: 2, rows_read: 126, gone_ms: null },
  ),
  item(
    {
      id: idOf('kofi'),
      by: { ...people.kofi, roles: ['engineer'] },
      severity: 'Drill',
      ticket: 'DRILL-12',
      review: { state: 'signed', due_at: at('10:00:00') },
    },
    { statements: 3, rows_changed: 0, rows_read: 40, gone_ms: 41 },
  ),
];

type Statement = Extract<TimelineEntry, { kind: 'statement' }>;
let ordinal = 0;
const statement = (index: number, when: string, norm: string | null, over: Partial<Statement> = {}): Statement => ({
  index,
  at: at(when),
  kind: 'statement',
  sid: idOf('session-1'),
  intent: idOf(`intent-${String(ordinal++)}-${when}`),
  statement: 'select',
  origin: 'user',
  norm,
  writes: false,
  tx: 'idle',
  outcome: { index: index + 1, result: 'ok', sqlstate: null, tag: 'SELECT 6', rows: 6, bytes: 180, ms: 212 },
  verdict: null,
  sealed: true,
  ...over,
});
const outcome = (over: Partial<NonNullable<Statement['outcome']>>): NonNullable<Statement['outcome']> => ({
  index: 0,
  result: 'ok',
  sqlstate: null,
  tag: null,
  rows: 0,
  bytes: 0,
  ms: 3,
  ...over,
});

const lookUps = [
  'select n.nspname, c.relname, c.relkind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = any($1)',
  'select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a where a.attrelid = $1',
  'select conname, contype from pg_catalog.pg_constraint where conrelid = $1',
].flatMap((norm, k) =>
  Array.from({ length: k === 0 ? 4 : 5 }, (_, n) =>
    statement(18_162 + k * 10 + n * 2, `14:02:${String(15 + k).padStart(2, '0')}`, norm, {
      origin: 'introspection',
      sealed: false,
      outcome: outcome({ rows: 7 + n, ms: 4 + n }),
    }),
  ),
);

export const timeline: TimelineEntry[] = [
  {
    kind: 'request',
    index: 18_158,
    at: at('14:02:11'),
    alone: true,
    by: 'Amira Haddad',
    reason: 'Orders stuck in processing since the 11:40 deploy',
    auth_age_s: 120,
  },
  { kind: 'grant', index: 18_159, at: at('14:02:11'), until: at('14:32:13') },
  {
    kind: 'activation',
    index: 18_160,
    at: at('14:02:13'),
    role: 'vitrine_g7k2m4xq',
    tables: 7,
    mode: 'read',
    until: at('14:32:13'),
    verified: true,
  },
  {
    kind: 'session',
    index: 18_161,
    at: at('14:02:13'),
    sid: idOf('session-1'),
    event: 'opened',
    reason: null,
    pid: 48213,
    origin: 'db-1.shop.example:5432',
  },
  ...lookUps,
  statement(18_188, '14:03:40', 'select status, count(*) from shop.orders group by $1', { verdict: null }),
  statement(18_190, '14:05:02', 'select * from shop.card_tokens', {
    outcome: outcome({ result: 'error', sqlstate: '42501', ms: 2 }),
  }),
  statement(
    18_192,
    '14:06:55',
    'select o.id, o.placed_at, c.name, o.total, o.details->>$1 as worker from shop.orders o join shop.customers c on c.id = o.customer_id where o.status = $2 and o.placed_at < now() - interval $3 order by o.placed_at',
    { outcome: outcome({ rows: 37, ms: 31, tag: 'SELECT 37' }) },
  ),
  {
    kind: 'notice',
    index: 18_194,
    at: at('14:12:08'),
    notice: 'refused',
    code: 'not_in_scope',
    norm: 'update shop.payments set state = $1 where order_id = $2',
    rows: null,
    bytes: null,
  },
  {
    kind: 'notice',
    index: 18_197,
    at: at('14:16:20'),
    notice: 'elevated',
    code: 'shop.orders for 5 minutes, approved by Li Na',
    norm: null,
    rows: null,
    bytes: null,
  },
  statement(18_198, '14:18:30', 'begin', {
    statement: 'transaction',
    sealed: false,
    outcome: outcome({ tag: 'BEGIN' }),
  }),
  {
    kind: 'notice',
    index: 18_199,
    at: at('14:18:31'),
    notice: 'confirmed',
    code: 'update_without_where',
    norm: null,
    rows: null,
    bytes: null,
  },
  statement(18_200, '14:18:31', 'update shop.orders set status = $1, updated_at = now() where id = any($2)', {
    statement: 'update',
    writes: true,
    tx: 'transaction',
    outcome: outcome({ rows: 37, ms: 18, tag: 'UPDATE 37' }),
  }),
  statement(18_202, '14:18:58', 'commit', {
    statement: 'transaction',
    writes: true,
    sealed: false,
    tx: 'transaction',
    outcome: outcome({ tag: 'COMMIT' }),
  }),
  {
    kind: 'notice',
    index: 18_203,
    at: at('14:20:02'),
    notice: 'export',
    code: 'csv',
    norm: 'select o.id, o.placed_at, c.name from shop.orders o join shop.customers c on c.id = o.customer_id where o.status = $1',
    rows: 37,
    bytes: 2894,
  },
  statement(18_205, '14:24:10', null, {
    statement: 'copy',
    outcome: outcome({ result: 'cancelled', sqlstate: '57014', ms: 8200 }),
  }),
  {
    kind: 'session',
    index: 18_207,
    at: at('14:26:29'),
    sid: idOf('session-1'),
    event: 'closed',
    reason: 'handed_back',
    pid: null,
    origin: null,
  },
  { kind: 'end', index: 18_208, at: at('14:26:29'), why: 'handed_back', by: null, gone_ms: 180, terminated: 0 },
];

export const grant = (over: Partial<ReviewGrant> = {}): ReviewGrant => ({
  item: queue[0] ?? item({}),
  used_s: 24 * 60 + 16,
  denied: 1,
  timeline,
  tree_size: 18_240,
  ...over,
});

export const signedTimeline: TimelineEntry[] = [
  ...timeline.map(
    (entry): TimelineEntry =>
      entry.kind === 'statement' && entry.origin === 'user'
        ? { ...entry, verdict: entry.outcome?.result === 'error' ? 'ask' : 'expected' }
        : entry,
  ),
  {
    kind: 'review',
    index: 18_311,
    at: at('16:31:00'),
    by: 'Ingrid Solheim',
    outcome: 'accepted',
    note: 'The update touched the 37 orders named in INC-4711 and nothing else. Asked Amira about card_tokens: a typo in autocomplete.',
  },
];

export const liveTimeline: TimelineEntry[] = [
  {
    kind: 'request',
    index: 18_220,
    at: ago(19.5),
    alone: false,
    by: 'Priya Raman',
    reason: 'Prices of the winter range show in the wrong currency',
    auth_age_s: 40,
  },
  {
    kind: 'decision',
    index: 18_221,
    at: ago(19),
    decision: 'approved',
    by: 'Li Na',
    note: 'Only the winter range, please.',
  },
  { kind: 'decision', index: 18_222, at: ago(18), decision: 'approved', by: 'Ingrid Solheim', note: null },
  { kind: 'grant', index: 18_223, at: ago(18), until: ahead(12.15) },
  {
    kind: 'activation',
    index: 18_224,
    at: ago(17.85),
    role: 'vitrine_b81mq0xz',
    tables: 5,
    mode: 'write',
    until: ahead(12.15),
    verified: true,
  },
  {
    kind: 'session',
    index: 18_225,
    at: ago(17.8),
    sid: idOf('session-2'),
    event: 'opened',
    reason: null,
    pid: 50112,
    origin: 'db-1.shop.example:5432',
  },
  statement(18_226, '16:24:40', 'select currency, count(*) from catalog.prices where range = $1 group by currency'),
  {
    kind: 'fault',
    index: 18_228,
    at: ago(12),
    fault: 'recovered',
    detail: 'The app stopped and started again; two records were sent afterwards.',
  },
  statement(18_229, '16:30:02', 'update catalog.prices set currency = $1 where id = $2', {
    statement: 'update',
    writes: true,
    outcome: outcome({ rows: 2, ms: 6, tag: 'UPDATE 2' }),
  }),
  statement(18_231, '16:39:51', 'select * from catalog.prices where range = $1', { outcome: null }),
];
export const alertTimeline: TimelineEntry[] = [
  ...timeline.slice(0, 6),
  {
    kind: 'alert',
    index: 18_301,
    at: at('14:30:00'),
    alert: 'no_outcome',
    detail: 'A statement was sent and no outcome came for it within two minutes.',
  },
  { kind: 'end', index: 18_302, at: at('14:32:14'), why: 'expired', by: null, gone_ms: 1240, terminated: 1 },
];
