/** Tabs of results, the panel beside the rows, comparisons, and what a result says when something went wrong. */
import type { AppState, ResultState } from '../../shared/ipc.ts';
import { connection, opened, repair } from './data.ts';
import type { Scene } from './scene.ts';

type Results = NonNullable<Scene['results']>;
type LiveState = Extract<AppState, { phase: 'live' }>;
interface Parts {
  readonly live: (leftS: number, part?: Partial<LiveState>) => LiveState;
  readonly writing: (leftS: number) => LiveState;
  readonly changed: Partial<ResultState>;
}

const details = JSON.stringify({
  worker: 'worker-7c9f',
  attempts: 12345678901234567000,
  lines: [
    { sku: 'A-100', count: 2, price: 12.5 },
    { sku: 'B-220', count: 1, price: 40, gift: null },
  ],
  notes: 'Left at the door.\nRing twice.',
  flags: { express: true, insured: false },
}).replace('12345678901234567000', '12345678901234567890.10');
/** 8 × 8, opaque, drawn by hand. */
const png =
  '89504e470d0a1a0a0000000d4948445200000008000000080802000000' +
  '4b6d29dc0000001449444154789c63605878062b621846120b4e634500ba986241bb1f6e820000000049454e44ae426082';
const column = (name: string, type: string) => [{ name, type, align: 'left' }] as const;
const one = (name: string, type: string): Results => [[0, { columns: [...column(name, type)] }]];
const three: Results = [
  [0, { rows: 37, stored: 37, n: 1, of: 3 }],
  [0, { rows: 40, stored: 40, offset: 60, n: 2, of: 3 }],
  [0, { rows: 40, stored: 40, offset: 90, n: 3, of: 3 }],
];

export function resultScenes({ live, writing, changed }: Parts): Readonly<Record<string, Scene>> {
  const panel = (results: Results, value: string, more: Partial<Scene> = {}): Scene => ({
    state: live(1200),
    results,
    run: true,
    value,
    keys: ['Alt+Enter'],
    shows: '.value-body > *',
    ...more,
  });
  return {
    'value-json': panel(one('details', 'jsonb'), details),
    'value-text': panel(
      one('note', 'text'),
      `The first line.\n\n${'A long line that has to be wrapped. '.repeat(12)}\n\tindented\n`,
    ),
    'value-parts': panel(one('log', 'text'), `${'2026-11-23 11:40:10 worker-7c9f took an order\n'.repeat(9000)}`, {
      valueBytes: 104_857_600,
    }),
    'value-hex': panel(one('payload', 'bytea'), `\\x${'48656c6c6f2c20776f726c64210a00ff'.repeat(900)}`),
    'value-picture': panel(one('photo', 'bytea'), `\\x${png}`),
    'value-array': panel(one('tags', 'text[]'), '{urgent,"with, comma",NULL,"",{nested}}'.replace(',{nested}', '')),
    'value-empty': panel(one('note', 'text'), ''),
    'row-form': { state: live(1200), results: [[0, {}]], run: true, keys: ['Alt+Shift+Enter'], shows: '.row-fields' },
    'results-tabs': { state: live(1200), results: three, run: true, press: ['This result'], shows: '.menu' },
    'results-pinned': {
      state: live(1200),
      results: three,
      run: true,
      keys: ['ControlOrMeta+Alt+p'],
      shows: '.result-tabs svg',
    },
    'results-rename': { state: live(1200), results: three, run: true, keys: ['ControlOrMeta+Alt+r'], shows: 'dialog' },
    compare: {
      state: live(1200),
      results: three,
      run: true,
      keys: ['ControlOrMeta+Alt+c', 'F8'],
      shows: '.compare-row.changed',
    },
    'write-decide': {
      state: { ...writing(1200), connection: connection(opened(248)) },
      results: [[0, changed]],
      run: true,
      shows: '.result-decide',
    },
    'lost-midway': {
      state: live(1200, { grant: { ...live(1200).grant, scope: repair }, connection: connection({ status: 'lost' }) }),
      results: [
        [
          0,
          {
            status: 'unknown',
            rows: 812,
            stored: 812,
            tag: null,
            done_ms: 4210,
            error: {
              code: '08006',
              message: 'Connection reset by peer.',
              detail: 'The connection was lost before the server answered.',
              hint: null,
              position: null,
            },
          },
        ],
      ],
      run: true,
    },
  };
}
