/** The page's frames and their isolated worlds, followed through DevTools events; `senderFrame` comes from here. */
import type { Session } from '../chromium/cdp.ts';
import { strict } from './strict.ts';

interface Entry {
  readonly id: string;
  readonly parent: string | null;
  readonly number: number;
  url: string;
  name: string;
  world: number | null;
  readonly frame: FrameDouble;
}

/** `WebFrameMain`: one object per frame for as long as the frame lives. */
export class FrameDouble {
  readonly #frames: Frames;
  readonly #id: string;
  constructor(frames: Frames, id: string) {
    this.#frames = frames;
    this.#id = id;
  }
  get #entry(): Entry {
    const entry = this.#frames.entry(this.#id);
    if (!entry) throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    return entry;
  }
  get url(): string {
    return this.#frames.toApp(this.#entry.url);
  }
  get origin(): string {
    const { protocol, host } = new URL(this.url);
    return protocol === 'about:' || protocol === 'data:' ? 'null' : `${protocol}//${host}`;
  }
  get parent(): FrameDouble | null {
    const { parent } = this.#entry;
    return parent === null ? null : (this.#frames.entry(parent)?.frame ?? null);
  }
  get top(): FrameDouble | null {
    return this.parent?.top ?? this.#entry.frame;
  }
  get frames(): FrameDouble[] {
    return this.#frames.childrenOf(this.#id);
  }
  get name(): string {
    return this.#entry.name;
  }
  get routingId(): number {
    return this.#entry.number;
  }
  get frameTreeNodeId(): number {
    return this.#entry.number;
  }
  get processId(): number {
    return 1;
  }
  get detached(): boolean {
    return this.#frames.entry(this.#id) === undefined;
  }
  isDestroyed(): boolean {
    return this.detached;
  }
}

export class Frames {
  readonly toApp: (url: string) => string;
  readonly #entries = new Map<string, Entry>();
  readonly #contexts = new Map<number, string>();
  readonly #world: string;
  #last = 0;
  #main = '';

  constructor(toApp: (url: string) => string, world: string) {
    this.toApp = toApp;
    this.#world = world;
  }

  follow(session: Session, main: { id: string; url: string }): void {
    this.#main = main.id;
    this.#add(main.id, null, main.url);
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => this.#add(frameId, parentFrameId, 'about:blank'));
    session.on('Page.frameNavigated', ({ frame }) => {
      const entry = this.#entries.get(frame.id) ?? this.#add(frame.id, frame.parentId ?? null, frame.url);
      entry.url = frame.url;
      entry.name = frame.name ?? '';
    });
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const entry = this.#entries.get(frameId);
      if (entry) entry.url = url;
    });
    session.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason !== 'swap') this.#entries.delete(frameId);
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== this.#world) return;
      const frameId: unknown = context.auxData?.frameId;
      const entry = typeof frameId === 'string' ? this.#entries.get(frameId) : undefined;
      if (!entry) return;
      this.#contexts.set(context.id, entry.id);
      entry.world = context.id;
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => this.#forget(executionContextId));
    session.on('Runtime.executionContextsCleared', () => {
      for (const id of [...this.#contexts.keys()]) this.#forget(id);
    });
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }
  childrenOf(id: string): FrameDouble[] {
    return [...this.#entries.values()].filter((entry) => entry.parent === id).map((entry) => entry.frame);
  }
  get main(): FrameDouble {
    const entry = this.#entries.get(this.#main);
    if (!entry) throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    return entry.frame;
  }
  get mainId(): string {
    return this.#main;
  }
  /** The frame that owns an isolated world; null when it is gone. */
  frameOfWorld(context: number): FrameDouble | null {
    const id = this.#contexts.get(context);
    return (id === undefined ? undefined : this.#entries.get(id))?.frame ?? null;
  }
  /** The isolated world of the main frame's document; null before the document exists. */
  get mainWorld(): number | null {
    return this.#entries.get(this.#main)?.world ?? null;
  }

  #add(id: string, parent: string | null, url: string): Entry {
    const frame = strict('WebFrameMain', new FrameDouble(this, id));
    const entry: Entry = { id, parent, number: ++this.#last, url, name: '', world: null, frame };
    this.#entries.set(id, entry);
    return entry;
  }
  #forget(context: number): void {
    const id = this.#contexts.get(context);
    this.#contexts.delete(context);
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (entry?.world === context) entry.world = null;
  }
}
