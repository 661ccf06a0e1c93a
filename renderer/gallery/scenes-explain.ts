/** Plans and charts in every state. */
import type { AppState, ResultState } from '../../shared/ipc.ts';
import type { ExplainAnswer } from '../../shared/ipc-explain.ts';
import { type PlanName, planJson } from '../explain/fixtures/index.ts';
import type { Scene } from './scene.ts';

const record = { result: 'A'.repeat(22), intent: 'B'.repeat(22), ledger_index: 4182 };
const plan = (name: PlanName, part: Partial<Extract<ExplainAnswer, { kind: 'plan' }>> = {}): ExplainAnswer => ({
  kind: 'plan',
  json: planJson(name),
  analyze: true,
  writes: false,
  undone: 'transaction',
  notices: [],
  ms: 41,
  record,
  ...part,
});
const EXPLAIN = ['ControlOrMeta+e'];
const ROWS = [[0, {}]] as const;
/** Orders that each worker holds. */
const workers = [412, 388, 371, 364, 352, 340, 337, 12].map((orders, n) => [
  `worker-${(0x7c9f + n * 4099).toString(16)}`,
  String(orders),
]);
const column = (name: string, type: string): ResultState['columns'][number] => ({ name, type, align: 'left' });

export function explainScenes(state: AppState): Readonly<Record<string, Scene>> {
  const planned = (explain: ExplainAnswer, part: Partial<Scene> = {}): Scene => ({
    state,
    explain,
    keys: EXPLAIN,
    shows: '.plan',
    ...part,
  });
  const drawn = (part: Partial<Scene> = {}): Scene => ({
    state,
    results: ROWS,
    run: true,
    press: ['Chart'],
    shows: '.chart-place > svg',
    ...part,
  });
  return {
    plan: planned(plan('plan', { analyze: false, undone: 'nothing' })),
    'plan-measured': planned(plan('cte')),
    'plan-write': planned(plan('write', { writes: true })),
    'plan-parallel': planned(plan('parallel')),
    'plan-partitions': planned(plan('partitions', { undone: 'savepoint' })),
    'plan-disk': planned(plan('disk')),
    'plan-flame': planned(plan('join'), { press: ['Flame'], shows: '.plan-flame' }),
    'plan-text': planned(plan('sub'), { press: ['Text'], shows: '.plan-text' }),
    'plan-failed': planned(
      {
        kind: 'failed',
        status: 'error',
        code: '42P01',
        message: 'relation "shop.order" does not exist',
        detail: null,
        hint: null,
        position: 14,
        record,
      },
      { shows: '.result-card' },
    ),
    'plan-asks': planned(
      {
        kind: 'confirm',
        title: 'Run this UPDATE to measure it?',
        detail:
          'It is carried out on the real data and then rolled back: nothing of it is kept. Until then its locks hold, its triggers fire, and others may have to wait. What no rollback takes back stays: numbers taken from sequences, and what reaches other systems.',
        action: 'Run and roll back',
      },
      { keys: ['ControlOrMeta+Shift+e'], shows: 'dialog' },
    ),
    'chart-line': drawn({
      results: [
        [
          0,
          {
            columns: [
              column('id', 'bigint'),
              column('placed_at', 'timestamp with time zone'),
              column('name', 'text'),
              column('total', 'numeric(12,2)'),
            ],
          },
        ],
      ],
    }),
    'chart-bar': drawn({
      results: [
        [
          0,
          {
            rows: workers.length,
            stored: workers.length,
            columns: [column('worker', 'text'), column('orders', 'bigint')],
          },
        ],
      ],
      values: workers,
    }),
    'chart-scatter': drawn({
      results: [
        [
          0,
          {
            columns: [
              column('id', 'bigint'),
              column('placed_at', 'timestamp with time zone'),
              column('name', 'text'),
              column('total', 'numeric(12,2)'),
              column('worker', 'text'),
            ],
          },
        ],
      ],
      press: ['Chart', 'Scatter'],
    }),
    'chart-histogram': drawn({
      results: [
        [
          0,
          {
            rows: 200_000,
            stored: 200_000,
            columns: [
              column('id', 'bigint'),
              column('placed_at', 'text'),
              column('name', 'text'),
              column('total', 'numeric(12,2)'),
            ],
          },
        ],
      ],
      press: ['Chart', 'Histogram'],
    }),
  };
}
