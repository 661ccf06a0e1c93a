/** A live grant that is changed while it is held: more time, write access for a while, and the answers to both. */
import type { ChangeOptions } from '../../shared/api-change.ts';
import { grant, id, repair, said } from './data.ts';
import { changed, type LiveState, live, type Scene } from './scene.ts';

const alone = { refused: null, max_minutes: 15, default_minutes: 15, alone: true, approvals_from: [] } as const;
const asks = { ...alone, alone: false, approvals_from: [{ count: 1, groups: ['incident-commanders'] }] };

export const changeOptions: ChangeOptions = {
  extend: { ...alone, approvals_from: [], max_minutes: 30 },
  elevate: [{ ...alone, approvals_from: [], scope: repair, summary: 'Update orders' }],
  elevate_refused: null,
};
const twoScopes: ChangeOptions = {
  ...changeOptions,
  elevate: [
    {
      ...asks,
      summary: 'Repair',
      scope: {
        id: 'repair',
        label: 'Repair orders and payments',
        mode: 'write',
        tables: [
          { schema: 'shop', table: 'orders', select: '*', update: ['status', 'updated_at', 'details'] },
          { schema: 'shop', table: 'payments', select: '*', update: ['state'], delete: true },
          { schema: 'shop', table: 'shipments', select: '*', insert: '*' },
        ],
      },
    },
    { ...asks, scope: repair, summary: 'Update orders' },
  ],
};

const elevated = (leftS: number, writingS: number, part: Partial<LiveState> = {}): LiveState => ({
  ...live(leftS),
  grant: {
    ...grant(leftS, repair),
    elevation: { tables: ['shop.orders'], until: '2026-11-23T14:20:00.000Z', left_ms: writingS * 1000 },
  },
  ...part,
});
const waiting = (kind: 'extend' | 'elevate'): LiveState => ({
  ...live(700),
  grant: {
    ...grant(700),
    waiting: [
      {
        id: id(9),
        kind,
        minutes: 15,
        lapses_at: '2026-11-23T14:40:00.000Z',
        missing: '1 approval by incident-commanders',
        people: ['Li Na', 'Omar Weber'],
      },
    ],
  },
});

export const changeScenes: Readonly<Record<string, Scene>> = {
  extend: { state: live(280), changes: changeOptions, press: ['Extend…'] },
  'extend-refused': {
    state: live(280),
    changes: {
      ...changeOptions,
      extend: { ...alone, approvals_from: [], refused: 'This grant was extended once, as often as the policy allows' },
    },
    press: ['Extend…'],
  },
  elevate: { state: live(1200), changes: changeOptions, press: ['Write…'] },
  'elevate-asks': { state: live(1200), changes: twoScopes, press: ['Write…', 'Ask for write access'] },
  'elevate-none': {
    state: live(1200),
    changes: {
      ...changeOptions,
      elevate: [],
      elevate_refused: 'The policy offers you nothing more to write on Orders at SEV1',
    },
    press: ['Write…'],
  },
  elevated: {
    state: elevated(1200, 252, {
      messages: [
        said({
          text: 'You may write to shop.orders until 14:20 UTC.',
          detail: 'A transaction that is open stays read-only to its end, and so do connections of other tools.',
        }),
      ],
    }),
    results: [[0, changed]],
    run: true,
  },
  lowered: {
    state: live(900, {
      messages: [
        said({
          id: 1,
          text: 'The open transaction was rolled back, because write access is over: 2 statements, 37 rows changed, undone.',
          detail: 'The connection is kept. Ask for write access again to do it once more.',
        }),
        said({ id: 2, text: 'Write access is over. You can go on reading.' }),
      ],
    }),
    results: [[0, { ...changed, fate: 'rolled_back' }]],
    run: true,
  },
  'change-waiting': { state: waiting('elevate') },
};
