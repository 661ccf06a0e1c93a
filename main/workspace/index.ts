/**
 * What the engineer would hate to lose: tabs with unsent text, what was run, settings, the last request. Small things are in
 * electron-store files, each tab's text in a file of its own, the history sealed; all written atomically. A damaged file is
 * put aside and told, never overwritten. Row data is never in here. (I8)
 */
export { type History, openHistory } from './history.ts';
export { keptFiles } from './kept-files.ts';
export { lostKey } from './lost.ts';
export { keyValueOf, openRaw, type StoreFactory } from './store.ts';
export { openWorkspace, type WorkspaceFiles } from './workspace.ts';
