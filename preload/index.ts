/**
 * The only bridge between the page and main: every call and event of `shared/ipc.ts` as a named function on
 * `window.vitrine`, and nothing else. Neither `ipcRenderer` nor an IPC event ever reaches the page. Runs sandboxed, in
 * its own world, as one CommonJS file. (I7)
 */
import { contextBridge, ipcRenderer } from 'electron';
import { callNames, eventNames } from '../shared/ipc-names.ts';

type Call = (...args: unknown[]) => Promise<unknown>;
type Subscribe = (listener: (value: unknown) => void) => () => void;

const call =
  (name: string): Call =>
  (...args) =>
    ipcRenderer.invoke(name, ...args);

const subscribe =
  (name: string): Subscribe =>
  (listener) => {
    // The event itself stays here: it carries `sender`.
    const receive = (_event: unknown, value: unknown) => listener(value);
    ipcRenderer.on(name, receive);
    return () => {
      ipcRenderer.off(name, receive);
    };
  };

// Main validates every argument and result against the contract, so nothing is checked here a second time.
contextBridge.exposeInMainWorld(
  'vitrine',
  Object.fromEntries([
    ...callNames.map((name) => [name, call(name)] as const),
    ...eventNames.map((name) => [name, subscribe(name)] as const),
  ]),
);
