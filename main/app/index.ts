/**
 * The shell around the app: lifecycle, the one window, `app://`, hardening of the page, the IPC hub, the menu. It upholds
 * I7 (the renderer is untrusted: sandboxed, no network, no Node, no secret). `main/index.ts` calls `openShell` once and
 * is the only caller; with `preload/`, this is where Electron is known.
 *
 * `lifecycle.ts` before ready → `security.ts`, `protocol.ts` on the session → `ipc.ts` the calls → `window.ts`, `menu.ts`.
 */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  type Clipboard,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell as systemShell,
} from 'electron';
import type { z } from 'zod';
import { type EventName, type Events, events, type Settings } from '../../shared/ipc.ts';
import { confirmer, type Question } from './confirm.ts';
import type { Prefill } from './deep-link.ts';
import { externalOpener } from './external.ts';
import { fileAsker, filesAsker } from './files.ts';
import { describeIssues, type Handlers, type Log, refusedSender, registerCalls } from './ipc.ts';
import { beforeReady, deliverOwnLink, type Early } from './lifecycle.ts';
import { menuTemplate } from './menu.ts';
import { HOME, SCHEME } from './origin.ts';
import { listBuiltFiles, serveBuiltFiles } from './protocol.ts';
import { askOnce } from './quit.ts';
import { hardenContents, hardenSession } from './security.ts';
import { background, rememberWindow, windowOptions } from './window.ts';
import { readWindowState } from './window-state.ts';

export type { Prefill } from './deep-link.ts';
export type { Handlers, Log } from './ipc.ts';

export interface ShellOptions {
  /** Asked at each call; a call waits until it resolves, so that the page may load while main is still being wired. */
  handlers(): Handlers | Promise<Handlers>;
  /** May be opened in the person's browser; `Shell.allowOrigin` adds the identity provider once it is known. */
  readonly collectorOrigin: string;
  /** A link wants to fill the request form; it never sends it. */
  onDeepLink(prefill: Prefill): void;
  /** The machine woke up: deadlines have to be looked at again. (I3) */
  onResume(): void;
  /** Something would be undone or stopped by quitting: the page asks first, with the command `quit`. */
  mustAskToQuit?(): boolean;
  /** Finish what must not be lost; the app ends when it settles. Called once. (I5) */
  onQuit(): void | Promise<void>;
  /** Built files; by default beside the built main. */
  readonly paths?: ShellPaths;
  readonly log?: Log;
}
export interface ShellPaths {
  /** The preload bundle, one CommonJS file. */
  readonly preload: string;
  /** Folder of the built renderer. */
  readonly renderer: string;
}

/** `paused` is amber and `error` red where the system has colours for it. */
export interface Progress {
  /** 0 to 1. */
  readonly share: number;
  readonly mode: 'normal' | 'paused' | 'error';
}

/** What the rest of main may ask of the shell. */
export interface Shell {
  readonly packaged: boolean;
  /** Throws when the value breaks the contract: that is a defect in main, and must not reach the page. */
  push<N extends EventName>(name: N, value: z.infer<Events[N]>): void;
  /** Brings the window to the front. */
  show(): void;
  setTitle(text: string): void;
  /** Time left on the app's button in the taskbar or dock, where the system has one; null removes it. */
  setProgress(left: Progress | null): void;
  /** Number on the app's icon, where the system has one; 0 removes it. */
  setBadge(count: number): void;
  /** A notice of the desktop, where it has them; a click on it brings the window to the front. */
  notify(notice: { readonly title: string; readonly body: string }): void;
  setTheme(theme: Settings['theme']): void;
  copy(text: string): void;
  /** Lets the person choose where to write; null when they chose nothing. */
  askFile(proposal: { readonly name: string; readonly extension: string }): Promise<string | null>;
  /** Lets the person choose files to read; null when they chose none. */
  askFiles(wish: { readonly title: string; readonly extensions: readonly string[] }): Promise<readonly string[] | null>;
  /** Asks in a dialog of the system, out of the page's reach. */
  confirm(question: Question): Promise<boolean>;
  /** Shows a file in the system's file manager. */
  showFile(path: string): void;
  readonly clipboard: Pick<Clipboard, 'readText' | 'writeText' | 'clear'>;
  /** Lets `openExternal` open this origin too: the identity provider's. */
  allowOrigin(origin: string): void;
  /** Rejects with a `Fault` for an address that is not on an allowed origin. */
  openExternal(address: string): Promise<void>;
  /** The answer to the question whether to quit. */
  quit(go: boolean): void;
}

/** Beside `out/main/index.js`, where the build puts them. */
const BUILT: ShellPaths = {
  preload: join(import.meta.dirname, '../preload/index.cjs'),
  renderer: join(import.meta.dirname, '../renderer'),
};
const toConsole: Log = (message, error) =>
  console.error(message, error instanceof Error ? (error.stack ?? error.message) : (error ?? ''));

/**
 * Makes the window, starts loading its page and resolves. Call it before anything is awaited, and await it inside a
 * function, never at the top level of main: Electron becomes ready only once main has been evaluated. In a second
 * instance it never resolves: that one hands its command line to the first and ends.
 */
