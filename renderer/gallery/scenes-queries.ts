/** Saved queries: the panel in its states, a tab that stands to one in each way, the dialogs; and the quick pick. */
import type { AppState } from '../../shared/ipc.ts';
import type { ImportEntry, ImportPlan, QueryLibrary, SavedQuery } from '../../shared/ipc-queries.ts';
import { script } from './data.ts';
import type { Scene } from './scene.ts';

const rev = (letter: string): string => letter.repeat(22);
const query = (n: number, name: string, folder: string[], part: Partial<SavedQuery> = {}): SavedQuery => ({
  id: `q${n}`,
  name,
  folder,
  description: '',
  target: null,
  parameters: [],
  rev: rev('a'),
  length: 300,
  created: '2026-11-20T08:00:00.000Z',
  updated: `2026-11-23T1${n % 4}:08:00.000Z`,
  ...part,
});
const library: QueryLibrary = {
  folders: [['Incidents'], ['Incidents', 'Payments'], ['Reports'], ['Later']],
  queries: [
    query(1, 'Stuck orders', ['Incidents'], {
      description: 'Orders that never left processing after a deploy.',
      parameters: [
        {
          name: ':since',
          description: 'Since when',
          default: { kind: 'expression', value: "now() - interval '2 hours'" },
        },
      ],
    }),
    query(2, 'Captured twice', ['Incidents', 'Payments'], { target: 'billing' }),
    query(3, 'Refunds without an order', ['Incidents', 'Payments']),
    query(4, 'Locks and who waits', ['Incidents']),
    query(5, 'Orders by day', ['Reports']),
    query(6, 'عدد الطلبات حسب المدينة', ['Reports']),
    query(7, 'A name that is much longer than the side bar is wide, so that its end cannot be seen', []),
    query(8, 'Long transactions', []),
  ],
  deleted: [],
  mishaps: [],
};
const entry = (n: number, name: string, part: Partial<ImportEntry>): ImportEntry => ({
  n,
  name,
  folder: 'Incidents',
  status: 'new',
  why: null,
  length: 120,
  ...part,
});
const plan: ImportPlan = {
  id: 'plan',
  files: ['saved queries.json'],
  entries: [
    entry(0, 'Stuck orders', { status: 'taken' }),
    entry(1, 'Captured twice', { status: 'taken', folder: 'Incidents/Payments' }),
    entry(2, 'Locks and who waits', { status: 'same' }),
    entry(3, 'Shipments without a label', {}),
    entry(4, 'Orders by week', { folder: '' }),
    entry(5, '../../etc/passwd', {
      status: 'refused',
      folder: '',
      why: 'A name holds no / and no \\; folders are made apart.',
    }),
    entry(6, 'invoice\u202Etxt.exe', {
      status: 'refused',
      folder: '',
      why: 'A name holds no control characters and none that turn the writing direction.',
    }),
  ],
  folders: 0,
  problem: null,
};

export const queryScenes = (state: AppState): Readonly<Record<string, Scene>> => {
  const scene = { state, panel: 'saved', queries: library, results: [[0, {}]], run: true } as const;
  return {
    saved: { ...scene, keys: ['ControlOrMeta+3', 'ArrowDown', 's'], shows: '.saved .statement-card' },
    'saved-empty': { state, panel: 'saved', results: [[0, {}]], run: true, shows: '.saved-none' },
    'saved-problem': {
      ...scene,
      queries: {
        code: 'queries_unreadable',
        message: 'Your saved queries could not be read: it may not be opened or written (~/.config/vitrine/queries).',
        hint: 'Nothing was changed. Look at the folder, then try again.',
      },
      shows: '.saved [role=alert]',
    },
    'saved-same': { ...scene, linked: { rev: rev('a'), now: script }, shows: '.link-bar' },
    'saved-edited': { ...scene, linked: { rev: rev('a'), now: 'select 1' }, shows: '.tab-mark' },
    'saved-changed': { ...scene, linked: { rev: rev('b'), now: 'select 1' }, shows: '.link-bar.warn' },
    'saved-gone': {
      ...scene,
      queries: { ...library, queries: library.queries.slice(1) },
      linked: { rev: rev('b'), now: '' },
      shows: '.link-bar.warn',
    },
    'saved-deleted': { ...scene, keys: ['ControlOrMeta+3', 'ArrowDown', 's', 'Delete'], shows: '.saved-news .btn' },
    'saved-dialog': {
      ...scene,
      editor: { parameters: [':since', ':worker'] },
      linked: { rev: rev('a'), now: script },
      keys: ['ControlOrMeta+3', 'ArrowDown', 's', 'Tab', 'Tab', 'Tab', 'Enter'],
      shows: '.query-parameter',
    },
    'saved-import': { ...scene, plan, command: 'saved.import', shows: '.query-import' },
    'saved-import-full': {
      ...scene,
      plan: { ...plan, problem: 'At most 2000 queries are kept: 1990 are here, and 12 would be added.' },
      command: 'saved.import',
      shows: '.query-import',
    },
    'quick-pick': { ...scene, keys: ['ControlOrMeta+P'], shows: '.quick-pick' },
    'quick-pick-found': { ...scene, keys: ['ControlOrMeta+P', 'o', 'r', 'd'], shows: '.quick-pick' },
    'saved-parameters': {
      ...scene,
      run: false,
      text: 'select * from shop.orders where placed_at > :since',
      linked: { rev: rev('a'), now: 'select * from shop.orders where placed_at > :since' },
      editor: { parameters: [':since'] },
      keys: ['ControlOrMeta+Enter'],
      shows: '.parameters .about',
    },
  };
};
