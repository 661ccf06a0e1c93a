/** `webContents` of the one window: navigation events, the window-open handler, messages to the page. */
import { EventEmitter } from 'node:events';
import type { Addresses } from '../address.ts';
import type { FrameDouble } from './frames.ts';
import type { IpcMainDouble } from './ipc-main.ts';
import type { PageAnswer, PageHost, PageOwner, PageRequest } from './page-host.ts';
import type { ProtocolDouble } from './protocol.ts';
import type { SessionDouble } from './session.ts';
import { notImplemented, strict } from './strict.ts';

type WindowOpenHandler = (details: {
  url: string;
  frameName: string;
  features: string;
  disposition: string;
  referrer: { url: string; policy: string };
}) => { action: string };

/** Events as Electron makes them: a details object that can be prevented. */
function preventable<T extends object>(details: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

export interface WebContentsParts {
  readonly ipcMain: IpcMainDouble;
  readonly protocol: ProtocolDouble;
  readonly addresses: Addresses;
  /** The session as the app sees it, and as the double does. */
  readonly session: object;
  readonly sessionInner: SessionDouble;
  readonly webPreferences: Readonly<Record<string, unknown>>;
  readonly onAccelerator: (index: number) => void;
  readonly onClosed: () => void;
}

export class WebContentsDouble extends EventEmitter implements PageOwner {
  readonly id = 1;
  readonly #parts: WebContentsParts;
  readonly #host: Promise<PageHost>;
  #ready: PageHost | null = null;
  #openHandler: WindowOpenHandler | null = null;
  #destroyed = false;
  #requests = 0;
  #loading: { url: string; resolve(): void } | null = null;
  /** The object that the app sees; IPC events carry it. */
  self: object = this;

  constructor(parts: WebContentsParts, attach: (owner: PageOwner) => Promise<PageHost>) {
    super();
    this.#parts = parts;
    this.#host = attach(this);
    this.#host.then(
      (host) => {
        this.#ready = host;
      },
      // Whoever loads an address learns it; nobody else can act on it.
      () => undefined,
    );
  }

  get session(): object {
    return this.#parts.session;
  }
  get mainFrame(): FrameDouble {
    if (!this.#ready) throw new Error('The page is not attached yet');
    return this.#ready.frames.main;
  }
  get host(): PageHost | null {
    return this.#ready;
  }
  getURL(): string {
    return this.#ready?.frames.main.url ?? '';
  }
  getLastWebPreferences(): Readonly<Record<string, unknown>> {
    return this.#parts.webPreferences;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isLoading(): boolean {
    return this.#loading !== null;
  }
  getType(): string {
    return 'window';
  }
  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }
  setVisualZoomLevelLimits(): Promise<void> {
    return Promise.resolve();
  }
  setWebRTCIPHandlingPolicy(): void {}
  openDevTools(): void {
    throw notImplemented('webContents.openDevTools (start with --headless=no and use the browser’s own)');
  }
  send(channel: string, ...args: unknown[]): void {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    try {
      this.#ready?.send(channel, args);
    } catch {
      // Electron reports this one on the console and goes on.
      console.error('Error sending from webFrameMain: ', new Error('Failed to serialize arguments'));
    }
  }
  reload(): void {
    void this.#host.then((host) => host.reload());
  }
  /** Resolves when the page has loaded. */
  async loadURL(url: string): Promise<void> {
    const host = await this.#host;
    await this.#applyPermissions(host, url);
    const loaded = new Promise<void>((resolve) => {
      this.#loading = { url, resolve };
    });
    this.emit('did-start-loading', {});
    try {
      await host.navigate(url);
    } catch (error) {
      this.#loading = null;
      this.emit('did-fail-load', {}, -2, error instanceof Error ? error.message : String(error), url, true);
      throw error;
    }
    await loaded;
  }

  async #applyPermissions(host: PageHost, url: string): Promise<void> {
    const { sessionInner } = this.#parts;
    const { protocol, host: name } = new URL(url);
    const origin = `${protocol}//${name}`;
    await Promise.all(
      Object.entries(PERMISSIONS).map(([electron, chromium]) =>
        host.setPermission(chromium, sessionInner.allows(electron, origin), origin),
      ),
    );
  }

  // ── what the page does ───────────────────────────────────────────────────────────────────────────────────────
  invoked(frame: FrameDouble | null, channel: string, args: unknown[]): Promise<{ text: string } | { error: string }> {
    return this.#parts.ipcMain.answer(channel, this.#event(frame), args);
  }
  sent(frame: FrameDouble | null, channel: string, args: unknown[]): void {
    this.#parts.ipcMain.emit(channel, this.#event(frame), ...args);
  }
  #event(frame: FrameDouble | null): object {
    return preventable({
      type: 'frame',
      sender: this.self,
      senderFrame: frame,
      frameId: frame?.routingId ?? -1,
      processId: 1,
      ports: [],
    });
  }
  preloadFailed(message: string): void {
    this.emit('preload-error', {}, String(this.#parts.webPreferences.preload), new Error(message));
  }
  accelerator(index: number): void {
    this.#parts.onAccelerator(index);
  }
  mayNavigate(navigation: {
    url: string;
    frame: FrameDouble | null;
    isMainFrame: boolean;
    isRedirect: boolean;
  }): boolean {
    const { url, frame, isMainFrame, isRedirect } = navigation;
    const details = { url, frame, initiator: frame, isMainFrame, isSameDocument: false };
    // The order in which Electron asks.
    const names = isRedirect ? ['will-redirect'] : ['will-frame-navigate', ...(isMainFrame ? ['will-navigate'] : [])];
    return names.every((name) => {
      const event = preventable(details);
      this.emit(name, event, url);
      return !event.defaultPrevented;
    });
  }
  windowOpened(url: string, name: string): void {
    const answer = this.#openHandler?.({
      url,
      frameName: name,
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'no-referrer' },
    });
    if (answer?.action !== 'deny') throw notImplemented('a second window, which the window-open handler allowed');
  }
  async answer(request: PageRequest): Promise<PageAnswer> {
    const { sessionInner, protocol } = this.#parts;
    const goes = await sessionInner.requests.decide({
      id: ++this.#requests,
      url: request.url,
      method: request.method,
      resourceType: RESOURCE_TYPES[request.resourceType] ?? 'other',
      webContentsId: this.id,
      referrer: '',
      timestamp: Date.now(),
    });
    if (!goes) return { kind: 'fail', reason: 'BlockedByClient' };
    const handler = protocol.handlerOf(new URL(request.url).protocol.slice(0, -1));
    if (!handler) return { kind: 'continue' };
    const response = await handler(
      new Request(request.url, {
        method: request.method,
        headers: { ...request.headers },
        ...(request.body !== undefined && { body: request.body }),
      }),
    );
    const body = new Uint8Array(await response.arrayBuffer());
    return { kind: 'fulfill', status: response.status, headers: [...response.headers], body };
  }
  domReady(): void {
    this.#ready?.refreshAccelerators();
    this.emit('dom-ready', {});
  }
  loaded(): void {
    this.#loading?.resolve();
    this.#loading = null;
    this.emit('did-finish-load', {});
    this.emit('did-stop-loading', {});
  }
  console(level: string, text: string): void {
    if (process.env.VITRINE_SHELL_CONSOLE !== undefined) console.error(`page ${level}: ${text}`);
    this.emit('console-message', {
      level: level === 'warning' ? 'warning' : level,
      message: text,
      lineNumber: 0,
      sourceId: '',
    });
  }
  crashed(): void {
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
  }
  closed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('destroyed');
    this.#parts.onClosed();
  }
}

/** Electron's names of permissions, and the browser's. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  geolocation: 'geolocation',
  notifications: 'notifications',
  media: 'camera',
  midi: 'midi',
  'idle-detection': 'idle-detection',
  'window-management': 'window-management',
  'storage-access': 'storage-access',
};
/** DevTools' names of resources, and those of webRequest. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  Document: 'mainFrame',
  Stylesheet: 'stylesheet',
  Image: 'image',
  Media: 'media',
  Font: 'font',
  Script: 'script',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  WebSocket: 'webSocket',
};

export const makeWebContents = (
  parts: WebContentsParts,
  attach: (owner: PageOwner) => Promise<PageHost>,
): { inner: WebContentsDouble; outer: WebContentsDouble } => {
  const inner = new WebContentsDouble(parts, attach);
  const outer = strict('webContents', inner);
  inner.self = outer;
  return { inner, outer };
};
