/**
 * One page of Chromium as Electron would host it: the preload in an isolated world, every request asked for first,
 * navigations and pop-ups put to their handlers before anything is loaded.
 */
import { randomBytes } from 'node:crypto';
import type { Addresses } from '../address.ts';
import type { Session } from '../chromium/cdp.ts';
import type { Chromium } from '../chromium/launch.ts';
import type { Protocol } from '../chromium/protocol.ts';
import { type Codec, makeCodec } from '../codec.ts';
import type { Accelerator, Downward, Upward } from '../page/preload-world.ts';
import { mainWorldSource, preloadWorldSource } from '../page/source.ts';
import { type FrameDouble, Frames } from './frames.ts';

export interface Navigation {
  readonly url: string;
  readonly frame: FrameDouble | null;
  readonly isMainFrame: boolean;
  readonly isRedirect: boolean;
}
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly resourceType: string;
}
export type PageAnswer =
  | { readonly kind: 'continue' }
  | { readonly kind: 'fail'; readonly reason: Protocol.Network.ErrorReason }
  | {
      readonly kind: 'fulfill';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
    };
/** What the host asks its owner, a `webContents`. */
export interface PageOwner {
  invoked(frame: FrameDouble | null, channel: string, args: unknown[]): Promise<{ text: string } | { error: string }>;
  sent(frame: FrameDouble | null, channel: string, args: unknown[]): void;
  preloadFailed(message: string): void;
  accelerator(index: number): void;
  /** False when a handler prevented it. */
  mayNavigate(navigation: Navigation): boolean;
  windowOpened(url: string, name: string): void;
  answer(request: PageRequest): Promise<PageAnswer>;
  domReady(): void;
  loaded(): void;
  console(level: string, text: string): void;
  crashed(): void;
  closed(): void;
}
export interface PageOptions {
  readonly preload: { readonly path: string; readonly text: string } | null;
  /** Content size to enforce; null leaves it to the real window. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly colorScheme: 'dark' | 'light';
}

const WORLD = 'Electron Isolated Context';

export class PageHost {
  readonly #chromium: Chromium;
  readonly #session: Session;
  readonly #addresses: Addresses;
  readonly #owner: PageOwner;
  readonly #codec: Codec = makeCodec();
  readonly #targetId: string;
  readonly #binding = `vitrine_${randomBytes(6).toString('hex')}`;
  readonly #receive = `vitrine_${randomBytes(6).toString('hex')}`;
  readonly frames: Frames;
  /** The address that `loadURL` asked for, until its request has been seen. */
  #programmatic: string | null = null;
  #accelerators: readonly Accelerator[] = [];

