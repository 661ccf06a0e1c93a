/**
 * The names in `ipc.ts` without its schemas: all that the preload needs, so that zod is not loaded into every page. The
 * compiler refuses a name too many or too few. (I7)
 */
import type { CallName, EventName } from './ipc.ts';

const calls = {
  getState: true,
  getInfo: true,
  chooseKey: true,
  unlockKey: true,
  forgetKey: true,
  signIn: true,
  cancelSignIn: true,
  signOut: true,
  submitRequest: true,
  withdrawRequest: true,
  handBack: true,
  dismissSummary: true,
  splitSql: true,
  runSql: true,
  cancelSql: true,
  getRows: true,
  getCell: true,
  copyRows: true,
  closeResult: true,
  setTransactionMode: true,
  endTransaction: true,
  reconnect: true,
  dismissMessage: true,
  offerExport: true,
  startExport: true,
  cancelExport: true,
  showExport: true,
  getSchema: true,
  openPort: true,
  closePort: true,
  copyPort: true,
  openPsql: true,
  disconnectClient: true,
  loadWorkspace: true,
  saveWorkspace: true,
  getSettings: true,
  saveSettings: true,
  copyText: true,
  quit: true,
} as const satisfies Readonly<Record<CallName, true>>;

const events = { onState: true, onResult: true, onExport: true, onCommand: true } as const satisfies Readonly<
  Record<EventName, true>
>;

// `Object.keys` forgets the names' types; the tables above are exactly these names.
export const callNames = Object.keys(calls) as readonly CallName[];
export const eventNames = Object.keys(events) as readonly EventName[];
