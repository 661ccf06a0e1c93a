/** Every screen and state, by name. */
import type { AppState, ExportOffer, ExportState, ResultState, UserError } from '../../shared/ipc.ts';
import {
  amira,
  connection,
  grant,
  ledger,
  opened,
  options,
  portClient,
  portClosed,
  portForbidden,
  portOpen,
  refusedOptions,
  repair,
  request,
  said,
  summary,
  turnedAway,
} from './data.ts';

export interface Scene {
  readonly state: AppState;
  /** Pushed when a statement is run, after so many ms. */
  readonly results?: readonly (readonly [afterMs: number, result: Partial<ResultState>])[];
  /** Answered to the run itself. */
  readonly refuse?: UserError;
  readonly confirm?: { readonly title: string; readonly detail: string; readonly action: string };
  /** Run at once when the editor is there. */
  readonly run?: boolean;
  readonly text?: string;
  /** What may be exported, and what becomes of it when it is asked for. */
  readonly offer?: ExportOffer;
  readonly exports?: readonly (readonly [afterMs: number, state: Partial<ExportState>])[];
  readonly refuseExport?: UserError;
  /** Exports that are under way when the scene begins. */
  readonly writing?: readonly (readonly [afterMs: number, state: Partial<ExportState>])[];
  /** The export dialog is open. */
  readonly dialog?: boolean;
  /** The text of every value that is looked at closely. */
  readonly long?: string;
  /** Labels of buttons that are pressed one after the other once they are there. */
  readonly press?: readonly string[];
  /** Shown to the page a moment after its state. */
  readonly next?: AppState;
  /** What a picture waits for. */
  readonly shows?: string;
}

type LiveState = Extract<AppState, { phase: 'live' }>;
const live = (leftS: number, part: Partial<LiveState> = {}): LiveState => ({
  phase: 'live',
  person: amira,
  grant: grant(leftS),
  connection: connection(),
  port: portOpen({ clients: [portClient(0)] }),
  ledger,
  blocked: null,
  messages: [],
  ...part,
});
const writing = (leftS: number): LiveState => live(leftS, { grant: grant(leftS, repair) });
const done = [[0, {}]] as const;
const tools = [
  portClient(0),
  portClient(1, { application: 'DBeaver 25.3 - SQLEditor <stuck orders>', program: 'java', tx: 'transaction' }),
  portClient(2, { application: 'pgcli', program: 'python3.13', running: true, statements: 1204 }),
];
const withPort = (port: LiveState['port']): LiveState => live(1421, { port });
const PANEL = '.port-panel';
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
const problem: UserError = {
  code: 'collector_unreachable',
  message: 'The collector at https://vitrine.example does not answer. What was recorded is safe on this disk.',
  hint: 'Check the network or VPN. Vitrine tries again every few seconds.',
};
const failed = {
  status: 'error',
  columns: [],
  rows: 0,
  stored: 0,
  tag: null,
  first_row_ms: null,
  done_ms: 8,
} as const satisfies Partial<ResultState>;

const changed = {
  columns: [],
  rows: 0,
  stored: 0,
  tag: 'UPDATE 37',
  first_row_ms: null,
  done_ms: 18,
  fate: 'open',
} as const satisfies Partial<ResultState>;
const duplicate = {
  code: '23505',
  message: 'duplicate key value violates unique constraint "orders_pkey"',
  detail: 'Key (id)=(4300) already exists.',
  hint: null,
  position: null,
};

