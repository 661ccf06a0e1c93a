/** When something is away, slow or empty: the collector, the database, a pane that waits, a pane that was refused. */
import type { UserError } from '../../shared/ipc.ts';
import { connection, grant, portClosed, said } from './data.ts';
import { done, live, type Scene } from './scene.ts';

const away: UserError = {
  code: 'not_connected',
  message: 'The database does not answer.',
  hint: 'Try again in a moment; the grant goes on meanwhile.',
};
const refused: UserError = {
  code: '57014',
  message: 'Reading took too long and was stopped.',
  hint: 'Try again; nothing of yours was changed.',
};
const behind = { recorded: 42, in_ledger: 36, index: 18_198, waiting: 'collector unreachable, next try in 4 s' };
const ROWS = 'ControlOrMeta+j';
const rows = (part: Partial<Scene>): Scene => ({ state: live(1421), results: done, run: true, ...part });
const session = live(1421, { port: portClosed });

export const troubleScenes: Readonly<Record<string, Scene>> = {
  connecting: {
    state: live(1795, {
      connection: connection({ status: 'connecting', backend_pid: null, server_version: null }),
      port: portClosed,
      ledger: { recorded: 1, in_ledger: 1, index: 18_159, waiting: null },
    }),
  },
  'collector-away': { state: live(1421, { ledger: behind }), results: done, run: true },
  'database-away': {
    state: live(1421, {
      connection: connection({ status: 'lost', backend_pid: null }),
      port: portClosed,
      messages: [
        said({
          text: 'The connection to the database was lost.',
          detail: 'Connection refused. The next statement opens a new connection.',
          action: 'reconnect',
        }),
      ],
    }),
    refuse: away,
    run: true,
  },
  'schema-reading': { state: session, calls: { readTree: 'never' } },
  'schema-refused': { state: session, calls: { readTree: refused } },
  'schema-empty': { state: session, catalog: { tree: { schemas: [], relations: [] } } },
  'schema-no-match': { state: session, keys: ['Control+k', ...'zzz'], shows: '.side' },
  'rows-coming': rows({ calls: { getRows: 'never' } }),
  'rows-refused': rows({ calls: { getRows: refused } }),
  'value-coming': rows({ calls: { readValue: 'never' }, keys: [ROWS, 'Enter'], shows: '.inspector' }),
  'value-refused': rows({ calls: { readValue: refused }, keys: [ROWS, 'Enter'], shows: '.inspector' }),
  'plan-coming': { state: session, calls: { explainSql: 'never' }, keys: ['ControlOrMeta+e'], shows: '.spinner' },
  'chart-nothing': rows({
    results: [
      [
        0,
        {
          columns: [
            { name: 'worker', type: 'text', align: 'left' },
            { name: 'note', type: 'text', align: 'left' },
          ],
          rows: 0,
          stored: 0,
          tag: 'SELECT 0',
        },
      ],
    ],
    press: ['Chart'],
  }),
  'history-coming': rows({ panel: 'history', calls: { findHistory: 'never' }, shows: '.history' }),
  'history-refused': rows({ panel: 'history', calls: { findHistory: refused }, shows: '.history' }),
  'tabs-coming': { state: session, calls: { loadTabs: 'never' } },
  'closing-reloaded': {
    state: {
      phase: 'closing',
      person: session.person,
      grant: grant(0),
      why: 'expired',
      step: 'Asking the server to cancel what is running…',
    },
  },
};
