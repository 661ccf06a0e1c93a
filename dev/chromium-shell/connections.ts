/** What reaches the double from outside: the controlling process, signals, the end of the browser. */
import type { Chromium } from './chromium/launch.ts';
import { controlled, type FromParent } from './runtime.ts';

export interface ParentWishes {
  quit(): void;
  power(event: string): void;
  systemTheme(theme: 'dark' | 'light'): void;
  saved(id: number, path: string | null): void;
  chosen(id: number, paths: readonly string[] | null): void;
  decided(id: number, response: number): void;
  reload(): void;
}

export function listenToParent(wishes: ParentWishes): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // As with Electron, a handler that the app has installed after `ready` stands in the place of the shell's.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) wishes.quit();
    });
  }
  if (!controlled()) return;
  // A parent that has gone can no longer end this process; it ends itself.
  process.on('disconnect', () => wishes.quit());
  process.on('message', (message: FromParent) => {
    if (message.type === 'quit') wishes.quit();
    else if (message.type === 'power') wishes.power(message.event);
    else if (message.type === 'system-theme') wishes.systemTheme(message.theme);
    else if (message.type === 'save-dialog') wishes.saved(message.id, message.path);
    else if (message.type === 'open-dialog') wishes.chosen(message.id, message.paths);
    else if (message.type === 'message-box') wishes.decided(message.id, message.response);
    else if (message.type === 'reload') wishes.reload();
  });
}

/** `run` learns why the browser ended: a crash, or the person closed its window. */
export function whenBrowserGone(chromium: Promise<Chromium>, run: (reason: string) => void): void {
  chromium.then(
    (browser) => {
      process.on('exit', () => browser.stop());
      return browser.gone.then(run);
    },
    (error: unknown) => {
      // Nothing can be shown without a browser.
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(1);
    },
  );
}
