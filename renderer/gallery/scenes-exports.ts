/** Results on their way into files. */
import { grant } from './data.ts';
import { done, live, type Scene } from './scene.ts';

export const exportScenes: Readonly<Record<string, Scene>> = {
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
};
