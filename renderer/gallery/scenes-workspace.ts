/** The history: full, narrowed to nothing, and on a disk that is full. */
import type { AppState } from '../../shared/ipc.ts';
import type { HistoryEntry, HistoryPage } from '../../shared/ipc-history.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => String(n).padStart(22, '0');
const texts: readonly (readonly [string, Partial<HistoryEntry>])[] = [
  ['select status, count(*) from shop.orders group by 1', {}],
  ['select * from shop.card_tokens', { outcome: 'error', code: '42501', tag: null }],
  [
    "update shop.orders set status = 'processing'\nwhere id in (918231, 918268, 918305, 918342, 918379, 918416)\n  and status = 'stuck'",
    { tag: 'UPDATE 6', rows: 0, ledger_index: null },
  ],
  ['select pg_sleep(60)', { outcome: 'cancelled', code: '57014', tag: null, ms: 12_400 }],
  ['commit', { outcome: 'unknown', tag: null, ms: null }],
];
const entries = Array.from({ length: 40 }, (_, n): HistoryEntry => {
  const [text, part] = texts[n % texts.length] ?? ['select 1', {}];
  return {
    id: id(n + 1),
    seq: 40 - n,
    at: new Date(Date.parse('2026-11-23T14:08:00.000Z') - n * 61_000).toISOString(),
    grant: id(900),
    target: { id: 'orders', label: 'Orders', environment: 'production' },
    severity: 'SEV1',
    ticket: 'INC-4711',
    text,
    cut: false,
    outcome: 'ok',
    code: null,
    tag: 'SELECT 7',
    rows: 7,
    ms: 31,
    intent: id(n + 500),
    ledger_index: 18_204 - n,
    ...part,
  };
});
const page: HistoryPage = {
  entries,
  next: null,
  targets: [
    { id: 'billing', label: 'Billing' },
    { id: 'orders', label: 'Orders' },
  ],
  problem: null,
};

export const workspaceScenes = (state: AppState): Readonly<Record<string, Scene>> => {
  const scene = { state, panel: 'history', results: [[0, {}]], run: true } as const;
  return {
    history: { ...scene, history: () => page, shows: '.statement-card' },
    'history-empty': { ...scene, shows: '.history' },
    'history-problem': {
      ...scene,
      history: () => ({ ...page, problem: 'The disk does not take the history (it is full).' }),
      shows: '.history [role=alert]',
    },
  };
};
