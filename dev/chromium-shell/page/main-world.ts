/**
 * The page's half of contextBridge, installed before any script of the page: it takes what the preload exposes, freezes
 * it and defines it on `window` so that it cannot be replaced.
 *
 * `mainWorld` is sent into the page as source text: it must not refer to anything outside itself.
 */
import type { makePeer } from './peer.ts';

export function mainWorld(secret: string, makePeerHere: typeof makePeer): void {
  // Only the main frame has a preload, as with `nodeIntegrationInSubFrames: false`.
  if (window.top !== window.self) return;
  const node = document.createElement('i');
  const peer = makePeerHere(node, 'to-preload', 'to-page');

  const freeze = (value: unknown): unknown => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
    if (!ArrayBuffer.isView(value)) Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
    return value;
  };
  peer.register('expose', (key, api) => {
    if (typeof key !== 'string') throw new Error('exposeInMainWorld: the key is not a string');
    if (Object.hasOwn(window, key))
      throw new Error('Cannot bind an API on top of an existing property on the window object');
    Object.defineProperty(window, key, { value: freeze(api), writable: false, configurable: false, enumerable: true });
  });
  // Where the window-open handler denies, Electron's `window.open` answers null; Chromium's would answer a window that
  // is closed a moment later. Links with a target do not come this way and are stopped by the host.
  window.open = (address = '', name = '') => {
    peer.call('window-open', [new URL(address, document.baseURI).href, name]);
    return null;
  };
  // An event's `relatedTarget` is the one way to show a DOM node to another world. The name is random and spent at once.
  document.addEventListener(
    `${secret}-ask`,
    () => document.dispatchEvent(new MouseEvent(secret, { relatedTarget: node })),
    { once: true },
  );
}
