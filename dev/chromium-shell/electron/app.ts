/** `app`: its life from before ready to exit, as Electron goes through it on Linux. */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runtime } from '../runtime.ts';
import { type InstanceLock, takeInstanceLock } from './instance-lock.ts';
import { notImplemented, strict } from './strict.ts';

interface ClosableWindow {
  close(): void;
  isDestroyed(): boolean;
}

class CommandLine {
  readonly #switches = new Map<string, string>();
  appendSwitch(name: string, value = ''): void {
    this.#switches.set(name, value);
  }
  appendArgument(_value: string): void {}
  hasSwitch(name: string): boolean {
    return this.#switches.has(name) || process.argv.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  }
  getSwitchValue(name: string): string {
    const prefix = `--${name}=`;
    const given = process.argv.find((arg) => arg.startsWith(prefix));
    return this.#switches.get(name) ?? given?.slice(prefix.length) ?? '';
  }
  removeSwitch(name: string): void {
    this.#switches.delete(name);
  }
}

export class AppDouble extends EventEmitter {
  readonly commandLine = strict('app.commandLine', new CommandLine());
  readonly isPackaged = false;
  readonly dock = undefined;
  readonly #paths = new Map<string, string>();
  readonly #windows: () => readonly ClosableWindow[];
  #name: string;
  #ready = false;
  #quitting = false;
  #exiting = false;
  #lock: InstanceLock | null = null;
  #sandboxed = false;

  constructor(windows: () => readonly ClosableWindow[]) {
    super();
    this.#windows = windows;
    this.#name = runtime().name;
  }

  // ── before and at ready ──────────────────────────────────────────────────────────────────────────────────────
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
  }
  getName(): string {
    return this.#name;
  }
  setName(name: string): void {
    this.#name = name;
  }
  getVersion(): string {
    return runtime().version;
  }
  getAppPath(): string {
    return runtime().appPath;
  }
  getLocale(): string {
    return 'en-US';
  }
  getSystemLocale(): string {
    return 'en-US';
  }
  isReady(): boolean {
    return this.#ready;
  }
  whenReady(): Promise<void> {
    return this.#ready ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }
  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.#sandboxed = true;
  }
  disableHardwareAcceleration(): void {}
  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  setBadgeCount(): boolean {
    return false;
  }
  setAsDefaultProtocolClient(_scheme: string): boolean {
    return true;
  }
  removeAsDefaultProtocolClient(): boolean {
    return true;
  }
  isDefaultProtocolClient(): boolean {
    return true;
  }
  requestSingleInstanceLock(): boolean {
    this.#lock ??= takeInstanceLock(
      this.getPath('userData'),
      { argv: process.argv, cwd: process.cwd() },
      ({ argv, cwd }) => this.emit('second-instance', {}, [...argv], cwd, undefined),
    );
    return this.#lock !== null;
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock !== null;
  }
  releaseSingleInstanceLock(): void {
    this.#lock?.release();
    this.#lock = null;
  }
  /** For the double: main has been loaded. */
  becomeReady(): void {
    if (!this.#sandboxed) throw new Error('The double refuses an app that did not call app.enableSandbox()');
    this.#ready = true;
    this.emit('will-finish-launching');
    this.emit('ready', {}, {});
  }

  // ── paths ────────────────────────────────────────────────────────────────────────────────────────────────────
  getPath(name: string): string {
    const path = this.#paths.get(name) ?? this.#defaultPath(name);
    if (name === 'userData' || name === 'logs') mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  #defaultPath(name: string): string {
    const home = homedir();
    switch (name) {
      case 'home':
        return home;
      case 'appData':
        if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
        if (process.platform === 'win32') return process.env.APPDATA ?? join(home, 'AppData', 'Roaming');
        return process.env.XDG_CONFIG_HOME ?? join(home, '.config');
      case 'userData':
        return runtime().userData ?? join(this.getPath('appData'), this.#name);
      case 'sessionData':
        return this.getPath('userData');
      case 'logs':
        return join(this.getPath('userData'), 'logs');
      case 'crashDumps':
        return join(this.getPath('userData'), 'Crashpad');
      case 'temp':
        return tmpdir();
      case 'desktop':
      case 'documents':
      case 'downloads':
        return join(home, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
      case 'exe':
        return process.execPath;
      default:
        throw notImplemented(`app.getPath('${name}')`);
    }
  }

  // ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────
  focus(): void {}
  hide(): void {}
  show(): void {}
  /** `before-quit`, close every window, `will-quit`, `quit`, exit; each of the first three may stop it. */
  quit(): void {
    if (this.#quitting || this.#exiting) return;
    if (!this.#askedAll('before-quit')) return;
    this.#quitting = true;
    for (const window of this.#windows()) window.close();
    if (this.#windows().some((window) => !window.isDestroyed())) {
      this.#quitting = false;
      return;
    }
    this.#quitting = false;
    if (!this.#askedAll('will-quit')) return;
    this.exit(0);
  }
  exit(code = 0): void {
    if (this.#exiting) return;
    this.#exiting = true;
    for (const window of this.#windows()) if ('destroy' in window) (window as { destroy(): void }).destroy();
    this.emit('quit', {}, code);
    this.releaseSingleInstanceLock();
    process.exit(code);
  }
  /** For the double: a window has closed. */
  windowClosed(): void {
    if (this.#quitting || this.#exiting || this.#windows().length > 0) return;
    // Electron quits by itself only where nobody listens.
    if (!this.emit('window-all-closed')) this.quit();
  }
  #askedAll(name: string): boolean {
    let prevented = false;
    this.emit(name, { preventDefault: () => (prevented = true) });
    return !prevented;
  }
}
