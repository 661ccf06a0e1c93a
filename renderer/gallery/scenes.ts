/** Every screen and state, by name. */
import { connection, opened, portClosed } from './data.ts';
import { changed, done, live, type Scene, writing } from './scene.ts';
import { approveScenes } from './scenes-approve.ts';
import { changeScenes } from './scenes-changes.ts';
import { completionScenes } from './scenes-completion.ts';
import { editorScenes } from './scenes-editor.ts';
import { explainScenes } from './scenes-explain.ts';
import { exportScenes } from './scenes-exports.ts';
import { gateScenes } from './scenes-gate.ts';
import { gridScenes } from './scenes-grid.ts';
import { longScenes } from './scenes-long.ts';
import { portScenes } from './scenes-port.ts';
import { queryScenes } from './scenes-queries.ts';
import { resultScenes } from './scenes-results.ts';
import { runScenes } from './scenes-runs.ts';
import { schemaScenes } from './scenes-schema.ts';
import { settingsScenes } from './scenes-settings.ts';
import { stepUpScenes } from './scenes-step-up.ts';
import { transactionScenes } from './scenes-transactions.ts';
import { troubleScenes } from './scenes-trouble.ts';
import { workspaceScenes } from './scenes-workspace.ts';

export const scenes: Readonly<Record<string, Scene>> = {
  ...gateScenes,
  ...stepUpScenes(gateScenes.locked.state),
  ...approveScenes(gateScenes.locked.state, live(1421)),
  ...transactionScenes,
  ...changeScenes,
  ...runScenes,
  ...exportScenes,
  ...portScenes,
  ...explainScenes(live(1421)),
  ...schemaScenes(live(1421)),
  ...gridScenes(live(1421)),
  live: { state: live(1421), results: done, run: true },
  ...workspaceScenes(live(1421)),
  ...queryScenes(live(1421)),
  palette: { state: live(1421), results: done, run: true, keys: ['ControlOrMeta+Shift+P'], shows: '.pick' },
  about: { state: live(1421), results: done, run: true, command: 'help.about', shows: '.about details' },
  'error-codes': { state: live(1421), results: done, run: true, command: 'help.errors', shows: '.error-codes' },
  tour: { state: live(1421), results: done, run: true, command: 'help.tour', shows: '.tour-card' },
  keys: { state: live(1421), results: done, run: true, keys: ['Shift+F1'], shows: '.key-map' },
  ...Object.fromEntries(Object.entries(editorScenes).map(([name, scene]) => [name, { state: live(1421), ...scene }])),
  'live-empty': { state: live(1421, { port: portClosed }) },
  ...completionScenes(live(1421)),
  'live-write': {
    state: { ...writing(1421), connection: connection(opened(248)) },
    results: [[0, changed]],
    run: true,
  },
  warning: { state: writing(252), results: done, run: true },
  'closing-soon': { state: live(38), results: done, run: true },
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
  ...troubleScenes,
  ...longScenes,
  ...resultScenes({ live, writing, changed }),
  ...settingsScenes({
    locked: gateScenes.locked.state,
    live: live(1421),
    writing: writing(1421),
    closed: gateScenes.closed.state,
  }),
};