  static async attach(
    chromium: Chromium,
    addresses: Addresses,
    owner: PageOwner,
    options: PageOptions,
  ): Promise<PageHost> {
    const { browser } = chromium.cdp;
    const { targetInfos } = await browser.send('Target.getTargets');
    const target = targetInfos.find((info) => info.type === 'page');
    if (!target) throw new Error('Chromium has no page');
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId: target.targetId, flatten: true });
    const host = new PageHost(chromium, chromium.cdp.session(sessionId), addresses, owner, target);
    await host.#prepare(options);
    return host;
  }

  constructor(
    chromium: Chromium,
    session: Session,
    addresses: Addresses,
    owner: PageOwner,
    target: Protocol.Target.TargetInfo,
  ) {
    this.#chromium = chromium;
    this.#session = session;
    this.#addresses = addresses;
    this.#owner = owner;
    this.#targetId = target.targetId;
    this.frames = new Frames((url) => addresses.toApp(url), WORLD);
    // A page's first frame has the id of its target.
    this.frames.follow(session, { id: target.targetId, url: target.url });
  }

  async #prepare(options: PageOptions): Promise<void> {
    const session = this.#session;
    const { browser } = this.#chromium.cdp;
    this.#listen();
    const secret = `bridge-${randomBytes(12).toString('hex')}`;
    const config = {
      secret,
      binding: this.#binding,
      receive: this.#receive,
      preloadPath: options.preload?.path ?? '',
      process: { type: 'renderer', platform: process.platform, sandboxed: true, contextIsolated: true, versions: {} },
    };
    await Promise.all([
      session.send('Page.enable'),
      session.send('Runtime.enable'),
      session.send('Inspector.enable'),
      session.send('Runtime.addBinding', { name: this.#binding, executionContextName: WORLD }),
      session.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldSource(secret) }),
      session.send('Page.addScriptToEvaluateOnNewDocument', {
        source: preloadWorldSource(config, options.preload?.text ?? null),
        worldName: WORLD,
      }),
      session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      session.send('Page.setInterceptFileChooserDialog', { enabled: false }),
      // Nobody focuses a window that nobody sees.
      options.size && session.send('Emulation.setFocusEmulationEnabled', { enabled: true }),
      options.size &&
        session.send('Emulation.setDeviceMetricsOverride', { ...options.size, deviceScaleFactor: 1, mobile: false }),
      this.setColorScheme(options.colorScheme),
      browser.send('Browser.setDownloadBehavior', { behavior: 'deny' }),
      browser.send('Target.setDiscoverTargets', { discover: true }),
      // Pop-ups stop before their first line of script, and are then closed.
      browser.send('Target.setAutoAttach', {
        autoAttach: true,
        waitForDebuggerOnStart: true,
        flatten: true,
        filter: [{ type: 'page' }, { exclude: true }],
      }),
    ]);
  }

  #listen(): void {
    const session = this.#session;
    const { browser } = this.#chromium.cdp;
    const owner = this.#owner;
    session.on('Runtime.bindingCalled', (event) => this.#up(event));
    session.on('Fetch.requestPaused', (event) => void this.#request(event));
    session.on('Page.windowOpen', ({ url, windowName }) => owner.windowOpened(this.#addresses.toApp(url), windowName));
    session.on('Page.domContentEventFired', () => owner.domReady());
    session.on('Page.loadEventFired', () => owner.loaded());
    session.on('Runtime.consoleAPICalled', ({ type, args }) =>
      owner.console(type, args.map((arg) => String(arg.value ?? arg.description ?? arg.type)).join(' ')),
    );
    session.on('Runtime.exceptionThrown', ({ exceptionDetails }) =>
      owner.console('error', exceptionDetails.exception?.description ?? exceptionDetails.text),
    );
    session.on('Inspector.targetCrashed', () => owner.crashed());
    browser.on('Target.targetDestroyed', ({ targetId }) => {
      if (targetId === this.#targetId) owner.closed();
    });
    browser.on('Target.attachedToTarget', ({ sessionId, targetInfo, waitingForDebugger }) => {
      if (targetInfo.targetId === this.#targetId || !waitingForDebugger) return;
      const ours = targetInfo.openerId === this.#targetId || targetInfo.openerFrameId === this.frames.mainId;
      const opened = this.#chromium.cdp.session(sessionId);
      const done = ours
        ? browser.send('Target.closeTarget', { targetId: targetInfo.targetId })
        : opened.send('Runtime.runIfWaitingForDebugger');
      done.catch((error: unknown) => this.#report('a new window', error));
    });
  }

  // ── requests and navigation ──────────────────────────────────────────────────────────────────────────────────
  async #request(event: Protocol.Fetch.requestPausedPayload): Promise<void> {
    const { requestId } = event;
    try {
      const answer = await this.#decide(event);
      if (answer.kind === 'continue') await this.#session.send('Fetch.continueRequest', { requestId });
      else if (answer.kind === 'fail')
        await this.#session.send('Fetch.failRequest', { requestId, errorReason: answer.reason });
      else
        await this.#session.send('Fetch.fulfillRequest', {
          requestId,
          responseCode: answer.status,
          responseHeaders: answer.headers.map(([name, value]) => ({ name, value })),
          body: Buffer.from(answer.body).toString('base64'),
        });
    } catch (error) {
      // A request whose page has gone meanwhile is no longer known.
      this.#report(event.request.url, error);
      await this.#session.send('Fetch.failRequest', { requestId, errorReason: 'Failed' }).catch(() => undefined);
    }
  }

  async #decide(event: Protocol.Fetch.requestPausedPayload): Promise<PageAnswer> {
    const url = this.#addresses.toApp(event.request.url);
    if (event.resourceType === 'Document') {
      const isMainFrame = event.frameId === this.frames.mainId;
      const asked = isMainFrame && this.#programmatic === event.request.url;
      if (asked) this.#programmatic = null;
      const isRedirect = event.redirectedRequestId !== undefined;
      const frame = this.frames.entry(event.frameId)?.frame ?? null;
      if (!asked && !this.#owner.mayNavigate({ url, frame, isMainFrame, isRedirect }))
        return { kind: 'fail', reason: 'Aborted' };
    }
    return this.#owner.answer({
      url,
      method: event.request.method,
      headers: event.request.headers,
      body: event.request.postData,
      resourceType: event.resourceType,
    });
  }

  /** Loads an address from main; rejects with Electron's wording. */
  async navigate(url: string): Promise<void> {
    const address = this.#addresses.toPage(url);
    this.#programmatic = address;
    const { errorText } = await this.#session.send('Page.navigate', { url: address });
    if (errorText !== undefined) throw new Error(`${errorText.replace(/^net::/, '')} loading '${url}'`);
  }
  reload(): Promise<void> {
    return this.navigate(this.frames.main.url);
  }

  // ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────
  #up({ name, payload, executionContextId }: Protocol.Runtime.bindingCalledPayload): void {
    if (name !== this.#binding) return;
    const frame = this.frames.frameOfWorld(executionContextId);
    const end = payload.indexOf('\n');
    // Written by the isolated world; the page has no access to the binding.
    const message = JSON.parse(payload.slice(0, end)) as Upward;
    const args = this.#codec.decode(payload.slice(end + 1)) as unknown[];
    if (message.kind === 'send') this.#owner.sent(frame, message.channel, args);
    else if (message.kind === 'accelerator') this.#owner.accelerator(message.index);
    else if (message.kind === 'window-open')
      this.#owner.windowOpened(this.#addresses.toApp(String(args[0])), String(args[1]));
    else if (message.kind === 'preload-error') this.#owner.preloadFailed(String(args[0]));
    else
      void this.#owner.invoked(frame, message.channel, args).then((answer) => {
        const down: Downward = { kind: 'reply', id: message.id, error: 'error' in answer ? answer.error : null };
        return this.#down(executionContextId, down, 'text' in answer ? answer.text : 'j[]');
      });
  }
  /** Pushes a message to the preload of the main frame; dropped, as in Electron, where no document listens. */
  send(channel: string, args: readonly unknown[]): void {
    const text = this.#codec.encode(args);
    const world = this.frames.mainWorld;
    if (world !== null) void this.#down(world, { kind: 'send', channel }, text);
  }
  setAccelerators(accelerators: readonly Accelerator[]): void {
    this.#accelerators = accelerators;
    this.refreshAccelerators();
  }
  /** A new document has to be told again. */
  refreshAccelerators(): void {
    const world = this.frames.mainWorld;
    if (world !== null) void this.#down(world, { kind: 'accelerators' }, this.#codec.encode(this.#accelerators));
  }
  async #down(world: number, message: Downward, text: string): Promise<void> {
    try {
      await this.#session.send('Runtime.callFunctionOn', {
        executionContextId: world,
        functionDeclaration: `function (text) { globalThis[${JSON.stringify(this.#receive)}](text) }`,
        arguments: [{ value: `${JSON.stringify(message)}\n${text}` }],
        silent: true,
      });
    } catch (error) {
      // The document that asked is gone, or went while this was on its way; in Electron its answer is lost too.
      if (!(error instanceof Error && /context|gone|Session|navigated or closed/.test(error.message))) throw error;
    }
  }

  // ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────
  async setColorScheme(scheme: 'dark' | 'light'): Promise<void> {
    await this.#session.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }
  async setSize(size: { width: number; height: number }): Promise<void> {
    await this.#session.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
  }
  /** Puts text on the system's clipboard, where the browser lets the window. */
  async copy(text: string): Promise<void> {
    const world = this.frames.mainWorld;
    if (world === null) return;
    await this.#session.send('Runtime.callFunctionOn', {
      executionContextId: world,
      functionDeclaration: 'function (text) { return navigator.clipboard.writeText(text) }',
      arguments: [{ value: text }],
      userGesture: true,
      awaitPromise: true,
    });
  }
  async setPermission(name: string, allowed: boolean, origin: string): Promise<void> {
    await this.#chromium.cdp.browser.send('Browser.setPermission', {
      permission: { name },
      setting: allowed ? 'granted' : 'denied',
      origin: new URL(this.#addresses.toPage(`${origin}/`)).origin,
    });
  }
  async focus(): Promise<void> {
    await this.#session.send('Page.bringToFront');
  }
  async bounds(): Promise<Protocol.Browser.Bounds> {
    const { bounds } = await this.#chromium.cdp.browser.send('Browser.getWindowForTarget', {
      targetId: this.#targetId,
    });
    return bounds;
  }
  async close(): Promise<void> {
    await this.#chromium.cdp.browser.send('Target.closeTarget', { targetId: this.#targetId });
  }
  #report(what: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!/Invalid InterceptionId|No target|browser is gone|Session/.test(message))
      console.error(`chromium-shell: ${what}: ${message}`);
  }
}
