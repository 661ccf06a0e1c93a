/**
 * `BrowserWindow`: exactly one, and only with safe `webPreferences`: the double refuses to start an app that is not
 * sandboxed and isolated, so that a test on it means something. (I7)
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { runtime, tellParent } from '../runtime.ts';
import { PageHost } from './page-host.ts';
import { notImplemented, strict } from './strict.ts';
import { makeWebContents, type WebContentsDouble, type WebContentsParts } from './web-contents.ts';

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface WindowOptions extends Partial<Rectangle> {
  title?: string;
  show?: boolean;
  backgroundColor?: string;
  webPreferences?: Record<string, unknown>;
}
export interface WindowParts
  extends Pick<WebContentsParts, 'ipcMain' | 'protocol' | 'addresses' | 'session' | 'sessionInner'> {
  readonly isReady: () => boolean;
  readonly onAccelerator: (index: number) => void;
  readonly onCreated: (window: BrowserWindowDouble, contents: WebContentsDouble) => void;
  readonly onClosed: (window: BrowserWindowDouble) => void;
  readonly colorScheme: () => 'dark' | 'light';
}

const MUST_BE: Readonly<Record<string, boolean>> = {
  sandbox: true,
  contextIsolation: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  allowRunningInsecureContent: false,
};

/** Names the first option that is not safe; an option that was left out counts as unsafe too. */
export function unsafePreference(preferences: Readonly<Record<string, unknown>>): string | null {
  const wrong = Object.entries(MUST_BE).find(([name, value]) => preferences[name] !== value);
  return wrong ? `${wrong[0]} must be ${wrong[1]}, got ${String(preferences[wrong[0]])}` : null;
}

export class BrowserWindowDouble extends EventEmitter {
  readonly id = 1;
  readonly webContents: WebContentsDouble;
  readonly #contents: WebContentsDouble;
  readonly #parts: WindowParts;
  #bounds: Rectangle;
  #title: string;
  #visible: boolean;
  #maximized = false;
  #destroyed = false;
  #shown = false;

  constructor(parts: WindowParts, options: WindowOptions) {
    super();
    if (!parts.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { viewport, headless, chromium } = runtime();
    if (chromium === null)
      throw new Error('The double was started with --no-window, and the app opens a BrowserWindow');
    const webPreferences = Object.freeze({ ...options.webPreferences });
    const unsafe = unsafePreference(webPreferences);
    if (unsafe !== null) throw new Error(`The double refuses this BrowserWindow: webPreferences.${unsafe}`);
    this.#parts = parts;
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
      ...viewport,
    };
    this.#title = options.title ?? '';
    this.#visible = options.show ?? true;
    const { inner, outer } = makeWebContents(
      { ...parts, webPreferences, onClosed: () => this.#closed() },
      async (owner) =>
        PageHost.attach(await chromium, parts.addresses, owner, {
          preload: readPreload(webPreferences.preload),
          size: headless ? { width: this.#bounds.width, height: this.#bounds.height } : null,
          colorScheme: parts.colorScheme(),
        }),
    );
    this.webContents = outer;
    this.#contents = inner;
    inner.on('did-finish-load', () => {
      if (this.#shown) return;
      this.#shown = true;
      this.emit('ready-to-show', {});
    });
    parts.onCreated(this, inner);
  }

  loadURL(url: string): Promise<void> {
    return this.#contents.loadURL(url);
  }
  loadFile(): Promise<void> {
    return Promise.reject(notImplemented('BrowserWindow.loadFile (pages come from app://)'));
  }
  show(): void {
    this.#visible = true;
    this.emit('show', {});
  }
  showInactive(): void {
    this.show();
  }
  hide(): void {
    this.#visible = false;
    this.emit('hide', {});
  }
  focus(): void {
    void this.#contents.host?.focus();
    this.emit('focus', {});
  }
  isVisible(): boolean {
    return this.#visible;
  }
  isFocused(): boolean {
    return this.#visible;
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  isFullScreen(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  maximize(): void {
    this.#maximized = true;
    this.emit('maximize', {});
  }
  restore(): void {}
  minimize(): void {}
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
  getBounds(): Rectangle {
    return { ...this.#bounds };
  }
  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    if (runtime().headless) void this.#contents.host?.setSize(this.#bounds);
    this.emit('resize', {});
  }
  setBackgroundColor(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}
  flashFrame(): void {}
  setProgressBar(progress: number, { mode = 'normal' }: { mode?: string } = {}): void {
    tellParent({ type: 'taskbar', progress, mode });
  }
  /** As when a person closes the window: `close` may be prevented. */
  close(): void {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    // The browser may be the one that closed it.
    this.#contents.host?.close().catch(() => undefined);
    this.#contents.closed();
  }
  #closed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('closed', {});
    this.#parts.onClosed(this);
  }
}

function readPreload(path: unknown): { path: string; text: string } | null {
  if (path === undefined) return null;
  if (typeof path !== 'string') throw new TypeError('webPreferences.preload must be a path');
  const text = readFileSync(path, 'utf8');
  if (/^\s*(import|export)\s/m.test(text)) throw new Error(`A sandboxed preload must be one CommonJS file: ${path}`);
  return { path, text };
}

/** The class that the app sees, bound to this app's parts. */
export function makeBrowserWindow(parts: WindowParts): { BrowserWindow: object; all: () => BrowserWindowDouble[] } {
  let open: { inner: BrowserWindowDouble; outer: BrowserWindowDouble } | null = null;
  const all = () => (open ? [open.outer] : []);
  class BrowserWindow {
    constructor(options: WindowOptions = {}) {
      if (open) throw notImplemented('a second BrowserWindow');
      const inner = new BrowserWindowDouble(
        {
          ...parts,
          onClosed: (window) => {
            open = null;
            parts.onClosed(window);
          },
        },
        options,
      );
      const outer = strict('BrowserWindow', inner);
      open = { inner, outer };
      // `new BrowserWindow()` gives the strict one.
      // biome-ignore lint/correctness/noConstructorReturn: the proxy is what makes unknown members throw
      return outer as unknown as BrowserWindow;
    }
    static getAllWindows = all;
    static getFocusedWindow = () => open?.outer ?? null;
    static fromWebContents = (contents: unknown) => (open?.outer.webContents === contents ? open?.outer : null);
    static fromId = (id: number) => (id === 1 ? (open?.outer ?? null) : null);
  }
  return { BrowserWindow: strict('BrowserWindow', BrowserWindow), all };
}
