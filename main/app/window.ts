/** The one window. Every security option is written out, so that no default of a later Electron decides. (I7) */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { MINIMUM, type WindowState, writeWindowState } from './window-state.ts';

export interface WindowLook {
  readonly preload: string;
  readonly packaged: boolean;
  readonly dark: boolean;
  readonly state: WindowState;
}

/** Shown before the page has painted; the theme's own background (`--bg`), so that nothing flashes. */
export const background = (dark: boolean): string => (dark ? '#0f1318' : '#f4f6f8');

export function windowOptions({ preload, packaged, dark, state }: WindowLook): BrowserWindowConstructorOptions {
  return {
    title: 'Vitrine',
    show: false,
    width: state.width,
    height: state.height,
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    ...(state.x !== null && state.y !== null && { x: state.x, y: state.y }),
    backgroundColor: background(dark),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      plugins: false,
      safeDialogs: true,
      // Would download a dictionary.
      spellcheck: false,
      devTools: !packaged,
    },
  };
}

type RememberedWindow = Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized' | 'on'>;

/** Saves size and place half a second after the last change, and when the window closes. */
export function rememberWindow(window: RememberedWindow, file: string, log: (message: string) => void): void {
  let timer: NodeJS.Timeout | null = null;
  const save = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const { x, y, width, height } = window.getNormalBounds();
    try {
      writeWindowState(file, { x, y, width, height, maximized: window.isMaximized() });
    } catch (error) {
      log(`the window's place could not be saved: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const later = () => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(save, 500);
    timer.unref();
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('close', save);
}
