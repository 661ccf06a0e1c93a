/** The stores of the workspace and their first contents. */
import { join } from 'node:path';
import { accessRequest } from '../../shared/api.ts';
import { type Settings, type TransactionMode, transactionMode } from '../../shared/ipc.ts';
import { type Snippet, snippets } from '../../shared/ipc-editor.ts';
import type { Mishap } from '../../shared/ipc-workspace.ts';
import { storedSettings } from './settings.ts';
import { openRaw, openStore, type Store, type StoreFactory, wholly } from './store.ts';
import { openTabs, type TabsStore } from './tabs.ts';

const lastRequest = accessRequest.pick({ target: true, scope: true, severity: true }).partial();
type LastRequest = ReturnType<typeof lastRequest.parse>;

export interface WorkspaceFiles {
  readonly tabs: TabsStore;
  readonly settings: Store<Settings>;
  readonly snippets: Store<Snippet[]>;
  /** What the request form is filled with next time. */
  readonly lastRequest: Store<LastRequest>;
  /** How the last grant was left. */
  readonly transactionMode: Store<TransactionMode>;
  /** What was put aside at this start, besides the tabs; told once. */
  mishaps(): Mishap[];
}

export function openWorkspace(make: StoreFactory, directory: string, now: () => number): WorkspaceFiles {
  const preferences = openRaw(make, 'settings', directory, now);
  const own = openRaw(make, 'snippets', directory, now);
  const stores = {
    settings: openStore(preferences, 'settings', storedSettings),
    snippets: openStore(own, 'snippets', wholly(snippets, [], 'your snippets')),
    lastRequest: openStore(preferences, 'lastRequest', wholly(lastRequest, {}, 'the last request')),
    transactionMode: openStore(
      preferences,
      'transactionMode',
      wholly(transactionMode, 'auto', 'the last transaction mode'),
    ),
  };
  let mishaps = apart([
    preferences.putAside === null ? null : lostFile('settings', preferences.putAside, 'as on the first day'),
    own.putAside === null ? null : lostFile('snippets', own.putAside, 'none'),
    ...Object.values(stores).map(({ mishap }) => mishap),
  ]);
  return {
    ...stores,
    tabs: openTabs(openRaw(make, 'workspace', directory, now), join(directory, 'tabs'), now),
    mishaps() {
      const told = mishaps;
      mishaps = [];
      return told;
    },
  };
}

/** What has the same code is told as one by the page: a number keeps them apart. */
const apart = (all: readonly (Mishap | null)[]): Mishap[] =>
  all
    .filter((mishap) => mishap !== null)
    .map((mishap, n, found) => {
      const before = found.slice(0, n).filter(({ code }) => code === mishap.code).length;
      return before === 0 ? mishap : { ...mishap, code: `${mishap.code}_${before + 1}` };
    });

const lostFile = (what: string, aside: string, instead: string): Mishap => ({
  code: `${what}_damaged`,
  message: `The file of your ${what} was damaged. It is kept at ${aside}. The ${what} are ${instead}.`,
  hint: 'Your tabs are not in that file.',
});
