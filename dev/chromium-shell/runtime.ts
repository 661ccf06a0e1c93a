/**
 * What one run of the double knows: how it was started, its browser, and the process that controls it, if any. Electron's
 * API is a set of globals, so this is one too; it is set once by `run.ts` before main is loaded.
 */
import type { Chromium } from './chromium/launch.ts';

export interface RunOptions {
  readonly headless: boolean;
  /** False for an app that opens no window: then no browser is started, and a window that is opened all the same throws. */
  readonly window: boolean;
  /** What `nativeTheme.themeSource = 'system'` means in this run. */
  readonly systemTheme: 'dark' | 'light';
  /** Overrides the window's size (tests, screenshots). */
  readonly viewport: { readonly width: number; readonly height: number } | null;
  /** Folder of the app: the nearest one above main with a `package.json`. */
  readonly appPath: string;
  readonly name: string;
  readonly version: string;
  /** From `--user-data-dir`, as with Electron. */
  readonly userData: string | null;
}
export interface Runtime extends RunOptions {
  readonly chromium: Promise<Chromium> | null;
}

let current: Runtime | null = null;

export function startRuntime(runtime: Runtime): void {
  current = runtime;
}

/** Throws when the double was not started by `run.ts`. */
export function runtime(): Runtime {
  if (!current) throw new Error('The Chromium double was not started; use dev/chromium-shell/run.ts');
  return current;
}

/** What the double tells the process that controls it: a test, the story. */
export type ToParent =
  | { readonly type: 'devtools'; readonly endpoint: string }
  | { readonly type: 'open-external'; readonly url: string }
  | { readonly type: 'notification'; readonly title: string; readonly body: string }
  | { readonly type: 'clipboard'; readonly text: string }
  | { readonly type: 'taskbar'; readonly progress: number; readonly mode: string }
  /** A save dialog has opened and waits for its answer. */
  | {
      readonly type: 'save-dialog';
      readonly id: number;
      readonly defaultPath: string;
      readonly extensions: readonly string[];
    }
  /** A dialog for files to read has opened and waits for its answer. */
  | { readonly type: 'open-dialog'; readonly id: number; readonly extensions: readonly string[] }
  /** A question has been asked and waits for the number of a button. */
  | {
      readonly type: 'message-box';
      readonly id: number;
      readonly message: string;
      readonly detail: string;
      readonly buttons: readonly string[];
    }
  /** A file is to be shown in the file manager. */
  | { readonly type: 'show-item'; readonly path: string }
  /** The page has loaded, this long after the process started. */
  | { readonly type: 'loaded'; readonly ms: number };
/** What that process may ask for. */
export type FromParent =
  | { readonly type: 'quit' }
  | { readonly type: 'power'; readonly event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' }
  | { readonly type: 'system-theme'; readonly theme: 'dark' | 'light' }
  /** What the person chose in a save dialog; null: nothing. */
  | { readonly type: 'save-dialog'; readonly id: number; readonly path: string | null }
  /** What the person chose to read; null: nothing. */
  | { readonly type: 'open-dialog'; readonly id: number; readonly paths: readonly string[] | null }
  /** Which button the person pressed. */
  | { readonly type: 'message-box'; readonly id: number; readonly response: number }
  | { readonly type: 'reload' };

/** True when a controlling process listens. */
export const controlled = (): boolean => process.send !== undefined && process.connected;

export function tellParent(message: ToParent): void {
  if (controlled()) process.send?.(message);
}
