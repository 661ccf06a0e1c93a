/**
 * Electron without a window, for `vitrine port`: no page is loaded, no scheme is served, no call is registered, so there
 * is no renderer to trust (I7). The person's browser, the folder, waking up and quitting are all that is left of the shell.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, powerMonitor, shell as systemShell } from 'electron';
import { externalOpener } from './external.ts';

export interface HostOptions {
  readonly collectorOrigin: string;
  /** The machine woke up: deadlines have to be looked at again. (I3) */
  onResume(): void;
  /** The system, or a signal before ours were heard, wants the app to quit; it ends with {@link Host.exit} only. */
  onQuit(): void;
}

export interface Host {
  /** Settings, log and device key of the terminal: a device of its own beside the window's. */
  readonly directory: string;
  /** Lets `openExternal` open this origin too: the identity provider's. */
  allowOrigin(origin: string): void;
  /** Rejects with a `Fault` for an address that is not on an allowed origin. */
  openExternal(address: string): Promise<void>;
  exit(code: number): void;
}

/**
 * Call it before anything is awaited. Null when another run at a terminal has the folder: two writers would break the
 * chain of one log (I5). The window has its own, so both may run side by side.
 */
export async function openHost(options: HostOptions): Promise<Host | null> {
  app.enableSandbox();
  const directory = join(app.getPath('userData'), 'terminal');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  app.setPath('userData', directory);
  if (!app.requestSingleInstanceLock()) return null;
  app.on('before-quit', (event) => {
    event.preventDefault();
    options.onQuit();
  });
  await app.whenReady();
  app.dock?.hide();
  powerMonitor.on('resume', () => options.onResume());
  const origins = new Set([options.collectorOrigin]);
  return {
    directory,
    allowOrigin: (origin) => void origins.add(origin),
    openExternal: externalOpener(
      (address) => systemShell.openExternal(address),
      () => [...origins],
    ),
    exit: (code) => app.exit(code),
  };
}
