/** electron-store files in the user-data folder, without the IPC channel that the package opens beside them. (I7) */
import { app, ipcMain } from 'electron';
import ElectronStore from 'electron-store';

/** Registered by electron-store in its constructor: synchronous, unvalidated, and used by nothing of ours. */
export const STORE_CHANNEL = 'electron-store-get-data';

/** A damaged file throws a `SyntaxError` instead of being emptied; whoever asks puts it aside. */
export function openElectronStore(name: string): ElectronStore {
  const store = new ElectronStore({ name, cwd: app.getPath('userData'), clearInvalidConfig: false });
  ipcMain.removeAllListeners(STORE_CHANNEL);
  return store;
}
