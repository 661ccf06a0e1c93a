/** The modules that need little: secret storage without protection, the clipboard, notifications, power, screen. */
import { EventEmitter } from 'node:events';
import { tellParent } from '../runtime.ts';
import { strict } from './strict.ts';

const PREFIX = Buffer.from('v10');

/** The Linux backend `basic_text`: an app must treat it as no protection at all, and this is none. */
export const makeSafeStorage = (isReady: () => boolean) => {
  const wrap = (text: string) => Buffer.concat([PREFIX, Buffer.from(text, 'utf8').map((byte) => byte ^ 0x5a)]);
  const unwrap = (bytes: Buffer) => {
    if (!bytes.subarray(0, PREFIX.length).equals(PREFIX))
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.');
    return Buffer.from(bytes.subarray(PREFIX.length).map((byte) => byte ^ 0x5a)).toString('utf8');
  };
  return strict('safeStorage', {
    isEncryptionAvailable: isReady,
    isAsyncEncryptionAvailable: async () => isReady(),
    getSelectedStorageBackend: () => (isReady() ? 'basic_text' : 'unknown'),
    encryptStringAsync: async (text: string) => wrap(text),
    decryptStringAsync: async (bytes: Buffer) => ({ shouldReEncrypt: false, result: unwrap(bytes) }),
  });
};

/** Kept in memory and handed to the system's clipboard through the window where there is one. */
export const makeClipboard = (copy: (text: string) => Promise<void>) => {
  let text = '';
  const put = (value: string) => {
    text = value;
    tellParent({ type: 'clipboard', text });
    // A window without focus may not write; the text is still in memory.
    copy(value).catch((error: unknown) => console.error(`chromium-shell: clipboard: ${String(error)}`));
  };
  return strict('clipboard', {
    writeText: async (value: string) => put(value),
    readText: async () => text,
    clear: () => put(''),
  });
};

export class NotificationDouble extends EventEmitter {
  readonly title: string;
  readonly body: string;
  static isSupported(): boolean {
    return true;
  }
  constructor(options: { title?: string; body?: string } = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }
  show(): void {
    tellParent({ type: 'notification', title: this.title, body: this.body });
    this.emit('show', {});
  }
  close(): void {
    this.emit('close', {});
  }
}

class PowerMonitorDouble extends EventEmitter {
  isOnBatteryPower(): boolean {
    return false;
  }
  getSystemIdleTime(): number {
    return 0;
  }
}
/** A test sends suspend and resume through the controlling process. */
export const makePowerMonitor = () => {
  const inner = new PowerMonitorDouble();
  return { inner, outer: strict('powerMonitor', inner) };
};

export const makeScreen = (isReady: () => boolean) => {
  const display = {
    id: 1,
    scaleFactor: 1,
    bounds: { x: 0, y: 0, width: 2560, height: 1440 },
    workArea: { x: 0, y: 0, width: 2560, height: 1440 },
    size: { width: 2560, height: 1440 },
    workAreaSize: { width: 2560, height: 1440 },
  };
  const whenReady = <T>(value: T): T => {
    if (!isReady()) throw new Error("The 'screen' module can't be used before the app 'ready' event");
    return value;
  };
  return strict('screen', {
    getPrimaryDisplay: () => whenReady(display),
    getAllDisplays: () => whenReady([display]),
    getDisplayMatching: () => whenReady(display),
    getDisplayNearestPoint: () => whenReady(display),
  });
};

export class NativeThemeDouble extends EventEmitter {
  #source: 'system' | 'dark' | 'light' = 'system';
  #system: 'dark' | 'light';
  readonly #apply: (scheme: 'dark' | 'light') => void;
  constructor(system: 'dark' | 'light', apply: (scheme: 'dark' | 'light') => void) {
    super();
    this.#system = system;
    this.#apply = apply;
  }
  get themeSource(): 'system' | 'dark' | 'light' {
    return this.#source;
  }
  set themeSource(source: 'system' | 'dark' | 'light') {
    if (!['system', 'dark', 'light'].includes(source)) throw new TypeError(`Error processing argument: ${source}`);
    this.#change(() => {
      this.#source = source;
    });
  }
  get shouldUseDarkColors(): boolean {
    return this.scheme === 'dark';
  }
  get shouldUseHighContrastColors(): boolean {
    return false;
  }
  get shouldUseInvertedColorScheme(): boolean {
    return false;
  }
  get prefersReducedTransparency(): boolean {
    return false;
  }
  get inForcedColorsMode(): boolean {
    return false;
  }
  /** For the double. */
  get scheme(): 'dark' | 'light' {
    return this.#source === 'system' ? this.#system : this.#source;
  }
  setSystem(system: 'dark' | 'light'): void {
    this.#change(() => {
      this.#system = system;
    });
  }
  #change(run: () => void): void {
    const before = this.scheme;
    run();
    if (this.scheme === before) return;
    this.#apply(this.scheme);
    this.emit('updated');
  }
}
