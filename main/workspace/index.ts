/**
 * What the engineer would hate to lose: tabs with unsent text, settings, the last request. Kept in electron-store files,
 * written whole and atomically; a damaged file is put aside, never overwritten. Row data is never in here. (I8)
 */
export { keyValueOf, openRaw, type StoreFactory } from './store.ts';
export { openWorkspace, type WorkspaceFiles } from './workspace.ts';
