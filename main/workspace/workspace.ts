/** The stores of the workspace and their first contents. */
import { accessRequest } from '../../shared/api.ts';
import {
  type Settings,
  settings,
  type TransactionMode,
  transactionMode,
  type Workspace,
  workspace,
} from '../../shared/ipc.ts';
import { openRaw, openStore, type Store, type StoreFactory } from './store.ts';

const lastRequest = accessRequest.pick({ target: true, scope: true, severity: true }).partial();
type LastRequest = ReturnType<typeof lastRequest.parse>;

export interface WorkspaceFiles {
  readonly tabs: Store<Workspace>;
  readonly settings: Store<Settings>;
  /** What the request form is filled with next time. */
  readonly lastRequest: Store<LastRequest>;
  /** How the next grant begins. */
  readonly transactionMode: Store<TransactionMode>;
}

const FIRST_TABS: Workspace = { tabs: [{ id: 'first', title: 'scratch', text: '' }], active: 'first' };
const FIRST_SETTINGS: Settings = {
  theme: 'system',
  side_width: 264,
  editor_height: 0.34,
  editor_font_size: 13,
  result_rows: 200_000,
  statement_timeout_s: null,
};

export function openWorkspace(make: StoreFactory, directory: string, now: () => number): WorkspaceFiles {
  const preferences = openRaw(make, 'settings', directory, now);
  return {
    tabs: openStore(openRaw(make, 'workspace', directory, now), 'workspace', workspace, FIRST_TABS),
    settings: openStore(preferences, 'settings', settings, FIRST_SETTINGS),
    lastRequest: openStore(preferences, 'lastRequest', lastRequest, {}),
    transactionMode: openStore(preferences, 'transactionMode', transactionMode, 'auto'),
  };
}
