/**
 * Which commands there are at this moment: a part of the page registers its own while it is mounted. One listener turns keys
 * into commands before anything else sees them; the palette and the key map list them; the shell's menu performs them by id.
 */
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { Bridge } from '../bridge.ts';
import { type Command, commandFor } from './command.ts';

/** A question or a page over everything: nothing behind it is told to do anything. */
const OVER = 'dialog:modal, [aria-modal=true]';
/** What has the keys for itself: those, a menu, a panel that has the focus. */
const OPEN = `${OVER}, [role=menu], [role=dialog]:focus-within`;
const MOST_RECENT = 5;

export class Registry {
  readonly #sources = new Map<symbol, () => readonly Command[]>();
  readonly #listeners = new Set<() => void>();
  #recent: readonly string[] = [];
  #version = 0;

  /** Later sources come after earlier ones. Returns what takes it away. */
  add(source: () => readonly Command[]): () => void {
    const key = Symbol();
    this.#sources.set(key, source);
    this.#told();
    return () => {
      this.#sources.delete(key);
      this.#told();
    };
  }
  *all(): Generator<Command> {
    for (const source of this.#sources.values()) yield* source();
  }
  /** Ids of what was performed last, newest first. */
  get recent(): readonly string[] {
    return this.#recent;
  }
  /** Does nothing where there is no such command now, or it cannot be done. */
  perform(id: string): void {
    for (const command of this.all())
      if (command.id === id) {
        if (command.unavailable == null) command.run();
        return;
      }
  }
  /** As {@link perform}, and remembers it for the palette. */
  choose(id: string): void {
    this.#recent = [id, ...this.#recent.filter((one) => one !== id)].slice(0, MOST_RECENT);
    this.perform(id);
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly version = (): number => this.#version;
  #told(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

const Context = createContext<Registry | null>(null);
export function useRegistry(): Registry {
  const registry = useContext(Context);
  if (registry === null) throw new Error('outside the CommandProvider');
  return registry;
}

/** Registers `commands` while the calling component is mounted; they are asked for when they are needed, so that they are as new as its last render. */
export function useCommands(commands: () => readonly Command[]): void {
  const registry = useRegistry();
  // Not an effect event: the palette asks while it renders.
  const now = useRef(commands);
  useLayoutEffect(() => {
    now.current = commands;
  });
  useLayoutEffect(() => registry.add(() => now.current()), [registry]);
}

/** Every command there is, anew whenever some part of the page comes or goes. */
export function useAllCommands(): readonly Command[] {
  const registry = useRegistry();
  const version = useSyncExternalStore(registry.subscribe, registry.version);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says when to ask again
  return useMemo(() => [...registry.all()], [registry, version]);
}

export function CommandProvider({ bridge, children }: { readonly bridge: Bridge; readonly children: ReactNode }) {
  const registry = useMemo(() => new Registry(), []);
  useEffect(() => {
    // A menu of the shell does not know that a question is open; only it may be answered then.
    const stop = bridge.onCommand(({ command }) => {
      if (document.querySelector(OVER) === null) registry.perform(command);
    });
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector(OPEN) !== null) return;
      const inEditor = event.target instanceof Element && event.target.closest('.editor') !== null;
      const command = commandFor(registry.all(), event, inEditor);
      if (command === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (command.unavailable == null) command.run();
    };
    // Before Monaco, which would wait for the second key of a chord after Ctrl+K.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      stop();
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [bridge, registry]);
  return <Context value={registry}>{children}</Context>;
}