export async function openShell(options: ShellOptions): Promise<Shell> {
  const { handlers, paths = BUILT, log = toConsole } = options;
  let window: BrowserWindow | null = null;
  const show = () => {
    if (window?.isMinimized()) window.restore();
    window?.show();
    window?.focus();
  };
  // A link may come while main is still being wired.
  const onDeepLink = (prefill: Prefill) => {
    Promise.resolve(handlers())
      .then(() => options.onDeepLink(prefill))
      .catch((error: unknown) => log('a link could not be taken', error));
  };
  const early: Early = { onDeepLink, onSecondInstance: show };
  if (!beforeReady(app, protocol, early)) {
    app.quit();
    return new Promise(() => undefined);
  }
  const origins = new Set([options.collectorOrigin]);
  const openExternal = externalOpener(
    (address) => systemShell.openExternal(address),
    () => [...origins],
  );
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, openExternal, log));
  app.on('window-all-closed', () => app.quit());
  const asking = askOnce(
    () => window !== null && !window.isDestroyed() && options.mustAskToQuit?.() === true,
    () => {
      show();
      window?.webContents.send('onCommand', { command: 'quit' });
    },
  );
  quitAfter(async () => options.onQuit(), asking.hold, log);
  const files = listBuiltFiles(paths.renderer);
  // Awaited below; a failure before that must not end the process unheard.
  files.catch(() => undefined);
  await app.whenReady();

  hardenSession(session.defaultSession, log);
  const serve = serveBuiltFiles(await files);
  protocol.handle(SCHEME, serve);
  const isKnownWindow = (id: number) => window !== null && !window.isDestroyed() && window.webContents.id === id;
  registerCalls(ipcMain, handlers, (event) => refusedSender(event, isKnownWindow), log);
  powerMonitor.on('resume', () => options.onResume());

  const stateFile = join(app.getPath('userData'), 'window.json');
  const state = readWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const dark = nativeTheme.shouldUseDarkColors;
  window = new BrowserWindow(windowOptions({ preload: paths.preload, packaged: app.isPackaged, dark, state }));
  const opened = window;
  if (state.maximized) opened.maximize();
  rememberWindow(opened, stateFile, log);
  opened.once('ready-to-show', show);
  opened.on('close', (event) => {
    if (asking.hold()) event.preventDefault();
  });
  opened.on('page-title-updated', (event) => event.preventDefault());
  reloadAfterCrash(opened, log);
  nativeTheme.on('updated', () => {
    if (!opened.isDestroyed()) opened.setBackgroundColor(background(nativeTheme.shouldUseDarkColors));
  });

  const shell: Shell = {
    packaged: app.isPackaged,
    push: (name, value) => {
      const checked = events[name].safeParse(value);
      if (!checked.success) throw new TypeError(`${name}: ${describeIssues(checked.error.issues)}`);
      if (!opened.isDestroyed()) opened.webContents.send(name, checked.data);
    },
    show,
    setTitle: (text) => {
      if (!opened.isDestroyed()) opened.setTitle(text);
    },
    setProgress: (left) => {
      if (!opened.isDestroyed()) opened.setProgressBar(left?.share ?? -1, { mode: left?.mode ?? 'none' });
    },
    setBadge: (count) => {
      app.setBadgeCount(count);
    },
    notify: (notice) => {
      if (!Notification.isSupported()) return;
      const shown = new Notification(notice);
      shown.on('click', show);
      shown.show();
    },
    setTheme: (theme) => {
      nativeTheme.themeSource = theme;
    },
    copy: (text) => clipboard.writeText(text),
    askFile: fileAsker(
      (asked) => dialog.showSaveDialog(opened, asked),
      () => app.getPath('downloads'),
    ),
    askFiles: filesAsker(
      (asked) => dialog.showOpenDialog(opened, asked),
      () => app.getPath('downloads'),
    ),
    confirm: confirmer((asked) => dialog.showMessageBox(opened, asked)),
    showFile: (path) => systemShell.showItemInFolder(path),
    clipboard,
    allowOrigin: (origin) => void origins.add(origin),
    openExternal,
    quit: (go) => {
      asking.answer(go);
      if (go) app.quit();
    },
  };
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        packaged: app.isPackaged,
        command: (command) => shell.push('onCommand', { command }),
        quit: () => app.quit(),
      }),
    ),
  );
  opened.loadURL(HOME).catch((error: unknown) => {
    if (opened.isDestroyed()) return;
    log('the page could not be loaded', error);
    app.quit();
  });
  deliverOwnLink(process.argv, early);
  return shell;
}

/** Holds the quit until it was asked about, and then until `finish` has settled, once. */
function quitAfter(finish: () => Promise<void>, hold: () => boolean, log: Log): void {
  let stage: 'running' | 'finishing' | 'done' = 'running';
  app.on('before-quit', (event) => {
    if (stage === 'done') return;
    event.preventDefault();
    if (stage === 'finishing' || hold()) return;
    stage = 'finishing';
    finish()
      .catch((error: unknown) => log('the end was not clean', error))
      .finally(() => {
        stage = 'done';
        app.quit();
      });
  });
}

/** A page that crashed comes back, three times in a minute at most; grants and the log live in main and go on. */
function reloadAfterCrash(window: BrowserWindow, log: Log): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log(`the page's process ended: ${reason}`);
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    crashes = [...crashes.filter((at) => performance.now() - at < 60_000), performance.now()];
    if (crashes.length > 3) {
      log('the page crashed again and again; quitting');
      app.quit();
      return;
    }
    window.loadURL(HOME).catch((error: unknown) => log('the page could not be loaded again', error));
  });
}
