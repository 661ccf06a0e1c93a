/**
 * What a sandboxed preload script finds in its isolated world: `require` for four names, `contextBridge`, `ipcRenderer`.
 * The binding to Node exists in this world only; the page cannot see it.
 *
 * `preloadWorld` is sent into the page as source text: it must not refer to anything outside itself.
 */
import type { makeCodec } from '../codec.ts';
import type { makePeer } from './peer.ts';

/** A message to Node: one line of JSON, then the encoded arguments. */
export type Upward =
  | { kind: 'invoke'; id: number; channel: string }
  | { kind: 'send'; channel: string }
  | { kind: 'accelerator'; index: number }
  | { kind: 'window-open' }
  | { kind: 'preload-error' };
/** A message from Node, to the function {@link RECEIVE} of the isolated world. */
export type Downward =
  | { kind: 'reply'; id: number; error: string | null }
  | { kind: 'send'; channel: string }
  | { kind: 'accelerators' };

/** One key combination of the application menu. */
export interface Accelerator {
  readonly index: number;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  /** `KeyboardEvent.key`, lower case. */
  readonly key: string;
}

export interface WorldConfig {
  readonly secret: string;
  readonly binding: string;
  readonly receive: string;
  readonly preloadPath: string;
  readonly process: Readonly<Record<string, unknown>>;
}
type Preload = (
  require: (name: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  process: unknown,
) => void;

export function preloadWorld(
  config: WorldConfig,
  makeCodecHere: typeof makeCodec,
  makePeerHere: typeof makePeer,
  preload: Preload | null,
): void {
  if (window.top !== window.self) return;
  const codec = makeCodecHere();
  // Chromium has put both into this world before any script ran.
  const world = globalThis as unknown as Record<string, (text: string) => void>;
  const post = world[config.binding];
  const up = (message: Upward, args: readonly unknown[]) => post?.(`${JSON.stringify(message)}\n${codec.encode(args)}`);

  // ── ipcRenderer ──────────────────────────────────────────────────────────────────────────────────────────────
  type Listener = (...args: unknown[]) => void;
  class Emitter {
    readonly #listeners = new Map<string, { run: Listener; once: boolean }[]>();
    on(name: string, run: Listener): this {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { run, once: false }]);
      return this;
    }
    once(name: string, run: Listener): this {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { run, once: true }]);
      return this;
    }
    off(name: string, run: Listener): this {
      const known = this.#listeners.get(name) ?? [];
      const at = known.findIndex((entry) => entry.run === run);
      this.#listeners.set(
        name,
        known.filter((_, i) => i !== at),
      );
      return this;
    }
    addListener(name: string, run: Listener): this {
      return this.on(name, run);
    }
    removeListener(name: string, run: Listener): this {
      return this.off(name, run);
    }
    removeAllListeners(name?: string): this {
      if (name === undefined) this.#listeners.clear();
      else this.#listeners.delete(name);
      return this;
    }
    listenerCount(name: string): number {
      return this.#listeners.get(name)?.length ?? 0;
    }
    emit(name: string, ...args: unknown[]): boolean {
      const known = this.#listeners.get(name) ?? [];
      for (const entry of known) {
        if (entry.once) this.off(name, entry.run);
        entry.run(...args);
      }
      return known.length > 0;
    }
  }

  const replies = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  class IpcRenderer extends Emitter {
    invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        up({ kind: 'invoke', id, channel }, args);
        replies.set(id, { resolve, reject });
      });
    }
    send(channel: string, ...args: unknown[]): void {
      up({ kind: 'send', channel }, args);
    }
  }
  /** Reading a member that the double lacks throws its name. */
  const strict = <T extends object>(name: string, target: T): T =>
    new Proxy(target, {
      get(object, key) {
        if (typeof key === 'string' && !(key in object))
          throw new Error(`electron.${name}.${key} is not implemented by the Chromium double (dev/chromium-shell)`);
        const value: unknown = Reflect.get(object, key, object);
        return typeof value === 'function' ? value.bind(object) : value;
      },
    });
  const ipc = new IpcRenderer();

  let accelerators: readonly Accelerator[] = [];
  world[config.receive] = (text) => {
    const end = text.indexOf('\n');
    // Written by the double's own host.
    const message = JSON.parse(text.slice(0, end)) as Downward;
    const args = codec.decode(text.slice(end + 1)) as unknown[];
    if (message.kind === 'send') ipc.emit(message.channel, { sender: ipc, ports: [] }, ...args);
    else if (message.kind === 'accelerators') accelerators = args as unknown as readonly Accelerator[];
    else {
      const waiting = replies.get(message.id);
      replies.delete(message.id);
      if (message.error === null) waiting?.resolve(args[0]);
      else waiting?.reject(new Error(message.error));
    }
  };

  // ── accelerators of the menu: after the page had its chance to use the key ──────────────────────────────────────
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const hit = accelerators.find(
      (candidate) =>
        candidate.key === event.key.toLowerCase() &&
        candidate.ctrl === event.ctrlKey &&
        candidate.shift === event.shiftKey &&
        candidate.alt === event.altKey &&
        candidate.meta === event.metaKey,
    );
    if (!hit) return;
    event.preventDefault();
    up({ kind: 'accelerator', index: hit.index }, []);
  });

  // ── contextBridge ────────────────────────────────────────────────────────────────────────────────────────────
  let node: EventTarget | null = null;
  document.addEventListener(
    config.secret,
    (event) => {
      node = event instanceof MouseEvent ? event.relatedTarget : null;
    },
    { once: true },
  );
  document.dispatchEvent(new Event(`${config.secret}-ask`));
  if (node === null) throw new Error('The page half of contextBridge did not answer');
  const peer = makePeerHere(node, 'to-page', 'to-preload');
  peer.register('window-open', (address, name) => up({ kind: 'window-open' }, [address, name]));
  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown) => {
      peer.call('expose', [key, api]);
    },
  };

  const electron = strict('renderer', {
    contextBridge: strict('contextBridge', contextBridge),
    ipcRenderer: strict('ipcRenderer', ipc),
  });
  const modules: Record<string, unknown> = {
    electron,
    'electron/renderer': electron,
    events: strict('preload events', { EventEmitter: Emitter }),
    timers: { setTimeout, setInterval, clearTimeout, clearInterval },
    url: { URL, URLSearchParams },
  };
  const require = (name: string): unknown => {
    const found = Object.hasOwn(modules, name) ? name : name.replace(/^node:/, '');
    if (!Object.hasOwn(modules, found) || found === 'node:electron') throw new Error(`module not found: ${name}`);
    return modules[found];
  };

  try {
    const module = { exports: {} };
    preload?.(require, module, module.exports, Object.freeze(config.process));
  } catch (error) {
    console.error(`Unable to load preload script: ${config.preloadPath}`);
    console.error(error);
    up({ kind: 'preload-error' }, [error instanceof Error ? error.message : String(error)]);
  }
}
