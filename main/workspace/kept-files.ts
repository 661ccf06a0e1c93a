/** What is in the folder of this device, in words for a person. */
import type { Kept } from '../../shared/ipc-settings.ts';

export const keptFiles: readonly Kept[] = [
  { name: 'settings.json', what: 'these settings' },
  { name: 'workspace.json', what: 'which tabs are open, their names and cursors' },
  { name: 'tabs', what: 'the text of each tab, as a .sql file' },
  { name: 'queries', what: 'your saved queries, each as a .sql file' },
  { name: 'snippets.json', what: 'your snippets' },
  { name: 'history', what: 'what was run, sealed with the key of this device' },
  { name: 'device.json', what: 'the key of this device, locked' },
  { name: 'log', what: 'the signed records, also those that are on the way to the ledger' },
];
