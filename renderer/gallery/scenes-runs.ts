import { changed, failed, live, type Scene } from './scene.ts';

const duplicate = {
  code: '23505',
  message: 'duplicate key value violates unique constraint "orders_pkey"',
  detail: 'Key (id)=(4300) already exists.',
  hint: null,
  position: null,
};

const writeRefused: Scene = {
  state: live(1200),
  results: [
    [
      0,
      {
        ...failed,
        status: 'error',
        error: {
          code: '25006',
          message: 'cannot execute UPDATE in a read-only transaction',
          detail: null,
          hint: 'This grant only reads.',
          position: null,
        },
      },
    ],
  ],
  run: true,
  shows: '.result-card',
};

export const runScenes: Readonly<Record<string, Scene>> = {
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
            hint: 'Your own timeout is in the settings (Ctrl+,).',
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
  'write-refused': writeRefused,
  'write-asked': { ...writeRefused, press: ['Ask for write access…'], shows: 'dialog' },
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
};
