/** The open transaction in all its states, and the connection that is lost. */
import { connection, opened, said } from './data.ts';
import { changed, done, failed, type Scene, writing } from './scene.ts';

export const transactionScenes: Readonly<Record<string, Scene>> = {
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
};
