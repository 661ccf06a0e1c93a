/**
 * `electron` for the main process, on Node and a system Chromium. Only what Vitrine uses exists; everything else throws
 * its own name. Used by tests and by `npm start` where the Electron binary cannot be had; never packaged.
 */
import { listenToParent, whenBrowserGone } from '../connections.ts';
import { runtime, tellParent } from '../runtime.ts';
import { AppDouble } from './app.ts';
import { type BrowserWindowDouble, makeBrowserWindow } from './browser-window.ts';
import { dialogDouble, messageBoxAnswered, openDialogAnswered, saveDialogAnswered } from './dialog.ts';
import { IpcMainDouble } from './ipc-main.ts';
import { makeMenu } from './menu.ts';
import type { PageHost } from './page-host.ts';
import { makeProtocol } from './protocol.ts';
import { SessionDouble } from './session.ts';
import { shellDouble } from './shell.ts';
import {
  makeClipboard,
  makePowerMonitor,
  makeSafeStorage,
  makeScreen,
  NativeThemeDouble,
  NotificationDouble,
} from './small-modules.ts';
import { missing, strict } from './strict.ts';
import type { WebContentsDouble } from './web-contents.ts';

let contents: WebContentsDouble | null = null;
let windows: () => BrowserWindowDouble[] = () => [];
const host = (): PageHost | null => contents?.host ?? null;

const appInner = new AppDouble(() => windows());
const isReady = () => appInner.isReady();
const { protocol, inner: protocolInner, addresses } = makeProtocol(isReady);
const sessionInner = new SessionDouble(protocol);
const defaultSession = strict('session', sessionInner);
const ipcInner = new IpcMainDouble();
const themeInner = new NativeThemeDouble(runtime().systemTheme, (scheme) => void host()?.setColorScheme(scheme));
const power = makePowerMonitor();
const menu = makeMenu((accelerators) => {
  pending = accelerators;
  host()?.setAccelerators(accelerators);
});
let pending: Parameters<PageHost['setAccelerators']>[0] = [];

const made = makeBrowserWindow({
  ipcMain: ipcInner,
  protocol: protocolInner,
  addresses,
  session: defaultSession,
  sessionInner,
  isReady,
  onAccelerator: menu.press,
  colorScheme: () => themeInner.scheme,
  onCreated: (window, created) => {
    contents = created;
    created.on('did-finish-load', () => tellParent({ type: 'loaded', ms: performance.now() }));
    created.on('dom-ready', () => host()?.setAccelerators(pending));
    appInner.emit('web-contents-created', {}, window.webContents);
    appInner.emit('browser-window-created', {}, window);
  },
  onClosed: () => {
    contents = null;
    appInner.windowClosed();
  },
});
windows = made.all;

listenToParent({
  quit: () => appInner.quit(),
  power: (event) => power.inner.emit(event),
  systemTheme: (theme) => themeInner.setSystem(theme),
  saved: saveDialogAnswered,
  chosen: openDialogAnswered,
  decided: messageBoxAnswered,
  reload: () => void host()?.reload(),
});
const { chromium } = runtime();
const whenGone = (reason: string): void => {
  // Closing the last window ends Chromium as well; then there is nothing to report.
  if (windows().length > 0 && !reason.startsWith('Chromium ended (0)')) console.error(reason);
  for (const window of windows()) window.destroy();
  appInner.quit();
};
if (chromium !== null) whenBrowserGone(chromium, whenGone);

/** Members of `session` itself. */
const sessionModule = {
  get defaultSession() {
    if (!isReady()) throw new Error('Session can only be received when app is ready');
    return defaultSession;
  },
};

/** For the double: called once main has been loaded. */
export const becomeReady = (): void => appInner.becomeReady();

export const app = strict('app', appInner);
export const BrowserWindow = made.BrowserWindow;
export const clipboard = makeClipboard(async (text) => host()?.copy(text));
export const dialog = dialogDouble;
export const ipcMain = strict('ipcMain', ipcInner);
export const Menu = menu.Menu;
export const nativeTheme = strict('nativeTheme', themeInner);
export const Notification = NotificationDouble;
export const powerMonitor = power.outer;
export { protocol };
export const safeStorage = makeSafeStorage(isReady);
export const screen = makeScreen(isReady);
export const session = strict('session', sessionModule);
export const shell = shellDouble;

export const autoUpdater = missing('autoUpdater');
export const BaseWindow = missing('BaseWindow');
export const BrowserView = missing('BrowserView');
export const contentTracing = missing('contentTracing');
export const crashReporter = missing('crashReporter');
export const desktopCapturer = missing('desktopCapturer');
export const globalShortcut = missing('globalShortcut');
export const MenuItem = missing('MenuItem');
export const MessageChannelMain = missing('MessageChannelMain');
export const nativeImage = missing('nativeImage');
export const net = missing('net');
export const netLog = missing('netLog');
export const powerSaveBlocker = missing('powerSaveBlocker');
export const systemPreferences = missing('systemPreferences');
export const Tray = missing('Tray');
export const utilityProcess = missing('utilityProcess');
export const View = missing('View');
export const WebContentsView = missing('WebContentsView');
export const webContents = missing('webContents');
export const webFrameMain = missing('webFrameMain');

export default strict('default', {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  net,
  webContents,
});