export const scenes: Readonly<Record<string, Scene>> = {
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
  'signed-out-problem': { state: { phase: 'signed-out', collector: 'https://vitrine.example', problem } },
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
  waiting: { state: { phase: 'waiting', person: amira, request: request() } },
  'waiting-two': {
    state: {
      phase: 'waiting',
      person: amira,
      request: request({
        severity: 'SEV3',
        approvals_needed: 2,
        approvals: [{ sub: 'lina', name: 'Li Na', alone: false, at: '2026-11-23T14:03:00.000Z' }],
        approvers: ['Jonas Weber', 'Priya Raman'],
      }),
    },
  },
  activating: {
    state: {
      phase: 'activating',
      person: amira,
      request: request({ state: 'approved' }),
      step: 'Creating a database role for this grant…',
    },
  },
  live: { state: live(1421), results: done, run: true },
  'live-empty': { state: live(1421, { port: portClosed }) },
  'live-write': {
    state: { ...writing(1421), connection: connection(opened(248)) },
    results: [[0, changed]],
    run: true,
  },
  'tx-manual': { state: { ...writing(1421), connection: connection({ mode: 'manual' }) }, results: done, run: true },
  'tx-auto-begin': {
    state: { ...writing(1421), connection: connection(opened(248, { by: 'user' })) },
    results: [[0, { columns: [], rows: 0, stored: 0, tag: 'BEGIN', first_row_ms: null, done_ms: 4 }]],
    run: true,
  },
  'tx-failed': {
    state: { ...writing(1421), connection: connection({ ...opened(248), tx: 'failed' }) },
    results: [
      [
        0,
        {
          ...failed,
          error: {
            code: '22012',
            message: 'division by zero',
            detail: null,
            hint: null,
            position: null,
          },
        },
      ],
    ],
    run: true,
  },
  'tx-idle-warning': {
    state: { ...writing(1421), connection: connection(opened(48)) },
    results: [[0, changed]],
    run: true,
  },
  'tx-deadline': { state: { ...writing(41), connection: connection(opened(90)) }, results: [[0, changed]], run: true },
  'tx-rolled-back': {
    state: {
      ...writing(900),
      connection: connection({ mode: 'manual' }),
      messages: [
        said({
          id: 1,
          kind: 'notify',
          text: 'orders: worker-7c9f restarted',
          detail: 'backend 48377',
        }),
        said({
          id: 2,
          text: 'The open transaction was rolled back, because nothing was sent in it for 4 min 55 s: 2 statements, 37 rows changed, undone.',
          detail: 'It held locks, and at 5 min the server would have ended the connection. The connection is kept.',
        }),
      ],
    },
    results: [[0, { ...changed, fate: 'rolled_back' }]],
    run: true,
  },
  'tx-committed': {
    state: {
      ...writing(900),
      connection: connection({ mode: 'manual' }),
      messages: [said({ kind: 'ok', text: 'Committed: 2 statements, 37 rows changed.' })],
    },
    results: [[0, { ...changed, fate: 'committed' }]],
    run: true,
  },
  lost: {
    state: {
      ...writing(900),
      connection: connection({ status: 'lost', mode: 'manual' }),
      messages: [
        said({
          text: 'The connection to the database was lost; the open transaction was rolled back (2 statements, 37 rows changed).',
          detail:
            'Connection reset by peer. The next statement opens a new connection; temporary tables, settings and LISTEN of the old one are gone.',
          action: 'reconnect',
        }),
      ],
    },
    results: [[0, { ...changed, fate: 'rolled_back' }]],
    run: true,
  },
  script: {
    state: live(1200),
    results: Array.from(
      { length: 12 },
      (_, i) =>
        [
          0,
          i < 2
            ? { n: i + 1, of: 12, offset: i }
            : { ...failed, status: i === 2 ? 'running' : 'waiting', n: i + 1, of: 12, offset: i, done_ms: null },
        ] as const,
    ),
    run: true,
  },
  'script-long': {
    state: live(1200),
    results: Array.from(
      { length: 200 },
      (_, i) =>
        [
          0,
          {
            ...changed,
            n: 4101 + i,
            of: 10_000,
            offset: i,
            ...(i === 199 ? { ...failed, tag: null, error: duplicate } : {}),
          },
        ] as const,
    ),
    run: true,
  },
  'timed-out': {
    state: live(1200),
    results: [
      [
        0,
        {
          ...failed,
          done_ms: 30_031,
          error: {
            code: '57014',
            message: 'Stopped after 30 s by your statement timeout.',
            detail: 'The server cancelled it; nothing of it was kept.',
            hint: 'Your own timeout is in the settings (the cog in the upper bar).',
            position: null,
          },
        },
      ],
    ],
    run: true,
  },
  'cancel-unconfirmed': {
    state: live(1200),
    results: [[0, { ...failed, status: 'cancelling', done_ms: null, cancel_ms: -7000, ledger_index: null }]],
    run: true,
  },
  warning: { state: writing(252), results: done, run: true },
  'closing-soon': { state: live(38), results: done, run: true },
  running: {
    state: live(1200),
    results: [[0, { ...failed, status: 'running', done_ms: null, ledger_index: null }]],
    run: true,
  },
  cancelling: {
    state: live(1200),
    results: [[0, { ...failed, status: 'cancelling', done_ms: null, ledger_index: null }]],
    run: true,
  },
  cancelled: { state: live(1200), results: [[0, { ...failed, status: 'cancelled', done_ms: 4210 }]], run: true },
  unknown: { state: live(1200), results: [[0, { ...failed, status: 'unknown', done_ms: 4210 }]], run: true },
  error: {
    state: live(1200),
    results: [
      [
        0,
        {
          ...failed,
          error: {
            code: '42703',
            message: 'column o.placed does not exist',
            detail: null,
            hint: 'Perhaps you meant to reference the column "o.placed_at".',
            position: 13,
          },
        },
      ],
    ],
    run: true,
  },
  denied: {
    state: live(1200),
    results: [
      [
        0,
        {
          ...failed,
          error: {
            code: '42501',
            message: 'permission denied for table card_tokens',
            detail: null,
            hint: null,
            position: null,
          },
        },
      ],
    ],
    run: true,
  },
  'no-rows': { state: live(1200), results: [[0, { rows: 0, stored: 0, tag: 'SELECT 0' }]], run: true },
  capped: {
    state: live(1200),
    results: [
      [
        0,
        {
          rows: 200_000,
          stored: 200_000,
          cap: 'own_rows',
          notices: ['NOTICE: table "orders" was analysed 3 days ago', 'WARNING: there is no transaction in progress'],
        },
      ],
    ],
    run: true,
  },
  'let-go': { state: live(1200), results: [[0, { rows: 37, stored: 0, let_go: true }]], run: true },
  export: { state: live(1200), results: done, run: true, dialog: true, exports: [[300, {}]] },
  'export-again': {
    state: live(1200),
    results: [[0, { rows: 200_000, stored: 200_000, cap: 'own_rows' }]],
    run: true,
    dialog: true,
    offer: { rows: 200_000, complete: false, again: true, table: 'shop.orders' },
  },
  'export-kept': {
    state: live(1200),
    results: [[0, { rows: 1_204_331, stored: 200_000, cap: 'own_rows', repeatable: false }]],
    run: true,
    dialog: true,
    offer: { rows: 200_000, complete: false, again: false, table: '' },
    refuseExport: {
      code: 'export_failed',
      message: 'You may not write in that folder. What was written of it has been removed.',
      hint: 'Choose another folder.',
    },
  },
  'export-off': {
    state: live(1200, { grant: { ...grant(1200), limits: { ...grant(1200).limits, exports: false } } }),
    results: done,
    run: true,
  },
  exporting: {
    state: live(1200),
    results: done,
    run: true,
    writing: [
      [900, { status: 'done' }],
      [
        1000,
        {
          id: 'r0000000000000000000051',
          status: 'failed',
          error: {
            code: 'export_failed',
            message: 'The disk is full. What was written of it has been removed.',
            hint: 'Free some space, or choose another disk.',
          },
        },
      ],
      [
        1100,
        {
          id: 'r0000000000000000000052',
          status: 'writing',
          file: 'every order since the deploy of this morning.ndjson',
          format: 'ndjson',
          rows: 412_300,
          of: 1_204_331,
          bytes: 48_300_000,
          ms: 4100,
        },
      ],
      [1200, { id: 'r0000000000000000000053', status: 'writing', rows: 91_000, of: null, bytes: 9_100_000, ms: 1900 }],
    ],
  },
  'long-cell': { state: live(1200), results: done, run: true, long: '{"lines": [1, 2, 3]}\n'.repeat(2000) },
  several: {
    state: live(1200),
    results: [
      [0, { rows: 6, stored: 6, offset: 0 }],
      [0, { offset: 60, columns: [], tag: 'UPDATE 37', rows: 37, stored: 0 }],
      [0, { offset: 90 }],
    ],
    run: true,
  },
  confirm: {
    state: live(1200),
    confirm: {
      title: 'Update every row of shop.orders?',
      detail: 'The statement has no WHERE: about 1.2 million rows would change.',
      action: 'Run it anyway',
    },
    run: true,
  },
  'not-sent': {
    state: live(1200),
    refuse: {
      code: 'after_deadline',
      message: 'The grant ended at 14:32 UTC; nothing was sent.',
      hint: 'Request access again.',
    },
    run: true,
  },
  blocked: {
    state: live(1200, {
      blocked: {
        code: 'log_unwritable',
        message: 'The log on this device cannot be written: the disk is full. Nothing is sent until it can.',
        hint: 'Free some space; Vitrine goes on by itself.',
      },
      connection: connection({ status: 'lost', backend_pid: null }),
      ledger: { recorded: 42, in_ledger: 36, index: 18_198, waiting: 'collector unreachable, next try in 4 s' },
    }),
  },
  million: {
    state: live(1200),
    results: [
      [
        0,
        {
          rows: 1_000_000,
          stored: 1_000_000,
          columns: Array.from({ length: 20 }, (_, i) => ({
            name: i === 0 ? 'id' : `column_${i}`,
            type: i % 3 === 0 ? 'bigint' : 'text',
            align: i % 3 === 0 ? 'right' : 'left',
          })),
        },
      ],
    ],
    run: true,
  },
  hostile: {
    state: live(1200),
    text: 'select 1',
    results: [
      [
        0,
        {
          columns: [
            { name: '<img src=x onerror=alert(1)>', type: 'text', align: 'left' },
            { name: '', type: 'text', align: 'left' },
            { name: 'same', type: 'text', align: 'left' },
            { name: 'same', type: 'text', align: 'left' },
          ],
        },
      ],
    ],
    run: true,
  },
  'port-closed': { state: withPort(portClosed), press: ['Open local port'], shows: PANEL },
  'port-walk': { state: withPort(portClosed) },
  'port-forbidden': { state: withPort(portForbidden), press: ['No local port'], shows: PANEL },
  'port-empty': { state: withPort(portOpen()), press: ['Local port'], shows: PANEL },
  'port-tools': {
    state: withPort(portOpen({ clients: tools })),
    results: done,
    run: true,
    press: ['Local port'],
    shows: PANEL,
  },
  'port-failed': {
    state: withPort(
      portOpen({
        clients: [
          portClient(0, { tx: 'failed', running: true }),
          portClient(3, { application: '', program: null, pid: null, backend_pid: null, statements: 0 }),
        ],
        turned_away: {
          count: 14,
          recent: [
            turnedAway(1),
            turnedAway(2, { code: '08P01', program: 'chromium', pid: 811, message: 'not a PostgreSQL client' }),
            turnedAway(3, {
              code: '53300',
              application: 'DBeaver 25.3',
              program: 'java',
              message: 'too many connections: this port allows 3 at once',
            }),
            turnedAway(4),
          ],
        },
      }),
    ),
    press: ['Local port'],
    shows: PANEL,
  },
  'port-disconnect': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Disconnect DBeaver'],
    shows: 'dialog',
  },
  'port-close': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Close port…'],
    shows: 'dialog',
  },
  'port-copied': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Local port', 'Copy connection string'],
    shows: '.toast',
  },
  'port-turned-away': {
    state: withPort(portOpen({ clients: [portClient(0)] })),
    next: withPort(portOpen({ clients: tools, turned_away: { count: 3, recent: [turnedAway(3)] } })),
    results: done,
    run: true,
    shows: '.toast',
  },
  'port-hand-back': {
    state: withPort(portOpen({ clients: tools })),
    press: ['Hand back'],
    shows: 'dialog',
  },
  closing: {
    state: {
      phase: 'closing',
      person: amira,
      grant: grant(0),
      why: 'expired',
      step: 'Asking the server to cancel what is running…',
    },
    results: done,
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
        gone_ms: null,
        cut: { text: 'select pg_sleep(600)', outcome: 'The server cancelled it; nothing was changed.' },
        exports: { done: 0, rows: 0, bytes: 0, cut: 1 },
        transaction: 'An open transaction was rolled back: 37 changed rows are as they were.',
        ledger: { recorded: 84, in_ledger: 80, index: 18_236, waiting: 'Next try in 2 s.' },
      }),
    },
  },
};
